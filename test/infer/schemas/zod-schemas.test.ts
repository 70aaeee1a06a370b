// Tests which schemas of zod 3 and 4 cannot fail. Each result is compared with zod itself.
import t from 'tap'
import * as z from 'zod'
import * as z3 from 'zod/v3'
import { canLackField, canStringsFail, isZodSchema } from '../../../lib/infer/schemas/zod-schemas.js'

const names = new Set(['id'])

for (const [version, { object, string, number, any, unknown, boolean, literal, nullable, strictObject }] of [
  ['4', { ...z, strictObject: (shape: z.ZodRawShape) => z.strictObject(shape) }],
  ['3', { ...z3.z, strictObject: (shape: z3.ZodRawShape) => z3.z.object(shape).strict() }]
] as unknown as ReadonlyArray<readonly [string, typeof z & { strictObject: typeof z.strictObject }]>) {
  const other = (version === '4' ? z : z3.z) as unknown as Record<'array' | 'record' | 'union' | 'tuple' | 'map', (...args: unknown[]) => z.ZodType>

  t.test(`zod ${version}: a path of plain strings cannot fail`, async t => {
    for (const [title, schema, canFail] of [
      ['a string', object({ id: string() }), false],
      ['a string that is trimmed', object({ id: string().trim() }), false],
      ['an optional string', object({ id: string(), other: string().optional() }), false],
      ['a string or null', object({ id: nullable(string()) }), false],
      ['anything', object({ id: any() }), false],
      ['anything that is absent', object({ id: any(), other: unknown() }), version === '4'],
      ['a string with a length', object({ id: string().min(200) }), true],
      ['a format', object({ id: string().uuid() }), true],
      ['a number', object({ id: number() }), true],
      ['a parameter that the path does not have', object({ id: string(), other: string() }), true],
      ['a check of the whole', object({ id: string() }).refine(() => false), true],
      ['no other parameters', strictObject({ }), true],
      ['no object', string(), true]
    ] as const) {
      t.equal(canStringsFail(schema, names), canFail, title)
      t.equal(!(schema as z.ZodType).safeParse({ id: 'x' }).success, canFail, `${title}, says zod`)
    }
  })

  t.test(`zod ${version}: a body with only optional fields has no missing fields`, async t => {
    for (const [title, schema, canLack] of [
      ['optional fields', object({ name: string().optional(), size: number().default(1) }), false],
      ['a required field', object({ name: string() }), true],
      ['a field that can be null', object({ name: nullable(string()) }), true],
      ['a field that can be null or absent', object({ name: nullable(string().optional()) }), false],
      ['a required field within', object({ inner: object({ name: string() }).optional() }), true],
      ['a list of what lacks nothing', other.array(string()), false],
      ['a list of what can lack a field', other.array(object({ name: string() })), true],
      ['a record', other.record(string(), object({ name: string() })), true],
      ['a union', other.union([boolean(), literal('a')]), false],
      ['a tuple', other.tuple([boolean(), object({ name: string() })]), true],
      ['a transformation', object({ name: string().optional() }).transform(value => value), false],
      ['a refinement', object({ name: string() }).refine(() => true), true],
      ['something else', other.map(string(), string()), true]
    ] as const) t.equal(canLackField(schema), canLack, title)
  })
}

t.test('other values are not zod schemas', async t => {
  t.ok(isZodSchema(z.string()))
  t.ok(isZodSchema(z3.z.string()))
  for (const value of [undefined, { type: 'object' }, { _def: {} }, { _def: { type: 1 } }]) t.notOk(isZodSchema(value))
  t.ok(canLackField({ _zod: { def: { type: 'object' } } }), 'an object with unknown fields')
  interface Linked { readonly next?: Linked | undefined }
  const List: z.ZodType<Linked> = z.object({ get next () { return List.optional() } })
  t.notOk(canLackField(List), 'a schema that refers to itself')
})
