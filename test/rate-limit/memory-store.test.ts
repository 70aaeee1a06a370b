/** Counting in memory: bounds, windows, clock changes and bans. */
import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import type { RateLimitPolicy } from 'fastify-api-errors'
import { createLimitFactory, isStoreFailure, type Limit, type LimitResult } from '../../lib/rate-limit/limit.js'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'
import { lacksRedis, startRedis } from '../helpers/redis.js'

const minute = '1 minute'

function limited (t: Test, policy: RateLimitPolicy, server = {}, redis?: object): Promise<string> {
  return serveApp(t, { rateLimit: { policies: { general: policy }, default: 'general', ...redis && { redis } } }, app => app.get('/', async () => ({ ok: true })), server)
}

async function statuses (url: string, calls: ReadonlyArray<Record<string, string>>): Promise<number[]> {
  const found: number[] = []
  for (const headers of calls) found.push((await fetchResponse(url, { headers })).status)
  return found
}

/** Counts a client in memory, without HTTP. */
function memory (policy: RateLimitPolicy): (url: string) => LimitResult {
  const limit: Limit = createLimitFactory({ policies: {} })('general', policy)
  return ip => {
    const outcome = limit.check({ ip } as FastifyRequest)
    if (outcome === undefined || outcome instanceof Promise || isStoreFailure(outcome)) throw new Error('no verdict')
    return outcome
  }
}

