/** Limits of several registrations on one server: the application, and scopes that register the plugin again. */
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import apiErrors, { serverOptions, type ApiErrorsOptions, type RateLimitOptions } from 'fastify-api-errors'
import { inheritRateLimit } from '../../lib/rate-limit/inherit-limits.js'
import { stopClock } from '../helpers/clock.js'
import { lacksRedis, startRedis } from '../helpers/redis.js'
import { thrown } from '../helpers/thrown.js'

const minute = '1 minute'
const outer: RateLimitOptions = { policies: { general: { max: 100, timeWindow: minute }, burst: { max: 50, timeWindow: minute } }, default: 'general' }
const inner: RateLimitOptions = { policies: { strict: { max: 2, timeWindow: minute } }, default: 'strict' }
const ok = async () => 'ok'

type Limits = NonNullable<ApiErrorsOptions['rateLimit']>

interface Setup {
  readonly outer?: Limits | undefined
  readonly inner?: Limits | undefined
  readonly options?: ApiErrorsOptions
  readonly prefix?: string
  readonly routes?: (scope: FastifyInstance) => void
  /** Whether the inner registration is loaded before the outer one. */
  readonly isInnerFirst?: boolean
  readonly isAwaited?: boolean
}

const register = (rateLimit: Limits | undefined, options: ApiErrorsOptions = {}): ApiErrorsOptions => ({ log: false, ...options, ...rateLimit && { rateLimit } })

/** An application with limits, and a scope that registers the plugin again. */
async function start (t: Test, setup: Setup = {}): Promise<(url: string, method?: 'GET' | 'POST' | 'DELETE' | 'HEAD') => Promise<string>> {
  const { prefix = '/v2', isInnerFirst = false, isAwaited = true, routes = scope => { scope.get('/', ok) }, options = { format: 'problem' } } = setup
  const outerLimits = 'outer' in setup ? setup.outer : outer
  const innerLimits = 'inner' in setup ? setup.inner : inner
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  const addScope = (): unknown => app.register(async scope => {
    const registered = scope.register(apiErrors, register(innerLimits, options))
    if (isAwaited) await registered
    routes(scope)
  }, { prefix })
  if (isInnerFirst) await addScope()
  const registered = app.register(apiErrors, register(outerLimits))
  if (isAwaited) await registered
  if (!isInnerFirst) await addScope()
  app.get('/', ok)
  await app.ready()
  return async (url, method = 'GET') => {
    const { statusCode, headers } = await app.inject({ url, method })
    return `${statusCode} ${String(headers.ratelimit ?? headers['x-ratelimit-remaining'] ?? '-')}`
  }
}

for (const isInnerFirst of [false, true]) {
  for (const isAwaited of [true, false]) {
    const order = `${isInnerFirst ? 'the inner' : 'the outer'} registration first, ${isAwaited ? 'with' : 'without'} await`
    t.test(`each request counts once, under the default of its own registration: ${order}`, async t => {
      stopClock(t)
      const send = await start(t, { isInnerFirst, isAwaited })
      t.strictSame([await send('/v2'), await send('/v2'), await send('/v2')], ['200 "strict";r=1;t=60', '200 "strict";r=0;t=60', '429 "strict";r=0;t=60'])
      t.strictSame([await send('/'), await send('/')], ['200 "general";r=99;t=60', '200 "general";r=98;t=60'])
      t.equal(await send('/v2/none'), '429 "strict";r=0;t=60', 'a 404 below the prefix counts under the inner default')
      t.equal(await send('/none'), '404 "general";r=97;t=60')
      t.equal(await send('/v2', 'DELETE'), '429 "strict";r=0;t=60')
      t.equal(await send('/%'), '400 "general";r=96;t=60', 'a malformed URL also counts')
      t.equal(await send('/v2/%'), '429 "strict";r=0;t=60')
    })
  }
}

