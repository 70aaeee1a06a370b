// Tests which handlers query the database themselves, so that a parameter of the path implies no 404.
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
import { catchesAll, checksAccess, queriesDatabase } from '../../../lib/infer/code/missing-records.js'
import { loadParser } from '../../../lib/infer/code/parse-function.js'

t.before(loadParser)

const db: any = undefined
const sql: any = undefined
const users: any = undefined

t.test('queriesDatabase() recognizes queries of drivers, query builders and Prisma', async t => {
  t.ok(queriesDatabase(async () => await db.selectFrom('users').selectAll().executeTakeFirst()))
  t.ok(queriesDatabase(async () => await db('users').where({ id: 1 }).delete()))
  t.ok(queriesDatabase(async () => { const { rows } = await db.query('select 1'); return rows }))
  t.ok(queriesDatabase(() => db.prepare('select 1').get()))
  t.ok(queriesDatabase(async () => await sql`select 1`))
  t.ok(queriesDatabase(async () => await db.user.findUnique({ where: { id: '1' } })))
  t.notOk(queriesDatabase(async () => await db.user.update({ where: { id: '1' }, data: await db.user.findFirst() })), 'Prisma throws for a missing record')
  t.notOk(queriesDatabase(async () => await db.selectFrom('users').executeTakeFirstOrThrow()))
  t.notOk(queriesDatabase(async () => await users.findById('1')), 'a service can throw')
  t.notOk(queriesDatabase(queriesDatabase.bind(null, {})), 'a bound function has no source')
})

t.test('a handler that queries the database has a 404 only if its code has one', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.delete('/removed/:id', async () => await db.deleteFrom('users').execute())
  app.get('/found/:id', async () => {
    const user = await db.selectFrom('users').executeTakeFirst()
    if (user === undefined) throw errors.resource_not_found()
    return user
  })
  app.get('/service/:id', async () => await users.findById('1'))
  await app.ready()
  const rules = (method: string, url: string): string[] => app.apiErrors.explain(method, url).filter(({ status }) => status === 404).map(({ rule }) => rule)
  t.strictSame(rules('DELETE', '/removed/:id'), [])
  t.strictSame(rules('GET', '/found/:id'), ['thrown'])
  t.strictSame(rules('GET', '/service/:id'), ['resource'])
})

t.test('a handler that responds to a missing record with another status has no 404 for it', async t => {
  class BadRequestError extends Error { statusCode = 400 }
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  const add = (path: string, handler: (request: any, reply: any) => Promise<unknown>): void => { app.put(`/${path}/:id`, handler) }
  add('thrown', async request => {
    const user = await users.findById(request.params.id)
    if (!user) throw new BadRequestError()
    return user
  })
  add('sent', async (request, reply) => {
    const { id } = request.params
    const key = `user:${String(id)}`
    const user = await users.get(key)
    if (user === null || user.isDeleted) {
      reply.code(409)
      return { message: 'No.' }
    }
    return user
  })
  add('result', async (request, reply) => {
    const { user, error } = await users.load(request.params.id)
    if (error) return reply.code(400).send({ message: 'No.' })
    return user
  })
  add('undefined', async request => {
    const user = await users.findOne({ _id: request.params.id })
    if (user === undefined || user.isDeleted) throw errors.resource_gone()
    return user
  })
  add('not-found', async request => {
    const user = await users.findById(request.params.id)
    if (!user) throw errors.resource_not_found()
    const card = await users.findCard(request.params.id)
    if (!card) throw errors.resource_gone()
    return card
  })
  add('forbidden', async request => {
    const member = await users.findMember(request.params.id)
    if (!member) throw errors.forbidden()
    return await users.load(request.params.id)
  })
  add('checked', async request => {
    const valid = await users.isValid(request.params.id)
    if (!valid) throw errors.invalid_request()
    return await users.load(request.params.id)
  })
  add('other-lookup', async request => {
    const user = await users.find(request.user)
    if (!user) throw errors.resource_gone()
    return await users.load(request.params.id)
  })
  add('changed', async request => {
    let user = await users.find(request.params.id)
    if (request.query.again) user = await users.find('1')
    if (!user) throw errors.resource_gone()
    return user
  })
  add('unknown', async request => {
    const user = await users.find(request.params.id)
    if (!user) throw new users.Missing()
    return user
  })
  add('found', async request => {
    const user = await users.find(request.params.id)
    if (user && user.isDeleted) throw errors.resource_gone()
    if (user.age > 1) throw errors.resource_gone()
    if (user === 1) throw errors.resource_gone()
    if (user.age === null) throw errors.resource_gone()
    if (!user.age) throw errors.resource_gone()
    if (request.params) throw errors.resource_gone()
    if (!users) throw errors.resource_gone()
    return user
  })
  await app.ready()
  const rules = (path: string): string[] => app.apiErrors.explain('PUT', `/${path}/:id`).filter(({ status }) => status === 404).map(({ rule }) => rule)
  for (const path of ['thrown', 'sent', 'result', 'undefined']) t.strictSame(rules(path), [], path)
  for (const path of ['forbidden', 'checked', 'other-lookup', 'changed', 'unknown', 'found']) t.strictSame(rules(path), ['resource'], path)
  t.strictSame(rules('not-found'), ['resource', 'thrown'])
})

