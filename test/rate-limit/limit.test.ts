/** The options of a policy. */
import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { standardErrors, type SharedLimitOptions, type RateLimitOptions, type RateLimitPolicy } from 'fastify-api-errors'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'

/** An API with one route and one policy. */
function limited (t: Test, policy: RateLimitPolicy, options: Omit<RateLimitOptions, 'policies'> = {}): Promise<string> {
  return serveApp(t, { rateLimit: { policies: { general: policy }, default: 'general', ...options }, log: false }, app => app.get('/', async () => ({ ok: true })))
}

/** Sends requests with these headers one after the other, and returns the status and the remaining requests of each response. */
async function states (url: string, ...calls: Array<Record<string, string>>): Promise<string[]> {
  const found: string[] = []
  for (const headers of calls) {
    const response = await fetchResponse(url, { headers })
    found.push(`${response.status} ${response.headers.ratelimit ?? '-'}`)
  }
  return found
}

const plan = (request: FastifyRequest): string => String(request.headers['x-plan'])
const [free, pro] = [{ 'x-plan': 'free' }, { 'x-plan': 'pro' }]

t.test('max and timeWindow depend on the plan', async t => {
  stopClock(t)
  const url = await limited(t, {
    key: plan,
    max: (_request, key) => key === 'pro' ? 100 : 1,
    timeWindow: async (_request, key) => key === 'pro' ? '1 hour' : 1000
  })
  t.strictSame(await states(url, free, free, pro), ['200 "general";r=0;t=1', '429 "general";r=0;t=1', '200 "general";r=99;t=3600'])
  t.equal((await fetchResponse(url, { headers: pro })).headers['ratelimit-policy'], '"general";q=100;w=3600')
})

t.test('a max of 0 rejects every request', async t => {
  stopClock(t)
  t.strictSame(await states(await limited(t, { max: 0, timeWindow: 1000 }), {}), ['429 "general";r=0;t=1'])
})

t.test('an invalid return value of a function: the log has the name of the function, and the response is a 500', async t => {
  const wrong: ReadonlyArray<readonly [Partial<RateLimitPolicy>, string]> = [
    [{ max: () => NaN }, 'max of the rate limit "general": expected the function to return a non-negative integer, got NaN.'],
    [{ max: async () => undefined as never }, 'max of the rate limit "general": expected the function to return a non-negative integer, got undefined.'],
    [{ timeWindow: () => 'soon' }, 'timeWindow of the rate limit "general": expected the function to return a positive integer (milliseconds), or a string such as \'1 minute\', got "soon".'],
    [{ cost: () => -1 }, 'cost of the rate limit "general": expected the function to return an integer from 0 to 1000, got -1.']
  ]
  for (const [policy, message] of wrong) {
    const causes: string[] = []
    const url = await serveApp(t, {
      rateLimit: { policies: { general: { max: 1, timeWindow: 1000, ...policy } }, default: 'general' },
      log: ({ error }) => { causes.push(String(error.cause)) }
    }, app => app.get('/', async () => ({ ok: true })))
    t.match(await fetchResponse(url), { status: 500, body: { code: 'internal_error', message: 'Something went wrong on our side.' } })
    t.strictSame(causes, [`TypeError: fastify-api-errors: ${message}`])
  }
})

t.test('a function that throws any value rejects the request', async t => {
  for (const thrown of [new Error('no plan'), undefined, null]) {
    for (const hook of ['onRequest', 'preHandler'] as const) {
      const url = await limited(t, { max: () => { throw thrown }, timeWindow: 1000, hook })
      t.match(await fetchResponse(url), { status: 500, body: { code: 'internal_error' } })
    }
  }
})

t.test('a function that returns an error rejects the request', async t => {
  const fails = async (): Promise<never> => new Error('secret') as never
  for (const policy of [{ key: fails }, { skip: fails }, { allowList: fails }]) {
    const { status, body } = await fetchResponse(await limited(t, { max: 0, timeWindow: 1000, ...policy }))
    t.strictSame({ status, body }, {
      status: 500, body: { code: 'internal_error', message: standardErrors.internal_error.message, request_id: 'REQUEST_ID' }
    }, Object.keys(policy).join())
  }
})

t.test('cost: a request can count several times, or not at all', async t => {
  stopClock(t)
  const cost = (request: FastifyRequest): number => Number(request.headers['x-cost'])
  const url = await limited(t, { max: 10, timeWindow: 1000, cost })
  const costs = (...numbers: number[]) => numbers.map(number => ({ 'x-cost': String(number) }))
  t.strictSame(await states(url, ...costs(4, 0, 6, 1)), [
    '200 "general";r=6;t=1', '200 -', '200 "general";r=0;t=1', '429 "general";r=0;t=1'
  ])
  const fixed = await limited(t, { max: 10, timeWindow: 1000, cost: 4 })
  t.strictSame(await states(fixed, {}, {}, {}), ['200 "general";r=6;t=1', '200 "general";r=2;t=1', '429 "general";r=0;t=1'])
})

t.test('skip: a skipped request is not counted, not limited, and gets no rate limit fields', async t => {
  stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: 1000, skip: async request => request.headers['x-plan'] === 'pro' })
  t.strictSame(await states(url, pro, free, pro, free), ['200 -', '200 "general";r=0;t=1', '200 -', '429 "general";r=0;t=1'])
})

