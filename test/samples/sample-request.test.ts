/** Valid requests, created from the schemas of a route. */
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import t from 'tap'
import { credentialHeaders, listParameters, listProperties, sample, samplePath, validRequest, type SampleRoute } from '../../lib/samples/sample-request.js'

/** Builds a route without a server. */
function createRoute (method: string, url: string, schema: object = {}, codes: readonly string[] = []): SampleRoute {
  const scope: FastifyInstance = Fastify()
  const route = { method, url, schema, handler: async () => 'ok' } as unknown as RouteOptions & { url: string }
  return { method, record: { route, url, scope, methods: [method] }, codes: new Set(codes), limit: undefined }
}

t.test('a request has the values that the schemas require', async t => {
  const route = createRoute('POST', '/queues/:id', {
    params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
    querystring: Type.Object({ limit: Type.Integer({ minimum: 5 }), page: Type.Optional(Type.Integer()) }),
    headers: Type.Object({ 'x-device-id': Type.String() }),
    body: Type.Object({ email: Type.String({ format: 'email' }) })
  }, ['missing_api_key'])
  t.strictSame(validRequest(route), {
    method: 'POST',
    path: '/queues/00000000-0000-4000-8000-000000000000?limit=5',
    headers: { authorization: 'Bearer YOUR_KEY', 'x-device-id': 'example', 'content-type': 'application/json' },
    body: '{"email":"ada@example.com"}',
    times: 1,
    certain: false
  })
})

t.test('the request of a route without schemas has only its method and path', async t => {
  t.strictSame(validRequest(createRoute('GET', '/queues')), { method: 'GET', path: '/queues', headers: {}, times: 1, certain: false })
})

t.test('a path can have expressions, several parameters in one segment, a wildcard and a colon', async t => {
  const route = createRoute('GET', '/days/:day-:night/at::noon/:id(^\\d+)/*')
  t.strictSame(listParameters(route), ['day', 'night', 'id'])
  t.equal(samplePath(route, { day: 'a b', id: '7' }), '/days/a%20b-1/at:noon/7/example')
})

t.test('an open route has no credential', async t => {
  t.strictSame(credentialHeaders(createRoute('GET', '/queues'), 'key'), {})
  t.strictSame(credentialHeaders(createRoute('GET', '/queues', {}, ['unauthorized']), 'key'), { authorization: 'Bearer key' })
})

t.test('a shared schema is found in the scope of the route', async t => {
  const route = createRoute('GET', '/queues')
  route.record.scope.addSchema({ $id: 'Email', type: 'string', format: 'email' })
  t.equal(sample({ $ref: 'Email#' }, route), 'ada@example.com')
})

t.test('listProperties() returns the properties of a schema, or an empty list', async t => {
  t.strictSame(listProperties({ properties: { a: { type: 'string' } } }), [['a', { type: 'string' }]])
  t.strictSame(listProperties(undefined), [])
  t.strictSame(listProperties({ type: 'object' }), [])
})