t.test('the memory store is bounded with 100,000 distinct clients', async t => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const count = memory({ max: 1, timeWindow: minute })
  const heap = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const address = (number: number): string => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`
  for (let number = 0; number < 10_000; number++) count(address(number))
  const before = heap()
  for (let number = 10_000; number < 110_000; number++) count(address(number))
  const grown = heap() - before
  t.ok(grown < 500_000, `100,000 more callers took ${(grown / 1024).toFixed(0)} KiB more`)
  t.equal(count(address(109_999)).isExceeded, true, 'the last 5,000 are stored')
  t.equal(count(address(0)).isExceeded, false)
})

t.test('if there are too many clients, the least recently seen client is evicted first', async t => {
  stopClock(t)
  const count = memory({ max: 1, timeWindow: minute, cache: 3 })
  for (const caller of ['a', 'b', 'c', 'b', 'a', 'd']) count(caller)
  t.match(['a', 'b', 'd'].map(caller => count(caller).isExceeded), [true, true, true])
  t.equal(count('c').isExceeded, false, 'c is the least recently seen')
})

t.test('a window ends on time, and Retry-After is never too early', async t => {
  const clock = stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: 1500 })
  t.equal((await fetchResponse(url)).status, 200)
  clock.go(400)
  const refused = await fetchResponse(url)
  t.match(refused, { status: 429, headers: { 'retry-after': '2' } })
  clock.go(1099)
  t.match(await fetchResponse(url), { status: 429, headers: { 'retry-after': '1' } }, 'a millisecond before the end')
  clock.go(1)
  t.equal((await fetchResponse(url)).status, 200, 'at the end')
})

t.test('twice the limit can pass around the end of a window, and a second policy with a shorter window prevents this', async t => {
  const clock = stopClock(t)
  const burst = async (policies: Record<string, RateLimitPolicy>): Promise<number> => {
    const url = await serveApp(t, { rateLimit: { policies, default: Object.keys(policies) } }, app => app.get('/', async () => ({ ok: true })))
    const calls = async (count: number): Promise<number> => (await statuses(url, Array(count).fill({}))).filter(status => status === 200).length
    let passed = await calls(1)
    clock.go(59_999)
    passed += await calls(20)
    clock.go(1)
    return passed - 1 + await calls(20)
  }
  t.equal(await burst({ general: { max: 10, timeWindow: minute } }), 19)
  t.equal(await burst({ general: { max: 10, timeWindow: minute }, short: { max: 3, timeWindow: '1 second' } }), 3)
})

t.test('a client that waits for Retry-After is accepted, with the real clock and in Redis', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  for (const store of [undefined, redis.client()]) {
    const url = await limited(t, { max: 1, timeWindow: 1200 }, {}, store)
    t.equal((await fetchResponse(url)).status, 200)
    const refused = await fetchResponse(url)
    t.equal(refused.status, 429)
    await delay(Number(refused.headers['retry-after']) * 1000)
    t.equal((await fetchResponse(url)).status, 200)
  }
})

t.test('the clock jumps: forward ends windows early; backward does not block clients for the length of the jump', async t => {
  const clock = stopClock(t)
  const count = memory({ max: 1, timeWindow: minute })
  count('a')
  t.match(count('a'), { isExceeded: true, ttl: 60_000 })
  clock.go(3_600_000)
  t.match(count('a'), { isExceeded: false, ttl: 60_000 })
  clock.go(-3_600_000)
  t.match(count('a'), { isExceeded: false, remaining: 0, ttl: 60_000 }, 'it starts again')
  t.match(count('a'), { isExceeded: true, ttl: 60_000 })
  clock.go(-500)
  t.match(count('a'), { isExceeded: true, ttl: 60_500 }, 'a small step extends the wait')
  clock.go(60_500)
  t.match(count('a'), { isExceeded: false })
})

t.test('the window is correct after a clock jumps while it grows', async t => {
  const clock = stopClock(t)
  const count = memory({ max: 1, timeWindow: minute, exponentialBackoff: true })
  count('a')
  count('a')
  t.match(count('a'), { isExceeded: true, ttl: 120_000 })
  clock.go(-3_600_000)
  t.match(count('a'), { isExceeded: true, ttl: 240_000 })
})

t.test('a backward jump does not block a client within the limit, also with backoff', async t => {
  const clock = stopClock(t)
  const count = memory({ max: 2, timeWindow: minute, exponentialBackoff: true })
  count('a')
  clock.go(-3_600_000)
  t.match(count('a'), { isExceeded: false, remaining: 1, ttl: 60_000 })
})

t.test('exponentialBackoff: the longer window is enforced and not only announced', async t => {
  const clock = stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: 1000, exponentialBackoff: true })
  t.strictSame(await statuses(url, [{}, {}, {}, {}]), [200, 429, 429, 429])
  clock.go(1100)
  t.match(await fetchResponse(url), { status: 429, headers: { 'retry-after': '8', ratelimit: '"general";r=0;t=8' } })
  clock.go(7999)
  t.match(await fetchResponse(url), { status: 429, headers: { 'retry-after': '16' } }, 'a millisecond before the end')
  clock.go(16_000)
  t.equal((await fetchResponse(url)).status, 200, 'a caller that waits for Retry-After is accepted')
})

t.test('bans and backoff ignore the cost of requests', async t => {
  stopClock(t)
  const url = await limited(t, { max: 10, timeWindow: minute, cost: 10, ban: 1 })
  t.strictSame(await statuses(url, [{}, {}, {}]), [200, 429, 403])
  const growing = await limited(t, { max: 10, timeWindow: minute, cost: 10, exponentialBackoff: true })
  await fetchResponse(growing)
  t.equal((await fetchResponse(growing)).headers['retry-after'], '60')
  t.equal((await fetchResponse(growing)).headers['retry-after'], '120')
})

t.test('policies that share a group keep their own behavior', async t => {
  const clock = stopClock(t)
  const createLimit = createLimitFactory({ policies: {} })
  const [plain, growing] = [{}, { exponentialBackoff: true }].map((behavior, index) => createLimit(`limit-${index}`, { max: 1, timeWindow: minute, groupId: 'all', ...behavior }))
  const request = { ip: '203.0.113.7' } as FastifyRequest
  t.match(plain?.check(request), { isExceeded: false, ttl: 60_000 })
  clock.go(10_000)
  t.match(plain?.check(request), { isExceeded: true, ttl: 50_000 })
  t.match(growing?.check(request), { isExceeded: true, ttl: 120_000 })
  t.match(plain?.check(request), { isExceeded: true, ttl: 120_000 })
})

t.test('clients that rotate more addresses than the cache holds are never limited; one shared limit applies to all', async t => {
  const policy = { max: 3, timeWindow: minute, cache: 10 } as const
  const createLimit = createLimitFactory({ policies: {} })
  const [address, everyone] = [createLimit('address', policy), createLimit('everyone', { ...policy, key: () => 'everyone' })]
  const exceeded = { address: 0, everyone: 0 }
  for (let sent = 0; sent < 40; sent++) {
    const request = { ip: `192.0.2.${sent % 20}` } as FastifyRequest
    for (const limit of [address, everyone]) if ((await limit.check(request) as LimitResult).isExceeded) exceeded[limit.name as keyof typeof exceeded]++
  }
  t.strictSame(exceeded, { address: 0, everyone: 37 })
})

t.test('for any sequence of requests, no window exceeds the limit, and the announced wait is correct', async t => {
  const clock = stopClock(t)
  t.doesNotThrow(() => fc.assert(fc.property(
    fc.record({ max: fc.integer({ min: 0, max: 5 }), timeWindow: fc.integer({ min: 1, max: 5000 }) }),
    fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 40 }),
    (policy, pauses) => {
      const count = memory(policy)
      let windowEnd = -Infinity
      let sent = 0
      let time = 0
      return pauses.every(pause => {
        clock.go(pause)
        time += pause
        if (time >= windowEnd) {
          windowEnd = time + policy.timeWindow
          sent = 0
        }
        sent++
        const { isExceeded, remaining, ttl } = count('a')
        return isExceeded === (sent > policy.max) && remaining === Math.max(0, policy.max - sent) && time + ttl === windowEnd
      })
    }
  )))
})
