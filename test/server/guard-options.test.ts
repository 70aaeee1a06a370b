/** Functions in the options of Fastify that fail or return invalid values: the error is sent, or startup fails. */
import t from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyServerOptions } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { errorResponse, fetchResponse, formatRequest, listen, parseResponse, requestId, sendRaw, sendRequest } from '../helpers/http.js'
import { throwables } from '../helpers/throwables.js'
import { watchRejections } from '../helpers/unhandled-rejections.js'

/* eslint-disable no-throw-literal, prefer-promise-reject-errors */

const internal = errorResponse(500, { code: 'internal_error', message: errors.internal_error.message, request_id: requestId })
const invalid = errorResponse(422, {
  code: 'missing_required_field',
  message: errors.missing_required_field.message,
  request_id: requestId,
  details: [{ in: 'body', field: 'a', pointer: '/a', code: 'required', message: 'is required' }]
})

async function create (server: FastifyServerOptions): Promise<FastifyInstance> {
  const app = Fastify(serverOptions({ genReqId: () => requestId, ...server }))
  await app.register(apiErrors, { log: false })
  app.get('/', async () => 'ok')
  app.post('/', { schema: { body: { type: 'object', required: ['a'] } } }, async () => ({ secret: 42 }))
  return app
}

const post = (port: number) => sendRequest(port, 'POST', '/', { 'Content-Type': 'application/json' }, '{}')

t.test('an async function is rejected at startup if Fastify needs its result immediately', async t => {
  const broken: ReadonlyArray<readonly [string, object]> = [
    ['genReqId', { genReqId: async () => 'req_1' }],
    ['rewriteUrl', { rewriteUrl: async () => '/' }],
    ['childLoggerFactory', { childLoggerFactory: async () => undefined }],
    ['querystringParser', { querystringParser: async () => ({}) }],
    ['disableRequestLogging', { disableRequestLogging: async () => true }],
    ['routerOptions.querystringParser', { routerOptions: { querystringParser: async () => ({}) } }],
    ['constraints.tenant.deriveConstraint', { constraints: { tenant: { deriveConstraint: async () => 'a' } } }],
    ['routerOptions.constraints.tenant.deriveConstraint', { routerOptions: { constraints: { tenant: { deriveConstraint: async () => 'a' } } } }]
  ]
  for (const [option, options] of broken) {
    t.throws(() => serverOptions(options as never), new TypeError(`serverOptions: ${option}: expected a function that returns its result, not a promise, got an async function.`))
  }
  t.doesNotThrow(() => serverOptions({ querystringParser: () => ({}) }))
})

t.test('a function that returns a promise instead of its result results in a 500, and the process continues', async t => {
  const unhandled = watchRejections(t)
  const rejects = (): never => Promise.reject(new Error('secret')) as never
  const constraints = { tenant: { name: 'tenant', storage: () => ({ get: () => null, set () {} }), validate () {}, mustMatchWhenDerived: true, deriveConstraint: rejects } }
  const broken: ReadonlyArray<readonly [string, FastifyServerOptions]> = [
    ['genReqId', { genReqId: rejects }],
    ['genReqId: expected', { genReqId: (() => Promise.resolve('req_2')) as never }],
    ['childLoggerFactory', { childLoggerFactory: rejects }],
    ['querystringParser', { querystringParser: rejects } as FastifyServerOptions],
    ['disableRequestLogging', { disableRequestLogging: rejects, logger: { level: 'info', stream: { write () {} } } }],
    ['routerOptions.querystringParser', { routerOptions: { querystringParser: rejects } }],
    ['constraints.tenant.deriveConstraint', { constraints } as FastifyServerOptions],
    ['routerOptions.constraints.tenant.deriveConstraint', { routerOptions: { constraints } } as FastifyServerOptions]
  ]
  for (const [option, options] of broken) {
    const causes: unknown[] = []
    const app = Fastify(serverOptions(options))
    await app.register(apiErrors, { log: ({ error }) => { causes.push((error.cause as Error).message) } })
    app.get('/', async () => 'ok')
    t.strictSame(await fetchResponse(`http://127.0.0.1:${await listen(t, app)}/?a=1`), {
      status: 500,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'REQUEST_ID', 'x-should-retry': 'true' },
      body: { code: 'internal_error', message: errors.internal_error.message, request_id: 'REQUEST_ID' }
    }, option)
    t.strictSame(causes, [`${option.replace(': expected', '')}: expected the function to return its result, got a promise.`])
  }
  t.strictSame(await unhandled(), [])
})

