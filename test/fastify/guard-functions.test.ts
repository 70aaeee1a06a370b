/** Functions of the application that fail with undefined or return an error: parsers, validators, error handlers. */
import { Readable } from 'node:stream'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { createApp, errorResponse, fetchResponse, listen, requestId, sendRequest } from '../helpers/http.js'
import { watchRejections } from '../helpers/unhandled-rejections.js'

/* eslint-disable no-throw-literal */

const nothing = [undefined, null] as const

async function create (server = {}): Promise<FastifyInstance> {
  const app = Fastify(server)
  await app.register(apiErrors, { log: false })
  return app
}

async function post (app: FastifyInstance, url = '/', type = 'text/csv'): Promise<[status: number, code: unknown]> {
  const response = await app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload: '{}' })
  return [response.statusCode, (response.json() as { code?: unknown }).code]
}

t.test('a content-type parser that fails with undefined rejects the request', async t => {
  for (const value of nothing) {
    for (const [name, parser] of Object.entries({
      throws: () => { throw value },
      rejects: () => Promise.reject(value),
      'rejects later': async () => { await new Promise(resolve => setImmediate(resolve)); throw value }
    })) {
      for (const options of [{}, { parseAs: 'string' }]) {
        const app = await create()
        app.addContentTypeParser('text/csv', options as object, parser)
        app.post('/', async () => ({ secret: 42 }))
        t.strictSame(await post(app), [500, 'internal_error'], `${name} ${String(value)} ${JSON.stringify(options)}`)
      }
    }
  }
})

t.test('an error that a content-type parser returns is sent, and other parsers work as before', async t => {
  const app = await create()
  app.addContentTypeParser(['text/csv', 'text/tsv'], { parseAs: 'string' }, async () => errors.invalid_request())
  app.addContentTypeParser(/^application\/x-/, (() => errors.payload_too_large()) as never)
  app.addContentTypeParser('text/done', { parseAs: 'string' }, (_request, body, done) => { done(null, { body }) })
  app.addContentTypeParser('text/stream', async (_request: unknown, stream: Readable) => (await stream.toArray()).join())
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('text/plain', { parseAs: 'string' }, app.defaultTextParser)
  app.post('/', async request => ({ code: request.body }))
  t.throws(() => app.addContentTypeParser('text/xml', {}, 'nope' as never), { code: 'FST_ERR_CTP_INVALID_HANDLER' })
  t.strictSame(await post(app), [400, 'invalid_request'])
  t.strictSame(await post(app, '/', 'text/tsv'), [400, 'invalid_request'])
  t.strictSame(await post(app, '/', 'application/x-a'), [413, 'payload_too_large'])
  t.strictSame(await post(app, '/', 'text/done'), [200, { body: '{}' }])
  t.strictSame(await post(app, '/', 'text/stream'), [200, '{}'])
  t.strictSame(await post(app, '/', 'text/plain'), [200, '{}'])
})

t.test('a validator that returns false without errors rejects the request', async t => {
  for (const [what, validate] of Object.entries({
    returned: () => () => false, resolved: () => async () => false, 'with errors that are null': () => Object.assign(() => false, { errors: null })
  })) {
    const app = await create()
    app.post('/', { schema: { body: {} }, validatorCompiler: validate as never }, async () => ({ secret: 42 }))
    t.strictSame(await post(app, '/', 'application/json'), [422, 'validation_error'], what)
  }
  const app = await create()
  app.post('/', { schema: { body: {} }, validatorCompiler: () => Object.assign(() => false, { errors: [{ keyword: 'required', instancePath: '', schemaPath: '', params: { missingProperty: 'a' } }] }) as never }, async () => ({ secret: 42 }))
  t.strictSame(await post(app, '/', 'application/json'), [422, 'missing_required_field'])
})

