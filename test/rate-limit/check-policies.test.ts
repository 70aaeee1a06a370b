import Fastify from 'fastify'
import { Redis } from 'ioredis'
import t from 'tap'
import apiErrors, { type RateLimitOptions } from 'fastify-api-errors'
import { checkRateLimit, checkRoute } from '../../lib/rate-limit/check-policies.js'
import { thrown } from '../support/thrown.js'

const general = { max: 100, timeWindow: '1 minute' }
const optionNames = 'policies, default, redis, nameSpace, headers, onStoreError, storeTimeout, allowList, ban, banStatus, cache, continueExceeding, exponentialBackoff, ipv6Subnet, onBanReach, onExceeded, onExceeding, skipOnError'
const policyNames = 'max, timeWindow, key, cost, skip, hook, groupId, allowList, ban, banStatus, cache, continueExceeding, exponentialBackoff, ipv6Subnet, onBanReach, onExceeded, onExceeding, skipOnError'

const message = (rateLimit: unknown): string => thrown(() => checkRateLimit(rateLimit as RateLimitOptions))

t.test('a wrong option: one sentence says which, what it got, and what it takes', async t => {
  const policiesTakes = "it takes an object with one policy or more, like { general: { max: 100, timeWindow: '1 minute' } }."
  const wrong: ReadonlyArray<readonly [unknown, string]> = [
    [true, "the option 'rateLimit' is true; it takes an object with policies."],
    [{}, `the option 'rateLimit.policies' is undefined; ${policiesTakes}`],
    [{ policies: {} }, `the option 'rateLimit.policies' is an object; ${policiesTakes}`],
    [{ policies: 'general' }, `the option 'rateLimit.policies' is 'general'; ${policiesTakes}`],
    [{ policies: { general }, max: 5 }, `'rateLimit.max' is not an option; it takes ${optionNames}.`],
    [{ policies: { general }, default: 'all' }, "the option 'rateLimit.default' is 'all'; it takes 'general', several in an array, or false."],
    [{ policies: { general, burst: general }, default: ['general', 'all'] }, "the option 'rateLimit.default' is 'all'; it takes 'general', 'burst', several in an array, or false."],
    [{ policies: { general }, default: 3 }, "the option 'rateLimit.default' is 3; it takes 'general', several in an array, or false."],
    [{ policies: { general }, redis: 'redis://localhost' }, "the option 'rateLimit.redis' is 'redis://localhost'; it takes a client of ioredis."],
    [{ policies: { general }, nameSpace: 1 }, "the option 'rateLimit.nameSpace' is 1; it takes a text."],
    [{ policies: { general }, headers: 'draft' }, "the option 'rateLimit.headers' is 'draft'; it takes 'ratelimit' or 'x-ratelimit' or 'draft-6' or false."],
    [{ policies: { general }, onStoreError: 'ignore' }, "the option 'rateLimit.onStoreError' is 'ignore'; it takes 'allow' or 'deny'."],
    [{ policies: { general }, storeTimeout: 0 }, "the option 'rateLimit.storeTimeout' is 0; it takes milliseconds, a whole number of 1 or more."],
    [{ policies: { general }, ban: -1 }, "the option 'rateLimit.ban' is -1; it takes a whole number of 0 or more."],
    [{ policies: { général: general } }, "the option 'rateLimit.policies.général' has a name that no header can carry; it takes one of printable ASCII."]
  ]
  for (const [options, expected] of wrong) t.equal(message(options), `TypeError: fastify-api-errors: ${expected}`)
})

