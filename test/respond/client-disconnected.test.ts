/** Clients that disconnect before the response. */
import { once } from 'node:events'
import { connect as connectHttp2, constants } from 'node:http2'
import { connect, type AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import apiErrors, { serverOptions, standardErrors as errors, type LogEntry } from '../../lib/index.js'

/** An application whose handler waits until the client has disconnected and then fails, with an abort error or another error. */
async function start (t: Test, options: object = {}, error: Error = new DOMException('This operation was aborted', 'AbortError')): Promise<{
  readonly app: FastifyInstance
  readonly port: number
  readonly arrived: Promise<void>
  readonly logged: Promise<LogEntry>
}> {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1', ...options }))
  const logged = new Promise<LogEntry>(resolve => {
    app.register(apiErrors, { log: entry => { resolve(entry) } })
  })
  const arrived = new Promise<void>(resolve => {
    app.addHook('onRequest', async () => { resolve() })
  })
  app.all('/', async (_request, reply) => {
    await once(reply.raw, 'close')
    throw error
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  return { app, port: (app.server.address() as AddressInfo).port, arrived, logged }
}

const abandoned = { level: 'info', status: 499, requestId: 'req_1' }

t.test('a client that disconnects while it waits gets no response', async t => {
  const { app, port, arrived, logged } = await start(t)
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: api.test\r\n\r\n')
  await arrived
  socket.destroy()
  t.match(await logged, { ...abandoned, code: 'gateway_timeout', route: 'GET /' })
  t.strictSame(app.apiErrors.ledger(), [], 'no response was sent')
})

t.test('a client that disconnects after its body arrived gets no response', async t => {
  const { port, arrived, logged } = await start(t)
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: api.test\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}')
  await arrived
  socket.destroy()
  t.match(await logged, { ...abandoned, code: 'gateway_timeout', route: 'POST /' })
})

t.test('a client that disconnects in the middle of its body gets no response', async t => {
  const { port, arrived, logged } = await start(t)
  const socket = connect(port, '127.0.0.1')
  socket.write('POST / HTTP/1.1\r\nHost: api.test\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{')
  await arrived
  socket.resetAndDestroy()
  t.match(await logged, { ...abandoned, code: 'invalid_request', route: 'POST /' })
})

t.test('a client that resets its HTTP/2 stream gets no response', async t => {
  const { port, arrived, logged } = await start(t, { http2: true })
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  t.teardown(() => { session.close() })
  const stream = session.request({ ':path': '/' })
  await arrived
  stream.close(constants.NGHTTP2_CANCEL)
  t.match(await logged, { ...abandoned, code: 'gateway_timeout', route: 'GET /' })
})

t.test('no response is sent for any error', async t => {
  const { port, arrived, logged } = await start(t, {}, new Error('A mistake.'))
  const socket = connect(port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: api.test\r\n\r\n')
  await arrived
  socket.destroy()
  t.match(await logged, { ...abandoned, code: 'internal_error', route: 'GET /' })
})

t.test('a client whose request the application destroys still gets a response, because it is connected', async t => {
  for (const http2 of [false, true]) {
    const app = Fastify(serverOptions({ genReqId: () => 'req_1', http2 } as object)) as unknown as FastifyInstance
    t.teardown(() => app.close())
    await app.register(apiErrors, { log: false })
    app.addContentTypeParser('application/json', (_request, payload, done) => { done(null, payload) })
    app.post('/', async request => {
      // A loop over the body that ends early does the same.
      const chunks = (request.body as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      await chunks.next()
      await chunks.return?.()
      throw errors.resource_gone()
    })
    await app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = app.server.address() as AddressInfo
    const response = http2 ? await postHttp2(port) : await (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })).json()
    t.strictSame(response, { code: 'resource_gone', message: errors.resource_gone.message, request_id: 'req_1' }, `http2: ${http2}`)
  }
})

async function postHttp2 (port: number): Promise<unknown> {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':method': 'POST', ':path': '/', 'content-type': 'application/json' })
  stream.end('{}')
  const chunks = await stream.toArray()
  session.close()
  return JSON.parse(Buffer.concat(chunks).toString())
}
