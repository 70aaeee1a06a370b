import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { apiKey, guessLimit, type GuessLimit } from 'fastify-api-errors/api-key'
import t, { type Test } from 'tap'
import { call } from '../support/call.js'
import { createKeyStore } from '../support/key-store.js'
import { thrown } from '../support/thrown.js'

const { lookup, issue, close } = await createKeyStore()
t.teardown(close)

/** Two routes of one server, guarded with one limit; the caller says where it calls from. */
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
    get: async (path: string, key: string | undefined, ip = '192.0.2.1') => await call(url + path, {
      headers: { 'x-forwarded-for': ip, ...(key !== undefined && { authorization: `Bearer ${key}` }) }
    })
  }
}

t.test('an address that sent too many wrong keys waits until the window ends', async t => {
  const { get, lookups } = await serve(t, guessLimit({ max: 3, timeWindow: 60_000 }))
  const { key } = await issue()
  const statuses = async (...calls: Array<Promise<{ status: number }>>): Promise<number[]> => (await Promise.all(calls)).map(({ status }) => status)

  t.strictSame(await statuses(get('/a', 'wrong'), get('/b', '"malformed"'), get('/a', key), get('/a', undefined)), [401, 401, 200, 401],
    'two wrong keys; a good one and none do not count')
  t.equal((await get('/b', 'wrong')).status, 401, 'the third, over both guards')
  const asked = lookups.length
  const first = await get('/a', 'wrong')
  const wait = Number(first.headers['retry-after'])
  t.ok(wait > 30 && wait <= 60, 'seconds until the window ends')
  const limited = {
    status: 429,
    headers: {
      'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8', 'retry-after': String(wait), 'x-request-id': 'REQUEST_ID'
    },
    body: {
      code: 'rate_limit_exceeded',
      message: 'Too many requests. Wait before you send the next one.',
      request_id: 'REQUEST_ID',
      meta: { policy: 'api_key_guesses', limit: 3, window: 60, retry_after: wait }
    }
  }
  t.strictSame(first, limited)
  t.equal((await get('/b', key)).status, 429, 'a good key, too: else the one that fits would be told apart')
  t.equal(lookups.length, asked, 'the store is no longer asked')
  t.equal((await get('/a', undefined)).status, 401, 'who sends no key guesses nothing')
  t.equal((await get('/a', key, '192.0.2.2')).status, 200, 'another address')
  t.equal((await get('/a', 'wrong', '::ffff:192.0.2.1')).status, 429, 'the same address, written as IPv6')
})

t.test('the addresses of an IPv6 network count as one', async t => {
  const { get } = await serve(t, guessLimit({ max: 1, timeWindow: 60_000 }))
  t.equal((await get('/a', 'wrong', '2001:db8::1')).status, 401)
  t.equal((await get('/a', 'wrong', '2001:db8::2')).status, 429)
  t.equal((await get('/a', 'wrong', '2001:db8:0:1::1')).status, 401)
})

t.test('when the window has ended, keys are looked at again', async t => {
  const { get } = await serve(t, guessLimit({ max: 1, timeWindow: 2000 }))
  t.equal((await get('/a', 'wrong')).status, 401)
  t.equal((await get('/a', 'wrong')).status, 429)
  await sleep(2050)
  t.equal((await get('/a', 'wrong')).status, 401)
  t.equal((await get('/a', 'wrong')).status, 429)
})

t.test('10,000 addresses are remembered, and callers without one are one', async t => {
  const limit = guessLimit({ max: 1, timeWindow: 60_000 })
  const address = (index: number): string => `10.0.${index >> 8}.${index & 255}`
  limit.count(undefined)
  for (let index = 1; index < 10_000; index++) limit.count(address(index))
  t.ok(limit.wait(undefined) > 0)
  limit.count(address(10_000))
  t.equal(limit.wait(undefined), 0, 'the one that began first is forgotten')
  t.ok(limit.wait(address(1)) > 0)
  t.ok(limit.wait(address(10_000)) > 0)
})

for (const [options, message] of [
  [undefined, 'max: expected a positive integer, got undefined.'],
  [{ timeWindow: 1000 }, 'max: expected a positive integer, got undefined.'],
  [{ max: 0, timeWindow: 1000 }, 'max: expected a positive integer, got 0.'],
  [{ max: 1.5, timeWindow: 1000 }, 'max: expected a positive integer, got 1.5.'],
  [{ max: 1, timeWindow: '1 minute' }, 'timeWindow: expected a positive integer (milliseconds), got "1 minute".'],
  [{ max: 1, timeWindow: 0 }, 'timeWindow: expected a positive integer (milliseconds), got 0.']
] as const) {
  t.test(`refused: ${JSON.stringify(options)}`, async t => {
    t.equal(thrown(() => guessLimit(options as never)), `TypeError: guessLimit: ${message}`)
  })
}
