/** The data of the registrations in an application, for tools that only have the application. */
import Fastify from 'fastify'
import t from 'tap'
import apiErrors from 'fastify-api-errors'
import { getInferences, listUnhandledRoutes } from '../../lib/infer/inferences.js'

t.test('an application without the plugin has no data', async t => {
  const app = Fastify()
  t.strictSame(getInferences(app), [])
  t.strictSame(listUnhandledRoutes(app), [])
})

t.test('each registration has its routes, and the routes with an error handler of the application are unhandled', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.get('/queues', async () => [])
  await app.register(async scope => {
    await scope.register(apiErrors, { format: 'problem', log: false })
    scope.get('/queues', async () => [])
    scope.post('/own', { errorHandler: (_error, _request, reply) => { reply.code(418).send() } }, async () => [])
    scope.get('/excluded', { config: { errors: false }, errorHandler: (_error, _request, reply) => { reply.code(418).send() } }, async () => [])
  }, { prefix: '/v2' })
  await app.ready()
  t.strictSame(getInferences(app).map(({ routeErrors }) => [...new Set(routeErrors.routes.map(({ url }) => url))]), [['/queues'], ['/v2/queues', '/v2/own', '/v2/excluded']])
  t.strictSame(listUnhandledRoutes(app), ['POST /v2/own'])
})
