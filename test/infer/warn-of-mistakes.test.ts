/** Mistakes that cause no error: each is a warning when the application starts. */
import { readFileSync, readdirSync } from 'node:fs'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions } from 'fastify-api-errors'

const policies = { general: { max: 100, timeWindow: '1 minute' } }
const get = async (): Promise<string> => 'ok'

/** Starts an application, and returns the warnings of this package. */
async function start (
  build: (app: FastifyInstance) => Promise<unknown>, app: FastifyInstance = Fastify(serverOptions()), run = (): Promise<unknown> => Promise.resolve(app.ready())
): Promise<string[]> {
  const warnings: string[] = []
  const collect = (warning: Error & { readonly code?: string }): void => { if (warning.code?.startsWith('FASTIFY_API_ERRORS_') === true) warnings.push(warning.message) }
  process.on('warning', collect)
  await build(app)
  await run()
  await new Promise(resolve => setImmediate(resolve)) // Node emits a warning after the code that caused it.
  process.off('warning', collect)
  await app.close()
  return warnings
}

t.test('config.rateLimit that nothing enforces causes a warning', async t => {
  t.strictSame(await start(async app => {
    await app.register(apiErrors)
    app.get('/a', { config: { rateLimit: { max: 1 } } }, get)
    app.post('/b', { config: { rateLimit: { max: 1 } } }, get)
    app.get('/c', { config: { rateLimit: false } }, get)
  }), ['Nothing enforces config.rateLimit of GET /a, POST /b. Set the option rateLimit of fastify-api-errors, or register @fastify/rate-limit before these routes.'])
})

t.test('config.rateLimit causes no warning with @fastify/rate-limit or the option rateLimit', async t => {
  t.strictSame(await start(async app => {
    await app.register(rateLimit, { global: false })
    await app.register(apiErrors)
    app.get('/a', { config: { rateLimit: { max: 1 } } }, get)
  }), [])
  t.strictSame(await start(async app => {
    await app.register(apiErrors, { rateLimit: { policies } })
    app.get('/a', { config: { rateLimit: { max: 1 } } }, get)
  }), [])
})

t.test('security that nothing checks causes a warning', async t => {
  const schema = { security: [{ token: [] }] } as object
  const check = async (request: { readonly headers: object }): Promise<void> => { if (!('authorization' in request.headers)) throw new Error('no token') }
  t.strictSame(await start(async app => {
    await app.register(apiErrors)
    app.get('/none', { schema }, get)
    app.get('/params', { schema }, async (request, reply) => await reply.header('a', 'b').send(request.params))
    app.get('/constant', { schema }, async () => policies.general)
    app.get('/optional', { schema: { security: [{ token: [] }, {}] } as object }, get)
    app.get('/open', get)
    app.get('/hook', { schema, preHandler: check }, get)
    app.get('/headers', { schema }, async request => request.headers.authorization)
    app.get('/passed', { schema }, async request => { await check(request) })
    app.get('/reply', { schema }, async (_, reply) => { await check(reply as never) })
    app.get('/this', { schema }, function () { return this.prefix })
    app.get('/pattern', { schema }, async ({ headers }) => headers)
    app.get('/bound', { schema }, get.bind(null))
    app.get('/excluded', { schema, config: { errors: false } }, get)
    app.register(async scope => {
      scope.addHook('onRequest', check)
      scope.get('/scope', { schema }, get)
    })
  }), ['schema.security of GET /none, GET /params, GET /constant requires credentials, but no hook and no handler can check them. Add a hook that rejects requests without credentials, or delete security.'])
  t.strictSame(await start(async app => {
    await app.register(apiErrors, { rateLimit: { policies, default: 'general' } })
    app.get('/limited', { schema }, get)
  }), ['schema.security of GET /limited requires credentials, but no hook and no handler can check them. Add a hook that rejects requests without credentials, or delete security.'])
})

t.test('policies that limit no route cause a warning', async t => {
  t.strictSame(await start(async app => {
    await app.register(apiErrors, { rateLimit: { policies: { ...policies, burst: { max: 5, timeWindow: 1000 } } } })
    app.get('/a', get)
  }), ["The option rateLimit limits no route. Set rateLimit.default, or config.rateLimitPolicy of the routes, to 'general', 'burst' or false."])
})

t.test('a default for requests without a route, and the default false, cause no warning', async t => {
  for (const value of ['general', false] as const) {
    t.strictSame(await start(async app => {
      await app.register(apiErrors, { rateLimit: { policies, default: value } })
      app.get('/a', { config: { rateLimitPolicy: false } }, get)
    }), [])
  }
})

t.test('policies that a nested registration uses cause no warning, and neither does an application without routes', async t => {
  t.strictSame(await start(async app => {
    await app.register(apiErrors, { rateLimit: { policies } })
    app.get('/a', get)
    app.register(async scope => {
      await scope.register(apiErrors, { format: 'problem' })
      scope.get('/b', { config: { rateLimitPolicy: 'general' } }, get)
    }, { prefix: '/v2' })
  }), [])
  t.strictSame(await start(async app => { await app.register(apiErrors, { rateLimit: { policies } }) }), [])
})

