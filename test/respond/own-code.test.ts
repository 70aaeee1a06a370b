/** Throws any value from any place of an application. Every response has the format of the API. */
import { once } from 'node:events'
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import t from 'tap'
import type { FastifyReply } from 'fastify'
import { standardErrors as errors } from 'fastify-api-errors'
import { throwables, type Throwable } from '../helpers/throwables.js'
import { fails, failsAsync, places } from '../helpers/throwing-places.js'
import { createApp, errorResponse, formatRequest, type HttpResponse, listen, requestId, sendRaw, sendRequest } from '../helpers/http.js'

function responseTo ({ code = 'internal_error', message }: Partial<Throwable>): HttpResponse {
  const { status, message: standard } = errors[code]
  const headers = code === 'insufficient_scope' ? { 'www-authenticate': 'Bearer realm="api", error="insufficient_scope"' } : {}
  return errorResponse(status, { code, message: message ?? standard, request_id: requestId }, headers)
}

for (const [place, routeOf] of Object.entries(places)) {
  t.test(`any value that is thrown from ${place} results in its error response`, async t => {
    const app = await createApp()
    const cases = Object.entries(throwables)
    cases.forEach(([, { make }], index) => app.route({ method: 'GET', url: `/${index}`, ...routeOf(make) }))
    const port = await listen(t, app)
    const responses = await Promise.all(cases.map((_case, index) => sendRequest(port, 'GET', `/${index}`)))
    cases.forEach(([name, throwable], index) => t.strictSame(responses[index], responseTo(throwable), name))
  })
}

for (const [kind, hookOf] of [['a sync', fails], ['an async', failsAsync]] as const) {
  t.test(`an error that ${kind} onError hook throws does not change the response`, async t => {
    const app = await createApp()
    // Fastify ignores the error of an onError hook, so a rejected promise would be unhandled.
    const cases = Object.entries(throwables).filter(([name]) => name !== 'a rejected promise')
    cases.forEach(([, { make }], index) => app.get(`/${index}`, { onError: hookOf(make) }, () => { throw errors.resource_conflict() }))
    const port = await listen(t, app)
    for (const [index, [name]] of cases.entries()) t.strictSame(await sendRequest(port, 'GET', `/${index}`), responseTo({ code: 'resource_conflict' }), name)
  })
}

t.test('if an onSend hook also fails on the error response, the error is sent without the hooks', async t => {
  const lines: string[] = []
  const app = await createApp({ log: (_entry, _request, log) => { log.info('answered') } }, { logger: { level: 'info', stream: { write: (line: string) => lines.push(line) } } })
  const conflict = responseTo({ code: 'resource_conflict' })
  for (const [name, onSend] of Object.entries({
    sync: () => { throw 'secret' }, // eslint-disable-line no-throw-literal
    async: async () => { throw Object.assign(new Error('secret'), { statusCode: 418, headers: { 'x-foreign': 'a' } }) },
    callback: (_request: unknown, _reply: unknown, _payload: unknown, done: (error: Error) => void) => { setImmediate(() => done(new Error('secret'))) },
    payload: async () => ({ not: 'a string' }),
    header: async (_request: unknown, reply: FastifyReply) => {
      reply.header('x-broken', 'a\nb')
      reply.header('content-encoding', 'gzip')
    }
  })) {
    app.get(`/${name}/error`, { onSend: onSend as never }, () => { throw errors.resource_conflict() })
    app.get(`/${name}/ok`, { onSend: onSend as never }, async () => 'ok')
  }
  app.get('/begun', { onSend: async (_request, reply) => { throw (reply.raw.write('half of'), new Error('secret')) } }, () => { throw errors.resource_conflict() })
  const port = await listen(t, app)
  for (const name of ['sync', 'async', 'callback', 'payload', 'header']) {
    t.strictSame(await sendRequest(port, 'GET', `/${name}/error`), conflict, `${name}: the response is sent without the hooks`)
    t.strictSame(await sendRequest(port, 'HEAD', `/${name}/error`), { ...conflict, body: '' }, name)
    const response = name === 'async' ? errorResponse(418, { code: 'im_a_teapot', message: 'secret', request_id: requestId }) : responseTo({})
    t.strictSame(await sendRequest(port, 'GET', `/${name}/ok`), response, `${name}: a 200 becomes an error`)
  }
  t.match(await sendRaw(port, formatRequest('GET', '/begun')), /\r\n\r\n7\r\nhalf of\r\n$/, 'the response that the hook started is aborted')
  t.match(lines.filter(line => line.includes('A hook failed on an error response')), { length: 16 })
})

t.test('an onSend hook that fails on a path without a route, and in a scope whose error handler also fails', async t => {
  const app = await createApp()
  app.addHook('onSend', async () => { throw new Error('secret') })
  await app.register(async scope => {
    scope.setErrorHandler(() => { throw errors.resource_conflict() })
    scope.get('/scope', () => { throw errors.resource_gone() })
  })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/nope'), responseTo({ code: 'route_not_found' }))
  t.strictSame(await sendRequest(port, 'GET', '/scope'), responseTo({ code: 'resource_conflict' }))
})

t.test('a hook that throws on a path without a route results in its error', async t => {
  const app = await createApp()
  app.addHook('preHandler', async () => { throw errors.forbidden() })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/nope'), responseTo({ code: 'forbidden' }))
})

