/** Messages about invalid rate limit options. */
import Fastify from 'fastify'
import { Redis } from 'ioredis'
import t from 'tap'
import apiErrors, { type RateLimitOptions } from 'fastify-api-errors'
import { checkDefault, checkRateLimit, checkRoute } from '../../lib/rate-limit/check-policies.js'
import { thrown } from '../helpers/thrown.js'

const general = { max: 100, timeWindow: '1 minute' }
const optionNames = 'policies, default, redis, nameSpace, headers, onStoreError, storeTimeout, allowList, ban, banStatus, cache, continueExceeding, exponentialBackoff, ipv6Subnet, onBanReach, onExceeded, onExceeding, skipOnError'
const policyNames = 'max, timeWindow, key, cost, skip, hook, groupId, allowList, ban, banStatus, cache, continueExceeding, exponentialBackoff, ipv6Subnet, onBanReach, onExceeded, onExceeding, skipOnError'

const message = (rateLimit: unknown): string => thrown(() => {
  checkRateLimit(rateLimit as RateLimitOptions)
  checkDefault(rateLimit as RateLimitOptions)
})

const policiesExpected = "rateLimit.policies: expected an object with at least one policy, such as { general: { max: 100, timeWindow: '1 minute' } }"
const maxExpected = '.max: expected a non-negative integer, or a function of (request, key)'
const timeWindowExpected = ".timeWindow: expected a positive integer (milliseconds), or a string such as '1 minute', or a function of (request, key)"

t.test('an invalid option: the message contains the option, what was expected and what was received', async t => {
  const invalid: ReadonlyArray<readonly [unknown, string]> = [
    [{}, `${policiesExpected}, got undefined.`],
    [{ max: 100, timeWindow: '1 minute' }, `${policiesExpected}, got undefined.`],
    [{ policies: {} }, `${policiesExpected}, got an empty object.`],
    [{ policies: 'general' }, `${policiesExpected}, got "general".`],
    [{ policies: { general }, max: 5 }, `rateLimit.max: unknown option, expected one of ${optionNames}.`],
    [{ policies: { general }, default: 'all' }, 'rateLimit.default: expected "general", an array of them, or false, got "all".'],
    [{ policies: { general, burst: general }, default: ['general', 'all'] }, 'rateLimit.default: expected "general", "burst", an array of them, or false, got "all".'],
    [{ policies: { general }, default: 3 }, 'rateLimit.default: expected "general", an array of them, or false, got 3.'],
    [{ policies: { general }, redis: 'redis://localhost' }, 'rateLimit.redis: expected a client of ioredis, got "redis://localhost".'],
    [{ policies: { general }, nameSpace: 1 }, 'rateLimit.nameSpace: expected a string, got 1.'],
    [{ policies: { general }, headers: 'draft' }, 'rateLimit.headers: expected "ratelimit" or "x-ratelimit" or "draft-6" or false, got "draft".'],
    [{ policies: { general }, onStoreError: 'ignore' }, 'rateLimit.onStoreError: expected "allow" or "deny", got "ignore".'],
    [{ policies: { general }, storeTimeout: 0 }, 'rateLimit.storeTimeout: expected a positive integer (milliseconds), got 0.'],
    [{ policies: { general }, ban: -1 }, 'rateLimit.ban: expected a non-negative integer, got -1.'],
    [{ policies: { général: general } }, 'rateLimit.policies.général: expected a name in printable ASCII, because header fields contain it, got "général".']
  ]
  for (const [options, expected] of invalid) t.equal(message(options), `TypeError: fastify-api-errors: ${expected}`)
})

