/**
 * Guards payloads that Fastify reads or writes in its own callbacks. They are request bodies of `preParsing` hooks, and
 * responses that are streams or have trailers. An error that is thrown in such a callback would end the process, and
 * the client would get no response.
 */
import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { callSafely, isPromiseLike } from '../support/call-safely.js'
import { describeValue } from '../support/describe-value.js'
import { isSendableHeader } from '../support/http-syntax.js'
import { isObject } from '../support/is-object.js'
import { listSecrets, printValue } from '../support/redact.js'
import { getDecorator } from './internals.js'
import { nameSend } from './reply-internals.js'
import { findError, isError } from './returned-errors.js'
import { scopesAround } from './scopes.js'

type Send = (this: FastifyReply, payload?: unknown) => FastifyReply

/** The scopes whose replies are guarded. Nested scopes inherit them. */
const guardedScopes = new WeakSet<object>()

/**
 * Guards the streams, the trailers and the uncalled error factories that the replies of a scope and its nested scopes
 * send.
 */
export function guardStreams (scope: FastifyInstance): void {
  if ([...scopesAround(scope)].some(outer => guardedScopes.has(outer))) return
  guardedScopes.add(scope)
  const send = getDecorator(scope, 'reply', 'send') as Send
  const setTrailer = getDecorator(scope, 'reply', 'trailer') as (this: FastifyReply, ...args: unknown[]) => FastifyReply
  scope.decorateReply(
    'send',
    nameSend(function (this: FastifyReply, payload?: unknown) {
      if (typeof payload !== 'object' && typeof payload !== 'function') return send.call(this, payload)
      const { statusCode } = this
      const guarded = guardPayload(this, payload, send)
      // With another status, the reply may have another `send`.
      return this.statusCode === statusCode ? send.call(this, guarded) : this.send(guarded)
    }) as FastifyReply['send']
  )
  scope.decorateReply(
    'trailer',
    function (this: FastifyReply, name: unknown, getValue: unknown) {
      guardTrailers(this)
      return setTrailer.call(
        this,
        name,
        typeof getValue === 'function' ? guardTrailer(getValue as GetTrailer) : getValue
      )
    } as FastifyReply['trailer']
  )
}

type GetTrailer = (
  this: unknown,
  reply: FastifyReply,
  payload: unknown,
  done: (error: unknown, value?: unknown) => unknown
) => unknown

/**
 * Returns a trailer function that never fails and never returns `null`. Fastify calls it after the body, sometimes
 * outside of the request. A trailer without a value is omitted. Fastify would log any thrown value, and its logger
 * fails for some values.
 */
function guardTrailer (getValue: GetTrailer): GetTrailer {
  return function (reply: FastifyReply, payload, done) {
    const omit = (error: unknown): undefined => {
      callSafely(() => {
        reply.log.debug(
          `A trailer is omitted, because its function failed: ${printValue(error, listSecrets(reply.request.headers))}`
        )
      }, () => {})
    }
    try {
      const result = getValue.call(this, reply, payload, (error: unknown, value: unknown) =>
        done(null, error ? omit(error) : value)) ?? undefined
      return isPromiseLike(result) ? Promise.resolve(result).catch(omit) : result
    } catch (error) {
      return Promise.resolve(omit(error))
    }
  }
}

/**
 * Returns the payload that Fastify should send. A string schema would serialize a factory that was not called as its
 * source code. Sets the status of a `Response` on the reply, because Fastify sets it only when it writes the response.
 */
function guardPayload (reply: FastifyReply, payload: unknown, send: Send): unknown {
  try {
    if (isObject(payload) && isStream(payload)) {
      if (isWebResponse(payload) && payload.status !== reply.statusCode) {
        reply.code(payload.status)
        return payload
      }
      guardWrite(reply, send)
      if (payload.readableObjectMode === true) guardPipe(payload as unknown as Readable)
    }
    return typeof payload === 'function' ? findError(payload) ?? payload : payload
  } catch {
    return payload // A thrown value is sent, too. It may be a proxy whose traps throw.
  }
}

/** Returns whether Fastify sends an object as a stream: a stream of Node, a web stream, or a web `Response`. */
function isStream (payload: Readonly<Record<string, unknown>>): boolean {
  return typeof payload.pipe === 'function' || typeof payload.getReader === 'function' || isWebResponse(payload)
}

/** Returns whether a payload is a web `Response`, as Fastify recognizes it. */
export function isWebResponse (
  payload: unknown
): payload is { readonly [name: string]: unknown, readonly status: number } {
  return isObject(payload) && Object.prototype.toString.call(payload) === '[object Response]'
}