t.test('a validator that fails with undefined or with an unwritable value rejects the request', async t => {
  const validators: Record<string, () => unknown> = {
    'throws a string': () => { throw 'no' },
    'throws a symbol': () => { throw Symbol('no') },
    'throws a frozen error': () => { throw Object.freeze(new Error('no')) }
  }
  for (const value of nothing) {
    validators[`throws ${String(value)}`] = () => { throw value }
    validators[`rejects ${String(value)}`] = () => Promise.reject(value)
  }
  for (const [name, validate] of Object.entries(validators)) {
    for (const [part, scoped] of [['body', true], ['body', false], ['querystring', true]] as const) {
      const app = await create()
      if (scoped) app.setValidatorCompiler((() => validate) as never)
      app.post('/', { schema: { [part]: {} }, ...(!scoped && { validatorCompiler: (() => validate) as never }) }, async () => ({ secret: 42 }))
      t.strictSame(await post(app, '/', 'application/json'), [500, 'internal_error'], `${name}, ${part}, ${scoped ? 'scope' : 'route'}`)
    }
  }
})

t.test('an error that a validator returns is a failed validation, and other validators work as before', async t => {
  const app = await create()
  const compile = (validate: unknown): object => ({ schema: { body: {} }, validatorCompiler: () => validate })
  app.post('/returned', compile(() => new Error('no')), async () => ({ secret: 42 }))
  app.post('/resolved', compile(async () => new Error('no')), async () => ({ secret: 42 }))
  app.post('/factory', compile(() => errors.unauthorized), async () => ({ secret: 42 }))
  app.post('/valid', compile(() => ({ value: { code: 'replaced' } })), async request => request.body)
  app.post('/async', compile(async () => ({})), async () => ({ code: 'ok' }))
  t.equal((await post(app, '/returned', 'application/json'))[0], 422)
  t.equal((await post(app, '/resolved', 'application/json'))[0], 422)
  t.strictSame(await post(app, '/factory', 'application/json'), [422, 'validation_error'])
  t.strictSame(await post(app, '/valid', 'application/json'), [200, 'replaced'])
  t.strictSame(await post(app, '/async', 'application/json'), [200, 'ok'])
  const none = await create()
  none.setValidatorCompiler((() => undefined) as never)
  none.post('/', { schema: { body: {} } }, async () => ({ code: 'not validated' }))
  t.strictSame(await post(none, '/', 'application/json'), [200, 'not validated'], 'as Fastify does')
})

const database = (): Error => Object.assign(new Error('duplicate key value violates unique constraint, secret'), { code: '23505', severity: 'ERROR', table: 'users', constraint: 'users_email_key', schema: 'public', detail: 'Key (email)=(secret) already exists.' })
const reset = (): Error => Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:5432, secret'), { code: 'ECONNREFUSED', syscall: 'connect' })
const timedOut = (): Error => new DOMException('The operation timed out, secret', 'TimeoutError')

/** Values that a validator throws because it fails, and the response to each. */
const failures: ReadonlyArray<readonly [create: () => unknown, expected: readonly [status: number, code: string]]> = [
  [database, [409, 'resource_already_exists']],
  [reset, [502, 'bad_gateway']],
  [timedOut, [504, 'gateway_timeout']],
  [() => new TypeError('fetch failed', { cause: reset() }), [502, 'bad_gateway']],
  [() => new TypeError('secret is not a function'), [500, 'internal_error']],
  [() => new Error('timeout exceeded when trying to connect to secret'), [500, 'internal_error']],
  [() => new AggregateError([reset()], 'secret'), [502, 'bad_gateway']],
  [() => Object.freeze(new Error('secret')), [500, 'internal_error']],
  [() => new Proxy(new Error('secret'), { set () { throw new Error('secret') } }), [500, 'internal_error']],
  [() => 'secret', [500, 'internal_error']],
  [() => ({ secret: 42 }), [500, 'internal_error']],
  [() => errors.resource_conflict(), [409, 'resource_conflict']]
]

t.test('a validator that fails, as during an outage of its database, does not make the request invalid, and its message is not sent', async t => {
  const unhandled = watchRejections(t)
  const respond = async (validate: () => unknown): Promise<readonly [number, string, boolean]> => {
    const app = await create()
    app.post('/', { schema: { body: {} }, validatorCompiler: (() => validate) as never }, async () => ({ secret: 42 }))
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/', payload: {} })
    return [statusCode, (JSON.parse(body) as { code: string }).code, body.includes('secret')]
  }
  for (const [create, expected] of failures) {
    t.strictSame(await respond(() => { throw create() }), [...expected, false], `throws ${String(create)}`)
    t.strictSame(await respond(async () => { throw create() }), [...expected, false], `rejects ${String(create)}`)
  }
  for (const create of [database, reset, timedOut]) {
    const expected = failures.find(([failure]) => failure === create)?.[1] ?? []
    t.strictSame(await respond(() => ({ error: create() })), [...expected, false], `returns ${String(create)}`)
    t.strictSame(await respond(async () => ({ error: create() })), [...expected, false], `resolves with ${String(create)}`)
  }
  t.strictSame(await respond(() => { throw Promise.reject(new Error('secret')) }), [500, 'internal_error', false])
  t.strictSame(await unhandled(), [])
})