t.test('an invalid policy is rejected with the option, what was expected and what was received', async t => {
  const invalid: ReadonlyArray<readonly [unknown, string]> = [
    [5, ": expected a policy, such as { max: 100, timeWindow: '1 minute' }, got 5."],
    [{ timeWindow: 1 }, `${maxExpected}, got undefined.`],
    [{ ...general, max: -1 }, `${maxExpected}, got -1.`],
    [{ ...general, max: 1.5 }, `${maxExpected}, got 1.5.`],
    [{ ...general, max: '5' }, `${maxExpected}, got "5".`],
    [{ max: 1 }, `${timeWindowExpected}, got undefined.`],
    [{ max: 1, timeWindow: 'soon' }, `${timeWindowExpected}, got "soon".`],
    [{ max: 1, timeWindow: 0 }, `${timeWindowExpected}, got 0.`],
    [{ ...general, key: 'user' }, '.key: expected \'ip\', \'api-key\', or a function of the request, got "user".'],
    [{ ...general, cost: 1001 }, '.cost: expected an integer from 0 to 1000, or a function of (request, key), got 1001.'],
    [{ ...general, skip: true }, '.skip: expected a function of the request, got true.'],
    [{ ...general, hook: 'onSend' }, '.hook: expected "onRequest" or "preParsing" or "preValidation" or "preHandler", got "onSend".'],
    [{ ...general, key: 'api-key', hook: 'onRequest' }, '.hook: expected a hook that runs after the API key guard, such as \'preValidation\', got "onRequest".'],
    [{ ...general, groupId: 1 }, '.groupId: expected a string, got 1.'],
    [{ ...general, allowList: '127.0.0.1' }, '.allowList: expected an array of keys, addresses and CIDR ranges, or a function of (request, key), got "127.0.0.1".'],
    [{ ...general, allowList: [1] }, '.allowList[0]: expected an IP address or a CIDR range, got 1.'],
    [{ ...general, allowList: ['10.0.0.0/8', '10.0.0.0/33'] }, '.allowList[1]: expected an IP address or a CIDR range, got "10.0.0.0/33".'],
    [{ ...general, key: 'api-key', hook: 'preHandler', allowList: ['acme', '10.0.0.0/33'] }, '.allowList[1]: expected a key, an IP address or a CIDR range, got "10.0.0.0/33".'],
    [{ ...general, ban: 0.5 }, '.ban: expected a non-negative integer, got 0.5.'],
    [{ ...general, banStatus: 401 }, '.banStatus: expected 403 or 429, got 401.'],
    [{ ...general, cache: 0 }, '.cache: expected a positive integer, got 0.'],
    [{ ...general, continueExceeding: 1 }, '.continueExceeding: expected true or false, got 1.'],
    [{ ...general, exponentialBackoff: 'yes' }, '.exponentialBackoff: expected true or false, got "yes".'],
    [{ ...general, ipv6Subnet: 129 }, '.ipv6Subnet: expected an integer from 0 to 128, got 129.'],
    [{ ...general, onBanReach: {} }, '.onBanReach: expected a function of (request, key), got an empty object.'],
    [{ ...general, onExceeded: null }, '.onExceeded: expected a function of (request, key), got null.'],
    [{ ...general, onExceeding: 'log' }, '.onExceeding: expected a function of (request, key), got "log".'],
    [{ ...general, skipOnError: 'no' }, '.skipOnError: expected true or false, got "no".']
  ]
  for (const [policy, expected] of invalid) {
    t.equal(message({ policies: { general: policy } }), `TypeError: fastify-api-errors: rateLimit.policies.general${expected}`)
  }
  t.equal(message({ policies: { general: { ...general, window: 5 } } }), `TypeError: fastify-api-errors: rateLimit.policies.general.window: unknown option, expected one of ${policyNames}.`)
})

t.test('an entry of an allowList that would match no client is rejected', async t => {
  const mistakes = ['', ' 127.0.0.1', '10.0.0.0/8 ', '127.0.0.1/33', '::1/129', '127.0.0.1/', '127.0.0.1/a', '127.0.0.1/-1', '10.0.0.0/8/8']
  const names = ['localhost', 'acme', '010.0.0.1', '192.0.2', 'fe80::1%eth0', '127.0.0.1:80', '*', '10.*']
  const values = [undefined, null, 7, {}, ['10.0.0.1']]
  const shown = ['undefined', 'null', '7', 'an empty object', 'an array']
  const rejects = (path: string, expected: string, entries: readonly unknown[], create: (entry: unknown) => object): void => {
    entries.forEach(entry => {
      const got = typeof entry === 'string' ? JSON.stringify(entry) : shown[values.indexOf(entry as never)]
      t.equal(message(create(entry)), `TypeError: fastify-api-errors: ${path}: expected ${expected}, got ${String(got)}.`)
    })
  }
  const byKey = { ...general, key: () => 'acme' }
  rejects('rateLimit.policies.general.allowList[1]', 'an IP address or a CIDR range', [...mistakes, ...names, ...values],
    entry => ({ policies: { general: { ...general, allowList: ['::1', entry] } } }))
  rejects('rateLimit.policies.general.allowList[1]', 'a key, an IP address or a CIDR range', [...mistakes, ...values],
    entry => ({ policies: { general: { ...byKey, allowList: ['::1', entry] } } }))
  rejects('rateLimit.allowList[0]', 'an IP address or a CIDR range', [...mistakes, ...names, ...values], entry => ({ policies: { general }, allowList: [entry] }))
  rejects('rateLimit.allowList[0]', 'a key, an IP address or a CIDR range', [...mistakes, ...values], entry => ({ policies: { general, byKey }, allowList: [entry] }))
  for (const entry of names) {
    t.doesNotThrow(() => checkRateLimit({ policies: { general: { ...byKey, allowList: [entry] } } }), entry)
    t.doesNotThrow(() => checkRateLimit({ policies: { general, byKey }, allowList: [entry] }), entry)
  }
})

