/** Parses IP addresses in the forms that servers and proxies write, so that each client has one address. */
import { isIP } from 'node:net'

/**
 * Returns the address in a string. Some proxies add other parts in `X-Forwarded-For`, which are removed: a port,
 * brackets, quotes, spaces, or the zone of a link-local address (RFC 4007, section 11). Returns `undefined` if there is
 * no address.
 *
 * @example
 * parseAddress('203.0.113.7:51234') // '203.0.113.7'
 * parseAddress('[2001:db8::1]:443') // '2001:db8::1'
 */
export function parseAddress (text: string): string | undefined {
  if (isIP(text) === 4) return text
  const trimmed = text.trim().replace(/^"(.*)"$/, '$1')
  const inBrackets = /^\[(.*)\](?::\d{1,5})?$/.exec(trimmed)?.[1]
  return findAddress(inBrackets ?? trimmed) ?? findAddress(trimmed.replace(/:\d{1,5}$/, ''))
}

function findAddress (text: string): string | undefined {
  const withoutZone = text.replace(/%.*$/, '')
  return isIP(withoutZone) === 0 ? undefined : withoutZone
}
