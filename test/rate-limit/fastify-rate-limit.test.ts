/** An application that registers @fastify/rate-limit itself, before or after the plugin. */
import rateLimit from '@fastify/rate-limit'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import apiErrors, { type ApiErrorsOptions } from 'fastify-api-errors'
import { fetchResponse, shouldRetry } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'

type Register = (app: FastifyInstance) => unknown

async function start (t: Test, plugins: readonly Register[], routes: Register): Promise<string> {
  const app = Fastify({ forceCloseConnections: true })
  t.teardown(() => app.close())
  for (const register of plugins) await register(app)
  await routes(app)
  return app.listen({ port: 0, host: '127.0.0.1' })
}

const theirs = (options: Parameters<typeof rateLimit>[1]): Register => app => app.register(rateLimit, options)
const ours = (options: ApiErrorsOptions = {}): Register => app => app.register(apiErrors, options)

const response = (status: number, headers: Record<string, string>, body: Record<string, unknown>) => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': 'REQUEST_ID', 'x-should-retry': shouldRetry(status), ...headers },
  body: { ...body, request_id: 'REQUEST_ID' }
})

const exceeded = { code: 'rate_limit_exceeded', message: 'Too many requests. Wait before you send another one.' }

for (const [order, plugins] of Object.entries({
  before: [theirs({ max: 1, timeWindow: '1 minute' }), ours()],
  after: [ours(), theirs({ max: 1, timeWindow: '1 minute' })]
})) {
  t.test(`registered ${order} the plugin, its 429 has the shape of the catalog`, async t => {
    stopClock(t)
    const url = await start(t, plugins, app => {
      app.get('/', async () => ({ ok: true }))
      app.get('/own', { config: { rateLimit: { max: 1, timeWindow: '5 seconds' } } }, async () => ({ ok: true }))
      app.get('/milliseconds', { config: { rateLimit: { max: 1, timeWindow: 1500 } } }, async () => ({ ok: true }))
      app.get('/function', { config: { rateLimit: { max: 1, timeWindow: () => 2000 } } }, async () => ({ ok: true }))
    })
    const fields = (reset: number) => ({
      'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(reset), 'retry-after': String(reset)
    })
    for (const path of ['/', '/own', '/milliseconds', '/function']) t.equal((await fetchResponse(url + path)).status, 200)
    t.strictSame(await fetchResponse(url), response(429, fields(60), { ...exceeded, meta: { limit: 1, retry_after: 60 } }))
    t.strictSame(await fetchResponse(`${url}/own`), response(429, fields(5), { ...exceeded, meta: { limit: 1, window: 5, retry_after: 5 } }))
    t.strictSame(await fetchResponse(`${url}/milliseconds`), response(429, fields(2), { ...exceeded, meta: { limit: 1, window: 2, retry_after: 2 } }))
    t.strictSame(await fetchResponse(`${url}/function`), response(429, fields(2), { ...exceeded, meta: { limit: 1, retry_after: 2 } }))
  })
}

t.test('its old draft headers are also read', async t => {
  stopClock(t)
  const url = await start(t, [theirs({ max: 1, timeWindow: 2000, enableDraftSpec: true }), ours()], app => app.get('/', async () => ({ ok: true })))
  await fetchResponse(url)
  t.strictSame(await fetchResponse(url), response(
    429, { 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': '2', 'retry-after': '2' },
    { ...exceeded, meta: { limit: 1, retry_after: 2 } }
  ))
})

t.test('a message that the application sets is kept', async t => {
  stopClock(t)
  const errorResponseBuilder = () => Object.assign(new Error('Come back later.'), { statusCode: 429 })
  const url = await start(t, [theirs({ max: 1, timeWindow: 2000, errorResponseBuilder }), ours()], app => app.get('/', async () => ({ ok: true })))
  await fetchResponse(url)
  t.match(await fetchResponse(url), { status: 429, body: { code: 'rate_limit_exceeded', message: 'Come back later.', meta: { limit: 1, retry_after: 2 } } })
})

t.test('its ban is a forbidden error', async t => {
  stopClock(t)
  const url = await start(t, [theirs({ max: 0, timeWindow: 2000, ban: 0 }), ours()], app => app.get('/', async () => ({ ok: true })))
  t.strictSame(await fetchResponse(url), response(
    403, { 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2', 'retry-after': '2' },
    { code: 'forbidden', message: 'Rate limit exceeded, retry in 2 seconds' }
  ))
})

t.test('a 429 of the application is not mistaken for a 429 of a limiter', async t => {
  stopClock(t)
  const url = await start(t, [theirs({ max: 10, timeWindow: 2000 }), ours()], app => app.get('/', async () => {
    throw Object.assign(new Error('The mailbox is full.'), { statusCode: 429 })
  }))
  t.strictSame(await fetchResponse(url), response(
    429, { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '2', 'retry-after': '1' },
    { code: 'rate_limit_exceeded', message: 'The mailbox is full.' }
  ))
})

t.test('next to policies, only @fastify/rate-limit reads config.rateLimit, so that its own settings apply', async t => {
  stopClock(t)
  const keyGenerator = () => 'all'
  const policies = { general: { max: 1, timeWindow: '1 minute' } }
  for (const plugins of [
    [theirs({ global: false, keyGenerator }), ours({ rateLimit: { policies, default: 'general' } })],
    [ours({ rateLimit: { policies, default: 'general' } }), theirs({ global: false, keyGenerator })]
  ]) {
    const url = await start(t, plugins, app => {
      app.get('/own', { config: { rateLimit: { max: 1, timeWindow: '5 seconds' } } }, async () => ({ ok: true }))
      app.get('/', async () => ({ ok: true }))
    })
    for (const path of ['/own', '/']) t.equal((await fetchResponse(url + path)).status, 200)
    t.strictSame(await fetchResponse(`${url}/own`), response(
      429, { 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '5', 'retry-after': '5' },
      { ...exceeded, meta: { limit: 1, window: 5, retry_after: 5 } }
    ))
    t.strictSame(await fetchResponse(url), response(
      429, { 'ratelimit-policy': '"general";q=1;w=60', ratelimit: '"general";r=0;t=60', 'retry-after': '60' },
      { ...exceeded, meta: { policy: 'general', limit: 1, window: 60, retry_after: 60 } }
    ))
  }
})
