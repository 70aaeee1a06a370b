/**
 * Sets the headers of an error response. They are the headers that HTTP requires, and the headers of the reply that are
 * valid for an error.
 */
import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { toWholeSeconds, type ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'
import type { RetryAdvice } from '../catalog/retry-advice.js'
import {
  acceptHeaderOfMethod,
  carriesAccept,
  carriesAllow,
  carriesChallenge,
  carriesUpgrade,
  formatShouldRetry,
  getDefaultRetryAfter,
  headerValue
} from '../catalog/error-headers.js'
import { bodyHeaders, connectionHeaders, isUnsatisfiedRange } from '../support/http-syntax.js'
import { getOwnHeaders, mayHaveTrailers } from '../fastify/reply-internals.js'
import { acceptedMediaTypes, formatAcceptQuery } from './accept-header.js'
import { allowedMethods } from './allow-header.js'
import { formatBearerChallenge } from './bearer-challenge.js'
import { listSecrets, printValue } from '../support/redact.js'

/** Headers that describe the body that the error replaces, including its digests (RFC 9530). */
const bodyDescriptions: ReadonlySet<string> = new Set([
  'content-length', 'content-encoding', 'content-language', 'content-range', 'content-disposition', 'content-location',
  'content-md5', 'transfer-encoding', 'etag', 'last-modified', 'expires', 'accept-ranges', 'trailer', 'sourcemap',
  'x-sourcemap', 'digest', 'content-digest', 'repr-digest', 'age', 'warning', 'surrogate-control', 'edge-control'
])

/** Headers that make a proxy or a browser fetch another body instead of the error. */
const bodyReplacements: ReadonlySet<string> = new Set([
  'refresh', 'x-sendfile', 'x-sendfile2', 'x-sendfile-temporary', 'x-lighttpd-send-file', 'x-lighttpd-send-file2',
  'x-litespeed-location', 'x-reproxy-url', 'x-reproxy-file', 'x-archive-files', 'hx-redirect', 'hx-location'
])

/** The prefix of headers that make nginx send a file or another URL, and cache the response. */
const accelPrefix = 'x-accel-'

/**
 * Targeted cache-control headers: `CDN-Cache-Control` and its variants for specific CDNs. They take precedence over
 * `Cache-Control: no-store` (RFC 9213, section 2.2).
 */
const targetedCacheControl = 'cdn-cache-control'

/** The default protocol of a 426. */
const defaultUpgrade = 'websocket'

/** The values that the headers depend on, in addition to the error. */
export interface HeaderContext {
  readonly status: ErrorStatus
  readonly contentType: string
  readonly requestId: string
  /** The name of the header with the request id, in lower case. */
  readonly requestIdHeader: string
  /** The headers of the format. */
  readonly formatHeaders: Headers | undefined
  readonly realm: string
  readonly resourceMetadata: string | undefined
  /** The advice for `X-Should-Retry`; `undefined` if the response does not have the header. */
  readonly retry: RetryAdvice | undefined
  /** The result of {@link findRetryAfter}. */
  readonly retryAfter: number | undefined
  /** The request headers that the body depends on, in lower case. */
  readonly vary: readonly string[]
  /** The language of the body; `undefined` without the option `languages`. */
  readonly language: string | undefined
}

/** Headers by name in lower case. */
export type Headers = Readonly<Record<string, unknown>>

/**
 * Sets the headers that HTTP requires on an error, and removes headers that describe the original response.
 *
 * @returns the headers of the reply. Node adds the headers that were set on `reply.raw`
 */
export function setHeaders (
  reply: FastifyReply,
  request: FastifyRequest,
  error: ApiError,
  context: HeaderContext
): Headers {
  const {
    status,
    contentType,
    requestId,
    requestIdHeader,
    formatHeaders,
    realm,
    resourceMetadata,
    retry,
    vary,
    language
  } = context
  const isHttp2 = request.raw.httpVersionMajor === 2
  removeReplacedHeaders(reply, status, isHttp2)
  if (error.headers !== undefined) setOwnHeaders(reply, error.headers, isHttp2)
  const added: Record<string, string> = {
    'cache-control': 'no-store',
    [requestIdHeader]: requestId,
    'content-type': contentType
  }
  if (retry !== undefined && !reply.hasHeader('x-should-retry')) added['x-should-retry'] = formatShouldRetry(retry)
  if (vary.length > 0) added.vary = mergeVary(reply.getHeader('vary'), vary)
  if (language !== undefined) added['content-language'] = language
  if (carriesChallenge({ code: error.code, status }) && !reply.hasHeader('www-authenticate')) {
    added['www-authenticate'] = createChallenge(error, request, realm, resourceMetadata)
  }
  if (carriesAllow({ status }) && !reply.hasHeader('allow')) added.allow = allowedMethods(request).join(', ')
  if (carriesAccept({ status })) addAcceptHeaders(added, reply, request)
  if (carriesUpgrade({ status }) && !isHttp2) addUpgradeHeaders(added, reply, request)
  const retryAfter = context.retryAfter ?? getDefaultRetryAfter({ code: error.code, status })
  if (retryAfter !== undefined) added['retry-after'] = String(retryAfter)
  if (formatHeaders !== undefined) Object.assign(added, formatHeaders)
  reply.headers(added)
  return { ...getOwnHeaders(reply) }
}

/**
 * Removes headers that an `onSend` hook set after {@link setHeaders} and that an error response cannot have. Node
 * rejects most of them when it writes the response, but over HTTP/2 an invalid name ends the stream without an error.
 */
export function checkHookHeaders (reply: FastifyReply): void {
  reply.removeHeader('transfer-encoding')
  if (reply.request.raw.httpVersionMajor !== 2) return
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (!isSendable(reply, name, value, true)) reply.removeHeader(name)
  }
}

