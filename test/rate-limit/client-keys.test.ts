/** The keys by which callers are counted. */
import fc from 'fast-check'
import type { FastifyRequest, FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import type { RateLimitPolicy } from 'fastify-api-errors'
import { createAllowlist, createKeyGenerator, toStoreKey, type ClientKey } from '../../lib/rate-limit/client-keys.js'
import { createLimitFactory } from '../../lib/rate-limit/limit.js'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { lacksRedis, startRedis } from '../helpers/redis.js'

function limited (t: Test, policy: RateLimitPolicy, server: FastifyServerOptions = {}): Promise<string> {
  return serveApp(t, { rateLimit: { policies: { general: policy }, default: 'general' } }, app => app.get('/', async () => ({ ok: true })), server)
}

/** Returns the statuses of requests with these headers, sent one after the other. */
async function statuses (url: string, calls: ReadonlyArray<Record<string, string>>): Promise<number[]> {
  const found: number[] = []
  for (const headers of calls) found.push((await fetchResponse(url, { headers })).status)
  return found
}

const from = (ip: string | undefined, more: object = {}) => ({ ip, ...more }) as unknown as FastifyRequest

const addressKey = (key: string, address = key): ClientKey => ({ key, storeKey: key, address })

t.test('the default key is the IP address, or the network of an IPv6 address', async t => {
  const getKey = createKeyGenerator()
  t.strictSame(getKey(from('203.0.113.7')), addressKey('203.0.113.7'))
  t.strictSame(getKey(from('::ffff:203.0.113.7')), addressKey('203.0.113.7', '::ffff:203.0.113.7'), 'an IPv4 address in IPv6 notation is the same caller')
  t.strictSame(getKey(from('203.0.113.7:51234')), addressKey('203.0.113.7', '203.0.113.7:51234'), 'an address with a port is the same caller')
  t.strictSame(getKey(from('2001:db8:1:2:3::4')), addressKey('2001:db8:1:2::', '2001:db8:1:2:3::4'), 'IPv6 counts by networks of 64 bits')
  t.strictSame(getKey(from('[2001:db8:1:2:3::4]:443')), addressKey('2001:db8:1:2::', '[2001:db8:1:2:3::4]:443'))
  t.equal(createKeyGenerator('ip', 128)(from('2001:db8:1:2:3::4')).key, '2001:db8:1:2:3::4')
  t.equal(createKeyGenerator('ip', 32)(from('2001:db8:1:2:3::4')).key, '2001:db8::')
  t.equal(getKey(from('fe80::1%eth0')).key, 'fe80::')
  t.strictSame(getKey(from(undefined)), { key: '', storeKey: '#47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU', address: '' }, 'a closed connection and a Unix socket have none')
})

t.test("with 'api-key', the key is the id that the guard verified, or else the IP address", async t => {
  const getKey = createKeyGenerator('api-key')
  t.strictSame(getKey(from('203.0.113.7', { apiKey: { id: 'key_1' } })), { key: 'key_1', storeKey: 'api-key:key_1', address: undefined })
  for (const apiKey of [undefined, null, {}, { id: 7 }]) {
    t.strictSame(getKey(from('203.0.113.7', { apiKey })), { key: 'ip:203.0.113.7', storeKey: '203.0.113.7', address: '203.0.113.7' })
  }
  t.match(getKey(from('key_1')), { key: 'ip:key_1', storeKey: /^#/ }, 'a forged address of a proxy is not the key of another caller')
})

t.test('with a function, the key is its result, or else the IP address', async t => {
  const fallback = { key: 'ip:203.0.113.7', storeKey: '203.0.113.7', address: '203.0.113.7' }
  t.strictSame(await createKeyGenerator(() => 'acme')(from('203.0.113.7')), { key: 'acme', storeKey: 'key:acme', address: 'acme' })
  t.match(await createKeyGenerator(request => request.url)(from('203.0.113.7', { url: '/a' })), { key: '/a', storeKey: /^key:#/ })
  t.match(await createKeyGenerator(async () => 7)(from('203.0.113.7')), { key: '7', storeKey: 'key:7' })
  t.strictSame(await createKeyGenerator(() => undefined)(from('203.0.113.7')), fallback)
  t.strictSame(await createKeyGenerator(() => null as never)(from('203.0.113.7')), fallback)
  await t.rejects(createKeyGenerator(() => { throw new Error('no user') })(from('203.0.113.7')), { message: 'no user' })
})

t.test('a function whose result cannot identify a client fails', async t => {
  for (const [value, got] of [[{ id: 7 }, 'an object'], [['acme'], 'an array'], [true, 'true'], [Symbol('acme'), 'Symbol(acme)'], [() => 'acme', 'a function']] as const) {
    await t.rejects(createKeyGenerator(() => value as never)(from('203.0.113.7')), {
      name: 'TypeError', message: `fastify-api-errors: key of a rate limit: expected the function to return a string, a number or undefined, got ${got}.`
    })
  }
})

t.test('clients with different kinds of keys never share a key in the store', async t => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.ipV4(), fc.ipV6(), fc.constantFrom('', 'ip:1.2.3.4', 'key:a', 'api-key:a', 'key:', '#a'))
  await fc.assert(fc.asyncProperty(texts, texts, texts, async (ip, id, value) => {
    const keys = [
      createKeyGenerator('ip', 128)(from(ip)), createKeyGenerator('api-key')(from(undefined, { apiKey: { id } })), await createKeyGenerator(() => value)(from(undefined))
    ]
    t.equal(new Set(keys.map(({ storeKey }) => storeKey)).size, 3)
    for (const { storeKey } of keys) t.match(storeKey, /^(api-key:|key:)?#?[\w.:@-]{1,64}$/)
  }))
})

t.test('a function cannot return the key of an IP address', async t => {
  const policy = { max: 1, timeWindow: '1 minute', key: (request: FastifyRequest) => request.headers['x-account'] as string | undefined } satisfies RateLimitPolicy
  const url = await serveApp(t, { rateLimit: { policies: { account: policy, address: { ...policy, key: 'ip', groupId: 'account' } }, default: 'account' } }, app => {
    app.get('/', async () => ({ ok: true }))
    app.get('/address', { config: { rateLimitPolicy: 'address' } }, async () => ({ ok: true }))
  })
  for (const account of ['ip:127.0.0.1', '127.0.0.1']) {
    const headers = { 'x-account': account }
    t.equal((await fetchResponse(url, { headers })).status, 200, account)
    t.equal((await fetchResponse(url, { headers })).status, 429, account)
  }
  t.equal((await fetchResponse(url)).status, 200, 'a caller without an account')
  t.equal((await fetchResponse(`${url}/address`)).status, 429, 'counts by address')
})

t.test('an allowList has keys, IP addresses and ranges', async t => {
  const isAllowed = createAllowlist(['::1', '10.0.0.0/8', '2001:db8:1::/48', 'acme', '2001:db8:2:2::'])
  const ip = (address: string): boolean => isAllowed(createKeyGenerator()(from(address)))
  for (const address of ['::1', '10.1.2.3', '10.1.2.3:443', '::ffff:10.1.2.3', '2001:db8:1:2::3', '[2001:db8:1:2::3]:443']) t.equal(ip(address), true, address)
  for (const address of ['::2', '11.1.2.3', '127.0.0.1', 'acme.example', '']) t.equal(ip(address), false, address)
  t.equal(ip('2001:db8:2:2::5'), true, 'an entry may be the key of a network')
  t.equal(isAllowed(await createKeyGenerator(() => 'acme')(from('192.0.2.1'))), true)
  t.equal(isAllowed(await createKeyGenerator(() => '10.9.9.9')(from('192.0.2.1'))), true, 'a function may return an address')
  t.equal(isAllowed(await createKeyGenerator(() => 'ada')(from('10.1.2.3'))), false)
  t.equal(isAllowed(await createKeyGenerator(() => undefined)(from('10.1.2.3'))), true, 'the address of a caller without a key')
  t.equal(isAllowed(createKeyGenerator('api-key')(from('10.1.2.3', { apiKey: { id: '10.1.2.3' } }))), false, 'the id of an API key is not an address')
  t.equal(createAllowlist([])(createKeyGenerator()(from('10.1.2.3'))), false)
})

t.test('over HTTP, an allowList matches the IP address of the client', async t => {
  for (const allowList of [['127.0.0.1'], ['127.0.0.0/8'], ['::ffff:127.0.0.1']]) {
    const url = await serveApp(t, { rateLimit: { policies: { none: { max: 0, timeWindow: 1000, allowList } }, default: 'none' } }, app => app.get('/', async () => ({ ok: true })))
    t.equal((await fetchResponse(url)).status, 200, String(allowList))
  }
  const url = await limited(t, { max: 0, timeWindow: 1000, allowList: ['2001:db8::1'] }, { trustProxy: true })
  t.strictSame(await statuses(url, ['2001:db8::1', '[2001:db8::1]:443', '2001:db8::2'].map(address => ({ 'x-forwarded-for': address }))), [200, 200, 429])
})

t.test('a key in the store', async t => {
  t.equal(toStoreKey('ada@example.com'), 'ada@example.com')
  t.equal(toStoreKey(''), '#47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
  t.equal(toStoreKey('two\r\nlines'), '#nrZVDks2KUDPEHCTDo9WTXDnbsv9eCEUmSDvIKtEm4Y')
})

t.test('a key in the store is short, contains no special character of Redis, and is unique for each client', async t => {
  const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }).map(text => text.toWellFormed()), fc.constantFrom('{a}', '}{', '#', 'a b', '\n', 'x'.repeat(10_000)))
  t.doesNotThrow(() => fc.assert(fc.property(texts, text => /^#?[\w.:@-]{1,64}$/.test(toStoreKey(text)))))
  t.doesNotThrow(() => fc.assert(fc.property(texts, texts, (one, other) => one === other || toStoreKey(one) !== toStoreKey(other))))
})

t.test('over HTTP, each client has its own count', async t => {
  const policies = { perTenant: { max: 1, timeWindow: '1 minute', key: (request: FastifyRequest) => request.headers['x-tenant'] as string | undefined } }
  const url = await serveApp(t, { rateLimit: { policies, default: 'perTenant' } }, app => app.get('/', async () => ({ ok: true })))
  const statuses: number[] = []
  for (const headers of [{ 'x-tenant': 'a' }, { 'x-tenant': 'b' }, { 'x-tenant': 'a' }, {}, {}]) statuses.push((await fetchResponse(url, { headers: headers as never })).status)
  t.strictSame(statuses, [200, 200, 429, 200, 429])
})

const minute = '1 minute'
const forged = ['198.51.100.1', '198.51.100.2', '203.0.113.9, 198.51.100.3', "'; FLUSHALL", '127.0.0.1'].map(value => ({ 'x-forwarded-for': value }))

t.test('without a trusted proxy, a forged X-Forwarded-For has no effect', async t => {
  t.strictSame(await statuses(await limited(t, { max: 1, timeWindow: minute }), forged), [200, 429, 429, 429, 429])
})

t.test('behind a trusted proxy, only the address that the proxy adds counts', async t => {
  const url = await limited(t, { max: 1, timeWindow: minute }, { trustProxy: '127.0.0.1' })
  const throughProxy = forged.map(({ 'x-forwarded-for': own }) => ({ 'x-forwarded-for': `${own}, 192.0.2.7` }))
  t.strictSame(await statuses(url, throughProxy), [200, 429, 429, 429, 429])
  t.strictSame(await statuses(url, [{ 'x-forwarded-for': '192.0.2.8' }]), [200], 'another caller')
})

t.test('with trustProxy: true, each forged address has its own count', async t => {
  t.strictSame(await statuses(await limited(t, { max: 1, timeWindow: minute }, { trustProxy: true }), forged), [200, 200, 200, 200, 200])
})

t.test('other spellings of an IP address are the same client', async t => {
  const url = await limited(t, { max: 1, timeWindow: minute }, { trustProxy: true })
  const same = ['::ffff:192.0.2.7', '192.0.2.7', '::FFFF:192.0.2.7', '::ffff:c000:207'].map(value => ({ 'x-forwarded-for': value }))
  t.strictSame(await statuses(url, same), [200, 429, 429, 429])
  const network = ['2001:db8::1', '2001:DB8:0:0::2', '2001:db8:0:0:ffff:ffff:ffff:ffff'].map(value => ({ 'x-forwarded-for': value }))
  t.strictSame(await statuses(url, network), [200, 429, 429], 'an IPv6 network counts as one')
})

t.test('another port is not another client', async t => {
  const url = await limited(t, { max: 1, timeWindow: minute }, { trustProxy: true })
  const calls = ['192.0.2.9:1', '192.0.2.9:2', '192.0.2.9', '[2001:db8::1]:1', '[2001:db8::1]:2', '2001:db8::1'].map(value => ({ 'x-forwarded-for': value }))
  t.strictSame(await statuses(url, calls), [200, 429, 429, 200, 429, 429])
})

const awkward = ['', ' ', '{', '}', '{}', '{a}b', 'a\r\nFLUSHALL\r\n', '\0', '*', 'ключ', '\uD800', '__proto__', 'constructor', 'k'.repeat(10_000), `${'k'.repeat(9999)}l`]

t.test('each unusual key is a separate client: line breaks, braces, 10,000 characters', async t => {
  const redis = lacksRedis(t) ? undefined : await startRedis(t)
  for (const store of [undefined, redis?.client()]) {
    const check = createLimitFactory({ policies: {}, ...store !== undefined && { redis: store } })('general', {
      max: 1, timeWindow: minute, key: request => request.url
    }).check
    for (const expected of [false, true]) {
      for (const url of awkward) t.match(await check({ url, ip: '127.0.0.1' } as FastifyRequest), { isExceeded: expected }, JSON.stringify(url.slice(0, 20)))
    }
  }
  const keys = await redis?.client().keys('*') ?? []
  t.equal(keys.length, redis === undefined ? 0 : awkward.length)
  for (const key of keys) t.match(key, /^fastify-api-errors-\{key:#?[\w.:@-]{1,64}\}-general$/)
})
