/** Lists of allowed IP addresses and ranges. */
import fc from 'fast-check'
import t from 'tap'
import { createIpAllowlist, isAddressOrRange } from '../../lib/support/ip-allowlist.js'

const table: ReadonlyArray<readonly [list: readonly string[], allowed: readonly string[], refused: readonly string[]]> = [
  [['192.0.2.1'], ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '::FFFF:192.0.2.1'], ['192.0.2.2', '::1', '::192.0.2.1', '2002:c000:201::']],
  [['192.0.2.0/24'], ['192.0.2.0', '192.0.2.255', '::ffff:192.0.2.77'], ['192.0.1.255', '192.0.3.0', '::ffff:192.0.3.0']],
  [['192.0.2.77/24'], ['192.0.2.1'], ['192.0.3.1']], // Bits after the prefix do not count.
  [['10.0.0.0/8', '198.51.100.7'], ['10.255.0.1', '198.51.100.7'], ['11.0.0.1', '198.51.100.8']],
  [['192.0.2.1/32'], ['192.0.2.1'], ['192.0.2.0']],
  [['0.0.0.0/0'], ['203.0.113.9', '::ffff:203.0.113.9'], ['2001:db8::1', '::1']],
  [['::ffff:192.0.2.1'], ['192.0.2.1', '::ffff:192.0.2.1'], ['192.0.2.2']],
  [['::ffff:10.0.0.0/104'], ['10.9.9.9', '::ffff:10.9.9.9'], ['11.0.0.1']],
  [['2001:db8::/32'], ['2001:db8::1', '2001:0DB8:0:0::1', '2001:db8:ffff::'], ['2001:db9::1', '192.0.2.1']],
  [['2001:db8::1'], ['2001:db8:0:0:0:0:0:1'], ['2001:db8::2']],
  [['fe80::/10'], ['fe80::1', 'fe80::1%eth0'], ['fec0::1%eth0']],
  [['::1', '127.0.0.1'], ['::1', '127.0.0.1'], ['127.0.0.2']],
  [['::/0'], ['2001:db8::1', '192.0.2.1'], []],
  [[], [], ['127.0.0.1', '::1']],
  [['192.0.2.1'], ['192.0.2.1:443', ' 192.0.2.1'], ['', 'unknown', '192.0.2.001', '192.0.2.1:443:443', '192.0.2.1:x']]
]

for (const [list, allowed, refused] of table) {
  t.test(`${list.join(', ') || 'an empty list'}`, async t => {
    const isAllowed = createIpAllowlist(list)
    for (const address of allowed) t.equal(isAllowed(address), true, `${address} is on it`)
    for (const address of refused) t.equal(isAllowed(address), false, `${address} is not on it`)
    t.equal(isAllowed(undefined), false, 'a caller without an address is not')
  })
}

for (const entry of ['192.0.2', '192.0.2.0/33', '2001:db8::/129', '192.0.2.0/', '192.0.2.0/-1', '192.0.2.0/a', '010.0.0.1', 'fe80::1%eth0', 'example.com', '*', '', '10.0.0.0/8/8']) {
  t.test(`'${entry}' is neither an IP address nor a range, and matches nothing`, async t => {
    t.equal(isAddressOrRange(entry), false)
    const isAllowed = createIpAllowlist(['192.0.2.1', entry])
    t.equal(isAllowed('192.0.2.1'), true)
    for (const address of ['192.0.2.2', '192.0.2.0', '2001:db8::1', '010.0.0.1', '10.0.0.1', 'fe80::1', entry]) t.equal(isAllowed(address), false, address)
  })
}

for (const [list] of table) t.ok(list.every(isAddressOrRange), list.join(', '))

t.test('a range has exactly the addresses that start with its bits', async t => {
  const bits = fc.nat({ max: 32 })
  const address = fc.nat({ max: 2 ** 32 - 1 })
  const written = (value: number): string => [24, 16, 8, 0].map(shift => (value >>> shift) & 255).join('.')
  const network = (value: number, prefix: number): number => Math.floor(value / 2 ** (32 - prefix))
  // Addresses that differ in one bit are the most interesting ones.
  const pair = fc.tuple(address, fc.option(fc.nat({ max: 31 }), { nil: undefined }), address)
    .map(([a, bit, other]) => [a, bit === undefined ? other : (a ^ (1 << bit)) >>> 0] as const)
  fc.assert(fc.property(pair, bits, ([a, b], prefix) => {
    const expected = network(a, prefix) === network(b, prefix)
    const isAllowed = createIpAllowlist([`${written(a)}/${prefix}`])
    t.equal(isAllowed(written(b)), expected)
    t.equal(isAllowed(`::ffff:${written(b)}`), expected)
  }), { numRuns: 500 })
})
