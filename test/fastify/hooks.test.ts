import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { declareErrors, standardErrors as errors } from 'fastify-api-errors'
import { ask, contractAnswer, create, requestId, start } from '../support/wire.js'

const failed = contractAnswer(500, { code: 'internal_error', message: errors.internal_error.message, request_id: requestId })

const hooks = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const

t.test('a hook that throws undefined, because a name is misspelt, lets no request through', async t => {
  const app = await create()
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
  const port = await start(t, app)
  for (const name of hooks) {
    for (const path of [`/${name}`, `/${name}/second`, `/${name}/scope`]) t.strictSame(await ask(port, 'GET', path), failed, path)
  }
})

t.test('the log says which hook it was', async t => {
  const thrown: unknown[] = []
  const app = await create({ log: ({ error }) => { thrown.push(error.cause) } })
  app.get('/', { preHandler: function authenticate () { throw null } }, async () => 'ok') // eslint-disable-line no-throw-literal
  await ask(await start(t, app), 'GET', '/')
  t.match(thrown, [{ message: "The hook 'authenticate' threw null." }])
})

t.test('a hook that does not throw works as before: with its scope, its arguments, its name and its declarations', async t => {
  const app = await create()
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
  const port = await start(t, app)
  t.strictSame((await ask(port, 'GET', '/v1/a')).body, { a: 1, more: 1 })
  t.strictSame(seen, [['/v1', '/v1/a'], ['/v1', '/v1/a']])
  t.match(app.printRoutes({ includeHooks: true }), /\(onRequest\) \["remember\(\)"\]/)
  t.strictSame(app.apiErrors.explain('GET', '/v1/a').filter(({ code }) => code === 'payment_required').map(({ reason }) => reason), [
    "The onRequest hook 'remember' of the scope declares it.", "The preHandler hook 'remember' of the route declares it."
  ])
})

t.test('what is not a hook is rejected by Fastify, in its own words', async t => {
  const app = Fastify()
  await app.register(apiErrors)
  t.throws(() => app.get('/', { onRequest: 'nope' as never }, async () => 'ok'), { code: 'FST_ERR_HOOK_INVALID_HANDLER' })
  app.addHook('onRequest', 'nope' as never)
  await t.rejects(async () => { await app.ready() }, { code: 'FST_ERR_HOOK_INVALID_HANDLER' })
})
