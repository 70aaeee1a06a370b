import { BlockList, isIP } from 'node:net'

/**
 * The test whether an address is on a list of addresses and CIDR ranges, of IPv4 and IPv6. An IPv4 address that is
 * written as IPv6 (`::ffff:192.0.2.1`, as a dual-stack server sees its callers; RFC 4291, section 2.5.5.2) is the same
 * address on both sides. A caller without an address, over a Unix socket, is on no list.
 *
 * @throws TypeError naming the first entry that is neither
 */
export function ipAllowlist (entries: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(String(entry)) ?? []
    const family = addressFamily(address)
    const bits = prefix === undefined ? undefined : Number(prefix)
    if (family === undefined || (bits !== undefined && bits > (family === 'ipv4' ? 32 : 128))) {
      throw new TypeError(`'${String(entry)}' is not an address or a range; an entry is like '192.0.2.1', '192.0.2.0/24' or '2001:db8::/32'.`)
    }
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, bits, family)
  }
  return address => {
    const bare = address?.replace(/%.*$/, '') ?? '' // a link-local address of IPv6 names its interface
    const family = addressFamily(bare)
    return family !== undefined && list.check(bare, family)
  }
}

function addressFamily (address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 && !address.includes('%') ? 'ipv6' : undefined
}
