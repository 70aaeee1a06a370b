/** One request has one response. A response never mixes the status of one and the body of another, and an incomplete one is recognizable. */
import { once } from 'node:events'
import { request as requestHttp, type IncomingMessage } from 'node:http'
import { connect as connectHttp2, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2'
import { PassThrough, Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors, type ApiErrorsOptions } from 'fastify-api-errors'
import { createApp, errorResponse, formatRequest, listen, parseResponse, requestId, sendRaw, sendRequest, withoutBody } from '../helpers/http.js'

interface Received {
  readonly status: number | undefined
  readonly body: string
  /** Whether the client can detect that the response is incomplete. */
  readonly isCut: boolean
}

interface Transport {
  readonly options: object
  readonly prepare?: (app: FastifyInstance) => Promise<void>
  readonly ask: (port: number, path: string) => Promise<Received>
}

async function askHttp1 (port: number, path: string, headers: Record<string, string> = {}): Promise<Received> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
    let body = ''
    try {
      for await (const chunk of response.body ?? []) body += Buffer.from(chunk as Uint8Array).toString()
      return { status: response.status, body, isCut: false }
    } catch {
      return { status: response.status, body, isCut: true }
    }
  } catch {
    return { status: undefined, body: '', isCut: true }
  }
}

async function askHttp2 (port: number, path: string, more: Record<string, string> = {}): Promise<Received & { readonly headers: IncomingHttpHeaders }> {
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':path': path, ...more })
  let headers: IncomingHttpHeaders & IncomingHttpStatusHeader = {}
  let body = ''
  let isCut = false
  stream.on('response', received => { headers = received })
  stream.setEncoding('utf8').on('data', chunk => { body += String(chunk) })
  stream.on('error', () => { isCut = true })
  await new Promise(resolve => stream.once('close', resolve))
  session.destroy()
  return { status: headers[':status'], body, isCut, headers }
}

const transports: Readonly<Record<string, Transport>> = {
  'HTTP/1.1': { options: {}, ask: askHttp1 },
  'HTTP/1.1 with compression': {
    options: {},
    prepare: async app => { await app.register(compress, { threshold: 0 }) },
    ask: (port, path) => askHttp1(port, path, { 'accept-encoding': 'gzip' })
  },
  'HTTP/2': { options: { http2: true }, ask: askHttp2 },
  'HTTP/2 with compression': {
    options: { http2: true },
    prepare: async app => { await app.register(compress, { threshold: 0 }) },
    ask: (port, path) => askHttp2(port, path)
  }
}

const delay = (milliseconds: number): Promise<void> => new Promise(resolve => setTimeout(resolve, milliseconds))

/** Resolves when a response is too late. The process does not wait for it. */
const noResponse = (): Promise<'no response in 15 s'> => new Promise(resolve => setTimeout(resolve, 15_000, 'no response in 15 s').unref())

/** Slow hooks, in each style. */
const hooks: Readonly<Record<string, object>> = {
  'no hook': {},
  'a sync onSend hook': { onSend: (_request: unknown, _reply: unknown, payload: unknown, done: (error: null, payload: unknown) => void) => { done(null, payload) } },
  'an async onSend hook': { onSend: async (_request: unknown, _reply: unknown, payload: unknown) => { await delay(5); return payload } },
  'an onSend hook with a callback': { onSend: (_request: unknown, _reply: unknown, payload: unknown, done: (error: null, payload: unknown) => void) => { setTimeout(() => { done(null, payload) }, 5) } },
  'an async preSerialization hook': { preSerialization: async (_request: unknown, _reply: unknown, payload: unknown) => { await delay(5); return payload } },
  'a preSerialization hook with a callback': {
    preSerialization: (_request: unknown, _reply: unknown, payload: unknown, done: (error: null, payload: unknown) => void) => { setTimeout(() => { done(null, payload) }, 5) }
  },
  'async hooks of both kinds': {
    preSerialization: async (_request: unknown, _reply: unknown, payload: unknown) => { await delay(3); return payload },
    onSend: async (_request: unknown, _reply: unknown, payload: unknown) => { await delay(5); return payload }
  },
  'a slow hook only for the first payload': {
    onSend: async (_request: unknown, _reply: unknown, payload: unknown) => { await delay(String(payload).includes('internal_error') ? 5 : 15); return payload }
  },
  'a slow hook only for the error': {
    onSend: async (_request: unknown, _reply: unknown, payload: unknown) => { await delay(String(payload).includes('internal_error') ? 15 : 5); return payload }
  }
}

