/** The plugin as a whole. */
import swagger from '@fastify/swagger'
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors, type ApiErrorsOptions } from 'fastify-api-errors'
import { createApp, errorResponse, listen, requestId, sendRequest } from './helpers/http.js'

t.test('one register: an error, an unknown path and an unsupported method have one shape', async t => {
  const app = await createApp()
  app.get('/queues/:id', async () => { throw errors.resource_not_found({ message: 'No queue has this id.' }) })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/queues/1'), errorResponse(404, { code: 'resource_not_found', message: 'No queue has this id.', request_id: requestId }))
  t.strictSame(await sendRequest(port, 'GET', '/nope'), errorResponse(404, { code: 'route_not_found', message: 'This endpoint does not exist.', request_id: requestId }))
  t.strictSame(await sendRequest(port, 'PUT', '/queues/1'), errorResponse(405, {
    code: 'method_not_allowed', message: errors.method_not_allowed.message, request_id: requestId, meta: { allowed: ['GET', 'HEAD'] }
  }, { allow: 'GET, HEAD' }))
  t.match(app.apiErrors.ledger(), [
    { route: 'GET /queues/:id', status: 404, code: 'resource_not_found', count: 1, documented: true },
    { route: null, status: 404, code: 'route_not_found', count: 1 },
    { route: null, status: 405, code: 'method_not_allowed', count: 1 }
  ])
})

t.test('a registration that is not loaded yet has no routes and no errors', async t => {
  const app = await createApp()
  t.teardown(() => app.close())
  await app.register(async scope => {
    scope.register(apiErrors, { format: 'problem', notFound: false })
    t.throws(() => app.apiErrors.explain('GET', '/late'), { message: /^fastify-api-errors: explain\("GET", "\/late"\)/ })
    t.strictSame(app.apiErrors.ledger(), [])
    scope.get('/late', async () => '')
  })
  await app.ready()
  t.strictSame(app.apiErrors.explain('GET', '/late').map(({ code }) => code), ['internal_error'])
})

t.test('one register sets up limits, schemas, pages and the document', async t => {
  const app = Fastify()
  await app.register(swagger, { openapi: { info: { title: 'Launch API', version: '1.0.0' } } })
  await app.register(apiErrors, {
    addSchemas: true,
    log: false,
    reference: { path: '/errors' },
    rateLimit: { policies: { general: { max: 1, timeWindow: '1 minute' } }, default: 'general' }
  })
  app.get('/queues', async () => 'ok')
  await app.ready()
  t.ok(Object.keys(app.getSchemas()).length > 0)
  t.strictSame([(await app.inject('/queues')).statusCode, (await app.inject('/queues')).statusCode], [200, 429])
  t.equal((await app.inject('/errors')).statusCode, 200)
  const { responses } = (app.swagger().paths?.['/queues'] as { get: { responses: object } }).get
  t.strictSame(Object.keys(responses), ['200', '429', '500'])
  t.equal(app.apiErrors.reference().title, 'Errors')
})

t.test('register() rejects an invalid option with one sentence', async t => {
  for (const [options, message] of [
    [{ sentErrors: 'drop' }, 'fastify-api-errors: sentErrors: expected \'report\' or \'convert\', got "drop".'],
    [{ log: true }, 'fastify-api-errors: log: expected false, or a function of (entry, request, log), got true.']
  ] as const) {
    await t.rejects(async () => { await Fastify().register(apiErrors, options as unknown as ApiErrorsOptions) }, { message })
  }
})

t.test('an application can register the plugin once', async t => {
  const twice = Fastify()
  await twice.register(apiErrors)
  await t.rejects(async () => { await twice.register(apiErrors) }, {
    message: 'fastify-api-errors: the plugin is already registered on this instance. Register it once per instance, and again only in scopes that need other options.'
  })
})
