/** Requests that Node's HTTP parser rejects get a response in the format of the application. */
import type { ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import { clientErrors } from '../../lib/server/malformed-http.js'
import { createApp, errorResponse, formatRequest, type HttpResponse, listen, parseResponse, requestId, sendRaw } from '../helpers/http.js'

/** An application with only the constructor's options. The plugin is not registered. */
async function withoutPlugin (_options?: ApiErrorsOptions, server?: FastifyServerOptions): Promise<FastifyInstance> {
  return Fastify(serverOptions({ genReqId: () => requestId, ...server }))
}

/** A response to a malformed request has its own id. It is checked here and added to the expected response. */
function rawResponse (t: Test, response: HttpResponse, status: number, code: string, message: string): void {
  const { request_id: id } = response.body as { readonly request_id: string }
  t.match(id, /^req_[\w-]{20}$/)
  t.strictSame(response, errorResponse(status, { code, message, request_id: id }))
}

const malformed = [400, 'invalid_request', 'The request is malformed.'] as const

for (const [name, make] of [['with the plugin', createApp], ['without the plugin', withoutPlugin]] as const) {
  t.test(name, async t => {
    t.test('malformed HTTP results in 400', async t => {
      const app = await make()
      app.post('/', async () => 'ok')
      const port = await listen(t, app)
      for (const text of [
        'GARBAGE\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: localhost\r\nBad Header: a\r\n\r\n',
        'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
        'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: abc\r\n\r\n',
        'GET /queues/ü HTTP/1.1\r\nHost: localhost\r\n\r\n',
        '\u0016\u0003\u0001\u0002\u0000\u0001' // The start of a TLS handshake.
      ]) {
        const text431 = await sendRaw(port, text)
        rawResponse(t, parseResponse(text431), ...malformed)
        t.match(text431, /^HTTP\/1\.1 400 Bad Request\r\n/)
        t.match(text431, /\r\nconnection: close\r\n/)
      }
    })

    t.test('headers that are too large result in 431', async t => {
      const port = await listen(t, await make())
      const response = parseResponse(await sendRaw(port, formatRequest('GET', '/', { Cookie: 'a'.repeat(20_000) })))
      rawResponse(t, response, 431, 'request_header_fields_too_large', 'The request headers are too large.')
    })

    t.test('chunk extensions that never end result in 413', async t => {
      const app = await make()
      app.post('/', async () => 'ok')
      const port = await listen(t, app)
      const head = formatRequest('POST', '/', { 'Transfer-Encoding': 'chunked', 'Content-Type': 'application/json' })
      const response = parseResponse(await sendRaw(port, `${head}2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`))
      rawResponse(t, response, 413, 'payload_too_large', 'The request body is too large.')
    })

    t.test('a request that does not arrive in time results in 408', async t => {
      const app = await make({}, { requestTimeout: 200, http: { headersTimeout: 100, connectionsCheckingInterval: 50 } } as FastifyServerOptions)
      app.post('/', async () => 'ok')
      const port = await listen(t, app)
      for (const text of ['GET / HTTP/1.1\r\nHost: local', `${formatRequest('POST', '/', { 'Content-Length': '10', 'Content-Type': 'application/json' })}{`]) {
        rawResponse(t, parseResponse(await sendRaw(port, text)), 408, 'request_timeout', 'The request took too long to arrive.')
      }
    })
  })
}

t.test('nothing is written to a closed connection or after the start of a response', async t => {
  const app = await createApp()
  let responding: Socket | undefined
  app.get('/stream', (request, reply) => {
    reply.hijack()
    reply.raw.write('half of')
    responding = request.socket
  })
  const port = await listen(t, app)
  const client = connect(port, '127.0.0.1')
  client.once('data', () => client.write('GARBAGE\r\n\r\n'))
  const text = await sendRaw(port, formatRequest('GET', '/stream', { Connection: 'keep-alive' }), client)
  t.notMatch(text, 'invalid_request')
  t.match(text, /\r\n\r\n7\r\nhalf of\r\n$/, 'the response is aborted')
  t.equal(responding?.destroyed, true, 'the connection is closed')

  const closed = new Promise<void>(resolve => { app.server.once('connection', socket => socket.on('close', () => resolve())) })
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: loc')
  socket.resetAndDestroy()
  await closed
})

t.test('earlier requests on the connection get their own responses first', async t => {
  const app = await createApp({}, { requestTimeout: 200, http: { headersTimeout: 100, connectionsCheckingInterval: 50 } } as FastifyServerOptions)
  const pause = async (): Promise<unknown> => await new Promise(resolve => setTimeout(resolve, 300))
  app.get('/slow', async () => { await pause(); return 'slow' })
  app.get('/lost', async (_request, reply) => { await pause(); reply.raw.destroy() })
  app.post('/body', async () => 'body')
  const port = await listen(t, app)
  const slow = formatRequest('GET', '/slow', { Connection: 'keep-alive' })
  for (const [what, text, statuses] of [
    ['a malformed request', `${slow}GARBAGE\r\n\r\n`, ['200', '400']],
    ['after two requests', `${slow}${slow}GARBAGE\r\n\r\n`, ['200', '200', '400']],
    ['headers that are too large', `${slow}${formatRequest('GET', '/', { Cookie: 'a'.repeat(20_000) })}`, ['200', '431']],
    ['a request that does not arrive in time', `${slow}GET / HTTP/1.1\r\nHost: local`, ['200', '408']],
    ['a request whose body is malformed', `${formatRequest('POST', '/body', { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' })}ZZ\r\n`, ['400']],
    ['an earlier request that gets no response', `${formatRequest('GET', '/lost', { Connection: 'keep-alive' })}GARBAGE\r\n\r\n`, []]
  ] as const) {
    const response = await sendRaw(port, text)
    t.strictSame([...response.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status), statuses, what)
  }
})

t.test('more malformed data does not cut the response to an earlier request', async t => {
  const app = await createApp()
  let response: ServerResponse | undefined
  app.get('/slow', (_request, reply) => { response = reply.hijack().raw })
  const port = await listen(t, app)
  const client = connect(port, '127.0.0.1')
  const steps = [() => {}, () => response?.write('one '), () => response?.end('two')]
  app.server.on('clientError', () => {
    steps.shift()?.()
    if (steps.length > 0) client.write('GARBAGE\r\n\r\n')
  })
  const text = await sendRaw(port, `${formatRequest('GET', '/slow', { Connection: 'keep-alive' })}GARBAGE\r\n\r\n`, client)
  t.match(text, /one \r\n3\r\ntwo\r\n0\r\n\r\nHTTP\/1\.1 400 /)
})

t.test('a connection is closed on both sides after such a response', async t => {
  const app = await createApp()
  const port = await listen(t, app)
  const sockets: Socket[] = []
  app.server.on('connection', socket => sockets.push(socket))
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  client.write('GARBAGE\r\n\r\n')
  await new Promise(resolve => client.on('data', resolve))
  await new Promise(resolve => setTimeout(resolve, 50))
  t.strictSame(sockets.map(socket => socket.destroyed), [true], 'even if the client has not closed its side')
  client.destroy()
})

t.test('each parser error of Node has a code of the catalog', async t => {
  t.strictSame(clientErrors, {
    ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
    HPE_HEADER_OVERFLOW: 'request_header_fields_too_large',
    HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large'
  })
})

t.test('the registration whose prefix the path has responds, if the path is known', async t => {
  const app = await createApp({}, { requestTimeout: 300, http: { connectionsCheckingInterval: 50, headersTimeout: 300 } } as FastifyServerOptions)
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false, format: 'problem' })
    scope.post('/x', async () => 'x')
  }, { prefix: '/v2' })
  app.get('/', async () => 'ok')
  const port = await listen(t, app)
  for (const [what, text, status, isScope] of [
    ['a malformed header', 'POST /v2/x HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n', 400, true],
    ['headers that are too large', `POST /v2/x HTTP/1.1\r\nHost: a\r\nX: ${'b'.repeat(20_000)}\r\n\r\n`, 431, true],
    ['a malformed chunk', 'POST /v2/x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n', 400, true],
    ['a body that does not arrive', 'POST /v2/x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{', 408, true],
    ['the same outside the scope', 'POST /x HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n', 400, false],
    ['a request line that is not complete', 'GARBAGE /v2/x\r\n\r\n', 400, false],
    ['headers that do not arrive', 'POST /v2/x HTTP/1.1\r\nHost: a\r\n', 408, false]
  ] as const) {
    const response = await sendRaw(port, text)
    t.strictSame([response.slice(9, 12), response.includes('application/problem+json')], [String(status), isScope], what)
  }
  const pipelined = await sendRaw(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /v2/x HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n')
  t.match(pipelined, /application\/problem\+json/, 'the last of several request lines before the error')
})
