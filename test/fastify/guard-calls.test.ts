/** Functions of the application that fail with undefined or return an error: parsers, validators, error handlers. */
import { Readable } from 'node:stream'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'

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
  app.post('/valid', compile(() => ({ value: { code: 'replaced' } })), async request => request.body)
  app.post('/async', compile(async () => ({})), async () => ({ code: 'ok' }))
  t.equal((await post(app, '/returned', 'application/json'))[0], 422)
  t.equal((await post(app, '/resolved', 'application/json'))[0], 422)
  t.strictSame(await post(app, '/valid', 'application/json'), [200, 'replaced'])
  t.strictSame(await post(app, '/async', 'application/json'), [200, 'ok'])
  const none = await create()
  none.setValidatorCompiler((() => undefined) as never)
  none.post('/', { schema: { body: {} } }, async () => ({ code: 'not validated' }))
  t.strictSame(await post(none, '/', 'application/json'), [200, 'not validated'], 'as Fastify does')
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

t.test('an error handler that throws a promise gives 500, and the process continues', async t => {
  const app = await create()
  app.get('/', { errorHandler: () => { throw Promise.reject(new Error('secret')) } }, async () => { throw new Error('secret') })
  const { statusCode, body } = await app.inject('/')
  t.strictSame([statusCode, (JSON.parse(body) as { code: string }).code], [500, 'internal_error'])
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
  t.equal((await app.inject('/hook')).body, 'passes')
  t.strictSame(await post(app), [200, 'passes'])
  t.strictSame(await post(app, '/', 'text/tsv'), [200, 'passes'])
  for (const url of ['/formatter', '/thrown']) t.strictSame(await post(app, url, 'application/json'), [200, 'passes'], url)
  const handled = await app.inject('/handled')
  t.strictSame([handled.statusCode, handled.body], [200, ''])
  t.strictSame(await post(app, '/frozen', 'application/json'), [500, undefined])
})

t.test('without the plugin, functions behave as they do in Fastify', async t => {
  const app = Fastify(serverOptions())
  app.setErrorHandler(error => { throw Object.assign(new Error('own'), { cause: error }) })
  app.setSchemaErrorFormatter(() => { throw new Error('of the formatter') })
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, async () => { throw undefined })
  app.post('/validated', { schema: { body: { type: 'object' } } }, async () => 'ok')
  app.post('/parsed', async request => ({ body: request.body ?? null }))
  const invalid = await app.inject({ method: 'POST', url: '/validated', payload: '[]', headers: { 'content-type': 'application/json' } })
  t.strictSame([invalid.statusCode, invalid.json()], [500, { statusCode: 500, error: 'Internal Server Error', message: 'own' }])
  const parsed = await app.inject({ method: 'POST', url: '/parsed', payload: 'a', headers: { 'content-type': 'text/csv' } })
  t.strictSame([parsed.statusCode, parsed.json()], [200, { body: null }])
})
