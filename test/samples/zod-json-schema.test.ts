/** Schemas of zod 3 and 4 as JSON Schema. */
import t from 'tap'
import { z } from 'zod'
import * as z3 from 'zod/v3'
import { describeZodSchema } from '../../lib/samples/zod-json-schema.js'

t.test('an object has its fields, and those that are required', async t => {
  const expected = { type: 'object', properties: { a: { type: 'string' }, b: { type: 'boolean' } }, required: ['a'] }
  t.strictSame(describeZodSchema(z.object({ a: z.string(), b: z.boolean().optional() })), expected)
  t.strictSame(describeZodSchema(z3.object({ a: z3.string(), b: z3.boolean().optional() })), expected)
})

t.test('checks become keywords', async t => {
  const strings = [{ type: 'string', minLength: 2, maxLength: 5 }, { type: 'string', format: 'email' }, { type: 'string', format: 'uuid' }, { type: 'string', pattern: '' }]
  t.strictSame([z.string().min(2).max(5), z.email(), z.string().uuid(), z.string().regex(/a/)].map(schema => describeZodSchema(schema)), strings)
  t.strictSame([z3.string().min(2).max(5), z3.string().email(), z3.string().uuid(), z3.string().regex(/a/)].map(schema => describeZodSchema(schema)), strings)
  const numbers = [{ type: 'number', minimum: 1, maximum: 9 }, { type: 'number', multipleOf: 2 }]
  t.strictSame([z.number().min(1).max(9), z.number().multipleOf(2)].map(schema => describeZodSchema(schema)), numbers)
  t.strictSame([z3.number().min(1).max(9), z3.number().multipleOf(2)].map(schema => describeZodSchema(schema)), numbers)
  t.strictSame(describeZodSchema(z.int()).type, 'number')
})

t.test('lists, choices and alternatives', async t => {
  t.strictSame(describeZodSchema(z.array(z.string()).min(1).max(3)), { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 })
  t.match(describeZodSchema(z3.array(z3.string())), { type: 'array', items: { type: 'string' } })
  for (const schema of [z.enum(['a', 'b']), z3.enum(['a', 'b']), z3.nativeEnum({ A: 'a', B: 'b' })]) t.strictSame(describeZodSchema(schema), { enum: ['a', 'b'] })
  for (const schema of [z.literal('a'), z3.literal('a')]) t.strictSame(describeZodSchema(schema), { enum: ['a'] })
  for (const schema of [z.union([z.string(), z.boolean()]), z3.union([z3.string(), z3.boolean()])]) t.strictSame(describeZodSchema(schema), { anyOf: [{ type: 'string' }, { type: 'boolean' }] })
  const kinds = [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })] as const
  t.match(describeZodSchema(z.discriminatedUnion('kind', [...kinds])), { anyOf: [{ properties: { kind: { enum: ['a'] } } }, { properties: { kind: { enum: ['b'] } } }] })
  t.strictSame(describeZodSchema({ _def: { typeName: 'ZodUnion' } }), { anyOf: [] })
})

t.test('a schema around another one has the keywords of the inner one', async t => {
  const text = { type: 'string' }
  for (const schema of [z.string().optional(), z.string().nullable(), z.string().default('a'), z.string().prefault('a'), z.string().catch('a'), z.string().readonly(), z.string().optional().nonoptional(), z.string().transform(value => value)]) {
    t.strictSame(describeZodSchema(schema), text)
  }
  for (const schema of [z3.string().optional(), z3.string().nullable(), z3.string().default('a'), z3.string().refine(() => true), z3.string().pipe(z3.string())]) t.strictSame(describeZodSchema(schema), text)
})

t.test('a schema without a description allows any value, and one that contains itself has a limited depth', async t => {
  t.strictSame([z.date(), z.unknown(), undefined].map(schema => describeZodSchema(schema)), [{}, {}, {}])
  const tree: z.ZodType = z.object({ get child () { return tree } })
  t.ok(JSON.stringify(describeZodSchema(tree)).length < 1000)
  t.strictSame(describeZodSchema({ _def: { typeName: 'ZodObject' } }), { type: 'object', properties: {}, required: [] })
})
