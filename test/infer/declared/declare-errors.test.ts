/** `declareErrors` on hooks and scopes. */
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import apiErrors, { declareErrors, standardErrors as errors } from 'fastify-api-errors'
import { createApp } from '../../openapi/documents.js'

function reasons (app: FastifyInstance, url: string): string[] {
  return app.apiErrors.explain('GET', url).filter(({ rule }) => rule === 'declared').map(({ code, reason }) => `${code}: ${reason}`)
}

const handler = async (): Promise<string> => ''

t.test('a scope declares errors for its routes and for the routes of the scopes below it', async t => {
  const app = await createApp({}, async app => {
    await app.register(async scope => {
      declareErrors(scope, [errors.missing_api_key])
      declareErrors(scope, ['invalid_api_key'])
      scope.get('/inside', handler)
      await scope.register(async below => { below.get('/below', handler) })
    })
    app.get('/outside', handler)
  })
  t.teardown(() => app.close())
  const expected = ['missing_api_key: The scope of the route declares it.', 'invalid_api_key: The scope of the route declares it.']
  t.strictSame(reasons(app, '/inside'), expected)
  t.strictSame(reasons(app, '/below'), expected)
  t.strictSame(reasons(app, '/outside'), [])
})

t.test('a hook declares errors for the routes on which it runs', async t => {
  const requireTenant = async (): Promise<void> => {}
  const app = await createApp({}, async app => {
    declareErrors(requireTenant, [errors.forbidden])
    const unnamed = [async () => {}][0] as () => Promise<void>
    declareErrors(unnamed, [errors.unauthorized])
    await app.register(async scope => {
      scope.get('/early', handler)
      await scope.register(async below => { below.get('/below/before', handler) })
      scope.addHook('preHandler', requireTenant)
      scope.addHook('onClose', async () => {})
      await scope.register(async below => { below.get('/below/after', handler) })
    })
    app.get('/option', { preHandler: requireTenant, onRequest: [unnamed] }, handler)
    app.get('/none', handler)
  })
  t.teardown(() => app.close())
  t.strictSame(reasons(app, '/early'), ["forbidden: The preHandler hook 'requireTenant' of the scope declares it."], 'a hook that is added later also runs on it')
  t.strictSame(reasons(app, '/below/before'), ["forbidden: The preHandler hook 'requireTenant' of the scope declares it."], 'it also runs on the routes of earlier scopes')
  t.strictSame(reasons(app, '/below/after'), ["forbidden: The preHandler hook 'requireTenant' of the scope declares it."])
  t.strictSame(reasons(app, '/option'), [
    'unauthorized: The onRequest hook of the route declares it.',
    "forbidden: The preHandler hook 'requireTenant' of the route declares it."
  ])
  t.strictSame(reasons(app, '/none'), [])
})

t.test('explain() lists the errors of a hook on exactly the routes on which it runs', async t => {
  const ran: string[] = []
  const app = await createApp({}, async app => {
    app.get('/outside', handler)
    const hook = async (request: { url: string }): Promise<void> => { ran.push(request.url) }
    declareErrors(hook, [errors.forbidden])
    await app.register(async scope => {
      scope.get('/early', handler)
      await scope.register(async below => { below.get('/below/before', handler) })
      scope.addHook('preHandler', hook)
      await scope.register(async below => { below.get('/below/after', handler) })
    })
  })
  t.teardown(() => app.close())
  for (const url of ['/outside', '/early', '/below/before', '/below/after']) {
    await app.inject(url)
    t.equal(ran.includes(url), reasons(app, url).length > 0, url)
  }
})

t.test('a hook is counted once if the plugin is registered in a scope and in its outer scope', async t => {
  const hook = async (): Promise<void> => {}
  declareErrors(hook, [errors.forbidden])
  const app = await createApp({}, async app => {
    await app.register(async scope => {
      await scope.register(apiErrors, { notFound: false })
      scope.addHook('preHandler', hook)
      scope.get('/inside', handler)
      scope.after(() => { t.same(scope.hasDecorator('apiErrors'), true) })
      scope.get('/explained', async () => scope.apiErrors.explain('GET', '/inside').filter(({ rule }) => rule === 'declared').length)
    })
  })
  t.teardown(() => app.close())
  t.equal((await app.inject('/explained')).body, '1')
})

t.test('an invalid declaration is rejected with one sentence', async t => {
  t.throws(() => declareErrors(null as never, []), { message: 'declareErrors: target: expected a Fastify instance or a hook function, got null.' })
  t.throws(() => declareErrors('x' as never, []), { message: 'declareErrors: target: expected a Fastify instance or a hook function, got "x".' })
  t.throws(() => declareErrors({}, 'forbidden' as never), { message: 'declareErrors: errors: expected a list of codes or factories, got "forbidden".' })
  t.throws(() => declareErrors({}, [undefined as never]), { message: 'declareErrors: errors[0]: expected a code or a factory, got undefined.' }, 'a misspelled code of the catalog is undefined')
})
