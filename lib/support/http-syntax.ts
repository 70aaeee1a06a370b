/** The grammar of HTTP header values that the package writes or checks in more than one place. */

/** Returns whether a value can be the realm of a challenge: the characters of a quoted string that need no backslash (RFC 9110, section 5.6.4). */
export function isRealm (value: unknown): value is string {
  return typeof value === 'string' && /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(value)
}

/** Returns whether a value is one scope: printable ASCII without spaces, quotes and backslashes (RFC 6749, section 3.3). */
export function isScope (value: unknown): value is string {
  return typeof value === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(value)
}

/**
 * Returns the `Content-Type` for a body of a media type. `application/json` is sent with its charset, as Fastify sends it;
 * other media types, such as `application/problem+json`, define no such parameter.
 */
export function formatContentType (mediaType: string): string {
  return mediaType === 'application/json' ? 'application/json; charset=utf-8' : mediaType
}
