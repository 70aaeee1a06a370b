/** The schemas and examples of error bodies. */
import t from 'tap'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import { defineErrors, defineFormat, standardErrors, type Field } from 'fastify-api-errors'
import { findDiscriminator, listIdentifiedCodes, narrowProperties } from '../../lib/openapi/bodies.js'
import { createApp, documentOf, resolved, type Document, type Json } from './documents.js'

const message: Field = { schema: () => Type.String(), value: response => response.message }
const code: Field = { schema: ({ code }) => Type.Unsafe<string>({ type: 'string', enum: [code] }), value: response => response.code }
const meta: Field = { schema: definition => definition.meta, value: response => response.meta, optional: true }

const conflict = { status: 409, type: 'conflict_error', message: 'No.', description: 'It is taken.', action: 'Choose another.' } as const
const errors = defineErrors(standardErrors, {
  queue_closed: { ...conflict, meta: Type.Object({ reason: Type.String() }), example: { meta: { reason: 'Full.' } } },
  queue_full: conflict
})

/** Returns the discriminator of a union of two codes in the document of one route that has both. */
async function unionOf (fields: Readonly<Record<string, Field | { readonly fields: Readonly<Record<string, Field>> }>>, wiring: 'swagger first' | 'swagger alone'): Promise<[string[], Document]> {
  const app = await createApp({ plugin: { errors, format: defineFormat({ name: 'own', fields }) }, wiring }, app => {
    app.get('/queue', { config: { errors: [errors.queue_closed, errors.queue_full] } }, async () => '')
  })
  const document = documentOf(app)
  await app.close()
  const response = resolved(document.paths['/queue']?.get?.responses['409'], document) as { content: Record<string, { schema: Json }> }
  return [Object.keys(response.content['application/json']?.schema ?? {}), document]
}

t.test('the code of a body is a discriminator in the document', async t => {
  for (const wiring of ['swagger first', 'swagger alone'] as const) {
    for (const [title, fields, keywords] of [
      ['by a code', { code, message, meta }, ['oneOf', 'discriminator']],
      ['by a code further down, which a discriminator cannot point to', { error: { fields: { code, message, meta } } }, ['anyOf']],
      ['by nothing', { message, meta }, ['anyOf']],
      ['by nothing, further down', { error: { fields: { message, meta } } }, ['anyOf']]
    ] as const) {
      const [found, document] = await unionOf(fields, wiring)
      t.strictSame(found, keywords, `${title}, ${wiring}`)
      t.strictSame(await new Validator().validate(document), { valid: true }, `${title}, ${wiring}, is valid`)
    }
  }
})

t.test('an example only shows issues that are possible for its location', async t => {
  const errors = defineErrors(standardErrors, {
    invalid_request: {
      status: 400,
      type: 'invalid_request_error',
      message: 'The request is wrong.',
      description: 'It cannot be read.',
      action: 'Correct it.',
      example: { issues: [{ in: 'header', field: 'x-tenant', pointer: '/x-tenant', code: 'required', message: 'is required' }] }
    }
  })
  const app = await createApp({ plugin: { errors } }, app => {
    app.post('/no-schema', async () => '')
    app.get('/header', { schema: { headers: Type.Object({ 'x-tenant': Type.String() }) } }, async () => '')
    app.get('/form', { schema: { headers: Type.Object({ 'x-day': Type.Optional(Type.String({ format: 'date' })) }) } }, async () => '')
  })
  t.teardown(() => app.close())
  const document = documentOf(app)
  const detailsOf = (path: string, method: string): unknown => {
    const response = resolved(document.paths[path]?.[method]?.responses['400'], document) as { content: Record<string, { examples: Record<string, { value: { details?: unknown } }> }> }
    return response.content['application/json']?.examples.invalid_request?.value.details
  }
  t.strictSame(detailsOf('/no-schema', 'post'), undefined, 'no issues if none are possible')
  t.strictSame(detailsOf('/header', 'get'), [{ in: 'header', field: 'x-tenant', pointer: '/x-tenant', code: 'required', message: 'is required' }], 'its own')
  t.strictSame(detailsOf('/form', 'get'), [{ in: 'header', field: 'x-day', pointer: '/x-day', code: 'date', message: 'must be a date, like 2030-01-31' }], 'of the schema of the route')
})

t.test('a code is identified by a value that only its bodies have', async t => {
  const list = (fields: Readonly<Record<string, Field>>): string[] => [...listIdentifiedCodes(defineFormat({ name: 'own', fields }), {
    queue_closed: errors.queue_closed, queue_full: errors.queue_full
  })]
  t.strictSame(list({ code, message }), ['queue_closed', 'queue_full'])
  t.strictSame(list({ message, meta }), [], 'no value is fixed')
  t.strictSame(list({ status: { schema: ({ status }) => Type.Literal(status), value: response => response.status } }), [], 'both codes have the value')
  t.strictSame(list({ reasons: { schema: ({ code }) => Type.Array(Type.Literal(code)), value: response => [response.code] } }), ['queue_closed', 'queue_full'], 'in a list')
  t.strictSame(list({ any: { schema: () => Type.Unsafe({ type: 'object', properties: { value: true } }), value: () => ({}) } }), [], 'a schema that allows everything')
})

t.test('bodies that are not objects have no discriminator, and are restricted as a whole', async t => {
  const [strings, numbers] = [{ type: 'array', items: { type: 'string' } }, { type: 'array', items: { type: 'number' } }]
  t.equal(findDiscriminator([strings, numbers]), undefined)
  t.equal(findDiscriminator([{ type: 'object', properties: { code: { const: 'a' } } }, numbers]), undefined)
  t.strictSame(findDiscriminator([{ properties: { code: { const: 'a' } } }, { properties: { code: { enum: ['b'] } } }]), { propertyName: 'code', values: ['a', 'b'] })
  t.equal(narrowProperties(strings, { ...strings }), undefined)
  t.equal(narrowProperties(strings, numbers), numbers)
})
