/** The examples of routes: each equals the response to the request that the same module creates. */
import swagger from '@fastify/swagger'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import t from 'tap'
import { z } from 'zod'
import apiErrors, { defineErrors, formats, serverOptions, standardErrors, swaggerOptions, type ApiErrorsOptions, type Issue } from 'fastify-api-errors'
import { apiKey, guessLimit } from 'fastify-api-errors/api-key'
import { getInferences } from '../../lib/infer/inferences.js'
import { createBodyExample } from '../../lib/openapi/bodies.js'
import { getDocumentSettings } from '../../lib/openapi/settings.js'
import { createFailingRequest } from '../../lib/samples/failing-request.js'
import { createOccurrence } from '../../lib/samples/response-examples.js'
import type { Occurrence } from '../../lib/infer/declared/declared-examples.js'
import type { ErrorDefinition } from '../../lib/catalog/definition.js'
import { documentOf, resolved } from '../openapi/documents.js'

type Json = Record<string, unknown>

interface Build {
  readonly server?: FastifyServerOptions
  readonly plugin?: ApiErrorsOptions
  readonly openapi?: string
}

async function build (routes: (app: FastifyInstance) => void, { server = serverOptions(), plugin = {}, openapi = '3.1.0' }: Build = {}): Promise<FastifyInstance> {
  const app = Fastify(server)
  await app.register(swagger, swaggerOptions({ openapi: { openapi, info: { title: 'Test', version: '1.0.0' } } }))
  await app.register(apiErrors, plugin)
  routes(app)
  await app.ready()
  return app
}

/** The example of an error of a route, and the body of the response to the request of this example. */
interface Comparison {
  readonly name: string
  readonly occurrence: Occurrence
  readonly example: unknown
  readonly sent: unknown
}

const codes = ['invalid_request', 'invalid_parameter', 'validation_error', 'missing_required_field', 'rate_limit_exceeded', 'uri_too_long', 'insufficient_scope']

const withoutIds = (body: unknown): unknown => JSON.parse(JSON.stringify(body, (name, value: unknown) => name === 'request_id' || name === 'requestId' || name === 'instance' ? 'an id' : value))

async function compare (app: FastifyInstance): Promise<Comparison[]> {
  const found: Comparison[] = []
  for (const { routeErrors } of getInferences(app)) {
    const { formats: [format], docUrl, examples } = getDocumentSettings(routeErrors)
    for (const record of routeErrors.routes) {
      for (const method of record.methods.filter(method => method !== 'HEAD')) {
        for (const { definitions, issues } of routeErrors.listStatuses(record, method)) {
          for (const definition of definitions) {
            const { code, status } = definition
            const route = { record, method, targets: routeErrors.getTargets(record), findMessage: (name: string) => routeErrors.findMessage(record, method, name) }
            const sampleRoute = { method, record, codes: new Set([code]), limit: undefined }
            const occurrence = createOccurrence(definition, route, examples, issues.get(code))
            const failing = codes.includes(code) ? createFailingRequest({ code, status }, [sampleRoute], [sampleRoute], examples) : undefined
            if (failing === undefined) continue
            const { path, headers, body } = failing.request
            const response = await app.inject({ method: method as 'GET', url: path, headers, ...(body !== undefined && { payload: body }) })
            found.push({ name: `${method} ${record.url} ${code}`, occurrence, example: withoutIds(createBodyExample(definition, format, docUrl, occurrence).value), sent: withoutIds(response.json()) })
          }
        }
      }
    }
  }
  return found
}

const handler = async (): Promise<string> => 'ok'

