/** Registering the plugin without await, or after the routes. */
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions, standardErrors as errors, swaggerOptions } from 'fastify-api-errors'
import { listRoutes } from '../../lib/fastify/early-routes.js'

/** Returns the warnings of an application at startup. */
async function warningsOf (app: FastifyInstance): Promise<string[]> {
  const warnings: string[] = []
  const note = (warning: Error & { readonly code?: string }): void => {
    if (warning.code === 'FASTIFY_API_ERRORS_TOO_EARLY') warnings.push(warning.message)
  }
  process.on('warning', note)
  await app.ready()
  await new Promise(resolve => { setImmediate(resolve) })
  process.off('warning', note)
  return warnings
}

t.test('the plugin handles the errors of preflight requests if @fastify/cors is registered first', async t => {
  const origin = (value: string | undefined, done: (error: Error | null, isAllowed: boolean) => void): void => {
    if (value === 'https://bug.test') done(new Error('secret'), false)
    else if (value === 'https://app.test') done(null, true)
    else done(errors.forbidden(), false)
  }
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  await app.register(cors, { origin })
  await app.register(apiErrors, { log: false })
  app.addHook('preHandler', async request => { if (request.url === '/closed') throw new Error('secret') })
  app.get('/', async () => 'ok')
  const send = async (url: string, headers: Readonly<Record<string, string>>): Promise<readonly [number, unknown]> => {
    const { statusCode, body } = await app.inject({ method: 'OPTIONS', url, headers })
    return [statusCode, body === '' ? undefined : JSON.parse(body)]
  }
  const preflight = { 'access-control-request-method': 'GET' }
  const internal = { code: 'internal_error', message: errors.internal_error.message, request_id: 'req_1' }
  for (const url of ['/', '/none']) {
    t.strictSame(await send(url, { origin: 'https://other.test', ...preflight }), [403, { code: 'forbidden', message: errors.forbidden.message, request_id: 'req_1' }])
    t.strictSame(await send(url, { origin: 'https://bug.test', ...preflight }), [500, internal])
    t.strictSame(await send(url, { origin: 'https://app.test' }), [400, { code: 'invalid_request', message: 'Invalid Preflight Request', request_id: 'req_1' }])
    t.strictSame(await send(url, { origin: 'https://app.test', ...preflight }), [204, undefined])
  }
  const late = Fastify(serverOptions())
  late.options('*', async () => 'options')
  await late.register(apiErrors, { log: false })
  late.addHook('preHandler', async () => { throw new Error('secret') })
  t.match((await late.inject({ method: 'OPTIONS', url: '/x' })).json(), { code: 'internal_error' })
})

t.test('a preflight route without the plugin has the error handler of its scope, or its own', async t => {
  const fail = async (): Promise<never> => { throw new Error('failed') }
  const app = Fastify(serverOptions())
  app.options('*', fail)
  await app.register(async scope => { scope.options('*', { errorHandler: async () => 'own' }, fail) }, { prefix: '/own' })
  t.match(await app.inject({ method: 'OPTIONS', url: '/x' }), { statusCode: 500, body: /"message":"failed"/ })
  t.equal((await app.inject({ method: 'OPTIONS', url: '/own/x' })).body, 'own')
})

t.test('without await, the plugin also handles routes that are added later', async t => {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info: { title: 'Queues', version: '1.0.0' } } }))
  app.register(apiErrors, { log: false, rateLimit: { policies: { general: { max: 1, timeWindow: '1 minute' } }, default: 'general' } })
  app.get('/queues/:id', { config: { errors: ['resource_gone'] } }, async () => { throw errors.resource_gone() })
  app.get('/open', { config: { rateLimitPolicy: false } }, async () => 'open')
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.url === '/closed') throw undefined // eslint-disable-line no-throw-literal
    done()
  })
  app.get('/closed', { config: { rateLimitPolicy: false } }, async () => 'secret')

  t.strictSame(await warningsOf(app), [])
  const first = await app.inject('/queues/1')
  t.strictSame([first.statusCode, first.headers.ratelimit, first.json()], [410, '"general";r=0;t=60', {
    code: 'resource_gone', message: 'The resource was permanently removed.', request_id: 'req_1'
  }])
  t.match(await app.inject('/queues/1'), { statusCode: 429, headers: { 'retry-after': '60' } })
  t.match(await app.inject('/open'), { statusCode: 200, headers: { ratelimit: undefined } })
  t.match(await app.inject('/closed'), { statusCode: 500 }, 'the hook that follows is also guarded')
  t.strictSame(app.apiErrors.explain('GET', '/queues/:id').map(({ code }) => code).sort(), ['internal_error', 'rate_limit_exceeded', 'resource_gone', 'resource_gone', 'resource_not_found'], 'the 410 is declared, and the hook throws it')
  t.strictSame(Object.keys((app.swagger() as { paths: Record<string, { get: { responses: object } }> }).paths['/queues/{id}']?.get.responses ?? {}), ['200', '404', '410', '429', '500'])
  t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented), [])
})

