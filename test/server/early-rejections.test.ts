/** Requests that are rejected before they are routed. server-listeners.test.ts tests a server that closes. */
import { ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, type ApiErrorsOptions } from 'fastify-api-errors'
import { getMaxParamLength } from '../../lib/server/early-rejections.js'
import { createApp, errorResponse, listen, parseResponse, requestId, sendRaw } from '../helpers/http.js'

/** An application with only the constructor's options. The plugin is not registered. */
async function withoutPlugin (_options?: ApiErrorsOptions, server?: FastifyServerOptions): Promise<FastifyInstance> {
  return Fastify(serverOptions({ genReqId: () => requestId, ...server }))
}

for (const [name, make] of [['with the plugin', createApp], ['without the plugin', withoutPlugin]] as const) {
  t.test(name, async t => {
    t.test('HTTP/1.1 without Host results in 400, and HTTP/1.0 does not need Host', async t => {
      const app = await make()
      app.get('/', (_request, reply) => { reply.send('ok') })
      const port = await listen(t, app)
      const text = await sendRaw(port, 'GET / HTTP/1.1\r\n\r\n')
      t.strictSame(parseResponse(text), errorResponse(400, { code: 'invalid_request', message: 'The request has no Host header.', request_id: requestId }))
      t.match(text, /\r\nconnection: close\r\n/i)
      const old = parseResponse(await sendRaw(port, 'GET / HTTP/1.0\r\n\r\n'))
      t.strictSame(old, { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '2' }, body: 'ok' })
    })
  })
}

t.test('with requireHostHeader: false, a request without Host is handled like any other', async t => {
  for (const options of [{ http: { requireHostHeader: false } }, { http: { requireHostHeader: false }, rewriteUrl: () => '/' }]) {
    const app = Fastify(serverOptions(options))
    await app.register(apiErrors, { log: false })
    app.get('/', (_request, reply) => { reply.send('ok') })
    t.strictSame(parseResponse(await sendRaw(await listen(t, app), 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).body, 'ok')
  }
  const strict = Fastify(serverOptions({ http: { requireHostHeader: true } }))
  await strict.register(apiErrors, { log: false })
  t.equal(parseResponse(await sendRaw(await listen(t, strict), 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).status, 400)
})

t.test('a rejected upgrade of the connection is closed after its response', async t => {
  const app = await createApp({}, { keepAliveTimeout: 0 })
  app.get('/', (_request, reply) => { reply.send('ok') })
  // @fastify/websocket routes a request for an upgrade like this.
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const response = new ServerResponse(request)
    response.assignSocket(socket)
    app.routing(request, response)
  })
  const port = await listen(t, app)
  const upgrade = (target: string, host: string): Promise<string> => sendRaw(port, `GET ${target} HTTP/1.1\r\n${host}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  const rejected = (message: string): object => errorResponse(400, { code: 'invalid_request', message, request_id: requestId })
  t.strictSame(parseResponse(await upgrade('/%zz', 'Host: localhost\r\n')), rejected('The request URL is invalid.'))
  t.strictSame(parseResponse(await upgrade('http://[', 'Host: localhost\r\n')), rejected('The request URL is invalid.'))
  t.strictSame(parseResponse(await upgrade('/', '')), rejected('The request has no Host header.'))
})

t.test('getMaxParamLength() returns the length above which a parameter results in 414', async t => {
  t.equal(getMaxParamLength(Fastify(serverOptions({ routerOptions: { maxParamLength: 8 } }))), 8)
  t.equal(getMaxParamLength(Fastify(serverOptions())), 100, 'the default of Fastify')
  t.equal(getMaxParamLength(Fastify({ ...serverOptions({ routerOptions: { maxParamLength: 8 } }), frameworkErrors: () => {} })), undefined, 'frameworkErrors of the application')
  const old = Object.create(null) as FastifyInstance
  t.equal(getMaxParamLength(old), undefined, 'a version of Fastify that does not keep its options')
})
