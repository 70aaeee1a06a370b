/** Adds the errors to documents of @fastify/swagger however it is registered. */
import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import apiErrors, { swaggerOptions } from 'fastify-api-errors'
import { documentOf, info, type Json } from './documents.js'

type Documented = Readonly<Record<string, (options?: object) => Json & { paths: Record<string, Record<string, { responses: object }>> }>>

const statuses = (app: FastifyInstance, name = 'swagger'): string[] => Object.keys((app as unknown as Documented)[name]?.().paths['/queues/{id}']?.get?.responses ?? {})

/** Returns the warnings on the console while a function runs. */
async function warningsOf (run: () => Promise<void>): Promise<string[]> {
  const codes: string[] = []
  const note = (warning: Error & { readonly code?: string }): void => { codes.push(String(warning.code)) }
  process.on('warning', note)
  await run()
  await new Promise(resolve => { setImmediate(resolve) })
  process.off('warning', note)
  return codes
}

t.test('a document has the errors however @fastify/swagger is registered', async t => {
  const options = { openapi: { openapi: '3.1.0', info } }
  const ways: Readonly<Record<string, (app: FastifyInstance) => unknown>> = {
    'as a function': app => app.register(swagger, options),
    'with a function that returns the options': app => app.register(swagger, () => options),
    'as a promise of the module': app => app.register(import('@fastify/swagger'), options),
    'as a module': async app => app.register(await import('@fastify/swagger') as never, options as never),
    'by a plugin of the application': app => app.register(fp(async inner => { await inner.register(swagger, options) })),
    'by swaggerOptions() with options that were changed': app => app.register(swagger, { ...swaggerOptions(options), hiddenTag: 'internal' })
  }
  for (const [title, register] of Object.entries(ways)) {
    for (const isFirst of [true, false]) {
      const app = Fastify()
      if (isFirst) await register(app)
      await app.register(apiErrors)
      if (!isFirst) await register(app)
      app.get('/queues/:id', async () => 'a queue')
      await app.ready()
      t.strictSame(statuses(app), ['200', '404', '500'], `${title}, ${isFirst ? 'before' : 'after'} the plugin`)
      t.equal(app.hasPlugin('@fastify/swagger'), true)
      await app.close()
    }
  }
})

t.test('other plugins that are promises receive their options and their prefix', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(Promise.resolve(async (scope: FastifyInstance, { text }: { text: string }) => { scope.get('/a', async () => text) }) as never, { prefix: '/v1', text: 'mine' } as never)
  t.equal((await app.inject('/v1/a')).body, 'mine')
  await t.rejects(async () => { await Fastify().register(Promise.reject(new Error('no such module'))) }, { message: 'no such module' })
})

t.test('without the plugin, a document equals the output of @fastify/swagger', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.addSchema({ $id: 'Queue', type: 'object' })
  await app.register(swagger, { openapi: { info } })
  app.get('/queues/:id', { schema: { response: { 200: { $ref: 'Queue#' } } } }, async () => ({}))
  await app.ready()
  t.strictSame(statuses(app), ['200'])
  t.strictSame(documentOf(app).components, { schemas: { 'def-0': { type: 'object', title: 'Queue' } } })
})

t.test('a static document is unchanged, and causes no warning', async t => {
  const written = { openapi: '3.0.0', info, paths: {} }
  const warnings = await warningsOf(async () => {
    const app = Fastify()
    await app.register(swagger, { mode: 'static', specification: { document: written as never } })
    await app.register(apiErrors)
    app.get('/queues/:id', async () => 'a queue')
    await app.ready()
    t.strictSame(documentOf(app), written)
    await app.close()
  })
  t.strictSame(warnings, [])
})

t.test('a warning says why a document lacks the errors', async t => {
  t.strictSame(await warningsOf(async () => {
    const app = Fastify()
    await app.register(swagger)
    await app.register(apiErrors)
    app.get('/queues/:id', async () => 'a queue')
    await app.ready()
    t.strictSame(statuses(app), ['200'], 'Swagger 2.0 cannot describe the errors')
    await app.close()
  }), ['FASTIFY_API_ERRORS_SWAGGER_2'])
  t.strictSame(await warningsOf(async () => {
    const app = Fastify()
    // Simulates an application that was created before the package was imported.
    const unseen = async (scope: FastifyInstance): Promise<void> => { swagger(scope, { openapi: { info } } as never, () => {}) }
    const name = '@fastify/swagger'
    await app.register(Object.assign(unseen, { [Symbol.for('skip-override')]: true, [Symbol.for('fastify.display-name')]: name, [Symbol.for('plugin-meta')]: { name } }))
    await app.register(apiErrors)
    app.get('/queues/:id', async () => 'a queue')
    await app.ready()
    t.strictSame(statuses(app), ['200'], 'its options were not read')
    await app.close()
  }), ['FASTIFY_API_ERRORS_UNKNOWN_DOCUMENT'])
})