t.test('a rejected promise of a validator that lists what is invalid makes the request invalid', async t => {
  const listed = { instancePath: '/a', keyword: 'required', params: { missingProperty: 'b' } }
  for (const thrown of [
    Object.assign(new Error('validation failed'), { errors: [listed] }), Object.assign(new Error('Invalid'), { issues: [{ path: ['a'], message: 'no' }] }),
    Object.assign(new Error('"a" is required'), { details: [{ path: ['a'] }] }), Object.assign(new Error('Expected a string'), { failures: () => [] }),
    Object.assign(new Error('Content should match'), { code: 'CONTENT_INCORRECT', details: [] }), [listed]
  ]) {
    const app = await create()
    app.post('/', { schema: { body: {} }, validatorCompiler: (() => async () => { throw thrown }) as never }, async () => ({ secret: 42 }))
    const [status] = await post(app, '/', 'application/json')
    t.ok([400, 422].includes(status), String(thrown))
  }
})

t.test('a list of failures that a validator throws makes the request invalid', async t => {
  const app = await create()
  const thrown = [{ instancePath: '/a', keyword: 'required', params: { missingProperty: 'b' } }]
  app.post('/', { schema: { body: {} }, validatorCompiler: (() => () => { throw thrown }) as never }, async () => ({ secret: 42 }))
  const [status] = await post(app, '/', 'application/json')
  t.ok([400, 422].includes(status), String(status))
})

t.test('if an error handler throws undefined, the plugin responds', async t => {
  for (const value of nothing) {
    const app = await create()
    app.get('/route', { errorHandler: () => { throw value } }, async () => { throw new Error('secret') })
    await app.register(async scope => {
      scope.setErrorHandler(() => { throw value })
      scope.get('/scope', async () => { throw new Error('secret') })
    })
    t.throws(() => app.setErrorHandler('nope' as never), { code: 'FST_ERR_ERROR_HANDLER_NOT_FN' })
    app.get('/async', { errorHandler: (async () => { throw value }) as never }, async () => { throw new Error('secret') })
    for (const url of ['/route', '/scope', '/async']) {
      const { statusCode, body } = await app.inject(url)
      t.strictSame([statusCode, (JSON.parse(body) as { code: string }).code], [500, 'internal_error'], url)
    }
  }
})

t.test('an error that an error handler or a validator throws is sent', async t => {
  const app = await create()
  app.get('/handler', { errorHandler: () => { throw errors.resource_conflict() } }, async () => { throw new Error('secret') })
  app.post('/validator', { schema: { body: {} }, validatorCompiler: () => () => { throw errors.resource_conflict() } }, async () => 'passes')
  const handled = await app.inject('/handler')
  t.strictSame([handled.statusCode, (JSON.parse(handled.body) as { code: string }).code], [409, 'resource_conflict'])
  t.strictSame(await post(app, '/validator', 'application/json'), [409, 'resource_conflict'])
})

t.test('an error handler that throws a promise results in 500, and the process continues', async t => {
  const app = await create()
  app.get('/', { errorHandler: () => { throw Promise.reject(new Error('secret')) } }, async () => { throw new Error('secret') })
  const { statusCode, body } = await app.inject('/')
  t.strictSame([statusCode, (JSON.parse(body) as { code: string }).code], [500, 'internal_error'])
})

