/** Which policies apply to a route. */
import t from 'tap'
import { getRoutePolicies, createRoutePolicy, createRoutePolicyName } from '../../lib/rate-limit/policies.js'
import type { RateLimitOptions } from 'fastify-api-errors'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'
import { passed, refused } from './responses.js'

const policies = {
  burst: { max: 1, timeWindow: '10 seconds' },
  general: { max: 2, timeWindow: '1 minute' }
} satisfies RateLimitOptions['policies']

const unlimited = { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: { ok: true } }

t.test('a route without a policy is limited by the default', async t => {
  const clock = stopClock(t)
  const url = await serveApp(t, { rateLimit: { policies, default: 'general' } }, app => app.get('/', async () => ({ ok: true })))
  t.strictSame(await fetchResponse(url), passed('"general";q=2;w=60', '"general";r=1;t=60'))
  clock.go(20_000)
  t.strictSame(await fetchResponse(url), passed('"general";q=2;w=60', '"general";r=0;t=40'))
  clock.go(500)
  t.strictSame(await fetchResponse(url), refused('"general";q=2;w=60', '"general";r=0;t=40', { policy: 'general', limit: 2, window: 60, retry_after: 40 }))
  clock.go(39_500)
  t.strictSame(await fetchResponse(url), passed('"general";q=2;w=60', '"general";r=1;t=60'))
})

t.test('without a default, a route without a policy is not limited', async t => {
  const url = await serveApp(t, { rateLimit: { policies } }, app => app.get('/', async () => ({ ok: true })))
  for (let sent = 0; sent < 5; sent++) t.strictSame(await fetchResponse(url), unlimited)
})

t.test('a route counts only its own policies: one, several or none', async t => {
  stopClock(t)
  const url = await serveApp(t, { rateLimit: { policies, default: 'general' } }, app => {
    app.get('/one', { config: { rateLimitPolicy: 'burst' } }, async () => ({ ok: true }))
    app.get('/two', { config: { rateLimitPolicy: ['burst', 'general', 'burst'] } }, async () => ({ ok: true }))
    app.get('/none', { config: { rateLimitPolicy: false } }, async () => ({ ok: true }))
    app.get('/empty', { config: { rateLimitPolicy: [] } }, async () => ({ ok: true }))
    app.get('/off', { config: { rateLimit: false } }, async () => ({ ok: true }))
  })
  t.strictSame(await fetchResponse(`${url}/one`), passed('"burst";q=1;w=10', '"burst";r=0;t=10'))
  t.strictSame(await fetchResponse(`${url}/two`), refused(
    '"burst";q=1;w=10, "general";q=2;w=60', '"burst";r=0;t=10, "general";r=1;t=60',
    { policy: 'burst', limit: 1, window: 10, retry_after: 10 }
  ), 'a policy has one count for all routes')
  for (const path of ['/none', '/empty', '/off']) t.strictSame(await fetchResponse(url + path), unlimited, path)
})

t.test('the problem format also describes the policy with the members of the IETF draft', async t => {
  stopClock(t)
  const url = await serveApp(t, { format: 'problem', rateLimit: { policies, default: 'burst' } }, app => app.get('/', async () => ({ ok: true })))
  await fetchResponse(url)
  const { headers, body, ...response } = refused('"burst";q=1;w=10', '"burst";r=0;t=10', { policy: 'burst', limit: 1, window: 10, retry_after: 10 })
  t.strictSame(await fetchResponse(url), {
    ...response,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: {
      type: 'about:blank',
      title: 'Too Many Requests',
      status: 429,
      detail: body.message,
      instance: '/#REQUEST_ID',
      code: 'rate_limit_exceeded',
      violated_policies: ['burst'],
      request_id: 'REQUEST_ID',
      meta: body.meta
    }
  })
})

