/** Rate limits while Redis fails. */
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { Redis } from 'ioredis'
import t, { type Test } from 'tap'
import { standardErrors, type RateLimitOptions } from 'fastify-api-errors'
import { createStoreFailureHandler } from '../../lib/rate-limit/store-failure.js'
import { createLimitFactory, isStoreFailure, type LimitOutcome } from '../../lib/rate-limit/limit.js'
import { freePort } from '../helpers/free-port.js'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { lacksRedis, startRedis, type RedisServer } from '../helpers/redis.js'
import { startSlowProxy } from '../helpers/slow-proxy.js'

const policies = { general: { max: 1_000_000, timeWindow: '1 minute' } } satisfies RateLimitOptions['policies']

/** An API with a limit in a Redis, and the lines of its log. */
async function start (t: Test, options: Partial<RateLimitOptions>): Promise<{ readonly url: string, readonly log: Array<Record<string, unknown>> }> {
  const log: Array<Record<string, unknown>> = []
  const stream = new Writable({
    write (line, _encoding, done) {
      log.push(JSON.parse(String(line)))
      done()
    }
  })
  const url = await serveApp(t, { rateLimit: { policies, default: 'general', ...options } }, app => app.get('/', async () => ({ ok: true })), { logger: { level: 'info', stream } })
  return { url, log }
}

const passed = { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: { ok: true } }
const unavailable = {
  status: 503,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': 'REQUEST_ID', 'x-should-retry': 'true', 'retry-after': '10' },
  body: { code: 'service_unavailable', message: 'The service is temporarily unavailable.', request_id: 'REQUEST_ID' }
}

/** Waits until requests are counted again. */
async function untilCounted (url: string): Promise<void> {
  while ((await fetchResponse(url)).headers.ratelimit === undefined) await delay(50)
}

/** A way for Redis to fail and to recover. */
interface Fault {
  readonly begin: (redis: RedisServer) => unknown
  readonly end: (redis: RedisServer) => unknown
}

/** Runs commands on a server from outside the application. */
async function run (redis: RedisServer, ...commands: ReadonlyArray<readonly [string, ...Array<string | number>]>): Promise<void> {
  const client = redis.client()
  for (const [name, ...args] of commands) await client.call(name, ...args)
  client.disconnect()
}

const faults: Readonly<Record<string, Fault>> = {
  'is killed': { begin: redis => redis.signal('SIGKILL'), end: redis => redis.restart() },
  hangs: { begin: redis => redis.signal('SIGSTOP'), end: redis => redis.signal('SIGCONT') },
  'is out of memory': { begin: redis => run(redis, ['CONFIG', 'SET', 'maxmemory', 1]), end: redis => run(redis, ['CONFIG', 'SET', 'maxmemory', 0]) },
  'is read-only': { begin: async redis => run(redis, ['REPLICAOF', '127.0.0.1', await freePort()]), end: redis => run(redis, ['REPLICAOF', 'NO', 'ONE']) },
  'does nothing for a while': { begin: redis => run(redis, ['CLIENT', 'PAUSE', 3000, 'ALL']), end: () => {} },
  'requires a password': { begin: redis => run(redis, ['CONFIG', 'SET', 'requirepass', 'secret'], ['CLIENT', 'KILL', 'TYPE', 'normal']), end: redis => redis.signal('SIGKILL') }
}

const clients = {
  'a client with the defaults of ioredis': {},
  'a client that fails fast': { enableOfflineQueue: false, commandTimeout: 100, maxRetriesPerRequest: 0 }
}

for (const [what, fault] of Object.entries(faults)) {
  for (const [which, settings] of Object.entries(clients)) {
    for (const onStoreError of ['allow', 'deny'] as const) {
      t.test(`if Redis ${what}, onStoreError '${onStoreError}' decides, with ${which}`, async t => {
        if (lacksRedis(t)) return
        const redis = await startRedis(t)
        const client = redis.client(settings)
        await once(client, 'ready')
        const { url, log } = await start(t, { redis: client, onStoreError, storeTimeout: 500 })
        await untilCounted(url)
        const before = log.length

        await fault.begin(redis)
        const begin = performance.now()
        for (let sent = 0; sent < 10; sent++) t.strictSame(await fetchResponse(url), onStoreError === 'allow' ? passed : unavailable)
        t.ok(performance.now() - begin < 4000, 'requests do not wait for each other')
        t.strictSame(log.filter(({ level }) => level === 40).map(({ msg }) => msg), [
          `The rate limit store failed. Requests are ${onStoreError === 'allow' ? 'not limited' : 'rejected with 503'}.`
        ], 'the log has one warning')
        t.equal(log.slice(before).filter(({ level }) => level === 50).length, onStoreError === 'allow' ? 0 : 10)

        if (what === 'requires a password') return
        await fault.end(redis)
        await untilCounted(url)
        t.match(await fetchResponse(url), { status: 200, headers: { 'ratelimit-policy': '"general";q=1000000;w=60' } }, 'it counts again')
      })
    }
  }
}

