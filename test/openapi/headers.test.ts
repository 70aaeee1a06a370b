/** The headers of documented responses. */
import t from 'tap'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import Fastify from 'fastify'
import { formats, standardErrors, swaggerOptions } from 'fastify-api-errors'
import { Validator } from '@seriousme/openapi-schema-validator'
import { loadParser } from '../../lib/infer/code/parse-function.js'
import { resolveRules } from '../../lib/infer/custom-rules.js'
import { createRouteErrors } from '../../lib/infer/route-errors.js'
import type { DocumentedHeader } from '../../lib/infer/declared/declared-headers.js'
import { describeSuccessHeaders } from '../../lib/openapi/headers.js'
import { setDocumentSettings } from '../../lib/openapi/settings.js'
import { createApp, documentOf, info, resolved, type Document, type Json } from './documents.js'

t.before(loadParser)

const rateLimitHeaders: readonly DocumentedHeader[] = [
  { name: 'RateLimit', description: 'What is left.', schema: { type: 'string' }, example: '"general";r=99;t=60' },
  { name: 'RateLimit-Policy', description: 'The limit.', schema: { type: 'string' }, example: '"general";q=100;w=60' }
]

/** Returns a document whose routes are limited, except `/free`. Other origins may read the routes below `/shared`. */
async function limitedDocument (isOurs: boolean): Promise<Document> {
  const app = Fastify()
  const options = { openapi: { openapi: '3.1.0', info } }
  await app.register(swagger, isOurs ? swaggerOptions(options) : options)
  const routeErrors = createRouteErrors({
    app,
    errors: standardErrors,
    hasRateLimitHeaders: true,
    rules: resolveRules({}, standardErrors),
    getPolicies: ({ url }) => url === '/free/:id' ? [] : ['general'],
    getLimitErrors: () => [],
    handlesErrors: () => true
  })
  setDocumentSettings(routeErrors, { errors: standardErrors, formats: [formats.code], textFormats: [], docUrl: () => undefined, rateLimitHeaders, retryHeaders: true, requestIdOnAll: false, requestIdHeader: 'X-Request-Id', languages: [], addSchemas: false, componentPrefix: '', matchesDeclared: () => undefined, examples: { errors: standardErrors, getLimitExample: () => undefined, getChallenge: () => 'Bearer', getAcceptedMediaTypes: () => ['application/json'] } })
  app.addHook('onRoute', function (route) { routeErrors.addRoute(route, this) })
  app.get('/limited/:id', async () => '')
  app.get('/free/:id', async () => '')
  await app.register(async scope => {
    await scope.register(cors)
    scope.get('/shared/:id', async () => '')
  })
  await app.ready()
  routeErrors.setReady()
  const document = documentOf(app)
  await app.close()
  return document
}

const headersOf = (document: Document, path: string, status: string): string[] =>
  Object.keys((resolved(document.paths[path]?.get?.responses[status], document) as { headers?: Json }).headers ?? {}).sort()

for (const isOurs of [true, false]) {
  t.test(`the rate limit fields are on the responses of limited routes, ${isOurs ? 'with' : 'without'} swaggerOptions()`, async t => {
    const document = await limitedDocument(isOurs)
    const always = ['Cache-Control', 'X-Request-Id', 'X-Should-Retry']
    const fields = ['RateLimit', 'RateLimit-Policy']
    t.strictSame(headersOf(document, '/limited/{id}', '200'), fields)
    t.strictSame(headersOf(document, '/limited/{id}', '404'), [...always, ...fields].sort())
    t.strictSame(headersOf(document, '/limited/{id}', '429'), [...always, ...fields, 'Retry-After', 'Retry-After-Ms'].sort())
    t.strictSame(headersOf(document, '/limited/{id}', '500'), [...always, ...fields].sort(), 'a request whose handler fails passed the limit')
    t.strictSame(headersOf(document, '/free/{id}', '200'), [])
    t.strictSame(headersOf(document, '/free/{id}', '404'), always)
    t.strictSame(headersOf(document, '/free/{id}', '500'), always)
    t.strictSame(headersOf(document, '/shared/{id}', '200'), ['Access-Control-Allow-Origin', ...fields])
    t.strictSame(headersOf(document, '/shared/{id}', '500'), ['Access-Control-Allow-Origin', ...always, ...fields].sort())
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
    const refs = ['/limited/{id}', '/free/{id}', '/shared/{id}'].map(path => document.paths[path]?.get?.responses['404']?.$ref)
    t.strictSame(refs, ['ResourceNotFound', 'ResourceNotFoundUnlimited', 'ResourceNotFoundCors'].map(name => `#/components/responses/${name}`))
    t.strictSame(document.components.headers?.RateLimit, {
      description: 'What is left.', schema: { type: 'string' }, example: '"general";r=99;t=60'
    }, 'they are not required, because a hook can respond before the limiter')
  })
}

