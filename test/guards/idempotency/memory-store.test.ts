/** The store of idempotency keys in memory, and its limits. */
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { memoryStore } from 'fastify-api-errors/idempotency'
import { checkStore, createClaim } from './store-contract.js'

const day = 24 * 60 * 60 * 1000

t.test('it behaves like every store', async t => { await checkStore(t, memoryStore()) })

t.test('if it is full, it deletes the least recently used responses, and warns once', async t => {
  const store = memoryStore({ maxEntries: 3 })
  for (const key of ['a', 'b', 'c']) {
    store.claim(key, createClaim(key))
    store.complete(key, createClaim(key), `response ${key}`, day)
  }
  store.claim('a', createClaim('again')) // now b is the oldest
  const warning = once(process, 'warning')
  t.equal(store.claim('d', createClaim('d')), undefined)
  const [{ message, code }] = await warning as [Error & { readonly code: string }]
  t.strictSame([code, message], [
    'FASTIFY_API_ERRORS_IDEMPOTENCY_EVICTION',
    'The memory store of idempotency keys is full, so it deletes responses before they expire. Increase maxEntries or maxBytes, or use another store.'
  ])
  t.strictSame(store.claim('a', createClaim('again')), { fingerprint: 'a request', response: 'response a' })
  t.strictSame(store.claim('c', createClaim('again')), { fingerprint: 'a request', response: 'response c' })
  const warnings: Error[] = []
  const listener = (warning: Error): void => { warnings.push(warning) }
  process.on('warning', listener)
  t.equal(store.claim('b', createClaim('again')), undefined, 'b was deleted')
  await delay(5)
  process.off('warning', listener)
  t.strictSame(warnings, [])
})

t.test('an expired entry is replaced without a warning', async t => {
  const store = memoryStore({ maxEntries: 1 })
  const warnings: Error[] = []
  const listener = (warning: Error): void => { warnings.push(warning) }
  process.on('warning', listener)
  store.claim('a', createClaim('a', { ttl: 10 }))
  await delay(20)
  t.equal(store.claim('b', createClaim('b')), undefined)
  await delay(5)
  process.off('warning', listener)
  t.strictSame(warnings, [])
})

t.test('the claims of running requests are never deleted: a store that is full of them fails', t => {
  const store = memoryStore({ maxEntries: 2 })
  store.claim('a', createClaim('a'))
  store.claim('b', createClaim('b'))
  t.throws(() => store.claim('c', createClaim('c')), { message: 'The memory store of idempotency keys is full.' })
  t.strictSame(store.claim('a', createClaim('again')), { fingerprint: 'a request', response: undefined })
  t.equal(store.complete('a', createClaim('a'), 'response', day), true, 'a response takes the place of its claim')
  t.equal(store.claim('c', createClaim('c')), undefined)
  t.end()
})

t.test('the size of the responses is limited', t => {
  const store = memoryStore({ maxBytes: 10 })
  const respond = (key: string, response: string): unknown => {
    store.claim(key, createClaim(key))
    return store.complete(key, createClaim(key), response, day)
  }
  t.equal(respond('a', '12345'), true)
  t.equal(respond('b', '12345'), true)
  t.equal(respond('c', 'é'), true, 'a is deleted')
  t.strictSame(store.claim('b', createClaim('again')), { fingerprint: 'a request', response: '12345' })
  t.equal(store.claim('a', createClaim('again')), undefined)
  t.throws(() => respond('d', 'ééééé1'), { message: 'The memory store of idempotency keys is full.' })
  t.strictSame(store.claim('d', createClaim('again')), { fingerprint: 'a request', response: undefined }, 'the claim stays until it expires')
  t.end()
})

t.test('invalid options are rejected', t => {
  t.throws(() => memoryStore({ maxEntries: 0 }), { message: 'memoryStore: maxEntries: expected a positive integer, got 0.' })
  t.throws(() => memoryStore({ maxBytes: 1.5 }), { message: 'memoryStore: maxBytes: expected a positive integer, got 1.5.' })
  t.throws(() => memoryStore({ max: 1 } as object), { message: 'memoryStore: max: unknown option, expected one of maxEntries, maxBytes.' })
  t.end()
})