t.test('a wrong policy', async t => {
  const wrong: ReadonlyArray<readonly [unknown, string]> = [
    [5, "' is 5; it takes a policy, like { max: 100, timeWindow: '1 minute' }."],
    [{ timeWindow: 1 }, ".max' is undefined; it takes a whole number of 0 or more, or a function of (request, key)."],
    [{ ...general, max: -1 }, ".max' is -1; it takes a whole number of 0 or more, or a function of (request, key)."],
    [{ ...general, max: 1.5 }, ".max' is 1.5; it takes a whole number of 0 or more, or a function of (request, key)."],
    [{ ...general, max: '5' }, ".max' is '5'; it takes a whole number of 0 or more, or a function of (request, key)."],
    [{ max: 1 }, ".timeWindow' is undefined; it takes milliseconds as a whole number of 1 or more, or a text like '1 minute', or a function of (request, key)."],
    [{ max: 1, timeWindow: 'soon' }, ".timeWindow' is 'soon'; it takes milliseconds as a whole number of 1 or more, or a text like '1 minute', or a function of (request, key)."],
    [{ max: 1, timeWindow: 0 }, ".timeWindow' is 0; it takes milliseconds as a whole number of 1 or more, or a text like '1 minute', or a function of (request, key)."],
    [{ ...general, key: 'user' }, ".key' is 'user'; it takes 'ip', 'api-key', or a function of the request."],
    [{ ...general, cost: 1001 }, ".cost' is 1001; it takes a whole number from 0 to 1000, or a function of (request, key)."],
    [{ ...general, skip: true }, ".skip' is true; it takes a function of the request."],
    [{ ...general, hook: 'onSend' }, ".hook' is 'onSend'; it takes 'onRequest' or 'preParsing' or 'preValidation' or 'preHandler'."],
    [{ ...general, key: 'api-key', hook: 'onRequest' }, ".hook' is 'onRequest'; it takes a hook that runs after the guard of the API keys, like 'preValidation'."],
    [{ ...general, groupId: 1 }, ".groupId' is 1; it takes a text."],
    [{ ...general, allowList: '127.0.0.1' }, ".allowList' is '127.0.0.1'; it takes an array of keys, or a function of (request, key)."],
    [{ ...general, allowList: [1] }, ".allowList' is an array; it takes an array of keys, or a function of (request, key)."],
    [{ ...general, ban: 0.5 }, ".ban' is 0.5; it takes a whole number of 0 or more."],
    [{ ...general, banStatus: 401 }, ".banStatus' is 401; it takes 403 or 429."],
    [{ ...general, cache: 0 }, ".cache' is 0; it takes a whole number of 1 or more."],
    [{ ...general, continueExceeding: 1 }, ".continueExceeding' is 1; it takes true or false."],
    [{ ...general, exponentialBackoff: 'yes' }, ".exponentialBackoff' is 'yes'; it takes true or false."],
    [{ ...general, ipv6Subnet: 129 }, ".ipv6Subnet' is 129; it takes a whole number from 0 to 128."],
    [{ ...general, onBanReach: {} }, ".onBanReach' is an object; it takes a function of (request, key)."],
    [{ ...general, onExceeded: null }, ".onExceeded' is null; it takes a function of (request, key)."],
    [{ ...general, onExceeding: 'log' }, ".onExceeding' is 'log'; it takes a function of (request, key)."],
    [{ ...general, skipOnError: 'no' }, ".skipOnError' is 'no'; it takes true or false."]
  ]
  for (const [policy, expected] of wrong) {
    t.equal(message({ policies: { general: policy } }), `TypeError: fastify-api-errors: the option 'rateLimit.policies.general${expected}`)
  }
  t.equal(message({ policies: { general: { ...general, window: 5 } } }), `TypeError: fastify-api-errors: 'rateLimit.policies.general.window' is not an option; it takes ${policyNames}.`)
})

t.test('every option, right', async t => {
  const redis = new Redis({ lazyConnect: true })
  const callback = (): void => {}
  const behaviour = {
    allowList: ['10.0.0.1'],
    ban: 3,
    banStatus: 429,
    cache: 10,
    continueExceeding: true,
    exponentialBackoff: false,
    ipv6Subnet: 56,
    onBanReach: callback,
    onExceeded: callback,
    onExceeding: callback,
    skipOnError: true
  } as const
  const policy = { max: () => 1, timeWindow: async () => '1 minute', key: 'api-key', cost: 2, skip: () => false, hook: 'preHandler', groupId: 'all', ...behaviour } as const
  t.doesNotThrow(() => checkRateLimit({
    policies: { general, all: policy, none: { max: 0, timeWindow: 1, cost: 0, key: async () => 5, allowList: async () => true } },
    default: ['general', 'all'],
    redis,
    nameSpace: 'limits-',
    headers: false,
    onStoreError: 'deny',
    storeTimeout: 50,
    ...behaviour
  }))
  for (const none of [undefined, false, []] as const) t.doesNotThrow(() => checkRateLimit({ policies: { general }, ...none !== undefined && { default: none } }))
})

