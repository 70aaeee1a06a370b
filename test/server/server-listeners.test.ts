/** Errors outside the handling of a request: unknown Expect, a closing server, TLS and HTTP/2. */
import dns from 'node:dns'
import { EventEmitter, once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { connect as connectHttp2, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { certificateOfAnotherHost, privateKey } from '../helpers/certificates.js'
import { createApp, errorResponse, formatRequest, getPort, type HttpResponse, listen, parseResponse, requestId, sendRaw, sendRequest } from '../helpers/http.js'

const badUrl = errorResponse(400, { code: 'invalid_request', message: 'The request URL is invalid.', request_id: requestId })
const noHost = errorResponse(400, { code: 'invalid_request', message: 'The request has no Host header.', request_id: requestId })
const failed = errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: requestId })
const closing = errorResponse(503, { code: 'service_unavailable', message: 'The service is temporarily unavailable.', request_id: requestId }, { 'retry-after': '1' })

/** A response without a `FastifyRequest` has its own id. */
function rawResponse (t: Test, response: HttpResponse, status: number, code: keyof typeof errors, expectedId: string | RegExp = /^req_[\w-]{20}$/): void {
  const { request_id: id } = response.body as { readonly request_id: string }
  t.match(id, expectedId)
  t.strictSame(response, errorResponse(status, { code, message: errors[code].message, request_id: id }))
}

t.test('an unknown Expect results in 417', async t => {
  const app = await createApp()
  app.post('/', async () => 'ok')
  const port = await listen(t, app)
  rawResponse(t, await sendRequest(port, 'POST', '/', { Expect: 'magic' }, '{}'), 417, 'expectation_failed')
  const text = await sendRaw(port, formatRequest('POST', '/', { Expect: '100-continue', 'Content-Type': 'text/plain' }, 'body'))
  t.match(text, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
})

/** Closes the application during a request, and sends another one on the same connection. */
async function requestWhileClosing (t: Test, app: FastifyInstance, path = '/'): Promise<{ readonly first: HttpResponse, readonly second: string }> {
  const slow = new EventEmitter()
  app.get('/slow', async () => {
    slow.emit('start')
    await once(slow, 'finish')
    return 'done'
  })
  app.addHook('preClose', () => new Promise(resolve => setTimeout(resolve, 200))) // Stop accepting connections and finish the open ones, as load balancers require.
  await app.listen({ host: '127.0.0.1', port: 0 })
  const port = getPort(app)
  const [busy, idle] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  const first = sendRaw(port, formatRequest('GET', '/slow'), busy)
  await Promise.all([once(idle, 'connect'), once(slow, 'start')])
  const closed = app.close()
  await new Promise(resolve => setTimeout(resolve, 50))
  const second = await sendRaw(port, formatRequest('GET', path, { Connection: 'keep-alive' }), idle)
  slow.emit('finish')
  const response = parseResponse(await first)
  await closed
  t.equal(await new Promise(resolve => app.server.getConnections((_error, count) => resolve(count))), 0, 'no connection stays open')
  return { first: response, second }
}

t.test('while the server closes, a running request is finished and a new one gets 503', async t => {
  const { first, second } = await requestWhileClosing(t, await createApp())
  t.equal(first.body, 'done')
  t.strictSame(parseResponse(second), closing)
  t.match(second, /\r\nconnection: close\r\n/)
})

t.test('with return503OnClosing: false, new requests are handled until the end', async t => {
  const app = await createApp({}, { return503OnClosing: false })
  app.get('/', (_request, reply) => { reply.send('still here') })
  t.equal(parseResponse((await requestWhileClosing(t, app)).second).body, 'still here')
})

t.test('requests in the packet that closes the server each get a response', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => { reply.send('ok') })
  app.get('/close', (_request, reply) => {
    app.close()
    reply.send('closing')
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const text = await sendRaw(getPort(app), formatRequest('GET', '/close', { Connection: 'keep-alive' }) + formatRequest('GET', '/'))
  t.match(text, /closingHTTP\/1.1 (200 OK|503 Service Unavailable)\r\n/)
  t.notMatch(text, '"statusCode"', 'none has the format of Fastify')
})

t.test('errors thrown while the server closes have the format of the application', async t => {
  const app = await createApp()
  let fail = (): void => {}
  let start = (): void => {}
  const started = new Promise<void>(resolve => { start = resolve })
  app.get('/fail', async () => {
    start()
    await new Promise<void>(resolve => { fail = resolve })
    throw errors.resource_conflict()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const response = sendRequest(getPort(app), 'GET', '/fail')
  await started
  const closed = app.close()
  fail()
  t.strictSame(await response, failed)
  await closed
})

t.test('if localhost has two addresses, both respond in the same way', async t => {
  // This machine may have only one address for localhost. Every address in 127.0.0.0/8 is a loopback address.
  const { lookup } = dns
  t.after(() => { dns.lookup = lookup })
  const addresses = [{ address: '127.0.0.1', family: 4 }, { address: '127.0.0.2', family: 4 }]
  dns.lookup = ((host: string, ...rest: [object, (error: null, addresses: object[]) => void]) => {
    // Fastify looks up all addresses of localhost. When Node listens, it looks up one address of a host.
    if (host === 'localhost' && rest.length === 2) rest[1](null, addresses)
    else (lookup as (...all: unknown[]) => void)(host, ...rest)
  }) as unknown as typeof lookup
  const app = await createApp()
  app.get('/', async () => { throw errors.resource_conflict() })
  t.after(() => app.close())
  await app.listen({ port: 0 })
  dns.lookup = lookup
  const port = getPort(app)
  const to = (host: string, text: string): Promise<string> => sendRaw(port, text, connect(port, host))
  t.strictSame(app.addresses().map(at => (at as AddressInfo).address).sort(), ['127.0.0.1', '127.0.0.2'])
  for (const host of ['127.0.0.1', '127.0.0.2']) {
    t.strictSame(parseResponse(await to(host, formatRequest('GET', '/'))), failed, host)
    t.strictSame(parseResponse(await to(host, formatRequest('GET', '/%zz'))), badUrl, host)
    t.strictSame(parseResponse(await to(host, 'GET / HTTP/1.1\r\n\r\n')), noHost, host)
    rawResponse(t, parseResponse(await to(host, 'GARBAGE\r\n\r\n')), 400, 'invalid_request')
    rawResponse(t, parseResponse(await to(host, formatRequest('GET', '/', { Expect: 'magic' }))), 417, 'expectation_failed')
  }
})

t.test('other servers that start to listen at that time are not affected', async t => {
  const app = await createApp()
  const other = createServer()
  t.after(() => { other.close() })
  app.server.once('listening', () => other.listen({ host: '127.0.0.1', port: 0 }))
  await listen(t, app)
  if (!other.listening) await once(other, 'listening')
  t.strictSame([other.listenerCount('checkExpectation'), other.listenerCount('clientError')], [0, 0])
})

const tls = { key: privateKey, cert: certificateOfAnotherHost }

function tlsSocket (port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => resolve(socket))
    socket.on('error', reject)
  })
}