t.test('an async validator that resolves with an error rejects the request', async t => {
  for (const [what, error, expected] of [
    ['an error', new Error('no'), [422, 'validation_error']], ['an error of the catalog', errors.unauthorized(), [401, 'unauthorized']],
    ['a factory that was not called', errors.unauthorized, [422, 'validation_error']]
  ] as const) {
    const app = await create()
    app.post('/', { schema: { body: {} }, validatorCompiler: (() => async () => ({ error })) as never }, async () => ({ secret: 42 }))
    t.strictSame(await post(app, '/', 'application/json'), expected, what)
  }
  for (const result of [{ error: 'a field of the body' }, true, undefined]) {
    const app = await create()
    app.post('/', { schema: { body: {} }, validatorCompiler: (() => async () => result) as never }, async () => ({ code: 'fine' }))
    t.strictSame(await post(app, '/', 'application/json'), [200, 'fine'], String(result))
  }
})

t.test('an error of a schema error formatter is sent, with and without an async hook before the validation', async t => {
  for (const [thrown, expected] of [[new Error('no'), [500, 'internal_error']], [undefined, [500, 'internal_error']], [errors.ip_not_allowed(), [403, 'ip_not_allowed']], [Object.assign(new Error('no'), { statusCode: 403 }), [403, 'forbidden']]] as const) {
    for (const preValidation of [undefined, async () => {}]) {
      const app = await create()
      app.post('/', { schema: { body: { type: 'object', required: ['b'] } }, schemaErrorFormatter: () => { throw thrown }, ...(preValidation && { preValidation }) }, async () => ({ secret: 42 }))
      t.strictSame(await post(app, '/', 'application/json'), expected)
    }
  }
})

t.test('if the schema error formatter of a scope or a route returns no error, the request is rejected', async t => {
  const body = { type: 'object', required: ['a'] }
  for (const formatter of [() => Promise.resolve(), () => Promise.reject(new Error('secret')), () => undefined]) {
    const app = await create()
    app.post('/route', { schema: { body }, schemaErrorFormatter: formatter as never }, async () => ({ secret: 42 }))
    app.setSchemaErrorFormatter(formatter as never)
    app.post('/', { schema: { body } }, async () => ({ secret: 42 }))
    t.strictSame(await post(app, '/', 'application/json'), [422, 'missing_required_field'])
    t.strictSame(await post(app, '/route', 'application/json'), [422, 'missing_required_field'])
  }
  const broken = await create()
  broken.post('/', { schema: { body }, schemaErrorFormatter: () => { throw undefined } }, async () => ({ secret: 42 }))
  t.strictSame(await post(broken, '/', 'application/json'), [500, 'internal_error'])
})

t.test('hooks of a not-found handler are guarded', async t => {
  const app = Fastify()
  await app.register(apiErrors, { log: false, notFound: false })
  app.setNotFoundHandler({ preHandler: () => { throw undefined }, preValidation: [async () => {}] } as never, async () => ({ secret: 42 }))
  t.equal((await app.inject('/')).statusCode, 500)
  const scoped = Fastify()
  await scoped.register(apiErrors, { log: false, notFound: false })
  scoped.register(async scope => { scope.setNotFoundHandler({ preHandler: async () => errors.unauthorized() } as never, async () => ({ secret: 42 })) }, { prefix: '/v1' })
  t.equal((await scoped.inject('/v1/none')).statusCode, 401)
})

