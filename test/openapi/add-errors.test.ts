/** Adds the errors to the operations of a finished document. */
import t from 'tap'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import apiErrors, { standardErrors, serverOptions, swaggerOptions } from 'fastify-api-errors'
import { Validator } from '@seriousme/openapi-schema-validator'
import { addSampleRoutes, codesByOperation, codesByStatus, createApp, documentOf, info, resolved, sampleCodes, type Document, type Json } from './documents.js'

t.test('HEAD routes that are shown have no content', async t => {
  for (const operationId of [undefined, 'getThing']) {
    const app = await createApp({ swagger: { exposeHeadRoutes: true } }, app => {
      app.get('/things/:id', { schema: operationId === undefined ? {} : { operationId } as object }, async () => ({}))
    })
    const document = documentOf(app)
    t.strictSame(Object.keys(document.paths['/things/{id}']?.head?.responses ?? {}), ['200', '404', '500'], `${operationId ?? 'no operationId'}: the same statuses`)
    t.notOk((resolved(document.paths['/things/{id}']?.head?.responses['404'], document) as Json).content, 'without a body')
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
    await app.close()
  }
  const app = await createApp({ swagger: { exposeHeadRoutes: true }, wiring: 'swagger alone' }, app => { app.get('/things/:id', async () => ({})) })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(Object.keys(document.paths['/things/{id}']?.head?.responses ?? {}), ['200', '404', '500'], 'without swaggerOptions(), too')
  t.notOk(document.paths['/things/{id}']?.head?.responses['404']?.content)
})

t.test('responses of HEAD have no content if the route declares them, or sends a body itself', async t => {
  const own = { type: 'object', additionalProperties: false, required: ['own'], properties: { own: { type: 'string' } } }
  const described = { description: 'Ours.', content: { 'application/json': { schema: own } } }
  for (const schema of [own, { type: 'object', properties: {} }, described]) {
    for (const status of ['404', '4xx', '5XX', 'default']) {
      const app = await createApp({ swagger: { exposeHeadRoutes: true } }, app => {
        app.get('/things/:id', { schema: { response: { 200: own, [status]: schema } } }, async () => ({ own: '' }))
      })
      const document = documentOf(app)
      const { get, head } = document.paths['/things/{id}'] as { get: { responses: Json }, head: { responses: Json } }
      t.strictSame(Object.keys(head.responses), Object.keys(get.responses), `${status}: the same statuses`)
      t.ok(Object.entries(get.responses).every(([, response]) => (resolved(response, document) as Json).content !== undefined))
      t.strictSame(Object.entries(head.responses).filter(([, response]) => (resolved(response, document) as Json).content !== undefined).map(([status]) => status), ['200'], `${status}: no content`)
      t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
      await app.close()
    }
  }
  const app = await createApp({ swagger: { exposeHeadRoutes: true } }, app => {
    app.get('/sent', async (_request, reply) => reply.code(409).send({ success: false, reasons: [] }))
    app.head('/own', { schema: { response: { '4xx': own } } }, async () => '')
  })
  t.teardown(() => app.close())
  const { '/sent': sent, '/own': alone } = documentOf(app).paths
  t.ok(sent?.get?.responses['409']?.content)
  t.equal(sent?.head?.responses['409']?.content, undefined, 'a body that a handler sends')
  t.equal(alone?.head?.responses['4XX']?.content, undefined, 'a route with HEAD alone')
})

t.test('hidden routes stay hidden, and a route with several methods is documented for each method', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ wiring }, app => {
      app.get('/hidden', { schema: { hide: true } as object }, async () => ({}))
      app.route({ method: ['GET', 'POST'], url: '/both', handler: async () => ({}) })
    })
    const document = documentOf(app)
    t.strictSame(Object.keys(document.paths), ['/both'])
    t.strictSame(Object.keys(document.paths['/both']?.post?.responses ?? {}), ['200', '400', '413', '415', '500'])
    t.strictSame(Object.keys(document.paths['/both']?.get?.responses ?? {}), ['200', '500'])
    await app.close()
  }
})

