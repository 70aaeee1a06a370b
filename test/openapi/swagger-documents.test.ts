/** What the options of @fastify/swagger say about routes: their security, and which documents hide them. */
import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { standardErrors } from 'fastify-api-errors'
import { codesByOperation, createApp, documentOf, info, type Json } from './documents.js'

type Documented = Readonly<Record<string, (options?: object) => Json & { paths: Record<string, Record<string, { responses: object }>> }>>

const statuses = (app: FastifyInstance, name = 'swagger'): string[] => Object.keys((app as unknown as Documented)[name]?.().paths['/queues/{id}']?.get?.responses ?? {})

t.test('security of the document applies to every route without its own security', async t => {
  const app = await createApp({
    openapi: { security: [{ bearer: [] }], components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } } }
  }, app => {
    app.get('/private', async () => ({}))
    app.get('/public', { schema: { security: [] } as object }, async () => ({}))
    app.get('/known', { config: { errors: ['invalid_token'] } }, async () => ({}))
  })
  t.teardown(() => app.close())
  t.strictSame(app.apiErrors.explain('GET', '/private'), [
    { code: 'internal_error', status: 500, rule: 'handler', reason: 'Any handler can fail.' },
    { code: 'unauthorized', status: 401, rule: 'security', reason: 'The document requires authentication.' },
    { code: 'forbidden', status: 403, rule: 'security', reason: 'The document requires authentication.' }
  ], 'explain lists it before the document is requested')
  t.strictSame(codesByOperation(documentOf(app)), {
    '/private get': { 200: [], 401: ['unauthorized'], 403: ['forbidden'], 500: ['internal_error'] },
    '/public get': { 200: [], 500: ['internal_error'] },
    '/known get': { 200: [], 401: ['invalid_token'], 403: ['forbidden'], 500: ['internal_error'] }
  })
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
