/** `app.apiErrors.schemas` and the option `addSchemas`. */
import t from 'tap'
import createError from 'http-errors'
import { Type } from '@sinclair/typebox'
import apiErrors, { defineErrors, defineFormat, formats, standardErrors, type ErrorStatus } from 'fastify-api-errors'
import { Validator } from '@seriousme/openapi-schema-validator'
import { errorStatuses } from '../../lib/catalog/definition.js'
import { codesByStatus } from '../../lib/catalog/standard-errors.js'
import { createSchemaNames, statusNames, toComponentName } from '../../lib/openapi/component-names.js'
import { createStatusSchemas } from '../../lib/openapi/status-schemas.js'
import { createApp, documentOf } from './documents.js'

t.test('every status has the name that http-errors gives it, except the two that RFC 9110 renamed', t => {
  t.strictSame(Object.keys(statusNames).map(Number), [...errorStatuses])
  const namesOfLibrary: Readonly<Record<string, string>> = { ContentTooLarge: 'PayloadTooLarge', UnprocessableContent: 'UnprocessableEntity' }
  for (const [status, name] of Object.entries(statusNames)) {
    t.equal((createError as unknown as Record<string, { prototype: { status: number } }>)[namesOfLibrary[name] ?? name]?.prototype.status, Number(status), name)
  }
  t.strictSame([toComponentName('ip_not_allowed'), ...createSchemaNames(['resource_gone', 'internal_error']).values()], ['IpNotAllowed', 'ResourceGoneError', 'InternalError'])
  const ambiguous = [...createSchemaNames(['taken', 'taken_error', 'internal_server_error', 'gone']).values()]
  t.match(ambiguous, [/^TakenError_[0-9a-z]{4}$/, /^TakenError_[0-9a-z]{4}$/, /^InternalServerError_[0-9a-z]{4}$/, 'GoneError'], 'a hash distinguishes codes with the same name')
  t.equal(new Set(ambiguous).size, 4)
  t.end()
})

t.test('app.apiErrors.schemas has one schema for each status, in the format of the application', async t => {
  const app = await createApp({ plugin: { format: 'error' } }, () => {})
  t.teardown(() => app.close())
  const { schemas } = app.apiErrors
  t.strictSame(Object.keys(schemas), Object.keys(codesByStatus).map(status => statusNames[Number(status) as ErrorStatus]))
  t.equal(app.getSchema('NotFound'), undefined, 'the schemas are only added with addSchemas')
  t.strictSame(JSON.parse(JSON.stringify(schemas.NotFound)), {
    $id: 'NotFound',
    description: ['resource_not_found', 'route_not_found'].map(code => {
      const { description, action } = standardErrors[code as 'route_not_found']
      return `- \`${code}\`: ${description} ${action}`
    }).join('\n'),
    anyOf: ['resource_not_found', 'route_not_found'].map(code => ({
      type: 'object',
      additionalProperties: false,
      required: ['error', 'message', 'requestId'],
      properties: {
        error: { type: 'string', enum: [code], description: 'A constant that identifies the error.' },
        message: { type: 'string', description: 'A human-readable description of the error.' },
        requestId: { type: 'string', description: 'The id of the request.' }
      }
    }))
  })
  t.equal(schemas.GatewayTimeout.properties?.error.enum[0], 'gateway_timeout', 'a status with one code has the schema of that code')
})

t.test('a status whose only code has another status has no schema', async t => {
  const errors = defineErrors(standardErrors, { not_extended: { status: 500, type: 'api_error', message: 'No.', description: 'It is not extended.', action: 'Extend it.' } })
  const app = await createApp({ plugin: { errors } }, () => {})
  t.teardown(() => app.close())
  t.equal(Object.hasOwn(app.apiErrors.schemas, 'NotExtended'), false)
  t.strictSame((app.apiErrors.schemas.InternalServerError as unknown as { anyOf: unknown[] }).anyOf.length, 2)
})