t.test('a wrong limit of a route', async t => {
  const wrong: ReadonlyArray<readonly [object, string]> = [
    [{ rateLimitPolicy: 'all' }, "config.rateLimitPolicy of GET /queues is 'all'; it takes 'general', several in an array, or false."],
    [{ rateLimitPolicy: ['general', 'all'] }, "config.rateLimitPolicy of GET /queues is 'all'; it takes 'general', several in an array, or false."],
    [{ rateLimitPolicy: true }, "config.rateLimitPolicy of GET /queues is true; it takes 'general', several in an array, or false."],
    [{ rateLimit: true }, 'config.rateLimit of GET /queues is true; it takes the settings of @fastify/rate-limit, or false.'],
    [{ rateLimit: { max: 'many' } }, "config.rateLimit.max of GET /queues is 'many'; it takes a whole number of 0 or more, or a function of (request, key)."],
    [{ rateLimit: { keyGenerator: 'ip' } }, "config.rateLimit.keyGenerator of GET /queues is 'ip'; it takes a function of the request."],
    [{ rateLimit: { errorResponseBuilder: {} } }, 'config.rateLimit.errorResponseBuilder of GET /queues is an object; it takes a function of (request, context).']
  ]
  for (const [config, expected] of wrong) {
    t.equal(thrown(() => checkRoute({ method: 'GET', url: '/queues', config }, { policies: { general } })), `TypeError: fastify-api-errors: ${expected}`)
  }
  for (const config of [undefined, {}, { rateLimit: false }, { rateLimitPolicy: false }, { rateLimit: { max: 5, enableDraftSpec: true } }] as const) {
    t.doesNotThrow(() => checkRoute({ method: 'GET', url: '/queues', ...config !== undefined && { config } }, { policies: { general } }))
  }
})

t.test('the fault shows where it is made: at register, and at the route', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => app.register(apiErrors, { rateLimit: { policies: { general: { max: -1, timeWindow: 1 } } } }), {
    message: "fastify-api-errors: the option 'rateLimit.policies.general.max' is -1; it takes a whole number of 0 or more, or a function of (request, key)."
  })
  const other = Fastify()
  t.teardown(() => other.close())
  await other.register(apiErrors, { rateLimit: { policies: { general } } })
  t.match(thrown(() => other.get('/', { config: { rateLimitPolicy: 'all' } }, async () => 'never')), /config\.rateLimitPolicy of GET \/ is 'all'/)
})

t.test('without the option, no route can name a policy', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  const strict = { config: { rateLimitPolicy: 'strict' } }
  t.equal(
    thrown(() => app.get('/', strict, async () => 'never')),
    "TypeError: fastify-api-errors: config.rateLimitPolicy of GET / is 'strict'; it takes false, for the option 'rateLimit' is not set."
  )
  t.doesNotThrow(() => app.get('/unlimited', { config: { rateLimitPolicy: false } }, async () => 'ok'))
  await app.register(async scope => {
    await scope.register(apiErrors, { notFound: false, rateLimit: { policies: { strict: general } } })
    scope.get('/limited', strict, async () => 'ok')
    await scope.register(async below => {
      await below.register(apiErrors, { notFound: false })
      below.get('/below', strict, async () => 'ok')
    })
  })
  t.equal((await app.inject('/limited')).statusCode, 200, 'a scope may have limits of its own')
  t.equal((await app.inject('/below')).statusCode, 200, 'or those around it')
})
