/** The log lines of errors. */
import t from 'tap'
import Fastify, { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors, type ApiErrorsOptions, type LogEntry } from 'fastify-api-errors'
import { createApp, listen, sendRaw } from '../helpers/http.js'

type Line = Record<string, unknown>

/** Removes Fastify's lines about each request, and nothing else. */
class ErrorsOnly extends LogController {
  override incomingRequest (): void {}
  override requestCompleted (): void {}
}

/** An application that stores its log. The lines are returned without time, process and host. */
async function logged (options: ApiErrorsOptions, server: FastifyServerOptions = {}): Promise<{ readonly app: FastifyInstance, readonly lines: Line[] }> {
  const lines: Line[] = []
  const write = (text: string): void => {
    const { time, pid, hostname, ...line } = JSON.parse(text) as Line
    lines.push(line)
  }
  const app = Fastify({ genReqId: () => 'req_1', logController: new ErrorsOnly(), logger: { stream: { write } }, ...server })
  await app.register(apiErrors, options)
  return { app, lines }
}

const [info, error] = [30, 50]

t.test('a 4xx is logged at info: its code and the message of its cause, no stack', async t => {
  const { app, lines } = await logged({})
  app.get('/queues/:id', () => { throw errors.resource_not_found({ message: 'No queue has this id.', cause: new Error('select * from queues') }) })
  await app.inject('/queues/1')
  await app.inject('/nope')
  t.strictSame(lines, [
    { level: info, reqId: 'req_1', code: 'resource_not_found', status: 404, route: 'GET /queues/:id', requestId: 'req_1', reason: 'select * from queues', msg: 'No queue has this id.' },
    { level: info, reqId: 'req_1', code: 'route_not_found', status: 404, route: null, requestId: 'req_1', msg: 'This endpoint does not exist.' }
  ])
})

t.test('the message of the cause of a 4xx is logged only if the response has another one and it cannot repeat the value of a field', async t => {
  const { app, lines } = await logged({})
  const cause = (code?: string): Error => Object.assign(new Error('the cause'), code !== undefined && { code })
  app.get('/status', (_request, reply) => { reply.code(401).send(cause()) })
  app.get('/own', async () => { throw Object.assign(cause(), { statusCode: 409 }) })
  app.get('/hidden', async () => { throw Object.assign(cause(), { statusCode: 409, expose: false }) })
  app.get('/fastify', async () => { throw errors.resource_conflict({ cause: cause('FST_ERR_CTP_INVALID_MEDIA_TYPE') }) })
  app.get('/issues', async () => { throw errors.resource_conflict({ cause: cause(), issues: [{ in: 'body', field: 'a', pointer: '/a', code: 'unique', message: 'is already in use' }] }) })
  app.get('/text', async () => { throw errors.resource_conflict({ cause: 'the cause' }) })
  app.get('/getter', async () => { throw errors.resource_conflict({ cause: Object.defineProperty(cause(), 'message', { get: () => 'the cause' }) }) })
  for (const path of ['/status', '/own', '/hidden', '/fastify', '/issues', '/text', '/getter']) await app.inject(path)
  t.strictSame(lines.map(({ route, reason }) => [route, reason]), [
    ['GET /status', 'the cause'], ['GET /own', undefined], ['GET /hidden', 'the cause'], ['GET /fastify', undefined], ['GET /issues', undefined], ['GET /text', undefined],
    ['GET /getter', undefined]
  ])
})

t.test('if the logger of Fastify also uses the name requestId, a line has it once', async t => {
  const texts: string[] = []
  const app = Fastify({ genReqId: () => 'req_1', logController: new ErrorsOnly({ requestIdLogLabel: 'requestId' }), logger: { stream: { write: (text: string) => { texts.push(text) } } } })
  await app.register(apiErrors)
  await app.inject('/nope')
  t.strictSame(texts.map(text => text.match(/"requestId":"req_1"/g)?.length), [1])
})

t.test('a 5xx is logged at error: with the stacks and messages of all causes, except those of the translation', async t => {
  const { app, lines } = await logged({})
  app.get('/queues/:id', () => {
    throw new Error('The queue could not be read.', { cause: new TypeError('rows is undefined', { cause: new Error('connection lost') }) })
  })
  t.equal((await app.inject('/queues/1')).json<{ message: string }>().message, 'Something went wrong on our side.')
  t.match(lines, [{
    level: error,
    reqId: 'req_1',
    code: 'internal_error',
    status: 500,
    route: 'GET /queues/:id',
    requestId: 'req_1',
    msg: 'Something went wrong on our side.',
    err: {
      type: 'ApiError',
      code: 'internal_error',
      message: 'Something went wrong on our side.: The queue could not be read.: rows is undefined: connection lost',
      stack: /^ApiError: [^\n]*\ncaused by: Error: The queue could not be read\.\n {4}at .*caused by: TypeError: rows is undefined\n.*caused by: Error: connection lost\n/s
    }
  }])
  t.notOk('thrown' in (lines[0] as Line))
})