t.test('documents of several applications, and of several formats in one application, do not mix', async t => {
  const options = swaggerOptions({ openapi: { openapi: '3.1.0', info } })
  const apps = await Promise.all(['/a', '/b'].map(async url => {
    const app = Fastify(serverOptions())
    await app.register(swagger, options)
    await app.register(apiErrors)
    app.get(url, async () => ({}))
    await app.ready()
    return app
  }))
  for (const [index, app] of apps.entries()) t.strictSame(codesByOperation(documentOf(app)), { [index === 0 ? '/a get' : '/b get']: { 200: [], 500: ['internal_error'] } })
  await Promise.all(apps.map(app => app.close()))

  const app = await createApp({}, async app => {
    app.get('/outer', async () => ({}))
    await app.register(async scope => {
      await scope.register(apiErrors, { format: 'problem', notFound: false })
      scope.get('/inner', async () => ({}))
    })
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const types = (path: string) => Object.keys((resolved(document.paths[path]?.get?.responses['500'], document) as { content: Json }).content)
  t.strictSame([types('/outer'), types('/inner')], [['application/json'], ['application/problem+json']])
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('successful responses document their own headers, X-Request-Id and the CORS header', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ wiring, plugin: { requestId: 'all' } }, async app => {
      await app.register(cors)
      app.get('/things', { schema: { response: { 200: { type: 'object', headers: { 'X-Total': { type: 'integer' } } } } } }, async () => ({}))
    })
    const { headers } = resolved(documentOf(app).paths['/things']?.get?.responses['200'], documentOf(app)) as { headers: Json }
    t.strictSame(Object.keys(headers).sort(), ['Access-Control-Allow-Origin', 'X-Request-Id', 'X-Total'], wiring)
    t.strictSame(await new Validator().validate(documentOf(app)), { valid: true })
    await app.close()
  }
})