t.test('over TLS, the responses are the same', async t => {
  const app = Fastify(serverOptions({ genReqId: () => requestId, https: tls }))
  await app.register(apiErrors, { log: false })
  app.get('/', async () => { throw errors.resource_conflict() })
  const port = await listen(t, app as unknown as FastifyInstance)
  const send = async (text: string): Promise<HttpResponse> => parseResponse(await sendRaw(port, text, await tlsSocket(port)))
  t.strictSame(await send(formatRequest('GET', '/')), failed)
  t.strictSame(await send(formatRequest('GET', '/%zz')), badUrl)
  t.strictSame(await send('GET / HTTP/1.1\r\n\r\n'), noHost)
  rawResponse(t, await send('GARBAGE\r\n\r\n'), 400, 'invalid_request')
  rawResponse(t, await send(formatRequest('GET', '/', { Expect: 'magic' })), 417, 'expectation_failed')
  const plain = await sendRaw(port, formatRequest('GET', '/')).catch((error: Error & { code?: string }) => error.code)
  t.match(String(plain), /^$|ECONNRESET/, 'a failed handshake gets no response, and the connection is closed')
})

/** Sends one request over HTTP/2. `content-length` and similar headers are compared by name. */
async function requestHttp2 (session: ClientHttp2Session, headers: Record<string, string>): Promise<{ status: number, headers: IncomingHttpHeaders, body: unknown }> {
  const stream = session.request(headers)
  const [response] = await once(stream, 'response') as [IncomingHttpHeaders & { ':status': number }]
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  const { ':status': status, date: _, ...rest } = response
  return { status, headers: Object.fromEntries(Object.entries(rest)), body: text === '' ? '' : JSON.parse(text) }
}

