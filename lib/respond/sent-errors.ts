/** Errors that a handler sends in a shape of its own, `reply.code(404).send({ message })`: reports them, or gives them the application's shape. */
import { channel } from 'node:diagnostics_channel'
import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { declaresStatus } from '../fastify/declared-statuses.js'
import { codeForStatus, type StandardCode } from '../catalog/standard-errors.js'
import { getRequestId } from './request-id.js'
import { getRoutePattern, type Responder } from './error-handler.js'
import { hasErrorResponse } from './send-response.js'

/**
 * An error that a handler sent in a shape of its own, with a status that its route declares no schema for, as the
 * `fastify-api-errors:sent` diagnostics channel publishes it.
 */
export interface SentEvent {
  /** Always `null`: no catalog has this response. */
  readonly code: null
  readonly status: number
  /** The pattern of the route; `null` if no route was found. */
  readonly route: string | null
  readonly method: string
  readonly requestId: string
  readonly request: FastifyRequest
}

/** Called for every error that goes out as a handler sent it. */
export type OnSent = (event: SentEvent) => void

const sent = channel('fastify-api-errors:sent')

/** Returns the `onSend` hook of `sentErrors: 'report'`: it sends errors as the handler sent them, and reports them. */
export function createSentErrorReporter (onSent: OnSent): onSendHookHandler {
  return (request, reply, payload, done) => {
    if (getUnshapedCode(request, reply) !== undefined) reportSentError(onSent, request, reply)
    done(null, payload)
  }
}

/**
 * Returns the `onSend` hook of `sentErrors: 'convert'`: it gives errors that were sent, not thrown, the application's shape. A
 * status that the route declares a schema for is sent as it is. So is what is neither JSON nor plain text (a page, a stream), and it is reported.
 */
export function createSentErrorConverter (responder: Responder, onSent: OnSent): onSendHookHandler {
  const { errors } = responder.settings
  return (request, reply, payload, done) => {
    const code = getUnshapedCode(request, reply)
    if (code === undefined) return done(null, payload)
    const text = readText(payload, reply)
    if (text === undefined) {
      reportSentError(onSent, request, reply)
      return done(null, payload)
    }
    const message = readMessage(text)
    const error = errors[code]({ ...(message !== undefined && { message }), ...(text !== '' && { cause: text }) })
    done(null, responder.prepare(error, request, reply).payload)
  }
}

/** Returns the code for an error that is not in the application's shape and has a status that its route does not declare; `undefined` for any other response. */
function getUnshapedCode (request: FastifyRequest, reply: FastifyReply): StandardCode | undefined {
  const code = codeForStatus(reply.statusCode)
  return code === undefined || hasErrorResponse(reply) || declaresStatus(request.routeOptions.schema?.response, reply.statusCode) ? undefined : code
}

/** Reports an error that goes out as a handler sent it. */
export function reportSentError (onSent: OnSent, request: FastifyRequest, { statusCode: status }: FastifyReply): void {
  const event: SentEvent = { code: null, status, route: getRoutePattern(request), method: request.method, requestId: getRequestId(request), request }
  onSent(event)
  if (sent.hasSubscribers) sent.publish(event)
}

/** Returns a body that a message can be read from; `undefined` for any other. */
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