t.test('every option accepts a valid value', async t => {
  const redis = new Redis({ lazyConnect: true })
  const callback = (): void => {}
  const behavior = {
    allowList: ['10.0.0.1', '::1', '10.0.0.0/8', 'acme', 'acme/1'],
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
  const policy = { max: () => 1, timeWindow: async () => '1 minute', key: 'api-key', cost: 2, skip: () => false, hook: 'preHandler', groupId: 'all', ...behavior } as const
  t.doesNotThrow(() => checkRateLimit({
    policies: { general, all: policy, none: { max: 0, timeWindow: 1, cost: 0, key: async () => 5, allowList: async () => true } },
    default: ['general', 'all'],
    redis,
    nameSpace: 'limits-',
    headers: false,
    onStoreError: 'deny',
    storeTimeout: 50,
    ...behavior
  }))
  for (const none of [undefined, false, []] as const) t.doesNotThrow(() => checkDefault({ policies: { general }, ...none !== undefined && { default: none } }))
})

t.test('an invalid limit of a route', async t => {
  const invalid: ReadonlyArray<readonly [object, string]> = [
    [{ rateLimitPolicy: 'all' }, 'config.rateLimitPolicy of GET /queues: expected "general", an array of them, or false, got "all".'],
    [{ rateLimitPolicy: ['general', 'all'] }, 'config.rateLimitPolicy of GET /queues: expected "general", an array of them, or false, got "all".'],
    [{ rateLimitPolicy: ['general', ['general']] }, 'config.rateLimitPolicy of GET /queues: expected "general", an array of them, or false, got an array.'],
    [{ rateLimitPolicy: true }, 'config.rateLimitPolicy of GET /queues: expected "general", an array of them, or false, got true.'],
    [{ rateLimit: true }, 'config.rateLimit of GET /queues: expected the settings of @fastify/rate-limit, or false, got true.'],
    [{ rateLimit: { max: 'many' } }, 'config.rateLimit.max of GET /queues: expected a non-negative integer, or a function of (request, key), got "many".'],
    [{ rateLimit: { allowList: ['::1', 'localhost'] } }, 'config.rateLimit.allowList[1] of GET /queues: expected an IP address or a CIDR range, got "localhost".'],
    [{ rateLimit: { allowList: [''], keyGenerator: () => 'a' } }, 'config.rateLimit.allowList[0] of GET /queues: expected a key, an IP address or a CIDR range, got "".'],
    [{ rateLimit: { keyGenerator: 'ip' } }, 'config.rateLimit.keyGenerator of GET /queues: expected a function of the request, got "ip".'],
    [{ rateLimit: { errorResponseBuilder: {} } }, 'config.rateLimit.errorResponseBuilder of GET /queues: expected a function of (request, context), got an empty object.']
  ]
  for (const [config, expected] of invalid) {
    t.equal(thrown(() => checkRoute({ method: 'GET', url: '/queues', config }, { policies: { general } })), `TypeError: fastify-api-errors: ${expected}`)
  }
  for (const config of [undefined, {}, { rateLimit: false }, { rateLimitPolicy: false }, { rateLimit: { max: 5, enableDraftSpec: true } }] as const) {
    t.doesNotThrow(() => checkRoute({ method: 'GET', url: '/queues', ...config !== undefined && { config } }, { policies: { general } }))
  }
})

t.test('register() rejects an invalid option, and adding the route rejects an invalid route limit', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => app.register(apiErrors, { rateLimit: { policies: { general: { max: -1, timeWindow: 1 } } } }), {
    message: `fastify-api-errors: rateLimit.policies.general${maxExpected}, got -1.`
  })
  const other = Fastify()
  t.teardown(() => other.close())
  await other.register(apiErrors, { rateLimit: { policies: { general } } })
  t.match(thrown(() => other.get('/', { config: { rateLimitPolicy: 'all' } }, async () => 'never')), /config\.rateLimitPolicy of GET \/: expected "general", an array of them, or false, got "all"\./)
})

t.test('without the option, a route cannot list a policy', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  const strict = { config: { rateLimitPolicy: 'strict' } }
  t.equal(
    thrown(() => app.get('/', strict, async () => 'never')),
    'TypeError: fastify-api-errors: config.rateLimitPolicy of GET /: expected false, because the option rateLimit is not set, got "strict".'
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
  t.equal((await app.inject('/limited')).statusCode, 200, 'a scope may have its own limits')
  t.equal((await app.inject('/below')).statusCode, 200, 'a scope may use outer limits')
})