t.test('a handler that passes a parameter to a function of the request checks the access to a tenant', async t => {
  t.ok(checksAccess(async (request: any) => {
    const { slug } = request.params
    return await request.getMembership(slug)
  }, 'slug'))
  t.ok(checksAccess(async (request: any) => request.check('read', request.params.slug), 'slug'))
  t.notOk(checksAccess(async (request: any) => users.find(request.params.slug), 'slug'))
  t.notOk(checksAccess(async (request: any) => request.check(request.params.id), 'slug'))
  t.notOk(checksAccess(async ({ params }: any) => params.find('slug'), 'slug'))
  t.notOk(checksAccess(checksAccess.bind(null, {}, 'slug'), 'slug'))
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.get('/teams/:slug/billing', async (request: any) => request.getMembership(request.params.slug))
  app.get('/teams/:slug/projects/:id', async (request: any) => {
    const { slug, id } = request.params
    await request.getMembership(slug)
    return await users.findById(id)
  })
  await app.ready()
  t.strictSame(['/teams/:slug/billing', '/teams/:slug/projects/:id'].map(url => app.apiErrors.explain('GET', url).filter(({ rule }) => rule === 'resource').length), [0, 1])
})

t.test('a handler that catches all errors and handles them alike has a 404 only if its code has one', async t => {
  const log: any = console
  t.ok(catchesAll(async (request: any, reply: any) => {
    if (request.user === undefined) return reply.code(403).send({})
    try {
      return await users.remove(request.params.id)
    } catch (error) {
      request.log.error(error)
      log.error(error)
      return reply.code(500).send({})
    }
  }))
  t.ok(catchesAll(async () => { try { return await users.remove() } catch { return null } }))
  t.ok(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error: any) { return users.fail(reply, `no user: ${String(error)}`, { message: error.message }) } }))
  t.ok(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error: any) { return reply.status(500).send(users.toBody(error?.message || 'No.')) } }), 'the message is only in the body')
  t.ok(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error) { if (error instanceof TypeError) return reply.code(401).send({}); return reply.code(500).send({}) } }), 'the code has each status')
  t.notOk(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error: any) { return reply.code(users.statusOf(error.message)).send({}) } }), 'the message selects the status')
  t.notOk(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error: any) { return users.fail(reply, error.message) } }))
  t.notOk(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error) { return reply.send(users.toBody(error)) } }))
  t.notOk(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error: any) { return reply.send({ code: error.code, own: log.message }) } }))
  t.notOk(catchesAll(async () => { try { return await users.remove() } catch (error: any) { return error.message === 'none' } }))
  t.notOk(catchesAll(async (_: any, reply: any) => { try { return await users.remove() } catch (error) { return reply.send(error) } }))
  t.notOk(catchesAll(async () => { try { return await users.remove() } catch (error) { if (error instanceof TypeError) return 1; throw error } }))
  t.notOk(catchesAll(async () => { try { return await users.remove() } catch ({ message }: any) { return message as string } }))
  t.notOk(catchesAll(async () => { try { return await users.remove() } finally { users.close() } }))
  t.notOk(catchesAll(async () => { await users.check(); try { return await users.remove() } catch { return 1 } }))
  t.notOk(catchesAll(() => users.remove()))
  t.notOk(catchesAll(() => { users.remove() }))
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.delete('/users/:id', async (_, reply) => { try { return await users.remove() } catch { return await reply.code(500).send({}) } })
  await app.ready()
  t.strictSame(app.apiErrors.explain('DELETE', '/users/:id').filter(({ status }) => status === 404), [])
})
