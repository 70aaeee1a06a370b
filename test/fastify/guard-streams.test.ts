/** Streams that fail while Fastify reads or writes them, over HTTP/1.1 and HTTP/2: the process continues, and each request gets a response. */
import { once } from 'node:events'
import { connect } from 'node:http2'
import { Readable, Transform } from 'node:stream'
import type { ServerResponse } from 'node:http'
import compress from '@fastify/compress'
import t from 'tap'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
import { apiKey } from 'fastify-api-errors/api-key'
import { createApp, errorResponse, listen, requestId, sendRaw, formatRequest, sendRequest } from '../helpers/http.js'
import { throwables } from '../helpers/throwables.js'
import { watchRejections } from '../helpers/unhandled-rejections.js'

const internal = errorResponse(500, { code: 'internal_error', message: errors.internal_error.message, request_id: requestId })

/** The status, the body and the trailers of a response over HTTP/2, and the error of its stream. */
interface Http2Response {
  readonly status: unknown
  readonly text: string
  readonly trailers: Readonly<Record<string, unknown>>
  readonly error?: string
}

/** Each value that code can throw. Nothing awaits a promise that is thrown, so its rejection would be unhandled. */
const failures = Object.entries(throwables).filter(([name]) => name !== 'a rejected promise')

async function get (port: number, path: string): Promise<Http2Response> {
  const session = connect(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':path': path })
  let [status, text, error]: [unknown, string, string | undefined] = [undefined, '', undefined]
  let trailers = {}
  stream.on('response', headers => { status = headers[':status'] })
  stream.on('trailers', headers => { trailers = { ...headers } })
  stream.on('error', fault => { error = (fault as { readonly code?: string }).code })
  stream.setEncoding('utf8').on('data', chunk => { text += String(chunk) })
  await once(stream, 'close').catch(() => {})
  session.close()
  return { status, text, trailers, ...(error !== undefined && { error }) }
}