const webStream = (): ReadableStream => new ReadableStream({
  async start (controller) {
    await delay(7)
    controller.enqueue(Buffer.from('balance'))
    await delay(7)
    controller.enqueue(Buffer.from('balance'))
    controller.close()
  }
})

const slowStream = (): Readable => Readable.from((async function * () {
  await delay(7)
  yield 'balance'
  await delay(7)
  yield 'balance'
})())

/** Handlers that respond twice. */
const handlers: Readonly<Record<string, (request: FastifyRequest, reply: FastifyReply) => unknown>> = {
  'sends an object and throws': (_request, reply) => { throw (reply.send({ balance: 42 }), new Error('late')) },
  'sends a string and throws': (_request, reply) => { throw (reply.type('text/plain').send('balance'), new Error('late')) },
  'sends a buffer and rejects': async (_request, reply) => { throw (reply.send(Buffer.from('balance')), new Error('late')) },
  'sends an object and throws later': async (_request, reply) => {
    reply.send({ balance: 42 })
    await delay(2)
    throw new Error('late')
  },
  'sends a stream and throws': (_request, reply) => { throw (reply.send(slowStream()), new Error('late')) },
  'sends a stream and throws when it flows': async (_request, reply) => {
    reply.send(slowStream())
    await delay(10)
    throw new Error('late')
  },
  'sends a web stream and throws': (_request, reply) => { throw (reply.send(webStream()), new Error('late')) },
  'sends an object and throws in the next turn': async (_request, reply) => {
    reply.send({ balance: 42 })
    await null
    throw new Error('late')
  },
  'sends an error and then an object': (_request, reply) => {
    reply.send(new Error('first'))
    reply.send({ balance: 42 })
  },
  'sends an error and returns an object': async (_request, reply) => {
    reply.send(new Error('first'))
    return { balance: 42 }
  },
  'sends an error and a stream': (_request, reply) => {
    reply.send(new Error('first'))
    reply.send(slowStream())
  },
  'sends an error and rejects': async (_request, reply) => { throw (reply.send(new Error('first')), new Error('second')) },
  'sends an error, and an object with another status': (_request, reply) => {
    reply.send(new Error('first'))
    reply.code(201).header('content-encoding', 'x').send({ balance: 42 })
  },
  'throws, and sends an object with another status later': (_request, reply) => {
    setTimeout(() => { reply.code(201).send({ balance: 42 }) }, 2)
    throw new Error('first')
  },
  'throws, and sends an error with another status later': (_request, reply) => {
    setTimeout(() => { reply.code(404).send(new Error('second')) }, 2)
    throw new Error('first')
  },
  'throws, and sends a stream with another status later': (_request, reply) => {
    setTimeout(() => { reply.code(201).type('text/plain').send(slowStream()) }, 2)
    throw new Error('first')
  },
  'sends two errors': (_request, reply) => {
    reply.send(new Error('first'))
    reply.send(new Error('second'))
  }
}

/** Returns whether a response is one of the two complete ones, or one that the client can detect as incomplete. */
function isOne ({ status, body, isCut }: Received): boolean {
  if (isCut) return status === undefined || status === 200 || body === ''
  return status === 200 ? /balance/.test(body) && !body.includes('internal_error') : status === 500 && /^\{[^}]*"internal_error"[^}]*\}$/.test(body)
}