t.test('with addSchemas, routes can reference the schemas by name', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    const app = await createApp({ plugin: { addSchemas: true }, wiring }, app => {
      app.get('/things/:id', { schema: { response: { 200: Type.Object({ id: Type.String() }), 404: { $ref: 'NotFound#' } } } }, async (_request, reply) => {
        return reply.code(404).send({ code: 'resource_not_found', message: 'No such thing.', request_id: 'req_1' })
      })
      app.get('/thrown/:id', { schema: { response: { 404: { $ref: 'NotFound#' } } } }, async () => { throw standardErrors.resource_not_found({ message: 'Thrown.' }) })
    })
    const response = await app.inject('/things/1')
    t.strictSame([response.statusCode, response.json()], [404, { code: 'resource_not_found', message: 'No such thing.', request_id: 'req_1' }], 'a sent body is serialized with the schema')
    t.match((await app.inject('/thrown/1')).json(), { code: 'resource_not_found', message: 'Thrown.' }, 'a thrown error has the usual response')
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true }, wiring)
    if (wiring === 'swagger first') {
      t.strictSame(document.paths['/things/{id}']?.get?.responses['404']?.content, { 'application/json': { schema: { $ref: '#/components/schemas/NotFound' } } })
      t.strictSame(document.components.schemas?.NotFound, {
        oneOf: [{ $ref: '#/components/schemas/ResourceNotFoundError' }, { $ref: '#/components/schemas/RouteNotFoundError' }],
        discriminator: {
          propertyName: 'code',
          mapping: { resource_not_found: '#/components/schemas/ResourceNotFoundError', route_not_found: '#/components/schemas/RouteNotFoundError' }
        }
      })
      t.strictSame(Object.keys(app.apiErrors.schemas).filter(name => document.components.schemas?.[name] === undefined), [])
    }
    await app.close()
  }
})

t.test('a code of the application is documented next to the standard code of its status', async t => {
  const errors = defineErrors(standardErrors, {
    brew_refused: { status: 418, type: 'invalid_request_error', message: 'I brew no coffee.', description: 'The client requested coffee.', action: 'Ask for tea.' }
  })
  const app = await createApp({ plugin: { errors, format: 'error', addSchemas: true } }, app => {
    app.get('/pots', { config: { errors: [errors.brew_refused] } }, async () => 'tea')
  })
  t.teardown(() => app.close())
  const { ImATeapot } = app.apiErrors.schemas
  t.strictSame(ImATeapot.anyOf.map((schema: typeof ImATeapot) => schema.properties.error.enum), [['im_a_teapot'], ['brew_refused']])
  const document = documentOf(app)
  t.strictSame(document.paths['/pots']?.get?.responses['418'], { $ref: '#/components/responses/BrewRefused' })
  t.strictSame(document.components.responses?.BrewRefused?.content, {
    'application/json': { schema: { $ref: '#/components/schemas/BrewRefusedError' }, examples: { brew_refused: { $ref: '#/components/examples/BrewRefused' } } }
  })
  t.strictSame(document.components.schemas?.ImATeapot, {
    oneOf: [{ $ref: '#/components/schemas/ImATeapotError' }, { $ref: '#/components/schemas/BrewRefusedError' }],
    discriminator: { propertyName: 'error', mapping: { im_a_teapot: '#/components/schemas/ImATeapotError', brew_refused: '#/components/schemas/BrewRefusedError' } }
  })
  t.strictSame(document.components.examples?.BrewRefused?.value, { error: 'brew_refused', message: 'I brew no coffee.', requestId: 'req_4mXq1VbE0s6RkYt2' })
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
})

t.test('register() rejects a schema name that is in use', async t => {
  const { default: Fastify } = await import('fastify')
  const app = Fastify()
  t.teardown(() => app.close())
  app.addSchema({ $id: 'NotFound', type: 'object' })
  await t.rejects(async () => { await app.register(apiErrors, { addSchemas: true }) }, {
    message: 'fastify-api-errors: addSchemas: expected false, because the application already has another schema with the $id "NotFound", got true.'
  })
})

