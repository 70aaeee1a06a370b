/** Both stores, in memory and in Redis, count in the same way. */
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import type { Redis } from 'ioredis'
import t from 'tap'
import { createMemoryStore } from '../../lib/rate-limit/memory-store.js'
import { createRedisStore } from '../../lib/rate-limit/redis-store.js'
import { maxBackoff, type Count, type Counter, type CountingOptions, type Store } from '../../lib/rate-limit/store.js'
import { lacksRedis, redisBinary, startRedis } from '../helpers/redis.js'

const redis = redisBinary === undefined ? undefined : await startRedis(t)

let groups = 0

/** A counter in each store, each for a separate group. */
function createCounters (): Array<readonly [name: string, counter: Counter]> {
  const stores: Array<readonly [string, Store]> = [['memory', createMemoryStore()]]
  if (redis !== undefined) stores.push(['Redis', createRedisStore(redis.client(), 'test-', 5000)])
  groups++
  return stores.map(([name, store]) => [name, store(`group-${groups}`, undefined)])
}

interface Request {
  readonly max: number
  readonly timeWindow: number
  readonly cost: number
}

const minute = 60_000

/** Counts requests of one client, one after the other. Milliseconds are rounded up to seconds. */
async function countAll (counter: Counter, behavior: CountingOptions, requests: readonly Request[]): Promise<Count[]> {
  const counts: Count[] = []
  for (const { max, timeWindow, cost } of requests) {
    const { used, exceeding, ttl } = await counter('caller', max, timeWindow, cost, behavior)
    // Within a limit, the result does not depend on the number of requests above it, and Redis does not read that number.
    counts.push({ used, exceeding: used > max ? exceeding : 0, ttl: Math.ceil(ttl / 1000) })
  }
  return counts
}

const requests = (max: number, ...costs: number[]): Request[] => costs.map(cost => ({ max, timeWindow: minute, cost }))

/** The count after each request: the cost of the requests, the number above the limit, and the seconds until the window ends. */
type Row = readonly [used: number, exceeding: number, ttl: number]

const sequences: ReadonlyArray<readonly [name: string, behavior: CountingOptions, requests: readonly Request[], ...expected: Row[]]> = [
  ['ban counts requests, not their cost', { ban: 1 }, requests(10, 10, 10, 10), [10, 0, 60], [20, 1, 60], [30, 2, 60]],
  ['the first request may be beyond the limit', { ban: 0 }, requests(3, 5, 1), [5, 1, 60], [6, 2, 60]],
  ['backoff doubles the window once for each request, not for its cost', { exponentialBackoff: true }, requests(10, 10, 5, 5, 5), [10, 0, 60], [15, 1, 60], [20, 2, 120], [25, 3, 240]],
  ['a max of 0 with back-off', { exponentialBackoff: true }, requests(0, 1, 1, 1), [1, 1, 60], [2, 2, 120], [3, 3, 240]],
  ['a request that is within the limit of another plan does not extend the window', { exponentialBackoff: true },
    [...requests(1, 1, 1, 1), ...requests(100, 1), ...requests(1, 1)], [1, 0, 60], [2, 1, 60], [3, 2, 120], [4, 0, 120], [5, 3, 240]],
  ['continueExceeding takes precedence over exponentialBackoff', { continueExceeding: true, exponentialBackoff: true }, requests(1, 1, 1, 1, 1), [1, 0, 60], [2, 1, 60], [3, 2, 60], [4, 3, 60]]
]

for (const [name, behavior, sequence, ...expected] of sequences) {
  t.test(name, async t => {
    for (const [store, counter] of createCounters()) {
      const counts = await countAll(counter, behavior, sequence)
      t.strictSame(counts.map(({ used, exceeding, ttl }) => [used, exceeding, ttl]), expected, store)
    }
  })
}

t.test('backoff ends at one day, or at the window if that is longer', async t => {
  for (const [store, counter] of createCounters()) {
    const counts = await countAll(counter, { exponentialBackoff: true }, requests(0, ...Array<number>(2000).fill(1)))
    t.equal(counts.at(-1)?.ttl, maxBackoff / 1000, store)
    t.ok(counts.every(({ ttl }) => ttl <= maxBackoff / 1000), store)
  }
  for (const [store, counter] of createCounters()) {
    const week = 7 * maxBackoff
    const counts = await countAll(counter, { exponentialBackoff: true }, Array(5).fill({ max: 0, timeWindow: week, cost: 1 }))
    t.strictSame(counts.map(({ ttl }) => ttl), Array(5).fill(week / 1000), store)
  }
})

