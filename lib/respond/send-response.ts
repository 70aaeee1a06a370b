/** Sends an error response: once, whole, and in place of every other response to the same request. */
import { STATUS_CODES, type ServerResponse } from 'node:http'
import { types } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkHookHeaders } from './response-headers.js'
import { getNextErrorHandler, hasSendHooks, isStreaming, sendWithLastHook } from '../fastify/reply-internals.js'

/** An error response that is ready to be sent. */
export interface PreparedResponse {
  readonly status: number
  /** All headers but the length, names in lower case. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly payload: string
}

/** What is reported while an error response is sent. */
export interface SendListener {
  /** Called with what a hook threw on an error response. */
  readonly onHookError: (error: unknown, request: FastifyRequest) => void
  /** Called when a handler sends or returns something after the error response was prepared. It is not sent. */
  readonly onLateResult: (request: FastifyRequest) => void
}

/** An error response on its way through the `onSend` hooks. */
interface PendingResponse {
  readonly response: PreparedResponse
  readonly listener: SendListener
  readonly send: FastifyReply['send']
  readonly raw: FastifyReply['raw']
  readonly nextErrorHandler: unknown
  /** Whether a stream of an earlier response may still write to the connection. */
  readonly hasStream: boolean
}

const pending: unique symbol = Symbol('fastify-api-errors.pending')

/**
 * The pending response is kept on its reply, and one function intercepts for all replies. A WeakMap of replies, or a function
 * made for each reply, gave the garbage collector more work than the rest of a response.
 */
type PendingReply = FastifyReply & { [pending]?: PendingResponse }

/** Returns whether an error response of this package is being sent, or was sent. */
export function hasErrorResponse (reply: PendingReply): boolean {
  return reply[pending] !== undefined
}

/**
 * Hands an error response to Fastify, so that `onSend` hooks (CORS, compression) see it. For HEAD, Fastify and Node leave the
 * body out.
 *
 * If a hook fails on it, Fastify goes on to its default error handler, which would send the hook's message: the response is
 * then sent as it was, without the hooks. If the handler sent something before it failed, that may still be in its own hooks.
 * Whatever Fastify writes for it is discarded, because Fastify would send its body with the status and headers of the error.
 */
export function sendResponse (reply: PendingReply, response: PreparedResponse, listener: SendListener): void {
  const { send, raw, request } = reply
  const hasStream = isStreaming(reply)
  reply[pending] = { response, listener, send, raw, nextErrorHandler: getNextErrorHandler(reply), hasStream }
  reply.send = sendWhilePending
  try {
    // With a serializer set, Fastify leaves the content type of a string as it is. Else it appends a charset to problem+json.
    reply.serializer(String)
    if (!hasSendHooks(request) && !hasStream) {
      send.call(reply, response.payload)
      return
    }
    sendWithLastHook(request, writeAfterHooks, () => { send.call(reply, response.payload) })
    reply.raw = discardWrites(raw)
    if (hasStream) Object.assign(raw, discarded)
  } catch (error) {
    sendWithoutHooks(reply, error)
  }
}

/** Runs after all `onSend` hooks of the error response, and lets Fastify write to the connection while it writes this one. */
function writeAfterHooks (_request: FastifyRequest, reply: PendingReply, payload: unknown, done: (error: null, payload: unknown) => void): void {
  const { response, raw, hasStream } = reply[pending] as PendingResponse
  // A hook that encodes the earlier response may have set this in the meantime.
  if (payload === response.payload) reply.removeHeader('content-encoding')
  checkHookHeaders(reply)
  if (hasStream) {
    // The stream writes to the connection whenever it likes: this response goes out in one piece.
    if (isDestroyable(payload)) payload.destroy()
    writeResponse(reply, typeof payload === 'string' ? { status: reply.statusCode, headers: reply.getHeaders(), payload } : response)
    return
  }
  const current = reply.raw
  reply.raw = raw
  try {
    done(null, payload)
  } finally {
    reply.raw = current
  }
}

/** Replaces `reply.send` while an error response is pending. It is called after a hook failed, and with late results of the handler. */
function sendWhilePending (this: PendingReply, payload?: unknown): FastifyReply {
  const { send, listener, nextErrorHandler, response } = this[pending] as PendingResponse
  if (this.sent) return send.call(this, payload) // Fastify logs that it comes too late
  // Before Fastify hands an error to a handler, it moves on to the next handler and removes the content type.
  const hasHookFailed = getNextErrorHandler(this) !== nextErrorHandler || this.getHeader('content-type') !== response.headers['content-type']
  if (hasHookFailed || isHandlerTimeout(payload)) {
    sendWithoutHooks(this, payload)
  } else if (payload !== undefined) {
    // An async handler that has sent an error returns undefined.
    ignoreRejection(payload)
    if (isDestroyable(payload)) payload.destroy()
    listener.onLateResult(this.request)
  }
  return this
}

function isHandlerTimeout (payload: unknown): boolean {
  return payload instanceof Error && (payload as { readonly code?: unknown }).code === 'FST_ERR_HANDLER_TIMEOUT'
}

/** Sends the pending error response without further hooks, in place of a response to a second error. */
export function sendWithoutHooks (reply: PendingReply, error: unknown): void {
  const { response, listener } = reply[pending] as PendingResponse
  ignoreRejection(error)
  listener.onHookError(error, reply.request)
  writeResponse(reply, response)
}

function writeResponse (reply: PendingReply, { status, headers, payload }: PreparedResponse): void {
  const { raw, hasStream } = reply[pending] as PendingResponse
  if (raw.headersSent) return abortResponse(reply)
  stopDiscarding(raw)
  reply.hijack()
  const isHttp1 = reply.request.raw.httpVersionMajor === 1
  // A reason phrase that a handler set may be what could not be sent. HTTP/2 has none.
  if (isHttp1) raw.statusMessage = STATUS_CODES[status] as string
  const length = String(Buffer.byteLength(payload))
  try {
    raw.writeHead(status, { ...headers as Record<string, string>, 'content-length': length })
  } catch {
    // A hook, or code that works on reply.raw, set a header that Node refuses when it writes.
    for (const name of raw.getHeaderNames()) raw.removeHeader(name)
    raw.writeHead(status, { 'content-type': String(headers['content-type']), 'cache-control': 'no-store', 'content-length': length })
  }
  raw.end(payload)
  reply.raw = discardWrites(raw)
  if (hasStream) Object.assign(raw, discarded)
}

/** What a response does that discards all that is written to it. */
const discarded = {
  writeHead (this: unknown) { return this },
  write: () => true,
  end (this: unknown) { return this },
  addTrailers () {},
  flushHeaders () {},
  destroy (this: unknown) { return this }
}

/** Returns a response that can be read and listened to like the given one, and discards what is written to it. */
function discardWrites (raw: ServerResponse): ServerResponse {
  return new Proxy(raw, discarding)
}

const discarding: ProxyHandler<ServerResponse> = {
  get: (target, key) => Object.hasOwn(discarded, key) ? discarded[key as keyof typeof discarded] : Reflect.get(target, key, target) as unknown,
  set: (target, key, value) => Reflect.set(target, key, value, target)
}

function stopDiscarding (raw: ServerResponse): void {
  for (const name of Object.keys(discarded)) delete (raw as unknown as Record<string, unknown>)[name]
}

function isDestroyable (value: unknown): value is { destroy: () => void } {
  return typeof value === 'object' && value !== null && 'pipe' in value && typeof (value as { readonly destroy?: unknown }).destroy === 'function'
}

/** Handles the rejection of a promise that was thrown. Nothing awaits it, and its rejection would end the process. */
export function ignoreRejection (thrown: unknown): void {
  if (!types.isPromise(thrown)) return
  try {
    Promise.prototype.then.call(thrown, undefined, () => {})
  } catch {} // a promise whose constructor throws: it was made to do harm
}

/** Aborts a response that is partly out. Only so the caller sees that it is not whole. */
export function abortResponse (reply: PendingReply): void {
  const raw = reply[pending]?.raw ?? reply.raw
  reply.hijack()
  // Without an error, a stream of HTTP/2 ends as if it were whole.
  raw.destroy(new Error('The response was cut off.'))
}
