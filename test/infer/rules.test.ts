/**
 * Forty routes whose possible errors are known. The document must list exactly these errors: none missing (recall),
 * and none that cannot occur (precision). `explain` must give the reason for each.
 */
import t from 'tap'
import cors from '@fastify/cors'
import proxy from '@fastify/http-proxy'
import rateLimit from '@fastify/rate-limit'
import swagger, { formatParamUrl } from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions, type RouteOptions } from 'fastify'
import apiErrors, { declareErrors, defineErrors, responses, serverOptions, standardErrors, swaggerOptions } from 'fastify-api-errors'

const errors = defineErrors(standardErrors, {
  already_in_queue: {
    status: 409,
    type: 'conflict_error',
    message: 'You are already in this queue.',
    description: 'The user joined this queue before.',
    action: 'Read the existing entry.'
  },
  queue_closed: {
    status: 409,
    type: 'conflict_error',
    message: 'The queue is closed.',
    description: 'The queue takes no more entries.',
    action: 'Choose another queue.'
  }
})

/** The errors of every handler, and the additional errors of every method with a body. */
const any = { handler: ['500 internal_error'] }
const body = { ...any, body: ['400 invalid_request', '413 payload_too_large', '415 unsupported_media_type'] }
const handler = async (): Promise<string> => 'ok'
const name = Type.Object({ name: Type.String() })

/** Hooks that declare their errors. */
const requireUser = async (): Promise<void> => {}
declareErrors(requireUser, [errors.invalid_token, errors.token_expired])
const requireAdmin = async (): Promise<void> => {}
declareErrors(requireAdmin, ['forbidden'])

type Case = Omit<RouteOptions, 'handler'> & { readonly expect: Readonly<Record<string, readonly string[]>> }

