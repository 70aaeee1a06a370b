/** Adds the errors to documents of @fastify/swagger however it is registered. */
import t from 'tap'
import swagger from '@fastify/swagger'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify, { type FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import apiErrors, { standardErrors, swaggerOptions } from 'fastify-api-errors'
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

t.test('a static document is unchanged, and gives no warning', async t => {
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

t.test('each document has the 401 and 403 of its own security', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const security = { security: [{ bearer: [] }], components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } }
  await app.register(swagger, { openapi: { info, ...security } as never, decorator: 'internal' })
  await app.register(swagger, { openapi: { info } })
  await app.register(apiErrors)
  app.get('/queues/:id', async () => 'a queue')
  await app.ready()
  for (const order of [['swagger', 'internal'], ['internal', 'swagger']]) {
    for (const name of order) (app as unknown as Documented)[name]?.()
    t.strictSame(app.apiErrors.explain('GET', '/queues/:id').map(({ status }) => status), [500, 404, 401, 403])
  }
  t.strictSame(statuses(app), ['200', '404', '500'])
  t.strictSame(statuses(app, 'internal'), ['200', '401', '403', '404', '500'])
})

/** Creates an error outside the handler, so that its code does not show it. */
const createHidden = (): Error => standardErrors.resource_gone()

t.test('a route that every document hides is not in the reference, and its errors need no documentation', async t => {
  const hidden = { transform: ({ schema, url }: { schema: object, url: string }) => ({ schema: { ...schema, hide: true }, url }) }
  const failing = { transform: () => { throw new Error('It fails.') } }
  for (const [title, options, schema, isHidden] of [
    ['hide', {}, { hide: true }, true],
    ['the tag X-HIDDEN', {}, { tags: ['X-HIDDEN'] }, true],
    ['another tag', { hiddenTag: 'internal' }, { tags: ['internal'] }, true],
    ['a tag that hides nothing', { hiddenTag: 'internal' }, { tags: ['X-HIDDEN'] }, false],
    ['no tag', { hideUntagged: true }, {}, true],
    ['a transform', hidden, {}, true],
    ['a transform that fails', failing, {}, false]
  ] as const) {
    const app = Fastify()
    await app.register(swagger, { openapi: { info }, ...options } as never)
    await app.register(apiErrors, { log: false })
    app.get('/queues/:id', { schema: schema as object }, async () => { throw createHidden() })
    await app.ready()
    await app.inject('/queues/1')
    t.strictSame(app.apiErrors.reference().routes, isHidden ? [] : ['GET /queues/:id'], title)
    t.equal(app.apiErrors.ledger()[0]?.documented, isHidden, title)
    await app.close()
  }
})

t.test('a route with its own transform is found by its path, also below the path of a server', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(swagger, { openapi: { info, servers: [{ url: 'https://example.com/v1' }] } })
  await app.register(apiErrors)
  const moved = { config: { swaggerTransform: ({ schema }: { schema: object }) => ({ schema, url: '/v1/moved/:id(^\\d+$)/a::b' }) } as object }
  app.get('/v1/queues/:id', { config: { swaggerTransform: false } as object }, async () => '')
  app.post('/v1/original/:id', moved, async () => '')
  app.get('/v1/*', { config: { swaggerTransform: () => ({}) } as object }, async () => '')
  await app.register(async scope => {
    scope.setErrorHandler(() => {})
    scope.get('/v1/own', { config: { swaggerTransform: false } as object }, async () => '')
  })
  await app.ready()
  const { paths } = documentOf(app)
  t.strictSame(Object.fromEntries(Object.entries(paths).map(([path, item]) => [path, Object.keys(Object.values(item)[0]?.responses ?? {})])), {
    '/queues/{id}': ['200', '404', '500'],
    '/moved/{id}/a:b': ['200', '400', '404', '413', '415', '500'],
    '/{*}': ['200', '500'],
    '/own': ['200']
  })
})

t.test('links of an error response are kept', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(swagger, { openapi: { info } })
  await app.register(apiErrors)
  const links = { 200: { all: { operationId: 'listQueues' } }, 404: { list: { operationId: 'listQueues' } } }
  app.get('/queues', { schema: { operationId: 'listQueues' } as object }, async () => [])
  app.get('/queues/:id', { links } as object, async () => 'a queue')
  app.get('/users/:id', { links, schema: { response: { 200: { description: 'A user.', type: 'string' } } } } as object, async () => 'a user')
  await app.ready()
  const document = documentOf(app)
  const { responses: ofUser } = document.paths['/users/{id}']?.get ?? {}
  t.strictSame([ofUser?.['200']?.description, ofUser?.['200']?.links, ofUser?.['404']?.links], ['A user.', links[200], links[404]])
  const { responses } = document.paths['/queues/{id}']?.get ?? {}
  t.strictSame([responses?.['200']?.links, responses?.['404']?.links], [links[200], links[404]])
  t.equal(responses?.['404']?.description, `${standardErrors.resource_not_found.description} ${standardErrors.resource_not_found.action}`)
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})
