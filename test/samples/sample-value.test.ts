/** Sample values, checked with Ajv. */
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import t from 'tap'
import { createSampleValue } from '../../lib/samples/sample-value.js'

const nothing = (): undefined => undefined

t.test('a schema\'s own example, default or only value', async t => {
  t.strictSame(createSampleValue({ type: 'string', examples: ['first', 'second'], example: 'other' }, nothing), 'first')
  t.strictSame(createSampleValue({ type: 'string', examples: [], example: 'own' }, nothing), 'own')
  t.strictSame(createSampleValue({ type: 'integer', default: 20 }, nothing), 20)
  t.strictSame(createSampleValue({ const: 'queue' }, nothing), 'queue')
  t.strictSame(createSampleValue({ enum: ['s', 'm'] }, nothing), 's')
})

t.test('a sample object has only the required properties', async t => {
  t.strictSame(
    createSampleValue({ type: 'object', required: ['name', 'unknown'], properties: { name: { type: 'string' }, size: { type: 'integer' } } }, nothing),
    { name: 'example', unknown: {} }
  )
  t.strictSame(createSampleValue({ type: 'object' }, nothing), {})
  t.strictSame(createSampleValue({}, nothing), {})
})

t.test('samples follow unions, intersections and references', async t => {
  const integer = { type: 'integer' }
  t.strictSame(createSampleValue({ anyOf: [integer, { type: 'string' }] }, nothing), 1)
  t.strictSame(createSampleValue({ oneOf: [integer] }, nothing), 1)
  t.strictSame(createSampleValue({ type: ['null', 'integer'] }, nothing), 1)
  t.strictSame(createSampleValue({
    allOf: [{ type: 'object', required: ['a'], properties: { a: integer } }, { type: 'object', required: ['b'], properties: { b: { type: 'null' } } }]
  }, nothing), { a: 1, b: null })
  t.strictSame(createSampleValue({ $ref: 'Name#' }, ref => ref === 'Name#' ? { type: 'string', format: 'email' } : undefined), 'ada@example.com')
})

t.test('a schema that contains itself has a sample of limited depth', async t => {
  const node: Record<string, unknown> = { type: 'object', required: ['next'] }
  node.properties = { next: node }
  t.type(createSampleValue(node, nothing), 'object')
})

t.test('the sample for a value that is not a schema is an empty object', async t => {
  for (const value of [undefined, null, true, 'text', []]) t.strictSame(createSampleValue(value, nothing), {})
})

const ajv = new Ajv({ strict: false })
addFormats.default(ajv)

const leaf = fc.oneof(
  fc.constantFrom('date', 'time', 'date-time', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'url', 'uri-reference', 'uuid')
    .map(format => ({ type: 'string', format })),
  fc.tuple(fc.nat(30), fc.nat(30)).map(([minLength, more]) => ({ type: 'string', minLength, maxLength: minLength + more })),
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(50)).map(([minimum, more]) => ({ type: 'integer', minimum, maximum: minimum + more })),
  fc.integer({ min: -50, max: 50 }).map(exclusiveMinimum => ({ type: 'number', exclusiveMinimum })),
  fc.integer({ min: -50, max: 50 }).map(maximum => ({ type: 'number', maximum })),
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.option(fc.nat(50), { nil: undefined }))
    .map(([multipleOf, minimum]) => ({ type: 'integer', multipleOf, ...(minimum !== undefined && { minimum }) })),
  fc.constantFrom({ type: 'boolean' }, { type: 'null' }, { type: 'string' }, { type: 'number' })
)
const { schema } = fc.letrec<{ schema: object }>(tie => ({
  schema: fc.oneof({ depthSize: 'small' }, leaf,
    fc.tuple(tie('schema'), fc.nat(3)).map(([items, minItems]) => ({ type: 'array', items, minItems })),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('schema')).map(properties => ({ type: 'object', properties, required: Object.keys(properties) }))
  )
}))

t.test('Ajv accepts the sample of every schema without a pattern', async () => {
  fc.assert(fc.property(schema, schema => ajv.validate(schema, createSampleValue(schema, nothing))), { numRuns: 500 })
})
