import type { ErrorStatus } from './definition.js'

/** A response header that errors carry: what it says, and for documentation which errors have it. */
export interface ErrorHeader {
  readonly name: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly example: string | number
  /** Whether an error of this code and status always carries the header. */
  readonly on: (error: { readonly code: string, readonly status: ErrorStatus }) => boolean
}

/** Characters: no header is longer than what Node reads of all headers together (`http.maxHeaderSize`). */
const maxHeaderLength = 16_384

/** A schema of headers of a form, which is a regular expression. */
export function textHeader (pattern: string): ErrorHeader['schema'] {
  return { type: 'string', maxLength: maxHeaderLength, pattern }
}

/** A schema of headers that are a whole number. */
export function numberHeader (minimum: number): ErrorHeader['schema'] {
  return { type: 'integer', format: 'int64', minimum, maximum: Number.MAX_SAFE_INTEGER }
}

/** The headers that HTTP asks for on errors, beside `Content-Type`. */
export const errorHeaders: readonly ErrorHeader[] = [
  {
    name: 'X-Request-Id',
    description: 'The id of the request. Name it when you ask for support.',
    schema: textHeader('^[!-~]([ -~]*[!-~])?$'),
    example: 'req_4mXq1VbE0s6RkYt2',
    on: () => true
  },
  {
    name: 'Cache-Control',
    description: 'An error is never stored by a cache.',
    schema: { type: 'string', enum: ['no-store'] },
    example: 'no-store',
    on: () => true
  },
  {
    name: 'WWW-Authenticate',
    description: 'How to authenticate (RFC 9110, section 11.6.1; RFC 6750, section 3).',
    schema: textHeader('^[!-~]+( [ -~]+)?$'),
    example: 'Bearer realm="api"',
    on: ({ code, status }) => status === 401 || code === 'insufficient_scope'
  },
  {
    name: 'Allow',
    description: 'The methods that this address answers (RFC 9110, section 10.2.1).',
    schema: textHeader('^[^\\s,]+(\\s*,\\s*[^\\s,]+)*$'),
    example: 'GET, HEAD',
    on: ({ status }) => status === 405
  },
  {
    name: 'Accept',
    description: 'The media types that this route reads (RFC 9110, section 12.5.1).',
    schema: textHeader('^([!-~]+/[ -~]+)?$'),
    example: 'application/json',
    on: ({ status }) => status === 415
  },
  {
    name: 'Retry-After',
    description: 'Seconds until the request may be sent again (RFC 9110, section 10.2.3).',
    schema: numberHeader(1),
    example: 30,
    on: ({ status }) => status === 429 || status === 503
  }
]

/** What is sent under the name of a header: a list only for Set-Cookie, for several texts of any other can be joined (RFC 9110, section 5.3). */
export function headerValue (name: string, value: unknown): string | string[] {
  if (!Array.isArray(value)) return String(value)
  return name.toLowerCase() === 'set-cookie' ? value.map(String) : value.join(', ')
}
