/** Captures the response to a request for the store, and sends a stored response again. */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { markReplayed } from '../../fastify/replayed-responses.js'
import { isObject } from '../../support/is-object.js'

/** The maximum size of a stored body in bytes. */
export const maxBody: number = 1024 * 1024

/** The header of a response that was sent before. */
export const replayedHeader = 'Idempotency-Replayed'

/**
 * Client errors that do not depend on the request alone. The same request can succeed later. It needs other credentials
 * or permissions (401, 403) or another time (408, 425, 429), or it waits for another request or a lock (409, 421, 423).
 */
const temporaryStatuses: ReadonlySet<number> = new Set([401, 403, 408, 409, 421, 423, 425, 429])

/**
 * Headers of one connection or message, the state of rate limits, and cookies, which are credentials. `Content-Length`
 * is computed again.
 */
const unstoredHeader =
  /^(connection|content-length|date|keep-alive|set-cookie|trailer|transfer-encoding|upgrade|(x-)?ratelimit(-.*)?)$/

/** The headers of a reply. */
export type Headers = Readonly<Record<string, number | string | string[] | undefined>>

/** A response in a store. */
interface StoredResponse {
  readonly status: number
  readonly headers: Headers
  /** The body: a string, or bytes in Base64. Null: it has none. Absent: it could not be stored. */
  readonly text?: string | null
  readonly base64?: string
}

/** Returns whether the response to a request is stored. Otherwise, a repeated request runs again. */
export function isStoredStatus (status: number): boolean {
  return status < 500 && !temporaryStatuses.has(status)
}

/** A captured response. */
export interface CapturedResponse {
  /** The payload to send instead of the given one. It is the same unless that was a stream. */
  readonly payload: unknown
  /** The response for the store. */
  readonly stored: string
  /** Whether the body was not stored. */
  readonly isIncomplete: boolean
}

/**
 * Captures the response that a reply is about to send. A stream is read to its end, or until it is too large to be
 * stored. Events (`text/event-stream`) are sent immediately and not stored.
 *
 * @param before the headers that the reply had before the handler ran. Those that did not change are not stored,
 * because the hooks that set them also run for a replay
 * @throws the error of a stream
 */
export async function captureResponse (
  reply: FastifyReply,
  payload: unknown,
  before: Headers
): Promise<CapturedResponse> {
  const body = takeBody(reply, payload)
  const isEvents = /^text\/event-stream\b/i.test(String(reply.getHeader('content-type')))
  const sent = isStream(body) && !isEvents ? await readStream(body) : body
  const encoded = encodeBody(sent)
  const response: StoredResponse = {
    status: reply.statusCode,
    headers: listChanges(reply.getHeaders(), before),
    ...encoded
  }
  return { payload: sent, stored: JSON.stringify(response), isIncomplete: encoded === undefined }
}

/** Sends a stored response. Returns false if its body was not stored. */
export function sendStored (reply: FastifyReply, stored: string): boolean {
  const { status, headers, text, base64 } = JSON.parse(stored) as StoredResponse
  if (text === undefined && base64 === undefined) return false
  markReplayed(reply)
  reply.code(status).headers(headers as Record<string, string>).header(replayedHeader.toLowerCase(), 'true')
  // As bytes, because Fastify adds a charset to the content type of a string.
  reply.send(
    text === null ? undefined : base64 === undefined ? Buffer.from(text as string) : Buffer.from(base64, 'base64')
  )
  return true
}

/**
 * Returns the body of a payload. The status and the headers of a `Response` are set on the reply, as Fastify does
 * later.
 */
function takeBody (reply: FastifyReply, payload: unknown): unknown {
  if (!(payload instanceof Response) || payload.bodyUsed) return payload
  reply.code(payload.status)
  for (const [name, value] of payload.headers) reply.header(name, value)
  return payload.body
}

type Stream = AsyncIterable<Uint8Array | string>

function isStream (body: unknown): body is Stream {
  return isObject(body) && !(body instanceof Uint8Array) && Symbol.asyncIterator in body
}

/** Returns the content of a stream. If it is too large, it returns a stream of what was read and of the rest. */
async function readStream (stream: Stream): Promise<Buffer | Readable> {
  const chunks: Buffer[] = []
  let size = 0
  const iterator = stream[Symbol.asyncIterator]()
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    const chunk = Buffer.from(next.value as Uint8Array)
    chunks.push(chunk)
    size += chunk.length
    if (size > maxBody) {
      return Readable.from(joinChunks(chunks, { [Symbol.asyncIterator]: () => iterator }), { objectMode: false })
    }
  }
  return Buffer.concat(chunks)
}

async function * joinChunks (chunks: readonly Buffer[], rest: Stream): AsyncGenerator<Uint8Array | string> {
  yield * chunks
  yield * rest
}

/** Returns the body as it is stored; `undefined` if it is too large, or a stream. */
function encodeBody (body: unknown): Pick<StoredResponse, 'base64' | 'text'> | undefined {
  if (body === undefined || body === null) return { text: null }
  if (typeof body === 'string') return Buffer.byteLength(body) > maxBody ? undefined : { text: body }
  return body instanceof Uint8Array && body.length <= maxBody
    ? { base64: Buffer.from(body).toString('base64') }
    : undefined
}

function listChanges (headers: Headers, before: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).filter(([name, value]) =>
      !unstoredHeader.test(name) && String(value) !== String(before[name])
    )
  )
}