t.test('a 5xx of the catalog is logged with the message that was not sent', async t => {
  const { app, lines } = await logged({})
  app.get('/', () => { throw errors.bad_gateway({ message: 'The payment service answered with a page of HTML.' }) })
  t.equal((await app.inject('/')).json<{ message: string }>().message, errors.bad_gateway.message)
  t.match(lines, [{ level: error, code: 'bad_gateway', status: 502, msg: 'The payment service answered with a page of HTML.', err: { stack: /log-errors\.test\.ts/ } }])
})

t.test('a thrown value that is not an Error is printed', async t => {
  for (const [thrown, printed] of [
    ['a string', "'a string'"],
    [undefined, undefined],
    [null, 'null'],
    [{ code: 42, at: { deep: { deeper: { deepest: {} } } } }, '{ code: 42, at: { deep: { deeper: { deepest: {} } } } }'],
    [12n, '12n'],
    [Symbol('a'), 'Symbol(a)'],
    [class { static get name (): never { throw new Error('trap') } }, 'a value of type function that cannot be shown'],
    ['x'.repeat(10_000), `'${'x'.repeat(1999)}`]
  ] as const) {
    const { app, lines } = await logged({})
    app.get('/', () => { throw thrown })
    await app.inject('/')
    t.strictSame(lines.map(({ thrown, msg }) => ({ thrown, msg })), [{ thrown: printed, msg: 'Something went wrong on our side.' }])
    t.match(lines, [{ err: { type: 'ApiError', message: 'Something went wrong on our side.', stack: /^ApiError: / } }])
  }
})

t.test('a thrown function is printed, and not called', async t => {
  const { app, lines } = await logged({})
  let called = false
  const cause: unknown = function cause () { called = true }
  app.get('/', () => { throw cause })
  await app.inject('/')
  t.match(lines, [{ level: error, thrown: '[Function: cause]', msg: 'Something went wrong on our side.' }])
  t.notOk(called)
})

t.test('the errors of an AggregateError are also printed', async t => {
  const { app, lines } = await logged({})
  app.get('/', () => { throw new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('connect ECONNREFUSED 127.0.0.1:5432')], 'no address answered') })
  await app.inject('/')
  t.match(lines, [{ err: { message: /no address answered$/ }, thrown: /ECONNREFUSED ::1:5432.*ECONNREFUSED 127\.0\.0\.1:5432/s }])
})

t.test('each error of an AggregateError is printed, whatever the length of the stacks', async t => {
  const failed = Array.from({ length: 20 }, (_, index) => Object.assign(new Error(`host ${index} refused`), { stack: `Error: host ${index} refused\n    at ${'/a/long/path'.repeat(200)}` }))
  for (const [thrown, printed] of [
    [new AggregateError(failed), failed.map(({ message }) => `Error: ${message}`)],
    [new AggregateError(['a string', 12n, undefined]), ["'a string'", '12n', 'undefined']],
    [new AggregateError([], 'nothing failed'), undefined],
    [Object.assign(new Error(), { errors: new Proxy([], {}) }), undefined]
  ] as const) {
    const { app, lines } = await logged({})
    app.get('/', () => { throw thrown })
    await app.inject('/')
    t.strictSame([lines.length, (lines[0]?.thrown as string | undefined)?.split('\n').filter(line => !line.startsWith('    at'))], [1, printed])
  }
})

t.test('an error of another realm has its stack in the log', async t => {
  const { runInNewContext } = await import('node:vm')
  const { app, lines } = await logged({})
  app.get('/', () => { throw runInNewContext('new TypeError("from elsewhere")') })
  await app.inject('/')
  t.match(lines, [{ err: { message: /from elsewhere$/, stack: /caused by: TypeError: from elsewhere/ } }])
})

t.test('the application logs errors without a request', async t => {
  const lines: Line[] = []
  const app = await createApp({ log: undefined as never }, { logger: { stream: { write: (text: string) => lines.push(JSON.parse(text) as Line) } } })
  await sendRaw(await listen(t, app), 'GARBAGE\r\n\r\n')
  t.match(lines.at(-1), { level: info, code: 'invalid_request', status: 400, route: null, requestId: /^req_/, msg: 'The request is malformed.' })
})

t.test('log: false writes nothing', async t => {
  const { app, lines } = await logged({ log: false }, { logController: new LogController({ disableRequestLogging: true }) })
  app.get('/', () => { throw new Error('secret') })
  app.get('/hook', { onSend: async () => { throw new Error('secret') } }, () => { throw errors.resource_conflict() })
  app.get('/meta', () => { throw errors.insufficient_scope({ meta: { held: [1n] } as object }) })
  for (const path of ['/', '/meta', '/nope']) await app.inject(path)
  t.strictSame(lines, [])
  await app.inject('/hook')
  t.strictSame(lines.map(({ msg }) => msg), [], 'disableRequestLogging silences the default handler of Fastify, too')
})

