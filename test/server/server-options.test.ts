/** Options for Fastify, merged with those of the application. */
import { Server as HttpServer } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import { Server as HttpsServer } from 'node:https'
import t from 'tap'
import { expectTypeOf } from 'expect-type'
import Fastify, {
  type FastifyHttp2Options, type FastifyHttp2SecureOptions, type FastifyHttpOptions, type FastifyHttpsOptions, type FastifyInstance, type FastifyServerOptions
} from 'fastify'
import apiErrors, { serverOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import { createApp, errorResponse, listen, parseResponse, requestId, sendRaw, sendRequest } from '../helpers/http.js'

/** An application with only the constructor's options. The plugin is not registered. */
async function withoutPlugin (_options?: ApiErrorsOptions, server?: FastifyServerOptions): Promise<FastifyInstance> {
  return Fastify(serverOptions({ genReqId: () => requestId, ...server }))
}

for (const [name, make] of [['with the plugin', createApp], ['without the plugin', withoutPlugin]] as const) {
  t.test(name, async t => {
    t.test('a bad URL results in 400, and a long parameter results in 414', async t => {
      const app = await make()
      app.get('/queues/:id', async () => 'ok')
      const port = await listen(t, app)
      const badUrl = errorResponse(400, { code: 'invalid_request', message: 'The request URL is invalid.', request_id: requestId })
      t.strictSame(await sendRequest(port, 'GET', '/%zz'), badUrl)
      t.strictSame(await sendRequest(port, 'POST', '/queues/%'), badUrl)
      t.strictSame(
        await sendRequest(port, 'GET', `/queues/${'a'.repeat(101)}`),
        errorResponse(414, { code: 'uri_too_long', message: 'A path parameter is too long.', request_id: requestId })
      )
    })
  })
}

t.test('errors that never reach an error handler have the format of the plugin', async t => {
  const app = await createApp({ format: 'problem' })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/%zz?a=b'), errorResponse(400, {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'The request URL is invalid.',
    instance: '/%25zz#req_1',
    code: 'invalid_request',
    request_id: requestId
  }, { 'content-type': 'application/problem+json' }), 'the URL as a valid URI reference')
  const response = parseResponse(await sendRaw(port, 'GARBAGE\r\n\r\n'))
  const { request_id: id } = response.body as { readonly request_id: string }
  t.strictSame(response, errorResponse(400, {
    type: 'about:blank', title: 'Bad Request', status: 400, detail: 'The request is malformed.', instance: `/#${id}`, code: 'invalid_request', request_id: id
  }, { 'content-type': 'application/problem+json' }))
})

t.test('an asynchronous constraint that fails results in 500', async t => {
  const tenant = {
    name: 'tenant',
    storage: () => ({ get: () => null, set () {} }),
    validate () {},
    deriveConstraint: (_request: unknown, _context: unknown, done: (error: Error) => void) => { done(new Error('the tenants are in 10.0.0.3')) }
  }
  const app = await createApp({}, { routerOptions: { constraints: { tenant } } } as object)
  app.get('/', { constraints: { tenant: 'a' } }, async () => 'ok')
  t.strictSame(
    await sendRequest(await listen(t, app), 'GET', '/'),
    errorResponse(500, { code: 'internal_error', message: 'Something went wrong on our side.', request_id: requestId })
  )
})

t.test('options are merged with the options of the application', async t => {
  t.test('Ajv reports every invalid field, and keeps the given options', async t => {
    const body = { type: 'object', required: ['a', 'b'], properties: { c: { type: 'integer' } } }
    const app = Fastify(serverOptions({ ajv: { customOptions: { coerceTypes: false } } }))
    await app.register(apiErrors)
    app.post('/', { schema: { body } }, async () => 'ok')
    const { details } = (await app.inject({ method: 'POST', url: '/', payload: { c: '1' } })).json<{ details: object[] }>()
    t.match(details, [{ field: 'a', code: 'required' }, { field: 'b', code: 'required' }, { field: 'c', code: 'type' }])
    const one = Fastify(serverOptions({ ajv: { customOptions: { allErrors: false } } }))
    await one.register(apiErrors)
    one.post('/', { schema: { body } }, async () => 'ok')
    t.match((await one.inject({ method: 'POST', url: '/', payload: {} })).json<{ details: object[] }>().details, { length: 1 })
  })

  t.test('the message of a failed validation lists the first ten errors, or comes from the application', async t => {
    const messageWith = async (options: FastifyServerOptions): Promise<string> => {
      const app = Fastify(serverOptions(options))
      app.setErrorHandler((error: Error, _request, reply) => reply.code(400).send(error.message))
      app.post('/', { schema: { body: { type: 'array', items: { type: 'integer' } } } }, async () => '')
      return (await app.inject({ method: 'POST', url: '/', payload: Array.from({ length: 30 }, () => 'x') })).body
    }
    t.equal(await messageWith({}), Array.from({ length: 10 }, (_, index) => `body/${index} must be integer`).join(', '))
    t.equal(await messageWith({ schemaErrorFormatter: errors => new Error(`${errors.length} errors`) }), '30 errors')
  })

  t.test('request ids are unique, or come from the application', async t => {
    const app = Fastify(serverOptions())
    app.get('/', async request => request.id)
    const [one, other] = await Promise.all([app.inject('/'), app.inject('/')])
    t.match(one.body, /^req_[\w-]{20}$/)
    t.not(one.body, other.body)
    const own = Fastify(serverOptions({ genReqId: () => 'mine' }))
    own.get('/', async request => request.id)
    t.equal((await own.inject('/')).body, 'mine')
  })

  t.test('a rewriteUrl runs with the application as this, after the check for a missing Host', async t => {
    const seen: string[] = []
    const app = Fastify(serverOptions({
      genReqId: () => requestId,
      rewriteUrl (request) {
        seen.push(request.url as string)
        return `/v1${request.url}`
      }
    }))
    await app.register(apiErrors)
    app.get('/v1/queues', (_request, reply) => { reply.send('ok') })
    const port = await listen(t, app)
    t.equal((await sendRequest(port, 'GET', '/queues')).body, 'ok')
    await sendRaw(port, 'GET /queues HTTP/1.1\r\n\r\n')
    t.strictSame(seen, ['/queues'])
  })

  t.test('with a frameworkErrors of the application, it handles a bad URL, and Node handles a missing Host', async t => {
    const app = Fastify(serverOptions({ frameworkErrors: (error, _request, reply) => { reply.send({ code: error.code } as never) } }))
    await app.register(apiErrors)
    const port = await listen(t, app)
    t.strictSame((await sendRequest(port, 'GET', '/%zz')).body, { code: 'FST_ERR_BAD_URL' })
    t.strictSame(parseResponse(await sendRaw(port, 'GET / HTTP/1.1\r\n\r\n')), { status: 400, headers: { 'transfer-encoding': 'chunked' }, body: '' })
  })

  t.test('a clientErrorHandler of the application is used', async t => {
    const app = Fastify(serverOptions({ clientErrorHandler: (_error, socket) => { socket.end('HTTP/1.1 418 Teapot\r\n\r\n') } }))
    await app.register(apiErrors)
    t.equal(parseResponse(await sendRaw(await listen(t, app), 'GARBAGE\r\n\r\n')).status, 418)
  })
})