t.test('without the plugin, an application created with serverOptions() behaves like plain Fastify', async t => {
  serverOptions()
  const app = Fastify()
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.url === '/hook') throw undefined
    done()
  })
  app.addContentTypeParser('text/csv', async () => { throw undefined })
  app.addContentTypeParser('text/tsv', () => { throw undefined })
  app.setValidatorCompiler((() => async () => { throw undefined }) as never)
  app.get('/hook', async () => 'passes')
  app.post('/', { schema: { body: {} } }, async () => ({ code: 'passes' }))
  app.get('/handled', { errorHandler: () => { throw undefined } }, async () => { throw new Error('no') })
  app.post('/frozen', { schema: { body: {} }, validatorCompiler: () => () => { throw Object.freeze(new Error('no')) } }, async () => 'passes')
  app.post('/formatter', { schema: { body: { type: 'object', required: ['a'] } }, schemaErrorFormatter: (() => Promise.resolve()) as never }, async () => ({ code: 'passes' }))
  app.post('/thrown', { schema: { body: { type: 'object', required: ['a'] } }, schemaErrorFormatter: () => { throw undefined } }, async () => ({ code: 'passes' }))
  app.register(async scope => {
    scope.setErrorHandler(() => { throw undefined })
    scope.setSchemaErrorFormatter(() => { throw undefined })
    scope.setSerializerCompiler((() => () => 'serialized') as never)
    scope.get('/scope', async () => { throw new Error('no') })
    scope.post('/scope', { schema: { body: { type: 'object', required: ['a'] } } }, async () => ({ code: 'passes' }))
    scope.get('/serialized', { schema: { response: { 200: {} } } }, async () => ({}))
    scope.setGenReqId((async () => 'id') as never)
  })
  app.addHook('preParsing', async (_request, _reply, payload) => payload)
  t.equal((await app.inject('/hook')).body, 'passes')
  t.strictSame(await post(app), [200, 'passes'])
  t.strictSame(await post(app, '/', 'text/tsv'), [200, 'passes'])
  for (const url of ['/formatter', '/thrown']) t.strictSame(await post(app, url, 'application/json'), [200, 'passes'], url)
  t.equal((await app.inject('/serialized')).body, 'serialized')
  t.strictSame(await post(app, '/scope', 'application/json'), [200, 'passes'])
  for (const url of ['/handled', '/scope']) {
    const handled = await app.inject(url)
    t.strictSame([handled.statusCode, handled.body], [200, ''], url)
  }
  t.strictSame(await post(app, '/frozen', 'application/json'), [500, undefined])
})

const internal = errorResponse(500, { code: 'internal_error', message: errors.internal_error.message, request_id: requestId })

/** The response before there is a request of Fastify with an id. */
const early = {
  status: 500,
  headers: { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'REQUEST_ID', 'x-should-retry': 'true' },
  body: { ...internal.body as object, request_id: 'REQUEST_ID' }
}

t.test('a serializer that returns a promise results in a 500, and the process continues', async t => {
  const asynchronous = (): Promise<string> => Promise.reject(new Error('secret'))
  const schema = { response: { 200: {} } }
  const unhandled = watchRejections(t)
  const app = await createApp({}, { schemaController: { compilersFactory: { buildSerializer: (() => () => asynchronous) as never } } })
  app.get('/factory', { schema }, async () => ({ secret: 42 }))
  app.get('/reply', (_request, reply) => { reply.serializer(asynchronous as never).send({ secret: 42 }) })
  app.get('/route', { schema, serializerCompiler: () => asynchronous as never }, async () => ({ secret: 42 }))
  await app.register(async scope => {
    scope.setReplySerializer(asynchronous as never)
    scope.get('/scope', async () => ({ secret: 42 }))
  })
  await app.register(async scope => {
    scope.setSerializerCompiler(() => asynchronous as never)
    scope.get('/compiler', { schema }, async () => ({ secret: 42 }))
  })
  const port = await listen(t, app)
  for (const path of ['/factory', '/reply', '/route', '/scope', '/compiler']) t.strictSame(await sendRequest(port, 'GET', path), internal, path)
  t.strictSame(await unhandled(), [])
})

t.test('a serializer that returns a string works as before', async t => {
  const app = await createApp()
  app.setReplySerializer((payload, status) => `${status} ${JSON.stringify(payload)}`)
  app.get('/scope', async () => 1)
  app.get('/reply', (_request, reply) => { reply.serializer((payload: unknown) => `reply ${String(payload)}`).send({}) })
  app.get('/route', { schema: { response: { 200: {} } }, serializerCompiler: () => () => 'route' }, async (_request, reply) => reply.serializer(undefined as never).send({}))
  app.get('/none', { schema: { response: { 200: {} } }, serializerCompiler: (() => undefined) as never }, async () => ({}))
  for (const [url, body] of Object.entries({ '/scope': '200 1', '/reply': 'reply [object Object]', '/none': '200 {}' })) t.equal((await app.inject(url)).body, body, url)
})

