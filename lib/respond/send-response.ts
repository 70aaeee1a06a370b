/** Sends an error response exactly once and completely, instead of any other response to the same request. */
import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { checkHookHeaders } from './response-headers.js'
import { markSerializer } from '../fastify/guard-functions.js'
import {
  getNextErrorHandler,
  hasSendHooks,
  isStreaming,
  sendWithLastHook,
  undoFailedHead
} from '../fastify/reply-internals.js'
import { ignoreRejection } from '../support/call-safely.js'

/** An error response that is ready to be sent. */
export interface PreparedResponse {
  readonly status: number
  /** The headers by name in lower case, except the length and the headers that were set on `reply.raw`. */
  readonly headers: Readonly<Record<string, unknown>>
  readonly payload: string
}

/** Callbacks for problems while an error response is sent. */
export interface SendListener {
  /** Called with the error that a hook threw on an error response. */
  readonly onHookError: (error: unknown, request: FastifyRequest) => void
  /** Called if a handler sends or returns a result after the error response was prepared. The result is not sent. */
  readonly onLateResult: (request: FastifyRequest) => void
}

/** An error response on its way through the `onSend` hooks. */
interface PendingResponse {
  readonly response: PreparedResponse
  readonly listener: SendListener
  readonly send: FastifyReply['send']
  readonly nextErrorHandler: unknown
  /** Whether a stream of an earlier response may still write to the connection. */
  readonly hasStream: boolean
}

const pending: unique symbol = Symbol('fastify-api-errors.pending')

/**
 * A reply with its pending response. One function handles all replies. A WeakMap of replies, a new function for each
 * reply, or another reference to Node's response would cause more garbage collection than the rest of a response.
 */
type PendingReply = FastifyReply & { [pending]?: PendingResponse }

/** Returns whether an error response of this package is being sent, or was sent. */
export function hasErrorResponse (reply: PendingReply): boolean {
  return reply[pending] !== undefined
}

/**
 * The serializer of an error response. Its body is a string. A late result of the handler can be any value, and is
 * dropped.
 */
const keepText = markSerializer((payload: unknown): string => String(payload))

/**
 * Passes an error response to Fastify, so that `onSend` hooks (CORS, compression) run. For HEAD, Fastify and Node omit
 * the body.
 *
 * If a hook fails, Fastify calls its default error handler, which would send the hook's message. In this case, the
 * response is sent without the hooks. If the handler sent a result before it failed, the hooks for that result may
 * still be running. Fastify would send its body with the status and headers of the error, so everything that it writes
 * for the result is discarded.
 */
export function sendResponse (reply: PendingReply, response: PreparedResponse, listener: SendListener): void {
  const { send, raw, request } = reply
  const hasStream = isStreaming(reply)
  const isWrittenImmediately = !hasStream && !hasSendHooks(request)
  // Only a hook that fails changes the next error handler.
  reply[pending] = {
    response,
    listener,
    send,
    nextErrorHandler: isWrittenImmediately ? undefined : getNextErrorHandler(reply),
    hasStream
  }
  reply.send = sendWhilePending
  undoFailedHead(reply)
  try {
    // With a serializer, Fastify does not change the content type of a string. Otherwise, it appends a charset to
    // problem+json.
    reply.serializer(keepText)
    if (isWrittenImmediately) {
      send.call(reply, response.payload)
      return
    }
    sendWithLastHook(request, writeAfterHooks, () => {
      send.call(reply, response.payload)
    })
    reply.raw = discardWrites(raw)
    if (hasStream) Object.assign(raw, discarded)
  } catch (error) {
    sendWithoutHooks(reply, error)
  }
}

/**
 * Runs after all `onSend` hooks of the error response, and lets Fastify write to the connection while it writes this
 * one.
 */
function writeAfterHooks (
  request: FastifyRequest,
  reply: PendingReply,
  sent: unknown,
  done: (error: null, payload: unknown) => void
): void {
  const { response, hasStream } = reply[pending] as PendingResponse
  // A hook that compares entity tags, such as that of @fastify/etag, also compares those of errors (RFC 9110, section
  // 13.2.1, forbids it).
  const isNotModified = reply.statusCode === 304
  const payload = isNotModified && request.method !== 'HEAD' ? response.payload : sent
  if (isNotModified) reply.code(response.status).header('content-length', Buffer.byteLength(response.payload))
  // A hook that encodes the earlier response may have set this in the meantime.
  if (payload === response.payload) reply.removeHeader('content-encoding')
  checkHookHeaders(reply)
  if (!Object.hasOwn(response.headers, 'etag')) reply.removeHeader('etag')
  if (hasStream) {
    // The stream can write to the connection at any time, so this response is written in one piece.
    if (isDestroyable(payload)) payload.destroy()
    writeResponse(
      reply,
      typeof payload === 'string' ? { status: reply.statusCode, headers: reply.getHeaders(), payload } : response
    )
    return
  }
  const current = reply.raw
  reply.raw = getRaw(reply)
  try {
    done(null, payload)
  } finally {
    reply.raw = current
  }
}