async function createApps (routes: (app: FastifyInstance) => void): Promise<readonly [FastifyInstance, FastifyInstance]> {
  const apps = [await createApp(), await createApp({}, { http2: true } as never)] as const
  for (const app of apps) routes(app)
  return apps
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

const first = Buffer.from('first,')

const invalidStreams: Readonly<Record<string, () => unknown>> = {
  'a number from a web stream': () => new ReadableStream({ start (controller) { controller.enqueue(5); controller.close() } }),
  'an object from a Response': () => new Response(new ReadableStream({ start (controller) { controller.enqueue({ id: 1 } as never); controller.close() } })),
  'an object from a stream of Node': () => Readable.from([{ id: 1 }]),
  'several objects': () => Readable.from([{ id: 1 }, { id: 2 }, { id: 3 }])
}

t.test('a stream whose chunks are not text or binary data results in a 500', async t => {
  const unhandled = watchRejections(t)
  const [http1, http2] = await createApps(app => {
    for (const [name, create] of Object.entries(invalidStreams)) app.get(`/${name}`, async () => create())
  })
  const ports = [await listen(t, http1), await listen(t, http2)] as const
  for (const name of Object.keys(invalidStreams)) {
    t.strictSame(await sendRequest(ports[0], 'GET', `/${encodeURIComponent(name)}`), internal, name)
    t.strictSame(await get(ports[1], `/${encodeURIComponent(name)}`), { status: 500, text: JSON.stringify(internal.body), trailers: {} }, name)
  }
  t.strictSame(await unhandled(), [])
})

t.test('with @fastify/compress, a stream whose chunks are not text or binary data results in a 500, and objects that a hook converts are sent', async t => {
  const streams: Readonly<Record<string, () => unknown>> = { ...invalidStreams, late: () => Readable.from(['text', { id: 1 }]) }
  const onSend = async (_request: unknown, _reply: unknown, payload: unknown): Promise<Readable> => (payload as Readable).map(chunk => JSON.stringify(chunk))
  const unhandled = watchRejections(t)
  const app = await createApp()
  await app.register(compress, { threshold: 0 })
  for (const [name, create] of Object.entries(streams)) app.get(`/${name}`, async () => create())
  app.get('/converted', { onSend }, async () => Readable.from([{ id: 1 }, { id: 2 }]))
  const pipe = (stream: Readable): Readable => stream.pipe(new Transform({ writableObjectMode: true, transform (chunk, _encoding, done) { done(null, JSON.stringify(chunk)) } }))
  app.get('/piped', { onSend: async (_request, _reply, payload) => pipe(payload as Readable) }, async () => Readable.from([{ id: 3 }]))
  app.get('/before', async () => pipe(Readable.from([{ id: 1 }, { id: 2 }])))
  const port = await listen(t, app)
  const headers = { 'accept-encoding': 'gzip' }
  for (const name of Object.keys(streams)) {
    const response = await fetch(`http://127.0.0.1:${port}/${encodeURIComponent(name)}`, { headers })
    t.strictSame([response.status, response.headers.get('content-encoding'), await response.json()], [500, null, { ...internal.body as object, request_id: response.headers.get('x-request-id') }], name)
  }
  for (const [path, text] of Object.entries({ converted: '{"id":1}{"id":2}', piped: '{"id":3}', before: '{"id":1}{"id":2}' })) {
    const response = await fetch(`http://127.0.0.1:${port}/${path}`, { headers })
    t.strictSame([response.status, response.headers.get('content-encoding'), await response.text()], [200, 'gzip', text], path)
  }
  t.strictSame(await unhandled(), [])
})

t.test('if a later chunk is invalid, the client sees that the response is incomplete', async t => {
  const unhandled = watchRejections(t)
  const late = (chunks: unknown[]): ReadableStream => new ReadableStream({
    async pull (controller) {
      await new Promise(resolve => setImmediate(resolve))
      controller.enqueue(chunks.shift())
    }
  }, { highWaterMark: 0 })
  const [http1, http2] = await createApps(app => { app.get('/', (_request, reply) => { reply.send(late([first, 5, 6])) }) })
  const ports = [await listen(t, http1), await listen(t, http2)] as const
  const text = await sendRaw(ports[0], formatRequest('GET', '/'))
  t.match(text, /^HTTP\/1\.1 200 OK\r\n.*first,/s)
  t.notMatch(text, /0\r\n\r\n$/, 'without the end of the chunks')
  t.strictSame(await get(ports[1], '/'), { status: 200, text: 'first,', trailers: {}, error: 'ERR_HTTP2_STREAM_ERROR' })
  t.strictSame(await unhandled(), [])
})

t.test('a stream that fails without a reason after its first chunk is cut', async t => {
  const unhandled = watchRejections(t)
  const fails = (): ReadableStream => new ReadableStream({
    start (controller) { controller.enqueue(first) },
    async pull (controller) { await new Promise(resolve => setImmediate(resolve)); controller.error() }
  }, { highWaterMark: 0 })
  const [http1, http2] = await createApps(app => { app.get('/', (_request, reply) => { reply.send(new Response(fails())) }) })
  const ports = [await listen(t, http1), await listen(t, http2)] as const
  t.match(await sendRaw(ports[0], formatRequest('GET', '/')), /first,\r\n$/, 'the end of the chunks is missing')
  t.match(await get(ports[1], '/'), { status: 200, error: 'ERR_HTTP2_STREAM_ERROR' })
  t.strictSame(await unhandled(), [])
})

t.test('a stream that fails with any value after its first chunk is cut', async t => {
  const unhandled = watchRejections(t)
  for (const [name, { make }] of failures) {
    for (const options of [{}, { log: false }] as const) {
      const app = await createApp(options, { logger: { level: 'info', stream: { write () {} } } })
      app.get('/', async () => new ReadableStream({
        start (controller) { controller.enqueue(first) },
        async pull () {
          await new Promise(resolve => setImmediate(resolve))
          throw make()
        }
      }, { highWaterMark: 0 }))
      t.match(await sendRaw(await listen(t, app), formatRequest('GET', '/')), /first,\r\n$/, name)
    }
  }
  t.strictSame(await unhandled(), [])
})

t.test('a header that Node rejects when a stream starts results in a 500', async t => {
  const unhandled = watchRejections(t)
  const [http1, http2] = await createApps(app => {
    const headers = { 'transfer-encoding': 'chunked' }
    app.get('/response', async () => new Response('body', { headers }))
    app.get('/stream', async (_request, reply) => { reply.headers(headers); return Readable.from(['body']) })
  })
  const ports = [await listen(t, http1), await listen(t, http2)] as const
  for (const path of ['/response', '/stream']) {
    t.match(await sendRequest(ports[0], 'GET', path), { status: 200, body: 'body' }, 'HTTP/1.1 allows the header')
    t.strictSame(await get(ports[1], path), { status: 500, text: JSON.stringify(internal.body), trailers: {} }, path)
  }
  t.strictSame(await unhandled(), [])
})

t.test('streams of text and of binary data are sent as before, also through hooks', async t => {
  const [http1, http2] = await createApps(app => {
    app.get('/web', async () => new Response(new Blob(['web'])))
    app.get('/text', async () => Readable.from(['te', 'xt']))
    app.get('/view', async () => Readable.from([new Uint8Array([118, 105]), Buffer.from('ew')]))
    app.get('/hook', { onSend: async (_request, _reply, payload) => (payload as Readable).map(chunk => String(chunk).toUpperCase()) }, async () => Readable.from(['hook']))
    app.get('/object', async () => ({ pipe: 'no function' }))
  })
  const ports = [await listen(t, http1), await listen(t, http2)] as const
  for (const [path, text] of Object.entries({ web: 'web', text: 'text', view: 'view', hook: 'HOOK', object: '{"pipe":"no function"}' })) {
    const { body } = await sendRequest(ports[0], 'GET', `/${path}`)
    t.equal(typeof body === 'string' ? body : JSON.stringify(body), text, path)
    t.strictSame(await get(ports[1], `/${path}`), { status: 200, text, trailers: {} }, path)
  }
})

const trailers: Readonly<Record<string, Handler>> = {
  'a line break': (_request, reply) => reply.trailer('x-sum', async () => 'a\nb').send('body'),
  'no value': (_request, reply) => reply.trailer('x-sum', async () => undefined as never).send('body'),
  'an invalid name': (_request, reply) => reply.trailer('x sum', async () => 'a').send('body'),
  'a symbol': (_request, reply) => reply.trailer('x-sum', async () => Symbol('a') as never).send('body'),
  'a rejection': (_request, reply) => reply.trailer('x-sum', async () => { throw new Error('no sum') }).send('body'),
  'an exception': (_request, reply) => reply.trailer('x-sum', () => { throw new Error('no sum') }).send('body'),
  'an exception after a stream': (_request, reply) => reply.trailer('x-sum', () => { throw new Error('no sum') }).send(Readable.from(['bo', 'dy'])),
  'a trailer without a value': (_request, reply) => reply.trailer('x-sum', ((_reply: unknown, _payload: unknown, done: () => void) => { done(); return null }) as never).send('body'),
  'a stream': (_request, reply) => reply.trailer('x-sum', async () => '→').send(Readable.from(['bo', 'dy']))
}

t.test('a trailer that Node cannot send is omitted, and the others are sent', async t => {
  const unhandled = watchRejections(t)
  const [http1, http2] = await createApps(app => {
    for (const [name, handler] of Object.entries(trailers)) {
      app.get(`/${name}`, (request, reply) => handler(request, reply.trailer('x-valid', async () => 'valid')))
    }
  })
  const ports = [await listen(t, http1), await listen(t, http2)] as const
  for (const name of Object.keys(trailers)) {
    const text = await sendRaw(ports[0], formatRequest('GET', `/${encodeURIComponent(name)}`))
    t.match(text, /^HTTP\/1\.1 200 OK\r\n.*\r\n0\r\nx-valid: valid\r\n\r\n$/s, name)
    t.match(await get(ports[1], `/${encodeURIComponent(name)}`), { status: 200, text: 'body', trailers: { 'x-valid': 'valid' } }, name)
  }
  t.strictSame(await unhandled(), [])
})

t.test('a trailer whose function fails with any value is omitted', async t => {
  const unhandled = watchRejections(t)
  const ways: Readonly<Record<string, (make: () => unknown) => (...args: readonly unknown[]) => unknown>> = {
    throws: make => () => { throw make() },
    rejects: make => async () => { throw make() },
    'calls back': make => (_reply, _payload, done) => { (done as (error: unknown) => void)(make() || new Error('secret')) }
  }
  for (const [value, { make }] of failures) {
    const app = await createApp({}, { logger: { level: 'debug', stream: { write () {} } } })
    for (const [way, create] of Object.entries(ways)) app.get(`/${way}`, (_request, reply) => reply.trailer('x-sum', create(make) as never).trailer('x-valid', async () => 'valid').send('body'))
    const port = await listen(t, app)
    for (const way of Object.keys(ways)) {
      t.match(await sendRaw(port, formatRequest('GET', `/${encodeURIComponent(way)}`)), /^HTTP\/1\.1 200 OK\r\n.*\r\n0\r\nx-valid: valid\r\n\r\n$/s, `${way}: ${value}`)
    }
  }
  t.strictSame(await unhandled(), [])
})

t.test('a response with trailers has no Content-Length over HTTP/1.1, because it is chunked', async t => {
  const app = await createApp()
  const send = (path: string, send: (reply: FastifyReply) => unknown): void => {
    app.get(path, (_request, reply) => { send(reply.header('content-length', '4').trailer('x-sum', async () => 'a')) })
  }
  send('/text', reply => reply.send('body'))
  send('/stream', reply => reply.send(Readable.from(['bo', 'dy'])))
  const compress = async (_request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<unknown> => { reply.header('content-length', '9'); return payload }
  app.get('/gone', { onSend: compress }, (_request, reply) => { reply.trailer('x-sum', async () => 'a'); throw errors.resource_gone() })
  const port = await listen(t, app)
  for (const path of ['/text', '/stream', '/gone']) {
    for (const method of ['GET', 'HEAD']) {
      const text = await sendRaw(port, formatRequest(method, path))
      t.notMatch(text, /content-length/i, `${method} ${path}`)
      t.match(text, path === '/gone' ? /^HTTP\/1\.1 410 / : /^HTTP\/1\.1 200 /, `${method} ${path}`)
    }
  }
  t.match(await sendRaw(port, formatRequest('GET', '/text')), /\r\n4\r\nbody\r\n0\r\nx-sum: a\r\n\r\n$/)
})

t.test('an invalid trailer function is an error of the handler', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => { reply.trailer('x-sum', 'a' as never).send('body') })
  t.equal((await app.inject('/')).statusCode, 500)
})

