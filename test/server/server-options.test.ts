import { Server as HttpServer } from 'node:http'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import { Server as HttpsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { expectTypeOf } from 'expect-type'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import { clientErrors } from '../../lib/server/malformed-http.js'
import { answerOf, ask, contractAnswer, create, exchange, requestId, requestOf, start, type WireAnswer } from '../support/wire.js'

/** An application that only has the constructor's options: the plugin is not registered. */
async function withoutPlugin (_options?: ApiErrorsOptions, server?: FastifyServerOptions): Promise<FastifyInstance> {
  return Fastify(serverOptions({ genReqId: () => requestId, ...server }))
}

/** An answer to a connection has an id of its own: it is checked here, and put into what is expected. */
function rawAnswer (t: Test, answer: WireAnswer, status: number, code: string, message: string): void {
  const { request_id: id } = answer.body as { readonly request_id: string }
  t.match(id, /^req_[\w-]{20}$/)
  t.strictSame(answer, contractAnswer(status, { code, message, request_id: id }))
}

const malformed = [400, 'invalid_request', 'The request is malformed.'] as const

for (const [name, make] of [['with the plugin', create], ['without the plugin', withoutPlugin]] as const) {
  t.test(name, async t => {
    t.test('a bad URL gives 400, an over-long parameter 414', async t => {
      const app = await make()
      app.get('/queues/:id', async () => 'ok')
      const port = await start(t, app)
      const badUrl = contractAnswer(400, { code: 'invalid_request', message: 'The address of the request is not a valid URL.', request_id: requestId })
      t.strictSame(await ask(port, 'GET', '/%zz'), badUrl)
      t.strictSame(await ask(port, 'POST', '/queues/%'), badUrl)
      t.strictSame(
        await ask(port, 'GET', `/queues/${'a'.repeat(101)}`),
        contractAnswer(414, { code: 'uri_too_long', message: 'A parameter in the address is too long.', request_id: requestId })
      )
    })

    t.test('what is not HTTP gives 400', async t => {
      const app = await make()
      app.post('/', async () => 'ok')
      const port = await start(t, app)
      for (const text of [
        'GARBAGE\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: a\r\n\r\n',
        'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n',
        'GET /queues/ü HTTP/1.1\r\nHost: localhost\r\n\r\n',
        '\u0016\u0003\u0001\u0002\u0000\u0001' // the start of a TLS handshake
      ]) {
        const text431 = await exchange(port, text)
        rawAnswer(t, answerOf(text431), ...malformed)
        t.match(text431, /^HTTP\/1\.1 400 Bad Request\r\n/)
        t.match(text431, /\r\nconnection: close\r\n/)
      }
    })

    t.test('headers that are too large give 431', async t => {
      const port = await start(t, await make())
      const answer = answerOf(await exchange(port, requestOf('GET', '/', { Cookie: 'a'.repeat(20_000) })))
      rawAnswer(t, answer, 431, 'request_header_fields_too_large', 'The request headers are too large.')
    })

    t.test('chunk extensions without end give 413', async t => {
      const app = await make()
      app.post('/', async () => 'ok')
      const port = await start(t, app)
      const head = requestOf('POST', '/', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/json' })
      const answer = answerOf(await exchange(port, `${head}2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`))
      rawAnswer(t, answer, 413, 'payload_too_large', 'The request body is too large.')
    })

    t.test('a request that does not arrive in time gives 408', async t => {
      const app = await make({}, { requestTimeout: 200, http: { headersTimeout: 100, connectionsCheckingInterval: 50 } } as FastifyServerOptions)
      app.post('/', async () => 'ok')
      const port = await start(t, app)
      for (const text of ['GET / HTTP/1.1\r\nHost: local', `${requestOf('POST', '/', { 'Content-Length': '10', 'Content-Type': 'application/json' })}{`]) {
        rawAnswer(t, answerOf(await exchange(port, text)), 408, 'request_timeout', 'The request took too long to arrive.')
      }
    })

    t.test('HTTP/1.1 without Host gives 400, and HTTP/1.0 needs none', async t => {
      const app = await make()
      app.get('/', (_request, reply) => { reply.send('ok') })
      const port = await start(t, app)
      const text = await exchange(port, 'GET / HTTP/1.1\r\n\r\n')
      t.strictSame(answerOf(text), contractAnswer(400, { code: 'invalid_request', message: 'The request has no Host header.', request_id: requestId }))
      t.match(text, /\r\nconnection: close\r\n/i)
      const old = answerOf(await exchange(port, 'GET / HTTP/1.0\r\n\r\n'))
      t.strictSame(old, { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '2' }, body: 'ok' })
    })
  })
}

t.test('the format of the plugin holds for what never reaches an error handler', async t => {
  const app = await create({ format: 'problem' })
  const port = await start(t, app)
  t.strictSame(await ask(port, 'GET', '/%zz?a=b'), contractAnswer(400, {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'The address of the request is not a valid URL.',
    instance: '/%25zz',
    code: 'invalid_request',
    request_id: requestId
  }, { 'content-type': 'application/problem+json' }), 'the address as a valid URI reference')
  const answer = answerOf(await exchange(port, 'GARBAGE\r\n\r\n'))
  const { request_id: id } = answer.body as { readonly request_id: string }
  t.strictSame(answer, contractAnswer(400, {
    type: 'about:blank', title: 'Bad Request', status: 400, detail: 'The request is malformed.', instance: '/', code: 'invalid_request', request_id: id
  }, { 'content-type': 'application/problem+json' }))
})

t.test('a connection that is gone, or in the middle of an answer, gets no text', async t => {
  const app = await create()
  let answering: Socket | undefined
  app.get('/stream', (request, reply) => {
    reply.hijack()
    reply.raw.write('half of')
    answering = request.socket
  })
  const port = await start(t, app)
  const client = connect(port, '127.0.0.1')
  client.once('data', () => client.write('GARBAGE\r\n\r\n'))
  const text = await exchange(port, requestOf('GET', '/stream', { Connection: 'keep-alive' }), client)
  t.notMatch(text, 'invalid_request')
  t.match(text, /\r\n\r\n7\r\nhalf of\r\n$/, 'the answer breaks off')
  t.equal(answering?.destroyed, true, 'and the connection is closed')

  const closed = new Promise<void>(resolve => { app.server.once('connection', socket => socket.on('close', () => resolve())) })
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: loc')
  socket.resetAndDestroy()
  await closed
})

t.test('a connection that is closed after such an answer stays open on no side', async t => {
  const app = await create()
  const port = await start(t, app)
  const sockets: Socket[] = []
  app.server.on('connection', socket => sockets.push(socket))
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  client.write('GARBAGE\r\n\r\n')
  await new Promise(resolve => client.on('data', resolve))
  await new Promise(resolve => setTimeout(resolve, 50))
  t.strictSame(sockets.map(socket => socket.destroyed), [true], 'though the client has not closed its side')
  client.destroy()
})

t.test('the parser errors of Node have each a code of the catalog', async t => {
  t.strictSame(clientErrors, {
    ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
    HPE_HEADER_OVERFLOW: 'request_header_fields_too_large',
    HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large'
  })
})

t.test('an asynchronous constraint that fails gives 500', async t => {
  const tenant = {
    name: 'tenant',
    storage: () => ({ get: () => null, set () {} }),
    validate () {},
    deriveConstraint: (_request: unknown, _context: unknown, done: (error: Error) => void) => { done(new Error('the tenants are in 10.0.0.3')) }
  }
  const app = await create({}, { routerOptions: { constraints: { tenant } } } as object)
  app.get('/', { constraints: { tenant: 'a' } }, async () => 'ok')
  t.strictSame(
    await ask(await start(t, app), 'GET', '/'),
    contractAnswer(500, { code: 'internal_error', message: 'Something went wrong on our side.', request_id: requestId })
  )
})

t.test('options are merged with those of the caller', async t => {
  t.test('Ajv reports every wrong field, and keeps the options given', async t => {
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

  t.test("the message of a failed validation names the first ten faults, or is the caller's", async t => {
    const messageWith = async (options: FastifyServerOptions): Promise<string> => {
      const app = Fastify(serverOptions(options))
      app.setErrorHandler((error: Error, _request, reply) => reply.code(400).send(error.message))
      app.post('/', { schema: { body: { type: 'array', items: { type: 'integer' } } } }, async () => '')
      return (await app.inject({ method: 'POST', url: '/', payload: Array.from({ length: 30 }, () => 'x') })).body
    }
    t.equal(await messageWith({}), Array.from({ length: 10 }, (_, index) => `body/${index} must be integer`).join(', '))
    t.equal(await messageWith({ schemaErrorFormatter: errors => new Error(`${errors.length} faults`) }), '30 faults')
  })

  t.test('request ids are unique, or what the caller makes', async t => {
    const app = Fastify(serverOptions())
    app.get('/', async request => request.id)
    const [one, other] = await Promise.all([app.inject('/'), app.inject('/')])
    t.match(one.body, /^req_[\w-]{20}$/)
    t.not(one.body, other.body)
    const own = Fastify(serverOptions({ genReqId: () => 'mine' }))
    own.get('/', async request => request.id)
    t.equal((await own.inject('/')).body, 'mine')
  })

  t.test('a rewriteUrl is called with the application, after a missing Host was refused', async t => {
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
    const port = await start(t, app)
    t.equal((await ask(port, 'GET', '/queues')).body, 'ok')
    await exchange(port, 'GET /queues HTTP/1.1\r\n\r\n')
    t.strictSame(seen, ['/queues'])
  })

  t.test('with a frameworkErrors of the caller, a bad URL is theirs, and a missing Host is Node\'s', async t => {
    const app = Fastify(serverOptions({ frameworkErrors: (error, _request, reply) => { reply.send({ code: error.code } as never) } }))
    await app.register(apiErrors)
    const port = await start(t, app)
    t.strictSame((await ask(port, 'GET', '/%zz')).body, { code: 'FST_ERR_BAD_URL' })
    t.strictSame(answerOf(await exchange(port, 'GET / HTTP/1.1\r\n\r\n')), { status: 400, headers: { 'transfer-encoding': 'chunked' }, body: '' })
  })

  t.test('a clientErrorHandler of the caller is theirs', async t => {
    const app = Fastify(serverOptions({ clientErrorHandler: (_error, socket) => { socket.end('HTTP/1.1 418 Teapot\r\n\r\n') } }))
    await app.register(apiErrors)
    t.equal(answerOf(await exchange(await start(t, app), 'GARBAGE\r\n\r\n')).status, 418)
  })
})

t.test('the options tell the kind of server, and TypeScript knows it', async t => {
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
  // @ts-expect-error no such option
  Fastify(serverOptions({ htp2: true }))
  // @ts-expect-error a limit is a number
  t.throws(() => Fastify(serverOptions({ bodyLimit: '1 MB' })), { code: 'FST_ERR_ROUTE_BODY_LIMIT_OPTION_NOT_INT' })
})

t.test('the options are an object', async t => {
  t.throws(() => serverOptions(5 as never), new TypeError('serverOptions: options: expected the options of Fastify(), got 5.'))
  t.throws(() => serverOptions(null as never), new TypeError('serverOptions: options: expected the options of Fastify(), got null.'))
})
