/** Converts JSON Schemas to the dialect of each OpenAPI version. */
import t from 'tap'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Type, type TObject } from '@sinclair/typebox'
import { defineErrors, standardErrors } from 'fastify-api-errors'
import { toOpenApiSchema, getOpenApiVersion } from '../../lib/openapi/to-openapi-schema.js'
import { createApp, documentOf, type Document, type Json } from './documents.js'

/** A JSON Schema in the form of OpenAPI 3.1, in the form of 3.0, and in its original form, if that differs from 3.1. */
const cases: ReadonlyArray<readonly [what: string, in31: Json, in30?: Json, given?: Json]> = [
  ['plain', { type: 'string', minLength: 1, default: 'a' }],
  ['a constant', { const: 'a' }, { enum: ['a'] }],
  ['a constant that is null', { const: null }, { type: 'string', nullable: true, enum: [null] }],
  ['null', { type: 'null', description: 'D.' }, { type: 'string', nullable: true, enum: [null], description: 'D.' }],
  ['examples', { type: 'string', examples: ['a', 'b'] }, { type: 'string', example: 'a' }],
  ['no examples', { type: 'string', examples: [] }, { type: 'string' }],
  ['an example next to them', { example: 'mine', examples: ['other'] }, { example: 'mine' }],
  ['definitions', { type: 'string' }, { type: 'string' }, { type: 'string', $comment: 'C.', $defs: { a: {} }, definitions: { examples: { type: 'string' } } }],
  ['bounds', { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, { type: 'number', minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true }],
  ['bounds of both kinds', { minimum: 2, exclusiveMinimum: 1, maximum: 9, exclusiveMaximum: 8 }, { minimum: 2, maximum: 8, exclusiveMaximum: true }],
  ['bounds as 3.0 has them', { exclusiveMinimum: 0 }, { minimum: 0, exclusiveMinimum: true }, { minimum: 0, exclusiveMinimum: true }],
  ['bounds that are not excluded', { minimum: 0 }, { minimum: 0 }, { minimum: 0, exclusiveMinimum: false, exclusiveMaximum: true }],
  ['nullable', { type: ['string', 'null'] }, { type: 'string', nullable: true }, { type: 'string', nullable: true }],
  ['nullable without a type', { enum: ['a'] }, { enum: ['a'] }, { enum: ['a'], nullable: true }],
  ['a record', { type: 'object', patternProperties: { '^(.*)$': { const: 1 } } }, { type: 'object', additionalProperties: { enum: [1] } }],
  ['properties by patterns', { patternProperties: { '^a': { type: 'string' }, '^b': { type: 'integer' } }, additionalProperties: false }, { additionalProperties: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }],
  ['patterns, and a schema for all others', { patternProperties: { '^a': { type: 'string' } }, additionalProperties: { type: 'integer' } }, { additionalProperties: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }],
  ['patterns, and any others', { type: 'object', patternProperties: { '^a': { type: 'string' } } }, { type: 'object' }],
  ['a type or null', { type: ['string', 'null'], maxLength: 9 }, { type: 'string', maxLength: 9, nullable: true }],
  ['an enum with null', { type: ['string', 'null'], enum: ['a', null] }, { type: 'string', nullable: true, enum: ['a', null] }],
  ['an enum that excludes null', { type: ['string', 'null'], enum: ['a'] }, { type: 'string', enum: ['a'] }],
  ['a type that excludes the null of its enum', { type: 'string', enum: ['a', null] }, { type: 'string', enum: ['a'] }],
  ['an empty enum', { enum: [] }, { allOf: [{ not: {} }] }],
  ['several types', { type: ['string', 'array'] }, { anyOf: [{ type: 'string' }, { type: 'array', items: {} }], items: {} }],
  ['several types or null', { type: ['string', 'integer', 'null'] }, { anyOf: [{ type: 'string', nullable: true }, { type: 'integer' }] }],
  ['several types next to a union', { type: ['string', 'integer'], anyOf: [{ minLength: 1 }] }, { anyOf: [{ minLength: 1 }], allOf: [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }] }],
  ['a schema or null', { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'D.' }, { type: 'string', description: 'D.', nullable: true }],
  ['null in a union of itself', { anyOf: [{ type: 'null' }, { const: null }] }, { type: 'string', nullable: true, enum: [null] }],
  ['a described schema or null', { anyOf: [{ type: 'string', description: 'Inner.' }, { type: 'null' }], description: 'D.' }, { anyOf: [{ type: 'string', description: 'Inner.', nullable: true }], description: 'D.' }],
  ['one of several, or null', { oneOf: [{ type: 'string' }, { const: null }, { type: 'boolean' }] }, { oneOf: [{ type: 'string', nullable: true }, { type: 'boolean' }] }],
  ['one of a type with an enum, or null', { oneOf: [{ const: 1 }, { type: 'string', enum: ['a'] }, { type: 'null' }] }, { oneOf: [{ enum: [1] }, { type: 'string', enum: ['a', null], nullable: true }] }],
  ['constants or null', { anyOf: [{ const: 'a' }, { const: 1 }, { type: 'null' }] }, { anyOf: [{ enum: ['a'] }, { enum: [1] }, { type: 'string', nullable: true, enum: [null] }] }],
  ['a union without null', { anyOf: [{ type: 'string' }, { enum: ['a', null] }] }],
  ['properties by the names of keywords', { type: 'object', properties: { const: { type: 'string' }, enum: { type: 'integer' } } }],
  ['values that look like schemas', { enum: [{ const: 1 }], default: { const: 1 } }],
  ['boolean schemas', { properties: { a: true, b: false }, additionalProperties: false }, { properties: { a: {}, b: { not: {} } }, additionalProperties: false }],
  ['a tuple', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'integer' }], items: false }, { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] }, maxItems: 2 },
    { type: 'array', items: [{ type: 'string' }, { type: 'integer' }], additionalItems: false }],
  ['a tuple with others', { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' } }, { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }],
  ['a tuple of a length', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'string' }], maxItems: 2 }, { type: 'array', items: { type: 'string' }, maxItems: 2 }],
  ['an open tuple', { type: 'array', prefixItems: [{ type: 'string' }] }, { type: 'array', items: { anyOf: [{ type: 'string' }, {}] } }, { type: 'array', items: [{ type: 'string' }] }],
  ['a list of anything', { type: 'array', contains: { type: 'string' }, minContains: 1 }, { type: 'array', items: {} }],
  ['a condition', { if: { required: ['a'] }, then: { required: ['b'] }, else: { required: ['c'] } },
    { allOf: [{ anyOf: [{ not: { required: ['a'] } }, { required: ['b'] }] }, { anyOf: [{ required: ['a'] }, { required: ['c'] }] }] }],
  ['a condition that 3.0 cannot express', { if: { contains: {} }, then: { minItems: 1 } }, {}],
  ['a condition without a consequence', { if: { required: ['a'] } }, {}],
  ['dependencies', { dependentRequired: { a: ['b'], c: [] }, dependentSchemas: { d: { minProperties: 2 } } },
    { allOf: [{ anyOf: [{ not: { required: ['a'] } }, { required: ['b'] }] }, { anyOf: [{ not: { required: ['d'] } }, { minProperties: 2 }] }] },
    { dependencies: { a: ['b'], c: [], d: { minProperties: 2 } } }],
  ['unevaluated properties', { type: 'object', unevaluatedProperties: false }, { type: 'object', additionalProperties: false }],
  ['unevaluated properties with a schema', { unevaluatedProperties: { type: 'string' } }, { additionalProperties: { type: 'string' } }],
  ['unevaluated properties of several schemas', { allOf: [{ type: 'object' }], unevaluatedProperties: false }, { allOf: [{ type: 'object' }] }],
  ['names of properties', { type: 'object', propertyNames: { pattern: '^a' }, required: [] }, { type: 'object' }],
  ['base64', { type: 'string', contentEncoding: 'base64' }, { type: 'string', format: 'byte' }],
  ['binary content', { type: 'string', contentMediaType: 'application/octet-stream' }, { type: 'string', format: 'binary' }],
  ['encoded content with a format', { type: 'string', format: 'own', contentEncoding: 'base64', contentMediaType: 'image/png', contentSchema: true }, { type: 'string', format: 'own' }],
  ['binary', { type: 'string', format: 'own', contentEncoding: 'binary' }, { type: 'string', format: 'own' }],
  ['keywords of other tools', { type: 'string', errorMessage: 'No.', 'x-own': { const: 1 } }, { type: 'string', 'x-own': { const: 1 } }]
]

