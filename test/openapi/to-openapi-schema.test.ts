import t from 'tap'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type } from '@sinclair/typebox'
import { defineErrors, standardErrors } from 'fastify-api-errors'
import { toOpenApiSchema, getOpenApiVersion } from '../../lib/openapi/to-openapi-schema.js'
import { createApp, documentOf, type Json } from './documents.js'

/** What JSON Schema says, and how OpenAPI 3.0 says it; where that is the same, it is left out. */
const cases: ReadonlyArray<readonly [what: string, schema: Json, in30?: Json]> = [
  ['plain', { type: 'string', minLength: 1, default: 'a' }],
  ['a constant', { const: 'a' }, { enum: ['a'] }],
  ['a constant that is null', { const: null }, { enum: [null] }],
  ['examples', { type: 'string', examples: ['a', 'b'] }, { type: 'string', example: 'a' }],
  ['no examples', { type: 'string', examples: [] }, { type: 'string' }],
  ['an example beside them', { example: 'mine', examples: ['other'] }, { example: 'mine' }],
  ['a definition of that name', { definitions: { examples: { type: 'string' } } }],
  ['bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true }],
  ['bounds as 3.0 has them', { type: 'number', minimum: 0, exclusiveMinimum: true }],
  ['a record', { type: 'object', patternProperties: { '^(.*)$': { const: 1 } } }, { type: 'object', additionalProperties: { enum: [1] } }],
  ['a type or null', { type: ['string', 'null'], maxLength: 9 }, { type: 'string', maxLength: 9, nullable: true }],
  ['several types', { type: ['string', 'integer'] }, { anyOf: [{ type: 'string' }, { type: 'integer' }] }],
  ['several types or null', { type: ['string', 'integer', 'null'] }, { anyOf: [{ type: 'string' }, { type: 'integer' }], nullable: true }],
  ['a schema or null', { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'D.' }, { type: 'string', description: 'D.', nullable: true }],
  ['one of several, or null', { oneOf: [{ type: 'string' }, { const: null }, { type: 'boolean' }] }, { oneOf: [{ type: 'string' }, { type: 'boolean' }], nullable: true }],
  ['a union without null', { anyOf: [{ type: 'string' }, { enum: ['a', null] }] }],
  ['properties by the names of keywords', { type: 'object', properties: { const: { type: 'string' }, enum: { type: 'null' } } }],
  ['values that look like schemas', { enum: [{ const: 1 }], default: { const: 1 } }]
]

/** The same for a document whose version is not known: what @fastify/swagger would leave as it is, has to be valid in both. */
const eitherCases: ReadonlyArray<readonly [what: string, schema: Json, either?: Json]> = [
  ['plain', { type: 'string', minLength: 1, default: 'a' }],
  ['a constant', { const: 'a' }],
  ['examples', { type: 'string', examples: ['a', 'b'] }, { type: 'string', example: 'a' }],
  ['no examples', { type: 'string', examples: [] }, { type: 'string' }],
  ['bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, { type: 'number', minimum: 0, maximum: 1, not: { enum: [0, 1] } }],
  ['bounds of both kinds', { minimum: 2, exclusiveMinimum: 1, maximum: 9, exclusiveMaximum: 8 }, { minimum: 2, maximum: 8, not: { enum: [1, 8] } }],
  ['a bound and what is not allowed', { exclusiveMinimum: 0, not: { multipleOf: 2 } }, { minimum: 0, not: { anyOf: [{ multipleOf: 2 }, { enum: [0] }] } }],
  ['bounds as 3.0 has them', { type: 'number', minimum: 0, exclusiveMinimum: true }],
  ['a property inside', { type: 'object', properties: { a: { exclusiveMaximum: 1 } } }, { type: 'object', properties: { a: { maximum: 1, not: { enum: [1] } } } }]
]

t.test('a schema as each version of OpenAPI writes it', async t => {
  for (const [what, schema, in30 = schema] of cases) {
    t.strictSame(toOpenApiSchema(schema, '3.1'), schema, `${what}, 3.1`)
    t.strictSame(toOpenApiSchema(schema, '3.0'), in30, `${what}, 3.0`)
  }
  for (const [what, schema, either = schema] of eitherCases) t.strictSame(toOpenApiSchema(schema, 'either'), either, `${what}, either`)
  const identified = { $id: 'A', $schema: 'https://json-schema.org/draft-07/schema#', items: { $id: 'B', type: 'string' } }
  for (const version of ['3.0', '3.1', 'either'] as const) t.strictSame(toOpenApiSchema(identified, version), { items: { type: 'string' } }, 'without ids, for it is in another document')
})

t.test('the version of a document', async t => {
  t.strictSame(['3.0.0', '3.0.4', '3.1.0', '3.2.0'].map(getOpenApiVersion), ['3.0', '3.0', '3.1', '3.1'])
})

t.test('the facts of a code are valid in documents of both versions', async t => {
  const meta = Type.Object({
    kind: Type.Literal('draw'),
    note: Type.Union([Type.String(), Type.Null()]),
    share: Type.Number({ exclusiveMinimum: 0 }),
    winners: Type.Record(Type.String(), Type.Integer()),
    place: Type.Unsafe<number | null>({ type: ['integer', 'null'], examples: [1] })
  }, { $id: 'DrawFacts' })
  const errors = defineErrors(standardErrors, {
    draw_over: {
      status: 409,
      type: 'conflict_error',
      message: 'The draw is over.',
      description: 'It ended.',
      action: 'Wait for the next one.',
      meta,
      example: { meta: { kind: 'draw', note: null, share: 0.5, winners: { ada: 1 }, place: null } }
    }
  })
  for (const [openapi, wiring] of ['3.0.3', '3.1.0'].flatMap(openapi => [[openapi, 'swagger first'], [openapi, 'swagger alone']] as const)) {
    const app = await createApp({ plugin: { errors }, wiring, openapi: { openapi } }, app => { app.get('/draw', { config: { errors: [errors.draw_over] } }, async () => '') })
    const document = documentOf(app)
    t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true }, `${openapi}, ${wiring}`)
    t.notMatch(JSON.stringify(document), 'DrawFacts')
    await app.close()
  }
})