function addRoutes (app: FastifyInstance): void {
  app.addSchema({ $id: 'Zip', type: 'string', minLength: 5 })
  app.get('/users/:id', { schema: { params: Type.Object({ id: Type.Integer({ minimum: 1 }) }) } }, async request => String(request.params))
  app.get('/users', { schema: { querystring: Type.Object({ limit: Type.Optional(Type.Integer({ maximum: 100 })), q: Type.Optional(Type.String({ minLength: 3 })) }) } }, handler)
  app.get('/days/:day', { schema: { params: Type.Object({ day: Type.String({ pattern: '^[0-9]+$' }) }), querystring: Type.Object({ zone: Type.String() }) } }, async request => String(request.params))
  app.get('/me', { schema: { headers: Type.Object({ 'x-device': Type.String({ minLength: 3 }) }) } }, handler)
  app.get('/tenant', { schema: { headers: Type.Object({ 'x-tenant': Type.String() }) } }, handler)
  app.post('/users', { schema: { body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 80 }), email: Type.String({ format: 'email' }) }) } }, handler)
  app.post('/union', { schema: { body: Type.Object({ size: Type.Union([Type.Literal('small'), Type.Literal('large')]) }) } }, handler)
  app.post('/nested', { schema: { body: Type.Object({ items: Type.Array(Type.Object({ price: Type.Number({ minimum: 0 }) }), { minItems: 1 }) }) } }, handler)
  app.post('/typed', { schema: { body: { content: { 'text/plain': { schema: { type: 'string' } }, 'application/json': { schema: Type.Object({ size: Type.Integer() }) } } } } }, handler)
  app.post('/free', async () => 'ok')
}

t.test('with Ajv, each example is the response to its request, in every format and version', async t => {
  for (const format of Object.values(formats)) {
    for (const openapi of ['3.0.3', '3.1.0']) {
      const app = await build(app => {
        addRoutes(app)
        app.post('/zip', { schema: { body: { type: 'object', properties: { zip: { $ref: 'Zip#' } }, required: ['zip'] } } }, handler)
      }, { plugin: { format }, openapi })
      const compared = await compare(app)
      t.ok(compared.length > 20)
      for (const { name, example, sent } of compared) t.strictSame(sent, example, `${format.name}: ${name}`)
      const document = documentOf(app)
      const response = resolved(document.paths['/users/{id}']?.get?.responses['400'], document) as { content: Record<string, { examples: Json }> }
      const [content] = Object.values(response.content)
      t.match(withoutIds(content?.examples.invalid_parameter), { value: compared.find(({ name }) => name === 'GET /users/:id invalid_parameter')?.example }, 'the document has the same example')
      await app.close()
    }
  }
})

t.test('with the default validator of Fastify, which stops at the first error', async t => {
  const app = await build(addRoutes, { server: {} })
  t.teardown(() => app.close())
  const compared = await compare(app)
  t.ok(compared.length > 15)
  for (const { name, example, sent } of compared) t.strictSame(sent, example, name)
})

t.test('with validationStatus 400, each example is the response to its request', async t => {
  const app = await build(addRoutes, { plugin: { validationStatus: 400 } })
  t.teardown(() => app.close())
  for (const { name, example, sent } of await compare(app)) t.strictSame(sent, example, name)
})

t.test('with the validator of TypeBox, each example is the response to its request', async t => {
  const app = await build(app => {
    app.setValidatorCompiler(TypeBoxValidatorCompiler)
    app.post('/users', { schema: { body: Type.Object({ name: Type.String({ minLength: 1 }), size: Type.Optional(Type.Integer()) }) } }, handler)
  })
  t.teardown(() => app.close())
  const compared = await compare(app)
  t.strictSame(compared.map(({ name }) => name), ['POST /users invalid_request', 'POST /users validation_error', 'POST /users missing_required_field'])
  for (const { name, example, sent } of compared) t.strictSame(sent, example, name)
})

t.test('with zod, each example is the response to its request', async t => {
  const app = await build(app => {
    app.setValidatorCompiler(validatorCompiler)
    app.setSerializerCompiler(serializerCompiler)
    app.get('/users/:id', { schema: { params: z.object({ id: z.uuid() }), querystring: z.object({ limit: z.coerce.number().min(1).max(100).optional() }) } }, handler)
    app.post('/users', {
      schema: {
        body: z.object({
          email: z.email(),
          name: z.string().min(3).max(80),
          size: z.enum(['small', 'large']),
          kind: z.literal('user'),
          age: z.number().int().multipleOf(2).nullable().default(2),
          tags: z.array(z.string().regex(/^a$/)).max(3).optional(),
          flag: z.boolean().optional(),
          either: z.union([z.string(), z.number()]).optional(),
          created: z.date().optional(),
          trimmed: z.string().transform(text => text.trim()).optional()
        })
      }
    }, handler)
  })
  t.teardown(() => app.close())
  const compared = await compare(app)
  t.strictSame(compared.map(({ name }) => name), ['GET /users/:id invalid_request', 'GET /users/:id invalid_parameter', 'GET /users/:id uri_too_long', 'POST /users invalid_request', 'POST /users validation_error', 'POST /users missing_required_field'])
  for (const { name, example, sent } of compared) t.strictSame(sent, example, name)
  t.match(compared.at(-2)?.occurrence, { issues: [{ in: 'body', field: 'email', code: 'email', message: 'must be an email address' }] })
})

