// Tests official plugins that the application registers: the document and explain() have the responses of their hooks.
import t from 'tap'
import compress from '@fastify/compress'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'

const handler = async (): Promise<string> => 'ok'

function create (): FastifyInstance {
  const app = Fastify(serverOptions())
  return app
}

/** Returns the codes of a route that differ from those of every route, each with its reason. */
function explain (app: FastifyInstance, url: string): string[] {
  return app.apiErrors.explain('GET', url).filter(({ code }) => code !== 'internal_error').map(({ status, code, reason }) => `${status} ${code}: ${reason}`)
}

const limited = '429 rate_limit_exceeded: @fastify/rate-limit limits the route.'

t.test('@fastify/rate-limit', async t => {
  const renamed = fp(async (scope: FastifyInstance) => { await scope.register(rateLimit, { max: 1 }) })

  for (const [when, register] of [
    ['before', async (app: FastifyInstance) => { await app.register(renamed); await app.register(apiErrors, { log: false }) }],
    ['after', async (app: FastifyInstance) => { await app.register(apiErrors, { log: false }); await app.register(renamed) }]
  ] as const) {
    t.test(`under another name and registered ${when} this plugin, it limits every route that does not opt out`, async t => {
      const app = create()
      await register(app)
      app.get('/usual', handler)
      app.get('/unlimited', { config: { rateLimit: false } }, handler)
      app.register(async scope => { scope.get('/scope', handler) })
      await app.ready()
      t.strictSame(explain(app, '/usual'), [limited])
      t.strictSame(explain(app, '/scope'), [limited])
      t.strictSame(explain(app, '/unlimited'), [])
      await app.inject('/usual')
      const response = await app.inject('/usual')
      t.equal(response.statusCode, 429)
      t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /usual', status: 429, code: 'rate_limit_exceeded', count: 1, documented: true }])
    })
  }

  t.test('it does not limit a route that was registered earlier', async t => {
    const app = create()
    await app.register(apiErrors, { log: false })
    app.get('/early', handler)
    await app.register(rateLimit, { max: 1 })
    await app.ready()
    t.strictSame(explain(app, '/early'), [])
  })

  t.test('with global: false, it limits the routes with config.rateLimit and the routes with its hook', async t => {
    const app = create()
    await app.register(apiErrors, { log: false })
    await app.register(rateLimit, { global: false })
    app.get('/usual', handler)
    app.get('/config', { config: { rateLimit: { max: 1 } } }, handler)
    app.get('/hook', { preHandler: app.rateLimit({ max: 1 }) }, handler)
    app.register(async scope => {
      scope.addHook('onRequest', app.rateLimit({ max: 1 }))
      scope.get('/scope', handler)
    })
    await app.ready()
    t.strictSame(explain(app, '/usual'), [])
    t.strictSame(explain(app, '/config'), ["429 rate_limit_exceeded: The route is limited by 'GET /config'."])
    t.strictSame(explain(app, '/hook'), [limited])
    t.strictSame(explain(app, '/scope'), [limited])
  })

  t.test('it bans clients', async t => {
    const app = create()
    await app.register(apiErrors, { log: false })
    await app.register(rateLimit, { max: 1, ban: 0 })
    app.get('/', handler)
    await app.ready()
    t.strictSame(explain(app, '/'), [limited, '403 forbidden: @fastify/rate-limit bans clients that keep exceeding the limit.'])
    await app.inject('/')
    const response = await app.inject('/')
    t.equal(response.statusCode, 403)
    t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /', status: 403, code: 'forbidden', count: 1, documented: true }])
  })

  t.test('it bans no client if its option is null', async t => {
    const app = create()
    await app.register(apiErrors, { log: false })
    await app.register(rateLimit, { max: 1, ban: null as unknown as number })
    app.get('/', handler)
    await app.ready()
    t.strictSame(explain(app, '/'), [limited])
    await app.inject('/')
    t.equal((await app.inject('/')).statusCode, 429)
  })

  for (const [options, names] of [
    [{}, ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']],
    [{ enableDraftSpec: true }, ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']]
  ] as const) {
    t.test(`its headers are documented, with the options ${JSON.stringify(options)}`, async t => {
      const app = create()
      await app.register(swagger, { openapi: { openapi: '3.1.0' } })
      await app.register(rateLimit, { max: 1, ...options })
      await app.register(apiErrors, { log: false })
      app.get('/usual', handler)
      app.get('/unlimited', { config: { rateLimit: false } }, handler)
      await app.ready()
      const { paths, components } = app.swagger() as unknown as {
        readonly paths: Readonly<Record<string, { readonly get: { readonly responses: Readonly<Record<string, { readonly $ref?: string, readonly headers?: object }>> } }>>
        readonly components: { readonly responses: Readonly<Record<string, { readonly headers: object }>> }
      }
      t.strictSame(Object.keys(paths['/usual']?.get.responses['200']?.headers ?? {}), names)
      t.strictSame(paths['/usual']?.get.responses['429'], { $ref: '#/components/responses/RateLimitExceeded' })
      t.strictSame(Object.keys(components.responses.RateLimitExceeded?.headers ?? {}), ['X-Request-Id', 'Cache-Control', 'Retry-After', 'X-Should-Retry', 'Retry-After-Ms', ...names])
      t.strictSame(paths['/unlimited']?.get.responses, {
        200: { description: 'Default Response' }, 500: { $ref: '#/components/responses/InternalErrorUncounted' }
      })
      t.strictSame(Object.keys(components.responses.InternalErrorUncounted?.headers ?? {}), ['X-Request-Id', 'Cache-Control', 'X-Should-Retry'])
    })
  }
})

t.test('@fastify/compress rejects a Content-Encoding also of a request without a body', async t => {
  const app = create()
  await app.register(apiErrors, { log: false })
  await app.register(compress)
  app.get('/', handler)
  app.get('/raw', { decompress: false }, handler)
  await app.ready()
  t.strictSame(explain(app, '/'), ['415 unsupported_media_type: @fastify/compress rejects requests with an unknown Content-Encoding.'])
  t.strictSame(explain(app, '/raw'), [])
  const [{ method, path, headers = {} }] = app.apiErrors.reference().codes.flatMap(({ code, request }) => code === 'unsupported_media_type' && request !== undefined ? [request] : []) as any
  const response = await app.inject({ method, url: path, headers })
  t.strictSame([response.statusCode, response.json()], [415, { code: 'unsupported_media_type', message: 'The Content-Encoding of the body is not supported.', request_id: response.headers['x-request-id'] }])
  t.equal((await app.inject({ url: '/raw', headers })).statusCode, 200)
  t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /', status: 415, code: 'unsupported_media_type', count: 1, documented: true }])
})

t.test('an errorResponseBuilder without a status makes the response of @fastify/rate-limit a 500', async t => {
  const error = Object.assign(new Error('Slow down.'), { statusCode: 429 })
  const build = (): Error => error
  for (const [title, errorResponseBuilder, status] of [
    ['an empty object', () => ({}), 500],
    ['an object with a message', () => { return { message: 'Slow down.' } }, 500],
    ['an object with a status', () => ({ statusCode: 429 }), 429],
    ['an object with a status by its shorter name', () => { return { status: 429, message: 'Slow down.' } }, 429],
    ['one with and one without a status', (request: { readonly id: string }) => request.id === '' ? {} : { statusCode: 429 }, 429],
    ['an object with unknown fields', () => ({ ...{ statusCode: 429 } }), 429],
    ['an object with a computed field', () => ({ ['status' + 'Code']: 429 }), 429],
    ['an error', build, 429],
    ['a function without source', build.bind(undefined), 429]
  ] as const) {
    const app = create()
    await app.register(rateLimit, { max: 1, errorResponseBuilder })
    await app.register(apiErrors, { log: false })
    app.get('/', handler)
    await app.ready()
    await app.inject('/')
    t.equal((await app.inject('/')).statusCode, status, `${title}: the response`)
    t.equal(app.apiErrors.explain('GET', '/').some(found => found.status === 429), status === 429, `${title}: the document`)
    await app.close()
  }
})

t.test('@fastify/under-pressure adds a 503 to the routes on which its hook runs', async t => {
  const pressed = '503 service_unavailable: @fastify/under-pressure rejects requests when the server is overloaded.'
  const renamed = fp(async (scope: FastifyInstance) => { await scope.register(underPressure, { maxEventLoopDelay: 1000 }) })

  t.test('under another name, it applies to the routes of its scope and the scopes below it, added before or after, and to no others', async t => {
    const app = create()
    await app.register(apiErrors, { log: false })
    app.register(async scope => {
      scope.register(async inner => { inner.get('/earlier', handler) })
      scope.register(renamed)
      scope.get('/usual', handler)
      scope.register(async inner => { inner.get('/later', handler) })
    })
    app.get('/outside', handler)
    await app.ready()
    t.strictSame(explain(app, '/usual'), [pressed])
    t.strictSame(explain(app, '/later'), [pressed])
    t.strictSame(explain(app, '/earlier'), [pressed])
    t.strictSame(explain(app, '/outside'), [])
  })

  t.test('without a limit, it rejects no request', async t => {
    const app = create()
    await app.register(apiErrors, { log: false })
    await app.register(underPressure, {})
    app.get('/', handler)
    await app.ready()
    t.strictSame(explain(app, '/'), [])
  })
})

/*
 * The plugins below are not installed here. The fixtures have the decorators, hooks and names of @fastify/websocket 11,
 * @fastify/passport 3 and @fastify/oauth2 8.
 */

/** Replaces the handlers of the routes that follow, as @fastify/websocket does. It responds to requests that do not open a websocket. */
const websocket = fp(async (app: FastifyInstance) => {
  app.decorate('websocketServer', {})
  app.decorateRequest('ws', null)
  app.addHook('onRoute', route => {
    if (route.method === 'HEAD') return
    const isWebsocket = (route as { readonly websocket?: boolean }).websocket === true
    const http = isWebsocket ? (_request: FastifyRequest, reply: FastifyReply) => { reply.code(404).send() } : route.handler
    route.handler = function (this: FastifyInstance, request, reply) { return http.call(this, request, reply) }
  })
})

const live = { websocket: true } as object

for (const when of ['before', 'after'] as const) {
  t.test(`a route of @fastify/websocket documents a 404, if the plugin is registered ${when} this plugin`, async t => {
    const app = create()
    t.teardown(() => app.close())
    if (when === 'before') await app.register(websocket)
    await app.register(apiErrors, { log: false })
    if (when === 'after') await app.register(websocket)
    app.get('/live', live, async () => { throw errors.resource_gone() })
    app.get('/plain', async () => { throw errors.resource_gone() })
    await app.ready()
    t.strictSame(explain(app, '/live'), ['404 resource_not_found: @fastify/websocket responds to requests that do not open a websocket.'])
    t.strictSame(explain(app, '/plain'), ['410 resource_gone: The handler throws it.'], 'the wrapped handler is read')
    const response = await app.inject({ url: '/live', headers: { 'x-request-id': 'req_1' } })
    const { request_id: id, ...body } = response.json()
    t.type(id, 'string')
    t.strictSame([response.statusCode, body], [404, { code: 'resource_not_found', message: errors.resource_not_found.message }])
    t.equal((await app.inject('/plain')).statusCode, 410)
    t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented), [])
  })
}