for (const [name, { options, prepare, ask }] of Object.entries(transports)) {
  t.test(`over ${name}, a handler that responds twice sends one complete response`, async t => {
    const unhandled: unknown[] = []
    const note = (error: unknown): void => { unhandled.push(error) }
    process.on('uncaughtException', note)
    process.on('unhandledRejection', note)
    t.after(() => {
      process.off('uncaughtException', note)
      process.off('unhandledRejection', note)
    })
    const app = Fastify(serverOptions(options)) as unknown as FastifyInstance
    await app.register(apiErrors, { log: false })
    await prepare?.(app)
    const cases = Object.entries(hooks).flatMap(([hook, route]) => Object.entries(handlers).map(([what, handler]) => ({ title: `${what}, with ${hook}`, route, handler })))
    cases.forEach(({ route, handler }, index) => app.get(`/${index}`, route, handler as never))
    const port = await listen(t, app)
    await Promise.all(cases.map(async ({ title }, index) => {
      const received = await Promise.race([ask(port, `/${index}`), noResponse()])
      t.ok(typeof received !== 'string' && isOne(received), title, { received })
    }))
    await delay(30)
    t.strictSame(unhandled, [])
  })

  t.test(`over ${name}, a stream that fails ends incomplete, and its error is logged`, async t => {
    const entries: Array<readonly [string, number, unknown]> = []
    const app = Fastify(serverOptions(options)) as unknown as FastifyInstance
    await app.register(apiErrors, { log: ({ code, status, error }) => { entries.push([code, status, (error.cause as Error).message]) } })
    await prepare?.(app)
    const fails = (): Readable => Readable.from((async function * () {
      yield '{"id":1}\n'.repeat(2000)
      await delay(20)
      throw new Error('connection lost')
    })())
    app.get('/', (_request, reply) => { reply.type('application/x-ndjson').send(fails()) })
    app.get('/web', (_request, reply) => { reply.type('application/x-ndjson').send(Readable.toWeb(fails())) })
    app.get('/closed', (_request, reply) => {
      const stream = new PassThrough()
      stream.write('{"id":1}\n'.repeat(2000))
      setTimeout(() => { stream.destroy() }, 20)
      reply.type('application/x-ndjson').send(stream)
    })
    const port = await listen(t, app)
    for (const path of ['/', '/web']) t.match(await ask(port, path), { isCut: true }, path)
    if (!name.endsWith('with compression')) t.match(await ask(port, '/closed'), { isCut: true }, 'destroyed without an error')
    t.strictSame(entries, Array(2).fill(['internal_error', 500, 'connection lost']))
    t.strictSame(app.apiErrors.ledger(), [], 'no error response was sent')
  })
}

t.test('if the log of the plugin is off, Fastify logs a failed stream; a disconnect is not a failure', async t => {
  const lines: string[] = []
  const logger = { level: 'info', stream: { write: (line: string) => { lines.push((JSON.parse(line) as { msg: string }).msg) } } }
  const app = await createApp({}, { logger })
  app.get('/', (_request, reply) => { reply.send(Readable.from((function * () { yield 'a'; throw new Error('cut') })())) })
  let isOut = (): void => {}
  const out = new Promise<void>(resolve => { isOut = resolve })
  app.get('/endless', (_request, reply) => {
    const stream = new Readable({ read () {} })
    stream.push('a')
    stream.once('close', isOut)
    reply.send(stream)
  })
  const port = await listen(t, app)
  await sendRaw(port, formatRequest('GET', '/'))
  // fetch() can open another connection after it aborts one, and app.close() would wait for it.
  const leaving = requestHttp({ port, path: '/endless', agent: false }).end()
  const [response] = await once(leaving, 'response') as [IncomingMessage]
  leaving.destroy()
  await out
  t.equal(response.statusCode, 200)
  t.ok(lines.includes('response terminated with an error with headers already sent'))
  t.ok(lines.includes('stream closed prematurely'))
})

t.test('if the handler timeout cuts a stream that has started, the log has its error', async t => {
  for (const isHttp2 of [false, true]) {
    let log: ApiErrorsOptions['log'] = false
    const logged = new Promise(resolve => { log = ({ level, code, route, error }) => { resolve([level, code, route, (error.cause as Error).message]) } })
    const app = await createApp({ log }, { ...(isHttp2 && { http2: true }) } as never)
    app.get('/', { handlerTimeout: 100 } as never, (_request, reply) => {
      const stream = new Readable({ read () {} })
      stream.push('a')
      reply.send(stream)
    })
    const port = await listen(t, app)
    t.match(await (isHttp2 ? askHttp2 : askHttp1)(port, '/'), { status: 200, body: 'a', isCut: true })
    t.strictSame(await logged, ['error', 'service_unavailable', 'GET /', "Request timed out after 100 ms on route '/'"])
  }
})

