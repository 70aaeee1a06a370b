// Tests official plugins that the application registers: the document and explain() have the responses of their hooks.
import t from 'tap'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import apiErrors, { serverOptions } from 'fastify-api-errors'

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

  t.test('it bans callers', async t => {
    const app = create()
    await app.register(apiErrors, { log: false })
    await app.register(rateLimit, { max: 1, ban: 0 })
    app.get('/', handler)
    await app.ready()
    t.strictSame(explain(app, '/'), [limited, '403 forbidden: @fastify/rate-limit bans callers that continue above the limit.'])
    await app.inject('/')
    const response = await app.inject('/')
    t.equal(response.statusCode, 403)
    t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /', status: 403, code: 'forbidden', count: 1, documented: true }])
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
      t.strictSame(Object.keys(components.responses.RateLimitExceeded?.headers ?? {}), ['X-Request-Id', 'Cache-Control', 'Retry-After', ...names])
      t.strictSame(paths['/unlimited']?.get.responses, {
        200: { description: 'Default Response' }, 500: { $ref: '#/components/responses/InternalErrorUncounted' }
      })
      t.strictSame(Object.keys(components.responses.InternalErrorUncounted?.headers ?? {}), ['X-Request-Id', 'Cache-Control'])
    })
  }
})

t.test('@fastify/under-pressure', async t => {
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
