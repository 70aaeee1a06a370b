/** The reference as data: the codes of requests without a route, over real connections. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import Fastify, { type FastifyHttpOptions, type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { codesWithoutRoute } from '../../lib/reference/create-reference.js'

type Code = keyof typeof codesWithoutRoute

/** The message that a client sends, by the code of the response. */
const messages: Readonly<Partial<Record<Code, string>>> = {
  invalid_request: 'this is not HTTP\r\n\r\n',
  route_not_found: 'GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  method_not_allowed: 'DELETE /items/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  request_timeout: 'GET /items/1 HTTP/1.1\r\n',
  uri_too_long: `GET /items/${'x'.repeat(101)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
  expectation_failed: 'GET /items/1 HTTP/1.1\r\nHost: localhost\r\nExpect: nothing\r\nConnection: close\r\n\r\n',
  request_header_fields_too_large: `GET /items/1 HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`
}

async function build (): Promise<FastifyInstance> {
  const app = Fastify(serverOptions<FastifyHttpOptions<Server>>({ http: { connectionsCheckingInterval: 50, headersTimeout: 200, requestTimeout: 200 } }))
  await app.register(apiErrors, { log: false })
  app.get('/items/:id', async () => 'ok')
  return app
}

/** Opens a connection, and collects what the server sends until it closes the connection. */
function open (address: string): { readonly socket: Socket, readonly received: Promise<string> } {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  const received = new Promise<string>((resolve, reject) => {
    let text = ''
    socket.setEncoding('utf8').on('data', chunk => { text += String(chunk) }).on('close', () => resolve(text)).on('error', reject)
  })
  return { socket, received }
}

t.test('requests that never reach a route result in the codes that the reference lists for them', async t => {
  const app = await build()
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  for (const [code, message] of Object.entries(messages)) {
    const { socket, received } = open(address)
    socket.write(message)
    t.match(await received, `\r\n\r\n{"code":"${code}",`)
  }
  await app.close()
})

t.test('service_unavailable: a request on an open connection while the server stops', async t => {
  const app = await build()
  app.get('/slow', () => new Promise(resolve => { app.server.once('finish-slow', () => resolve('done')) }))
  const { socket, received } = open(await app.listen({ host: '127.0.0.1', port: 0 }))
  socket.write('GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(app.server, 'request')
  const closed = app.close()
  socket.write('GET /items/1 HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(app.server, 'request')
  app.server.emit('finish-slow')
  t.match(await received, '\r\n\r\n{"code":"service_unavailable",')
  await closed
})

t.test('this test covers every code of the table', async t => {
  t.strictSame([...Object.keys(messages), 'service_unavailable'].sort(), Object.keys(codesWithoutRoute).sort())
})

t.test('with notFound: false, the reference does not list the codes of the not-found handler', async t => {
  const app = Fastify()
  await app.register(apiErrors, { notFound: false })
  await app.ready()
  const { codes } = app.apiErrors.reference()
  const promised = (code: string): boolean => codes.some(page => page.code === code && (page.elsewhere !== undefined || page.request !== undefined))
  t.notOk(promised('route_not_found'))
  t.notOk(promised('method_not_allowed'))
  t.ok(promised('uri_too_long'))
})

t.test('a code has its general message, and its example has the message of a route', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  app.get('/items/:id', async () => { throw errors.resource_not_found({ message: 'No item has this id.' }) })
  await app.ready()
  const { message, responses } = app.apiErrors.reference().codes.find(({ code }) => code === 'resource_not_found') ?? {}
  t.strictSame([message, (responses?.[0]?.body as { readonly message: string }).message], ['The resource does not exist.', 'No item has this id.'])
})

t.test('the fields of every error have a description, also meta, whose schema belongs to a code', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors, { log: false })
  await app.ready()
  const { fields } = app.apiErrors.reference().formats[0] ?? { fields: [] }
  t.strictSame(fields.filter(({ description }) => description === ''), [])
  t.strictSame(fields.find(({ name }) => name === 'meta'), {
    name: 'meta', type: 'object', required: false, description: 'The data of the code. The page of the code lists its fields.'
  })
})
