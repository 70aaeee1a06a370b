import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import type { RateLimitPolicy } from 'fastify-api-errors'
import { createLimitFactory, isStoreFailure, type Limit, type LimitResult } from '../../lib/rate-limit/limit.js'
import { call } from '../support/call.js'
import { stopClock } from '../support/clock.js'
import { lacksRedis, startRedis } from '../support/redis.js'
import { serve } from '../support/serve.js'

const minute = '1 minute'

function limited (t: Test, policy: RateLimitPolicy, server = {}, redis?: object): Promise<string> {
  return serve(t, { rateLimit: { policies: { general: policy }, default: 'general', ...redis && { redis } } }, app => app.get('/', async () => ({ ok: true })), server)
}

async function statuses (url: string, calls: ReadonlyArray<Record<string, string>>): Promise<number[]> {
  const found: number[] = []
  for (const headers of calls) found.push((await call(url, { headers })).status)
  return found
}

const forged = ['198.51.100.1', '198.51.100.2', '203.0.113.9, 198.51.100.3', "'; FLUSHALL", '127.0.0.1'].map(value => ({ 'x-forwarded-for': value }))

t.test('a forged X-Forwarded-For means nothing where no proxy is trusted', async t => {
  t.strictSame(await statuses(await limited(t, { max: 1, timeWindow: minute }), forged), [200, 429, 429, 429, 429])
})

t.test('behind a trusted proxy, what a caller writes before the address that the proxy adds means nothing', async t => {
  const url = await limited(t, { max: 1, timeWindow: minute }, { trustProxy: '127.0.0.1' })
  const throughProxy = forged.map(({ 'x-forwarded-for': own }) => ({ 'x-forwarded-for': `${own}, 192.0.2.7` }))
  t.strictSame(await statuses(url, throughProxy), [200, 429, 429, 429, 429])
  t.strictSame(await statuses(url, [{ 'x-forwarded-for': '192.0.2.8' }]), [200], 'another caller')
})

t.test('with trustProxy: true, which believes every caller, each forged address counts apart', async t => {
  t.strictSame(await statuses(await limited(t, { max: 1, timeWindow: minute }, { trustProxy: true }), forged), [200, 200, 200, 200, 200])
})

t.test('an address in other clothes is the same caller', async t => {
  const url = await limited(t, { max: 1, timeWindow: minute }, { trustProxy: true })
  const same = ['::ffff:192.0.2.7', '192.0.2.7', '::FFFF:192.0.2.7', '::ffff:c000:207'].map(value => ({ 'x-forwarded-for': value }))
  t.strictSame(await statuses(url, same), [200, 429, 429, 429])
  const network = ['2001:db8::1', '2001:DB8:0:0::2', '2001:db8:0:0:ffff:ffff:ffff:ffff'].map(value => ({ 'x-forwarded-for': value }))
  t.strictSame(await statuses(url, network), [200, 429, 429], 'so is a network of IPv6')
})

const awkward = ['', ' ', '{', '}', '{}', '{a}b', 'a\r\nFLUSHALL\r\n', '\0', '*', 'ключ', '\uD800', '__proto__', 'constructor', 'k'.repeat(10_000), `${'k'.repeat(9999)}l`]

t.test('awkward keys, with line breaks, braces, 10,000 characters: each is a caller of its own', async t => {
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
  for (const key of keys) t.match(key, /^fastify-api-errors-\{#?[\w.:@-]{1,64}\}-general$/)
})

/** Counts a caller in memory, without HTTP. */
function memory (policy: RateLimitPolicy): (url: string) => LimitResult {
  const limit: Limit = createLimitFactory({ policies: {} })('general', policy)
  return ip => {
    const outcome = limit.check({ ip } as FastifyRequest)
    if (outcome === undefined || outcome instanceof Promise || isStoreFailure(outcome)) throw new Error('no verdict')
    return outcome
  }
}

t.test('100,000 distinct callers: what is remembered of them in memory is bounded', async t => {
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
  t.equal(count(address(109_999)).isExceeded, true, 'the last 5,000 are remembered')
  t.equal(count(address(0)).isExceeded, false)
})

t.test('a window ends when it says, and Retry-After is never too early', async t => {
  const clock = stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: 1500 })
  t.equal((await call(url)).status, 200)
  clock.go(400)
  const refused = await call(url)
  t.match(refused, { status: 429, headers: { 'retry-after': '2' } })
  clock.go(1099)
  t.match(await call(url), { status: 429, headers: { 'retry-after': '1' } }, 'a millisecond before the end')
  clock.go(1)
  t.equal((await call(url)).status, 200, 'at the end')
})

t.test('around the end of a window twice the limit can pass, and a second policy with a shorter window prevents it', async t => {
  const clock = stopClock(t)
  const burst = async (policies: Record<string, RateLimitPolicy>): Promise<number> => {
    const url = await serve(t, { rateLimit: { policies, default: Object.keys(policies) } }, app => app.get('/', async () => ({ ok: true })))
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

t.test('who waits for Retry-After is let in, by the real clock and in Redis', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  for (const store of [undefined, redis.client()]) {
    const url = await limited(t, { max: 1, timeWindow: 1200 }, {}, store)
    t.equal((await call(url)).status, 200)
    const refused = await call(url)
    t.equal(refused.status, 429)
    await delay(Number(refused.headers['retry-after']) * 1000)
    t.equal((await call(url)).status, 200)
  }
})

t.test('the clock jumps: forward ends windows early; back does not hold callers for as long as the jump', async t => {
  const clock = stopClock(t)
  const count = memory({ max: 1, timeWindow: minute })
  count('a')
  t.match(count('a'), { isExceeded: true, ttl: 60_000 })
  clock.go(3_600_000)
  t.match(count('a'), { isExceeded: false, ttl: 60_000 })
  clock.go(-3_600_000)
  t.match(count('a'), { isExceeded: false, remaining: 0, ttl: 60_000 }, 'it starts anew')
  t.match(count('a'), { isExceeded: true, ttl: 60_000 })
  clock.go(-500)
  t.match(count('a'), { isExceeded: true, ttl: 60_500 }, 'a small step is waited for')
  clock.go(60_500)
  t.match(count('a'), { isExceeded: false })
})

t.test('a clock that jumps while the window grows by itself', async t => {
  const clock = stopClock(t)
  const count = memory({ max: 1, timeWindow: minute, exponentialBackoff: true })
  count('a')
  count('a')
  t.match(count('a'), { isExceeded: true, ttl: 120_000 })
  clock.go(-3_600_000)
  t.match(count('a'), { isExceeded: true, ttl: 240_000 })
})

t.test('whatever is sent when, never more than the limit passes in one window, and the wait that is told is the true one', async t => {
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
