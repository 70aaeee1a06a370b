/** Schemas of an error's data: which are valid, and the sentence for each that is not. */
import { Type, type TSchema } from '@sinclair/typebox'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import t from 'tap'
import { Type as NewType } from 'typebox'
import * as v from 'valibot'
import { z } from 'zod'
import { z as z3 } from 'zod/v3'
import { readMetaSchema } from '../../lib/catalog/meta-schema.js'
import { thrown } from '../helpers/thrown.js'

const tree = { Tree: Type.Object({ name: Type.String(), left: Type.Optional(Type.Ref('Tree')) }) }
const newTree = { Tree: NewType.Object({ name: NewType.String(), left: NewType.Optional(NewType.Ref('Tree')) }) }

const read = (meta: unknown): unknown => readMetaSchema('defineErrors', 'x.meta', meta)

t.test('the schemas of TypeBox and plain JSON Schemas are valid, and not changed', t => {
  const valid = {
    absent: undefined,
    empty: { type: 'object' },
    types: Type.Object({
      type: Type.String(),
      properties: Type.Object({ type: Type.Integer() }),
      list: Type.Array(Type.Union([Type.Boolean(), Type.Null(), Type.Number()])),
      pair: Type.Tuple([Type.String(), Type.Literal(1)]),
      any: Type.Unknown(),
      map: Type.Record(Type.String(), Type.Any())
    }),
    values: { type: 'object', default: { type: 'Date' }, examples: [{ type: 'Date' }], enum: [{ type: 'Date' }], const: { type: 'Date' }, 'x-js': { type: 'Date' } },
    severalTypes: { type: 'object', properties: { id: { type: ['string', 'null'] } } },
    booleans: { type: 'object', properties: { id: true }, additionalProperties: false },
    recursive: Type.Recursive(self => Type.Object({ left: Type.Optional(self) })),
    importedProperty: Type.Object({ tree: Type.Module(tree).Import('Tree') }),
    cyclicProperty: NewType.Object({ tree: NewType.Cyclic(newTree, 'Tree') }),
    zod: z.toJSONSchema(z.object({ id: z.uuid(), at: z.iso.datetime() }))
  }
  for (const [name, meta] of Object.entries(valid)) t.equal(read(meta), meta, name)
  t.end()
})

t.test('a schema that contains itself is rejected, because a document cannot contain it', t => {
  const schema = { type: 'object', properties: {} as Record<string, object> }
  schema.properties.self = schema
  t.throws(() => read(schema), new TypeError('defineErrors: x.meta: expected a value that JSON can represent, got one that contains itself or a BigInt.'))
  t.end()
})

t.test('the schemas of zod, ArkType and Valibot are converted to JSON Schema', t => {
  const expected = { type: 'object', properties: { id: { type: 'string' }, size: { type: 'number' } }, required: ['id'] }
  const schema = z.object({ id: z.string(), size: z.number().optional() })
  t.strictSame(read(schema), { ...expected, additionalProperties: false })
  t.equal(read(schema), read(schema), 'it is converted once')
  t.strictSame(read(type({ id: 'string', 'size?': 'number' })), expected)
  t.strictSame(read(toStandardJsonSchema(v.object({ id: v.string(), size: v.optional(v.number()) }))), expected)
  t.strictSame(read(z.object({ at: z.string().default('now') })), {
    type: 'object', properties: { at: { type: 'string', default: 'now' } }, required: ['at'], additionalProperties: false
  }, 'it is the schema of the values that are sent')
  interface Tree { name: string, left?: Tree | undefined }
  const tree: z.ZodType<Tree> = z.object({ name: z.string(), get left () { return tree.optional() } }).meta({ id: 'Tree' })
  t.strictSame(read(z.object({ tree })), {
    type: 'object',
    properties: { tree: { $ref: '#/definitions/Tree' } },
    required: ['tree'],
    additionalProperties: false,
    definitions: {
      Tree: {
        type: 'object',
        properties: { name: { type: 'string' }, left: { allOf: [{ $ref: '#/definitions/Tree' }] } },
        required: ['name'],
        additionalProperties: false
      }
    }
  })
  t.end()
})

t.test('a definition that the root refers to is at the root', t => {
  const size = { type: 'object', properties: { size: { type: 'number' } }, required: ['size'], additionalProperties: false }
  t.strictSame(read(z.object({ size: z.number() }).meta({ id: 'Size' })), { ...size, definitions: { Size: size } })
  t.strictSame(read({ $ref: '#/$defs/Size', $defs: { Size: size }, description: 'A size' }), { ...size, $defs: { Size: size }, description: 'A size' })
  const node = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, left: { $ref: 'Tree' } } }
  const expected = { ...node, $defs: { Tree: { ...node, $id: 'Tree' } } }
  const trees = [Type.Module(tree).Import('Tree'), NewType.Cyclic(newTree, 'Tree'), (NewType.Module(newTree) as { Tree: object }).Tree]
  for (const schema of trees) t.match(JSON.parse(JSON.stringify(read(schema))), expected)
  t.notOk(trees.some(schema => '$id' in (read(schema) as object) || '$ref' in (read(schema) as object)))
  t.end()
})

t.test('a JSON Schema that zod created keeps the options of its creation', t => {
  const schema = z.toJSONSchema(z.object({ at: z.date() }), { unrepresentable: 'any' })
  t.equal(read(schema), schema)
  t.end()
})

