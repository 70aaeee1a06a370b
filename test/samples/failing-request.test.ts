/** The requests on the pages, sent with curl: each gets the error of its page. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions, type ApiErrorsOptions, type SampleRequest } from 'fastify-api-errors'
import { declareSecurity, type SecurityScheme } from '../../lib/infer/declared/security.js'
import { formatCurl } from '../../lib/reference/requests/curl.js'
import { absent } from '../helpers/absent.js'
import { build } from '../reference/app.js'

const shell = promisify(execFile)
const hasCurl = await shell('curl', ['--version']).then(() => true, () => false)

/** The codes whose page shows a request, and whether that request always gets the code. */
const certainty: Readonly<Record<string, boolean>> = {
  already_in_queue: false,
  expectation_failed: true,
  invalid_api_key: true,
  invalid_parameter: true,
  invalid_request: true,
  method_not_allowed: true,
  missing_api_key: true,
  missing_required_field: true,
  payload_too_large: true,
  rate_limit_exceeded: true,
  request_header_fields_too_large: true,
  resource_not_found: true,
  route_not_found: true,
  unsupported_media_type: true,
  uri_too_long: true,
  validation_error: true
}

const app = await build()
const requests = new Map<string, SampleRequest>()
await app.ready()
for (const { code, request } of app.apiErrors.reference().codes) if (request !== undefined) requests.set(code, request)
await app.close()

t.test('each code has a request, certain or uncertain, or none', async t => {
  t.strictSame(Object.fromEntries([...requests].map(([code, { certain }]) => [code, certain])), certainty)
})

t.test('the command on a page gets the error of the page', async t => {
  if (!hasCurl) return absent(t, 'curl is not installed')
  for (const [code, request] of requests) {
    const app = await build() // Create a new API, because some of the requests use up a rate limit.
    const command = formatCurl(request, await app.listen({ host: '127.0.0.1', port: 0 }))
    const { stdout } = await shell('sh', ['-c', command])
    const [, response] = /.*(HTTP\/1.1 .*)$/s.exec(stdout) ?? []
    t.match(response, new RegExp(`\\r\\n\\r\\n\\{"code":"${code}"`), command)
    await app.close()
  }
})

t.test('if the response depends on stored data, the request is valid', async t => {
  t.strictSame(requests.get('already_in_queue'), {
    method: 'POST',
    path: '/queues/1/entries',
    headers: { authorization: 'Bearer YOUR_KEY', 'content-type': 'application/json' },
    body: '{"email":"ada@example.com"}',
    times: 1,
    certain: false
  })
})

/** Returns the requests on the pages of an API with these routes. */
async function requestsOf (
  register: (app: FastifyInstance) => void, options: ApiErrorsOptions = {}, server: FastifyServerOptions = {}
): Promise<Record<string, SampleRequest | undefined>> {
  const app = Fastify(server)
  await app.register(apiErrors, options)
  register(app)
  await app.ready()
  return Object.fromEntries(app.apiErrors.reference().codes.map(({ code, request }) => [code, request]))
}

const handler = async (): Promise<string> => 'ok'

t.test('without routes, only the codes at any path have a request', async t => {
  const requests = await requestsOf(() => {})
  t.strictSame(Object.keys(requests).filter(code => requests[code] !== undefined), ['route_not_found'])
  t.strictSame(requests.route_not_found, { method: 'GET', path: '/no-such-route', headers: {}, times: 1, certain: true })
})

t.test('invalid_parameter: a parameter of the path is invalid if the query accepts any string', async t => {
  const requests = await requestsOf(app => app.get('/days/:day/:id', {
    schema: { params: Type.Object({ day: Type.String({ format: 'date' }), id: Type.Integer() }), querystring: Type.Object({ q: Type.Optional(Type.String()) }) }
  }, handler))
  t.strictSame(requests.invalid_parameter, { method: 'GET', path: '/days/wrong/1', headers: {}, times: 1, certain: true })
})

