/** Parses IP addresses in all spellings. */
import fc from 'fast-check'
import t from 'tap'
import { parseAddress } from '../../lib/support/parse-address.js'
import { normalizeAddress } from '../../lib/support/normalize-address.js'

const spellings: ReadonlyArray<readonly [address: string, ...texts: string[]]> = [
  ['203.0.113.7', '203.0.113.7', '203.0.113.7:51234', '203.0.113.7:0', '[203.0.113.7]:80', '"203.0.113.7:51234"', ' 203.0.113.7 '],
  ['2001:db8::1', '2001:db8::1', '[2001:db8::1]', '[2001:db8::1]:443', '"[2001:db8::1]:443"', '2001:db8::1%eth0', '[2001:db8::1%25eth0]:443'],
  ['2001:db8:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:1:443'],
  ['::ffff:203.0.113.7', '::ffff:203.0.113.7', '::ffff:203.0.113.7:51234', '[::ffff:203.0.113.7]:51234'],
  ['fe80::1', 'fe80::1%eth0', 'fe80::1%2', '[fe80::1%eth0]']
]

for (const [address, ...texts] of spellings) {
  t.test(`every spelling of ${address} is parsed`, async t => {
    for (const text of texts) t.equal(parseAddress(text), address, text)
  })
}

t.test('a string without an IP address is not parsed', async t => {
  for (const text of ['', ' ', 'unknown', '_hidden', '203.0.113', '203.0.113.007', '203.0.113.7:', '203.0.113.7:123456', '203.0.113.7:80:80', '[203.0.113.7', '[]', '[]:80', ':443', 'localhost:80', '%eth0']) {
    t.equal(parseAddress(text), undefined, JSON.stringify(text))
  }
})

t.test('normalizeAddress() returns the form in which an IP address is counted', async t => {
  for (const text of ['203.0.113.7', '203.0.113.7:1', '203.0.113.7:2', '::ffff:203.0.113.7', '::FFFF:cb00:7107', '[::ffff:203.0.113.7]:3']) {
    t.equal(normalizeAddress(text), '203.0.113.7', text)
  }
  for (const text of ['2001:db8::1', '2001:DB8:0:0::2', '[2001:db8::3]:443', '2001:db8::4%eth0']) t.equal(normalizeAddress(text), '2001:db8::', text)
  t.equal(normalizeAddress('[2001:db8:1:2::3]:443', 128), '2001:db8:1:2::3')
  t.equal(normalizeAddress('[2001:db8:1:2::3]:443', 48), '2001:db8:1::')
  t.equal(normalizeAddress('Unknown'), 'unknown')
  t.equal(normalizeAddress(''), '')
})

t.test('a port and brackets do not change the IP address', async t => {
  const port = fc.integer({ min: 0, max: 65_535 })
  fc.assert(fc.property(fc.ipV4(), port, (address, port) => { t.equal(parseAddress(`${address}:${port}`), address) }))
  fc.assert(fc.property(fc.ipV6(), port, (address, port) => {
    t.equal(parseAddress(`[${address}]:${port}`), address)
    t.equal(normalizeAddress(`[${address}]:${port}`), normalizeAddress(address))
  }))
  fc.assert(fc.property(fc.string(), text => { t.doesNotThrow(() => normalizeAddress(text)) }))
})