/** Routes at the root of the application. */
const cases: readonly Case[] = [
  { method: 'GET', url: '/plain', expect: any },
  { method: 'POST', url: '/post', expect: body },
  { method: 'DELETE', url: '/delete', expect: body },
  { method: 'OPTIONS', url: '/options', expect: body },
  { method: 'GET', url: '/things/:id', expect: { ...any, resource: ['404 resource_not_found'] } },
  { method: 'GET', url: '/files/*', expect: any },
  { method: 'GET', url: '/v1/things::batch', expect: any },
  { method: 'GET', url: '/regex/:id(^\\d+$)', expect: { ...any, resource: ['404 resource_not_found'] } },
  {
    // The path of a request to this route has the parameter, and it is a string, so nothing can fail.
    method: 'GET',
    url: '/text/:id',
    schema: { params: Type.Object({ id: Type.String() }) },
    expect: { ...any, parameterLength: ['414 uri_too_long'], percentEncoding: ['400 invalid_request'], resource: ['404 resource_not_found'] }
  },
  {
    method: 'GET',
    url: '/number/:id',
    schema: { params: Type.Object({ id: Type.Integer() }) },
    expect: { ...any, parameterLength: ['414 uri_too_long'], percentEncoding: ['400 invalid_request'], resource: ['404 resource_not_found'], parameters: ['400 invalid_parameter'] }
  },
  {
    method: 'GET',
    url: '/list',
    schema: { querystring: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 100 })) }) },
    expect: { ...any, parameters: ['400 invalid_parameter'] }
  },
  {
    // A single value is converted to a list, and unknown fields are removed.
    method: 'GET',
    url: '/tags',
    schema: { querystring: Type.Object({ tag: Type.Optional(Type.Array(Type.String())) }, { additionalProperties: false }) },
    expect: any
  },
  {
    method: 'GET',
    url: '/header',
    schema: { headers: Type.Object({ 'x-tenant': Type.String() }) },
    expect: { ...any, headers: ['400 invalid_request'] }
  },
  { method: 'GET', url: '/header/optional', schema: { headers: Type.Object({ 'x-tenant': Type.Optional(Type.String()) }) }, expect: any },
  {
    method: 'POST',
    url: '/required',
    schema: { body: name },
    expect: { ...body, bodySchema: ['422 missing_required_field', '422 validation_error'] }
  },
  {
    method: 'PATCH',
    url: '/optional',
    schema: { body: Type.Partial(name) },
    expect: { ...body, bodySchema: ['422 validation_error'] }
  },
  {
    method: 'POST',
    url: '/default',
    schema: { body: Type.Object({ size: Type.String({ default: 'small' }) }) },
    expect: { ...body, bodySchema: ['422 validation_error'] }
  },
  { method: 'POST', url: '/anything', schema: { body: Type.Any() }, expect: body },
  { method: 'POST', url: '/only-required', schema: { body: { required: ['name'] } }, expect: { ...body, bodySchema: ['422 missing_required_field'] } },
  {
    method: 'PUT',
    url: '/media',
    schema: { body: { content: { 'application/json': { schema: name } } } },
    expect: { ...body, bodySchema: ['422 missing_required_field', '422 validation_error'] }
  },
  {
    method: 'POST',
    url: '/shared',
    schema: { body: { $ref: 'Shared#' } },
    expect: { ...body, bodySchema: ['422 missing_required_field', '422 validation_error'] }
  },
  {
    method: 'POST',
    url: '/attached/:id',
    attachValidation: true,
    schema: { body: name, params: Type.Object({ id: Type.Integer() }), querystring: name, headers: name },
    expect: { ...body, parameterLength: ['414 uri_too_long'], percentEncoding: ['400 invalid_request'], resource: ['404 resource_not_found'] }
  },
  { method: 'GET', url: '/named', config: { errors: [errors.already_in_queue, 'resource_gone'] }, expect: { ...any, config: ['409 already_in_queue', '410 resource_gone'] } },
  { method: 'GET', url: '/responses', schema: { response: responses(errors.queue_closed) }, expect: { ...any, responses: ['409 queue_closed'] } },
  { method: 'GET', url: '/hook', onRequest: requireUser, expect: { ...any, declared: ['401 invalid_token', '401 token_expired'] } },
  {
    method: 'GET',
    url: '/hooks',
    onRequest: [requireUser],
    preHandler: [requireAdmin],
    expect: { ...any, declared: ['401 invalid_token', '401 token_expired', '403 forbidden'] }
  },
  { method: 'GET', url: '/secured', schema: { security: [{ bearer: [] }] }, expect: { ...any, security: ['401 unauthorized', '403 forbidden'] } },
  {
    // The hook declares the errors of the requirement.
    method: 'GET',
    url: '/secured/hook',
    schema: { security: [{ bearer: [] }] },
    onRequest: requireUser,
    expect: { ...any, declared: ['401 invalid_token', '401 token_expired'] }
  },
  { method: 'GET', url: '/public', schema: { security: [] }, expect: any },
  { method: 'GET', url: '/limited', config: { rateLimitPolicy: 'general' }, expect: { ...any, rateLimit: ['429 rate_limit_exceeded'] } },
  { method: 'GET', url: '/limited/own', config: { rateLimit: { max: 5, timeWindow: 1000 } }, expect: { ...any, rateLimit: ['429 rate_limit_exceeded'] } },
  { method: 'GET', url: '/timed', handlerTimeout: 1000, expect: { ...any, timeout: ['503 service_unavailable'] } },
  {
    method: 'POST',
    url: '/everything/:id',
    handlerTimeout: 1000,
    onRequest: requireUser,
    schema: { params: Type.Object({ id: Type.Integer() }), body: name, headers: name, security: [{ bearer: [] }] },
    config: { errors: [errors.queue_closed], rateLimitPolicy: 'general' },
    expect: {
      ...body,
      bodySchema: ['422 missing_required_field', '422 validation_error'],
      parameters: ['400 invalid_parameter'],
      headers: ['400 invalid_request'],
      parameterLength: ['414 uri_too_long'],
      percentEncoding: ['400 invalid_request'],
      resource: ['404 resource_not_found'],
      rateLimit: ['429 rate_limit_exceeded'],
      timeout: ['503 service_unavailable'],
      declared: ['401 invalid_token', '401 token_expired'],
      config: ['409 queue_closed']
    }
  },
  { method: 'GET', url: '/out', config: { errors: false }, expect: {} },
  { method: 'GET', url: '/handled', errorHandler: (_error, _request, reply) => { reply.code(500).send('own') }, expect: {} }
]

