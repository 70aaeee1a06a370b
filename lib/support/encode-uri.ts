/** Percent-encoding (RFC 3986, section 2.1) of strings that may hold anything, lone surrogates included. */

/** Encodes each character of a string that is not unreserved in a URI. */
export function encodeUriComponent (text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

/**
 * Encodes each character of a path that a URI path cannot hold (RFC 3986, section 3.3). What is encoded already stays as it
 * is. Node accepts more in a request line than a URI allows: raw UTF-8, quotes, a lone percent sign.
 */
export function encodeUriPath (path: string): string {
  return path.toWellFormed().replace(/%(?![\dA-Fa-f]{2})|[^\w\-.~:/@!$&'()*+,;=%]/gu, encodeURIComponent)
}