t.test('a compiler that returns a promise or an error prevents the start', async t => {
  const message = (what: string, name: string): string => `The ${what} compiler '${name}': expected a function, got ${name === 'returns' ? 'an object' : 'a promise'}.`
  async function compile (): Promise<() => object> { return () => ({}) }
  const rejects = (): unknown => Promise.reject(new Error('secret'))
  const returns = (): unknown => new Error('secret')
  for (const compiler of [compile, rejects, returns]) {
    const validated = await createApp()
    validated.setValidatorCompiler(compiler as never)
    validated.post('/', { schema: { body: {} } }, async () => 'not validated')
    await t.rejects(validated.ready() as unknown as Promise<unknown>, { message: message('validator', compiler.name) })
    const serialized = await createApp()
    serialized.get('/', { schema: { response: { 200: {} } }, serializerCompiler: compiler as never }, async () => 'ok')
    await t.rejects(serialized.ready() as unknown as Promise<unknown>, { message: message('serializer', compiler.name) })
  }
})

t.test('an async function is rejected if Fastify needs the result immediately', async t => {
  const app = await createApp()
  const expected = 'expected a function that returns its result, not a promise, got an async function.'
  t.throws(() => { app.setGenReqId((async () => 'id') as never) }, new TypeError(`fastify-api-errors: setGenReqId: ${expected}`))
  t.throws(() => { app.setChildLoggerFactory((async () => app.log) as never) }, new TypeError(`fastify-api-errors: setChildLoggerFactory: ${expected}`))
  const strategy = { name: 'tenant', storage: () => ({ get: () => null, set () {} }), deriveConstraint: () => 'a' }
  t.throws(() => { app.addConstraintStrategy({ ...strategy, deriveConstraint: async () => 'a' } as never) },
    new TypeError(`fastify-api-errors: deriveConstraint of the constraint 'tenant': ${expected}`))
  app.setGenReqId(() => 'req_2')
  app.addConstraintStrategy(strategy as never)
  t.equal((await app.inject('/')).headers['x-request-id'], 'req_2')
})

t.test('a function that returns a promise results in a 500 if Fastify needs the result immediately, and the process continues', async t => {
  const unhandled = watchRejections(t)
  const rejects = (): never => Promise.reject(new Error('secret')) as never
  const store = (get: () => unknown = () => 1) => ({ get, set () {} })
  const strategy = (parts: object): never => ({ name: 'tenant', storage: () => store(), validate () {}, deriveConstraint: () => 'a', ...parts }) as never
  const constrained = { constraints: { tenant: 'a' } }
  let isStarted = false
  const set: Readonly<Record<string, (app: FastifyInstance) => unknown>> = {
    setGenReqId: app => app.setGenReqId(rejects),
    setChildLoggerFactory: app => { app.setChildLoggerFactory(rejects); app.get('/route', async () => 'ok') },
    'childLoggerFactory of a route': app => app.get('/route', { childLoggerFactory: rejects }, async () => 'ok'),
    deriveConstraint: app => { app.addConstraintStrategy(strategy({ deriveConstraint: rejects })); app.get('/route', constrained, async () => 'ok') },
    storage: app => {
      app.addConstraintStrategy(strategy({ storage: () => store(() => isStarted ? rejects() : 0) }))
      app.get('/route', constrained, async () => 'ok')
    }
  }
  for (const [name, setFunction] of Object.entries(set)) {
    isStarted = false
    const app = await createApp()
    setFunction(app)
    const port = await listen(t, app)
    isStarted = true
    t.strictSame(await fetchResponse(`http://127.0.0.1:${port}/route`), early, name)
  }
  t.strictSame(await unhandled(), [])
})

t.test('a constraint that passes its result to a callback and also rejects gets one response', async t => {
  const unhandled = watchRejections(t)
  const derive: Readonly<Record<string, readonly [(done: (error: Error | null, value?: string) => void) => unknown, number]>> = {
    'only rejects': [() => Promise.reject(new Error('secret')), 500],
    'rejects afterwards': [done => { done(null, 'a'); return Promise.reject(new Error('secret')) }, 200],
    'calls the callback twice': [done => { done(null, 'a'); done(null, 'a') }, 200],
    'returns a promise of nothing': [done => { setImmediate(done, null, 'a'); return Promise.resolve() }, 200]
  }
  for (const [name, [call, status]] of Object.entries(derive)) {
    const app = await createApp()
    const routes = new Map<unknown, unknown>()
    app.addConstraintStrategy({
      name: 'tenant',
      storage: () => ({ get: (key: unknown) => routes.get(key) ?? null, set: (key: unknown, route: unknown) => { routes.set(key, route) } }),
      mustMatchWhenDerived: true,
      deriveConstraint: (_request: unknown, _context: unknown, done: never) => call(done)
    } as never)
    app.get('/', { constraints: { tenant: 'a' } }, async () => 'ok')
    const response = await sendRequest(await listen(t, app), 'GET', '/')
    t.strictSame(status === 500 ? response : response.body, status === 500 ? internal : 'ok', name)
  }
  t.strictSame(await unhandled(), [])
})