t.test('any other schema is rejected with one sentence', t => {
  const expected = 'x.meta: expected the schema of an object, like Type.Object({ id: Type.String() }), got'
  const converted = 'x.meta: expected a JSON Schema, or a schema that provides one (zod 4.2, ArkType, Valibot with toStandardJsonSchema()), got'
  const withThrown = (thrown: unknown): object => ({ '~standard': { vendor: 'mine', jsonSchema: { output: () => { throw thrown } } } })
  const types = 'expected a type of JSON Schema (object, array, string, number, integer, boolean, null), got'
  const property = (schema: TSchema): object => Type.Object({ id: schema })
  const circular = { type: 'object', properties: {} as Record<string, unknown> }
  circular.properties.parent = circular
  const notJson = 'x.meta: expected a value that JSON can represent, got one that contains itself or a BigInt.'
  const wrong: ReadonlyArray<readonly [meta: unknown, sentence: string]> = [
    [{ $ref: 'Tree' }, `${expected} a reference to "Tree", which is only allowed inside the schema.`],
    [{ $ref: '#/$defs/Leaf', $defs: { Tree: { type: 'object' } } }, `${expected} a reference to "#/$defs/Leaf", which is only allowed inside the schema.`],
    [{ $ref: '#/$defs/Tree', $defs: { Tree: { type: 'string' } } }, `${expected} a schema of type "string".`],
    [Type.Union([Type.Object({}), Type.Null()]), `${expected} a schema without a type.`],
    [{}, `${expected} a schema without a type.`],
    [{ type: ['object', 'null'] }, `${expected} a schema of type ["object","null"].`],
    [Type.Array(Type.Object({})), `${expected} a schema of type "array".`],
    [null, `${expected} null.`],
    [property(Type.RegExp(/a/)), `x.meta.properties.id.type: ${types} "RegExp".`],
    [property(Type.RegExp(/a/i)), `x.meta.properties.id.type: ${types} "RegExp".`],
    [property(Type.Optional(Type.Date())), `x.meta.properties.id.type: ${types} "Date".`],
    [property(Type.BigInt()), `x.meta.properties.id.type: ${types} "bigint".`],
    [property(Type.Uint8Array()), `x.meta.properties.id.type: ${types} "Uint8Array".`],
    [property(Type.Undefined()), `x.meta.properties.id.type: ${types} "undefined".`],
    [property(Type.Symbol()), `x.meta.properties.id.type: ${types} "symbol".`],
    [property(Type.Void()), `x.meta.properties.id.type: ${types} "void".`],
    [property(Type.Promise(Type.String())), `x.meta.properties.id.type: ${types} "Promise".`],
    [property(Type.Function([], Type.String())), `x.meta.properties.id.type: ${types} "Function".`],
    [property(Type.Constructor([], Type.String())), `x.meta.properties.id.type: ${types} "Constructor".`],
    [property(Type.Iterator(Type.String())), `x.meta.properties.id.type: ${types} "Iterator".`],
    [property(Type.AsyncIterator(Type.String())), `x.meta.properties.id.type: ${types} "AsyncIterator".`],
    [NewType.Object({ id: NewType.BigInt() }), `x.meta.properties.id.type: ${types} "bigint".`],
    [property(Type.Array(Type.Date())), `x.meta.properties.id.items.type: ${types} "Date".`],
    [property(Type.Union([Type.String(), Type.Date()])), `x.meta.properties.id.anyOf.type: ${types} "Date".`],
    [Type.Object({ type: Type.Date() }), `x.meta.properties.type.type: ${types} "Date".`],
    [Type.Record(Type.String(), Type.Date()), `x.meta.patternProperties.^(.*)$.type: ${types} "Date".`],
    [Type.Object({}, { additionalProperties: Type.Date() }), `x.meta.additionalProperties.type: ${types} "Date".`],
    [{ type: 'object', properties: { id: { $ref: '#/definitions/at' } }, definitions: { at: { type: 'Date' } } }, `x.meta.definitions.at.type: ${types} "Date".`],
    [{ type: 'object', properties: { id: { type: 'text' } } }, `x.meta.properties.id.type: ${types} "text".`],
    [{ type: 'object', properties: { id: { type: ['string', 'Date'] } } }, `x.meta.properties.id.type: ${types} "Date".`],
    [circular, notJson],
    [{ type: 'object', properties: { list: { type: 'array', items: circular } } }, notJson],
    [{ type: 'object', properties: { size: { default: 1n } } }, notJson],
    [z.string(), `${expected} a schema of type "string".`],
    [z.array(z.object({})), `${expected} a schema of type "array".`],
    [z.object({ at: z.date() }), `${converted} a schema of zod without a JSON Schema: Date cannot be represented in JSON Schema.`],
    [z.object({ id: z.string().transform(Number) }), `${converted} a schema of zod without a JSON Schema: Transforms cannot be represented in JSON Schema.`],
    [z3.object({ id: z3.string() }), `${converted} a schema of zod without a JSON Schema.`],
    [v.object({ id: v.string() }), `${converted} a schema of valibot without a JSON Schema.`],
    [withThrown('No JSON Schema'), `${converted} a schema of mine without a JSON Schema: No JSON Schema.`],
    [new (class Schema {})(), `${converted} an object.`],
    [{ type: 'object', validate () {} }, `${converted} an object.`]
  ]
  for (const [meta, sentence] of wrong) t.equal(thrown(() => { read(meta) }), `TypeError: defineErrors: ${sentence}`)
  t.end()
})
