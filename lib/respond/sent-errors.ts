import { channel } from 'node:diagnostics_channel'
import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { declaresStatus } from '../fastify/declared-statuses.js'
import { codeForStatus, type StandardCode } from '../catalog/standard-errors.js'
import { getRequestId } from './request-id.js'
import { getRoutePattern, type Responder } from './error-handler.js'
import { isAnswered } from './send-response.js'

/**
 * An error that a handler sent in a shape of its own, with a status that its route declares no schema for, as the
 * `fastify-api-errors:sent` diagnostics channel publishes it.
 */
export interface SentEvent {
  /** There is none: no catalog knows this answer. */
  readonly code: null
  readonly status: number
  /** The pattern of the route; `null` where no route was found. */
  readonly route: string | null
  readonly method: string
  readonly requestId: string
  readonly request: FastifyRequest
}

/** Called for every error that goes out as a handler sent it. */
export type OnSent = (event: SentEvent) => void

const sent = channel('fastify-api-errors:sent')

/** The `onSend` hook of `sentErrors: 'report'`: what a handler sent goes out as it is, and is told. */
export function createSentErrorReporter (onSent: OnSent): onSendHookHandler {
  return (request, reply, payload, done) => {
    if (foreignCode(request, reply) !== undefined) tell(onSent, request, reply)
    done(null, payload)
  }
}

/**
 * The `onSend` hook of `sentErrors: 'convert'`: an error that was sent, not thrown (`reply.code(404).send({ message })`), takes
 * the shape of the contract. A status that the route declares a schema for, and what is neither JSON nor plain text
 * (a page, a stream), goes out as it is; the latter is told.
 */
export function createSentErrorConverter (responder: Responder, onSent: OnSent): onSendHookHandler {
  const { errors } = responder.settings
  return (request, reply, payload, done) => {
    const code = foreignCode(request, reply)
    if (code === undefined) return done(null, payload)
    const text = readText(payload, reply)
    if (text === undefined) {
      tell(onSent, request, reply)
      return done(null, payload)
    }
    const message = readMessage(text)
    const error = errors[code]({ ...(message !== undefined && { message }), ...(text !== '' && { cause: text }) })
    done(null, responder.prepare(error, request, reply).payload)
  }
}

/** The code for an error that is none of ours and has a status that its route says nothing of; `undefined` for any other answer. */
function foreignCode (request: FastifyRequest, reply: FastifyReply): StandardCode | undefined {
  const code = codeForStatus(reply.statusCode)
  return code === undefined || isAnswered(reply) || declaresStatus(request.routeOptions.schema?.response, reply.statusCode) ? undefined : code
}

function tell (onSent: OnSent, request: FastifyRequest, { statusCode: status }: FastifyReply): void {
  const event: SentEvent = { code: null, status, route: getRoutePattern(request), method: request.method, requestId: getRequestId(request), request }
  onSent(event)
  if (sent.hasSubscribers) sent.publish(event)
}

/** A body that a message can be read from; `undefined` for any other. */
function readText (payload: unknown, reply: FastifyReply): string | undefined {
  if (payload === undefined || payload === null) return ''
  const isText = /^(text\/plain|application\/([\w.-]+\+)?json)\b/i.test(String(reply.getHeader('content-type')))
  return isText && (typeof payload === 'string' || Buffer.isBuffer(payload)) ? String(payload) : undefined
}

function readMessage (text: string): string | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = text
  }
  const message: unknown = typeof body === 'object' && body !== null ? (body as { readonly message?: unknown }).message : body
  return typeof message === 'string' && message !== '' ? message : undefined
}