t.test('a 204 or 304 is sent without its trailers', async t => {
  const [http1, http2] = await createApps(app => {
    for (const status of [204, 304]) {
      app.get(`/${status}`, (_request, reply) => { reply.code(status).trailer('x-sum', async () => 'a').send() })
      app.get(`/${status}/text`, (_request, reply) => { reply.code(status).trailer('x-sum', async () => 'a').send('body') })
    }
  })
  const ports = [await listen(t, http1), await listen(t, http2)] as const
  for (const path of ['/204', '/304', '/204/text', '/304/text']) {
    const status = Number(path.slice(1, 4))
    t.match(await sendRaw(ports[0], formatRequest('GET', path)), status === 204 ? /^HTTP\/1\.1 204 No Content\r\n.*\r\n\r\n$/s : /^HTTP\/1\.1 304 Not Modified\r\n.*\r\n\r\n$/s, path)
    t.match(await get(ports[1], path), { status, text: '' }, path)
  }
})

t.test('the application can write the head itself after it set a trailer', async t => {
  const app = await createApp()
  const writeHead = (path: string, write: (raw: ServerResponse) => ServerResponse): void => {
    app.get(path, (_request, reply) => {
      reply.trailer('x-sum', async () => 'a').hijack()
      write(reply.raw).end()
    })
  }
  writeHead('/phrase', raw => raw.writeHead(200, 'Fine', { 'x-a': '1' }))
  writeHead('/list', raw => raw.writeHead(204, ['x-a', '1']))
  writeHead('/none', raw => raw.writeHead(204))
  const port = await listen(t, app)
  t.match(await sendRaw(port, formatRequest('GET', '/phrase')), /^HTTP\/1\.1 200 Fine\r\nx-a: 1\r\n/)
  t.match(await sendRaw(port, formatRequest('GET', '/list')), /^HTTP\/1\.1 204 No Content\r\nx-a: 1\r\n/)
  t.match(await sendRaw(port, formatRequest('GET', '/none')), /^HTTP\/1\.1 204 No Content\r\n/)
})