t.test('several registrations add the schemas of their own format, named like their components', async t => {
  const { default: Fastify } = await import('fastify')
  const { swaggerOptions } = await import('fastify-api-errors')
  const { default: swagger } = await import('@fastify/swagger')
  type Registration = readonly [prefix: string, format: 'code' | 'problem', $ref: string, extra?: object]
  const start = async (registrations: readonly Registration[], outer: boolean): Promise<Record<string, unknown>> => {
    const app = Fastify()
    t.after(() => app.close())
    await app.register(swagger, swaggerOptions({ openapi: { info: { title: 'API', version: '1' } } }))
    if (outer) {
      await app.register(apiErrors, { addSchemas: true })
      app.get('/app', { schema: { response: { 404: { $ref: 'NotFound#' } } } }, async () => { throw standardErrors.resource_not_found() })
    }
    for (const [prefix, format, $ref, extra] of registrations) {
      await app.register(async scope => {
        await scope.register(apiErrors, { addSchemas: true, format, ...extra })
        t.equal(scope.apiErrors.schemas.NotFound.$id, $ref.replace('#', ''))
        scope.get(`/${format}`, { schema: { response: { 404: { $ref } } } }, async (_request, reply) => reply.code(404).send({ type: 'a', title: 'b', status: 404, detail: 'c', instance: 'd', code: 'resource_not_found', message: 'e', request_id: 'f' }))
      }, { prefix })
    }
    await app.ready()
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
    const shown: Record<string, unknown> = {}
    for (const [prefix, format] of registrations) {
      const { content } = document.paths[`${prefix}/${format}`]?.get?.responses['404'] as { content: Record<string, { schema: { $ref?: string, anyOf?: unknown } }> }
      shown[`${prefix}/${format}`] = [Object.values(content).map(({ schema }) => schema.$ref ?? schema.anyOf), Object.keys((await app.inject(`${prefix}/${format}`)).json()).join()]
    }
    shown.names = Object.keys(document.components.schemas ?? {}).filter(name => /(^|\W)NotFound$|[12]NotFound$|^Own/.test(name)).sort()
    return shown
  }
  const own = ['code', 'message', 'request_id'].join()
  const v1: Registration = ['/v1', 'code', 'V1NotFound#']
  const v2: Registration = ['/v2', 'problem', 'V2NotFound#']
  const problem = ['type', 'title', 'status', 'detail', 'instance', 'code', 'request_id'].join()
  for (const outer of [true, false]) {
    for (const registrations of [[v1, v2], [v2, v1]]) {
      const { names, '/v1/code': first, '/v2/problem': second } = await start(registrations, outer)
      t.match(first, [['#/components/schemas/V1NotFound'], own])
      t.match(second, [['#/components/schemas/V2NotFound'], problem])
      t.strictSame(names, [...outer ? ['NotFound'] : [], 'V1NotFound', 'V2NotFound'])
    }
  }
  const plain = { documentation: { componentPrefix: '' } }
  t.match(await start([['/v1', 'code', 'NotFound#', plain]], true), { '/v1/code': [['#/components/schemas/NotFound'], own], names: ['NotFound'] }, 'equal schemas are added once')
})

t.test('a scope whose schemas have the names of other schemas of the application is rejected, in any order', async t => {
  const { default: Fastify } = await import('fastify')
  const message = 'fastify-api-errors: addSchemas: expected false, because the application already has another schema with the $id "BadRequest", got true.'
  for (const innerFirst of [true, false]) {
    const app = Fastify()
    t.after(() => app.close())
    const inner = async (): Promise<void> => {
      await app.register(async scope => { await scope.register(apiErrors, { addSchemas: true, notFound: false, format: 'problem', documentation: { componentPrefix: '' } }) })
    }
    const outer = async (): Promise<void> => { await app.register(apiErrors, { addSchemas: true }) }
    await t.rejects(async () => {
      if (innerFirst) await inner()
      await outer()
      if (!innerFirst) await inner()
    }, { message })
  }
})

t.test('a format without a code in the body has one schema for each status', async t => {
  const errors = defineErrors(standardErrors, {
    queue_closed: { status: 409, type: 'conflict_error', message: 'Closed.', description: 'The queue is closed.', action: 'Choose another.' },
    queue_full: { status: 409, type: 'conflict_error', message: 'Full.', description: 'The queue is full.', action: 'Choose another.' }
  })
  for (const format of [formats.summary, formats.message]) {
    const app = await createApp({ plugin: { errors, format } }, app => {
      app.get('/a', { config: { errors: [errors.queue_closed, errors.queue_full] } }, async () => '')
      app.get('/b', { config: { errors: [errors.queue_full] } }, async () => '')
    })
    const document = documentOf(app)
    t.strictSame(Object.keys(document.components.schemas ?? {}).sort(), ['Conflict', 'InternalServerError'], format.name)
    for (const path of ['/a', '/b']) {
      const response = document.components.responses?.[String(document.paths[path]?.get?.responses['409']?.$ref).replace('#/components/responses/', '')]
      t.match(response, { content: { 'application/json': { schema: { $ref: '#/components/schemas/Conflict' } } } })
    }
    await app.close()
  }
})

t.test('a code inside a nested object cannot be a discriminator in OpenAPI', async t => {
  const format = defineFormat({
    name: 'enveloped',
    fields: { error: { fields: { code: { schema: ({ code }) => Type.Unsafe<string>({ type: 'string', enum: [code] }), value: response => response.code } } } }
  })
  const app = await createApp({ plugin: { format } }, app => {
    app.get('/a', { config: { errors: ['resource_conflict', 'concurrent_modification'] } }, async () => '')
  })
  t.teardown(() => app.close())
  t.strictSame(documentOf(app).components.schemas?.Conflict, {
    anyOf: [{ $ref: '#/components/schemas/ResourceConflictError' }, { $ref: '#/components/schemas/ConcurrentModificationError' }]
  })
})