t.test('@fastify/websocket: a response that is sent unchanged is not documented, and the property has no effect without the plugin', async t => {
  const unchanged = create()
  await unchanged.register(websocket)
  await unchanged.register(apiErrors, { log: false, sentErrors: 'report' })
  unchanged.get('/live', live, handler)
  await unchanged.ready()
  t.strictSame(explain(unchanged, '/live'), [])
  t.equal((await unchanged.inject('/live')).body, '')
  await unchanged.close()
  const without = create()
  await without.register(apiErrors, { log: false })
  without.get('/live', live, async () => { throw errors.resource_gone() })
  await without.ready()
  t.strictSame(explain(without, '/live'), ['410 resource_gone: The handler throws it.'])
  await without.close()
})

/** The route of @fastify/passport, whose handler is what `authenticate()` returns. */
class AuthenticationRoute {
  handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (this.attemptStrategy(request)) return undefined
    return this.onAllFailed(reply)
  }

  attemptStrategy ({ headers }: FastifyRequest): boolean {
    return headers.authorization === 'Basic YTpi'
  }

  onAllFailed (reply: FastifyReply): unknown {
    return reply.code(401).header('WWW-Authenticate', 'Basic realm="Users"').send('Unauthorized')
  }
}

t.test('a route with the hook of @fastify/passport documents a 401', async t => {
  const app = create()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.get('/', { preValidation: new AuthenticationRoute().handler }, handler)
  await app.ready()
  t.strictSame(explain(app, '/'), ["401 unauthorized: The preValidation hook 'handler' of the route is of @fastify/passport."])
  const response = await app.inject('/')
  t.strictSame([response.statusCode, response.headers['www-authenticate']], [401, 'Basic realm="Users"'])
  t.match(response.json(), { code: 'unauthorized', message: 'Unauthorized' })
  t.equal((await app.inject({ url: '/', headers: { authorization: 'Basic YTpi' } })).statusCode, 200)
  t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented), [])
})

t.test('@fastify/oauth2: a request for a token calls another service', async t => {
  const app = create()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  const refused = Object.assign(new Error('Client request error: connect ECONNREFUSED 10.0.0.7:443'), {
    isBoom: true, output: { statusCode: 502, payload: {}, headers: {} }, data: null, code: 'ECONNREFUSED', syscall: 'connect'
  })
  const github = { getAccessTokenFromAuthorizationCodeFlow: async (_request: FastifyRequest): Promise<string> => { throw refused } }
  app.decorate('github', github)
  app.get('/callback', async request => await github.getAccessTokenFromAuthorizationCodeFlow(request))
  await app.ready()
  t.strictSame(explain(app, '/callback'), ['400 invalid_request: The handler requests a token.', '502 bad_gateway: The handler requests a token.', '504 gateway_timeout: The handler requests a token.'])
  const response = await app.inject('/callback')
  t.match([response.statusCode, response.json()], [502, { code: 'bad_gateway', message: errors.bad_gateway.message }])
  t.strictSame(app.apiErrors.ledger().filter(({ documented }) => !documented), [])
})
