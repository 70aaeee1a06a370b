/** The properties of the request that a function uses, and the routes that have the errors of a function on the request. */
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
import { loadParser } from '../../../lib/infer/code/parse-function.js'
import { canUseProperty } from '../../../lib/infer/code/request-properties.js'

t.before(loadParser)

const service: any = undefined

t.test('a function uses a property of the request if it reads the property, or passes the request on', t => {
  const uses = (fn: unknown): boolean => canUseProperty(fn as object, 'getUser')
  t.ok(uses(async (request: any) => await request.getUser()))
  t.ok(uses(async ({ getUser }: any) => await getUser()))
  t.ok(uses(async (request: any) => { const { getUser } = request; return await getUser() }))
  t.ok(uses(async (request: any) => service.run(request)))
  t.ok(uses(async (request: any) => request[service.name]()))
  t.ok(uses(uses.bind(null)))
  t.notOk(uses(async (request: any) => service.run(request.body)))
  t.notOk(uses(async () => service.getUser()))
  t.notOk(uses(async ({ body }: any) => service.run(body)))
  t.end()
})

t.test('the errors of a function on the request are documented on the routes that can call it', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.addHook('preHandler', async (request: any) => {
    request.getUser = async () => { throw errors.unauthorized() }
    request.getMember = async () => await request.getUser()
  })
  app.get('/user', async (request: any) => await request.getUser())
  app.get('/member', async (request: any) => await request.getMember())
  app.get('/hook', { preHandler: async (request: any) => { await request.getUser() } }, async () => 1)
  app.get('/public', async () => 1)
  app.get('/secured', { schema: { security: [{ token: [] }] } as object }, async () => 1)
  await app.ready()
  const statuses = (url: string): number[] => app.apiErrors.explain('GET', url).map(({ status }) => status).filter(status => status !== 500)
  t.strictSame(['/user', '/member', '/hook', '/public', '/secured'].map(statuses), [[401], [401], [401], [], [401]])
})