/** Routes in scopes. */
const scoped: ReadonlyArray<readonly [title: string, prepare: (scope: FastifyInstance) => unknown, route: Case]> = [
  ['a scope that declares errors', scope => declareErrors(scope, [errors.missing_api_key]),
    { method: 'GET', url: '/scope', expect: { ...any, declared: ['401 missing_api_key'] } }],
  ['a scope with a hook that declares errors', scope => scope.addHook('preHandler', requireAdmin),
    { method: 'GET', url: '/scope/hook', expect: { ...any, declared: ['403 forbidden'] } }],
  ['a scope with its own error handler', scope => scope.setErrorHandler((_error, _request, reply) => { reply.code(500).send('own') }),
    { method: 'GET', url: '/scope/handled', expect: {} }],
  ['a scope under pressure', scope => scope.register(underPressure, { maxEventLoopDelay: 1000 }),
    { method: 'GET', url: '/scope/pressure', expect: { ...any, pressure: ['503 service_unavailable'] } }]
]

/** Parses no body, and passes it on unchanged. */
const proxied = { ...any, body: ['415 unsupported_media_type'], proxy: ['417 expectation_failed', '502 bad_gateway', '504 gateway_timeout'] }

interface Operation {
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>
}

interface Response {
  readonly content: Readonly<Record<string, { readonly schema: unknown }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly responses: Readonly<Record<string, Response>>, readonly schemas: Readonly<Record<string, unknown>> }
}

/** Returns every code that a schema allows, with its references resolved. */
function codesOf (schema: unknown, document: Document): string[] {
  const { $ref, oneOf, allOf, properties } = schema as {
    $ref?: string, oneOf?: unknown[], allOf?: unknown[], properties?: { code?: { enum?: string[] } }
  }
  if ($ref !== undefined) return codesOf(document.components.schemas[$ref.replace('#/components/schemas/', '')], document)
  return [...(oneOf ?? allOf ?? []).flatMap(member => codesOf(member, document)), ...properties?.code?.enum ?? []]
}

/** Returns the pairs of status and code that an operation documents. */
function documented (document: Document, path: string, method: string): string[] {
  const { responses } = document.paths[path]?.[method.toLowerCase()] as Operation
  return Object.entries(responses).flatMap(([status, { $ref }]) => {
    if ($ref === undefined) return []
    const response = document.components.responses[$ref.replace('#/components/responses/', '')]
    return Object.values(response?.content ?? {}).flatMap(({ schema }) => codesOf(schema, document)).map(code => `${status} ${code}`)
  }).sort()
}

