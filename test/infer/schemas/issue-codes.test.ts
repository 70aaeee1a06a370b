/** The issue codes that a schema can produce with a validator. */
import t from 'tap'
import { Type } from '@sinclair/typebox'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { TypeBoxValidatorCompiler as TypeBoxValidatorCompiler5 } from 'type-provider-typebox-5'
import fc from 'fast-check'
import Fastify, { type FastifySchemaCompiler } from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { validatorCompiler as zodCompiler } from 'fastify-type-provider-zod'
import { inferIssueCodes, type RequestPart, type IssueCodesContext } from '../../../lib/infer/schemas/issue-codes.js'
import { getValidatorTraits, type ValidatorTraits } from '../../../lib/infer/schemas/validator-traits.js'

const fastifys: ValidatorTraits = { removesUnknown: true, fillsDefaults: true, wrapsLists: true }
const strict: ValidatorTraits = { removesUnknown: false, fillsDefaults: false, wrapsLists: false }

function codes (schema: unknown, context: Partial<IssueCodesContext> = {}): readonly string[] | undefined {
  return inferIssueCodes(schema, { part: 'body', traits: fastifys, alwaysPresent: new Set(), getSchema: () => undefined, ...context })
}

/** A compiler that Fastify creates from its own Ajv. */
async function fastifyCompiler (customOptions: object = {}): Promise<FastifySchemaCompiler<unknown>> {
  const app = Fastify(serverOptions({ ajv: { customOptions } }))
  app.post('/', { schema: { body: { type: 'object' } } }, async () => '')
  await app.ready()
  const compiler = app.validatorCompiler as FastifySchemaCompiler<unknown>
  await app.close()
  return compiler
}

t.test('trying a validator shows how it handles values that do not match', async t => {
  t.strictSame(getValidatorTraits(await fastifyCompiler()), fastifys, 'Ajv with the settings of Fastify')
  t.strictSame(getValidatorTraits(await fastifyCompiler({ removeAdditional: false, useDefaults: false, coerceTypes: false })), strict, 'Ajv without conversions')
  t.strictSame(getValidatorTraits(TypeBoxValidatorCompiler as FastifySchemaCompiler<unknown>), strict, 'the compiler of TypeBox 1')
  t.equal(getValidatorTraits(TypeBoxValidatorCompiler5 as FastifySchemaCompiler<unknown>), undefined, 'the compiler of TypeBox 0.34 reports no keywords')
  t.equal(getValidatorTraits(zodCompiler as FastifySchemaCompiler<unknown>), undefined, 'zod does not accept JSON Schema')
  t.equal(getValidatorTraits(() => () => ({ error: new Error('no') })), undefined, 'an error instead of a list')
  t.equal(getValidatorTraits(() => Object.assign(() => false, { errors: null })), undefined, 'a failure without a list')
  t.equal(getValidatorTraits(() => () => true), undefined, 'a validator that accepts everything')
})

t.test('each keyword has its code', async t => {
  const rows: ReadonlyArray<readonly [title: string, schema: unknown, codes: readonly string[]]> = [
    ['no schema to speak of', {}, []],
    ['true', true, []],
    ['false', false, ['unknown_field']],
    ['a type', { type: 'string' }, ['type']],
    ['limits of a string', { minLength: 1, maxLength: 2, pattern: 'a' }, ['max_length', 'min_length', 'pattern']],
    ['bounds of zero', { minLength: 0, minItems: 0, minProperties: 0 }, []],
    ['a format', { format: 'date-time' }, ['date_time']],
    ['numbers', { minimum: 1, exclusiveMaximum: 2, multipleOf: 2 }, ['maximum', 'minimum', 'multiple_of']],
    ['values', { enum: [1], const: 1 }, ['const', 'enum']],
    ['lists', { minItems: 1, maxItems: 2, uniqueItems: true, contains: {} }, ['contains', 'max_items', 'min_items', 'unique_items']],
    ['lists that may repeat', { uniqueItems: false }, []],
    ['items', { items: { type: 'string' } }, ['type']],
    ['a tuple', { items: [{ minLength: 1 }, { maximum: 1 }], additionalItems: false }, ['max_items', 'maximum', 'min_length', 'unknown_field']],
    ['prefixItems', { prefixItems: [{ minLength: 1 }], items: false }, ['max_items', 'min_length']],
    ['properties', { properties: { a: { minLength: 1 } }, required: ['a'] }, ['min_length', 'required']],
    ['a property that may not be', { properties: { a: false } }, ['unknown_field']],
    ['patternProperties', { patternProperties: { '^a': { pattern: 'b' } } }, ['pattern']],
    ['names', { propertyNames: { maxLength: 3 } }, ['max_length', 'property_name']],
    ['dependencies on names', { dependencies: { a: ['b'] } }, ['required']],
    ['dependencies on schemas', { dependencies: { a: { required: ['b'] } }, dependentSchemas: { a: { minProperties: 1 } } }, ['min_properties', 'required']],
    ['dependentRequired', { dependentRequired: { a: ['b'] } }, ['required']],
    ['unknown fields, which are taken out', { additionalProperties: false }, []],
    ['unevaluated ones, which are not', { unevaluatedProperties: false }, ['unknown_field']],
    ['a schema for unknown fields', { additionalProperties: { maximum: 1 } }, ['maximum']],
    ['anyOf', { anyOf: [{ type: 'string' }, { maximum: 1 }] }, ['any_of', 'maximum', 'type']],
    ['oneOf', { oneOf: [{ minLength: 2 }] }, ['any_of', 'min_length']],
    ['allOf', { allOf: [{ minLength: 2 }] }, ['min_length']],
    ['not', { not: { type: 'string' } }, ['unknown_field']],
    ['if', { if: { minLength: 2 }, then: { maximum: 3 }, else: { pattern: 'a' } }, ['any_of', 'maximum', 'pattern']],
    ['if with nothing to follow', { if: { minLength: 2 } }, []],
    ['words about a value', { title: 'a', description: 'b', default: 1, examples: [1], 'x-order': 1, $comment: 'c', nullable: true }, []],
    ['a keyword of the application', { isEven: true }, ['is_even']]
  ]
  for (const [title, schema, expected] of rows) t.strictSame(codes(schema), expected, title)
  t.strictSame(codes({ additionalProperties: false }, { traits: strict }), ['unknown_field'], 'unknown fields that are reported')
})