t.test('an omitted trailer is logged at debug. If the log fails, the response is complete', async t => {
  const lines: string[] = []
  let fails = false
  const app = await createApp({}, {
    disableRequestLogging: true,
    logger: { level: 'debug', stream: { write: (line: string) => { if (fails) throw new Error('The disk is full.'); lines.push((JSON.parse(line) as { msg: string }).msg) } } }
  })
  app.get('/', (_request, reply) => { reply.trailer('x-sum', async () => 'a\nb').send('body') })
  const port = await listen(t, app)
  await sendRaw(port, formatRequest('GET', '/'))
  t.ok(lines.includes('Node cannot send some of these trailers: x-sum.'), lines.join('\n'))
  fails = true
  t.match(await sendRaw(port, formatRequest('GET', '/')), /body\r\n0\r\n\r\n$/)
})

t.test('a second registration guards each reply once', async t => {
  const app = await createApp()
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false, format: 'message' })
    scope.get('/scope', async () => Readable.from([5]))
  })
  t.strictSame((await sendRequest(await listen(t, app), 'GET', '/scope')).body, { message: errors.internal_error.message })
})

t.test('a factory that was not called results in a 500, also with a schema that accepts strings', async t => {
  const app = await createApp()
  const { forbidden } = errors
  const schema = { response: { '2xx': { type: 'string' } } }
  app.get('/returned', { schema }, async () => forbidden)
  app.get('/sent', { schema }, (_request, reply) => { reply.code(201).send(forbidden) })
  app.get('/function', { schema }, async () => function secret () {})
  const port = await listen(t, app)
  for (const path of ['/returned', '/sent']) t.strictSame(await sendRequest(port, 'GET', path), internal, path)
  t.match(await sendRequest(port, 'GET', '/function'), { status: 200 }, 'any other function is sent as before')
})