t.test('the document lists exactly the errors of forty routes', async t => {
  const app = Fastify(serverOptions({ ajv: { customOptions: { strictTypes: false } } }))
  t.teardown(() => app.close())
  await app.register(swagger, swaggerOptions({
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Facts', version: '1.0.0' },
      components: { securitySchemes: { bearer: { type: 'http' as const, scheme: 'bearer' } } }
    }
  }))
  await app.register(rateLimit, { global: false })
  await app.register(apiErrors, { errors, rateLimit: { policies: { general: { max: 100, timeWindow: '1 minute' } } } })
  await app.register(cors)
  app.addSchema({ $id: 'Shared', type: 'object', properties: { name: { type: 'string' } }, required: ['name'] })
  const expected = new Map<string, Case['expect']>()
  for (const { expect, ...route } of cases) {
    app.route({ ...route, handler })
    expected.set(`${String(route.method)} ${route.url}`, expect)
  }
  for (const [, prepare, { expect, ...route }] of scoped) {
    app.register(async scope => {
      await prepare(scope)
      scope.route({ ...route, handler })
    })
    expected.set(`${String(route.method)} ${route.url}`, expect)
  }
  await app.register(proxy, { upstream: 'http://127.0.0.1:1', prefix: '/proxy', httpMethods: ['POST'] })
  expected.set('POST /proxy/*', proxied)
  await app.ready()
  const document = app.swagger() as unknown as Document

  t.equal(expected.size, 40)
  for (const [route, facts] of expected) {
    const [method, url] = route.split(' ') as [string, string]
    const path = formatParamUrl(url)
    t.strictSame(documented(document, path, method), [...new Set(Object.values(facts).flat())].sort(), `${route}: the document`)
    const explained = app.apiErrors.explain(method, url).map(({ rule, status, code }) => `${rule}: ${status} ${code}`).sort()
    t.strictSame(explained, Object.entries(facts).flatMap(([rule, some]) => some.map(error => `${rule}: ${error}`)).sort(), `${route}: the reasons`)
  }
})

t.test('a path with a parameter documents 414 with the maximum length, unless its handler cannot read the parameter', async t => {
  const codes = async (options: FastifyServerOptions): Promise<string[]> => {
    const app = Fastify(options)
    t.teardown(() => app.close())
    await app.register(apiErrors)
    const schema = { params: { type: 'object', properties: { id: { type: 'string' } } } }
    app.get('/things/:id', { schema }, async () => '')
    app.get('/others/:id', async () => '')
    app.get('/things', { schema }, async request => request.id)
    await app.ready()
    return ['/things/:id', '/others/:id', '/things'].flatMap(url => app.apiErrors.explain('GET', url)).filter(({ rule }) => rule === 'parameterLength').map(({ status, code, reason }) => `${status} ${code}: ${reason}`)
  }
  const long = ['414 uri_too_long: A path parameter can be longer than 8 characters.']
  t.strictSame(await codes(serverOptions({ routerOptions: { maxParamLength: 8 } })), long)
  t.strictSame(await codes(serverOptions({ maxParamLength: 8 })), long, 'the option under its older name')
  t.strictSame(await codes(serverOptions()), ['414 uri_too_long: A path parameter can be longer than 100 characters.'], 'the default')
  t.strictSame(await codes({ routerOptions: { maxParamLength: 8 } }), [], 'without serverOptions(), Fastify responds')
})

t.test('a path with a parameter documents 400, and the response to malformed percent-encoding is a 400', async t => {
  const codes = async (options: FastifyServerOptions): Promise<string[]> => {
    const app = Fastify(options)
    t.teardown(() => app.close())
    await app.register(apiErrors)
    app.get<{ Params: { id: string } }>('/things/:id', async request => request.params.id)
    app.get('/others/:id', async () => '')
    app.get('/things', async request => request.id)
    for (const path of ['%zz', '100%', '%C3%28']) t.match(await app.inject(`/things/${path}`), { statusCode: 400 })
    return ['/things/:id', '/others/:id', '/things'].flatMap(url => app.apiErrors.explain('GET', url)).filter(({ status }) => status === 400).map(({ rule, code, reason }) => `${rule} ${code}: ${reason}`)
  }
  t.strictSame(await codes(serverOptions()), ['percentEncoding invalid_request: A path parameter can have malformed percent-encoding.'])
  t.strictSame(await codes({}), [], 'without serverOptions(), Fastify responds')
})