t.test('a field with a default is never missing if the validator fills it in', async t => {
  const schema = { properties: { a: { default: 1 }, b: {} }, required: ['a'] }
  t.strictSame(codes(schema), [])
  t.strictSame(codes(schema, { traits: strict }), ['required'])
  t.strictSame(codes({ ...schema, required: ['a', 'b'] }), ['required'])
  t.strictSame(codes({ anyOf: [schema] }), ['any_of', 'required'], 'Ajv sets no defaults below anyOf')
})

t.test('the values of a path or query are strings', async t => {
  const part = (name: RequestPart, schema: unknown, context: Partial<IssueCodesContext> = {}) => codes(schema, { part: name, ...context })
  t.strictSame(part('params', Type.Object({ id: Type.String() }), { alwaysPresent: new Set(['id']) }), [], 'a parameter that every request has')
  t.strictSame(part('params', Type.Object({ id: Type.String() })), ['required'], 'a parameter that a request may lack')
  t.strictSame(part('params', Type.Object({ id: Type.String({ format: 'uuid' }) }), { alwaysPresent: new Set(['id']) }), ['uuid'])
  t.strictSame(part('params', Type.Object({ id: Type.Integer() }), { alwaysPresent: new Set(['id']) }), ['type'])
  t.strictSame(part('headers', Type.Object({ 'x-a': Type.String() })), ['required'])
  t.strictSame(part('querystring', Type.Object({ a: Type.Optional(Type.String()) })), ['type'], 'a repeated name gives a list')
  t.strictSame(part('querystring', Type.Object({ a: Type.Optional(Type.Array(Type.String())) })), [], 'a single value is converted to a list')
  t.strictSame(part('querystring', Type.Object({ a: Type.Optional(Type.Array(Type.String())) }), { traits: strict }), ['type'], 'a single value is not converted')
  t.strictSame(part('querystring', { type: 'string' }), ['type'], 'the parameters are an object')
  t.strictSame(part('querystring', { allOf: [Type.Object({})], dependentSchemas: { a: Type.Object({}) } }), [], 'parts of the parameters are objects')
})

t.test('references are followed', async t => {
  const added: Readonly<Record<string, unknown>> = {
    Name: { $id: 'Name', minLength: 1 },
    Parts: { $id: 'Parts', definitions: { a: { maximum: 1 }, 'b/c': { pattern: 'a' }, d: { $ref: '#/definitions/a' } } },
    Anchored: { $id: 'Anchored', definitions: { a: { $id: '#a', minItems: 1 } } }
  }
  const getSchema = (id: string) => added[id]
  t.strictSame(codes({ $ref: 'Name#' }, { getSchema }), ['min_length'])
  t.strictSame(codes({ $ref: 'Name' }, { getSchema }), ['min_length'])
  t.strictSame(codes({ $ref: 'Parts#/definitions/a' }, { getSchema }), ['maximum'])
  t.strictSame(codes({ $ref: 'Parts#/definitions/b~1c' }, { getSchema }), ['pattern'])
  t.strictSame(codes({ $ref: 'Parts#/definitions/d' }, { getSchema }), ['maximum'], 'a reference inside an added schema')
  t.strictSame(codes({ $ref: 'Anchored#a' }, { getSchema }), ['min_items'])
  t.strictSame(codes({ $ref: '#/definitions/a', definitions: { a: { minLength: 1 } } }), ['min_length'])
  t.strictSame(codes(Type.Recursive(This => Type.Object({ name: Type.String({ minLength: 1 }), nodes: Type.Array(This) }))), ['min_length', 'required', 'type'])
  t.strictSame(codes({ properties: { a: { $id: 'A', minLength: 1 }, b: { $id: 'B', properties: { a: { $ref: 'A' } } } } }), ['min_length'], 'a sibling')
  t.equal(codes({ $ref: 'Unknown#' }), undefined, 'an unknown reference allows any code')
  t.equal(codes({ $ref: '#/definitions/none' }), undefined)
  t.equal(codes({ $ref: '#/a/b/c', a: 1 }), undefined)
  t.equal(codes({ $dynamicRef: '#node' }), undefined, 'a reference that is only known at run time allows any code')
  t.equal(codes({ $recursiveRef: '#' }), undefined)
})