t.test('a format without issues has one schema for each code, whatever issues the routes have', async t => {
  const app = await createApp({ plugin: { format: 'typed' } }, app => {
    app.post('/a', { schema: { body: Type.Object({ email: Type.String({ format: 'email' }) }) } }, async () => '')
    app.post('/b', { schema: { body: Type.Object({ name: Type.String({ minLength: 1 }) }) } }, async () => '')
  })
  t.teardown(() => app.close())
  t.strictSame(Object.keys(documentOf(app).components.schemas ?? {}).filter(name => name.startsWith('Validation')), ['ValidationError'])
})

t.test('bodies without a discriminator are an anyOf', async t => {
  const format = defineFormat({
    name: 'fields',
    fields: {
      message: { schema: () => Type.String(), value: response => response.message },
      fields: {
        schema: (_definition, { issueCodes }) => issueCodes?.length === 0 ? undefined : Type.Array(Type.String()),
        value: response => response.issues.length === 0 ? undefined : response.issues.map(({ field }) => field),
        optional: true
      }
    }
  })
  const app = await createApp({ plugin: { format } }, app => {
    app.post('/things/:id', { schema: { params: Type.Object({ id: Type.Integer() }) } }, async () => '')
  })
  t.teardown(() => app.close())
  const message = { type: 'string' }
  t.strictSame(documentOf(app).components.schemas?.BadRequest, {
    anyOf: [
      { type: 'object', additionalProperties: false, required: ['message'], properties: { message } },
      { type: 'object', additionalProperties: false, required: ['message'], properties: { message, fields: { type: 'array', items: { type: 'string' } } } }
    ]
  })
})

t.test('with addSchemas, several registrations can define a code whose meta refers to its own parts', async t => {
  const define = (type: string) => defineErrors(standardErrors, {
    draw_failed: {
      status: 409,
      message: 'The draw failed.',
      action: 'Wait.',
      meta: { type: 'object', properties: { first: { $ref: '#/$defs/place' }, second: { $ref: '#/properties/first' } }, $defs: { place: { type, exclusiveMinimum: 0 } } }
    }
  })
  for (const inner of ['number', 'integer']) {
    const [errors, errorsOfScope] = [define('number'), define(inner)]
    const app = await createApp({ plugin: { errors, addSchemas: true } }, async app => {
      app.get('/draw', { config: { errors: [errors.draw_failed] }, schema: { response: { 409: { $ref: 'Conflict#' } } } }, async () => 'ok')
      await app.register(async scope => {
        await scope.register(apiErrors, { errors: errorsOfScope, addSchemas: true, log: false })
        scope.get('/draw', { config: { errors: [errorsOfScope.draw_failed] }, schema: { response: { 409: { $ref: 'V2Conflict#' } } } }, async () => { throw errorsOfScope.draw_failed() })
      }, { prefix: '/v2' })
    })
    t.equal((await app.inject('/v2/draw')).statusCode, 409)
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true }, `with ${inner}`)
    const names = Object.keys(document.components.schemas ?? {})
    for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/([^"/]+)/g)) t.ok(names.includes(String(name)), String(name))
    await app.close()
  }
})

t.test('the meta of a code keeps its references to schemas with another $id', t => {
  const errors = defineErrors(standardErrors, {
    draw_failed: {
      status: 409,
      message: 'The draw failed.',
      action: 'Wait.',
      meta: {
        $id: 'Draw',
        type: 'object',
        properties: { first: { $ref: '#/$defs/place' }, second: { $ref: 'Draw#/properties/first' }, winner: { $ref: 'Winner' } },
        $defs: { place: { type: 'number' }, winner: { $id: 'Winner', type: 'string' } }
      }
    }
  })
  const { Conflict } = createStatusSchemas({ errors, formats: [formats.code], docUrl: () => undefined, componentPrefix: '' })
  t.strictSame(Conflict.$defs, {
    draw_failed: {
      type: 'object',
      properties: { first: { $ref: '#/$defs/draw_failed/$defs/place' }, second: { $ref: '#/$defs/draw_failed/properties/first' }, winner: { $ref: 'Winner' } },
      $defs: { place: { type: 'number' }, winner: { $id: 'Winner', type: 'string' } }
    }
  })
  t.end()
})