/** Returns the examples of a route that differ from those of the definitions. */
function occurrencesOf (app: FastifyInstance, method: string, url: string): Record<string, Occurrence> {
  const [{ routeErrors }] = getInferences(app) as readonly [ReturnType<typeof getInferences>[number]]
  const [record] = routeErrors.findRoutes(method, url)
  if (record === undefined) throw new Error(`${url} is not registered`)
  const route = { record, method, targets: routeErrors.getTargets(record), findMessage: (code: string) => routeErrors.findMessage(record, method, code) }
  return Object.fromEntries(routeErrors.listStatuses(record, method).flatMap(({ definitions, issues }) => definitions.flatMap((definition: ErrorDefinition) => {
    const occurrence = createOccurrence(definition, route, getDocumentSettings(routeErrors).examples, issues.get(definition.code))
    return occurrence === definition.example ? [] : [[definition.code, occurrence]]
  })))
}

t.test('a malformed path is the example of a 400 only if the plugin responds to it', async t => {
  const invalidRequest = async (server: FastifyServerOptions): Promise<Occurrence | undefined> => {
    const app = await build(app => { app.get('/users/:id', { config: { errors: ['invalid_request'] } }, handler) }, { server })
    t.teardown(() => app.close())
    return occurrencesOf(app, 'GET', '/users/:id').invalid_request
  }
  t.strictSame(await invalidRequest(serverOptions()), { message: 'The request URL is invalid.' })
  t.equal(await invalidRequest({ frameworkErrors: () => {} }), undefined)
})

t.test('the data of a route: its limits, its scopes, its constraints and its messages', async t => {
  const errors = defineErrors(standardErrors, {
    taken: { status: 409, message: 'Taken.', example: { param: 'name', issues: [{ in: 'body', field: 'name', pointer: '/name', code: 'unique', message: 'is taken' }] } }
  })
  const guard = apiKey({ lookup: () => null, scopes: ['queues:write'], guessLimit: guessLimit({ max: 3, timeWindow: 60_000 }) })
  const ownHeader = apiKey({ lookup: () => null, header: 'x-api-key', scopes: ['a'] })
  const app = await build(app => {
    app.post('/queues', { onRequest: guard, schema: { body: Type.Object({ name: Type.String() }) }, config: { errors: ['resource_already_exists', errors.taken] } }, handler)
    app.post('/other', { onRequest: ownHeader, config: { errors: [errors.taken, 'resource_already_exists'], rateLimitPolicy: false } }, handler)
    app.post('/items', { schema: { body: Type.Object({ sku: Type.String() }) }, config: { errors: ['resource_already_exists', errors.taken], rateLimitPolicy: ['small', 'equal'] } }, handler)
    app.get('/plan', { config: { rateLimitPolicy: 'plan' } }, handler)
    app.get('/thrown/:id', async request => {
      if (String(request.params) === '') throw errors.resource_not_found({ message: 'No queue has this id.' })
      throw errors.resource_conflict()
    })
  }, {
    plugin: {
      errors,
      database: { constraints: { queues_name_key: { field: 'name', message: 'This name is taken.' }, queues_pkey: {} } },
      rateLimit: {
        policies: {
          general: { max: 100, timeWindow: '1 minute' }, small: { max: 2, timeWindow: 1000 }, equal: { max: 2, timeWindow: '10 seconds' }, plan: { max: () => 1, timeWindow: 1000 }
        },
        default: 'general'
      }
    }
  })
  t.teardown(() => app.close())
  t.match(occurrencesOf(app, 'POST', '/queues'), {
    insufficient_scope: { meta: { required: ['queues:write'], held: [] } },
    rate_limit_exceeded: { meta: { policy: 'general', limit: 100, window: 60, retry_after: 60 }, retryAfter: 60 },
    resource_already_exists: { message: 'This name is taken.', issues: [{ in: 'body', field: 'name', pointer: '/name', code: 'unique', message: 'is already in use' }] }
  })
  t.strictSame(occurrencesOf(app, 'POST', '/queues').taken, undefined, 'the body has the field of the example')
  const other = occurrencesOf(app, 'POST', '/other')
  t.strictSame(other.missing_api_key, { headers: { 'www-authenticate': 'ApiKey realm="api", header="x-api-key"' } })
  t.strictSame(other.invalid_api_key, { headers: { 'www-authenticate': 'ApiKey realm="api", header="x-api-key", error="invalid_token"' } })
  t.strictSame(other.resource_already_exists, { issues: [] }, 'without a body, no field of it can be named')
  t.strictSame(other.taken, undefined, 'a route without a schema keeps the example of the author')
  const items = occurrencesOf(app, 'POST', '/items')
  t.strictSame(items.rate_limit_exceeded, { meta: { policy: 'equal', policies: ['small', 'equal'], limit: 2, window: 10, retry_after: 10 }, retryAfter: 10 })
  t.strictSame(items.taken, { issues: [] }, 'the route has no such field')
  t.strictSame(occurrencesOf(app, 'GET', '/plan').rate_limit_exceeded, undefined, 'the limit depends on the client')
  t.match(occurrencesOf(app, 'GET', '/thrown/:id'), { resource_not_found: { message: 'No queue has this id.' } })
  t.strictSame(occurrencesOf(app, 'GET', '/thrown/:id').resource_conflict, undefined)
  const { paths, components } = documentOf(app)
  t.match(resolved(paths['/items']?.post?.responses['429'], { components }), {
    headers: {
      'RateLimit-Policy': { example: '"small";q=2;w=1, "equal";q=2;w=10' },
      RateLimit: { example: '"small";r=0;t=1, "equal";r=0;t=10' },
      'Retry-After': { example: 10 },
      'X-Should-Retry': { example: 'true' }
    }
  }, 'the headers of the response')
  t.match(resolved(paths['/other']?.post?.responses['403'], { components }), { headers: { 'WWW-Authenticate': { example: 'ApiKey realm="api", header="x-api-key", error="insufficient_scope", scope="a"' } } })
})

