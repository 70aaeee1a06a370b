/** The limit for invalid API keys. */
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import apiErrors, { serverOptions, standardErrors } from 'fastify-api-errors'
import { apiKey, guessLimit, type GuessLimit } from 'fastify-api-errors/api-key'
import t, { type Test } from 'tap'
import { fetchResponse } from '../../helpers/http.js'
import { createKeyStore } from '../../helpers/key-store.js'
import { thrown } from '../../helpers/thrown.js'

const { lookup, issue, close } = await createKeyStore()
t.teardown(close)

/** Starts a server with two routes that share one limit. The client chooses its address. */
async function serve (t: Test, limit: GuessLimit) {
  const lookups: string[] = []
  const app = Fastify(serverOptions({ trustProxy: true }))
  t.teardown(() => app.close())
  await app.register(apiErrors)
  for (const path of ['/a', '/b']) {
    const guard = apiKey({ lookup: key => { lookups.push(key); return lookup(key) }, guessLimit: limit })
    app.get(path, { onRequest: guard }, async () => 'ok')
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    lookups,
    get: async (path: string, key: string | undefined, ip = '192.0.2.1') => await fetchResponse(url + path, {
      headers: { 'x-forwarded-for': ip, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
    })
  }
}

t.test('an address that sent too many invalid keys is rejected until the window ends', async t => {
  const { get, lookups } = await serve(t, guessLimit({ max: 3, timeWindow: 60_000 }))
  const { key } = await issue()
  const statuses = async (...calls: Array<Promise<{ status: number }>>): Promise<number[]> => (await Promise.all(calls)).map(({ status }) => status)

  t.strictSame(await statuses(get('/a', 'wrong'), get('/b', '"malformed"'), get('/a', key), get('/a', undefined)), [401, 401, 200, 401],
    'two invalid keys; a valid key and no key do not count')
  t.equal((await get('/b', 'wrong')).status, 401, 'the third guess, across both guards')
  const lookupsBefore = lookups.length
  const first = await get('/a', 'wrong')
  const wait = Number(first.headers['retry-after'])
  t.ok(wait > 30 && wait <= 60, 'seconds until the window ends')
  const limited = {
    status: 429,
    headers: {
      'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8', 'retry-after': String(wait), 'x-request-id': 'REQUEST_ID', 'x-should-retry': 'true'
    },
    body: {
      code: 'rate_limit_exceeded',
      message: 'Too many requests. Wait before you send another one.',
      request_id: 'REQUEST_ID',
      meta: { policy: 'api_key_guesses', limit: 3, window: 60, retry_after: wait }
    }
  }
  t.strictSame(first, limited)
  t.equal((await get('/b', key)).status, 429, 'also a valid key, because otherwise the response would reveal it')
  t.equal(lookups.length, lookupsBefore, 'lookup is no longer called')
  t.equal((await get('/a', undefined)).status, 401, 'a request without a key is not a guess')
  t.equal((await get('/a', key, '192.0.2.2')).status, 200, 'another address')
  t.equal((await get('/a', 'wrong', '::ffff:192.0.2.1')).status, 429, 'the same address, written as IPv6')
})

t.test('the addresses of one IPv6 network share a count', async t => {
  const { get } = await serve(t, guessLimit({ max: 1, timeWindow: 60_000 }))
  t.equal((await get('/a', 'wrong', '2001:db8::1')).status, 401)
  t.equal((await get('/a', 'wrong', '2001:db8::2')).status, 429)
  t.equal((await get('/a', 'wrong', '2001:db8:0:1::1')).status, 401)
})

t.test('after the window, keys are checked again', async t => {
  const { get } = await serve(t, guessLimit({ max: 1, timeWindow: 2000 }))
  t.equal((await get('/a', 'wrong')).status, 401)
  t.equal((await get('/a', 'wrong')).status, 429)
  await sleep(2050)
  t.equal((await get('/a', 'wrong')).status, 401)
  t.equal((await get('/a', 'wrong')).status, 429)
})

t.test('10,000 addresses are stored, and clients without an address share a count', async t => {
  const limit = guessLimit({ max: 1, timeWindow: 60_000 })
  const address = (index: number): string => `10.0.${index >> 8}.${index & 255}`
  limit.count(undefined)
  for (let index = 1; index < 10_000; index++) limit.count(address(index))
  t.ok(limit.wait(undefined) > 0)
  limit.count(address(10_000))
  t.equal(limit.wait(undefined), 0, 'the oldest address is evicted')
  t.ok(limit.wait(address(1)) > 0)
  t.ok(limit.wait(address(10_000)) > 0)
})

/** A server with a guard whose lookup is slow, and the keys that it received. */
async function serveSlowly (t: Test, limit: GuessLimit, lookup: (key: string) => unknown, milliseconds = 20) {
  const lookups: string[] = []
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  const guard = apiKey({
    lookup: async key => {
      lookups.push(key)
      await sleep(milliseconds)
      return lookup(key) as null
    },
    guessLimit: limit
  })
  app.get('/', { onRequest: guard }, async () => 'ok')
  await app.ready()
  const sendAll = async (keys: readonly string[]): Promise<Record<number, number>> => {
    const counts: Record<number, number> = {}
    await Promise.all(keys.map(async key => {
      const { statusCode } = await app.inject({ url: '/', headers: { authorization: `Bearer ${key}` } })
      counts[statusCode] = (counts[statusCode] ?? 0) + 1
    }))
    return counts
  }
  return { lookups, sendAll, close: () => app.close() }
}

const numbered = (count: number, name = 'wrong'): string[] => Array.from({ length: count }, (_, index) => `${name}-${index}`)

t.test('invalid keys that are sent in parallel also count: lookups never exceed the limit', async t => {
  const { lookups, sendAll } = await serveSlowly(t, guessLimit({ max: 10, timeWindow: 60_000 }), () => null)
  t.strictSame(await sendAll(numbered(200)), { 401: 10, 429: 190 })
  t.equal(lookups.length, 10)
})

t.test('one invalid key that is sent in parallel counts each time', async t => {
  const { lookups, sendAll } = await serveSlowly(t, guessLimit({ max: 3, timeWindow: 60_000 }), () => null)
  t.strictSame(await sendAll(Array<string>(50).fill('wrong')), { 401: 3, 429: 47 })
  t.equal(lookups.length, 3)
})

t.test('valid keys that are sent in parallel wait for each other, and none is rejected', async t => {
  const { lookups, sendAll } = await serveSlowly(t, guessLimit({ max: 2, timeWindow: 60_000 }), key => ({ id: key }))
  t.strictSame(await sendAll(Array<string>(20).fill('good')), { 200: 20 })
  t.strictSame(await sendAll(numbered(20, 'good')), { 200: 20 })
  t.equal(lookups.length, 40)
})

t.test('keys that are revoked, expired or lack a scope do not count as guesses', async t => {
  const { sendAll } = await serveSlowly(t, guessLimit({ max: 1, timeWindow: 60_000 }), key => ({ id: key, revokedAt: 0 }))
  t.strictSame(await sendAll(numbered(5)), { 401: 5 })
})

t.test('valid and invalid keys in parallel: all wait until the invalid keys are identified', async t => {
  const { lookups, sendAll } = await serveSlowly(t, guessLimit({ max: 2, timeWindow: 60_000 }), key => key.startsWith('good') ? { id: key } : null)
  t.strictSame(await sendAll([...numbered(4, 'good'), ...numbered(10), ...numbered(4, 'good')]), { 200: 4, 401: 2, 429: 12 })
  t.equal(lookups.length, 6)
})

for (const [name, thrown, status] of [
  ['an error', () => { throw new Error('down') }, 503],
  ['an error of the catalog', () => { throw standardErrors.invalid_api_key() }, 401],
  ['a promise that is rejected', () => { throw Promise.reject(new Error('down')) }, 503]
] as const) {
  t.test(`a key for which lookup throws ${name} counts as invalid`, async t => {
    const { lookups, sendAll } = await serveSlowly(t, guessLimit({ max: 3, timeWindow: 60_000 }), thrown)
    t.strictSame(await sendAll(numbered(10)), { [status]: 3, 429: 7 })
    t.equal(lookups.length, 3)
  })
}

t.test('a lookup that throws a rejected promise does not stop the process', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.get('/', { onRequest: apiKey({ lookup: () => { throw Promise.reject(new Error('down')) } }) }, async () => 'ok')
  t.equal((await app.inject({ url: '/', headers: { authorization: 'Bearer abc' } })).statusCode, 503)
  await sleep(20) // An unhandled rejection would fail the test.
})

