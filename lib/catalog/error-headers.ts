/**
 * The response headers that HTTP requires on errors. For each header, lists the errors that have it and its description
 * for documentation.
 */
import type { ErrorStatus } from './definition.js'
import type { RetryAdvice } from './retry-advice.js'

/** The properties of an error that decide whether it has a header. */
export interface HeaderSubject {
  readonly code: string
  readonly status: ErrorStatus
}

/** A response header of errors: its value, its description, and the errors that have it. */
export interface ErrorHeader {
  readonly name: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly example: string | number
  /** Returns whether an error of this code and status has the header. */
  readonly on: (error: HeaderSubject) => boolean
  /** The only method whose errors have the header. @default all methods */
  readonly method?: string
  /** Whether an error can also be sent without the header. @default false */
  readonly isOptional?: boolean
}

/** Returns the schema of a header with a pattern, which is a regular expression. */
export function textHeader (pattern: string): ErrorHeader['schema'] {
  return { type: 'string', pattern }
}

/** Returns the schema of a header that is a whole number. */
export function numberHeader (minimum: number): ErrorHeader['schema'] {
  return { type: 'integer', minimum }
}

/** Returns whether an error has a challenge, `WWW-Authenticate` (RFC 9110, section 11.6.1; RFC 6750, section 3.1). */
export function carriesChallenge ({ code, status }: HeaderSubject): boolean {
  return status === 401 || code === 'insufficient_scope'
}

/** Returns whether an error has `Allow` (RFC 9110, section 15.5.6). */
export function carriesAllow ({ status }: Pick<HeaderSubject, 'status'>): boolean {
  return status === 405
}

/** Returns whether an error has `Accept` (RFC 9110, section 15.5.16). */
export function carriesAccept ({ status }: Pick<HeaderSubject, 'status'>): boolean {
  return status === 415
}

/** Returns whether an error can have `Content-Range`, with the length of the resource (RFC 9110, section 15.5.17). */
export function carriesLength ({ status }: Pick<HeaderSubject, 'status'>): boolean {
  return status === 416
}

/** Returns whether an error has `Upgrade` (RFC 9110, section 15.5.22). */
export function carriesUpgrade ({ status }: Pick<HeaderSubject, 'status'>): boolean {
  return status === 426
}

/**
 * The header that lists the media types of a method in addition to `Accept`, by method: `Accept-Patch` (RFC 5789,
 * section 3.1) and `Accept-Query` (RFC 10008, section 3).
 */
export const acceptHeaderOfMethod: Readonly<Record<string, string>> = { PATCH: 'accept-patch', QUERY: 'accept-query' }

const retryAfterOfStatuses: Readonly<Partial<Record<ErrorStatus, number>>> = { 429: 1, 503: 10 }

const retryAfterOfCodes: Readonly<Record<string, number>> = { idempotency_in_progress: 1 }

/**
 * Returns the default of `Retry-After` in seconds, if neither the error nor the reply has a value. Errors with a
 * default always have the header.
 */
export function getDefaultRetryAfter ({ code, status }: HeaderSubject): number | undefined {
  return retryAfterOfStatuses[status] ?? retryAfterOfCodes[code]
}

/** The request id of the examples. */
export const exampleRequestId = 'req_4mXq1VbE0s6RkYt2'

/** The name of the header with the request id, unless the option `requestIdHeader` has another one. */
export const defaultRequestIdHeader = 'X-Request-Id'