t.test('functions that return their result work as they do in Fastify', async t => {
  const storage = () => {
    const routes = new Map<unknown, never>()
    return { get: (tenant: unknown) => routes.get(tenant) ?? null, set: (tenant: unknown, route: never) => { routes.set(tenant, route) } }
  }
  const app = Fastify(serverOptions({
    genReqId: () => requestId,
    childLoggerFactory: logger => logger,
    routerOptions: {
      querystringParser: text => ({ text }),
      constraints: { tenant: { name: 'tenant', storage, deriveConstraint: () => 'a' } } as never
    }
  }))
  await app.register(apiErrors, { log: false })
  app.get('/', { constraints: { tenant: 'a' } }, async request => ({ query: request.query, id: request.id }))
  app.get('/b', { constraints: { tenant: 'b' } }, async () => 'ok')
  const port = await listen(t, app)
  t.strictSame((await sendRequest(port, 'GET', '/?a=1')).body, { query: { text: 'a=1' }, id: requestId })
  t.equal((await sendRequest(port, 'GET', '/b')).status, 404)
})

t.test('a schema error formatter that returns no error rejects the request', async t => {
  const formatters: Readonly<Record<string, () => unknown>> = {
    'a promise of nothing': () => Promise.resolve(),
    'a rejected promise': () => Promise.reject(new Error('secret')),
    'a promise rejected with nothing': () => Promise.reject(),
    'a promise of an error': () => Promise.resolve(new Error('secret')),
    nothing: () => undefined,
    'a string': () => 'secret'
  }
  for (const [name, formatter] of Object.entries(formatters)) {
    t.strictSame(await post(await listen(t, await create({ schemaErrorFormatter: formatter as never }))), invalid, name)
  }
  t.strictSame(await post(await listen(t, await create({ schemaErrorFormatter: () => new Error('no') }))), invalid)
  for (const thrown of [undefined, null]) {
    t.strictSame(await post(await listen(t, await create({ schemaErrorFormatter: () => { throw thrown } }))), internal, String(thrown))
  }
})

t.test('a validator of a schema controller that fails with undefined or returns an error rejects the request', async t => {
  const createOf = (validate: () => unknown): Promise<FastifyInstance> =>
    create({ schemaController: { compilersFactory: { buildValidator: (() => () => validate) as never } } })
  t.strictSame(await post(await listen(t, await createOf(() => Promise.reject()))), internal)
  t.strictSame(await post(await listen(t, await createOf(() => { throw undefined }))), internal)
  for (const validate of [() => errors.resource_conflict(), async () => errors.resource_conflict()]) {
    t.match(await post(await listen(t, await createOf(validate))), { status: 409, body: { code: 'resource_conflict' } })
  }
  t.equal((await post(await listen(t, await createOf(() => true)))).status, 200)
})

t.test('a schema controller that creates no validator fails at startup', async t => {
  async function build (buildValidator: unknown): Promise<void> {
    const app = await create({ schemaController: { compilersFactory: { buildValidator: buildValidator as never } } })
    await app.ready()
  }
  await t.rejects(build(() => { throw undefined }), new Error('buildValidator threw undefined.'))
  await t.rejects(build(() => { throw new Error('No compiler.') }), new Error('No compiler.'))
  await t.rejects(build(() => 'no compiler'), /compile is not a function/)
})

t.test('if a clientErrorHandler fails, the plugin responds, and the process continues', async t => {
  const malformed = { status: 400, body: { code: 'invalid_request', message: 'The request is malformed.' } }
  for (const fail of [() => { throw new Error('secret') }, async () => { throw new Error('secret') }, async () => { throw undefined }]) {
    const app = await create({ clientErrorHandler: fail as never })
    const port = await listen(t, app)
    t.match(parseResponse(await sendRaw(port, 'garbage\r\n\r\n')), malformed)
    t.equal((await sendRequest(port, 'GET', '/')).body, 'ok')
  }
})