/** References become components with the name of their definition. */
const definitions = { refer: (_key: string, name: string) => ({ $ref: `#/components/schemas/${name}` }), getSchema: () => undefined }

t.test('each version of OpenAPI has its own form of a schema', async t => {
  for (const [what, in31, in30 = in31, given = in31] of cases) {
    t.strictSame(toOpenApiSchema(given, '3.1', definitions), in31, `${what}, 3.1`)
    t.strictSame(toOpenApiSchema(given, '3.0', definitions), in30, `${what}, 3.0`)
  }
  for (const openapi of ['3.0.3', '3.1.0']) {
    const schemas = Object.fromEntries(cases.map(([, in31, , given = in31], index) => [`Case${index}`, toOpenApiSchema(given, getOpenApiVersion(openapi), definitions)]))
    const document = { openapi, info: { title: 'T', version: '1' }, paths: {}, components: { schemas } }
    t.strictSame(await new Validator().validate(document), { valid: true }, `all of them are valid in ${openapi}`)
  }
  const identified = { $id: 'A', $schema: 'https://json-schema.org/draft-07/schema#', items: { $id: 'B', type: 'string' } }
  for (const version of ['3.0', '3.1'] as const) t.strictSame(toOpenApiSchema(identified, version, definitions), { items: { type: 'string' } }, 'without ids, because it is in another document')
})