const json = { 'Content-Type': 'application/json' }

/** Returns a body stream that is destroyed with a value after its first chunk. */
function createFailingBody (reason: unknown): Readable {
  const stream = new Readable({ read () {} })
  stream.push('{')
  setImmediate(() => { stream.destroy(reason as Error) })
  return stream
}

const invalid = errorResponse(400, { code: 'invalid_request', message: errors.invalid_request.message, request_id: requestId })

t.test('a body stream that is destroyed, with or without a reason, results in a 400', async t => {
  const reasons: Readonly<Record<string, unknown>> = { error: new Error('secret'), frozen: Object.freeze(new Error('secret')), string: 'secret', nothing: undefined, null: null }
  const app = await createApp()
  for (const [name, reason] of Object.entries(reasons)) app.post(`/${name}`, { preParsing: async () => createFailingBody(reason) }, async () => 'ok')
  const port = await listen(t, app)
  for (const name of Object.keys(reasons)) {
    const response = await sendRequest(port, 'POST', `/${name}`, json, '{}')
    t.match(response, { status: 400, body: { code: 'invalid_request' } }, name)
    t.notMatch(JSON.stringify(response), 'secret', name)
  }
  t.match(await sendRequest(port, 'POST', '/error', json, '{}'), { ...invalid, headers: {} })
})

t.test('a parser can close a body stream before its end', async t => {
  const app = await createApp()
  app.addHook('preParsing', async () => Readable.from(['first', 'second']))
  app.addContentTypeParser('text/csv', (_request, payload, done) => {
    payload.on('error', done)
    payload.once('data', chunk => { payload.destroy(); done(null, String(chunk)) })
  })
  app.post('/', async request => { await new Promise(resolve => setImmediate(resolve)); return request.body })
  t.match(await sendRequest(await listen(t, app), 'POST', '/', { 'Content-Type': 'text/csv' }, 'a'), { status: 200, body: 'first' })
})

t.test('the log about a failed trailer contains no key', async t => {
  const lines: string[] = []
  const app = await createApp({}, { disableRequestLogging: true, logger: { level: 'debug', stream: { write: (line: string) => { lines.push(line) } } } })
  app.get('/', { onRequest: apiKey({ lookup: async () => ({ id: 'ada' }) }) }, (request, reply) => reply.trailer('x-sum', async () => { throw new Error(String(request.headers.authorization)) }).send('body'))
  await sendRaw(await listen(t, app), formatRequest('GET', '/', { authorization: 'Bearer sk-S3cr3t' }))
  t.match(lines.join(''), /A trailer is omitted, because its function failed: .*\[API key\]/)
  t.notMatch(lines.join(''), /S3cr3t/)
})
