/** A scope with two not-found handlers: that of the plugin and that of the application. */
import t from 'tap'
import Fastify from 'fastify'
import apiErrors from 'fastify-api-errors'

t.test('a handler of the application after the plugin is rejected with the option to set', async t => {
  for (const [prefix, where] of [['', '/'], ['/v1', '/v1']] as const) {
    const app = Fastify()
    await app.register(async scope => {
      await scope.register(apiErrors)
      t.throws(() => scope.setNotFoundHandler(() => {}), { message: `fastify-api-errors: the plugin is the not-found handler of the prefix '${where}'. To use your own handler, set the option notFound to false.`, cause: { message: `Not found handler already set for Fastify instance with prefix: '${where}'` } })
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
    }, { message: `fastify-api-errors: the prefix '${where}' already has a not-found handler. Set notFound to false to keep it.` })
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

t.test('several registrations without a prefix: the outer one responds, or the first of two siblings', async t => {
  const fail = (): never => { throw new Error('lost') }
  for (const [what, hasOuter, given, format] of [
    ['an outer registration', true, {}, 'code'], ['an outer registration with a prefix', true, { prefix: '/v1' }, 'code'], ['siblings', false, {}, 'problem']
  ] as const) {
    const app = Fastify()
    await app.register(async root => {
      if (hasOuter) await root.register(apiErrors, { log: false })
      await root.register(async scope => {
        await scope.register(apiErrors, { format: 'problem', log: false })
        scope.get('/x', fail)
      })
      await root.register(async scope => {
        await scope.register(apiErrors, { format: 'error', log: false })
        scope.get('/y', fail)
        await scope.register(async nested => { await nested.register(apiErrors, { format: 'message', log: false }) }, { prefix: '/nested' })
      }, { prefix: '/' })
    }, given)
    const codes: unknown[] = []
    for (const path of ['/x', '/y', '/none', '/nested/none']) {
      const { title, error, code, message } = (await app.inject(`${'prefix' in given ? given.prefix : ''}${path}`)).json<Record<string, unknown>>()
      codes.push(title !== undefined ? 'problem' : error !== undefined ? 'error' : code !== undefined ? 'code' : message !== undefined ? 'message' : 'none')
    }
    t.strictSame(codes, ['problem', 'error', format, 'message'], what)
  }
})

t.test('if a nested scope without a prefix comes first, the outer registration fails, unless the scope has notFound: false', async t => {
  const create = async (notFound: boolean): Promise<string> => {
    const app = Fastify()
    await app.register(async scope => { await scope.register(apiErrors, { format: 'problem', notFound }) })
    await app.register(apiErrors)
    return (await app.inject('/none')).body
  }
  await t.rejects(create(true), {
    message: "fastify-api-errors: a nested scope without a prefix registered the plugin first and responds to unknown paths below '/'. Register the plugin in the outer scope first, or set notFound to false in the nested scope."
  })
  t.match(JSON.parse(await create(false)), { code: 'route_not_found', message: 'This endpoint does not exist.' })
})

t.test('reply.callNotFound() in a not-found handler responds in the format of its scope', async t => {
  const app = Fastify()
  t.after(() => app.close())
  await app.register(apiErrors, { log: false })
  const add = async (prefix: string, format: 'problem' | 'message' | undefined, isAsync: boolean): Promise<void> => {
    await app.register(async scope => {
      if (format !== undefined) await scope.register(apiErrors, { log: false, format, notFound: false })
      if (isAsync) scope.setNotFoundHandler(async (_request, reply) => reply.callNotFound())
      else scope.setNotFoundHandler((_request, reply) => { reply.callNotFound() })
      scope.get('/known', (_request, reply) => { reply.callNotFound() })
    }, { prefix })
  }
  await add('/a', 'problem', false)
  await add('/b', 'message', true)
  await add('/c', undefined, false)
  const expected = { '/a': ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'], '/b': ['message'], '/c': ['code', 'message', 'request_id'] }
  for (const [prefix, fields] of Object.entries(expected)) {
    for (const path of ['/none', '/known']) {
      const response = await app.inject(prefix + path)
      t.strictSame([response.statusCode, Object.keys(response.json())], [404, fields], prefix + path)
    }
  }
})