t.test('a late handler sends nothing, and the timeout response has the headers of the hooks', async t => {
  const lines: string[] = []
  const app = await createApp({ log: undefined as never }, { handlerTimeout: 50, logger: { level: 'error', stream: { write: (line: string) => { lines.push(line) } } } })
  app.addHook('onSend', async (_request, reply, payload) => {
    await delay(30)
    reply.header('access-control-allow-origin', '*')
    return payload
  })
  app.get('/returns', async () => { await delay(60); return { card: '4111 1111 1111 1111' } })
  app.get('/rejects', async () => { await delay(60); throw new Error('4111 1111 1111 1111') })
  app.get('/sends', (_request, reply) => { setTimeout(() => { reply.send(Readable.from(['4111 1111 1111 1111'])) }, 60) })
  app.get('/nothing', async () => { await delay(60) })
  app.get('/raw', async (_request, reply) => {
    await delay(60)
    reply.raw.writeHead(200).flushHeaders()
    reply.raw.write('4111 1111 1111 1111')
    reply.raw.addTrailers({ 'x-card': '4111 1111 1111 1111' })
    reply.raw.end('4111 1111 1111 1111').destroy()
    return reply
  })
  const port = await listen(t, app)
  const timedOut = errorResponse(503, { code: 'service_unavailable', message: errors.service_unavailable.message, request_id: requestId }, { 'retry-after': '10', 'access-control-allow-origin': '*' })
  for (const path of ['/returns', '/rejects', '/sends', '/nothing', '/raw']) t.strictSame(await sendRequest(port, 'GET', path), timedOut, path)
  await delay(100)
  t.notMatch(lines.join(), '4111')
  t.strictSame(lines.map(line => (JSON.parse(line) as { msg: string }).msg).filter(message => message.startsWith('The handler')), Array(3).fill('The handler sent a result after the error response. The result was dropped.'))
})

t.test('if a hook never ends on an error response, the handler timeout sends the response', async t => {
  const app = await createApp({}, { handlerTimeout: 60 })
  app.get('/', { onSend: () => {} }, () => { throw errors.resource_conflict() })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: requestId }))
})

t.test('a hook that takes over the response asynchronously cannot prevent it', async t => {
  const app = await createApp()
  app.get('/', { onSend: async (_request, reply) => { await delay(2); reply.raw.writeHead(200).end('mine') } }, () => { throw errors.resource_conflict() })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: requestId }))
})

t.test('after a stream started, the error replaces a stream from a hook', async t => {
  const app = await createApp()
  const made: Readable[] = []
  app.get('/', {
    onSend (_request, _reply, payload, done) {
      if (typeof payload === 'string') made.push(Readable.from([payload.toUpperCase()]))
      done(null, made.at(-1) ?? payload)
    }
  }, (_request, reply) => { throw (reply.send(slowStream()), errors.resource_conflict()) })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), errorResponse(409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: requestId }))
  t.strictSame(made.map(({ destroyed }) => destroyed), [true])
})

t.test('an error response is compressed like any other', async t => {
  const app = await createApp()
  await app.register(compress, { threshold: 0 })
  app.get('/', { onSend: async (_request, _reply, payload) => { await delay(2); return payload } }, () => { throw errors.resource_conflict() })
  const { statusCode, headers, rawPayload } = await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip' } })
  t.strictSame([statusCode, headers['content-encoding']], [409, 'gzip'])
  t.match(JSON.parse(gunzipSync(rawPayload).toString()), { code: 'resource_conflict' })
})

/** Sets a header on a reply that HTTP/2 or Node rejects. */
const refusedHeaders: Readonly<Record<string, readonly [string, unknown]>> = {
  connection: ['connection', 'close'],
  'keep-alive': ['keep-alive', 'timeout=5'],
  'proxy-connection': ['proxy-connection', 'keep-alive'],
  'transfer-encoding': ['transfer-encoding', 'chunked'],
  upgrade: ['upgrade', 'h2c'],
  'http2-settings': ['http2-settings', 'AAMAAABkAAQAAP__'],
  te: ['te', 'gzip'],
  'a pseudo header': [':status', '200'],
  'a name with a space': ['x y', 'a'],
  'a name with an umlaut': ['x-ü', 'a'],
  'a line break': ['x-a', 'a\r\nb: c'],
  null: ['x-a', null],
  'null in a list': ['x-a', ['a', null]],
  'a symbol': ['x-a', Symbol('a')],
  'two values for one': ['location', ['/a', '/b']],
  'two etags': ['etag', ['"a"', '"b"']]
}