t.test('a plugin that is registered in a scope without fastify-plugin causes a warning', async t => {
  t.strictSame(await start(async app => {
    app.register(async scope => { await scope.register(apiErrors) })
    app.get('/a', get)
    app.get('/b', { config: { errors: false } }, get)
    app.register(async scope => { scope.post('/c', get) })
  }), ['fastify-api-errors is registered in a scope, so it does not handle the errors of the routes outside it: GET /a, POST /c. Wrap the function that registers it in fastify-plugin, or set config.errors to false on these routes.'])
})

t.test('a scope with a prefix may be the only one with the plugin', async t => {
  t.strictSame(await start(async app => {
    app.register(async scope => {
      await scope.register(apiErrors)
      scope.get('/a', get)
    }, { prefix: '/v2' })
    app.get('/a', get)
  }), [])
})

t.test('an error handler that replaces that of the plugin, and responds to every error', async t => {
  const warningsOf = async (handler: (error: Error, request: FastifyRequest, reply: FastifyReply) => unknown): Promise<string[]> => await start(async app => {
    await app.register(apiErrors)
    app.setErrorHandler(handler)
    app.get('/a', get)
  })
  const warning = "An error handler of the application responds to every error, so fastify-api-errors neither handles nor documents the errors of routes. Delete the handler, or end it with 'throw error'."
  t.strictSame(await warningsOf((error, request, reply) => {
    request.log.error(error)
    if (error instanceof TypeError || error.name === 'x') return reply.code(400).send({ error: error.message })
    return reply.code(500).send({ error: 'Unknown.', [error.name]: true })
  }), [warning])
  t.strictSame(await warningsOf(() => ({ failed: true })), [warning])

  t.comment('these may pass errors on')
  t.strictSame(await warningsOf((error, _, reply) => { if (error instanceof TypeError) reply.code(400).send('no'); else reply.send(error) }), [])
  t.strictSame(await warningsOf((error, _, reply) => { if (error.name === 'x') return reply.code(400).send('no'); throw new Error('other') }), [])
  t.strictSame(await warningsOf(Object.assign(() => {}).bind(null)), [])

  t.comment('a handler of a scope, and an application without routes')
  t.strictSame(await start(async app => {
    await app.register(apiErrors)
    app.get('/a', get)
    await app.register(async scope => {
      scope.setErrorHandler(() => 'mine')
      scope.get('/b', get)
    })
  }), [])
  t.strictSame(await start(async app => {
    await app.register(apiErrors)
    app.setErrorHandler(() => 'mine')
  }), [])
})

t.test('a misspelled property of config causes a warning', async t => {
  t.strictSame(await start(async app => {
    await app.register(apiErrors, { rateLimit: { policies, default: 'general' } })
    app.get('/a', { config: { error: ['resource_gone'], ratelimitPolicies: 'general', errors: ['resource_gone'], other: 1 } as object }, get)
  }), [
    'config.error of GET /a has no effect. Use config.errors.',
    'config.ratelimitPolicies of GET /a has no effect. Use config.rateLimitPolicy.'
  ])
})

t.test('@fastify/swagger that is registered after routes causes a warning', async t => {
  t.strictSame(await start(async app => {
    await app.register(apiErrors)
    app.get('/a', get)
    app.get('/b', { schema: { hide: true } as object }, get)
    await app.register(swagger, { openapi: {} })
    app.get('/c', get)
  }), ['@fastify/swagger was loaded after these routes, so its document does not have them: GET /a. Register it with await before the routes.'])
  t.strictSame(await start(async app => {
    await app.register(apiErrors)
    await app.register(swagger, { openapi: {} })
    app.get('/c', get)
  }), [])
})

t.test('a server that listens without serverOptions() causes a warning', async t => {
  const listen = (app: FastifyInstance): Promise<string[]> => start(async app => { await app.register(apiErrors) }, app, () => app.listen({ host: '127.0.0.1', port: 0 }))
  t.strictSame(await listen(Fastify()), [
    'Fastify and Node respond to invalid URLs, malformed HTTP and slow requests themselves, in another format. Create the server with Fastify(serverOptions({ ...yours })).'
  ])
  t.strictSame(await listen(Fastify(serverOptions())), [])
  t.strictSame(await start(async app => { await app.register(apiErrors) }, Fastify()), [], 'inject needs no server')
})

t.test('the page has every warning of the package', async t => {
  const root = new URL('../../', import.meta.url)
  const files = readdirSync(new URL('lib', root), { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  const codes = files.flatMap(file => [...readFileSync(new URL(`lib/${file}`, root), 'utf8').matchAll(/code: '(FASTIFY_API_ERRORS_\w+)'/g)].map(([, code = '']) => code))
  const page = readFileSync(new URL('docs/adoption.md', root), 'utf8')
  // Emitted while the server runs, and described at the store.
  t.strictSame(codes.filter(code => !page.includes(`\`${code}\``)), ['FASTIFY_API_ERRORS_IDEMPOTENCY_EVICTION'])
  t.not(codes.length, 1)
})