t.test('a request waits until the window ends, and then its key is checked', async t => {
  const limit = guessLimit({ max: 1, timeWindow: 200 })
  const stuck = await limit.begin('192.0.2.1')
  t.type(stuck, 'function')
  const begin = performance.now()
  t.type(await limit.begin('192.0.2.1'), 'function', 'a new window')
  t.ok(performance.now() - begin >= 150)
})

t.test('the time and the number of waiting requests are limited', async t => {
  const limit = guessLimit({ max: 1, timeWindow: 3_600_000 })
  await limit.begin('192.0.2.1')
  const { setTimeout: real } = globalThis
  globalThis.setTimeout = ((run: () => void) => real(run, 0)) as never
  t.teardown(() => { globalThis.setTimeout = real })
  t.equal(await limit.begin('192.0.2.1'), 1000, 'it gets 429 after 10 seconds')
  globalThis.setTimeout = real
  const end = await limit.begin('192.0.2.2')
  const waiting = Array.from({ length: 1000 }, () => limit.begin('192.0.2.2'))
  t.equal(await limit.begin('192.0.2.2'), 1000, 'the 1,001st gets 429 immediately')
  if (typeof end === 'function') end(true)
  for (const result of await Promise.all(waiting)) t.ok(typeof result === 'number' && result > 3_000_000)
})

t.test('another port is not another address', async t => {
  const { get } = await serve(t, guessLimit({ max: 1, timeWindow: 60_000 }))
  t.equal((await get('/a', 'wrong', '192.0.2.1:1001')).status, 401)
  for (const ip of ['192.0.2.1:1002', '192.0.2.1', '[::ffff:192.0.2.1]:80']) t.equal((await get('/a', 'wrong', ip)).status, 429, ip)
})

for (const [options, message] of [
  [undefined, 'max: expected a positive integer, got undefined.'],
  [{ timeWindow: 1000 }, 'max: expected a positive integer, got undefined.'],
  [{ max: 0, timeWindow: 1000 }, 'max: expected a positive integer, got 0.'],
  [{ max: 1.5, timeWindow: 1000 }, 'max: expected a positive integer, got 1.5.'],
  [{ max: 1, timeWindow: '1 minute' }, 'timeWindow: expected a positive integer (milliseconds), got "1 minute".'],
  [{ max: 1, timeWindow: 0 }, 'timeWindow: expected a positive integer (milliseconds), got 0.']
] as const) {
  t.test(`invalid options are rejected: ${JSON.stringify(options)}`, async t => {
    t.equal(thrown(() => guessLimit(options as never)), `TypeError: guessLimit: ${message}`)
  })
}