for (const [name, { options, ask }] of Object.entries(transports).filter(([name]) => !name.includes('compression'))) {
  t.test(`over ${name}, a header that cannot be sent never leaves a request without a response`, async t => {
    const app = Fastify(serverOptions(options)) as unknown as FastifyInstance
    await app.register(apiErrors, { log: false })
    Object.values(refusedHeaders).forEach(([key, value], index) => {
      const set = (reply: FastifyReply): unknown => reply.header(key, value)
      app.get(`/${index}/thrown`, async (_request, reply) => { throw (set(reply), errors.resource_conflict()) })
      app.get(`/${index}/fine`, async (_request, reply) => { set(reply); return { fine: true } })
      app.get(`/${index}/error`, async () => { throw errors.resource_conflict({ headers: { [key]: value as string } }) })
      app.get(`/${index}/hook`, { onSend: async (_request, reply) => { set(reply) } }, async () => { throw errors.resource_conflict() })
      app.get(`/${index}/raw`, async (_request, reply) => {
        try {
          reply.raw.setHeader(key, value as string)
        } catch {}
        throw errors.resource_conflict()
      })
    })
    const port = await listen(t, app)
    await Promise.all(Object.keys(refusedHeaders).map(async (title, index) => {
      // In Node 20, an HTTP/2 header with an invalid name stays after it was removed from reply.raw.
      const kinds = title === 'a name with an umlaut' ? ['thrown', 'error', 'hook'] : ['thrown', 'error', 'hook', 'raw']
      for (const kind of kinds) t.match(await ask(port, `/${index}/${kind}`), { status: 409, body: /"resource_conflict"/, isCut: false }, `${title}: ${kind}`)
      // For a response that is not an error, Node sends or rejects what the application sets. The request always gets a response.
      t.not(await Promise.race([ask(port, `/${index}/fine`), noResponse()]), 'no response in 15 s', `${title}: fine`)
    }))
  })
}

t.test('a response that Node rejects leaves neither its reason phrase nor its missing body on the error response', async t => {
  const app = await createApp()
  const rejected: Readonly<Record<string, (reply: FastifyReply) => unknown>> = {
    'a 304 with an invalid header': reply => reply.code(304).header('etag', '"a\nb"').send(),
    'a 304 with a stream': reply => reply.code(304).header('etag', '"\u{1f600}"').send(Readable.from(['body'])),
    'a 204 with an invalid header': reply => reply.code(204).header('x-a', 'a\nb').send(),
    'a 204 with a trailer field': reply => reply.code(204).header('trailer', 'x-sum').send(),
    'a redirect': reply => reply.redirect('/a\r\nb'),
    'a 200 with a trailer field': reply => reply.header('trailer', 'x-sum').send('body')
  }
  for (const [name, send] of Object.entries(rejected)) app.get(`/${name}`, async (_request, reply) => send(reply))
  const port = await listen(t, app)
  const internal = errorResponse(500, { code: 'internal_error', message: errors.internal_error.message, request_id: requestId })
  for (const name of Object.keys(rejected)) {
    const path = `/${encodeURIComponent(name)}`
    const text = await sendRaw(port, formatRequest('GET', path))
    t.match(text, /^HTTP\/1\.1 500 Internal Server Error\r\n/, name)
    t.strictSame(parseResponse(text), internal, name)
    t.strictSame(await sendRequest(port, 'HEAD', path), withoutBody(internal), `HEAD: ${name}`)
  }
})

t.test('a reason phrase of the application is kept', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => {
    reply.raw.statusMessage = 'Quota used'
    throw errors.resource_conflict()
  })
  t.match(await sendRaw(await listen(t, app), formatRequest('GET', '/')), /^HTTP\/1\.1 409 Quota used\r\n.*resource_conflict/s)
})

