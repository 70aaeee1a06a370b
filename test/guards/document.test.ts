/** Guarded routes in the OpenAPI document. */
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions, swaggerOptions } from 'fastify-api-errors'
import { apiKey, guessLimit } from 'fastify-api-errors/api-key'
import t, { type Test } from 'tap'

/** The part of a document that is asserted here. */
interface Document {
  readonly paths: Record<string, Record<string, { readonly security?: unknown, readonly responses: Record<string, { readonly $ref?: string }>, readonly parameters?: unknown }>>
  readonly components: { readonly securitySchemes?: unknown }
}

const lookup = (): null => null
const info = { title: 'Launch API', version: '1.0.0' }

async function documentOf (t: Test, openapi: object, addRoutes: (app: FastifyInstance) => void): Promise<Document> {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(swagger, swaggerOptions({ openapi: { info, ...openapi } }))
  await app.register(apiErrors)
  addRoutes(app)
  await app.ready()
  return app.swagger() as unknown as Document
}

/** The documented codes of a route, from `app.apiErrors.explain`. */
async function codesOf (t: Test, addRoutes: (app: FastifyInstance) => void, url: string): Promise<string[]> {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  addRoutes(app)
  await app.ready()
  return app.apiErrors.explain('GET', url).map(({ code }) => code)
}

const always = ['missing_api_key', 'invalid_api_key', 'api_key_revoked', 'api_key_expired', 'ip_not_allowed', 'service_unavailable']
const scheme = { type: 'http', scheme: 'bearer', description: 'An API key.' }

t.test('a guarded route documents the codes of the guard', async t => {
  const codes = async (guard: ReturnType<typeof apiKey>): Promise<string[]> =>
    await codesOf(t, app => app.get('/queues', { onRequest: [guard] }, async () => 'ok'), '/queues')
  t.strictSame(await codes(apiKey({ lookup })), ['internal_error', ...always])
  t.strictSame(await codes(apiKey({ lookup, scopes: ['a'] })), ['internal_error', ...always, 'insufficient_scope'])
  t.strictSame(await codes(apiKey({ lookup, guessLimit: guessLimit({ max: 1, timeWindow: 1 }) })), ['internal_error', ...always, 'rate_limit_exceeded'])
})

t.test('a guarded scope documents them on all its routes, and on no others', async t => {
  const addRoutes = (app: FastifyInstance): void => {
    app.get('/open', async () => 'ok')
    app.register(async scope => {
      scope.get('/before', async () => 'ok')
      scope.addHook('onRequest', apiKey({ lookup, scopes: ['a'] }))
      scope.register(async inner => { inner.get('/inner', async () => 'ok') })
    })
  }
  t.strictSame(await codesOf(t, addRoutes, '/open'), ['internal_error'])
  t.strictSame(await codesOf(t, addRoutes, '/before'), ['internal_error', ...always, 'insufficient_scope'])
  t.strictSame(await codesOf(t, addRoutes, '/inner'), ['internal_error', ...always, 'insufficient_scope'])
})

t.test('the document has the security of each route and its scheme', async t => {
  const addRoutes = (app: FastifyInstance): void => {
    app.get('/open', async () => 'ok')
    app.get('/any', { onRequest: apiKey({ lookup }) }, async () => 'ok')
    app.get('/scoped', { preHandler: apiKey({ lookup, scopes: ['queues:read'] }) }, async () => 'ok')
    app.register(async scope => {
      scope.addHook('onRequest', apiKey({ lookup, scopes: ['a', 'b'] }))
      scope.get('/both', { onRequest: apiKey({ lookup, scopes: ['b', 'c'] }) }, async () => 'ok')
      scope.get('/two-keys', { onRequest: apiKey({ lookup, header: 'X-Admin-Key' }) }, async () => 'ok')
    })
    app.get('/token', { onRequest: apiKey({ lookup, scheme: 'Token' }) }, async () => 'ok')
    app.get('/word', { onRequest: apiKey({ lookup, header: 'X-Auth', scheme: 'Key' }) }, async () => 'ok')
  }
  const security = ({ paths }: Document): object => Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, item.get?.security]))

  const document = await documentOf(t, { openapi: '3.1.0' }, addRoutes)
  t.strictSame(security(document), {
    '/open': undefined,
    '/any': [{ apiKey: [] }],
    '/scoped': [{ apiKey: ['queues:read'] }],
    '/both': [{ apiKey: ['a', 'b', 'c'] }],
    '/two-keys': [{ apiKey: ['a', 'b'], xAdminKey: [] }],
    '/token': [{ authorizationToken: [] }],
    '/word': [{ xAuthKey: [] }]
  })
  t.strictSame(document.components.securitySchemes, {
    apiKey: scheme,
    xAdminKey: { type: 'apiKey', in: 'header', name: 'x-admin-key', description: 'An API key.' },
    authorizationToken: { type: 'http', scheme: 'token', description: 'An API key.' },
    xAuthKey: { type: 'apiKey', in: 'header', name: 'x-auth', description: 'An API key, after the word Key.' }
  })

  const older = await documentOf(t, { openapi: '3.0.3' }, addRoutes)
  t.strictSame((security(older) as Record<string, unknown>)['/two-keys'], [{ apiKey: [], xAdminKey: [] }], 'in OpenAPI 3.0 only OAuth has scopes')
})

t.test('security that the application declares is unchanged', async t => {
  const own = { type: 'http', scheme: 'bearer', description: 'A key from your dashboard.' }
  const shared = { summary: 'Shared by two routes' }
  const document = await documentOf(t, { components: { securitySchemes: { apiKey: own, session: own } } }, app => {
    app.get('/own', { onRequest: apiKey({ lookup }), schema: { security: [{ session: [] }] } }, async () => 'ok')
    app.get('/public', { onRequest: apiKey({ lookup }), schema: { security: [] } }, async () => 'ok')
    app.get('/guarded', { onRequest: apiKey({ lookup }), schema: shared }, async () => 'ok')
    app.get('/unguarded', { schema: shared }, async () => 'ok')
  })
  t.strictSame(Object.entries(document.paths).map(([path, { get }]) => [path, get?.security]), [
    ['/own', [{ session: [] }]], ['/public', []], ['/guarded', [{ apiKey: [] }]], ['/unguarded', undefined]
  ])
  t.strictSame(document.components.securitySchemes, { apiKey: own, session: own })
  t.equal(JSON.stringify(shared), '{"summary":"Shared by two routes"}', 'a schema that routes share is not changed')
})

t.test('the header of the key is not listed as a parameter', async t => {
  const document = await documentOf(t, {}, app => {
    const schema = { headers: { type: 'object', properties: { 'x-api-key': { type: 'string' }, 'x-tenant': { type: 'string' } } } }
    app.get('/queues', { onRequest: apiKey({ lookup, header: 'x-api-key' }), schema }, async () => 'ok')
  })
  t.strictSame(document.paths['/queues']?.get?.parameters, [{ schema: { type: 'string' }, in: 'header', name: 'x-tenant', required: false }])
})