t.test('a route of the scope can list policies of both registrations, and each policy has one shared count', async t => {
  stopClock(t)
  const send = await start(t, {
    routes: scope => {
      scope.get('/strict', { config: { rateLimitPolicy: 'strict' } }, ok)
      scope.get('/general', { config: { rateLimitPolicy: 'general' } }, ok)
      scope.get('/both', { config: { rateLimitPolicy: ['strict', 'general'] } }, ok)
      scope.get('/none', { config: { rateLimitPolicy: false } }, ok)
      scope.get('/own', { config: { rateLimit: { max: 5 } } }, ok)
    }
  })
  t.equal(await send('/'), '200 "general";r=99;t=60')
  t.equal(await send('/v2/general'), '200 "general";r=98;t=60')
  t.equal(await send('/v2/strict'), '200 "strict";r=1;t=60')
  t.equal(await send('/v2/both'), '200 "strict";r=0;t=60, "general";r=97;t=60')
  t.equal(await send('/v2/none'), '200 -')
  t.equal(await send('/v2/own'), '200 "GET /v2/own";r=4;t=60')
  t.equal(await send('/v2/both'), '429 "strict";r=0;t=60, "general";r=96;t=60')
})

t.test('the default of the scope can list policies of the application, so that both limits apply', async t => {
  stopClock(t)
  const send = await start(t, { inner: { ...inner, default: ['strict', 'general'] } })
  t.strictSame([await send('/v2'), await send('/'), await send('/v2')], [
    '200 "strict";r=1;t=60, "general";r=99;t=60', '200 "general";r=98;t=60', '200 "strict";r=0;t=60, "general";r=97;t=60'
  ])
})

t.test('settings that a scope omits come from the application: the default and the header fields', async t => {
  stopClock(t)
  const withoutDefault = await start(t, { inner: { policies: inner.policies } })
  t.strictSame([await withoutDefault('/v2'), await withoutDefault('/')], ['200 "general";r=99;t=60', '200 "general";r=98;t=60'])
  const withoutLimits = await start(t, { inner: undefined })
  t.strictSame([await withoutLimits('/v2'), await withoutLimits('/'), await withoutLimits('/v2/none')], ['200 "general";r=99;t=60', '200 "general";r=98;t=60', '404 "general";r=97;t=60'])
  const off = await start(t, { inner: { ...inner, default: false } })
  t.strictSame([await off('/v2'), await off('/v2/none'), await off('/')], ['200 -', '404 -', '200 "general";r=99;t=60'])
  const headers = await start(t, { outer: { ...outer, headers: 'x-ratelimit' } })
  t.strictSame([await headers('/v2'), await headers('/')], ['200 1', '200 99'])
  const ownHeaders = await start(t, { inner: { ...inner, headers: 'x-ratelimit' } })
  t.strictSame([await ownHeaders('/v2'), await ownHeaders('/')], ['200 1', '200 "general";r=99;t=60'])
})

t.test('a scope without policies of its own uses those of the application', async t => {
  stopClock(t)
  const other = await start(t, { inner: { default: 'burst' } })
  t.strictSame([await other('/v2'), await other('/'), await other('/v2/none')], ['200 "burst";r=49;t=60', '200 "general";r=99;t=60', '404 "burst";r=48;t=60'])
  const headers = await start(t, { inner: { headers: 'x-ratelimit' }, routes: scope => { scope.get('/', { config: { rateLimit: { max: 7 } } }, ok) } })
  t.strictSame([await headers('/v2'), await headers('/v2/none'), await headers('/')], ['200 6', '404 99', '200 "general";r=98;t=60'])
  await t.rejects(start(t, { outer: undefined, inner: { default: 'burst' } }), {
    message: "fastify-api-errors: rateLimit.policies: expected an object with at least one policy, such as { general: { max: 100, timeWindow: '1 minute' } }, got undefined."
  })
  await t.rejects(start(t, { inner: { policies: {} } }), {
    message: "fastify-api-errors: rateLimit.policies: expected an object with at least one policy, such as { general: { max: 100, timeWindow: '1 minute' } }, got an empty object."
  })
})