/**
 * Removes the headers of the original response, headers that cannot be sent, and trailers. Joins lists, because over
 * HTTP/2, Node rejects a list for a header that can have only one value. With many headers, merging those of Fastify
 * and Node into one object would cost more than the rest of an error response.
 */
function removeReplacedHeaders (reply: FastifyReply, status: ErrorStatus, isHttp2: boolean): void {
  const own = getOwnHeaders(reply)
  for (const name of Object.keys(own)) {
    const value = own[name]
    if (isRemoved(name, value, status) || !isSendable(reply, name, value, isHttp2)) reply.removeHeader(name)
    else joinList(reply, name, value)
  }
  // Node has checked the values of these headers when they were set.
  for (const name of reply.raw.getHeaderNames()) {
    const value = reply.raw.getHeader(name)
    if (isRemoved(name, value, status) || (isHttp2 && connectionHeaders.has(name))) reply.removeHeader(name)
    else joinList(reply, name, value)
  }
  if (mayHaveTrailers(reply)) {
    bodyDescriptions.forEach(name => {
      reply.removeTrailer(name)
    })
  }
}

function joinList (reply: FastifyReply, name: string, value: unknown): void {
  if (Array.isArray(value) && name !== 'set-cookie') reply.header(name, headerValue(name, value))
}

function isRemoved (name: string, value: unknown, status: ErrorStatus): boolean {
  return isReplaced(name) && !isLengthOfRange(name, value, status)
}

function isReplaced (name: string): boolean {
  return bodyDescriptions.has(name) || bodyReplacements.has(name) || name.startsWith(accelPrefix) ||
    name === targetedCacheControl || name.endsWith(`-${targetedCacheControl}`)
}

/**
 * Returns whether a header is the `Content-Range` of a 416 with the length of the resource, which helps the client (RFC
 * 9110, section 15.5.17).
 */
function isLengthOfRange (name: string, value: unknown, status: ErrorStatus): boolean {
  return status === 416 && name === 'content-range' && isUnsatisfiedRange(value)
}

function setOwnHeaders (reply: FastifyReply, headers: Readonly<Record<string, unknown>>, isHttp2: boolean): void {
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    if (!bodyHeaders.has(key) && isSendable(reply, key, value, isHttp2)) reply.header(name, headerValue(name, value))
  }
}

/**
 * Returns whether Node accepts a header. An invalid header, for example with a line break, must not cause another
 * error.
 */
