// Tests routes that declare error statuses themselves: the document has the real responses, and a warning lists the schemas to delete.
import t from 'tap'
import swagger from '@fastify/swagger'
import { Type } from '@sinclair/typebox'
import { Ajv2020 } from 'ajv/dist/2020.js'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { responses, serverOptions, standardErrors as errors, type ApiErrorsOptions } from 'fastify-api-errors'
import { z } from 'zod'
import { createDeclaredComparison, warnOfDeclaredStatuses } from '../../../lib/infer/declared/declared-schemas.js'
import type { RouteErrors } from '../../../lib/infer/route-errors.js'
import type { RouteRecord } from '../../../lib/infer/route-record.js'

const handler = async (): Promise<never> => { throw errors.resource_not_found() }

const statusCodeError = { type: 'object', properties: { statusCode: { type: 'integer' }, message: { type: 'string' } }, required: ['statusCode', 'message'] }

async function create (options: ApiErrorsOptions, build: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  await app.register(swagger, { openapi: { openapi: '3.1.0' } })
  await app.register(apiErrors, { log: false, ...options })
  build(app)
  return app
}

async function collectWarnings (app: FastifyInstance): Promise<string[]> {
  const warnings: string[] = []
  const collect = (warning: Error & { code?: string }): void => { if (warning.code === 'FASTIFY_API_ERRORS_DECLARED') warnings.push(warning.message) }
  process.on('warning', collect)
  await app.ready()
  await new Promise(setImmediate)
  process.off('warning', collect)
  return warnings
}

interface Response { readonly $ref?: string, readonly description?: string, readonly headers?: object, readonly content?: Readonly<Record<string, { readonly schema: object }>> }

function responseOf (app: FastifyInstance, path: string, status: string): Response | undefined {
  const { paths } = app.swagger() as unknown as { readonly paths: Readonly<Record<string, { readonly get: { readonly responses: Readonly<Record<string, Response>> } }>> }
  return paths[path]?.get.responses[status]
}

/** Returns whether the document allows a body. */
function allows (app: FastifyInstance, schema: object, body: unknown): boolean {
  const document = app.swagger() as unknown as { readonly components: object }
  return new Ajv2020({ strict: false, validateFormats: false }).validate({ ...schema, components: document.components }, body)
}

const written = (schema: unknown): Response => ({ description: 'Default Response', content: { 'application/json': { schema: schema as object } } })

t.test('a declared schema that matches the error is documented as written', async t => {
  const loose = { type: 'object', properties: { message: { type: 'string' } } }
  const app = await create({}, app => { app.get('/a', { schema: { response: { 404: loose } }, config: { errors: ['resource_not_found'] } }, handler) })
  t.strictSame(await collectWarnings(app), [])
  t.strictSame(responseOf(app, '/a', '404'), written(loose))
  await app.inject('/a')
  t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /a', status: 404, code: 'resource_not_found', count: 1, documented: true }])
})

t.test('if a declared schema does not match the error, both schemas are documented, and both bodies are valid', async t => {
  const app = await create({}, app => {
    app.get('/a/:id', { schema: { response: { 404: statusCodeError } } }, async (request, reply) => {
      return (request.params as { id: string }).id === 'raw' ? reply.code(404).send({ statusCode: 404, message: 'None.' }) : handler()
    })
  })
  t.strictSame(await collectWarnings(app), [
    'These routes declare response schemas that do not match the errors that are sent, so both are documented: GET /a/:id (404). Delete these statuses from schema.response.'
  ])
  const response = responseOf(app, '/a/{id}', '404')
  t.equal(response?.description, `\`resource_not_found\`: ${errors.resource_not_found.description} ${errors.resource_not_found.action}`)
  t.strictSame(response?.content?.['application/json']?.schema, { anyOf: [statusCodeError, { $ref: '#/components/schemas/NotFound' }] })
  t.strictSame(Object.values(response?.headers ?? {}).filter(header => header.required === true || '$ref' in header), [])
  for (const id of ['raw', 'thrown']) {
    t.ok(allows(app, response?.content?.['application/json']?.schema ?? {}, (await app.inject(`/a/${id}`)).json()))
  }
  t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /a/:id', status: 404, code: 'resource_not_found', count: 1, documented: true }])
})

for (const key of ['4xx', '4XX', 'default']) {
  t.test(`a declared '${key}' stays, and the exact statuses have both schemas`, async t => {
    const app = await create({}, app => { app.get('/a/:id', { schema: { response: { [key]: statusCodeError } } }, handler) })
    t.strictSame(await collectWarnings(app), [
      `These routes declare response schemas that do not match the errors that are sent, so both are documented: GET /a/:id (${key}). Delete these statuses from schema.response.`
    ])
    t.strictSame(responseOf(app, '/a/{id}', key === 'default' ? key : '4XX'), written(statusCodeError))
    t.strictSame(responseOf(app, '/a/{id}', '404')?.content?.['application/json']?.schema, { anyOf: [statusCodeError, { $ref: '#/components/schemas/NotFound' }] })
  })
}