t.test('the version of a document', async t => {
  t.strictSame(['3.0.0', '3.0.4', '3.1.0', '3.2.0'].map(getOpenApiVersion), ['3.0', '3.0', '3.1', '3.1'])
})

t.test('the meta of a code is valid in documents of both versions', async t => {
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

t.test('references in the meta of a code point to components of the document', async t => {
  const Money = { type: 'object', properties: { cents: { type: 'integer' } } }
  const text = { type: 'string' }
  const price = (schema: Json): Json => ({ type: 'object', properties: { price: schema } })
  const ref = ($ref: string): Json => ({ $ref })
  /** The meta, the component to which `price` refers, and its definition there. */
  const references: ReadonlyArray<readonly [what: string, meta: Json, component: string, definition: Json]> = [
    ['a definition', { ...price(ref('#/$defs/Money')), $defs: { Money } }, 'QueueFullMoney', Money],
    ['a definition of an earlier draft', { ...price(ref('#/definitions/Money')), definitions: { Money } }, 'QueueFullMoney', Money],
    ['an anchor', { ...price(ref('#money')), $defs: { Money: { ...Money, $anchor: 'money' } } }, 'QueueFullMoney', Money],
    ['a schema of the application', price(ref('Shared#')), 'QueueFullShared', text],
    ['a part of a schema of the application', price(ref('SharedParts#/definitions/Amount')), 'QueueFullAmount', text],
    ['an $id below', { ...price(ref('below')), $defs: { any: { $id: 'below', ...Money } } }, 'QueueFullBelow', Money],
    ['an $id that is a number of TypeBox', { ...price(ref('T0')), $defs: { any: { $id: 'T0', ...Money } } }, 'QueueFullPrice', Money]
  ]
  for (const openapi of ['3.0.3', '3.1.0']) {
    for (const [what, meta, component, definition] of references) {
      const document = await documentFacts(meta, openapi)
      const { properties } = document.components.schemas?.QueueFullError as { properties: { meta: Json } }
      t.strictSame(properties.meta.properties, { price: ref(`#/components/schemas/${component}`) }, `${what}, ${openapi}`)
      t.strictSame(document.components.schemas?.[component], definition, `${what}, ${openapi}`)
    }
    const recursive = await documentFacts(Type.Recursive(Self => Type.Object({ from: Type.Optional(Type.Array(Self)) }), { $id: 'Cycle' }), openapi)
    t.strictSame(recursive.components.schemas?.QueueFullCycle, {
      type: 'object', properties: { from: { type: 'array', items: ref('#/components/schemas/QueueFullCycle') } }
    }, openapi)
    const missing = await documentFacts(price(ref('Missing#')), openapi)
    t.strictSame((missing.components.schemas?.QueueFullError as { properties: { meta: Json } }).properties.meta.properties, {
      price: { description: "Any value: the schema 'Missing#' is not in this document." }
    })
  }
})

t.test('a reference keeps the keywords next to it, and a reference to a boolean schema is replaced', t => {
  const given = { $defs: { Name: { type: 'string' }, all: true, none: false }, allOf: [{ minLength: 1 }], $ref: '#/$defs/Name' }
  t.strictSame(toOpenApiSchema(given, '3.1', definitions), { $ref: '#/components/schemas/Name', allOf: [{ minLength: 1 }] })
  t.strictSame(toOpenApiSchema(given, '3.0', definitions), { allOf: [{ $ref: '#/components/schemas/Name' }, { minLength: 1 }] })
  t.strictSame(toOpenApiSchema({ ...given, allOf: undefined, title: 'T' }, '3.0', definitions), { title: 'T', allOf: [{ $ref: '#/components/schemas/Name' }] })
  t.strictSame(toOpenApiSchema({ ...given, $ref: '#/$defs/all' }, '3.1', definitions), { allOf: [{ minLength: 1 }] })
  t.strictSame(toOpenApiSchema({ $defs: given.$defs, $ref: '#/$defs/none' }, '3.1', definitions), { not: {} })
  t.end()
})

/** Returns the document of an application whose only code has this meta. */
async function documentFacts (meta: object, openapi: string): Promise<Document> {
  const errors = defineErrors(standardErrors, {
    queue_full: { status: 409, type: 'conflict_error', message: 'Full.', description: 'It is full.', action: 'Wait.', meta: meta as TObject }
  })
  const app = await createApp({ plugin: { errors, format: 'code' }, openapi: { openapi } }, app => {
    app.addSchema({ $id: 'Shared', type: 'string' })
    app.addSchema({ $id: 'SharedParts', definitions: { Amount: { type: 'string' } } })
    app.get('/queues', { config: { errors: [errors.queue_full] } }, async () => '')
  })
  const document = documentOf(app)
  await app.close()
  t.strictSame(await new Validator().validate(structuredClone(document)), { valid: true })
  return document
}
