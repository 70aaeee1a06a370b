/**
 * Handles errors that a handler sends in another format, as in `reply.code(404).send({ message })`. Reports them, or
 * converts them to the application's format.
 */
import { channel } from 'node:diagnostics_channel'
import type { FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify'
import { declaresStatus } from '../fastify/declared-statuses.js'
import { isReplayed } from '../fastify/replayed-responses.js'
import { codeForStatus, type StandardCode } from '../catalog/standard-errors.js'
import { getRequestId } from './request-id.js'
import { getRoutePattern, type Responder } from './error-handler.js'
import { hasErrorResponse } from './send-response.js'

/**
 * An error that a handler sent in another format, with a status for which its route has no schema. It is published on
 * the diagnostics channel `fastify-api-errors:sent`.
 */
export interface SentEvent {
  /** Always `null`, because the response is not from a catalog. */
  readonly code: null
  readonly status: number
  /** The pattern of the route; `null` if no route was found. */
  readonly route: string | null
  readonly method: string
  readonly requestId: string
  readonly request: FastifyRequest
}

/** Called for every error that is sent without conversion. */
export type OnSent = (event: SentEvent) => void

const sent = channel('fastify-api-errors:sent')

/** Returns the `onSend` hook of `sentErrors: 'report'`. It reports errors and does not change them. */
export function createSentErrorReporter (onSent: OnSent): onSendHookHandler {
  return (request, reply, payload, done) => {
    if (getUnshapedCode(request, reply) !== undefined) reportSentError(onSent, request, reply)
    done(null, payload)
  }
}

/**
 * Returns the `onSend` hook of `sentErrors: 'convert'`. It converts errors that a handler sent instead of throwing them
 * to the application's format. It does not change a status for which the route has a schema. It reports and does not
 * change bodies that are neither JSON nor plain text (a page, a stream).
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

/**
 * Returns the code for an error that is not in the application's format and whose status its route does not declare;
 * `undefined` for any other response.
 */
function getUnshapedCode (request: FastifyRequest, reply: FastifyReply): StandardCode | undefined {
  const code = codeForStatus(reply.statusCode)
  const isShaped = hasErrorResponse(reply) || isReplayed(reply) ||
    declaresStatus(request.routeOptions.schema?.response, reply.statusCode)
  return isShaped ? undefined : code
}

/** Reports an error that is sent unchanged. */
export function reportSentError (onSent: OnSent, request: FastifyRequest, { statusCode: status }: FastifyReply): void {
  const event: SentEvent = {
    code: null,
    status,
    route: getRoutePattern(request),
    method: request.method,
    requestId: getRequestId(request),
    request
  }
  onSent(event)
  if (sent.hasSubscribers) sent.publish(event)
}

/** Returns the body if it can contain a message; otherwise `undefined`. */
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
  const message: unknown = typeof body === 'object' && body !== null
    ? (body as { readonly message?: unknown }).message
    : body
  return typeof message === 'string' && message !== '' ? message : undefined
}