t.test('a longer window is kept, and then the client starts again', async t => {
  for (const [store, counter] of createCounters()) {
    const count = () => counter('caller', 1, 600, 1, { ban: 1, exponentialBackoff: true })
    for (let sent = 0; sent < 3; sent++) await count() // Two requests above the limit: 1,200 ms.
    await delay(800)
    t.match(await count(), { used: 4, exceeding: 3 }, `${store}: after one plain window`)
    await delay(2500)
    t.match(await count(), { used: 1, exceeding: 0 }, `${store}: after the longer one`)
    t.match(await count(), { used: 2, exceeding: 1 }, `${store}: with a new count of requests beyond the limit`)
  }
})

t.test('clients and groups have separate counts', async t => {
  for (const [store, counter] of createCounters()) {
    const [, other] = createCounters().find(([name]) => name === store) as readonly [string, Counter]
    const counts = []
    for (const [count, caller] of [[counter, 'a'], [counter, 'b'], [other, 'a'], [counter, 'a']] as const) counts.push((await count(caller, 0, minute, 1, { ban: 0 })).exceeding)
    t.strictSame(counts, [1, 1, 1, 2], store)
  }
})

t.test('both stores return the same counts for any requests', async t => {
  if (lacksRedis(t)) return
  const behavior: fc.Arbitrary<CountingOptions> = fc.record({ continueExceeding: fc.boolean(), exponentialBackoff: fc.boolean() }).map(flags => ({ ...flags, ban: 1 }))
  const sequence = fc.array(fc.record({ max: fc.nat({ max: 6 }), timeWindow: fc.constantFrom(minute, 2 * minute), cost: fc.integer({ min: 1, max: 4 }) }), { maxLength: 12 })
  await fc.assert(fc.asyncProperty(behavior, sequence, async (behavior, sequence) => {
    const counters = createCounters()
    const [memory, redis] = await Promise.all(counters.map(([, counter]) => countAll(counter, behavior, sequence)))
    t.strictSame(redis, memory)
  }), { numRuns: 40 })
})

t.test('a request is one command at any cost', async t => {
  if (lacksRedis(t)) return
  const client = redis?.client() as Redis
  const counter = createRedisStore(client, 'cost-', 5000)('group', undefined)
  await counter('caller', 10, minute, 1000, {})
  await client.config('RESETSTAT')
  t.match(await counter('caller', 10_000, minute, 1000, { ban: 1 }), { used: 2000, exceeding: 0 })
  t.equal(await redis?.calls('evalsha'), 1)
  t.equal(await redis?.calls('incrby'), 1)
  t.strictSame((await client.keys('cost-*')).sort(), ['cost-{caller}-group'])
})

t.test('both keys of a client expire together', async t => {
  if (lacksRedis(t)) return
  const client = redis?.client() as Redis
  const counter = createRedisStore(client, 'expiry-', 5000)('group', undefined)
  for (let sent = 0; sent < 3; sent++) await counter('caller', 1, minute, 1, { exponentialBackoff: true })
  const keys = (await client.keys('expiry-*')).sort()
  t.strictSame(keys, ['expiry-{caller}!group', 'expiry-{caller}-group'])
  const [first = 0, second = 0] = await Promise.all(keys.map(key => client.pttl(key)))
  t.ok(first > minute && Math.abs(first - second) < 100)
})

t.test('a key that lost its expiry gets a new one', async t => {
  if (lacksRedis(t)) return
  const client = redis?.client() as Redis
  const counter = createRedisStore(client, 'persisted-', 5000)('group', undefined)
  await counter('caller', 10, minute, 1, {})
  await client.persist('persisted-{caller}-group')
  t.match(await counter('caller', 10, minute, 1, {}), { used: 2, ttl: minute })
  t.ok(await client.pttl('persisted-{caller}-group') > 0)
})

t.test('an ioredis client with stringNumbers returns the same counts', async t => {
  if (lacksRedis(t)) return
  const counter = createRedisStore(redis?.client({ stringNumbers: true }) as Redis, 'strings-', 5000)('group', undefined)
  t.strictSame(await counter('caller', 10, minute, 1, {}), { used: 1, exceeding: 0, ttl: minute })
})
