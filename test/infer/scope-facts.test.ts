/** The facts that the plugins of a scope add to all its routes. */
import t from 'tap'
import cors from '@fastify/cors'
import proxy from '@fastify/http-proxy'
import underPressure from '@fastify/under-pressure'
import Fastify, { type FastifyInstance } from 'fastify'
import { findScopeFacts } from '../../lib/infer/scope-facts.js'

t.test('each fact comes from a plugin of the scope or of a scope above it', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const scopes: Record<string, FastifyInstance> = {}
  await app.register(async scope => { scopes.plain = scope })
  await app.register(async scope => {
    await scope.register(underPressure, { maxEventLoopDelay: 1000 })
    await scope.register(cors)
    await scope.register(async inner => { scopes.inner = inner })
  })
  app.addHook('onRoute', function ({ url }) { if (url.startsWith('/proxied')) scopes.proxied = this })
  await app.register(proxy, { upstream: 'http://127.0.0.1:1', prefix: '/proxied', httpMethods: ['GET'] })
  await app.ready()
  const facts = Object.fromEntries(Object.entries(scopes).map(([name, scope]) => {
    const { isProxy, hasPressure, hasCors, database } = findScopeFacts(scope)
    return [name, { isProxy, hasPressure, hasCors, database }]
  }))
  t.strictSame(facts, {
    plain: { isProxy: false, hasPressure: false, hasCors: false, database: undefined },
    inner: { isProxy: false, hasPressure: true, hasCors: true, database: undefined },
    proxied: { isProxy: true, hasPressure: false, hasCors: false, database: undefined }
  })
})
