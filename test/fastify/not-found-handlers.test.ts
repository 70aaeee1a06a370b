/** A scope with two not-found handlers: that of the plugin and that of the application. */
import t from 'tap'
import Fastify from 'fastify'
import apiErrors from 'fastify-api-errors'

t.test('a handler of the application after the plugin is rejected with the option to set', async t => {
  for (const [prefix, where] of [['', '/'], ['/v1', '/v1']] as const) {
    const app = Fastify()
    await app.register(async scope => {
      await scope.register(apiErrors)
      t.throws(() => scope.setNotFoundHandler(() => {}), { message: `fastify-api-errors: the plugin is the not-found handler of the prefix '${where}'. Set its option notFound to false to use your own.`, cause: { message: `Not found handler already set for Fastify instance with prefix: '${where}'` } })
    }, { prefix })
    await app.ready()
  }
})

t.test('a handler of the application before the plugin rejects the plugin', async t => {
  for (const [prefix, where] of [['', '/'], ['/v1', '/v1']] as const) {
    const app = Fastify()
    await t.rejects(async () => {
      await app.register(async scope => {
        scope.setNotFoundHandler(() => {})
        await scope.register(apiErrors)
      }, { prefix })
    }, { message: `fastify-api-errors: the prefix '${where}' has a not-found handler already. Set notFound to false to keep it.` })
  }
})

t.test('a scope below the plugin can have a handler, and errors about it are those of Fastify', async t => {
  const app = Fastify()
  await app.register(apiErrors)
  await app.register(async scope => {
    scope.setNotFoundHandler((_request, reply) => reply.code(404).send('not here'))
    t.throws(() => scope.setNotFoundHandler(() => {}), { message: "Not found handler already set for Fastify instance with prefix: '/v1'" })
  }, { prefix: '/v1' })
  t.equal((await app.inject('/v1/none')).body, 'not here')
  t.equal((await app.inject('/none')).json<{ code: string }>().code, 'route_not_found')
})