for (const store of ['memory', 'Redis']) {
  t.test(`policies with one groupId share a count across registrations, in ${store}`, async t => {
    if (store === 'Redis' && lacksRedis(t)) return
    stopClock(t)
    const client = store === 'Redis' ? (await startRedis(t)).client() : undefined
    await client?.ping()
    const grouped = (name: string, max: number): RateLimitOptions => ({
      policies: { [name]: { max, timeWindow: minute, groupId: 'calls' }, own: { max: 9, timeWindow: minute, groupId: name } },
      default: name,
      ...client !== undefined && { redis: client, storeTimeout: 5000 }
    })
    for (const isNested of [true, false]) {
      const app = Fastify(serverOptions())
      t.teardown(() => app.close())
      if (isNested) await app.register(apiErrors, register(grouped('outer', 5)))
      for (const prefix of ['/a', '/b']) {
        await app.register(async scope => {
          await scope.register(apiErrors, register(grouped(prefix.slice(1), 4)))
          scope.get('/', ok)
          scope.get('/own', { config: { rateLimitPolicy: 'own' } }, ok)
        }, { prefix })
      }
      app.get('/', ok)
      const send = async (url: string): Promise<string> => String((await app.inject(url)).headers.ratelimit)
      t.equal(await send('/a'), '"a";r=3;t=60')
      t.equal(await send('/b'), '"b";r=2;t=60')
      if (isNested) t.equal(await send('/'), '"outer";r=2;t=60')
      for (const prefix of ['/a', '/b']) t.equal(await send(`${prefix}/own`), '"own";r=8;t=60', 'the name of a policy is a group of its registration')
      await client?.flushall()
    }
  })
}

t.test('a policy of the scope replaces the policy with the same name of the application, and has its own count', async t => {
  stopClock(t)
  const send = await start(t, { inner: { policies: { general: { max: 2, timeWindow: minute } } } })
  t.strictSame([await send('/v2'), await send('/'), await send('/v2'), await send('/v2'), await send('/')], [
    '200 "general";r=1;t=60', '200 "general";r=99;t=60', '200 "general";r=0;t=60', '429 "general";r=0;t=60', '200 "general";r=98;t=60'
  ])
})

t.test('limits in a scope only', async t => {
  stopClock(t)
  for (const isInnerFirst of [false, true]) {
    const send = await start(t, { outer: undefined, isInnerFirst })
    t.strictSame([await send('/v2'), await send('/'), await send('/v2/none'), await send('/none')], ['200 "strict";r=1;t=60', '200 -', '404 "strict";r=0;t=60', '404 -'])
  }
})

t.test('in a scope without a prefix, unknown paths count under the outer limits', async t => {
  stopClock(t)
  const send = await start(t, { prefix: '', options: { notFound: false }, routes: scope => { scope.get('/inner', ok) } })
  t.strictSame([await send('/inner'), await send('/'), await send('/none')], ['200 "strict";r=1;t=60', '200 "general";r=99;t=60', '404 "general";r=98;t=60'])
})

t.test('in another hook, the limits of a scope also count requests without a route', async t => {
  stopClock(t)
  const hooked = (limits: RateLimitOptions): RateLimitOptions => ({
    ...limits, policies: Object.fromEntries(Object.entries(limits.policies).map(([name, policy]) => [name, { ...policy, hook: 'preHandler' }]))
  })
  const send = await start(t, { outer: hooked(outer), inner: hooked(inner) })
  t.strictSame([await send('/v2'), await send('/v2/none'), await send('/v2'), await send('/')], [
    '200 "strict";r=1;t=60', '404 "strict";r=0;t=60', '429 "strict";r=0;t=60', '200 "general";r=99;t=60'
  ])
})

t.test('sibling scopes count separately, and nested scopes can use the policies of outer scopes', async t => {
  stopClock(t)
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, register(outer))
  for (const prefix of ['/a', '/b']) {
    app.register(async scope => {
      await scope.register(apiErrors, register(inner))
      scope.get('/', ok)
      scope.register(async below => {
        await below.register(apiErrors, register({ policies: { below: { max: 5, timeWindow: minute } }, default: ['below', 'strict', 'burst'] }))
        below.get('/', ok)
      }, { prefix: '/below' })
    }, { prefix })
  }
  const send = async (url: string): Promise<string> => String((await app.inject(url)).headers.ratelimit)
  t.equal(await send('/a'), '"strict";r=1;t=60')
  t.equal(await send('/b'), '"strict";r=1;t=60', 'siblings have separate counts')
  t.equal(await send('/a/below'), '"below";r=4;t=60, "strict";r=0;t=60, "burst";r=49;t=60')
  t.equal(await send('/b/below/none'), '"below";r=4;t=60, "strict";r=0;t=60, "burst";r=48;t=60')
})