t.test('an example of the author has only issues of fields that the route has', async t => {
  const issueAt = (pointer: string): Issue => ({ in: 'body', field: pointer.slice(1), pointer, code: 'unique', message: 'is taken' })
  const errors = defineErrors(standardErrors, {
    taken: { status: 409, message: 'Taken.', example: { issues: ['/tags/0/name', '/tags/0/size', '/any/name', '/text/name'].map(issueAt) } }
  })
  const app = await build(app => {
    app.post('/lists', {
      schema: { body: { type: 'object', properties: { tags: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } }, any: true, text: { type: 'string' } } } },
      config: { errors: [errors.taken, 'resource_already_exists'] }
    }, handler)
  }, { plugin: { errors, database: { constraints: { lists_any_key: { field: 'any.name' }, lists_pkey: {} } } } })
  t.teardown(() => app.close())
  const { taken, resource_already_exists: exists } = occurrencesOf(app, 'POST', '/lists')
  t.strictSame(taken, { issues: [issueAt('/tags/0/name')] })
  t.strictSame(exists, { issues: [] })
})

t.test('an issue that is not possible is not in the example of a constraint', async t => {
  const app = await build(app => { app.post('/queues', { schema: { body: Type.Object({ name: Type.String() }) } }, handler) }, {
    plugin: { database: { constraints: { queues_name_key: { field: 'name' } } } }
  })
  t.teardown(() => app.close())
  const [{ routeErrors }] = getInferences(app) as readonly [ReturnType<typeof getInferences>[number]]
  const [record] = routeErrors.routes as readonly [typeof routeErrors.routes[number]]
  const create = (issues: readonly string[]): Occurrence => createOccurrence(standardErrors.resource_already_exists, { record, method: 'POST', targets: [], findMessage: () => undefined }, getDocumentSettings(routeErrors).examples, issues)
  t.match(create(['unique']), { issues: [{ field: 'name', code: 'unique' }] })
  t.strictSame(create(['required']), { issues: [] })
})

t.test('a limit of guesses on a route without other limits', async t => {
  const app = await build(app => {
    app.get('/queues', { onRequest: apiKey({ lookup: () => null, guessLimit: guessLimit({ max: 3, timeWindow: 60_000 }) }) }, handler)
  })
  t.teardown(() => app.close())
  t.strictSame(occurrencesOf(app, 'GET', '/queues').rate_limit_exceeded, { meta: { policy: 'api_key_guesses', limit: 3, window: 60, retry_after: 60 }, retryAfter: 60 })
})
