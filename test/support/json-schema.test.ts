/** Schemas of any library: their JSON Schema, and the types of their values. */
import { Type as Type0 } from '@sinclair/typebox'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import { Type as Type1 } from 'typebox'
import * as v from 'valibot'
import { z } from 'zod'
import { toJsonSchema, type SchemaValue } from '../../lib/support/json-schema.js'

/** Returns a schema with literal types. The type of its values is tested. */
const schema = <const S>(schema: S): SchemaValue<S> => schema as never

t.test('SchemaValue derives the type of the values of a JSON Schema', async () => {
  expectTypeOf(schema({ type: 'string' })).toEqualTypeOf<string>()
  expectTypeOf(schema({ type: 'integer' })).toEqualTypeOf<number>()
  expectTypeOf(schema({ type: ['string', 'null'] })).toEqualTypeOf<string | null>()
  expectTypeOf(schema({ enum: ['a', 1, null] })).toEqualTypeOf<'a' | 1 | null>()
  expectTypeOf(schema({ const: false })).toEqualTypeOf<false>()
  expectTypeOf(schema({ anyOf: [{ type: 'string' }, { type: 'boolean' }] })).toEqualTypeOf<string | boolean>()
  expectTypeOf(schema({ oneOf: [{ type: 'string' }, { type: 'boolean' }] })).toEqualTypeOf<string | boolean>()
  expectTypeOf(schema({ allOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'object', properties: { b: { type: 'number' } }, required: ['b'] }] }))
    .toEqualTypeOf<{ a?: string } & { b: number }>()
  expectTypeOf(schema({ type: 'array', items: { type: 'string' } })).toEqualTypeOf<string[]>()
  expectTypeOf(schema({ type: 'array' })).toEqualTypeOf<unknown[]>()
  expectTypeOf(schema({ type: 'array', items: [{ type: 'string' }, { type: 'number' }] })).toEqualTypeOf<[string, number]>()
  expectTypeOf(schema({ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] })).toEqualTypeOf<[string, number]>()
  expectTypeOf(schema({ type: 'object' })).toEqualTypeOf<Readonly<Record<string, unknown>>>()
  expectTypeOf(schema({ type: 'object', properties: {} })).toEqualTypeOf<{}>()
  expectTypeOf(schema({ type: 'object', additionalProperties: { type: 'number' } })).toEqualTypeOf<Record<string, number>>()
  expectTypeOf(schema({ type: 'object', additionalProperties: false })).toEqualTypeOf<Readonly<Record<string, unknown>>>()
  expectTypeOf(schema({ type: 'object', patternProperties: { '^a': { type: 'number' }, '^b': { type: 'string' } } })).toEqualTypeOf<Record<string, number | string>>()
  expectTypeOf(schema({ type: 'object', properties: { a: { type: 'object', properties: { b: { enum: ['x'] } } } }, required: ['a'] })).toEqualTypeOf<{ a: { b?: 'x' } }>()
  expectTypeOf(schema({ $ref: '#/$defs/a' })).toEqualTypeOf<unknown>()
  expectTypeOf(schema({})).toEqualTypeOf<unknown>()
})

t.test('SchemaValue derives the type of the values of TypeBox 0.34 and 1', async () => {
  interface Value { id: string, kind: 'a' | 'b', size?: number, tags: string[], pair: [string, number], map: Record<string, boolean>, flag: boolean | null, any: unknown, own: Date }
  const zero = Type0.Object({
    id: Type0.String(),
    kind: Type0.Union([Type0.Literal('a'), Type0.Literal('b')]),
    size: Type0.Optional(Type0.Integer()),
    tags: Type0.Array(Type0.String()),
    pair: Type0.Tuple([Type0.String(), Type0.Number()]),
    map: Type0.Record(Type0.String(), Type0.Boolean()),
    flag: Type0.Union([Type0.Boolean(), Type0.Null()]),
    any: Type0.Unknown(),
    own: Type0.Unsafe<Date>({})
  })
  const one = Type1.Object({
    id: Type1.String(),
    kind: Type1.Union([Type1.Literal('a'), Type1.Literal('b')]),
    size: Type1.Optional(Type1.Integer()),
    tags: Type1.Array(Type1.String()),
    pair: Type1.Tuple([Type1.String(), Type1.Number()]),
    map: Type1.Record(Type1.String(), Type1.Boolean()),
    flag: Type1.Union([Type1.Boolean(), Type1.Null()]),
    any: Type1.Unknown(),
    own: Type1.Unsafe<Date>({})
  })
  expectTypeOf(schema(zero)).toEqualTypeOf<Value>()
  expectTypeOf(schema(one)).toEqualTypeOf<Value>()
  expectTypeOf(schema(Type1.Enum(['a', 'b']))).toEqualTypeOf<'a' | 'b'>()
  expectTypeOf(schema(Type1.Object({ a: Type1.Optional(Type1.String()) }))).toEqualTypeOf<{ a?: string }>()
  expectTypeOf(schema(Type1.Intersect([Type1.Object({ a: Type1.String() }), Type1.Object({ b: Type1.String() })]))).toEqualTypeOf<{ a: string } & { b: string }>()
})

t.test('the type of the values of libraries with Standard Schema is the output', async () => {
  expectTypeOf(schema(z.object({ id: z.string().default('a') }))).toEqualTypeOf<{ id: string }>()
  expectTypeOf(schema(type({ 'id?': 'string' }))).toEqualTypeOf<{ id?: string }>()
  expectTypeOf(schema(toStandardJsonSchema(v.object({ id: v.string() })))).toEqualTypeOf<{ id: string }>()
})

t.test('values that are not schemas of a library are returned unchanged', async t => {
  for (const value of [undefined, null, true, 'text', [], {}, { '~standard': 1 }, Object.assign(Object.create(null), { type: 'string' })]) t.equal(toJsonSchema('a', 'b', value), value)
})