t.test('if no Redis server listens on the port, onStoreError decides', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const nowhere = redis.client({}, await freePort())
  t.strictSame(await fetchResponse((await start(t, { redis: nowhere })).url), passed)
  t.strictSame(await fetchResponse((await start(t, { redis: nowhere, onStoreError: 'deny' })).url), unavailable)
})

t.test('requests wait 200 ms or storeTimeout for Redis', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  for (const storeTimeout of [undefined, 20, 700]) {
    const { url } = await start(t, { redis: redis.client(), ...storeTimeout !== undefined && { storeTimeout } })
    await untilCounted(url)
    redis.signal('SIGSTOP')
    const begin = performance.now()
    t.strictSame(await fetchResponse(url), passed)
    const took = performance.now() - begin
    t.ok(took >= (storeTimeout ?? 200) - 1 && took < (storeTimeout ?? 200) + 5000, `${storeTimeout}: it took ${took.toFixed(0)} ms`)
    redis.signal('SIGCONT')
  }
})

t.test('a slow Redis: requests do not wait longer, and are counted again once it responds in time', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const proxy = await startSlowProxy(t, redis.port, 0)
  const { url } = await start(t, { redis: redis.client({}, proxy.port), storeTimeout: 100 })
  await untilCounted(url)
  proxy.setDelay(150)
  for (let sent = 0; sent < 10; sent++) {
    t.strictSame(await fetchResponse(url), passed)
    await delay(40)
  }
  proxy.setDelay(0)
  await untilCounted(url)
  t.equal((await fetchResponse(url)).status, 200)
})

t.test('if Redis hangs, commands do not accumulate', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const { url } = await start(t, { redis: redis.client() })
  await untilCounted(url)
  const before = await redis.calls('incrby')
  redis.signal('SIGSTOP')
  for (let sent = 0; sent < 100; sent++) await fetchResponse(url)
  redis.signal('SIGCONT')
  await untilCounted(url)
  t.ok(await redis.calls('incrby') - before <= 2, 'one of the 100 requests sent a command, and then the first one again')
})

t.test('a process that was busy for longer than the timeout reads the response before it gives up', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const { check } = createLimitFactory({ policies, redis: redis.client() })('general', policies.general)
  const count = () => check({ ip: '203.0.113.7' } as FastifyRequest)
  while (isStoreFailure(await count() as LimitOutcome)) await delay(50) // Wait until it is connected.
  const counting = count()
  await new Promise(setImmediate) // The command has been sent.
  const until = performance.now() + 1000
  while (performance.now() < until) { /* busy */ }
  t.match(await counting, { isExceeded: false })
})

t.test('skipOnError of a policy takes precedence over onStoreError', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const client = redis.client({ enableOfflineQueue: false })
  redis.signal('SIGKILL')
  await delay(100)
  const options = (skipOnError: boolean | undefined, onStoreError: 'allow' | 'deny') => ({
    redis: client, onStoreError, policies: { general: { ...policies.general, ...skipOnError !== undefined && { skipOnError } } }
  })
  t.strictSame(await fetchResponse((await start(t, options(true, 'deny'))).url), passed)
  t.strictSame(await fetchResponse((await start(t, options(false, 'allow'))).url), unavailable)
  t.strictSame(await fetchResponse((await start(t, options(undefined, 'deny'))).url), unavailable)
})

t.test('a warning is logged once a minute, with the reason', async t => {
  const { now } = performance
  let time = 1_000_000
  performance.now = () => time
  t.teardown(() => { performance.now = now })
  const warned: unknown[][] = []
  const log = { warn: (...args: unknown[]) => { warned.push(args) } } as unknown as FastifyBaseLogger
  const limit = createLimitFactory({ policies, redis: new Redis({ lazyConnect: true }), onStoreError: 'deny' })('general', policies.general)
  const cause = new Error('connect ECONNREFUSED 127.0.0.1:6379')
  const handleFailures = createStoreFailureHandler(log, standardErrors)
  const warning = [{ err: new Error(cause.message) }, 'The rate limit store failed. Requests are rejected with 503.']
  const request = { headers: {} }
  t.match(handleFailures([{ limit, cause }], request), { code: 'service_unavailable', cause })
  time += 59_999
  handleFailures([{ limit, cause }], request)
  t.match(warned, [warning])
  t.equal(warned.length, 1)
  time += 1
  handleFailures([{ limit, cause }], request)
  t.match(warned, [warning, warning])
  t.equal(warned.length, 2)
})