t.test('without await, an invalid config makes app.ready() fail', async t => {
  const app = Fastify(serverOptions())
  app.register(apiErrors)
  app.get('/queues', { config: { errors: ['no_such_code' as 'resource_gone'] } }, async () => 'queues')
  await t.rejects(async () => { await app.ready() }, { message: 'fastify-api-errors: config.errors of GET /queues: expected codes of the option \'errors\', got "no_such_code".' })
})

t.test('a warning lists the routes that were added before the plugin, because they already have the error handler of Fastify', async t => {
  const app = Fastify(serverOptions())
  app.get('/before', async () => { throw new Error('secret') })
  app.get('/hidden', { schema: { hide: true } as object }, async () => 'hidden')
  app.get('/mine', { config: { errors: false } }, async () => 'mine')
  app.register(async scope => { scope.get('/sibling', async () => 'sibling') })
  app.register(apiErrors, { log: false })
  app.get('/after', async () => { throw new Error('secret') })
  t.strictSame(await warningsOf(app), [
    'These routes were registered before fastify-api-errors, so it does not handle their errors: GET /before, GET /sibling. ' +
    'Register it first, or set config.errors to false on them.'
  ])
  t.match((await app.inject('/before')).json(), { message: 'secret' })
  t.match((await app.inject('/after')).json(), { code: 'internal_error' })
})

t.test('in a scope, the plugin only checks the routes of that scope', async t => {
  const app = Fastify(serverOptions())
  app.get('/other', async () => 'other')
  app.register(async scope => {
    scope.get('/before', async () => 'before')
    await scope.register(apiErrors)
  })
  t.strictSame(await warningsOf(app), [
    'These routes were registered before fastify-api-errors, so it does not handle their errors: GET /before. ' +
    'Register it first, or set config.errors to false on them.'
  ])
})

t.test('the error of a failed plugin is still reported', async t => {
  const app = Fastify(serverOptions())
  app.register(async () => { throw new Error('no database') })
  app.get('/queues', async () => 'queues')
  await t.rejects(async () => { await app.ready() }, { message: 'no database' })
})

t.test('without await, routes that differ by constraint, prefix or method have separate limits', async t => {
  const tenant = { name: 'tenant', storage: () => { const routes = new Map<unknown, unknown>(); return { get: (key: unknown) => routes.get(key) ?? null, set: (key: unknown, route: unknown) => { routes.set(key, route) } } }, deriveConstraint: (request: { headers: Record<string, unknown> }) => request.headers.tenant, validate () {} }
  const app = Fastify(serverOptions({ routerOptions: { constraints: { tenant } } } as object))
  const policies = { strict: { max: 1, timeWindow: '1 hour' }, lax: { max: 9, timeWindow: '1 hour' } }
  app.register(apiErrors, { log: false, rateLimit: { policies } })
  const add = (url: string, policy: string, constraints: object): void => {
    app.route({ method: 'GET', url, constraints: constraints as Record<string, unknown>, config: { rateLimitPolicy: policy }, handler: async () => policy })
  }
  add('/a', 'strict', { version: '1.0.0' })
  add('/a', 'lax', { version: '2.0.0' })
  add('/b', 'lax', { host: 'a.example.com' })
  add('/b', 'strict', { host: 'b.example.com' })
  add('/c', 'strict', { tenant: 'a' })
  add('/c', 'lax', { tenant: 'b' })
  app.route({ method: ['PUT', 'PATCH'], url: '/d', config: { rateLimitPolicy: 'strict' }, handler: async () => 'strict' })
  app.route({ method: 'POST', url: '/d', config: { rateLimitPolicy: 'lax' }, handler: async () => 'lax' })
  app.register(async scope => { scope.get('/', { config: { rateLimitPolicy: 'lax' } }, async () => 'lax') }, { prefix: '/e' })
  app.get('/f', { config: { rateLimitPolicy: 'strict' } }, async () => 'strict')
  for (const [policy, request] of [
    ['strict', { url: '/a', headers: { 'accept-version': '1.x' } }], ['lax', { url: '/a', headers: { 'accept-version': '2.x' } }],
    ['lax', { url: '/b', headers: { host: 'a.example.com' } }], ['strict', { url: '/b', headers: { host: 'b.example.com' } }],
    ['strict', { url: '/c', headers: { tenant: 'a' } }], ['lax', { url: '/c', headers: { tenant: 'b' } }],
    ['strict', { url: '/d', method: 'PUT' }], ['strict', { url: '/d', method: 'PATCH' }], ['lax', { url: '/d', method: 'POST' }],
    ['lax', { url: '/e' }], ['lax', { url: '/e/' }], ['strict', { url: '/f', method: 'HEAD' }]
  ] as const) {
    const { headers } = await app.inject(request as object)
    t.match(headers['ratelimit-policy'], `"${policy}";q=${policies[policy].max}`, JSON.stringify(request))
  }
})

t.test('an instance whose routes were not recorded has no routes', async t => {
  t.strictSame(listRoutes({ server: {} } as never), [])
})