t.test('the options contain the kind of server, and TypeScript infers it', async t => {
  const plain = Fastify(serverOptions()).server
  expectTypeOf(plain).toEqualTypeOf<HttpServer>()
  const http = Fastify(serverOptions({ http: { maxHeaderSize: 1024 } })).server
  expectTypeOf(http).toEqualTypeOf<HttpServer>()
  const https = Fastify(serverOptions({ https: { minVersion: 'TLSv1.3' } })).server
  expectTypeOf(https).toEqualTypeOf<HttpsServer>()
  const http2 = Fastify(serverOptions({ http2: true })).server
  expectTypeOf(http2).toEqualTypeOf<Http2Server>()
  const http2Secure = Fastify(serverOptions({ http2: true, https: { minVersion: 'TLSv1.3' } })).server
  expectTypeOf(http2Secure).toEqualTypeOf<Http2SecureServer>()
  t.ok(plain instanceof HttpServer)
  t.ok(http instanceof HttpServer)
  t.ok(https instanceof HttpsServer)
  t.equal(http2.constructor.name, 'Http2Server')
  t.equal(http2Secure.constructor.name, 'Http2SecureServer')
  // @ts-expect-error an unknown option
  Fastify(serverOptions({ htp2: true }))
  // @ts-expect-error a limit must be a number
  t.throws(() => Fastify(serverOptions({ bodyLimit: '1 MB' })), { code: 'FST_ERR_ROUTE_BODY_LIMIT_OPTION_NOT_INT' })
})

t.test('the options must be an object', async t => {
  t.throws(() => serverOptions(5 as never), new TypeError('serverOptions: options: expected the options of Fastify(), got 5.'))
  t.throws(() => serverOptions(null as never), new TypeError('serverOptions: options: expected the options of Fastify(), got null.'))
})

t.test('a request must arrive within 120 seconds, or within the requestTimeout of the application', async t => {
  t.equal(Fastify(serverOptions()).server.requestTimeout, 120_000)
  t.equal(Fastify(serverOptions({ requestTimeout: 0 })).server.requestTimeout, 0)
  t.equal(Fastify(serverOptions({ requestTimeout: 5000 })).server.requestTimeout, 5000)
})

t.test('options that are declared for a kind of server keep their type', async t => {
  const http: FastifyHttpOptions<HttpServer> = { logger: false }
  const https: FastifyHttpsOptions<HttpsServer> = { https: { minVersion: 'TLSv1.3' } }
  const http2: FastifyHttp2Options<Http2Server> = { http2: true }
  const http2Secure: FastifyHttp2SecureOptions<Http2SecureServer> = { http2: true, https: { minVersion: 'TLSv1.3' } }
  const plain = Fastify(serverOptions(http)).server
  const secure = Fastify(serverOptions(https)).server
  const two = Fastify(serverOptions(http2)).server
  const twoSecure = Fastify(serverOptions(http2Secure)).server
  expectTypeOf(plain).toEqualTypeOf<HttpServer>()
  expectTypeOf(secure).toEqualTypeOf<HttpsServer>()
  expectTypeOf(two).toEqualTypeOf<Http2Server>()
  expectTypeOf(twoSecure).toEqualTypeOf<Http2SecureServer>()
  t.strictSame([plain, secure, two, twoSecure].map(server => server.constructor.name), ['Server', 'Server', 'Http2Server', 'Http2SecureServer'])
})

t.test('the result of Fastify(serverOptions()) is assignable to FastifyInstance', async t => {
  const build = async (options?: FastifyServerOptions): Promise<FastifyInstance> => Fastify(serverOptions(options))
  const applications: readonly FastifyInstance[] = [
    Fastify(serverOptions()),
    Fastify(serverOptions(undefined)),
    Fastify(serverOptions({})),
    Fastify({ ...serverOptions(), bodyLimit: 5 }),
    Fastify(serverOptions({ genReqId: () => 'a', rewriteUrl: request => request.url ?? '' })),
    await build(),
    await build({ logger: false })
  ]
  for (const { server } of applications) t.ok(server instanceof HttpServer)
})