/**
 * Replaces `reply.send` while an error response is pending. It is called when a hook failed, and for late results of
 * the handler.
 */
function sendWhilePending (this: PendingReply, payload?: unknown): FastifyReply {
  const { send, listener, nextErrorHandler, response } = this[pending] as PendingResponse
  if (this.sent) return send.call(this, payload) // Fastify logs that the result is too late
  // Before Fastify passes an error to a handler, it selects the next handler and removes the content type.
  const hasHookFailed = getNextErrorHandler(this) !== nextErrorHandler ||
    this.getHeader('content-type') !== response.headers['content-type']
  if (hasHookFailed || isHandlerTimeout(payload)) {
    sendWithoutHooks(this, payload)
  } else if (payload !== undefined) {
    // An async handler that has sent an error returns undefined.
    ignoreRejection(payload)
    if (isDestroyable(payload)) payload.destroy()
    listener.onLateResult(this.request)
    // The handler set the status of its late result, while hooks of the error response are still running.
    if (this.statusCode !== response.status) writeResponse(this, response)
  }
  return this
}

function isHandlerTimeout (payload: unknown): boolean {
  return payload instanceof Error && (payload as { readonly code?: unknown }).code === 'FST_ERR_HANDLER_TIMEOUT'
}

/** Sends the pending error response without further hooks, instead of a response to a second error. */
export function sendWithoutHooks (reply: PendingReply, error: unknown): void {
  const { response, listener } = reply[pending] as PendingResponse
  ignoreRejection(error)
  listener.onHookError(error, reply.request)
  writeResponse(reply, response)
}

function writeResponse (reply: PendingReply, { status, headers, payload }: PreparedResponse): void {
  const { hasStream } = reply[pending] as PendingResponse
  const raw = getRaw(reply)
  if (raw.headersSent) return abortResponse(reply)
  stopDiscarding(raw)
  reply.hijack()
  const isHttp1 = reply.request.raw.httpVersionMajor === 1
  // The invalid value may be a reason phrase that a handler set. HTTP/2 has no reason phrase.
  if (isHttp1) raw.statusMessage = STATUS_CODES[status] as string
  const length = String(Buffer.byteLength(payload))
  try {
    raw.writeHead(status, { ...headers as Record<string, string>, 'content-length': length })
  } catch {
    // A hook, or code that uses reply.raw, set a header that Node rejects when it writes the response.
    for (const name of raw.getHeaderNames()) raw.removeHeader(name)
    raw.writeHead(status, {
      'content-type': String(headers['content-type']),
      'cache-control': 'no-store',
      'content-length': length
    })
  }
  raw.end(payload)
  reply.raw = discardWrites(raw)
  if (hasStream) Object.assign(raw, discarded)
}

/** The methods of a response that discards everything. */
const discarded = {
  writeHead (this: unknown) {
    return this
  },
  write: () => true,
  end (this: unknown) {
    return this
  },
  addTrailers () {},
  flushHeaders () {},
  destroy (this: unknown) {
    return this
  }
}

/** Returns a response with the properties and events of the given one. It discards everything that is written to it. */
function discardWrites (raw: ServerResponse): ServerResponse {
  return new Proxy(raw, discarding)
}

/** The property of a response that discards everything, with the original response. */
const nodeResponse: unique symbol = Symbol('fastify-api-errors.nodeResponse')

/** Returns Node's response of a reply, also while `reply.raw` discards everything. */
function getRaw ({ raw }: FastifyReply): ServerResponse {
  return (raw as ServerResponse & { readonly [nodeResponse]?: ServerResponse })[nodeResponse] ?? raw
}

const discarding: ProxyHandler<ServerResponse> = {
  get: (target, key) =>
    key === nodeResponse
      ? target
      : Object.hasOwn(discarded, key)
        ? discarded[key as keyof typeof discarded]
        : Reflect.get(target, key, target) as unknown,
  set: (target, key, value) => Reflect.set(target, key, value, target)
}

function stopDiscarding (raw: ServerResponse): void {
  for (const name of Object.keys(discarded)) delete (raw as unknown as Record<string, unknown>)[name]
}

function isDestroyable (value: unknown): value is { destroy: () => void } {
  return typeof value === 'object' && value !== null && 'pipe' in value &&
    typeof (value as { readonly destroy?: unknown }).destroy === 'function'
}

/** Aborts a partly sent response. This is the only way to tell the client that the response is incomplete. */
export function abortResponse (reply: PendingReply): void {
  const raw = getRaw(reply)
  reply.hijack()
  // Without an error, an HTTP/2 stream ends as if it were complete.
  raw.destroy(new Error('The response was aborted.'))
}
