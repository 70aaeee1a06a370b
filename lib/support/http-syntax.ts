/** The syntax of HTTP headers that several parts of the package write or check. */
import { validateHeaderName, validateHeaderValue } from 'node:http'

/**
 * Headers that describe an HTTP/1 connection. HTTP/2 forbids them (RFC 9113, section 8.2.2), and Node rejects them only
 * when it writes the response.
 */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'http2-settings', 'te'
])

/** Headers that describe how the body is transferred. An error must not set them. */
export const bodyHeaders: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'content-encoding',
  'transfer-encoding',
  'trailer'
])

/**
 * Returns whether Node can send a header or a trailer: a valid name, with a value without line breaks (RFC 9110,
 * sections 5.1 and 5.5).
 */
export function isSendableHeader (name: string, value: unknown): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
    return true
  } catch {
    return false
  }
}

/**
 * Returns whether every error can have a header with a name: a valid name of a header that does not describe the
 * connection or the body.
 */
export function isHeaderOfErrors (name: string): boolean {
  const key = name.toLowerCase()
  return isSendableHeader(name, '') && !connectionHeaders.has(key) && !bodyHeaders.has(key)
}

/**
 * Returns whether a value can be the realm of a challenge: only characters that need no backslash in a quoted string
 * (RFC 9110, section 5.6.4).
 */
export function isRealm (value: unknown): value is string {
  return typeof value === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(value)
}

/**
 * Returns whether a value is one scope: printable ASCII without spaces, quotes or backslashes (RFC 6749, section 3.3).
 */
export function isScope (value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}

/**
 * Returns the `Content-Type` for a body of a media type. `application/json` is sent with its charset, as Fastify sends
 * it; other media types, such as `application/problem+json`, define no such parameter.
 */
export function formatContentType (mediaType: string): string {
  return mediaType === 'application/json' || mediaType.startsWith('text/') ? `${mediaType}; charset=utf-8` : mediaType
}

/**
 * Returns whether a value is the `Content-Range` of a range that cannot be sent: `bytes` with an asterisk and the
 * length (RFC 9110, section 14.4).
 */
export function isUnsatisfiedRange (value: unknown): value is string {
  return typeof value === 'string' && /^bytes \*\/\d+$/.test(value)
}

/**
 * Returns whether a value is an absolute URL of HTTP that can be a quoted parameter of a header: it has no quotes,
 * backslashes or spaces.
 */
export function isHttpUrl (value: unknown): value is string {
  return typeof value === 'string' && /^https?:\/\/[\x21\x23-\x5b\x5d-\x7e]+$/i.test(value) && URL.canParse(value)
}