t.test('invalid_parameter: there is no request if every string is valid', async t => {
  const requests = await requestsOf(app => app.get('/names/:name', { schema: { params: { type: 'object', properties: { name: true } } } }, handler))
  t.equal(requests.invalid_parameter, undefined)
})

t.test('resource_not_found: the id does not exist, and is valid by the schema of the parameter', async t => {
  const paths = async (params: object | undefined): Promise<string | undefined> =>
    (await requestsOf(app => app.get('/things/:id', { schema: { ...(params !== undefined && { params }) } }, handler))).resource_not_found?.path
  t.equal(await paths(undefined), '/things/no-such-id')
  t.equal(await paths({ type: 'object', properties: { id: { type: 'number' } } }), '/things/999999999')
  t.equal(await paths({ type: 'object', properties: { id: { type: 'integer', maximum: 500 } } }), '/things/500')
  t.equal(await paths({ type: 'object', properties: { id: { type: 'string', format: 'uuid' } } }), '/things/00000000-0000-4000-8000-000000000000')
})

t.test('invalid_parameter: the request is uncertain if the route describes no parameter', async t => {
  const requests = await requestsOf(app => app.get('/names', { config: { errors: ['invalid_parameter'] } }, handler))
  t.strictSame(requests.invalid_parameter, { method: 'GET', path: '/names', headers: {}, times: 1, certain: false })
})

t.test('invalid_request: the request has a header that the route rejects', async t => {
  const requests = await requestsOf(app => app.get('/plain', {
    schema: { headers: Type.Object({ 'x-tenant': Type.String({ format: 'uuid' }) }) }
  }, handler))
  t.strictSame(requests.invalid_request, {
    method: 'GET', path: '/plain', headers: { 'x-tenant': 'wrong' }, times: 1, certain: true
  })
})

t.test('invalid_request: the path has malformed percent-encoding, if the plugin responds to it', async t => {
  const requests = async (options: FastifyServerOptions): Promise<Record<string, SampleRequest | undefined>> => await requestsOf(app => {
    app.get('/things', handler)
    app.get('/things/:id/:name', { config: { errors: ['invalid_request'] } }, async request => request.params)
  }, {}, options)
  t.strictSame((await requests(serverOptions())).invalid_request, { method: 'GET', path: '/things/100%/1', headers: {}, times: 1, certain: true })
  const uncertain = { method: 'GET', path: '/things/1/1', headers: {}, times: 1, certain: false }
  t.strictSame((await requests({})).invalid_request, uncertain)
  t.strictSame((await requests({ frameworkErrors: () => {} })).invalid_request, uncertain)
})

t.test('validation_error: the field with the narrowest schema has an invalid value, or else any field has an object', async t => {
  const bodies = async (body: object): Promise<string | undefined> =>
    (await requestsOf(app => app.put('/thing', { schema: { body } }, handler))).validation_error?.body
  t.equal(await bodies(Type.Object({ name: Type.String(), size: Type.Union([Type.Literal('s')]), open: Type.Boolean() })), '{"name":"example","size":"wrong","open":true}')
  t.equal(await bodies({ type: 'object', properties: { size: { enum: ['s', 'm'] } } }), '{"size":"wrong"}')
  t.equal(await bodies({ type: 'object', properties: { note: true, size: { enum: ['s', 'm'] } } }), '{"size":"wrong"}', 'a field without a schema rejects nothing')
  t.equal(await bodies(Type.Object({ name: Type.String() })), '{"name":{}}')
  t.equal(await bodies({ type: 'array', items: { type: 'string' } }), '{}', 'no field: another type')
})

t.test('missing_required_field: the body is an empty object, and the request is uncertain if no field at the top is required', async t => {
  const requests = await requestsOf(app => app.put('/thing', {
    schema: { body: { type: 'object', properties: { owner: { type: 'object', required: ['id'], properties: { id: { type: 'string' } } } } } }
  }, handler))
  t.match(requests.missing_required_field, { body: '{}', certain: false })
  t.equal(requests.missing_required_field?.certain, false)
})