t.test('if part of the response was sent, the connection is aborted and nothing is added', async t => {
  const app = await createApp()
  const half = (): Readable => Readable.from((function * () {
    yield 'half of'
    throw errors.resource_not_found()
  })())
  const halfWeb = (): ReadableStream => new ReadableStream({
    start (controller) { controller.enqueue(Buffer.from('half of')) },
    async pull () {
      await new Promise(resolve => setTimeout(resolve, 20))
      throw errors.resource_not_found()
    }
  })
  app.get('/stream', (_request, reply) => { reply.send(half()) })
  app.get('/returned', async () => half())
  app.get('/web', (_request, reply) => { reply.send(halfWeb()) })
  app.get('/raw', async (_request, reply) => {
    reply.raw.write('half of')
    await new Promise(resolve => setTimeout(resolve, 20))
    throw errors.resource_not_found()
  })
  const port = await listen(t, app)
  for (const path of ['/stream', '/returned', '/web', '/raw']) {
    t.match(await sendRaw(port, formatRequest('GET', path)), /^HTTP\/1.1 200 OK\r\n.*\r\n\r\n7\r\nhalf of\r\n$/s, path)
  }
})

t.test('any thrown value then aborts the connection', async t => {
  const app = await createApp()
  const cases = Object.entries(throwables)
  cases.forEach(([, { make }], index) => app.get(`/${index}`, async (_request, reply) => {
    reply.raw.write('half of')
    await new Promise(resolve => setTimeout(resolve, 20))
    throw make()
  }))
  const port = await listen(t, app)
  const texts = await Promise.all(cases.map((_case, index) => sendRaw(port, formatRequest('GET', `/${index}`))))
  cases.forEach(([name], index) => t.match(texts[index], /^HTTP\/1.1 200 OK\r\n.*\r\n\r\n7\r\nhalf of\r\n$/s, name))
})

t.test('a handler timeout results in 503, and later replies of the handler are ignored', async t => {
  const app = await createApp()
  const late: Array<() => void> = []
  const wait = (): Promise<void> => new Promise(resolve => late.push(resolve))
  app.get('/never', { handlerTimeout: 50 }, wait)
  app.get('/returns', { handlerTimeout: 50 }, async () => {
    await wait()
    return 'late'
  })
  app.get('/throws', { handlerTimeout: 50 }, async () => {
    await wait()
    throw errors.resource_conflict()
  })
  app.get('/stream', { handlerTimeout: 50 }, (_request, reply) => { reply.send(new Readable({ read () { setTimeout(() => this.push('late'), 100) } })) })
  app.get('/half', { handlerTimeout: 50 }, (_request, reply) => {
    const stream = new Readable({ read () {} })
    stream.push('half of')
    reply.send(stream)
  })
  let sendings = 0
  app.get('/hook', { handlerTimeout: 50, onSend: async () => { if (sendings++ === 0) await wait() } }, async () => 'late')
  const port = await listen(t, app)
  const timedOut = errorResponse(503, { code: 'service_unavailable', message: errors.service_unavailable.message, request_id: requestId }, { 'retry-after': '10' })
  for (const path of ['/never', '/returns', '/throws', '/stream', '/hook']) t.strictSame(await sendRequest(port, 'GET', path), timedOut, path)
  t.match(await sendRaw(port, formatRequest('GET', '/half')), /\r\n\r\n7\r\nhalf of\r\n$/)
  late.forEach(resolve => resolve())
  await new Promise(resolve => setTimeout(resolve, 150))
})

t.test('an error during another error response does not replace it', async t => {
  const app = await createApp()
  app.addHook('onSend', async () => { await new Promise(resolve => setTimeout(resolve, 20)) })
  app.get('/sent-twice', (_request, reply) => {
    reply.send(errors.resource_conflict())
    reply.send(errors.resource_gone())
  })
  app.get('/sent-then-thrown', async (_request, reply) => {
    reply.send(errors.resource_conflict())
    throw errors.resource_gone()
  })
  app.get('/sent-too-late', async (_request, reply) => {
    reply.send(errors.resource_conflict())
    await new Promise(resolve => setTimeout(resolve, 50))
    reply.send(errors.resource_gone())
  })
  const port = await listen(t, app)
  for (const path of ['/sent-twice', '/sent-then-thrown', '/sent-too-late']) {
    t.strictSame(await sendRequest(port, 'GET', path), responseTo({ code: 'resource_conflict' }), path)
  }
})

t.test('a hundred errors on one connection leave no listener, timer or socket', async t => {
  const app = await createApp()
  const sockets: Socket[] = []
  app.server.on('connection', socket => sockets.push(socket))
  app.get('/thrown', { handlerTimeout: 10_000 }, async () => { throw errors.resource_conflict() })
  app.get('/hook', { handlerTimeout: 10_000, onSend: async () => { throw new Error('secret') } }, async () => 'ok')
  app.get('/stream', { handlerTimeout: 10_000 }, (_request, reply) => { reply.send(new Readable({ read () { this.destroy(new Error('secret')) } })) })
  const port = await listen(t, app)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  async function get (path: string): Promise<number> {
    const [response] = await once(httpRequest({ port, host: '127.0.0.1', path, agent }).end(), 'response') as [IncomingMessage]
    await response.resume().toArray()
    return response.statusCode as number
  }
  const listeners = (): number[] => sockets.flatMap(socket => socket.eventNames().map(name => socket.listenerCount(name)))
  const timers = (): number => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  for (const path of ['/thrown', '/hook', '/stream', '/nope']) await get(path)
  const [listenersBefore, timersBefore] = [listeners(), timers()]
  for (let round = 0; round < 25; round++) for (const path of ['/thrown', '/hook', '/stream', '/nope']) t.ok(await get(path) >= 400)
  t.strictSame(listeners(), listenersBefore)
  t.ok(timers() <= timersBefore)
  t.equal(sockets.length, 1)
  agent.destroy()
})
