/** Several limits of one request, and the functions of a policy. */
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { RateLimitPolicy } from 'fastify-api-errors'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'
import { passed, refused } from './responses.js'

const get = (app: FastifyInstance): unknown => app.get('/', async () => ({ ok: true }))

t.test('if several policies are exceeded, the longest wait applies', async t => {
  const clock = stopClock(t)
  const policies = { burst: { max: 1, timeWindow: '10 seconds' }, general: { max: 2, timeWindow: '1 minute' } }
  const url = await serveApp(t, { rateLimit: { policies, default: ['burst', 'general'] } }, get)
  const fields = '"burst";q=1;w=10, "general";q=2;w=60'
  t.strictSame(await fetchResponse(url), passed(fields, '"burst";r=0;t=10, "general";r=1;t=60'))
  clock.go(10_000)
  t.strictSame(await fetchResponse(url), passed(fields, '"burst";r=0;t=10, "general";r=0;t=50'))
  t.strictSame(await fetchResponse(url), refused(fields, '"burst";r=0;t=10, "general";r=0;t=50', { policy: 'general', policies: ['burst', 'general'], limit: 2, window: 60, retry_after: 50 }))
  clock.go(45_000)
  t.strictSame(await fetchResponse(url), refused(fields, '"burst";r=0;t=10, "general";r=0;t=5', { policy: 'general', limit: 2, window: 60, retry_after: 5 }))
  t.strictSame(await fetchResponse(url), refused(fields, '"burst";r=0;t=10, "general";r=0;t=5', { policy: 'burst', policies: ['burst', 'general'], limit: 1, window: 10, retry_after: 10 }))
})

t.test('onExceeding, onExceeded and onBanReach receive the request and the key', async t => {
  const seen: string[] = []
  const general: RateLimitPolicy = {
    max: 1,
    timeWindow: 1000,
    ban: 1,
    key: request => String(request.headers['x-plan']),
    onExceeding: (request, key) => { seen.push(`exceeding ${request.url} ${key}`) },
    onExceeded: (request, key) => { seen.push(`exceeded ${request.url} ${key}`) },
    onBanReach: (request, key) => { seen.push(`ban ${request.url} ${key}`) }
  }
  const url = await serveApp(t, { rateLimit: { policies: { general }, default: 'general' }, log: false }, get)
  for (let sent = 0; sent < 3; sent++) await fetchResponse(url, { headers: { 'x-plan': 'pro' } })
  t.strictSame(seen, ['exceeding / pro', 'exceeded / pro', 'exceeded / pro', 'ban / pro'])
})

t.test('a callback that throws or rejects is logged, and does not change the response', async t => {
  stopClock(t)
  const logged: unknown[] = []
  const logger = { level: 'error', stream: { write: (line: string) => { logged.push((JSON.parse(line) as { msg: string }).msg) } } }
  const url = await serveApp(t, {
    rateLimit: {
      policies: { general: { max: 1, timeWindow: 1000, onExceeding: () => { throw new Error('no') }, onExceeded: async () => { throw new Error('no') } } },
      default: 'general'
    }
  }, get, { logger })
  const responses = [await fetchResponse(url), await fetchResponse(url)]
  t.strictSame(responses.map(({ status, headers }) => `${status} ${headers.ratelimit}`), ['200 "general";r=0;t=1', '429 "general";r=0;t=1'])
  t.strictSame(logged, ["The function 'onExceeding' of the policy 'general' failed.", "The function 'onExceeded' of the policy 'general' failed."])
})

t.test('a wait of less than a second is also sent in milliseconds, unless the client is banned or retryHeaders is off', async t => {
  const clock = stopClock(t)
  const policies = { burst: { max: 1, timeWindow: 500 }, general: { max: 1, timeWindow: 1000 }, strict: { max: 1, timeWindow: 500, ban: 0 } }
  const routes = (app: FastifyInstance): void => { for (const name of Object.keys(policies)) app.get(`/${name}`, { config: { rateLimitPolicy: name } }, async () => ({ ok: true })) }
  const waits = async (url: string): Promise<string[]> => {
    for (const name of Object.keys(policies)) await fetchResponse(`${url}/${name}`)
    clock.go(120)
    return await Promise.all(Object.keys(policies).map(async name => {
      const { headers } = await fetchResponse(`${url}/${name}`)
      return `${name}: ${headers['retry-after']} s, ${headers['retry-after-ms']} ms`
    }))
  }
  t.strictSame(await waits(await serveApp(t, { rateLimit: { policies } }, routes)), ['burst: 1 s, 380 ms', 'general: 1 s, 880 ms', 'strict: 1 s, undefined ms'])
  t.strictSame(await waits(await serveApp(t, { rateLimit: { policies }, retryHeaders: false }, routes)), ['burst: 1 s, undefined ms', 'general: 1 s, undefined ms', 'strict: 1 s, undefined ms'])
})
