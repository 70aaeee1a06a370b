/** The schemas of the errors of a status, and the components that operations share. */
import t from 'tap'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import { defineFormat, standardErrors } from 'fastify-api-errors'
import { codeAs, message } from 'fastify-api-errors/format'
import { addSampleRoutes, createApp, documentOf, resolved, type Json } from './documents.js'

const Email = Type.Object({ email: Type.String({ format: 'email' }) })

t.test('schemas that operations share are components', async t => {
  const app = await createApp({}, addSampleRoutes)
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(document.paths['/users']?.post?.responses['413'], { $ref: '#/components/responses/PayloadTooLarge' })
  t.strictSame(document.components.responses?.PayloadTooLarge, {
    description: '`payload_too_large`: The body is larger than the endpoint allows. Send a smaller body, or split it into several requests.',
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      'Cache-Control': { $ref: '#/components/headers/Cache-Control' },
      'X-Should-Retry': { $ref: '#/components/headers/X-Should-Retry' }
    },
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/ContentTooLarge' },
        examples: { payload_too_large: { $ref: '#/components/examples/PayloadTooLarge' } }
      }
    }
  })
  t.strictSame(document.components.headers?.['X-Request-Id'], {
    description: 'The id of the request. Include it when you contact support.',
    required: true,
    schema: { type: 'string', pattern: '^[!-~]([ -~]*[!-~])?$' },
    example: 'req_4mXq1VbE0s6RkYt2'
  }, 'a header that is always present is required')
  const { $ref } = document.paths['/users']?.post?.responses['422'] as { readonly $ref: string }
  const unprocessable = document.components.responses?.[$ref.replace('#/components/responses/', '')]
  const [, name] = /#\/components\/schemas\/(ValidationError_\w{4})"/.exec(JSON.stringify(unprocessable)) ?? []
  t.match(unprocessable, {
    content: {
      'application/json': {
        schema: {
          oneOf: [{ $ref: `#/components/schemas/${name}` }, { $ref: '#/components/schemas/MissingRequiredFieldError' }],
          discriminator: {
            propertyName: 'code',
            mapping: { validation_error: `#/components/schemas/${name}`, missing_required_field: '#/components/schemas/MissingRequiredFieldError' }
          }
        }
      }
    }
  }, 'a status with several codes is a union with the code as the discriminator')
  t.strictSame(document.components.schemas?.ContentTooLarge, { $ref: '#/components/schemas/PayloadTooLargeError' }, 'a status with a single code has the schema of that code')
})

t.test('the document lists only the issues that the schema of the route can produce', async t => {
  const app = await createApp({}, addSampleRoutes)
  t.teardown(() => app.close())
  const document = documentOf(app)
  const issueCodes = (schema: unknown): unknown =>
    ((((schema as Json).properties as Json).details as Json).items as { properties: { code: { enum: unknown } } }).properties.code.enum
  t.strictSame(issueCodes(document.components.schemas?.ValidationError), ['email', 'min_length', 'required', 'type'], 'in the document')
  const ofRoute = (path: string, method: string) =>
    (resolved(document.paths[path]?.[method]?.responses['422'], document) as { content: Record<string, { schema: { oneOf: Json[] }, examples: Json }> }).content['application/json']
  const [invalid, missing] = ofRoute('/users', 'post')?.schema.oneOf ?? []
  t.strictSame(issueCodes(missing), ['required'], 'missing fields have the same code everywhere')
  t.strictSame((invalid?.allOf as Json[])[0], document.components.schemas?.ValidationError)
  t.strictSame(issueCodes((invalid?.allOf as Json[])[1]), ['email', 'required', 'type'], 'on one route')
  t.strictSame(issueCodes((ofRoute('/users/{id}', 'put')?.schema.oneOf[0]?.allOf as Json[])[1]), ['min_length', 'required', 'type'], 'on another')
  const { value } = ofRoute('/users/{id}', 'put')?.examples.validation_error as { value: { details: Array<{ code: string }> } }
  t.strictSame(value.details.map(({ code }) => code), ['min_length'], 'the example has issues of the route')
})