t.test('config.rateLimit has the meaning that @fastify/rate-limit gives it', async t => {
  stopClock(t)
  const url = await serveApp(t, { rateLimit: { policies, default: 'burst' } }, app => {
    app.get('/own', { config: { rateLimit: { max: 1, timeWindow: '5 seconds' } } }, async () => ({ ok: true }))
    app.get('/both', { config: { rateLimit: { max: 1, timeWindow: 5000, keyGenerator: () => 'all' }, rateLimitPolicy: 'general' } }, async () => ({ ok: true }))
    app.get('/defaults', { config: { rateLimit: {} } }, async () => ({ ok: true }))
    app.get('/café', { config: { rateLimit: { max: 1 } } }, async () => ({ ok: true }))
  })
  t.strictSame(await fetchResponse(`${url}/own`), passed('"GET /own";q=1;w=5', '"GET /own";r=0;t=5'))
  t.strictSame(await fetchResponse(`${url}/own`), refused('"GET /own";q=1;w=5', '"GET /own";r=0;t=5', { policy: 'GET /own', limit: 1, window: 5, retry_after: 5 }))
  t.equal((await fetch(`${url}/own`, { method: 'HEAD' })).status, 429, 'HEAD counts with GET')
  t.strictSame(await fetchResponse(`${url}/both`), passed('"general";q=2;w=60, "GET /both";q=1;w=5', '"general";r=1;t=60, "GET /both";r=0;t=5'))
  t.strictSame(await fetchResponse(`${url}/both`), refused(
    '"general";q=2;w=60, "GET /both";q=1;w=5', '"general";r=0;t=60, "GET /both";r=0;t=5',
    { policy: 'GET /both', limit: 1, window: 5, retry_after: 5 }
  ))
  t.strictSame(await fetchResponse(`${url}/defaults`), passed('"GET /defaults";q=1000;w=60', '"GET /defaults";r=999;t=60'))
  t.strictSame(await fetchResponse(`${url}/café`), passed('"GET /caf%C3%A9";q=1;w=60', '"GET /caf%C3%A9";r=0;t=60'))
})

t.test('config.rateLimit with an errorResponseBuilder throws its return value', async t => {
  stopClock(t)
  const seen: unknown[] = []
  const url = await serveApp(t, { rateLimit: { policies } }, app => {
    const errorResponseBuilder = (_request: unknown, context: { statusCode: number }) => {
      seen.push(context)
      return Object.assign(new Error('Come back later.'), { statusCode: context.statusCode })
    }
    app.get('/', { config: { rateLimit: { max: 1, timeWindow: 90_000, ban: 1, errorResponseBuilder } } }, async () => ({ ok: true }))
  })
  await fetchResponse(url)
  const fields = { 'ratelimit-policy': '"GET /";q=1;w=90', ratelimit: '"GET /";r=0;t=90' }
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': 'REQUEST_ID', 'x-should-retry': 'true', ...fields }
  t.strictSame(await fetchResponse(url), {
    status: 429,
    headers: { ...headers, 'retry-after': '90' },
    body: { code: 'rate_limit_exceeded', message: 'Come back later.', request_id: 'REQUEST_ID', meta: { window: 90, retry_after: 90 } }
  })
  t.strictSame(await fetchResponse(url), {
    status: 403, headers: { ...headers, 'x-should-retry': 'false', 'retry-after': '90' }, body: { code: 'forbidden', message: 'Come back later.', request_id: 'REQUEST_ID' }
  })
  t.strictSame(seen, [
    { statusCode: 429, ban: false, max: 1, ttl: 90_000, after: '2 minutes' },
    { statusCode: 403, ban: true, max: 1, ttl: 90_000, after: '2 minutes' }
  ])
})

t.test('routes with one groupId share a count', async t => {
  const url = await serveApp(t, { rateLimit: { policies } }, app => {
    for (const path of ['/a', '/b']) app.get(path, { config: { rateLimit: { max: 1, groupId: 'letters' } } }, async () => ({ ok: true }))
    app.get('/c', { config: { rateLimit: { max: 1 } } }, async () => ({ ok: true }))
  })
  const statuses = []
  for (const path of ['/a', '/b', '/c']) statuses.push((await fetchResponse(url + path)).status)
  t.strictSame(statuses, [200, 429, 200])
})