t.test('method_not_allowed: a method that the path does not support; no request if it supports all, or has a wildcard', async t => {
  const requests = await requestsOf(app => {
    app.route({ method: ['DELETE', 'PUT', 'PATCH', 'GET'], url: '/all', handler })
    app.get('/files/*', handler)
    app.delete('/some', handler)
  })
  t.strictSame(requests.method_not_allowed, { method: 'PUT', path: '/some', headers: {}, body: undefined, times: 1, certain: true })
})

t.test('payload_too_large: one byte more than the route accepts', async t => {
  const requests = await requestsOf(app => app.post('/upload', { bodyLimit: 10 }, handler))
  t.strictSame(requests.payload_too_large, {
    method: 'POST', path: '/upload', headers: { 'content-type': 'application/json' }, body: undefined, bodyBytes: 11, times: 1, certain: true
  })
})

t.test('rate_limit_exceeded: one request more than the lowest limit allows', async t => {
  const policies = { wide: { max: 50, timeWindow: 1000 }, tight: { max: 3, timeWindow: 1000 } }
  const requests = await requestsOf(app => app.get('/limited', handler), { rateLimit: { policies, default: ['wide', 'tight'] } })
  t.strictSame(requests.rate_limit_exceeded, { method: 'GET', path: '/limited', headers: {}, times: 4, certain: true })
})

t.test('rate_limit_exceeded: one request, not certain, if the limit is unknown', async t => {
  const requests = await requestsOf(app => app.get('/limited', { config: { errors: ['rate_limit_exceeded'] } }, handler))
  t.strictSame(requests.rate_limit_exceeded, { method: 'GET', path: '/limited', headers: {}, times: 1, certain: false })
})

t.test('each parameter of a route without schemas has an id that does not exist', async t => {
  const requests = await requestsOf(app => app.get('/days/:day-:night/at::noon/:id(^\\d+)/*', { schema: { params: { type: 'object' } } }, handler))
  t.match(requests.resource_not_found, { path: '/days/no-such-id-no-such-id/at:noon/no-such-id/example', certain: true })
})

t.test('a credential is sent as the guard of the route declares', async t => {
  const shown = async (...schemes: SecurityScheme[]): Promise<unknown[]> => {
    const requests = await requestsOf(app => {
      const guard = async (): Promise<void> => {}
      for (const [index, scheme] of schemes.entries()) declareSecurity(guard, { name: `scheme${index}`, scheme, scopes: [] })
      app.get('/private', { onRequest: guard, config: { errors: ['missing_api_key', 'invalid_api_key', 'resource_gone'] } }, handler)
    })
    return [requests.resource_gone, requests.missing_api_key, requests.invalid_api_key].map(request => request?.headers)
  }
  const inHeader = { type: 'apiKey', in: 'header', name: 'X-API-Key', description: '' } as const
  t.strictSame(await shown(inHeader), [{ 'x-api-key': 'YOUR_KEY' }, {}, { 'x-api-key': 'wrong' }])
  t.strictSame(await shown({ type: 'http', scheme: 'bearer', description: '' }), [{ authorization: 'Bearer YOUR_KEY' }, {}, { authorization: 'Bearer wrong' }])
  t.strictSame(await shown(inHeader, { type: 'http', scheme: 'basic', description: '' }), [
    { 'x-api-key': 'YOUR_KEY', authorization: 'Basic YOUR_KEY' }, {}, { 'x-api-key': 'wrong', authorization: 'Basic wrong' }
  ])
  t.strictSame(await shown(), [{ authorization: 'Bearer YOUR_KEY' }, {}, { authorization: 'Bearer wrong' }], 'without a declared scheme, in Authorization')
})

t.test('a server error has no request', async t => {
  const requests = await requestsOf(app => app.get('/upstream', { config: { errors: ['bad_gateway', 'internal_error'] } }, handler))
  t.equal(requests.bad_gateway, undefined)
  t.equal(requests.internal_error, undefined)
})
