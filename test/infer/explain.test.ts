/** `app.apiErrors.explain()`: the reason for each error of a route. */
import t from 'tap'
import proxy from '@fastify/http-proxy'
import underPressure from '@fastify/under-pressure'
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { declareErrors, responses, serverOptions, standardErrors as errors, swaggerOptions } from 'fastify-api-errors'
import { createApp, documentOf, info } from '../openapi/documents.js'

function reasons (app: FastifyInstance, method: string, url: string): string[] {
  return app.apiErrors.explain(method, url).map(({ status, code, reason }) => `${status} ${code}: ${reason}`)
}

t.test('explain returns the errors of a route, whatever the case of the method', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.get('/queues/:id', async () => 'ok')
  await app.ready()
  for (const method of ['GET', 'get']) {
    t.strictSame(app.apiErrors.explain(method, '/queues/:id').map(({ code }) => code), ['internal_error', 'resource_not_found'])
  }
  t.throws(() => app.apiErrors.explain('GET', '/queues/1'), {
    message: 'fastify-api-errors: explain("GET", "/queues/1"): expected the method and the path of a registered route, like \'GET\', \'/queues/:id\'.'
  })
  t.throws(() => (app.apiErrors.explain as () => unknown)(), {
    message: "fastify-api-errors: explain(undefined, undefined): expected the method and the path of a registered route, like 'GET', '/queues/:id'."
  })
})

t.test('every error has a reason in one sentence', async t => {
  const requireUser = async (): Promise<void> => {}
  declareErrors(requireUser, [errors.invalid_token])
  const app = await createApp({ plugin: { rateLimit: { policies: { burst: { max: 5, timeWindow: 1000 }, general: { max: 100, timeWindow: 60_000 } } } } }, async app => {
    app.post('/queues/:id', {
      handlerTimeout: 1500,
      onRequest: requireUser,
      schema: {
        params: Type.Object({ id: Type.Integer() }),
        querystring: Type.Object({ sort: Type.Optional(Type.Unsafe<string>({ type: 'string', enum: ['name', 'age'] })) }),
        headers: Type.Object({ 'x-tenant': Type.String({ minLength: 3 }) }),
        body: Type.Object({ email: Type.String({ format: 'email' }) }),
        response: responses(errors.resource_conflict)
      },
      config: { rateLimitPolicy: ['burst', 'general'], errors: ['resource_gone'] }
    }, async () => ({}))
    await app.register(async scope => {
      await scope.register(underPressure, { maxEventLoopDelay: 1000 })
      scope.get('/pressed', { schema: { security: [{ bearer: [] }] } as object }, async () => ({}))
    })
    await app.register(proxy, { upstream: 'http://127.0.0.1:1', prefix: '/proxied', httpMethods: ['POST'] })
  })
  t.teardown(() => app.close())

  t.strictSame(reasons(app, 'POST', '/queues/:id'), [
    '500 internal_error: Any handler can fail.',
    '400 invalid_request: The request can have a body, which can be malformed, too large or of an unsupported media type.',
    '413 payload_too_large: The request can have a body, which can be malformed, too large or of an unsupported media type.',
    '415 unsupported_media_type: The request can have a body, which can be malformed, too large or of an unsupported media type.',
    '422 validation_error: The body can fail its schema: email, required, type.',
    '422 missing_required_field: The body has a required field.',
    '400 invalid_parameter: The path can fail its schema: type.',
    '400 invalid_parameter: The query can fail its schema: enum, type.',
    '400 invalid_request: A header can fail its schema: min_length, required.',
    '414 uri_too_long: A path parameter can be longer than 100 characters.',
    '400 invalid_request: A path parameter can have malformed percent-encoding.',
    '404 resource_not_found: A path parameter identifies a resource.',
    "429 rate_limit_exceeded: The route is limited by 'burst', 'general'.",
    '503 service_unavailable: The handler times out after 1500 ms.',
    "401 invalid_token: The onRequest hook 'requireUser' of the route declares it.",
    '409 resource_conflict: schema.response of the route lists it.',
    '410 resource_gone: config.errors of the route lists it.'
  ])
  t.strictSame(reasons(app, 'GET', '/pressed'), [
    '500 internal_error: Any handler can fail.',
    '503 service_unavailable: @fastify/under-pressure rejects requests when the server is overloaded.',
    '401 unauthorized: The route requires authentication.',
    '403 forbidden: The route requires authentication.'
  ])
  t.strictSame(reasons(app, 'POST', '/proxied/*'), [
    '500 internal_error: Any handler can fail.',
    '415 unsupported_media_type: The request can have a body, whose Content-Type can be malformed.',
    '417 expectation_failed: @fastify/http-proxy forwards the request to an upstream service.',
    '502 bad_gateway: @fastify/http-proxy forwards the request to an upstream service.',
    '504 gateway_timeout: @fastify/http-proxy forwards the request to an upstream service.'
  ])
})

t.test('excluded routes and routes with their own error handler are never documented, in any order of registration', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ wiring }, async app => {
      app.get('/out/:id', { config: { errors: false } }, async () => ({}))
      app.get('/handled/:id', { errorHandler: (_error, _request, reply) => { reply.send('own') } }, async () => ({}))
      await app.register(async scope => {
        scope.setErrorHandler((_error, _request, reply) => { reply.send('own') })
        scope.get('/scope/:id', async () => ({}))
      })
    })
    const { paths } = documentOf(app)
    for (const name of ['out', 'handled', 'scope']) {
      t.strictSame(reasons(app, 'GET', `/${name}/:id`), [], `${wiring}: ${name}`)
      t.strictSame(Object.keys(paths[`/${name}/{id}`]?.get?.responses ?? {}), ['200'], `${wiring}: ${name}`)
    }
    await app.close()
  }
})

t.test('two documents of one application, each with its own name', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  const openapi = { openapi: '3.1.0', info }
  await app.register(swagger, swaggerOptions({ openapi }))
  await app.register(swagger, { openapi, decorator: 'internal' })
  await app.register(apiErrors)
  app.get('/things/:id', async () => ({}))
  await app.ready()
  const documents = app as unknown as Readonly<Record<'swagger' | 'internal', () => { paths: Record<string, { get: { responses: object } }> }>>
  for (const name of ['swagger', 'internal'] as const) {
    t.strictSame(Object.keys(documents[name]().paths['/things/{id}']?.get.responses ?? {}), ['200', '404', '500'], name)
  }
})
