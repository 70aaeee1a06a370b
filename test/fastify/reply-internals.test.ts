/** Every reliance on undocumented behavior of Fastify. A test fails if Fastify changes it. */
import { Readable } from 'node:stream'
import t from 'tap'
import Fastify, { LogController, type FastifyInstance } from 'fastify'
import {
  addFirstSendHook, getLogController, getNextErrorHandler, getOwnHeaders, getParsedMediaTypes, getRequestIdLogLabel, guardLog, hasSendHooks,
  isErrorOfBody, isSendingThrown, isSendCalledByApplication, isStreaming, mayHaveTrailers, overridesLog, sendWithLastHook
} from '../../lib/fastify/reply-internals.js'

/** A value that is not an instance, a request or a reply of Fastify. */
const stranger = { server: { initialConfig: { requestIdLogLabel: 'reqId' } } } as never

t.test('the parsers of a scope are listed: types, patterns and the catch-all', async t => {
  const app = Fastify()
  const seen: unknown[] = []
  const parse = (_request: unknown, _payload: unknown, done: (error: null, body: string) => void): void => { done(null, '') }
  app.get('/', async request => { seen.push(getParsedMediaTypes(request)) })
  await app.register(async scope => {
    scope.removeContentTypeParser('text/plain')
    scope.addContentTypeParser(['text/csv', 'application/xml'], parse)
    scope.addContentTypeParser(/^image\//, parse)
    scope.addContentTypeParser('application/json', { parseAs: 'string' }, parse)
    scope.addContentTypeParser('*', parse)
    scope.get('/scope', async request => { seen.push(getParsedMediaTypes(request)) })
  })
  await app.inject('/')
  await app.inject('/scope')
  t.strictSame(seen, [
    { types: ['application/json', 'text/plain'], patterns: [], hasCatchAll: false },
    { types: ['application/json', 'text/csv', 'application/xml'], patterns: [/^image\//], hasCatchAll: true }
  ])
  t.equal(getParsedMediaTypes(stranger), undefined)
})

t.test('the hooks of a route are listed, and an added last hook runs for one payload only', async t => {
  const app = Fastify()
  const calls: unknown[] = []
  const lastHook = (_request: unknown, _reply: unknown, payload: unknown, done: (error: null, payload: unknown) => void): void => {
    calls.push(`last hook: ${String(payload)}`)
    done(null, payload)
  }
  app.get('/none', async request => {
    calls.push(hasSendHooks(request))
    sendWithLastHook(request, lastHook as never, () => { calls.push('sent without hooks') })
  })
  app.get('/serialization', { preSerialization: async (_request, _reply, payload) => payload }, async request => { calls.push(hasSendHooks(request)) })
  app.get('/send', { onSend: async (_request, _reply, payload) => { calls.push(`own hook: ${String(payload)}`) } }, (request, reply) => {
    calls.push(hasSendHooks(request))
    sendWithLastHook(request, lastHook as never, () => { reply.send('one') })
  })
  app.get('/throws', { onSend: async () => {} }, async request => {
    t.throws(() => sendWithLastHook(request, lastHook as never, () => { throw new Error('no') }), { message: 'no' })
    return 'two'
  })
  for (const url of ['/none', '/serialization', '/send', '/throws', '/send']) await app.inject(url)
  t.strictSame(calls, [false, 'sent without hooks', true, true, 'own hook: one', 'last hook: one', true, 'own hook: one', 'last hook: one'])
  t.equal(hasSendHooks(stranger), false)
  let isCalled = false
  sendWithLastHook(stranger, lastHook as never, () => { isCalled = true })
  t.ok(isCalled)
})

t.test('an added first hook runs for one request only, before the hooks of its route', async t => {
  const app = Fastify()
  const calls: unknown[] = []
  const firstHook = async (_request: unknown, _reply: unknown, payload: unknown): Promise<unknown> => {
    calls.push(`first hook: ${String(payload)}`)
    return 'changed'
  }
  app.post('/none', async request => { t.ok(addFirstSendHook(request, firstHook)); return 'one' })
  app.post('/send', { onSend: async (_request, _reply, payload) => { calls.push(`own hook: ${String(payload)}`) } }, async request => {
    if (request.headers['x-add'] === undefined) return 'two'
    t.ok(addFirstSendHook(request, firstHook))
    t.ok(addFirstSendHook(request, firstHook), 'a second time changes nothing')
    t.equal(request.routeOptions.url, '/send')
    return 'two'
  })
  const headers = { 'x-add': '1' }
  t.strictSame([(await app.inject({ method: 'POST', url: '/none' })).body, (await app.inject({ method: 'POST', url: '/none' })).body], ['changed', 'changed'])
  for (const added of [headers, {}, headers]) await app.inject({ method: 'POST', url: '/send', headers: added })
  t.strictSame(calls, ['first hook: one', 'first hook: one', 'first hook: two', 'own hook: changed', 'own hook: two', 'first hook: two', 'own hook: changed'])
  t.equal(addFirstSendHook(stranger, firstHook), false)
})

t.test('the next error handler changes with each error that a handler receives', async t => {
  const app = Fastify()
  const seen: unknown[] = []
  app.setErrorHandler((_error, _request, reply) => {
    seen.push(getNextErrorHandler(reply))
    reply.code(400).send('handled')
  })
  app.get('/', { onSend: async (_request, reply) => { throw (seen.push(getNextErrorHandler(reply)), new Error('hook')) } }, (_request, reply) => {
    seen.push(getNextErrorHandler(reply))
    throw new Error('handler')
  })
  app.addHook('onResponse', async (_request, reply) => { seen.push(getNextErrorHandler(reply)) })
  await app.inject('/')
  const [before, inHandler, inHook, after] = seen
  t.equal(before, undefined)
  t.not(inHandler, undefined)
  t.equal(inHook, inHandler)
  t.not(after, inHandler)
})

t.test('the log controller of an application is found, with the methods that it replaces', async t => {
  const plain = getLogController(Fastify()) as NonNullable<ReturnType<typeof getLogController>>
  t.strictSame([overridesLog(plain, 'defaultErrorLog'), overridesLog(plain, 'routeNotFound')], [false, false])
  class Own extends LogController { override routeNotFound (): void {} }
  const own = getLogController(Fastify({ logController: new Own() })) as typeof plain
  t.strictSame([overridesLog(own, 'defaultErrorLog'), overridesLog(own, 'routeNotFound')], [false, true])
  const guarded = Fastify({ logController: new Own() })
  for (let registrations = 0; registrations < 2; registrations++) guardLog(guarded, () => true)
  t.strictSame((['defaultErrorLog', 'routeNotFound'] as const).map(method => overridesLog(getLogController(guarded) as typeof plain, method)), [false, true])
  t.equal(getRequestIdLogLabel(Fastify({ logController: new LogController({ requestIdLogLabel: 'rid' }) })), 'rid')
  t.equal(getLogController(stranger), undefined)
  t.equal(getRequestIdLogLabel((stranger as { server: FastifyInstance }).server), 'reqId')
})

t.test('a stream that fails after its headers is reported, in the scope and the scopes below it', async t => {
  const lines: string[] = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: (line: string) => { lines.push((JSON.parse(line) as { msg: string }).msg) } } } })
  const seen: unknown[] = []
  const fails = (): ReadableStream => new ReadableStream({
    start (controller) { controller.enqueue(Buffer.from('a')) },
    pull () { throw new Error('cut') }
  }, { highWaterMark: 0 })
  app.get('/outside', (_request, reply) => { reply.send(fails()) })
  await app.register(async scope => {
    guardLog(scope, (error, request, reply) => {
      seen.push([(error as Error).message, request.url, reply.sent])
      return request.url === '/inside'
    })
    scope.get('/inside', (_request, reply) => {
      t.equal(isStreaming(reply), false)
      reply.send(fails())
      t.equal(isStreaming(reply), true)
    })
    await scope.register(async inner => { inner.get('/inner', (_request, reply) => { reply.send(fails()) }) })
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  for (const url of ['/outside', '/inside', '/inner']) await fetch(app.listeningOrigin + url).then(response => response.text()).catch(() => {})
  t.strictSame(seen, [['cut', '/inside', false], ['cut', '/inner', false]])
  t.equal(lines.length, 2, 'the failures without another log line')
  guardLog(stranger, () => true)
})

t.test('the headers of a reply are listed without those that were set on its raw response', async t => {
  const app = Fastify()
  const seen: unknown[] = []
  app.get('/', async (_request, reply) => {
    reply.raw.setHeader('x-raw', '1')
    reply.header('X-Own', '2')
    seen.push({ ...getOwnHeaders(reply) })
  })
  await app.inject('/')
  t.strictSame(seen, [{ 'x-own': '2' }])
  t.strictSame(getOwnHeaders({ getHeaders: () => ({ 'x-raw': '1' }) } as never), { 'x-raw': '1' }, 'with other internals, all headers are returned')
})

t.test('a reply has no trailers until one is set', async t => {
  const app = Fastify()
  const seen: boolean[] = []
  app.get('/', async (_request, reply) => {
    seen.push(mayHaveTrailers(reply))
    reply.trailer('server-timing', (_reply, _payload, done) => { done(null, 'db;dur=5') })
    seen.push(mayHaveTrailers(reply))
  })
  await app.inject('/')
  t.strictSame(seen, [false, true])
  t.equal(mayHaveTrailers(stranger), true, 'with other internals, they are not excluded')
})

t.test('a log line about a completed request that cannot be written is lost, and the process continues', async t => {
  const urls: unknown[] = []
  const app = Fastify({
    logger: {
      stream: { write () {} },
      serializers: { res (reply) { if (reply.request?.url === '/broken') throw new Error('The user is unknown.'); return (urls.push(reply.request?.url), {}) } }
    }
  })
  guardLog(app, () => true)
  app.get('/*', async () => 'ok')
  await app.listen({ port: 0, host: '127.0.0.1' })
  t.after(() => app.close())
  for (const url of ['/broken', '/ok']) t.equal(await fetch(app.listeningOrigin + url).then(response => response.text()), 'ok')
  t.strictSame(urls, ['/ok'])
})

t.test('a failure without a reason is passed to the log controller as an error', async t => {
  const seen: unknown[] = []
  class Own extends LogController { override streamError (error: Error, ..._rest: unknown[]): void { seen.push(error.message) } }
  const app = Fastify({ logController: new Own() })
  guardLog(app, () => false)
  const key = Object.getOwnPropertySymbols(app).find(symbol => symbol.description === 'fastify.logController') as symbol
  const controller = (app as unknown as Record<symbol, Own>)[key] as Own
  for (const error of [undefined, null, new Error('cut')]) controller.streamError(error as Error, {} as never, {} as never)
  t.strictSame(seen, ['The stream failed with undefined.', 'The stream failed with null.', 'cut'])
})

t.test('an error that the application sends is distinguished from an error that Fastify sends', async t => {
  const app = Fastify()
  const seen: unknown[] = []
  app.setErrorHandler(function handler (error, _request, reply) {
    seen.push([(error as Error).message, isSendCalledByApplication(handler)])
    reply.code(400).send('handled')
  })
  app.get('/', async (request, reply) => {
    const { how } = request.query as { readonly how: string }
    if (how === 'sent') return reply.send(new TypeError(how))
    if (how === 'sent later') await new Promise(resolve => setImmediate(resolve))
    if (how === 'sent later') return reply.send(new TypeError(how))
    if (how === 'returned') return new TypeError(how)
    throw new TypeError(how)
  })
  app.get('/sync', () => { throw new TypeError('thrown by a sync handler') })
  app.get('/hook', { onRequest: (_request, _reply, done) => { done(new TypeError('given to done')) } }, () => {})
  for (const how of ['sent', 'sent later', 'returned', 'thrown']) await app.inject(`/?how=${how}`)
  for (const url of ['/sync', '/hook']) await app.inject(url)
  t.strictSame(seen, [['sent', true], ['sent later', true], ['returned', false], ['thrown', false], ['thrown by a sync handler', false], ['given to done', false]])
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  t.equal(isSendCalledByApplication(() => {}), false, 'without a stack')
  Error.stackTraceLimit = stackTraceLimit
})

t.test('the error of a body stream is found, also after an async hook', async t => {
  const app = Fastify()
  const seen: unknown[] = []
  app.addHook('onError', async () => { await new Promise(resolve => setImmediate(resolve)) })
  app.setErrorHandler((error, request, reply) => {
    seen.push([(error as Error & { statusCode?: number }).statusCode, isErrorOfBody(error, request)])
    reply.code(400).send('handled')
  })
  app.post('/stream', { preParsing: async () => new Readable({ read () { this.destroy(new Error('no')) } }) }, async () => 'ok')
  app.post('/', async () => { throw new Error('no') })
  for (const url of ['/stream', '/']) await app.inject({ method: 'POST', url, payload: {} })
  t.strictSame(seen, [[400, true], [undefined, false]])
  t.equal(isErrorOfBody(undefined, stranger), false)
  t.equal(isErrorOfBody(new Error('no'), stranger), false)
})

t.test('isSendingThrown() is true while Fastify sends a thrown value', async t => {
  const app = Fastify()
  const seen: unknown[] = []
  app.addHook('onRequest', (_request, reply, done) => {
    const send = reply.send.bind(reply)
    reply.send = ((payload: unknown) => { seen.push([payload, isSendingThrown(reply)]); return send(payload) }) as typeof reply.send
    done()
  })
  app.setErrorHandler((_error, _request, reply) => reply.send({ handled: true }))
  /* eslint-disable no-throw-literal */
  app.get('/async', async () => { throw 'thrown' })
  app.get('/sync', () => { throw 'thrown' })
  app.get('/hook', { preHandler: async () => { throw 'thrown' } }, () => 'ok')
  app.get('/sent', (_request, reply) => { reply.code(404).send('sent') })
  for (const url of ['/async', '/sync', '/hook', '/sent']) await app.inject(url)
  t.strictSame(seen.filter(entry => Array.isArray(entry) && typeof entry[0] === 'string'), [['thrown', true], ['thrown', true], ['thrown', true], ['sent', false]])
  t.equal(isSendingThrown(stranger), false)
})