t.test('every kind of schema is compared', async t => {
  const strict = { type: 'object', properties: { message: { type: 'string' } }, additionalProperties: false }
  const ours = { type: 'object', properties: { code: { type: 'string' }, message: { type: 'string' }, request_id: { type: 'string' } }, required: ['code', 'message', 'request_id'] }
  const content = (type: string, schema: unknown): unknown => ({ content: { [type]: { schema } } })
  for (const [name, schema, fits, options] of [
    ['JSON Schema', ours, true, {}],
    ['JSON Schema without further properties', strict, false, {}],
    ['TypeBox', Type.Object({ code: Type.String() }), true, {}],
    ['TypeBox', Type.Object({ error: Type.String() }), false, {}],
    ['a reference', { $ref: 'Ours#' }, true, {}],
    ['a reference', { $ref: 'Strict#' }, false, {}],
    ['a schema of the application', (app: FastifyInstance) => app.apiErrors.schemas.NotFound, true, {}],
    ['a schema by media type', content('application/json', ours), true, {}],
    ['a schema of another media type', content('application/xml', ours), false, {}],
    ['a schema for a format of another media type', ours, false, { format: 'problem' }],
    ['a schema for that media type', content('application/problem+json', { type: 'object', required: ['title'] }), true, { format: 'problem' }],
    ['a schema for one of two media types', ours, false, { negotiate: true }],
    ['a schema of responses()', responses(errors.resource_not_found)[404], true, {}]
  ] as ReadonlyArray<[string, unknown, boolean, ApiErrorsOptions]>) {
    const app = await create(options, app => {
      app.addSchema({ $id: 'Ours', ...ours })
      app.addSchema({ $id: 'Strict', ...strict })
      const declared = typeof schema === 'function' ? (schema as (app: FastifyInstance) => object)(app) : schema
      app.get('/a/:id', { schema: { response: { 404: declared } } }, handler)
    })
    t.equal((await collectWarnings(app)).length, fits ? 0 : 1, name)
    await app.inject('/a/1')
    t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /a/:id', status: 404, code: 'resource_not_found', count: 1, documented: true }], name)
  }
})

t.test('a schema that cannot be compiled is documented in addition to ours', async t => {
  const app = Fastify(serverOptions())
  app.setSerializerCompiler(() => String)
  await app.register(apiErrors, { log: false })
  app.get('/a/:id', { schema: { response: { 404: { $ref: 'Missing#' } } } }, handler)
  t.equal((await collectWarnings(app)).length, 1)
})

t.test('zod schemas are compared with lists, too', async t => {
  const schema = z.object({ b: z.array(z.object({ d: z.number(), c: z.number() })), a: z.string() })
  const fits = createDeclaredComparison(() => [{ contentType: 'application/json', body: { a: 'x', b: [{ c: 1, d: 2 }] } }])
  const record = { route: { schema: { response: { 404: schema } } } } as unknown as RouteRecord
  t.equal(fits(record, 404, 'resource_not_found'), true)
  t.equal(fits(record, 409, 'resource_conflict'), undefined)
})

t.test('zod schemas are compared with their own validation', async t => {
  for (const [name, schema, fits] of [
    ['all properties', z.object({ code: z.string(), message: z.string(), request_id: z.string() }), true],
    ['a property that is stripped', z.object({ message: z.string() }), false],
    ['another property', z.object({ error: z.string() }), false],
    ['an asynchronous check', z.object({ code: z.string().refine(async () => true) }), false]
  ] as const) {
    const app = Fastify(serverOptions())
    app.setSerializerCompiler(() => String)
    await app.register(apiErrors, { log: false })
    app.get('/a/:id', { schema: { response: { 404: schema } } }, handler)
    t.equal((await collectWarnings(app)).length, fits ? 0 : 1, name)
  }
})

t.test('the code of a declared status without other errors is documented next to the declared schema', async t => {
  const app = await create({}, app => { app.get('/a', { schema: { response: { 200: {}, 404: statusCodeError } } }, handler) })
  t.strictSame(await collectWarnings(app), [
    'These routes declare response schemas that do not match the errors that are sent, so both are documented: GET /a (404). Delete these statuses from schema.response.'
  ])
  t.strictSame(responseOf(app, '/a', '404')?.content?.['application/json']?.schema, { anyOf: [statusCodeError, { $ref: '#/components/schemas/NotFound' }] })
  await app.inject('/a')
  t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /a', status: 404, code: 'resource_not_found', count: 1, documented: true }])
})

/** Creates an error outside the handler, so that its code does not show it. */
const createHidden = (): Error => errors.route_not_found()

t.test('another code of the status is documented only if it matches the declared schema', async t => {
  for (const [schema, documented] of [[{ type: 'object' }, true], [statusCodeError, false]] as const) {
    const app = await create({}, app => { app.get('/a', { schema: { response: { 404: schema } } }, async () => { throw createHidden() }) })
    await app.inject('/a')
    t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /a', status: 404, code: 'route_not_found', count: 1, documented }])
  }
})

t.test('the warning lists ten routes', async t => {
  const app = await create({}, app => {
    for (let index = 1; index <= 12; index++) app.get(`/${index}/:id`, { schema: { response: { 404: statusCodeError } } }, handler)
  })
  const named = Array.from({ length: 10 }, (_, index) => `GET /${index + 1}/:id (404)`).join(', ')
  t.strictSame(await collectWarnings(app), [
    `These routes declare response schemas that do not match the errors that are sent, so both are documented: ${named}, and 2 more. Delete these statuses from schema.response.`
  ])
})

t.test('at startup, nothing is inferred for routes that declare no error', async t => {
  const records = [{ 200: {} }, undefined, { 404: {} }].map((response, index) => ({ route: { schema: { response } }, url: `/${index}`, methods: ['GET'] }))
  const inferred: string[] = []
  const routeErrors = {
    routes: records, errors, isDocumented: () => true, isCovered: () => true, listStatuses: ({ url }: { url: string }) => { inferred.push(url); return [] }
  } as unknown as RouteErrors
  warnOfDeclaredStatuses(routeErrors, () => true)
  t.strictSame(inferred, ['/2'])
})