t.test('the policies of a route are resolved', async t => {
  t.strictSame(getRoutePolicies({}, {}), [])
  t.strictSame(getRoutePolicies({}, { default: 'a' }), ['a'])
  t.strictSame(getRoutePolicies({ config: { rateLimitPolicy: ['b', 'c', 'b'] } }, { default: 'a' }), ['b', 'c'])
  t.strictSame(getRoutePolicies({ config: { rateLimitPolicy: false } }, { default: 'a' }), [])
  t.strictSame(getRoutePolicies({ config: { rateLimit: { max: 1 } } }, { default: 'a' }), [])
  t.strictSame(getRoutePolicies({ config: { rateLimit: { max: 1 }, rateLimitPolicy: 'b' } }, { default: 'a' }), ['b'])
})

t.test('config.rateLimit becomes a policy', async t => {
  const keyGenerator = () => 'all'
  const route = { method: 'GET', url: '/queues' } as const
  t.strictSame(createRoutePolicy({}, route), { max: 1000, timeWindow: 60_000, groupId: 'GET /queues' })
  t.strictSame(createRoutePolicy({ max: 1, timeWindow: '1 second', ban: 2, keyGenerator, groupId: 'queues' }, route), {
    max: 1, timeWindow: '1 second', ban: 2, groupId: 'queues', key: keyGenerator
  })
  t.equal(createRoutePolicyName({ method: ['GET', 'PUT'], url: '/\uD800/:id' }), 'GET,PUT /%EF%BF%BD/:id')
})

t.test('HEAD has the limit of GET, and routes that differ by constraint have separate counts', async t => {
  for (const method of ['HEAD', 'head', ['GET', 'HEAD'], ['HEAD', 'GET'], 'GET'] as const) t.equal(createRoutePolicyName({ method: method as 'HEAD', url: '/' }), 'GET /')
  t.equal(createRoutePolicyName({ method: ['HEAD', 'POST'], url: '/' }), 'GET,POST /')
  t.equal(createRoutePolicy({}, { method: ['POST', 'GET'], url: '/' }).groupId, 'GET /')
  t.equal(createRoutePolicy({}, { method: ['POST', 'PUT'], url: '/' }).groupId, 'POST,PUT /')
  t.equal(createRoutePolicy({}, { method: 'HEAD', url: '/', constraints: { version: '1.0.0', host: /a/ } }).groupId, 'GET / host=/a/ version=1.0.0')
})

t.test('GET and HEAD of a route share the count of config.rateLimit', async t => {
  const url = await serveApp(t, { rateLimit: { policies } }, app => {
    app.get('/', { config: { rateLimit: { max: 2 } } }, async () => ({ ok: true }))
    for (const [url, method] of [['/both', ['GET', 'HEAD']], ['/several', ['GET', 'POST']], ['/last', ['PUT', 'GET']]] as const) {
      app.route({ method: [...method], url, config: { rateLimit: { max: 2 } }, handler: async () => ({ ok: true }) })
    }
  })
  for (const path of ['/', '/both', '/several', '/last']) {
    const statuses = []
    for (const method of ['HEAD', 'GET', 'HEAD', 'GET']) statuses.push((await fetch(url + path, { method })).status)
    t.strictSame(statuses, [200, 200, 429, 429], path)
  }
})

t.test('routes that differ only by version have separate counts of config.rateLimit', async t => {
  const url = await serveApp(t, { rateLimit: { policies } }, app => {
    app.get('/', { constraints: { version: '1.0.0' }, config: { rateLimit: { max: 1 } } }, async () => ({ ok: true }))
    app.get('/', { constraints: { version: '2.0.0' }, config: { rateLimit: { max: 3 } } }, async () => ({ ok: true }))
  })
  const statuses = []
  for (const version of ['2.x', '2.x', '1.x', '1.x', '2.x', '2.x']) statuses.push((await fetchResponse(url, { headers: { 'accept-version': version } })).status)
  t.strictSame(statuses, [200, 200, 200, 429, 200, 429])
})
