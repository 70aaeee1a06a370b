/** The links of routes to the API documentation that an application registers. */
import swaggerUi from '@fastify/swagger-ui'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions } from 'fastify-api-errors'

async function operationsOf (register: (app: FastifyInstance) => Promise<void>): Promise<Readonly<Record<string, string>>> {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await register(app)
  app.get('/queues/:id', async () => 'ok')
  app.post('/queues/:id/entries', { schema: { tags: ['Queue entries'], operationId: 'join queue' } as object }, async () => 'ok')
  await app.ready()
  return app.apiErrors.reference().operations
}

const linksOfSwaggerUi = {
  'GET /queues/:id': '/docs/#/default/get_queues__id_',
  'POST /queues/:id/entries': '/docs/#/Queue%20entries/join%20queue'
}

t.test('operations link to @fastify/swagger-ui, registered before or after the plugin', async t => {
  const registerUi = async (app: FastifyInstance): Promise<void> => {
    await app.register(swagger)
    await app.register(swaggerUi, { routePrefix: '/docs' })
  }
  t.strictSame(await operationsOf(async app => {
    await registerUi(app)
    await app.register(apiErrors)
  }), linksOfSwaggerUi)
  t.strictSame(await operationsOf(async app => {
    await app.register(apiErrors)
    await registerUi(app)
  }), linksOfSwaggerUi)
})

t.test('operations link to @scalar/fastify-api-reference, which is found by the path of its script', async t => {
  t.strictSame(await operationsOf(async app => {
    await app.register(async scope => { scope.get('/js/scalar.js', { schema: { hide: true } as object }, async () => '') }, { prefix: '/reference' })
    await app.register(apiErrors)
  }), {
    'GET /queues/:id': '/reference/#GET/queues/{id}',
    'POST /queues/:id/entries': '/reference/#tag/queue-entries/POST/queues/{id}/entries'
  })
})

t.test('without a viewer, routes have no links', async t => {
  t.strictSame(await operationsOf(async app => { await app.register(apiErrors) }), {})
})
