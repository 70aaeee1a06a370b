/** Percent-encoding (RFC 3986, section 2.1) of any string, including lone surrogates. */

/** Encodes every character of a string except the unreserved characters of a URI. */
export function encodeUriComponent (text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/**
 * Encodes every character that is not allowed in a URI path (RFC 3986, section 3.3). Encoded characters are not
 * changed. Node accepts characters in a request line that a URI does not allow: raw UTF-8, quotes, a lone percent sign.
 */
export function encodeUriPath (path: string): string {
  return path.toWellFormed().replace(/%(?![\dA-Fa-f]{2})|[^\w\-.~:/@!$&'()*+,;=%]/gu, encodeURIComponent)
}