/** The headers that HTTP defines for errors, except `Content-Type`. */
export const errorHeaders: readonly ErrorHeader[] = [
  {
    name: defaultRequestIdHeader,
    description: 'The id of the request. Include it when you contact support.',
    schema: textHeader('^[!-~]([ -~]*[!-~])?$'),
    example: exampleRequestId,
    on: () => true
  },
  {
    name: 'Cache-Control',
    description: 'Caches must not store errors.',
    schema: { type: 'string', enum: ['no-store'] },
    example: 'no-store',
    on: () => true
  },
  {
    name: 'WWW-Authenticate',
    description: 'How to authenticate (RFC 9110, section 11.6.1).',
    schema: textHeader('^[!-~]+( [ -~]+)?$'),
    example: 'Bearer realm="api"',
    on: carriesChallenge
  },
  {
    name: 'Allow',
    description: 'The methods that this endpoint supports (RFC 9110, section 10.2.1).',
    schema: textHeader('^[!-+.-~-]+( *, *[!-+.-~-]+)*$'),
    example: 'GET, HEAD',
    on: carriesAllow
  },
  {
    name: 'Accept',
    description: 'The media types that this endpoint accepts (RFC 9110, section 12.5.1).',
    schema: textHeader('^([!-~]+/[ -~]+)?$'),
    example: 'application/json, text/plain',
    on: carriesAccept
  },
  {
    name: 'Accept-Patch',
    description: 'The media types that this endpoint accepts with PATCH (RFC 5789, section 3.1).',
    schema: textHeader('^([!-~]+/[ -~]+)?$'),
    example: 'application/json, text/plain',
    on: carriesAccept,
    method: 'PATCH'
  },
  {
    name: 'Accept-Query',
    description:
      'The media types that this endpoint accepts with QUERY, as a list of structured fields (RFC 10008, section 3).',
    schema: textHeader('^[ -~]*$'),
    example: 'application/json, text/plain',
    on: carriesAccept,
    method: 'QUERY'
  },
  {
    name: 'Content-Range',
    description: 'The length of the resource, if the endpoint knows it (RFC 9110, section 14.4).',
    schema: textHeader('^bytes [*]/[0-9]+$'),
    example: 'bytes */1000',
    on: carriesLength,
    isOptional: true
  },
  {
    name: 'Upgrade',
    description: 'The protocols that the server requires (RFC 9110, section 7.8).',
    schema: textHeader('^[!-~]+( *, *[!-~]+)*$'),
    example: 'websocket',
    on: carriesUpgrade
  },
  {
    name: 'Retry-After',
    description: 'Seconds until the request may be retried (RFC 9110, section 10.2.3).',
    schema: numberHeader(1),
    example: 30,
    on: error => getDefaultRetryAfter(error) !== undefined
  }
]

/** Returns {@link errorHeaders} with the name that an application has chosen for the header with the request id. */
export function listErrorHeaders (requestIdHeader: string): readonly ErrorHeader[] {
  return errorHeaders.map(header =>
    header.name === defaultRequestIdHeader ? { ...header, name: requestIdHeader } : header
  )
}

/**
 * Whether the same request may be sent again, based on the `retry` advice of the code. Every error has this header
 * unless the option `retryHeaders` is off. The clients of OpenAI, Anthropic and others follow it. Without it, they
 * retry each 409.
 */
export const shouldRetryHeader: Omit<ErrorHeader, 'on'> = {
  name: 'X-Should-Retry',
  description: 'Whether the same request may be sent again.',
  schema: { type: 'string', enum: ['true', 'false'] },
  example: 'false'
}

/** The wait before the next request, if it is shorter than one second, the minimum of `Retry-After`. */
export const retryAfterMsHeader: Omit<ErrorHeader, 'on'> = {
  name: 'Retry-After-Ms',
  description: 'Milliseconds until the request may be retried, if the wait is less than a second.',
  schema: { type: 'integer', minimum: 1, maximum: 999 },
  example: 250
}

/** Returns the value of `X-Should-Retry` for the advice of an error. */
export function formatShouldRetry (retry: RetryAdvice): 'true' | 'false' {
  return retry === 'never' ? 'false' : 'true'
}

/**
 * Returns the value of a header to send: a list only for Set-Cookie. A list of any other header is joined (RFC 9110,
 * section 5.3).
 */
export function headerValue (name: string, value: unknown): string | string[] {
  if (!Array.isArray(value)) return String(value)
  return name.toLowerCase() === 'set-cookie' ? value.map(String) : value.join(', ')
}
