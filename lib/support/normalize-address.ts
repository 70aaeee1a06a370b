/** Normalizes IP addresses, so that the requests of one client are counted together. */
import { isIP } from 'node:net'
import { normalizeIP } from '@fastify/rate-limit'
import { parseAddress } from './parse-address.js'

/**
 * Returns the form of an address that is used for counting. For an IPv4 address in IPv6 notation, it is the IPv4
 * address (RFC 4291, section 2.5.5.2). For any other IPv6 address, it is the first address of its network. Returns any
 * other string in lower case.
 *
 * @param ipv6Subnet the length of the network's prefix in bits. @default 64
 */
export function normalizeAddress (text: string, ipv6Subnet?: number): string {
  return isIP(text) === 4 ? text : normalizeIP(parseAddress(text) ?? text, ipv6Subnet)
}
