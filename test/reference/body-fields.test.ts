/** The fields of a body, listed from its schema. */
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { listFields } from '../../lib/reference/body-fields.js'

const field = (name: string, type: string, required = true, description = ''): object => ({ name, type, required, description })

t.test('types are shown in the notation of TypeScript', async t => {
  t.strictSame(listFields(Type.Object({
    text: Type.String({ description: 'A text.' }),
    maybe: Type.Optional(Type.Integer()),
    either: Type.Union([Type.String(), Type.Null()]),
    fixed: Type.Literal('a'),
    chosen: Type.Unsafe({ type: 'string', enum: ['a', 'b'] }),
    list: Type.Array(Type.String()),
    mixed: Type.Array(Type.Union([Type.String(), Type.Number()])),
    several: Type.Unsafe({ type: ['string', 'null'] }),
    same: Type.Unsafe({ oneOf: [{ type: 'string' }, { type: 'string' }] }),
    anything: Type.Unknown()
  })), [
    field('text', 'string', true, 'A text.'),
    field('maybe', 'integer', false),
    field('either', 'string | null'),
    field('fixed', '"a"'),
    field('chosen', '"a" | "b"'),
    field('list', 'string[]'),
    field('mixed', '(string | number)[]'),
    field('several', 'string | null'),
    field('same', 'string'),
    field('anything', 'any')
  ])
})

t.test('nested fields follow their field', async t => {
  t.strictSame(listFields(Type.Object({
    owner: Type.Object({ id: Type.String() }),
    details: Type.Array(Type.Object({ code: Type.String(), path: Type.Array(Type.Object({ at: Type.Integer() })) })),
    reasons: Type.Unsafe({ type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } })
  })), [
    field('owner', 'object'),
    field('owner.id', 'string'),
    field('details', 'object[]'),
    field('details[].code', 'string'),
    field('details[].path', 'object[]'),
    field('details[].path[].at', 'integer'),
    field('reasons', 'object'),
    field('reasons.*', 'string[]', false)
  ])
})

t.test('a value that is not a schema has no fields', async t => {
  for (const value of [undefined, null, true, [], {}, { type: 'object' }]) t.strictSame(listFields(value), [])
  t.strictSame(listFields({ properties: { free: true } }), [field('free', 'any', false)])
})
