// Tests which schemas of Valibot and ArkType cannot fail. Each result is compared with the library itself.
import { type } from 'arktype'
import Fastify from 'fastify'
import apiErrors from 'fastify-api-errors'
import t from 'tap'
import * as v from 'valibot'
import { canLackFieldStandard, canStringsFailStandard } from '../../../lib/infer/schemas/standard-schemas.js'

const names = new Set(['id'])

interface Schema {
  readonly '~standard': { readonly validate: (value: unknown) => { readonly value?: unknown, readonly issues?: readonly unknown[] } }
}

function fails (schema: unknown, value: unknown): boolean {
  return (schema as Schema)['~standard'].validate(value).issues !== undefined
}

t.test('a path of plain strings cannot fail', async t => {
  for (const [title, schema, canFail] of [
    ['Valibot: a string', v.object({ id: v.string() }), false],
    ['Valibot: an optional string', v.object({ id: v.string(), other: v.optional(v.string()) }), false],
    ['Valibot: a string and other fields', v.looseObject({ id: v.string() }), false],
    ['Valibot: a format', v.object({ id: v.pipe(v.string(), v.uuid()) }), true],
    ['Valibot: a number', v.object({ id: v.number() }), true],
    ['Valibot: a parameter that the path does not have', v.object({ id: v.string(), other: v.string() }), true],
    ['Valibot: a check of the whole', v.pipe(v.object({ id: v.string() }), v.check(() => false)), true],
    ['Valibot: no other parameters', v.strictObject({ }), true],
    ['Valibot: no object', v.string(), true],
    ['ArkType: a string', type({ id: 'string' }), false],
    ['ArkType: an optional string', type({ id: 'string', 'other?': 'string' }), false],
    ['ArkType: a format', type({ id: 'string.uuid' }), true],
    ['ArkType: a number', type({ id: 'number' }), true],
    ['ArkType: a parameter that the path does not have', type({ id: 'string', other: 'string' }), true],
    ['ArkType: no other parameters', type({ '+': 'reject' }), true],
    ['ArkType: no object', type('string'), true]
  ] as const) {
    t.equal(canStringsFailStandard(schema, names), canFail, title)
    t.equal(fails(schema, { id: 'x' }), canFail, `${title}, says the library`)
  }
  t.equal(canStringsFailStandard({ '~standard': { vendor: 'other' } }, names), true, 'another library')
})

t.test('a body with only optional fields has no missing fields', async t => {
  for (const [title, schema, canLack] of [
    ['Valibot: optional fields', v.object({ name: v.optional(v.string()), size: v.nullish(v.number(), 1) }), false],
    ['Valibot: a required field', v.object({ name: v.string() }), true],
    ['Valibot: a field that can be null', v.object({ name: v.nullable(v.string()) }), true],
    ['Valibot: a list', v.array(v.object({ name: v.string() })), true],
    ['Valibot: a list of strings', v.array(v.string()), false],
    ['Valibot: a field in an optional object', v.object({ place: v.optional(v.object({ city: v.string() })) }), true],
    ['Valibot: a checked object', v.pipe(v.object({ name: v.optional(v.string()) }), v.check(() => true)), false],
    ['Valibot: an object that a second schema reads', v.pipe(v.object({ name: v.optional(v.string()) }), v.object({ name: v.string() })), true],
    ['Valibot: a union', v.union([v.string(), v.object({ name: v.string() })]), true],
    ['ArkType: optional fields', type({ 'name?': 'string', size: 'number = 1' }), false],
    ['ArkType: a required field', type({ name: 'string' }), true],
    ['ArkType: a field in an optional object', type({ 'place?': { city: 'string' } }), true],
    ['another library', { '~standard': { vendor: 'other' } }, true]
  ] as const) t.equal(canLackFieldStandard(schema), canLack, title)
})

t.test('a route documents what its schemas can reject', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.setValidatorCompiler(({ schema }) => value => {
    const result = (schema as unknown as Schema)['~standard'].validate(value)
    return result.issues === undefined ? result : { error: Object.assign(new Error('Invalid'), { issues: result.issues }) }
  })
  await app.register(apiErrors, { log: false })
  app.patch('/rooms/:id', { schema: { params: v.object({ id: v.string() }), body: v.object({ name: v.optional(v.string()) }) } }, async () => 1)
  app.put('/rooms/:id', { schema: { params: type({ id: 'string.uuid' }), body: type({ name: 'string' }) } }, async () => 1)
  await app.ready()
  const codesOf = (method: string): string[] => app.apiErrors.explain(method, '/rooms/:id').filter(({ rule }) => rule === 'parameters' || rule === 'bodySchema').map(({ code }) => code)
  t.strictSame(codesOf('PATCH'), ['validation_error'])
  t.strictSame(codesOf('PUT'), ['validation_error', 'missing_required_field', 'invalid_parameter'])
  for (const payload of [{ name: 1 }, 'text', undefined]) {
    const response = await app.inject({ method: 'PATCH', url: '/rooms/1', ...(payload !== undefined && { payload: JSON.stringify(payload), headers: { 'content-type': 'application/json' } }) })
    t.equal(response.json().code, 'validation_error')
  }
})