t.test('a status with the same responses on every route has one schema', async t => {
  const app = await createApp({}, app => {
    app.post('/users', { schema: { body: Email } }, async () => ({}))
    app.put('/users/:id', { schema: { body: Email } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  t.strictSame(document.components.schemas?.UnprocessableContent, {
    oneOf: [{ $ref: '#/components/schemas/ValidationError' }, { $ref: '#/components/schemas/MissingRequiredFieldError' }],
    discriminator: {
      propertyName: 'code',
      mapping: { missing_required_field: '#/components/schemas/MissingRequiredFieldError', validation_error: '#/components/schemas/ValidationError' }
    }
  })
  const references = ['/users', '/users/{id}'].map(path => String(Object.values(document.paths[path] ?? {})[0]?.responses['422']?.$ref))
  t.match(references, [/^#\/components\/responses\/UnprocessableContent_[0-9a-z]{4}$/, references[0]], 'the same response, because the examples are equal')
  t.match(document.components.responses?.[String(references[0]?.split('/').pop())], { content: { 'application/json': { schema: { $ref: '#/components/schemas/UnprocessableContent' } } } })
})

t.test('a response with a code of idempotency keys has a different name from the response of other routes', async t => {
  const app = await createApp({}, app => {
    app.post('/users', { schema: { body: Email } }, async () => ({}))
    app.post('/orders', { schema: { body: Email }, config: { errors: ['idempotency_key_reused'] } }, async () => ({}))
  })
  t.teardown(() => app.close())
  const { paths } = documentOf(app)
  t.match(paths['/users']?.post?.responses['422'], { $ref: /^#\/components\/responses\/UnprocessableContent_[0-9a-z]{4}$/ })
  t.not(paths['/users']?.post?.responses['422']?.$ref, paths['/orders']?.post?.responses['422']?.$ref)
  t.match(paths['/orders']?.post?.responses['422'], { $ref: /^#\/components\/responses\/UnprocessableContent_[0-9a-z]{4}$/ })
})

t.test('a format with another spelling of the codes has a component for each code that its values identify, and a discriminator', async t => {
  const config = { errors: ['resource_conflict', 'resource_already_exists', 'concurrent_modification'] } as const
  const createSchemas = async (spell: (code: string) => string | number) => {
    const app = await createApp({ plugin: { format: defineFormat({ name: 'own', fields: { name: codeAs(spell), message } }) } }, app => { app.get('/queues', { config }, async () => '') })
    t.teardown(() => app.close())
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
    return document.components.schemas as Record<string, Json>
  }
  const refs = ['ResourceAlreadyExistsError', 'ResourceConflictError', 'ConcurrentModificationError'].map(name => ({ $ref: `#/components/schemas/${name}` }))
  const names = ['RESOURCE_ALREADY_EXISTS', 'RESOURCE_CONFLICT', 'CONCURRENT_MODIFICATION']

  const upper = await createSchemas(code => code.toUpperCase())
  t.strictSame(upper.Conflict, { oneOf: refs, discriminator: { propertyName: 'name', mapping: Object.fromEntries(names.map((name, index) => [name, refs[index]?.$ref])) } })
  t.match(upper.ResourceConflictError, { properties: { name: { type: 'string', enum: ['RESOURCE_CONFLICT'] } } })

  const numbers = await createSchemas(code => Object.keys(standardErrors).indexOf(code))
  t.strictSame(numbers.Conflict, { anyOf: refs }, 'the value of a discriminator is a string')

  const shared = await createSchemas(code => code === 'resource_conflict' ? 'CONFLICT' : code.startsWith('resource') || code.startsWith('concurrent') ? 'OTHER' : code)
  t.match(shared.Conflict, { anyOf: [{ type: 'object', properties: { name: { enum: ['OTHER'] } } }, refs[1]], discriminator: undefined }, 'a value that several codes share identifies none of them')
})