t.test('without errors, the document is unchanged', async t => {
  const webhooks = { openapi: '3.1.0', info, webhooks: {} }
  const bare = await createApp({ swagger: { transformObject: () => webhooks } }, addSampleRoutes)
  t.strictSame(documentOf(bare), webhooks, 'a transform that leaves no paths gets no errors')
  await bare.close()

  const pathsAlone = ({ openapiObject: { components: _, ...document } }: { openapiObject: Json }) => document
  for (const addSchemas of [false, true]) {
    const app = await createApp({ plugin: { addSchemas }, swagger: { transformObject: pathsAlone } }, addSampleRoutes)
    t.strictSame(codesByOperation(documentOf(app)), sampleCodes, 'a transform that leaves no components gets those of the errors')
    await app.close()
  }

  const without = Fastify()
  await without.register(swagger, swaggerOptions())
  without.get('/a', async () => ({}))
  await without.ready()
  t.strictSame(documentOf(without).paths, { '/a': { get: { responses: { 200: { description: 'Default Response' } } } } }, 'without the plugin')
  await without.close()

  const plain = Fastify(serverOptions())
  await plain.register(apiErrors)
  plain.get('/a/:id', async () => ({}))
  await plain.ready()
  t.strictSame(plain.apiErrors.explain('GET', '/a/:id').map(({ code }) => code), ['internal_error', 'resource_not_found'], 'explain does not need a document')
  t.throws(() => plain.apiErrors.explain('GET', '/b'), {
    message: 'fastify-api-errors: explain("GET", "/b"): expected the method and the path of a registered route, like \'GET\', \'/queues/:id\'.'
  })
  await plain.close()
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
  t.equal(responses?.['404']?.description, `\`resource_not_found\`: ${standardErrors.resource_not_found.description} ${standardErrors.resource_not_found.action}`)
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('routes that differ by a constraint are one operation, with the errors of all of them', async t => {
  type Code = 'resource_conflict' | 'payment_required' | 'resource_gone' | 'concurrent_modification'
  const all = { 200: [], 402: ['payment_required'], 409: ['concurrent_modification', 'resource_conflict'], 410: ['resource_gone'], 500: ['internal_error'] }
  const add = (app: FastifyInstance, constraints: Record<string, string>, errors: readonly Code[], more: object = {}): void => {
    app.get('/x', { constraints, config: { errors, ...more } }, async () => '')
  }
  for (const kind of ['version', 'host'] as const) {
    for (const wiring of ['swagger first', 'swagger alone'] as const) {
      for (const more of [{}, { swaggerTransform: (input: { schema: object, url: string }) => input }]) {
        const app = await createApp({ wiring, swagger: { exposeHeadRoutes: true } }, app => {
          add(app, { [kind]: '1.0.0' }, ['resource_conflict', 'payment_required'], more)
          add(app, { [kind]: '2.0.0' }, ['concurrent_modification', 'resource_gone'], more)
          app.get('/y', { constraints: { [kind]: '3.0.0' } }, async () => '')
        })
        const document = documentOf(app)
        t.strictSame(codesByStatus(document, '/x', 'get'), all, `${kind}, ${wiring}`)
        t.strictSame(Object.keys(codesByStatus(document, '/x', 'head')), Object.keys(all), 'HEAD')
        t.strictSame(codesByStatus(document, '/y', 'get'), { 200: [], 500: ['internal_error'] }, 'other routes are not affected')
        t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
        await app.close()
      }
    }
  }

  const others = {
    'a hidden route': [{ schema: { hide: true } }, { 200: [], 410: ['resource_gone'], 500: ['internal_error'] }],
    'a route with another error handler': [{ errorHandler: () => {} }, { 200: [], 410: ['resource_gone'], 500: ['internal_error'] }],
    'a route with other methods': [{ method: ['PUT', 'PATCH'] }, { 200: [], 410: ['resource_gone'], 500: ['internal_error'] }],
    'a route with a status that it declares': [
      { schema: { response: { 409: { type: 'object', properties: { own: { type: 'string' } } } } } }, { 200: [], 402: ['payment_required'], 409: ['resource_conflict'], 410: ['resource_gone'], 500: ['internal_error'] }
    ]
  } as const
  for (const [name, [first, expected]] of Object.entries(others)) {
    const app = await createApp({}, app => {
      app.route({ method: 'GET', url: '/x', constraints: { version: '1.0.0' }, config: { errors: ['payment_required'] }, handler: async () => '', ...first } as RouteOptions)
      add(app, { version: '2.0.0' }, ['resource_gone'])
    })
    t.strictSame(codesByStatus(documentOf(app), '/x', 'get'), expected, name)
    await app.close()
  }
})

t.test('if routes with one path differ by a constraint and belong to two registrations, the operation has the bodies of both', async t => {
  const declared = { type: 'object', additionalProperties: false, required: ['reason'], properties: { reason: { type: 'string' } } }
  type Transform = (input: { openapiObject: { paths: Record<string, Record<string, { responses: object }>> } }) => object
  const build = async (schema: object, transformObject?: Transform): Promise<FastifyInstance> => await createApp(
    { plugin: { notFound: false }, swagger: { ...(transformObject !== undefined && { transformObject }) } }, async app => {
      app.get('/x', { constraints: { version: '1.0.0' }, config: { errors: ['resource_conflict', 'payment_required'] } }, async () => '')
      await app.register(async scope => {
        await scope.register(apiErrors, { format: 'problem', notFound: false })
        scope.get('/x', { constraints: { version: '2.0.0' }, config: { errors: ['concurrent_modification', 'resource_gone'] }, schema }, async () => '')
      })
    })
  const mediaTypes = (document: Document): Record<string, string[]> => {
    const { responses } = resolved(document.paths['/x']?.get, document) as { responses: Record<string, { content?: Json }> }
    return Object.fromEntries(Object.entries(responses).map(([status, { content }]) => [status, Object.keys(content ?? {})]))
  }
  const [code, problem] = ['application/json', 'application/problem+json'] as const
  const app = await build({})
  const document = documentOf(app)
  t.strictSame(mediaTypes(document), { 200: [], 402: [code], 409: [code, problem], 410: [problem], 500: [code, problem] })
  t.strictSame(codesByStatus(document, '/x', 'get')['409'], ['concurrent_modification', 'resource_conflict'])
  const [first, second] = [standardErrors.resource_conflict, standardErrors.concurrent_modification].map(({ code, description, action }) => `\`${code}\`: ${description} ${action}`)
  t.equal(document.paths['/x']?.get?.responses['409']?.description, `${String(first)}\n\n${String(second)}`)
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
  await app.close()

  const declaring = await build({ response: { 409: declared } })
  const both = documentOf(declaring)
  t.strictSame(mediaTypes(both), { 409: [code, problem], 402: [code], 410: [problem], 500: [code, problem] }, 'with a declared body')
  t.match(both.paths['/x']?.get?.responses['409']?.content, { [code]: { schema: { anyOf: [declared, {}] } } })
  t.strictSame(await new Validator().validate(structuredClone(both)), { valid: true })
  await declaring.close()

  for (const name of ['Own', 'Missing']) {
    const referring = await build({ response: { 409: declared } }, ({ openapiObject }) => {
      Object.assign(openapiObject.paths['/x']?.get?.responses as object, { 409: { $ref: `#/components/responses/${name}` } })
      return { ...openapiObject, components: { responses: { Own: { description: 'Own.', content: { 'text/plain': { schema: { type: 'string' } } } } } } }
    })
    const { description, content } = documentOf(referring).paths['/x']?.get?.responses['409'] as { description: string, content: Json }
    t.strictSame([description, Object.keys(content)], name === 'Own' ? ['Own.', ['text/plain', code, problem]] : [first, [code, problem]], 'a response of a component')
    await referring.close()
  }
})
