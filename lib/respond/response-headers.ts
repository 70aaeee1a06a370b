import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { wholeSeconds, type ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'
import { headerValue } from '../catalog/error-headers.js'
import { allowedMethods } from './allow-header.js'
import { printValue } from './log-errors.js'

/** Seconds that a 429 or 503 asks to wait where nobody knows better: those answers always carry `Retry-After`. */
export const defaultRetryAfter: Readonly<Partial<Record<ErrorStatus, number>>> = { 429: 1, 503: 10 }

/** Headers that describe the body which the error replaces, its digests (RFC 9530) too; left in place they would describe the error's. */
const replaced: ReadonlySet<string> = new Set([
  'content-length', 'content-encoding', 'content-language', 'content-range', 'content-disposition', 'content-location', 'content-md5',
  'transfer-encoding', 'etag', 'last-modified', 'expires', 'accept-ranges', 'trailer',
  'digest', 'content-digest', 'repr-digest', 'age', 'warning', 'surrogate-control', 'x-accel-expires'
])

/** Targeted cache controls, `CDN-Cache-Control` and those of single networks: there they win over `Cache-Control: no-store` (RFC 9213, section 2.2). */
const targetedCacheControl = /(^|-)cdn-cache-control$/

/** Headers that say how the body of the answer is sent; an error cannot know it. */
const ofTheBody: ReadonlySet<string> = new Set(['content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'trailer'])

/** The media types that are looked for where a route does not say what it reads. */
const commonMediaTypes = [
  'application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/octet-stream', 'application/xml', 'text/xml'
] as const

/** What the headers of an error depend on, beside the error. */
export interface HeaderContext {
  readonly status: ErrorStatus
  readonly contentType: string
  readonly requestId: string
  readonly realm: string
  /** Whether the body was chosen by `Accept`. */
  readonly negotiate: boolean
}

/** Headers by name in lower case. */
export type Headers = Readonly<Record<string, unknown>>

/**
 * Sets the headers that HTTP asks for on an error, and removes what described the body that is not sent. It reads the
 * reply once and works on what it read: each look at a reply asks Fastify's headers and Node's.
 *
 * @returns all headers of the answer but its length
 */
export function setHeaders (reply: FastifyReply, request: FastifyRequest, error: ApiError, context: HeaderContext): Headers {
  const { status, contentType, requestId, realm, negotiate } = context
  const present = presentHeaders(reply, error)
  const added: Record<string, string> = { 'cache-control': 'no-store', 'x-request-id': requestId, 'content-type': contentType }
  if (negotiate) added.vary = getVary(present)
  if ((status === 401 || error.code === 'insufficient_scope') && present['www-authenticate'] === undefined) {
    added['www-authenticate'] = createChallenge(error, request, realm)
  }
  if (status === 405 && present.allow === undefined) added.allow = allowedMethods(request).join(', ')
  if (status === 415 && present.accept === undefined) added.accept = acceptedMediaTypes(request).join(', ')
  const retryAfter = getRetryAfter(present, error, status)
  if (retryAfter !== undefined) added['retry-after'] = String(retryAfter)
  reply.headers(added)
  return Object.assign(present, added)
}

/** The headers that stay, with those of the error. */
function presentHeaders (reply: FastifyReply, error: ApiError): Record<string, unknown> {
  const present: Record<string, unknown> = reply.getHeaders()
  for (const name of Object.keys(present)) {
    const value = present[name]
    if (replaced.has(name) || targetedCacheControl.test(name) || !isSendable(reply, name, value)) {
      reply.removeHeader(name)
      delete present[name]
    } else if (Array.isArray(value)) {
      present[name] = headerValue(name, value)
      // Over HTTP/2, Node refuses the answer where it knows that a header has one value.
      if (!Array.isArray(present[name])) reply.header(name, present[name])
    }
  }
  for (const name of replaced) reply.removeTrailer(name)
  if (error.headers === undefined) return present
  setOwnHeaders(reply, error.headers)
  return reply.getHeaders()
}

function setOwnHeaders (reply: FastifyReply, headers: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!ofTheBody.has(name.toLowerCase()) && isSendable(reply, name, value)) reply.header(name, headerValue(name, value))
  }
}

/** A header that Node refuses to send, for a line break in it, must not turn the answer into another error. */
function isSendable (reply: FastifyReply, name: string, value: unknown): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
    return true
  } catch (fault) {
    reply.log.warn({ reason: printValue(fault) }, 'A header that cannot be sent was left out of an error.')
    return false
  }
}

function getVary ({ vary }: Headers): string {
  if (vary === undefined || vary === '') return 'accept'
  return /(^|[\s,])(accept|\*)($|[\s,])/i.test(String(vary)) ? String(vary) : `${String(vary)}, accept`
}

/** RFC 6750, section 3: an `error` only where a credential of the scheme was sent. */
function createChallenge (error: ApiError, request: FastifyRequest, realm: string): string {
  const scheme = `Bearer realm="${realm}"`
  if (error.code === 'insufficient_scope') {
    const { required } = (error.meta ?? {}) as { readonly required?: unknown }
    const scope = Array.isArray(required) ? required.filter(isScope).join(' ') : ''
    return `${scheme}, error="insufficient_scope"${scope === '' ? '' : `, scope="${scope}"`}`
  }
  return /^bearer +\S/i.test(request.headers.authorization ?? '') ? `${scheme}, error="invalid_token"` : scheme
}

/** RFC 6749, section 3.3: printable ASCII without space, quote and backslash. */
function isScope (value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}

function acceptedMediaTypes (request: FastifyRequest): string[] {
  const { schema } = request.routeOptions
  const body = schema?.body as { readonly content?: object } | undefined
  if (typeof body?.content === 'object' && body.content !== null) return Object.keys(body.content)
  const consumes = (schema as { readonly consumes?: unknown } | undefined)?.consumes
  if (Array.isArray(consumes)) return consumes.map(String)
  return commonMediaTypes.filter(type => request.server.hasContentTypeParser(type))
}

function getRetryAfter (present: Headers, error: ApiError, status: ErrorStatus): number | undefined {
  const given = error.retryAfter ?? Number(present['retry-after'])
  return Number.isInteger(given) && given >= 1 ? wholeSeconds(given) : defaultRetryAfter[status]
}