function isSendableChunk (chunk: unknown): boolean {
  return typeof chunk === 'string' || ArrayBuffer.isView(chunk)
}

function createChunkError (chunk: unknown): TypeError {
  return new TypeError(`A response stream: expected strings or binary data, got ${describeValue(chunk)}.`)
}

/**
 * Makes a stream of objects fail at a chunk that cannot be sent, if the stream is piped to a stream of bytes, such as
 * that of
 * @fastify/compress. The other stream would throw the error outside of the request. An `onSend` hook may convert the
 * objects.
 */
function guardPipe (stream: Readable): void {
  const { emit, pipe } = stream
  stream.pipe = <Target extends NodeJS.WritableStream>(
    target: Target,
    options?: { readonly end?: boolean }
  ): Target => {
    // readable-stream has no writableObjectMode.
    if (
      (target as { readonly _writableState?: { readonly objectMode?: boolean } })._writableState?.objectMode !== true
    ) {
      stream.emit = (name: string | symbol, ...args: unknown[]): boolean => {
        if (name !== 'data' || isSendableChunk(args[0])) return emit.call(stream, name, ...args)
        stream.destroy(createChunkError(args[0]))
        return false
      }
    }
    return pipe.call(stream, target, options) as Target
  }
}

/**
 * Makes an error of `write` the error of the request. Node throws if a chunk is neither a string nor binary data. It
 * also throws if it writes a header that is not allowed, such as `transfer-encoding` over HTTP/2.
 */
function guardWrite (reply: FastifyReply, send: Send): void {
  const { raw } = reply
  const { write } = raw
  raw.write = ((...args: Parameters<ServerResponse['write']>): boolean => {
    try {
      // Over HTTP/2, Node writes the headers before it checks the chunk.
      if (!isSendableChunk(args[0])) throw createChunkError(args[0])
      return write.apply(raw, args)
    } catch (error) {
      raw.write = write
      send.call(reply, error)
      return false
    }
  }) as ServerResponse['write']
}

/**
 * Omits the trailers that Node cannot send, and logs their names. The body was sent by then, so the response remains
 * complete. A 204 or 304 has no body, so Node rejects all its trailers.
 */
function guardTrailers (reply: FastifyReply): void {
  const { raw } = reply
  const { addTrailers, writeHead } = raw
  raw.writeHead = ((status: number, ...args: unknown[]) => {
    // Fastify passes an object. The application can also call this method with a reason phrase, a list, or without
    // headers.
    const headers = args.at(-1)
    if (isObject(headers)) omitHeaders(status, headers)
    else if (raw.hasHeader('transfer-encoding')) raw.removeHeader('content-length')
    return Reflect.apply(writeHead, raw, [status, ...args]) as ServerResponse
  }) as ServerResponse['writeHead']
  raw.addTrailers = trailers => {
    const entries = Object.entries(trailers)
    const valid = entries.filter(([name, value]) => isSendableHeader(name, value))
    if (valid.length < entries.length) {
      callSafely(() => {
        reply.log.debug(`Node cannot send some of these trailers: ${Object.keys(trailers).join(', ')}.`)
      }, () => {})
    }
    addTrailers.call(raw, Object.fromEntries(valid))
  }
}

/**
 * Deletes the trailers of a 204 or 304, and the `Content-Length` of a chunked body, which must not be sent (RFC 9112,
 * section 6.2).
 */
function omitHeaders (status: number, headers: Record<string, unknown>): void {
  if (status === 204 || status === 304) delete headers.trailer
  if (headers['transfer-encoding'] !== undefined) delete headers['content-length']
}

/**
 * Makes a body stream emit an error if it closes before its end, and only errors that are writable objects. Fastify
 * waits for `end` or `error` without a limit, and sets a status on the error.
 */
export function guardBodyStream (stream: Readable): void {
  const { emit } = stream
  stream.emit = (name: string | symbol, ...args: unknown[]): boolean => {
    const [error] = args
    if (name === 'error' && !(isError(error) && Object.isExtensible(error))) {
      return emit.call(stream, name, new Error('The body stream failed.', { cause: error }))
    }
    if (name === 'close' && !stream.readableEnded && stream.errored === null && isAwaited(stream)) {
      emit.call(stream, 'error', new Error('The body stream was closed before its end.'))
    }
    return emit.call(stream, name, ...args)
  }
}

/**
 * Returns whether a listener waits for the end or an error of a stream. A parser that closes the stream itself has no
 * such listener.
 */
function isAwaited (stream: Readable): boolean {
  const onEnd = stream.listeners('end')
  return stream.listeners('error').some(listener => onEnd.includes(listener))
}
