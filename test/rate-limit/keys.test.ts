import fc from 'fast-check'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { toStoreKey, createKeyGenerator } from '../../lib/rate-limit/keys.js'
import { call } from '../support/call.js'
import { serve } from '../support/serve.js'

const from = (ip: string | undefined, more: object = {}) => ({ ip, ...more }) as unknown as FastifyRequest

t.test('by address', async t => {
  const key = createKeyGenerator()
  t.equal(key(from('203.0.113.7')), '203.0.113.7')
  t.equal(key(from('::ffff:203.0.113.7')), '203.0.113.7', 'an IPv4 address in IPv6 clothes is the same caller')
  t.equal(key(from('2001:db8:1:2:3::4')), '2001:db8:1:2::', 'of IPv6 the network of 64 bits')
  t.equal(createKeyGenerator('ip', 128)(from('2001:db8:1:2:3::4')), '2001:db8:1:2:3::4')
  t.equal(createKeyGenerator('ip', 32)(from('2001:db8:1:2:3::4')), '2001:db8::')
  t.equal(key(from('fe80::1%eth0')), 'fe80::')
  t.equal(key(from(undefined)), '', 'a closed connection and a Unix socket have none')
})

t.test('by API key: the id that the guard found, else the address', async t => {
  const key = createKeyGenerator('api-key')
  t.equal(key(from('203.0.113.7', { apiKey: { id: 'key_1' } })), 'key_1')
  for (const apiKey of [undefined, null, {}, { id: 7 }]) t.equal(key(from('203.0.113.7', { apiKey })), 'ip:203.0.113.7')
  t.equal(key(from('key_1')), 'ip:key_1', 'an address that a proxy made up is nobody\'s key')
})

t.test('by a function', async t => {
  t.equal(await createKeyGenerator(request => request.url)(from('203.0.113.7', { url: '/a' })), '/a')
  t.equal(await createKeyGenerator(async () => 7)(from('203.0.113.7')), '7')
  t.equal(await createKeyGenerator(() => undefined)(from('203.0.113.7')), 'ip:203.0.113.7')
  t.equal(await createKeyGenerator(() => null as never)(from('203.0.113.7')), 'ip:203.0.113.7')
  await t.rejects(createKeyGenerator(() => { throw new Error('no user') })(from('203.0.113.7')), { message: 'no user' })
})

t.test('the identity of a caller in a store', async t => {
  t.equal(toStoreKey('203.0.113.7'), '203.0.113.7')
  t.equal(toStoreKey('2001:db8:1:2::'), '2001:db8:1:2::')
  t.equal(toStoreKey('ada@example.com'), 'ada@example.com')
  t.equal(toStoreKey(''), '#47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  t.equal(toStoreKey('two\r\nlines'), '#nrZVDks2KUDPEHCTDo9WTXDnbsv9eCEUmSDvIKtEm4Y')
})

t.test('an identity is short, has no character that means something to Redis, and tells callers apart', async t => {
  const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }).map(text => text.toWellFormed()), fc.constantFrom('{a}', '}{', '#', 'a b', '\n', 'x'.repeat(10_000)))
  t.doesNotThrow(() => fc.assert(fc.property(texts, text => /^#?[\w.:@-]{1,64}$/.test(toStoreKey(text)))))
  t.doesNotThrow(() => fc.assert(fc.property(texts, texts, (one, other) => one === other || toStoreKey(one) !== toStoreKey(other))))
})

t.test('over HTTP, each caller has a count of its own', async t => {
  const policies = { perTenant: { max: 1, timeWindow: '1 minute', key: (request: FastifyRequest) => request.headers['x-tenant'] as string | undefined } }
  const url = await serve(t, { rateLimit: { policies, default: 'perTenant' } }, app => app.get('/', async () => ({ ok: true })))
  const statuses: number[] = []
  for (const headers of [{ 'x-tenant': 'a' }, { 'x-tenant': 'b' }, { 'x-tenant': 'a' }, {}, {}]) statuses.push((await call(url, { headers: headers as never })).status)
  t.strictSame(statuses, [200, 200, 429, 200, 429])
})
