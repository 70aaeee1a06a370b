/** Hooks that throw undefined or return an error, and the list of a route's hooks. */
import { Readable } from 'node:stream'
import t from 'tap'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import apiErrors, { declareErrors, serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { apiKey } from 'fastify-api-errors/api-key'
import { idempotency } from 'fastify-api-errors/idempotency'
import { getHooks, type Hook } from '../../lib/fastify/guard-hooks.js'
import { createApp, errorResponse, listen, requestId, sendRequest } from '../helpers/http.js'

const failed = errorResponse(500, { code: 'internal_error', message: errors.internal_error.message, request_id: requestId })

const hooks = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const

t.test('a hook that throws undefined, because of a misspelled name, rejects the request', async t => {
  const app = await createApp()
  const { unauthorised } = errors as unknown as Record<string, () => Error>
  const authenticate = (): never => { throw unauthorised }
  for (const name of hooks) {
    app.get(`/${name}`, { [name]: authenticate }, async () => ({ secret: 42 }))
    app.get(`/${name}/second`, { [name]: [async () => {}, authenticate] }, async () => ({ secret: 42 }))
    await app.register(async scope => {
      scope.addHook(name as 'onRequest', authenticate)
      await scope.register(async inner => { inner.get(`/${name}/scope`, async () => ({ secret: 42 })) })
    })
  }
  const port = await listen(t, app)
  for (const name of hooks) {
    for (const path of [`/${name}`, `/${name}/second`, `/${name}/scope`]) t.strictSame(await sendRequest(port, 'GET', path), failed, path)
  }
})

t.test('an error that a hook passes to done as its second argument rejects the request', async t => {
  const app = await createApp()
  for (const name of hooks) {
    const pass = (...args: unknown[]): void => { (args.at(-1) as (error: null, value: unknown) => void)(null, errors.unauthorized()) }
    const withCallback = name === 'preParsing' || name === 'preSerialization' || name === 'onSend'
      ? (a: unknown, b: unknown, c: unknown, d: unknown) => { pass(a, b, c, d) }
      : (a: unknown, b: unknown, c: unknown) => { pass(a, b, c) }
    app.get(`/${name}`, { [name]: withCallback }, async () => ({ secret: 42 }))
    await app.register(async scope => {
      scope.addHook(name as 'onRequest', withCallback as never)
      scope.get(`/${name}/scope`, async () => ({ secret: 42 }))
    })
  }
  const unauthorized = errorResponse(401, { code: 'unauthorized', message: errors.unauthorized.message, request_id: requestId }, { 'www-authenticate': 'Bearer realm="api"' })
  const port = await listen(t, app)
  for (const name of hooks) {
    for (const path of [`/${name}`, `/${name}/scope`]) t.strictSame(await sendRequest(port, 'GET', path), unauthorized, path)
  }
})

t.test('the log has the name of the hook', async t => {
  const thrown: unknown[] = []
  const app = await createApp({ log: ({ error }) => { thrown.push(error.cause) } })
  app.get('/', { preHandler: function authenticate () { throw null } }, async () => 'ok') // eslint-disable-line no-throw-literal
  await sendRequest(await listen(t, app), 'GET', '/')
  t.match(thrown, [{ message: "The hook 'authenticate' threw null." }])
})

t.test('a hook receives as many arguments as without the plugin, so that the last one is the callback', async t => {
  const seen: string[] = []
  const last = (name: string) => (...args: unknown[]): void => {
    seen.push(`${name} ${args.length}`)
    const done = args.at(-1) as () => void
    done()
  }
  const app = Fastify(serverOptions())
  app.addHook('onRequest', last('before'))
  await app.register(apiErrors, { log: false })
  for (const name of hooks) app.addHook(name as 'onRequest', last(name))
  app.get('/', { preHandler: last('route') }, async () => 'ok')
  await app.register(async scope => {
    scope.setNotFoundHandler({ preHandler: last('not found') as never }, async (_request, reply) => await reply.code(404).send('none'))
  }, { prefix: '/v1' })
  t.equal((await app.inject('/')).body, 'ok')
  t.strictSame(seen.splice(0), ['before 3', 'onRequest 3', 'preParsing 4', 'preValidation 3', 'preHandler 3', 'route 3', 'onSend 4'])
  await app.inject('/v1/none')
  t.ok(seen.includes('not found 3'))
  const early = Fastify(serverOptions())
  early.addHook('onRequest', last('without the plugin'))
  early.get('/', async () => 'ok')
  t.equal((await early.inject('/')).body, 'ok')
  t.ok(seen.includes('without the plugin 3'))
})

t.test('a hook that does not throw works as before: with its scope, arguments, name and declarations', async t => {
  const app = await createApp()
  const seen: unknown[] = []
  function remember (this: FastifyInstance, request: { url: string }, _reply: unknown, done: () => void): void {
    seen.push([this.prefix, request.url])
    done()
  }
  declareErrors(remember, [errors.payment_required])
  await app.register(async scope => {
    scope.addHook('onRequest', remember)
    scope.get('/a', { preHandler: [remember], preSerialization: async (_request, _reply, payload) => ({ ...payload as object, more: 1 }) }, async () => ({ a: 1 }))
  }, { prefix: '/v1' })
  const port = await listen(t, app)
  t.strictSame((await sendRequest(port, 'GET', '/v1/a')).body, { a: 1, more: 1 })
  t.strictSame(seen, [['/v1', '/v1/a'], ['/v1', '/v1/a']])
  t.match(app.printRoutes({ includeHooks: true }), /\(onRequest\) \["remember\(\)"\]/)
  t.strictSame(app.apiErrors.explain('GET', '/v1/a').filter(({ code }) => code === 'payment_required').map(({ reason }) => reason), [
    "The onRequest hook 'remember' of the scope declares it.", "The preHandler hook 'remember' of the route declares it."
  ])
})

t.test('Fastify rejects a value that is not a hook with its own message', async t => {
  const app = Fastify()
  await app.register(apiErrors)
  t.throws(() => app.get('/', { onRequest: 'nope' as never }, async () => 'ok'), { code: 'FST_ERR_HOOK_INVALID_HANDLER' })
  app.addHook('onRequest', 'nope' as never)
  await t.rejects(async () => { await app.ready() }, { code: 'FST_ERR_HOOK_INVALID_HANDLER' })
})

t.test('an error that a hook returns is sent', async t => {
  const app = await createApp()
  const vm = await import('node:vm')
  const returned: Record<string, [() => unknown, status: number]> = {
    'an async function': [async () => errors.unauthorized(), 401],
    'a promise': [() => Promise.resolve(errors.unauthorized()), 401],
    'a plain function': [() => errors.unauthorized(), 401],
    'another error': [async () => new Error('not allowed'), 500],
    'an error from another realm': [async () => vm.runInNewContext('new Error("not allowed")'), 500]
  }
  for (const name of hooks) {
    for (const [what, [hook]] of Object.entries(returned)) {
      const path = `/${name}/${what.replaceAll(' ', '-')}`
      app.get(path, { [name]: hook }, async () => ({ secret: 42 }))
      await app.register(async scope => {
        scope.addHook(name as 'onRequest', hook as never)
        scope.get(`${path}/scope`, async () => ({ secret: 42 }))
      })
    }
  }
  const port = await listen(t, app)
  for (const name of hooks) {
    for (const [what, [, status]] of Object.entries(returned)) {
      for (const path of [`/${name}/${what.replaceAll(' ', '-')}`, `/${name}/${what.replaceAll(' ', '-')}/scope`]) {
        const response = await sendRequest(port, 'GET', path)
        t.equal(response.status, status, path)
        t.notMatch(JSON.stringify(response.body), '42')
      }
    }
  }
})

t.test('any other value that a hook returns has the meaning that Fastify gives it', async t => {
  const app = await createApp()
  app.get('/reply', { preHandler: async (_request, reply) => reply.send('from the hook') }, async () => 'from the handler')
  app.get('/reply/plain', { preHandler: ((_request: unknown, reply: { send: (payload: string) => unknown }) => reply.send('from the hook')) as never }, async () => 'from the handler')
  app.get('/payload', { preSerialization: async () => ({ a: 1 }), onSend: async (_request, _reply, payload) => `${String(payload)} ` }, async () => ({}))
  app.get('/value', { preHandler: (async () => ({ message: 'not an error' })) as never }, async () => 'from the handler')
  const port = await listen(t, app)
  t.equal((await sendRequest(port, 'GET', '/reply')).body, 'from the hook')
  t.equal((await sendRequest(port, 'GET', '/reply/plain')).body, 'from the hook')
  t.strictSame((await sendRequest(port, 'GET', '/payload')).body, { a: 1 })
  t.equal((await sendRequest(port, 'GET', '/value')).body, 'from the handler')
})

t.test('Fastify checks the parameters of an async hook as before', async t => {
  const app = await createApp()
  const wrong = async (_request: unknown, _reply: unknown, _done: unknown): Promise<void> => {}
  t.throws(() => app.addHook('preHandler', wrong as never), { code: 'FST_ERR_HOOK_INVALID_ASYNC_HANDLER' })
  t.throws(() => app.get('/', { preHandler: [wrong] as never }, async () => 'ok'), { code: 'FST_ERR_HOOK_INVALID_ASYNC_HANDLER' })
})

t.test('onRoute hooks and stored route options contain the original hooks', async t => {
  const auth = Object.assign(function auth (_request: unknown, _reply: unknown, done: () => void) { done() }, { role: 'admin' })
  const list = [auth]
  for (const server of [{}, serverOptions()]) {
    const app = Fastify(server)
    const routes: RouteOptions[] = []
    app.addHook('onRoute', route => { routes.push(route) })
    await app.register(apiErrors, { log: false })
    app.addHook('onRoute', route => { t.equal(route.preHandler, list) })
    app.get('/', { preHandler: list as never }, async () => 'ok')
    t.equal(routes[0]?.preHandler, list)
    await app.ready()
    t.equal(routes[0]?.preHandler, list)
    t.strictSame(list, [auth])
    t.equal((await app.inject('/')).body, 'ok')
  }
})

t.test('the hooks of a route are listed in the order in which they run', async t => {
  const app = Fastify(serverOptions())
  const names = ['before', 'root', 'scope', 'late', 'own', 'added'] as const
  const seen: string[] = []
  const [before, root, scope, late, own, added] = names.map(name => Object.defineProperty(
    async () => { seen.push(name) }, 'name', { value: name }
  )) as unknown as [Hook, Hook, Hook, Hook, Hook, Hook]
  app.addHook('preHandler', before as never)
  await app.register(apiErrors, { log: false, requestId: 'all', rateLimit: { policies: { a: { max: 9, timeWindow: 1000, hook: 'preHandler' } }, default: 'a' } })
  app.addHook('preHandler', root as never)
  const found: Array<{ route: RouteOptions, scope: FastifyInstance }> = []
  app.addHook('onRoute', function (route) {
    if (route.method === 'GET') found.push({ route, scope: this })
    route.preHandler = [...[route.preHandler ?? []].flat(), added as never]
  })
  app.register(async inner => {
    inner.addHook('preHandler', scope as never)
    inner.get('/', { preHandler: own as never }, async () => 'ok')
  })
  app.addHook('preHandler', late as never)
  await app.ready()
  const hooks = getHooks(found[0] as { route: RouteOptions, scope: FastifyInstance })
  t.strictSame(hooks, { onRequest: [], preParsing: [], preValidation: [], preHandler: [before, root, scope, late, own, added], preSerialization: [], onSend: [] })
  await app.inject('/')
  t.strictSame(seen, names)
})

t.test('a preParsing hook that returns a value that is not a stream results in a 500, and the process continues', async t => {
  const app = await createApp()
  const values: Readonly<Record<string, unknown>> = { string: 'secret', object: {}, number: 1, function: () => {} }
  for (const [name, value] of Object.entries(values)) {
    app.route({ method: ['GET', 'POST'], url: `/async/${name}`, preParsing: (async () => value) as never, handler: async () => 'ok' })
    app.route({ method: ['GET', 'POST'], url: `/done/${name}`, preParsing: (_request, _reply, _payload, done) => { done(null, value as never) }, handler: async () => 'ok' })
  }
  app.addHook('preParsing', async (_request, _reply, payload) => payload)
  const port = await listen(t, app)
  for (const path of Object.keys(values).flatMap(name => [`/async/${name}`, `/done/${name}`])) {
    t.strictSame(await sendRequest(port, 'POST', path, { 'Content-Type': 'application/json' }, '{}'), failed, path)
    t.equal((await sendRequest(port, 'GET', path)).status, 200, 'without a body, Fastify ignores the value')
    t.equal((await sendRequest(port, 'POST', path)).status, 200)
  }
})

t.test('a preParsing hook that returns a stream, nothing or an error works as before', async t => {
  const app = await createApp()
  const replace = (): Readable => Object.assign(Readable.from(['{"a":2}']), { receivedEncodedLength: 2 })
  app.post('/stream', { preParsing: async () => replace() }, async request => request.body)
  app.post('/done', { preParsing: (_request, _reply, _payload, done) => { done(null, replace() as never) } }, async request => request.body)
  app.post('/nothing', { preParsing: (_request, _reply, _payload, done) => { done() } }, async request => request.body)
  app.post('/error', { preParsing: (_request, _reply, _payload, done) => { done(errors.forbidden()) } }, async () => ({ secret: 42 }))
  const port = await listen(t, app)
  const post = async (path: string): Promise<unknown> => (await sendRequest(port, 'POST', path, { 'Content-Type': 'application/json' }, '{}')).body
  t.strictSame(await post('/stream'), { a: 2 })
  t.strictSame(await post('/done'), { a: 2 })
  t.strictSame(await post('/nothing'), {})
  t.strictSame(await post('/error'), { code: 'forbidden', message: errors.forbidden.message, request_id: requestId })
})

t.test('an onError hook that returns or throws an error does not stop the response', async t => {
  const app = await createApp()
  app.get('/returns', { onError: ((_request: unknown, _reply: unknown, error: Error, _done: unknown) => error) as never }, async () => { throw errors.forbidden() })
  await app.register(async scope => {
    scope.addHook('onError', (() => { throw undefined }) as never) // eslint-disable-line no-throw-literal
    scope.get('/throws', async () => { throw errors.forbidden() })
  })
  const forbidden = errorResponse(403, { code: 'forbidden', message: errors.forbidden.message, request_id: requestId })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/returns'), forbidden)
  t.strictSame(await sendRequest(port, 'GET', '/throws'), forbidden)
})

t.test('a function that creates a guard is rejected as a hook, in a route and in a scope', async t => {
  for (const [name, create] of Object.entries({ apiKey, idempotency })) {
    const app = await createApp()
    for (const hook of hooks) {
      const message = (place: string): string => `${name}: expected the result of ${name}({ ... }) as the ${hook} hook of ${place}, got the function itself.`
      t.throws(() => app.post('/', { [hook]: create }, async () => 'ok'), { message: message('POST /') })
      t.throws(() => app.post('/', { [hook]: [async () => {}, create] }, async () => 'ok'), { message: message('POST /') })
      t.throws(() => app.addHook(hook as 'onRequest', create as never), { message: message('a scope') })
    }
  }
})
