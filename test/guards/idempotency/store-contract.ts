/** What every store of idempotency keys does. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Claim, IdempotencyStore } from 'fastify-api-errors/idempotency'

/** Returns the claim of one request. */
export function createClaim (token: string, options: Partial<Claim> = {}): Claim {
  return { fingerprint: 'a request', token, ttl: 60_000, ...options }
}

const running = { fingerprint: 'a request', response: undefined }
const day = 24 * 60 * 60 * 1000

/** Checks a store. Its entries stay, so the keys are new ones. */
export async function checkStore (t: Test, store: IdempotencyStore): Promise<void> {
  await t.test('a key is claimed once, until its response is stored', async t => {
    t.equal(await store.claim('once', createClaim('first')), undefined, 'claimed')
    t.strictSame(await store.claim('once', createClaim('second', { fingerprint: 'another request' })), running)
    t.equal(await store.complete('once', createClaim('first'), 'the response: é ✓', day), true)
    t.strictSame(await store.claim('once', createClaim('third')), { fingerprint: 'a request', response: 'the response: é ✓' })
  })

  await t.test('if 50 requests arrive at the same time, one of them gets the claim', async t => {
    const results = await Promise.all(Array.from({ length: 50 }, async (_, index) => await store.claim('together', createClaim(`${index}`))))
    t.equal(results.filter(result => result === undefined).length, 1)
    t.strictSame(results.filter(result => result !== undefined), Array.from({ length: 49 }, () => running))
  })

  await t.test('a released key can be claimed again', async t => {
    await store.claim('released', createClaim('first'))
    await store.release('released', createClaim('first'))
    t.equal(await store.claim('released', createClaim('second')), undefined)
  })

  await t.test('a key without a claim can be released', async () => {
    await store.release('unknown', createClaim('first'))
  })

  await t.test('a claim expires, and its late owner changes nothing about the claim of the next request', async t => {
    await store.claim('late', createClaim('first', { ttl: 30 }))
    await delay(60)
    t.equal(await store.claim('late', createClaim('second')), undefined, 'claimed by the second request')
    t.equal(await store.complete('late', createClaim('first'), 'of the first', day), false)
    await store.release('late', createClaim('first'))
    t.strictSame(await store.claim('late', createClaim('third')), running)
    t.equal(await store.complete('late', createClaim('second'), 'of the second', day), true)
    t.equal(await store.complete('late', createClaim('first'), 'of the first', day), false)
    t.strictSame(await store.claim('late', createClaim('third')), { fingerprint: 'a request', response: 'of the second' })
  })

  await t.test('the response of a late owner is stored if the key has no other claim', async t => {
    await store.claim('alone', createClaim('first', { ttl: 30 }))
    await delay(60)
    t.equal(await store.complete('alone', createClaim('first'), 'of the first', day), true)
    t.strictSame(await store.claim('alone', createClaim('second')), { fingerprint: 'a request', response: 'of the first' })
  })

  await t.test('a response expires', async t => {
    await store.claim('short', createClaim('first'))
    await store.complete('short', createClaim('first'), 'the response', 30)
    await delay(60)
    t.equal(await store.claim('short', createClaim('second', { fingerprint: 'another request' })), undefined)
    t.strictSame(await store.claim('short', createClaim('third')), { fingerprint: 'another request', response: undefined })
  })
}
