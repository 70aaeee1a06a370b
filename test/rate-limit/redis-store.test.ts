/** Counting in Redis: keys, commands and clocks. */
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import type { RateLimitOptions } from 'fastify-api-errors'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'
import { lacksRedis, startRedis } from '../helpers/redis.js'
import { startSlowProxy } from '../helpers/slow-proxy.js'

const policies = {
  burst: { max: 5, timeWindow: '10 seconds' },
  general: { max: 100, timeWindow: '1 minute' },
  daily: { max: 1000, timeWindow: '1 day', key: () => 'team {a}\r\n' }
} satisfies RateLimitOptions['policies']
const every = ['burst', 'general', 'daily'] as const

const routes = (app: FastifyInstance) => app.get('/', async () => ({ ok: true }))

function limited (t: Test, options: Partial<RateLimitOptions>): Promise<string> {
  return serveApp(t, { rateLimit: { policies, default: 'burst', ...options } }, routes)
}

t.test('processes that share a Redis share the counts', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const urls = [await limited(t, { redis: redis.client() }), await limited(t, { redis: redis.client() })]
  const states: string[] = []
  for (let sent = 0; sent < 6; sent++) {
    const response = await fetchResponse(urls[sent % 2] as string)
    states.push(`${response.status} ${response.headers.ratelimit}`)
  }
  // The clock of Redis runs, so a slow machine needs some of the ten seconds.
  t.strictSame(states.map(state => state.replace(/t=([1-9]|10)$/, 't=(1 to 10)')), [4, 3, 2, 1, 0].map(left => `200 "burst";r=${left};t=(1 to 10)`).concat('429 "burst";r=0;t=(1 to 10)'))
})

t.test('each policy has its own key, which expires when its window ends', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const client = redis.client()
  const url = await serveApp(t, { rateLimit: { policies, default: every, redis: redis.client() } }, app => {
    routes(app)
    app.get('/own', { config: { rateLimit: { max: 1 } } }, async () => ({ ok: true }))
    app.get('/group', { config: { rateLimit: { max: 1, groupId: 'letters' } } }, async () => ({ ok: true }))
  })
  await fetchResponse(url)
  for (const path of ['/own', '/group']) await fetchResponse(url + path)
  const team = '#CJNEwi16ElqaUJmNOfx7LieWO0Wcc5KCV0ffAQ32TKg'
  const keys = (await client.keys('*')).sort()
  t.strictSame(keys, [
    `fastify-api-errors-{key:${team}}-daily`,
    'fastify-api-errors-{127.0.0.1}-GET /own',
    'fastify-api-errors-{127.0.0.1}-burst',
    'fastify-api-errors-{127.0.0.1}-general',
    'fastify-api-errors-{127.0.0.1}-letters'
  ].sort())
  for (const key of keys) t.ok(await client.pttl(key) > 0, `${key} goes when its window ends`)
})

t.test('nameSpace separates applications', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const client = redis.client()
  for (const nameSpace of ['one-', 'two-']) t.equal((await fetchResponse(await limited(t, { redis: client, nameSpace }))).headers.ratelimit, '"burst";r=4;t=10')
  t.strictSame((await client.keys('*')).sort(), ['one-{127.0.0.1}-burst', 'two-{127.0.0.1}-burst'])
})

t.test('a request needs one command for each policy, and no other command', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const client = redis.client()
  const url = await limited(t, { redis: client, default: every })
  await fetchResponse(url) // The script is sent once, and then called by its hash.
  await client.config('RESETSTAT')
  await fetchResponse(url)
  t.equal(await redis.calls('evalsha'), 3)
  t.equal(await redis.calls('eval'), 0)
  t.equal(await redis.calls('incrby'), 3)
})

t.test('the commands of a request share one round trip', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const oneWay = 300
  const proxy = await startSlowProxy(t, redis.port, oneWay)
  const client = redis.client({}, proxy.port)
  for (const choice of ['general', every] as const) {
    const url = await limited(t, { redis: client, default: choice, storeTimeout: 5000 })
    await fetchResponse(url)
    const begin = performance.now()
    t.equal((await fetchResponse(url)).status, 200)
    const took = performance.now() - begin
    t.ok(took >= 2 * oneWay - 5 && took < 4 * oneWay, `${String(choice)}: one round trip of ${2 * oneWay} ms took ${took.toFixed(0)} ms`)
  }
})

t.test('cost, continueExceeding and exponentialBackoff in Redis', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const client = redis.client()
  const own = { max: 3, timeWindow: '1 minute' } as const
  const states = async (policy: Partial<RateLimitOptions['policies'][string]>, name: string): Promise<string[]> => {
    const url = await limited(t, { redis: client, policies: { [name]: { ...own, ...policy } }, default: name })
    const found = []
    for (let sent = 0; sent < 4; sent++) {
      const response = await fetchResponse(url)
      found.push(`${response.status} ${response.headers['retry-after'] ?? '-'}`)
    }
    return found
  }
  t.strictSame(await states({ cost: 2 }, 'cost'), ['200 -', '429 60', '429 60', '429 60'])
  t.strictSame(await states({ max: 1, exponentialBackoff: true }, 'backoff'), ['200 -', '429 60', '429 120', '429 240'])
  const url = await limited(t, { redis: client, policies: { again: { max: 1, timeWindow: 400, continueExceeding: true } }, default: 'again' })
  await fetchResponse(url)
  await delay(250)
  t.equal((await fetchResponse(url)).status, 429)
  await delay(250)
  t.equal((await fetchResponse(url)).status, 429, 'the rejected request restarted the window')
  await delay(500)
  t.equal((await fetchResponse(url)).status, 200)
})

t.test('the clock of the process has no effect: windows end by the clock of Redis', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const clock = stopClock(t)
  const url = await limited(t, { redis: redis.client() })
  for (const jump of [0, 3_600_000, -7_200_000]) {
    clock.go(jump)
    await fetchResponse(url)
  }
  t.equal((await fetchResponse(url)).headers.ratelimit, '"burst";r=1;t=10')
})

t.test('the warning about a failing Redis does not have the key of the client', async t => {
  if (lacksRedis(t)) return
  const client = (await startRedis(t)).client()
  await client.config('SET', 'maxmemory', '1')
  const lines: string[] = []
  const url = await serveApp(t, {
    rateLimit: { redis: client, storeTimeout: 5000, policies: { account: { max: 1, timeWindow: 1000, key: () => 'ada@example.com' } }, default: 'account' }
  }, app => app.get('/', async () => ({ ok: true })), { logger: { level: 'warn', stream: { write: (line: string) => { lines.push(line) } } } })
  t.equal((await fetchResponse(url)).status, 200)
  t.equal(lines.length, 1)
  t.match(lines[0], /The rate limit store failed.*OOM command not allowed|OOM command not allowed.*The rate limit store failed/)
  t.notMatch(lines[0], /ada@example/)
})
