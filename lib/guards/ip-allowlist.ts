/** Lists of IP addresses and CIDR ranges. */
import { BlockList, isIP } from 'node:net'
import { describeValue } from '../support/describe-value.js'

/**
 * Returns the function that tests whether an address is on a list of IPv4 and IPv6 addresses and CIDR ranges. An IPv4
 * address that is written as IPv6 (`::ffff:192.0.2.1`, as a dual-stack server sees its callers; RFC 4291, section 2.5.5.2)
 * is the same address, in the list and for the caller. A caller without an address, over a Unix socket, is on no list.
 *
 * @throws TypeError that names the first invalid entry
 */
export function ipAllowlist (entries: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(String(entry)) ?? []
    const family = getFamily(address)
    const bits = prefix === undefined ? undefined : Number(prefix)
    if (family === undefined || (bits !== undefined && bits > (family === 'ipv4' ? 32 : 128))) {
      throw new TypeError(`allowedIps: expected addresses or ranges such as "192.0.2.1", "192.0.2.0/24" or "2001:db8::/32", got ${describeValue(entry)}.`)
    }
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, bits, family)
  }
  return address => {
    const withoutZone = address?.replace(/%.*$/, '') ?? '' // a link-local address of IPv6 names its interface
    const family = getFamily(withoutZone)
    return family !== undefined && list.check(withoutZone, family)
  }
}

function getFamily (address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 && !address.includes('%') ? 'ipv6' : undefined
}
