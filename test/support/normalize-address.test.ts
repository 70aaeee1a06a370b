/** The form of an IP address that is used for counting. */
import t from 'tap'
import { normalizeAddress } from '../../lib/support/normalize-address.js'

t.test('the addresses of one client are counted together', async t => {
  for (const [address, expected] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2::'],
    ['2001:db8:1:2::', '2001:db8:1:2::'],
    ['[2001:db8:1:2::7]:443', '2001:db8:1:2::'],
    ['fe80::1%eth0', 'fe80::'],
    ['Unknown', 'unknown']
  ] as const) t.equal(normalizeAddress(address), expected, address)
})

t.test('the length of the prefix determines which addresses of IPv6 are one client', async t => {
  t.equal(normalizeAddress('2001:db8:1:2::7', 48), '2001:db8:1::')
  t.equal(normalizeAddress('2001:db8:1:2::7', 128), '2001:db8:1:2::7')
  t.equal(normalizeAddress('192.0.2.7', 48), '192.0.2.7')
})