t.test('allowList: keys in the list are never limited', async t => {
  stopClock(t)
  const policy = { max: 1, timeWindow: 1000, key: plan }
  const kept = ['200 -', '200 "general";r=0;t=1', '200 -', '429 "general";r=0;t=1']
  const lists: Array<NonNullable<SharedLimitOptions['allowList']>> = [['pro'], (_request, key) => key === 'pro', async request => plan(request) === 'pro']
  for (const allowList of lists) {
    t.strictSame(await states(await limited(t, { ...policy, allowList }), pro, free, pro, free), kept)
    t.strictSame(await states(await limited(t, policy, { allowList }), pro, free, pro, free), kept, 'for all policies')
  }
  t.strictSame(await states(await limited(t, { max: 0, timeWindow: 1000, allowList: ['127.0.0.1'] }), {}), ['200 -'], 'by IP address')
})

t.test('ban: a client that continues above the limit gets 403 for the rest of the window', async t => {
  const clock = stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: '1 minute', ban: 2 })
  t.strictSame(await states(url, {}, {}, {}), ['200 "general";r=0;t=60', '429 "general";r=0;t=60', '429 "general";r=0;t=60'])
  clock.go(15_000)
  t.strictSame(await fetchResponse(url), {
    status: 403,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': 'REQUEST_ID',
      'x-should-retry': 'false',
      'ratelimit-policy': '"general";q=1;w=60',
      ratelimit: '"general";r=0;t=45',
      'retry-after': '45'
    },
    body: { code: 'forbidden', message: 'You are temporarily banned because you kept exceeding the rate limit.', request_id: 'REQUEST_ID' }
  })
  clock.go(45_000)
  t.strictSame(await states(url, {}), ['200 "general";r=0;t=60'])
})

t.test('banStatus 429: a banned client gets the same response as above the limit', async t => {
  stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: '1 minute', ban: 0 }, { banStatus: 429 })
  t.strictSame(await states(url, {}), ['200 "general";r=0;t=60'])
  t.match(await fetchResponse(url), { status: 429, body: { code: 'rate_limit_exceeded', meta: { policy: 'general', limit: 1, window: 60, retry_after: 60 } } })
})

t.test('continueExceeding: each request above the limit restarts the window', async t => {
  const clock = stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: '1 minute', continueExceeding: true })
  t.strictSame(await states(url, {}), ['200 "general";r=0;t=60'])
  clock.go(50_000)
  t.strictSame(await states(url, {}), ['429 "general";r=0;t=60'])
  clock.go(50_000)
  t.strictSame(await states(url, {}), ['429 "general";r=0;t=60'])
  clock.go(60_000)
  t.strictSame(await states(url, {}), ['200 "general";r=0;t=60'])
})

t.test('exponentialBackoff: each request above the limit doubles the window', async t => {
  stopClock(t)
  const url = await limited(t, { max: 1, timeWindow: '1 minute' }, { exponentialBackoff: true })
  t.strictSame(await states(url, {}, {}, {}, {}), [
    '200 "general";r=0;t=60', '429 "general";r=0;t=60', '429 "general";r=0;t=120', '429 "general";r=0;t=240'
  ])
})

t.test('cache: the least recently seen clients are evicted', async t => {
  const url = await limited(t, { max: 1, timeWindow: '1 minute', key: plan, cache: 2 })
  const plans = (...names: string[]) => names.map(name => ({ 'x-plan': name }))
  t.strictSame((await states(url, ...plans('a', 'b', 'b', 'c', 'b', 'a'))).map(state => state.slice(0, 3)), ['200', '200', '429', '200', '429', '200'])
})

t.test('ipv6Subnet sets the prefix length of the addresses that count as one client', async t => {
  const server = { trustProxy: true }
  const from = (address: string) => ({ 'x-forwarded-for': address })
  for (const [ipv6Subnet, expected] of [[64, ['200', '429', '200']], [48, ['200', '429', '429']], [128, ['200', '200', '200']]] as const) {
    const url = await serveApp(t, { rateLimit: { policies: { general: { max: 1, timeWindow: 1000, ipv6Subnet } }, default: 'general' } },
      app => app.get('/', async () => ({ ok: true })), server)
    const found = await states(url, from('2001:db8:1:2::1'), from('2001:db8:1:2::2'), from('2001:db8:1:3::1'))
    t.strictSame(found.map(state => state.slice(0, 3)), expected)
  }
})

t.test('groupId: policies of one group share a count, each with its own limit', async t => {
  stopClock(t)
  const url = await serveApp(t, {
    rateLimit: { policies: { read: { max: 3, timeWindow: 1000, groupId: 'calls' }, write: { max: 2, timeWindow: 1000, groupId: 'calls' } }, default: 'read' }
  }, app => {
    app.get('/', async () => ({ ok: true }))
    app.post('/', { config: { rateLimitPolicy: 'write' } }, async () => ({ ok: true }))
  })
  const statuses = []
  for (const method of ['GET', 'POST', 'POST', 'GET']) statuses.push((await fetchResponse(url, { method })).status)
  t.strictSame(statuses, [200, 200, 429, 429])
})