t.test('a handler that takes the request documents 414, and the response to a long parameter is a 414', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.get<{ Params: { id: string } }>('/things/:id', async request => request.params.id)
  t.match(await app.inject(`/things/${'a'.repeat(101)}`), { statusCode: 414 })
  t.ok(app.apiErrors.explain('GET', '/things/:id').some(({ status }) => status === 414))
})

t.test('before Fastify 5.12, a parameter that is too long results in the 404 of an unknown path', async t => {
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  const symbol = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.options') as symbol
  const options = (app as unknown as Record<symbol, { routerOptions: object }>)[symbol] as { routerOptions: object }
  options.routerOptions = { ...options.routerOptions, onMaxParamLength: undefined }
  await app.register(apiErrors)
  app.get('/things/:id', async () => '')
  app.get('/choices/:id', { schema: { params: { type: 'object', properties: { id: { enum: ['a'] } } } } }, async () => '')
  app.get('/gone', { config: { errors: ['resource_not_found'] } }, async () => '')
  await app.ready()
  const explain = (url: string): string[] => app.apiErrors.explain('GET', url).filter(({ status }) => status === 404 || status === 414).map(({ rule, code }) => `${rule} ${code}`)
  t.strictSame(explain('/things/:id'), ['resource resource_not_found', 'longParameter route_not_found'])
  t.strictSame(explain('/choices/:id'), [], 'a route without a 404')
  t.strictSame(explain('/gone'), ['config resource_not_found'], 'a path without a parameter')
})

t.test('if the possible failures of a body are unknown, all codes are listed', async t => {
  const Elsewhere = { $id: 'Elsewhere', type: 'object', required: ['name'] }
  const app = Fastify(serverOptions({ ajv: { customOptions: { schemas: [Elsewhere] } } }))
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.post('/elsewhere', { schema: { body: { $ref: 'Elsewhere#' } } }, handler)
  app.post('/either', { schema: { body: { content: { 'application/json': { schema: { $ref: 'Elsewhere#' } }, 'text/plain': { schema: { type: 'string' } } } } } }, handler)
  app.post('/both', { schema: { body: { content: { 'application/json': { schema: { type: 'object' } }, 'text/plain': { schema: { minLength: 1 } } } } } }, handler)
  app.post('/early', { schema: { body: Type.Object({ name: Type.Optional(Type.String()) }) } }, handler)
  const errorsOf = (url: string) => app.apiErrors.explain('POST', url).filter(({ rule }) => rule === 'bodySchema').map(({ status: _status, rule: _rule, ...error }) => error)
  const anything = [
    { code: 'validation_error', reason: 'The body is validated.' },
    { code: 'missing_required_field', reason: 'The body is validated.', issues: ['required'] }
  ]
  t.strictSame(errorsOf('/early'), anything, 'before the application is ready')
  await app.ready()
  t.strictSame(errorsOf('/early'), [{ code: 'validation_error', reason: 'The body can fail its schema: type.', issues: ['type'] }])
  t.strictSame(errorsOf('/elsewhere'), anything, 'a schema that only the validator has')
  t.strictSame(errorsOf('/both'), [{ code: 'validation_error', reason: 'The body can fail its schema: min_length, type.', issues: ['min_length', 'type'] }])
  t.strictSame(errorsOf('/either'), anything, 'the same for one of two media types')
})