t.test('a function replaces the log line', async t => {
  const calls: Array<{ entry: LogEntry, url: string | undefined, isRequestLog: boolean }> = []
  const { app, lines } = await logged({
    log: (entry, request, log) => { calls.push({ entry, url: request?.url, isRequestLog: log === request?.log }) }
  })
  const cause = new Error('secret')
  app.get('/queues/:id', () => { throw cause })
  app.delete('/queues/:id', () => { throw errors.resource_not_found() })
  await app.inject('/queues/1?a=b')
  await app.inject({ method: 'DELETE', url: '/queues/1' })
  t.match(calls, [
    { entry: { level: 'error', code: 'internal_error', status: 500, route: 'GET /queues/:id', requestId: 'req_1', error: { code: 'internal_error', cause } }, url: '/queues/1?a=b', isRequestLog: true },
    { entry: { level: 'info', code: 'resource_not_found', status: 404, route: 'DELETE /queues/:id', requestId: 'req_1', error: { code: 'resource_not_found' } }, url: '/queues/1', isRequestLog: true }
  ])
  t.strictSame(lines, [])
})

const full = (): never => { throw new Error('The log is full.') }

for (const [what, log] of [['throws', full], ['rejects', async () => { full() }]] as const) {
  t.test(`a log function that ${what} does not change the response`, async t => {
    const { app, lines } = await logged({ log })
    app.get('/', () => { throw errors.resource_conflict() })
    const response = await app.inject('/')
    t.strictSame([response.statusCode, response.json()], [409, { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: 'req_1' }])
    t.match(lines, [{ level: error, code: 'resource_conflict', requestId: 'req_1', reason: /^Error: The log is full\.\n/, msg: 'An error could not be logged.' }])
  })
}

t.test('a serializer or a logger that throws does not change the response', async t => {
  const failing = (): never => { throw new Error('The serializer is broken.') }
  const { app } = await logged({}, { logger: { level: 'error', serializers: { err: failing }, stream: { write: failing } } })
  app.get('/', () => { throw new Error('secret') })
  const response = await app.inject('/')
  t.strictSame([response.statusCode, response.json()], [500, { code: 'internal_error', message: errors.internal_error.message, request_id: 'req_1' }])
})

t.test('a disabled log stays disabled for every kind of error', async t => {
  const off = new LogController({ disableRequestLogging: true })
  const forSome = new LogController({ disableRequestLogging: request => request.url === '/quiet' })
  const urls = ['/', '/quiet', '/4xx', '/nope', '/%zz']
  const linesWith = async (logController: LogController): Promise<unknown[]> => {
    const { app, lines } = await logged({}, serverOptions({ logController }))
    for (const url of ['/', '/quiet']) app.get(url, () => { throw new Error('x') })
    app.get('/4xx', () => { throw errors.resource_conflict() })
    for (const url of urls) await app.inject(url)
    return lines.flatMap(({ code }) => code ?? [])
  }
  t.strictSame(await linesWith(off), [])
  t.strictSame(await linesWith(forSome), ['internal_error', 'resource_conflict', 'route_not_found', 'invalid_request'])
})

t.test('a log controller with its own error logging is called as Fastify calls it', async t => {
  class Own extends ErrorsOnly {
    override defaultErrorLog (error: Error, request: FastifyRequest, reply: FastifyReply): void {
      request.log.error(`own: ${error.message} ${reply.statusCode}`)
    }
  }
  class OwnNotFound extends ErrorsOnly {
    override routeNotFound (request: FastifyRequest): void { request.log.warn(`nothing at ${request.url}`) }
  }
  const linesWith = async (logController: LogController): Promise<unknown[]> => {
    const { app, lines } = await logged({}, serverOptions({ logController }))
    app.get('/', () => { throw new Error('x') })
    app.get('/409', () => { throw errors.resource_conflict() })
    for (const url of ['/', '/409', '/nope', '/%zz']) await app.inject(url)
    return lines.map(({ msg }) => msg)
  }
  t.strictSame(await linesWith(new Own()), ['own: x 500', `own: ${String(errors.resource_conflict.message)} 409`, 'This endpoint does not exist.'], 'Fastify reports no bad URL to it')
  t.strictSame(await linesWith(new OwnNotFound()), ['Something went wrong on our side.', errors.resource_conflict.message, 'nothing at /nope', 'The request URL is invalid.'])
})

t.test('the size of a line is bounded for any thrown value', async t => {
  const { app, lines } = await logged({})
  const big = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`key${index}`, 'x'.repeat(100)]))
  app.get('/error', () => { throw Object.assign(new Error('x'.repeat(1_000_000), { cause: new Error('y'.repeat(1_000_000)) }), big) })
  app.get('/value', () => { throw big })
  app.get('/meta', () => { throw errors.internal_error({ message: 'x'.repeat(100_000), headers: big as never, cause: new AggregateError(Array.from({ length: 1000 }, () => new Error('z'.repeat(1000)))) }) })
  app.get('/4xx', () => { throw errors.resource_conflict({ message: 'x'.repeat(100_000) }) })
  for (const url of ['/error', '/value', '/meta', '/4xx']) await app.inject(url)
  t.equal(lines.length, 4)
  for (const line of lines) t.ok(JSON.stringify(line).length < 50_000, String(JSON.stringify(line).length))
})