t.test('fields of @fastify/rate-limit that are not described are omitted', async t => {
  t.strictSame(describeSuccessHeaders({ limited: false, pluginLimit: 'x-ratelimit', cors: false }, { rateLimitHeaders: [] }, undefined), [])
})

t.test('declared responses keep their headers, and headers of successful responses are not on errors', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ wiring, plugin: { requestId: 'all' } }, app => {
      app.get('/things/:id', { schema: { response: { 200: { type: 'object' }, 404: { description: 'Own.', type: 'object' } } } }, async () => '')
    })
    const document = documentOf(app)
    t.strictSame(headersOf(document, '/things/{id}', '200'), ['X-Request-Id'], wiring)
    t.strictSame(headersOf(document, '/things/{id}', '404'), [], wiring)
    await app.close()
  }
})

t.test('responses of an application with CORS document Access-Control-Allow-Origin', async t => {
  const app = await createApp({}, async app => {
    await app.register(cors)
    app.get('/shared', async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(document.paths['/shared']?.get?.responses['500'], { $ref: '#/components/responses/InternalError' }, 'common headers have no special name')
  t.strictSame(headersOf(document, '/shared', '500'), ['Access-Control-Allow-Origin', 'Cache-Control', 'X-Request-Id', 'X-Should-Retry'])
})

t.test('with retryHeaders: false, no response has the headers of the retry advice', async t => {
  for (const retryHeaders of [true, false]) {
    const app = await createApp({ plugin: { retryHeaders } }, app => { app.get('/', { config: { errors: ['rate_limit_exceeded'] } }, async () => '') })
    const document = documentOf(app)
    const advice = retryHeaders ? ['X-Should-Retry'] : []
    t.strictSame(headersOf(document, '/', '500'), ['Cache-Control', 'X-Request-Id', ...advice])
    t.strictSame(headersOf(document, '/', '429'), ['Cache-Control', 'Retry-After', ...retryHeaders ? ['Retry-After-Ms'] : [], 'X-Request-Id', ...advice])
    const components = Object.entries(document.components.headers ?? {}).filter(([name]) => name.startsWith('X-Should-Retry')).map(([, header]) => header)
    t.strictSame(components, retryHeaders
      ? [{ description: 'Whether the same request may be sent again.', required: true, schema: { type: 'string', enum: ['true', 'false'] }, example: 'true' }]
      : [])
    await app.close()
  }
})

t.test('a header that only some codes of a status have is not required', async t => {
  const app = await createApp({}, app => {
    app.get('/some', { config: { errors: ['forbidden', 'insufficient_scope'] } }, async () => '')
    app.get('/all', { config: { errors: ['insufficient_scope', 'method_not_allowed', 'rate_limit_exceeded', 'service_unavailable', 'unauthorized', 'unsupported_media_type'] } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const required = (path: string, status: string, name: string) =>
    (resolved(document.paths[path]?.get?.responses[status], document) as { headers: Record<string, { required?: boolean }> }).headers[name]?.required
  t.equal(required('/some', '403', 'WWW-Authenticate'), undefined)
  t.equal(required('/all', '403', 'WWW-Authenticate'), true)
  t.equal(required('/all', '401', 'WWW-Authenticate'), true)
  t.equal(required('/all', '405', 'Allow'), true)
  t.equal(required('/all', '415', 'Accept'), true)
  t.equal(required('/all', '429', 'Retry-After'), true)
  t.equal(required('/all', '503', 'Retry-After'), true)
  t.equal(required('/all', '500', 'Retry-After'), undefined)
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('a 415 for PATCH documents Accept-Patch, and a 415 for QUERY documents Accept-Query', async t => {
  const app = await createApp({ openapi: { openapi: '3.2.0' } }, app => {
    app.addHttpMethod('QUERY', { hasBody: true })
    for (const method of ['POST', 'PATCH', 'QUERY']) app.route({ method: method as 'POST', url: '/things', schema: { body: { type: 'object' } }, handler: async () => '' })
    app.patch('/own', { schema: { response: { 415: { description: 'Own.', type: 'string' } } }, config: { errors: ['unsupported_media_type'] } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const headersWith = (path: string, method: string): Json =>
    (resolved(document.paths[path]?.[method]?.responses['415'], document) as { headers: Json }).headers
  const always = ['X-Request-Id', 'Cache-Control', 'Accept', 'X-Should-Retry']
  t.strictSame(Object.keys(headersWith('/things', 'post')).sort(), always.sort())
  t.strictSame(Object.keys(headersWith('/things', 'patch')).sort(), [...always, 'Accept-Patch'].sort())
  t.strictSame(Object.keys(headersWith('/things', 'query')).sort(), [...always, 'Accept-Query'].sort())
  t.strictSame(headersWith('/things', 'patch')['Accept-Patch'], {
    description: 'The media types that this endpoint accepts with PATCH (RFC 5789, section 3.1).',
    required: true,
    schema: { type: 'string', pattern: '^([!-~]+/[ -~]+)?$' },
    example: 'application/json, text/plain'
  })
  t.ok('Accept-Patch' in headersWith('/own', 'patch'), 'also if the route declares the status')
  const references = ['post', 'patch', 'query'].map(method => document.paths['/things']?.[method]?.responses['415']?.$ref)
  t.strictSame(references, ['UnsupportedMediaType', 'UnsupportedMediaTypePatch', 'UnsupportedMediaTypeQuery'].map(name => `#/components/responses/${name}`))
  const others = ['post', 'patch', 'query'].map(method => document.paths['/things']?.[method]?.responses['400'])
  t.strictSame(new Set(others.map(response => JSON.stringify(response))).size, 1, 'other statuses share a response')
})

t.test('a 426 documents Upgrade, and a 416 documents an optional Content-Range', async t => {
  const app = await createApp({}, app => {
    app.get('/', { config: { errors: ['upgrade_required', 'range_not_satisfiable'] } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(headersOf(document, '/', '426'), ['Cache-Control', 'Upgrade', 'X-Request-Id', 'X-Should-Retry'])
  t.strictSame(headersOf(document, '/', '416'), ['Cache-Control', 'Content-Range', 'X-Request-Id', 'X-Should-Retry'])
  const { Upgrade: upgrade, ...headers } = document.components.headers as Readonly<Record<string, Json>>
  t.strictSame(upgrade, {
    description: 'The protocols that the server requires (RFC 9110, section 7.8).',
    required: true,
    schema: { type: 'string', pattern: '^[!-~]+( *, *[!-~]+)*$' },
    example: 'websocket'
  })
  t.notOk('Content-Range' in headers, 'a header that can be absent is written in full')
  const range = resolved(document.paths['/']?.get?.responses['416'], document) as { headers: Json }
  t.strictSame(range.headers['Content-Range'], {
    description: 'The length of the resource, if the endpoint knows it (RFC 9110, section 14.4).',
    schema: { type: 'string', pattern: '^bytes [*]/[0-9]+$' },
    example: 'bytes */1000'
  })
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('methods that OpenAPI 3.1 does not support are documented in 3.2', async t => {
  const app = await createApp({ openapi: { openapi: '3.2.0' } }, app => {
    app.addHttpMethod('LOCK')
    app.route({ method: 'LOCK' as 'GET', url: '/things/:id', handler: async () => '' })
  })
  t.teardown(() => app.close())
  const lock = (documentOf(app).paths['/things/{id}'] as unknown as { additionalOperations: { LOCK: { responses: object } } }).additionalOperations.LOCK
  t.strictSame(Object.keys(lock.responses), ['200', '404', '500'])
  t.notOk('x-fastify-api-errors' in lock)
})
