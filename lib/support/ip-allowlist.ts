/** Lists of IP addresses and CIDR ranges. */
import { BlockList, isIP } from 'node:net'
import { parseAddress } from './parse-address.js'

/** An entry of a list. */
interface Range {
  readonly address: string
  readonly family: 'ipv4' | 'ipv6'
  /** The length of the prefix; `undefined` for a single address. */
  readonly bits: number | undefined
}

/** Returns the address or range of an entry; `undefined` if it is neither. */
function parseRange (entry: string): Range | undefined {
  const [, address = '', prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const family = getFamily(address)
  const bits = prefix === undefined ? undefined : Number(prefix)
  if (family === undefined || (bits !== undefined && bits > (family === 'ipv4' ? 32 : 128))) return undefined
  return { address, family, bits }
}

/** Returns whether an entry is an address, or a CIDR range such as `192.0.2.0/24` or `2001:db8::/32`. */
export function isAddressOrRange (entry: string): boolean {
  return parseRange(entry) !== undefined
}

/**
 * Returns a function that checks whether an address is on a list of IPv4 and IPv6 addresses and CIDR ranges. Other
 * entries match nothing. An IPv4 address can be written as IPv6: `::ffff:192.0.2.1`, as on a dual-stack server (RFC
 * 4291, section 2.5.5.2). It is the same address, in the list and for the client. A client without an address, as over
 * a Unix socket, matches no list.
 */
export function createIpAllowlist (entries: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList()
  for (const entry of entries) {
    const range = parseRange(entry)
    if (range === undefined) continue
    if (range.bits === undefined) list.addAddress(range.address, range.family)
    else list.addSubnet(range.address, range.bits, range.family)
  }
  return text => {
    const address = parseAddress(text ?? '') ?? ''
    const family = getFamily(address)
    return family !== undefined && list.check(address, family)
  }
}

function getFamily (address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 && !address.includes('%') ? 'ipv6' : undefined
}
