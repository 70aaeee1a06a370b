/** The transforms of @fastify/swagger, for the document and for a route. */
import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify, { type RouteOptions } from 'fastify'
import apiErrors from 'fastify-api-errors'
import { findTransformedRoutes } from '../../lib/openapi/route-transforms.js'
import { addSampleRoutes, codesByOperation, codesByStatus, createApp, documentOf, info, sampleCodes, type Json } from './documents.js'

t.test('transforms of the user are called, and routes that they remove need no components', async t => {
  const app = await createApp({
    swagger: {
      transform: ({ schema, url }: { schema: Json | undefined, url: string }) => ({ schema: { ...schema, summary: 'Transformed' }, url: `/api${url}` }),
      transformObject: ({ openapiObject }: { openapiObject: Json & { paths: Json } }) => {
        const { '/api/users': _, ...paths } = openapiObject.paths
        return { ...openapiObject, paths, 'x-own': true }
      }
    }
  }, addSampleRoutes)
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.equal(document['x-own'], true)
  t.strictSame(Object.keys(document.paths), ['/api/health', '/api/users/{id}'])
  t.equal(document.paths['/api/health']?.get?.summary, 'Transformed')
  t.strictSame(codesByStatus(document, '/api/users/{id}', 'put'), sampleCodes['/users/{id} put'])
  t.notMatch(JSON.stringify(document), 'x-fastify-api-errors', 'no internal mark is left')
})

t.test('a route with its own swaggerTransform is also documented', async t => {
  const app = await createApp({}, app => {
    app.get('/transformed/:id', { config: { swaggerTransform: ({ schema, url }: { schema: object, url: string }) => ({ schema, url }) } as object }, async () => ({}))
    app.get('/untransformed/:id', { config: { swaggerTransform: false } as object }, async () => ({}))
  })
  t.teardown(() => app.close())
  t.strictSame(codesByOperation(documentOf(app)), {
    '/transformed/{id} get': { 200: [], 404: ['resource_not_found'], 500: ['internal_error'] },
    '/untransformed/{id} get': { 200: [], 404: ['resource_not_found'], 500: ['internal_error'] }
  })
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

t.test('a transform can omit the URL', async t => {
  const app = await createApp({ swagger: { transform: ({ schema }: { schema: Json | undefined }) => ({ schema: { ...schema, summary: 'Transformed' } }) } }, addSampleRoutes)
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.equal(document.paths['/health']?.get?.summary, 'Transformed')
  t.strictSame(codesByStatus(document, '/users/{id}', 'put'), sampleCodes['/users/{id} put'])
})

t.test('a route that no registration covers is not found', async t => {
  const route = { method: 'GET', url: '/queues/:id', handler: async () => '' } as unknown as RouteOptions
  t.strictSame(findTransformedRoutes([route], '/queues/{id}', 'GET', { openapi: '3.1.0' } as never), [])
})