/** Schemas of all kinds, nested a few levels deep. */
const { schema: anySchema } = fc.letrec<{ schema: object, leaf: object }>(tie => ({
  leaf: fc.oneof(
    fc.constant({ type: 'string', minLength: 2, maxLength: 3 }),
    fc.constant({ type: 'string', format: 'email' }),
    fc.constant({ type: 'string', pattern: '^a' }),
    fc.constant({ type: 'integer', minimum: 2, maximum: 4 }),
    fc.constant({ type: 'number', exclusiveMinimum: 1, multipleOf: 2 }),
    fc.constant({ type: 'boolean' }),
    fc.constant({ type: 'string', enum: ['a', 'b'] }),
    fc.constant({ type: 'string', default: 'a' }),
    fc.constant({ type: 'string', const: 'a' })
  ),
  schema: fc.oneof({ maxDepth: 3, withCrossShrink: true },
    tie('leaf'),
    fc.record({
      type: fc.constant('object'),
      properties: fc.record({ a: tie('schema'), b: tie('schema') }),
      required: fc.subarray(['a', 'b']),
      additionalProperties: fc.boolean()
    }),
    fc.record({ type: fc.constant('array'), items: tie('schema'), minItems: fc.constantFrom(0, 1), maxItems: fc.constant(2), uniqueItems: fc.boolean() }),
    fc.record({ anyOf: fc.tuple(tie('schema'), tie('schema')) }),
    fc.record({ oneOf: fc.tuple(tie('schema'), tie('schema')) }),
    fc.record({ allOf: fc.tuple(tie('schema')) }),
    fc.record({ not: tie('schema') })
  )
}))
const anyValue = fc.jsonValue({ maxDepth: 3 }).chain(value => fc.oneof(
  fc.constant(value),
  fc.record({ a: fc.jsonValue({ maxDepth: 2 }), b: fc.jsonValue({ maxDepth: 1 }), c: fc.constant(1) }, { requiredKeys: [] }),
  fc.array(fc.constantFrom<unknown>('a', 'ab', 1, {}, { a: 'a' }, null), { maxLength: 4 })
))

const validators = {
  'Fastify\'s Ajv': { server: { ajv: { customOptions: { strict: false } } } },
  'Ajv without its helpfulness': { server: { ajv: { customOptions: { strict: false, removeAdditional: false, useDefaults: false, coerceTypes: false } } } },
  'the compiler of TypeBox 1': { server: {}, compiler: TypeBoxValidatorCompiler as FastifySchemaCompiler<unknown> }
}

for (const [title, { server, compiler }] of Object.entries<{ server: object, compiler?: FastifySchemaCompiler<unknown> }>(validators)) {
  t.test(`whatever ${title} reports was expected`, async t => {
    let compared = 0
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(anySchema, fc.array(anyValue, { minLength: 1, maxLength: 5 })), { minLength: 1, maxLength: 10 }), async cases => {
      const app = Fastify(serverOptions(server))
      if (compiler !== undefined) app.setValidatorCompiler(compiler)
      await app.register(apiErrors, { log: false })
      for (const [index, [body]] of cases.entries()) app.post(`/${index}`, { schema: { body } }, async () => 'ok')
      for (const [index, [schema, values]] of cases.entries()) {
        for (const value of values) {
          const response = await app.inject({ method: 'POST', url: `/${index}`, headers: { 'content-type': 'application/json' }, payload: JSON.stringify(value) })
          if (response.statusCode === 200) continue
          const { code, details = [] } = response.json<{ code: string, details?: Array<{ code: string }> }>()
          const explained = app.apiErrors.explain('POST', `/${index}`).filter(error => error.code === code)
          const foreseen = explained.flatMap(({ issues }) => issues ?? [])
          const surprising = details.filter(issue => !foreseen.includes(issue.code))
          if (explained.length === 0 || surprising.length > 0) {
            throw new Error(`${JSON.stringify(schema)} responds to ${JSON.stringify(value)} with ${response.body}, and ${code} with ${foreseen.join()} was foreseen`)
          }
          compared += details.length
        }
      }
      await app.close()
    }), { numRuns: 60 })
    t.ok(compared > 300, `${compared} issues were compared`)
  })
}

t.test('a keyword without a value does not count, because Ajv ignores it', async t => {
  const { properties } = {} as { readonly properties?: object }
  t.strictSame(codes({ type: 'object', properties }), ['type'])
  const app = Fastify(serverOptions())
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.put('/', { schema: { body: { type: 'object', properties } } }, async () => '')
  const { statusCode } = await app.inject({ method: 'PUT', url: '/', payload: [] })
  t.equal(statusCode, 422)
  t.ok(app.apiErrors.explain('PUT', '/').some(({ code }) => code === 'validation_error'))
})
