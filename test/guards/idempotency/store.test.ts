/** The timeout of a store. */
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { memoryStore, type IdempotencyStore } from 'fastify-api-errors/idempotency'
import { withTimeout } from '../../../lib/guards/idempotency/store.js'
import { checkStore, createClaim } from './store-contract.js'

const late = { message: 'The store did not respond within 20 ms.' }

t.test('a store that responds in time', async t => { await checkStore(t, withTimeout(memoryStore(), 1000)) })

t.test('a store that responds late: each method rejects, and a late claim is released', async t => {
  const released: string[] = []
  const slow: IdempotencyStore = {
    claim: async key => { await delay(50); return key === 'taken' ? { fingerprint: 'a' } : undefined },
    complete: async () => { await delay(50); return true },
    release: async key => { released.push(key); await delay(50); throw new Error('a late failure') }
  }
  const store = withTimeout(slow, 20)
  await t.rejects(Promise.resolve(store.claim('free', createClaim('a'))), late)
  await t.rejects(Promise.resolve(store.claim('taken', createClaim('a'))), late)
  await t.rejects(Promise.resolve(store.complete('free', createClaim('a'), '', 1)), late)
  await delay(60)
  t.strictSame(released, ['free'])
  await t.rejects(Promise.resolve(store.release('other', createClaim('a'))), late)
  await delay(60)
})

t.test('a store that throws or rejects', async t => {
  const failing = { claim () { throw new Error('thrown') }, complete: async () => await Promise.reject(new Error('rejected')), release: async () => {} }
  const store = withTimeout(failing, 1000)
  await t.rejects(Promise.resolve(store.claim('a', createClaim('a'))), { message: 'thrown' })
  await t.rejects(Promise.resolve(store.complete('a', createClaim('a'), '', 1)), { message: 'rejected' })
  t.equal(await store.release('a', createClaim('a')), undefined)
})

t.test('a store that returns null has no entry, and one that returns another value fails', async t => {
  const returning = (value: unknown): IdempotencyStore => withTimeout({ ...memoryStore(), claim: () => value as never }, 1000)
  t.equal(await returning(null).claim('a', createClaim('a')), undefined)
  for (const [value, received] of [[new Error('down'), 'an object'], [{}, 'an empty object'], ['OK', '"OK"'], [{ fingerprint: 7 }, 'an object']] as const) {
    await t.rejects(Promise.resolve(returning(value).claim('a', createClaim('a'))), {
      message: `claim(): expected an entry with a fingerprint, or undefined, got ${received}.`
    })
  }
})