t.test('over HTTP/2, the responses are the same', async t => {
  const app = Fastify(serverOptions({ genReqId: () => requestId, http2: true }))
  await app.register(apiErrors, { log: false })
  app.addHook('preClose', () => new Promise(resolve => setTimeout(resolve, 200))) // Node 24 ends the sessions when the server closes.
  app.get('/', async () => { throw errors.resource_conflict() })
  app.get('/hook', { onSend: async () => { throw new Error('The hook fails on every response.') } }, async () => { throw errors.resource_conflict() })
  app.get('/list', async (_request, reply) => {
    reply.headers({ location: ['/a', '/b'], 'set-cookie': ['a=1', 'b=2'] })
    throw errors.resource_conflict()
  })
  app.get('/ok', async () => 'ok')
  app.get('/cut', async (_request, reply) => {
    reply.raw.write('half of')
    throw errors.resource_conflict()
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const session = connectHttp2(`http://127.0.0.1:${getPort(app as unknown as FastifyInstance)}`)
  t.strictSame(await requestHttp2(session, { ':path': '/' }), failed)
  t.strictSame(await requestHttp2(session, { ':path': '/hook' }), failed)
  t.strictSame(await requestHttp2(session, { ':path': '/list' }), { ...failed, headers: { location: '/a, /b', 'set-cookie': ['a=1', 'b=2'], ...failed.headers } }, 'Node rejects a list for Location')
  t.strictSame(await requestHttp2(session, { ':path': '/%zz' }), badUrl)
  t.strictSame(await requestHttp2(session, { ':path': '/ok', ':method': 'POST' }), errorResponse(405, {
    code: 'method_not_allowed', message: 'This endpoint does not support this method.', request_id: requestId, meta: { allowed: ['GET', 'HEAD'] }
  }, { allow: 'GET, HEAD' }))
  t.strictSame(await requestHttp2(session, { ':path': '/', ':method': 'HEAD' }), { ...failed, body: '' })
  const expectation = await requestHttp2(session, { ':path': '/ok', expect: 'magic' })
  rawResponse(t, expectation as HttpResponse, 417, 'expectation_failed')
  const cut = session.request({ ':path': '/cut' })
  cut.resume()
  await t.rejects(once(cut, 'close'), { code: 'ERR_HTTP2_STREAM_ERROR' }, 'a response that was started is aborted')
  const closed = app.close()
  await new Promise(resolve => setTimeout(resolve, 50))
  t.strictSame(await requestHttp2(session, { ':path': '/ok' }).catch((error: Error) => error.message), closing)
  session.close()
  await closed
})

t.test('an HTTP/2 server with TLS that allows HTTP/1.1 rejects a missing Host', async t => {
  const app = Fastify(serverOptions({ genReqId: () => requestId, http2: true, https: { ...tls, allowHTTP1: true } }))
  await app.register(apiErrors, { log: false })
  const port = await listen(t, app as unknown as FastifyInstance)
  t.strictSame(parseResponse(await sendRaw(port, 'GET / HTTP/1.1\r\n\r\n', await tlsSocket(port))), noHost)
})

for (const name of ['rewriteUrl', 'genReqId'] as const) {
  t.test(`if ${name} of the application throws after it started a response, the connection is aborted`, async t => {
    const started: ServerResponse[] = []
    const app = await createApp({}, {
      [name] (request: { readonly url?: string }): string {
        if (request.url !== '/fail') return name === 'rewriteUrl' ? String(request.url) : requestId
        started.shift()?.writeHead(200, { 'content-length': '100' }).write('begun')
        throw new Error('secret')
      }
    })
    app.server.prependListener('request', (_request, response) => { started.push(response) })
    app.get('/', async () => 'ok')
    const port = await listen(t, app)
    t.match(await sendRaw(port, formatRequest('GET', '/fail')), /^(HTTP\/1.1 200 OK\r\n[^]*begun)?$/, 'no second response follows on the connection, which is closed')
    t.equal((await sendRequest(port, 'GET', '/')).body, 'ok', 'the server continues')
  })
}

t.test('if an early function of the application throws before a request is routed, the response is a 500', async t => {
  const fail = (request: { url?: string | undefined }): void => { if (request.url?.startsWith('/fail') === true) throw new Error('secret') }
  const places: Record<string, FastifyServerOptions> = {
    genReqId: { genReqId (request) { fail(request); return requestId } },
    rewriteUrl: { rewriteUrl (request) { fail(request); return request.url as string } },
    querystringParser: { routerOptions: { querystringParser (text) { if (text === 'fail') throw new Error('secret'); return {} } } },
    constraint: {
      routerOptions: {
        constraints: {
          tenant: { name: 'tenant', storage: () => ({ get: () => null, set () {} }), deriveConstraint (request: never) { fail(request); return undefined }, validate () {}, mustMatchWhenDerived: false }
        }
      }
    } as never,
    childLoggerFactory: { logger: { level: 'silent' }, childLoggerFactory (log, _bindings, _options, raw) { fail(raw); return log } }
  }
  for (const [name, server] of Object.entries(places)) {
    // Such a request is rejected like a malformed URL, so it has the id of the application.
    const id = name === 'rewriteUrl' ? new RegExp(`^${requestId}$`) : undefined
    for (const http2 of [false, true]) {
      const app = await createApp({}, { genReqId: () => requestId, ...server, ...(http2 && { http2: true }) } as FastifyServerOptions)
      app.get('/*', async () => 'ok')
      if (name === 'constraint') app.get('/fail', { constraints: { tenant: 'a' } as never }, async () => 'a')
      const port = await listen(t, app)
      if (http2) {
        const session = connectHttp2(`http://127.0.0.1:${port}`)
        const response = await requestHttp2(session, { ':path': '/fail?fail' })
        rawResponse(t, response as HttpResponse, 500, 'internal_error', id)
        session.close()
      } else {
        rawResponse(t, await sendRequest(port, 'GET', '/fail?fail'), 500, 'internal_error', id)
        t.equal((await sendRequest(port, 'GET', '/')).status, 200, `${name}: the server lives`)
      }
    }
  }
})

t.test('a server that a serverFactory creates has the same responses', async t => {
  const app = await createApp({}, { serverFactory: handler => createServer((request, response) => { handler(request, response) }) })
  app.get('/', async () => { throw errors.resource_conflict() })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), failed)
})