function isSendable (reply: FastifyReply, name: string, value: unknown, isHttp2: boolean): boolean {
  if (isHttp2 && connectionHeaders.has(name)) return false
  try {
    validateHeaderName(name)
    if (Array.isArray(value)) {
      value.forEach(item => {
        checkValue(name, item)
      })
    } else checkValue(name, value)
    return true
  } catch (fault) {
    reply.log.warn(
      { reason: printValue(fault, listSecrets(reply.request.headers)) },
      'A header that cannot be sent was omitted from an error response.'
    )
    return false
  }
}

function checkValue (name: string, value: unknown): void {
  // Node checks null as the string 'null', and rejects it later over HTTP/2.
  validateHeaderValue(name, (value ?? undefined) as string)
}

/** Returns `Vary` with more names. An asterisk includes every name (RFC 9110, section 12.5.5). */
function mergeVary (vary: unknown, names: readonly string[]): string {
  const given = String(vary ?? '')
  if (given === '') return names.join(', ')
  const present = given.toLowerCase().split(/[\s,]+/)
  if (present.includes('*')) return given
  return [given, ...names.filter(name => !present.includes(name))].join(', ')
}

function createChallenge (
  error: ApiError,
  request: FastifyRequest,
  realm: string,
  resourceMetadata: string | undefined
): string {
  return formatBearerChallenge(error, /^bearer +\S/i.test(request.headers.authorization ?? ''), realm, resourceMetadata)
}

function addAcceptHeaders (added: Record<string, string>, reply: FastifyReply, request: FastifyRequest): void {
  const name = acceptHeaderOfMethod[request.method]
  const isMissing = name !== undefined && !reply.hasHeader(name)
  const hasAccept = reply.hasHeader('accept')
  if (hasAccept && !isMissing) return
  const types = acceptedMediaTypes(request)
  if (!hasAccept) added.accept = types.join(', ')
  if (isMissing) added[name] = name === 'accept-query' ? formatAcceptQuery(types) : types.join(', ')
}

/**
 * Adds `Upgrade`, and lists it in `Connection` (RFC 9110, section 7.8). If Node is to close the connection,
 * `Connection` must also contain `close`.
 */
function addUpgradeHeaders (added: Record<string, string>, reply: FastifyReply, { raw }: FastifyRequest): void {
  if (!reply.hasHeader('upgrade')) added.upgrade = defaultUpgrade
  const isLast = raw.httpVersionMinor === 0 || /(^|[\s,])close($|[\s,])/i.test(raw.headers.connection ?? '')
  const options = String(reply.getHeader('connection') ?? (isLast ? 'close' : ''))
  if (!/(^|[\s,])upgrade($|[\s,])/i.test(options)) added.connection = options === '' ? 'upgrade' : `${options}, upgrade`
}

/**
 * Returns the wait of an error in seconds: its `retryAfter`, or the `Retry-After` of its headers or of the reply;
 * `undefined` if there is none.
 */
export function findRetryAfter (reply: FastifyReply, { headers = {}, retryAfter }: ApiError): number | undefined {
  if (retryAfter !== undefined) return toWholeSeconds(retryAfter)
  const name = Object.keys(headers).find(name => name.toLowerCase() === 'retry-after')
  const given = name === undefined ? reply.getHeader('retry-after') : headers[name]
  return given === undefined ? undefined : readRetryAfter(String(given))
}

/** The date formats of HTTP (RFC 9110, section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT` and two obsolete formats. */
const httpDate = /^(Mon|Tues?|Wed(nes)?|Thu(rs)?|Fri|Sat(ur)?|Sun)(day)?,? /

/**
 * Reads `Retry-After` as whole seconds from now: a number, or an HTTP date. Returns `undefined` for any other value and
 * for a time in the past.
 */
function readRetryAfter (value: string): number | undefined {
  // A date in the format of asctime() has no time zone. It is in UTC.
  const seconds = httpDate.test(value)
    ? (Date.parse(/ (GMT|UTC)$/.test(value) ? value : `${value} GMT`) - Date.now()) / 1000
    : Number(value)
  return seconds >= 1 || (seconds > 0 && httpDate.test(value)) ? toWholeSeconds(seconds) : undefined
}
