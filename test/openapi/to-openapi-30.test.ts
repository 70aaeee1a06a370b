/** One level of a schema, converted from OpenAPI 3.1 to 3.0. to-openapi-schema.test.ts has whole schemas and documents. */
import t from 'tap'
import fc from 'fast-check'
import { toOpenApi30 } from '../../lib/openapi/to-openapi-30.js'

const nothing = { not: {} }

for (const [what, given, converted] of [
  ['a constant', { const: 1 }, { enum: [1] }],
  ['an empty enum', { enum: [] }, { allOf: [nothing] }],
  ['an empty list of required properties', { type: 'object', required: [] }, { type: 'object' }],
  ['the first of several examples', { examples: [1, 2] }, { example: 1 }],
  ['exclusive limits', { exclusiveMinimum: 0, exclusiveMaximum: 9 }, { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: true }],
  ['a limit that is stricter than the exclusive one', { minimum: 5, exclusiveMinimum: 0 }, { minimum: 5 }],
  ['a closed tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false }, { type: 'array', maxItems: 2, items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }],
  ['an open tuple', { type: 'array', prefixItems: [{ type: 'string' }] }, { type: 'array', items: { anyOf: [{ type: 'string' }, {}] } }],
  ['an array of anything', { type: 'array' }, { type: 'array', items: {} }],
  ['unevaluated properties', { type: 'object', unevaluatedProperties: nothing }, { type: 'object', additionalProperties: false }],
  ['a condition', { if: { required: ['a'] }, then: { required: ['b'] } }, { allOf: [{ anyOf: [{ not: { required: ['a'] } }, { required: ['b'] }] }] }],
  ['dependencies', { dependentRequired: { a: ['b'] }, dependentSchemas: { c: { maxProperties: 2 } } }, { allOf: [{ anyOf: [{ not: { required: ['a'] } }, { required: ['b'] }] }, { anyOf: [{ not: { required: ['c'] } }, { maxProperties: 2 }] }] }],
  ['base64', { type: 'string', contentEncoding: 'base64' }, { type: 'string', format: 'byte' }],
  ['a file', { type: 'string', contentMediaType: 'application/octet-stream' }, { type: 'string', format: 'binary' }],
  ['a type or null', { type: ['integer', 'null'] }, { type: 'integer', nullable: true }],
  ['several types', { type: ['integer', 'array'] }, { items: {}, anyOf: [{ type: 'integer' }, { type: 'array', items: {} }] }],
  ['properties next to a reference', { $ref: '#/components/schemas/A', description: 'D.' }, { description: 'D.', allOf: [{ $ref: '#/components/schemas/A' }] }],
  ['keywords that 3.0 does not have, except extensions', { $comment: 'C.', propertyNames: { maxLength: 3 }, 'x-order': 1 }, { 'x-order': 1 }]
] as const) {
  t.test(what, async t => { t.strictSame(toOpenApi30(given), converted) })
}

t.test('a schema of 3.0 is unchanged, and the given schema never changes', async t => {
  const member = fc.constantFrom({ type: 'string' }, { type: 'integer', nullable: true }, { $ref: '#/components/schemas/A' })
  const schema = fc.record({
    type: fc.constantFrom('object', 'string'), description: fc.string(), minLength: fc.nat(), exclusiveMinimum: fc.boolean(), anyOf: fc.array(member, { minLength: 1 }), additionalProperties: fc.boolean()
  }, { requiredKeys: [] })
  fc.assert(fc.property(schema, given => {
    const before = JSON.stringify(given)
    t.strictSame(toOpenApi30(given), JSON.parse(before))
    t.equal(JSON.stringify(given), before)
  }))
})