t.test('a constraint strategy keeps its `this`, and Fastify rejects a value that is not a strategy', async t => {
  class Tenant {
    readonly name = 'tenant'
    readonly #routes = new Map<unknown, unknown>()
    readonly #tenant = 'a'
    storage () { return { get: (key: unknown) => this.#routes.get(key) ?? null, set: (key: unknown, route: unknown) => { this.#routes.set(key, route) } } }
    validate (value: unknown) { if (value !== this.#tenant) throw new Error(`No tenant ${String(value)}.`) }
    deriveConstraint () { return this.#tenant }
  }
  const app = await createApp()
  app.addConstraintStrategy(Object.freeze(new Tenant()) as never)
  app.get('/', { constraints: { tenant: 'a' } }, async () => 'ok')
  t.throws(() => app.get('/b', { constraints: { tenant: 'b' } }, async () => 'ok'), new Error('No tenant b.'))
  t.equal((await sendRequest(await listen(t, app), 'GET', '/')).body, 'ok')
  const other = Fastify()
  await other.register(apiErrors)
  t.throws(() => { other.addConstraintStrategy(undefined as never) }, TypeError)
  t.throws(() => { other.addConstraintStrategy({ name: 'a' } as never) }, /storage function is required/)
})

t.test('an error handler that throws a value that is not an error results in a 500', async t => {
  const app = await createApp()
  const values: Readonly<Record<string, unknown>> = { string: 'secret', object: { statusCode: 200, message: 'secret' }, number: 404, symbol: Symbol('secret') }
  for (const [name, value] of Object.entries(values)) app.get(`/${name}`, { errorHandler: () => { throw value } }, async () => { throw new Error('secret') })
  const port = await listen(t, app)
  for (const name of Object.keys(values)) t.strictSame(await sendRequest(port, 'GET', `/${name}`), internal, name)
})

t.test('a validator whose error is a promise lets no request through', async t => {
  const app = await createApp()
  app.post('/', { schema: { body: {} }, validatorCompiler: () => () => ({ error: Promise.reject(new Error('secret')) }) as never }, async () => ({ secret: 42 }))
  t.equal((await post(app, '/', 'application/json'))[0], 422)
})

t.test('without the plugin, functions behave as they do in Fastify', async t => {
  const app = Fastify(serverOptions())
  app.setErrorHandler(error => { throw Object.assign(new Error('own'), { cause: error }) })
  app.setSchemaErrorFormatter(() => { throw new Error('of the formatter') })
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, async () => { throw undefined })
  app.post('/validated', { schema: { body: { type: 'object' } } }, async () => 'ok')
  app.post('/failing', { schema: { body: {} }, validatorCompiler: () => () => { throw new Error('of the validator') }, errorHandler: (error, _request, reply) => reply.code(400).send({ message: (error as Error).message }) }, async () => 'ok')
  app.post('/parsed', async request => ({ body: request.body ?? null }))
  const failed = await app.inject({ method: 'POST', url: '/failing', payload: {} })
  t.strictSame([failed.statusCode, failed.json()], [400, { message: 'of the validator' }])
  const invalid = await app.inject({ method: 'POST', url: '/validated', payload: '[]', headers: { 'content-type': 'application/json' } })
  t.strictSame([invalid.statusCode, invalid.json()], [500, { statusCode: 500, error: 'Internal Server Error', message: 'own' }])
  const parsed = await app.inject({ method: 'POST', url: '/parsed', payload: 'a', headers: { 'content-type': 'text/csv' } })
  t.strictSame([parsed.statusCode, parsed.json()], [200, { body: null }])
})
