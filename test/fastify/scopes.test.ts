/** Which plugins run on the routes of which scopes. */
import t from 'tap'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import underPressure from '@fastify/under-pressure'
import { codesByStatus, createApp, documentOf, resolved, type Json } from '../openapi/documents.js'

t.test('a plugin that is registered after a scope also runs on its routes, and the document includes it', async t => {
  const app = await createApp({}, async app => {
    await app.register(async scope => {
      await scope.register(cookie)
      scope.get('/before', async () => '')
    })
    await app.register(cors)
    await app.register(underPressure, { maxEventLoopDelay: 10_000 })
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(codesByStatus(document, '/before', 'get'), { 200: [], 500: ['internal_error'], 503: ['service_unavailable'] })
  const { headers } = resolved(document.paths['/before']?.get?.responses['500'], document) as { headers: Json }
  t.ok('Access-Control-Allow-Origin' in headers)
  t.equal((await app.inject({ url: '/before', headers: { origin: 'https://example.com' } })).headers['access-control-allow-origin'], '*')
})

t.test('a plugin of a scope does not run on routes outside the scope', async t => {
  const app = await createApp({}, async app => {
    await app.register(async scope => {
      await scope.register(cors)
      scope.get('/inside', async () => '')
    })
    app.get('/beside', async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(['/inside', '/beside'].map(path => document.paths[path]?.get?.responses['500']?.$ref), ['#/components/responses/InternalErrorCors', '#/components/responses/InternalError'])
})