t.test('if a clientErrorHandler fails after it has started a response, the connection is closed', async t => {
  const app = await create({
    clientErrorHandler (_error, socket) {
      socket.write('HTTP/1.1 400 Bad Request\r\n')
      throw new Error('secret')
    }
  })
  const port = await listen(t, app)
  t.notMatch(await sendRaw(port, 'garbage\r\n\r\n'), /invalid_request|secret/)
  t.equal((await sendRequest(port, 'GET', '/')).body, 'ok')
})

t.test('if a frameworkErrors function fails, the plugin responds', async t => {
  const failures: Readonly<Record<string, FastifyServerOptions['frameworkErrors']>> = {
    throws: () => { throw new Error('secret') },
    rejects: (async () => { throw new Error('secret') }) as never,
    'returns an error': (() => new Error('secret')) as never,
    'resolves with an error': (async () => new Error('secret')) as never,
    'throws after its response': (_error, _request, reply) => { (reply as FastifyReply).code(400).send({ mine: true }); throw new Error('secret') }
  }
  for (const [name, frameworkErrors] of Object.entries(failures)) {
    const app = await create({ frameworkErrors } as FastifyServerOptions)
    const text = await sendRaw(await listen(t, app), formatRequest('GET', '/%zz'))
    t.match(text, name === 'throws after its response' ? /\{"mine":true\}$/ : /"code":"invalid_request".*\}$/, name)
    t.match(text, /^HTTP\/1.1 400 Bad Request\r\n/, name)
    t.notMatch(text, 'secret', name)
  }
})

t.test('a rewriteUrl that does not return a string results in 500', async t => {
  for (const rewriteUrl of [() => undefined, () => 7, () => Promise.resolve('/'), () => Promise.reject(new Error('secret'))]) {
    const app = await create({ rewriteUrl: rewriteUrl as never })
    t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), internal, String(rewriteUrl))
  }
})

t.test('a rewriteUrl that throws results in 500, also with app.inject()', async t => {
  const rejected = (): never => { throw Promise.reject(new Error('secret')) }
  for (const rewriteUrl of [() => { throw new Error('secret') }, () => { throw undefined }, () => { throw 'secret' }, rejected]) {
    const app = await create({ rewriteUrl: rewriteUrl as never })
    t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), internal, String(rewriteUrl))
    const { statusCode, body } = await app.inject('/')
    t.strictSame([statusCode, JSON.parse(body)], [500, internal.body], 'injected')
  }
})

t.test('a function that throws any value results in a response', async t => {
  const unhandled = watchRejections(t)
  for (const [value, { make }] of Object.entries(throwables).filter(([name]) => name !== 'a rejected promise')) {
    const fails = (): never => { throw make() }
    const constraints = { tenant: { name: 'tenant', storage: () => ({ get: () => null, set () {} }), validate () {}, mustMatchWhenDerived: true, deriveConstraint: fails } }
    for (const [option, options] of Object.entries({
      genReqId: { genReqId: fails },
      rewriteUrl: { rewriteUrl: fails },
      childLoggerFactory: { childLoggerFactory: fails },
      querystringParser: { routerOptions: { querystringParser: fails } },
      deriveConstraint: { routerOptions: { constraints } },
      disableRequestLogging: { disableRequestLogging: fails },
      'a serializer of the log': { logger: { level: 'info', stream: { write () {} }, serializers: { req: fails, res: fails } } }
    } as Readonly<Record<string, FastifyServerOptions>>)) {
      const app = Fastify(serverOptions(options))
      await app.register(apiErrors, { log: false })
      app.get('/', async () => 'ok')
      const port = await listen(t, app)
      t.match(await sendRaw(port, formatRequest('GET', '/?a=1')), /^HTTP\/1\.1 [245]\d\d /, `${option}: ${value}`)
      await app.close()
    }
  }
  t.strictSame(await unhandled(), [])
})