t.test('an error is sent in full and without an entity tag, even if the client sends the tag that a hook computes for it', async t => {
  const tag = '"the same for each request"'
  for (const isHttp2 of [false, true]) {
    const app = await createApp({}, { forceCloseConnections: true, ...(isHttp2 && { http2: true }) } as never)
    // Like @fastify/etag
    app.addHook('onSend', (request, reply, payload, done) => {
      if (!reply.hasHeader('etag') && typeof payload === 'string') reply.header('etag', tag)
      const isKnown = request.headers['if-none-match'] === reply.getHeader('etag')
      if (isKnown) reply.code(304)
      done(null, isKnown ? '' : payload)
    })
    app.get('/forbidden', async () => { throw errors.forbidden() })
    app.get('/own', async () => { throw errors.precondition_failed({ headers: { etag: '"2"' } }) })
    app.get('/stream', (_request, reply) => { reply.send(Readable.from((async function * () { throw errors.resource_gone() })())) })
    app.get('/sent', (_request, reply) => { reply.code(409).send({ message: errors.resource_conflict.message }) })
    app.get('/', async () => 'fine')
    const port = await listen(t, app)
    const send = async (method: string, path: string, known: string): Promise<object> => {
      if (isHttp2) {
        const { status, body, headers: { etag, 'content-length': length } } = await askHttp2(port, path, { ':method': method, 'if-none-match': known })
        return { status, etag, length, body }
      }
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { 'if-none-match': known } })
      const { etag, 'content-length': length } = Object.fromEntries(response.headers)
      return { status: response.status, etag, length, body: await response.text() }
    }
    for (const [path, code, known, etag] of [
      ['/forbidden', 'forbidden', tag], ['/own', 'precondition_failed', '"2"', '"2"'], ['/stream', 'resource_gone', tag], ['/sent', 'resource_conflict', tag], ['/none', 'route_not_found', tag]
    ] as const) {
      const { status, message } = errors[code]
      const body = JSON.stringify({ code, message, request_id: requestId })
      const expected = { status, etag, length: String(body.length), body }
      t.strictSame(await send('GET', path, known), expected, path)
      t.strictSame(await send('GET', path, '"other"'), expected, path)
      if (path !== '/stream') t.strictSame(await send('HEAD', path, known), { ...expected, body: '' }, path)
    }
    t.match(await send('GET', '/', tag), { status: 304, etag: tag, body: '' }, 'another response is not changed')
  }
})

t.test('the last line of a stream describes the error, in the format of the application', async t => {
  const entries: unknown[] = []
  const app = await createApp({ format: 'problem', log: ({ level, code, status, route, error }) => { entries.push({ level, code, status, route, cause: (error.cause as Error | undefined)?.message }) } })
  async function * rows (error: unknown): AsyncGenerator<object> {
    yield { id: 1 }
    throw error
  }
  async function * ndjson (source: AsyncIterable<object>, reply: FastifyReply): AsyncGenerator<string> {
    try {
      for await (const row of source) yield `${JSON.stringify(row)}\n`
    } catch (error) {
      yield `${JSON.stringify({ error: app.apiErrors.toBody(error, reply) })}\n`
    }
  }
  async function * events (source: AsyncIterable<object>, reply: FastifyReply): AsyncGenerator<string> {
    try {
      for await (const row of source) yield `data: ${JSON.stringify(row)}\n\n`
    } catch (error) {
      yield `event: error\ndata: ${JSON.stringify(app.apiErrors.toBody(error, reply))}\n\n`
    }
  }
  app.get('/rows', (_request, reply) => { reply.type('application/x-ndjson').send(Readable.from(ndjson(rows(errors.resource_gone({ message: 'The export was deleted.' })), reply))) })
  app.get('/events', (_request, reply) => { reply.type('text/event-stream').send(Readable.from(events(rows(new Error('select * from rows failed')), reply))) })
  const hostile = Object.defineProperty(errors.resource_gone(), 'code', { get () { throw new Error('no') } })
  app.get('/hostile', (_request, reply) => { reply.send(Readable.from(ndjson(rows(hostile), reply))) })
  const port = await listen(t, app)
  const problem = { type: 'about:blank', code: 'internal_error', title: 'Internal Server Error', status: 500, detail: errors.internal_error.message, request_id: requestId }
  const linesOf = async (path: string): Promise<string[]> => (await (await fetch(`http://127.0.0.1:${port}${path}`)).text()).trimEnd().split('\n')
  const [row, last = ''] = await linesOf('/rows')
  t.equal(row, '{"id":1}')
  t.strictSame(JSON.parse(last), { error: { type: 'about:blank', title: 'Gone', status: 410, detail: 'The export was deleted.', instance: '/rows#req_1', code: 'resource_gone', request_id: requestId } })
  const received = await linesOf('/events')
  t.strictSame(received.slice(0, 3), ['data: {"id":1}', '', 'event: error'])
  t.strictSame(JSON.parse((received[3] as string).replace('data: ', '')), { ...problem, instance: '/events#req_1' })
  t.match(JSON.parse((await linesOf('/hostile'))[1] as string), { error: { ...problem, instance: '/hostile#req_1' } })
  t.strictSame(entries, [
    { level: 'info', code: 'resource_gone', status: 410, route: 'GET /rows', cause: undefined },
    { level: 'error', code: 'internal_error', status: 500, route: 'GET /events', cause: 'select * from rows failed' },
    { level: 'error', code: 'internal_error', status: 500, route: 'GET /hostile', cause: undefined }
  ])
  t.strictSame(app.apiErrors.ledger(), [])
})