t.test('a path parameter identifies a resource unless the route shows otherwise', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  const list = Type.Array(Type.String())
  const named: ReadonlyArray<readonly [title: string, namesResource: boolean, route: Omit<RouteOptions, 'handler'>]> = [
    ['a choice', false, { method: 'GET', url: '/sizes/:size', schema: { params: { type: 'object', properties: { size: { enum: ['small', 'large'] } } } } }],
    ['one value', false, { method: 'GET', url: '/kinds/:kind', schema: { params: { type: 'object', properties: { kind: { const: 'a' } } } } }],
    ['a choice of TypeBox', false, { method: 'GET', url: '/colours/:colour', schema: { params: Type.Object({ colour: Type.Union([Type.Literal('red'), Type.Literal('blue')]) }) } }],
    ['a choice and an id', true, { method: 'GET', url: '/shops/:size/:id', schema: { params: { type: 'object', properties: { size: { enum: ['small'] }, id: { type: 'string' } } } } }],
    ['a PUT that creates', false, { method: 'PUT', url: '/upserts/:id', schema: { response: { 200: Type.String(), 201: Type.String() } } }],
    ['a PUT that changes', true, { method: 'PUT', url: '/changes/:id', schema: { response: { 200: Type.String() } } }],
    ['a list', false, { method: 'GET', url: '/users/:id/logs', schema: { response: { 200: list } } }],
    ['a list of any success', false, { method: 'GET', url: '/users/:id/visits', schema: { response: { '2xx': list } } }],
    ['an object around a list', false, { method: 'GET', url: '/users/:id/orders', schema: { response: { 200: Type.Object({ data: list, total: Type.Integer() }) } } }],
    ['an object of one list', false, { method: 'GET', url: '/users/:id/comments', schema: { response: { 200: Type.Object({ comments: list }) } } }],
    ['an object that has a list', true, { method: 'GET', url: '/users/:id', schema: { response: { 200: Type.Object({ name: Type.String(), tags: list }) } } }],
    ['an object without properties', true, { method: 'GET', url: '/things/:id', schema: { response: { 200: { type: 'object' } } } }],
    ['a list after a POST', true, { method: 'POST', url: '/users/:id/orders', schema: { response: { 200: list } } }],
    ['a literal colon', false, { method: 'GET', url: '/users::batch' }]
  ]
  for (const [, , route] of named) app.route({ ...route, handler })
  await app.ready()
  for (const [title, namesResource, { method, url }] of named) {
    t.equal(app.apiErrors.explain(String(method), url).some(({ rule }) => rule === 'resource'), namesResource, title)
  }
})

t.test('declared security adds 401 and 403 only if nothing else documents them', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(apiErrors)
  const check = async (): Promise<void> => { throw errors.unauthorized() }
  const bearer = [{ bearer: [] }]
  app.get('/config', { schema: { security: bearer } as object, config: { errors: ['invalid_token'] } }, handler)
  app.get('/hook', { schema: { security: bearer } as object, onRequest: check }, handler)
  app.get('/optional', { schema: { security: [{}, ...bearer] } as object }, handler)
  app.get('/none', { schema: { security: [] } as object }, handler)
  await app.ready()
  const codes = (url: string): string[] => app.apiErrors.explain('GET', url).filter(({ status }) => status < 500).map(({ rule, code }) => `${rule}: ${code}`)
  t.strictSame(codes('/config'), ['config: invalid_token', 'security: forbidden'], 'a 401 says nothing about permissions')
  t.strictSame(codes('/hook'), ['hooks: unauthorized'], 'the code of a hook shows all its errors')
  t.strictSame(codes('/optional'), [])
  t.strictSame(codes('/none'), [])
})

t.test('declared security adds no 403 if the source of the hooks shows a 401', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const routes = { 'GET /hook': [{ status: 401, code: null, at: 'src/auth.ts:7' }], 'GET /other': [{ status: 409, code: 'resource_conflict', at: 'src/app.ts:9' }] }
  await app.register(apiErrors, { inferred: { version: 1, routes } })
  for (const url of ['/hook', '/other']) app.get(url, { schema: { security: [{ bearer: [] }] } as object }, handler)
  await app.ready()
  const codes = (url: string): string[] => app.apiErrors.explain('GET', url).filter(({ status }) => status < 500).map(({ rule, code }) => `${rule}: ${code}`)
  t.strictSame(codes('/hook'), ['source: unauthorized'])
  t.strictSame(codes('/other'), ['source: resource_conflict', 'security: unauthorized', 'security: forbidden'])
})