t.test('in Redis, each registration has its own counts, with the same names in each process', async t => {
  if (lacksRedis(t)) return
  stopClock(t)
  const redis = await startRedis(t)
  const client = redis.client()
  await client.ping()
  const general = { policies: { general: { max: 5, timeWindow: minute } }, default: 'general' }
  for (const left of [4, 3]) {
    const app = Fastify(serverOptions())
    t.teardown(() => app.close())
    await app.register(apiErrors, register({ ...general, redis: client, storeTimeout: 5000 }))
    for (const [prefix, name] of [['/a', 'a'], ['', 'b'], ['', 'c']] as const) {
      await app.register(async scope => {
        await scope.register(apiErrors, register(general, { notFound: false }))
        scope.get(`/${name}`, ok)
      }, { prefix })
    }
    app.get('/', ok)
    for (const url of ['/', '/a/a', '/b', '/c']) t.equal((await app.inject(url)).headers.ratelimit, `"general";r=${left};t=60`, url)
  }
  t.strictSame((await client.keys('*')).sort(), ['', '/a ', '#2 ', '#3 '].map(prefix => `fastify-api-errors-{127.0.0.1}-${prefix}general`).sort())
})

t.test("errors of a limit have the format and the codes of the route's registration", async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, register({ ...outer, policies: { general: { max: 0, timeWindow: minute } } }))
  await app.register(async scope => {
    await scope.register(apiErrors, register(undefined, { format: 'problem' }))
    scope.get('/', ok)
  }, { prefix: '/v2' })
  app.get('/', ok)
  const [first, second] = [await app.inject('/'), await app.inject('/v2')]
  t.match([first.statusCode, first.headers['content-type']], [429, 'application/json; charset=utf-8'])
  t.match([second.statusCode, second.headers['content-type']], [429, 'application/problem+json'])
})

t.test('explain() lists the limits that apply to a route in the scope', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, register({ ...outer, ban: 3 }))
  await app.register(async scope => {
    await scope.register(apiErrors, register({ ...inner, ban: 5, banStatus: 429, default: ['strict', 'general'] }))
    scope.get('/', ok)
  }, { prefix: '/v2' })
  await app.register(async scope => {
    await scope.register(apiErrors, register(undefined))
    scope.get('/', ok)
  }, { prefix: '/v3' })
  await app.ready()
  const reasons = (url: string): string[] => app.apiErrors.explain('GET', url).filter(({ code }) => code !== 'internal_error').map(({ code, reason }) => `${code}: ${reason}`)
  t.strictSame(reasons('/v2/'), [
    "rate_limit_exceeded: The route is limited by 'strict', 'general'.",
    "forbidden: The limit 'general' bans clients that keep exceeding it."
  ])
  t.strictSame(reasons('/v3/'), [
    "rate_limit_exceeded: The route is limited by 'general'.",
    "forbidden: The limit 'general' bans clients that keep exceeding it."
  ])
})

t.test('a name that exists in neither registration, or only in a registration outside the scope', async t => {
  const expected = '"general", "burst", "strict", an array of them, or false'
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors, register(outer))
  await app.register(async scope => {
    await scope.register(apiErrors, register(inner))
    t.equal(thrown(() => scope.get('/', { config: { rateLimitPolicy: 'other' } }, ok)), `TypeError: fastify-api-errors: config.rateLimitPolicy of GET /v2: expected ${expected}, got "other".`)
  }, { prefix: '/v2' })
  t.equal(
    thrown(() => app.get('/strict', { config: { rateLimitPolicy: 'strict' } }, ok)),
    'TypeError: fastify-api-errors: config.rateLimitPolicy of GET /strict: expected "general", "burst", an array of them, or false, got "strict".'
  )
  const other = Fastify(serverOptions())
  t.teardown(() => other.close())
  await other.register(apiErrors, register(outer))
  await t.rejects(async () => {
    await other.register(async scope => { await scope.register(apiErrors, register({ ...inner, default: 'other' })) })
  }, { message: `fastify-api-errors: rateLimit.default: expected ${expected}, got "other".` })
})

t.test('a scope inherits settings', async t => {
  t.equal(inheritRateLimit({}, undefined), undefined)
  t.match(inheritRateLimit({}, inner), { default: 'strict', policies: { strict: { max: 2, skipOnError: true } } })
})
