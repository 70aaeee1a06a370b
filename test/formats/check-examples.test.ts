/** Custom formats whose values do not match their schemas are rejected at registration. */
import { Type } from '@sinclair/typebox'
import t from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import Fastify from 'fastify'
import apiErrors, { defineErrors, defineFormat, formats, standardErrors, type Fields } from 'fastify-api-errors'
import type { BodyPart } from '../../lib/formats/format.js'
import { checkExamples } from '../../lib/formats/check-examples.js'
import { thrown } from '../helpers/thrown.js'

const catalog = defineErrors({
  queue_full: {
    status: 409,
    type: 'conflict_error',
    message: 'The queue is full.',
    description: 'The queue has no free place.',
    action: 'Choose another queue.',
    meta: Type.Object({ size: Type.Integer() }),
    example: { meta: { size: 5 }, issues: [{ in: 'body', field: 'a', pointer: '/a', code: 'minimum', message: 'must be at least 1' }] }
  }
})
const code = { schema: ({ code }: { code: string }) => Type.Unsafe<string>({ type: 'string', enum: [code] }), value: (response: { code: string }) => response.code }

/** Checks a format with some fields. The catalog has one code. */
const check = (fields: Fields): void => { checkExamples(defineFormat({ name: 'mine', fields }), catalog, () => undefined) }

t.test('every built-in format matches its schemas, with and without pages', t => {
  for (const format of Object.values(formats)) {
    for (const page of [undefined, '/errors/x']) t.doesNotThrow(() => { checkExamples(format, { ...standardErrors, ...catalog }, () => page) }, format.name)
  }
  t.end()
})

t.test('values of every kind are accepted if they match their schemas', t => {
  const valid: Readonly<Record<string, Fields>> = {
    constants: { code, status: { schema: () => Type.Literal(409), value: response => response.status }, both: { schema: () => Type.Union([Type.Literal('a'), Type.Null()]), value: () => null } },
    lists: { list: { schema: () => Type.Array(Type.Object({ field: Type.String() })), value: response => response.issues.map(({ field }) => ({ field })) } },
    meta: { meta: { schema: ({ meta }) => meta, value: response => response.meta } },
    dates: { at: { schema: () => Type.String(), value: () => new Date(0) } },
    optional: { help: { schema: () => Type.String(), value: () => undefined, optional: true } },
    never: { help: { schema: () => undefined, value: () => { throw new Error('is never called') } } },
    groups: { error: { fields: { inner: { fields: { code } } } } },
    enums: { kind: { schema: () => Type.Unsafe<object>({ enum: [{ a: [1] }, 'b'] }), value: () => ({ a: [1] }) } },
    withoutIssues: {
      list: { schema: (_definition, { issueCodes }) => issueCodes?.length === 0 ? undefined : Type.Array(Type.Unknown(), { minItems: 1 }), value: response => response.issues }
    },
    unknownReference: { list: { schema: () => Type.Unsafe<unknown>({ $ref: 'Reason#' }), value: () => 1 } },
    otherLibrary: { at: { schema: () => z.string(), value: () => 'now' }, id: { schema: () => ({ type: 'string' }), value: () => 'a' } },
    formatsOfStrings: { at: { schema: () => Type.String({ format: 'date-time' }), value: () => 'now' } }
  }
  for (const [name, fields] of Object.entries(valid)) t.doesNotThrow(() => { check(fields) }, name)
  t.end()
})

t.test('any other value is rejected with one sentence that names the format, the field and the code', t => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  const wrong: ReadonlyArray<readonly [Fields, string]> = [
    [{ code: { ...code, value: () => 5 } }, "'code' of the code 'queue_full' must be string, got 5"],
    [{ code: { ...code, value: response => response.code.toUpperCase() } }, "'code' of the code 'queue_full' must be \"queue_full\", got \"QUEUE_FULL\""],
    [{ status: { schema: () => Type.Literal(1), value: () => 2 } }, "'status' of the code 'queue_full' must be 1, got 2"],
    [{ status: { schema: () => Type.Unsafe<number>({ enum: [1, 2] }), value: () => 3 } }, "'status' of the code 'queue_full' must be 1 or 2, got 3"],
    [{ error: { fields: { more: { fields: { code: { ...code, value: () => null } } } } } }, "'error.more.code' of the code 'queue_full' must be string, got null"],
    [{ list: { schema: () => Type.Array(Type.Object({ field: Type.Integer() })), value: response => response.issues } }, "'list.0.field' of the code 'queue_full' must be integer, got \"a\""],
    [{ list: { schema: () => Type.Object({ 'a/~': Type.Integer() }), value: () => ({ 'a/~': '' }) } }, "'list.a/~' of the code 'queue_full' must be integer, got \"\""],
    [{ list: { schema: () => Type.Object({ a: Type.Integer() }), value: () => ({}) } }, "'list' of the code 'queue_full' must have required property 'a', got an empty object"],
    [{ list: { schema: () => Type.Array(Type.Unknown(), { minItems: 1 }), value: response => response.issues } }, "'list' of the code 'queue_full' must NOT have fewer than 1 items, got an empty array"],
    [{ help: { schema: () => Type.String(), value: response => response.docUrl } }, "'help' of the code 'queue_full' has no value, although it is not optional"],
    [{ help: { schema: () => Type.String(), value: () => () => '' } }, "'help' of the code 'queue_full' has no value, although it is not optional"],
    [{ help: { schema: () => Type.String(), value: () => { throw new Error('No') } } }, "'help' of the code 'queue_full' has no value, because the function threw: Error: No"],
    [{ help: { schema: () => { throw new Error('No') }, value: () => '' } }, "'help' of the code 'queue_full' has no schema, because the function threw: Error: No"],
    [{ help: { schema: () => Type.Unknown(), value: () => 1n } }, "'help' of the code 'queue_full' has no value, because the function threw: TypeError: Do not know how to serialize a BigInt"]
  ]
  for (const [fields, fault] of wrong) {
    t.throws(() => { check(fields) }, { message: `fastify-api-errors: format: expected values that match the schemas of their fields, but in 'mine', ${fault}.` }, fault)
  }
  t.end()
})

t.test('a schema that offers no JSON Schema, or has a type of JavaScript, is rejected with one sentence', t => {
  const expected = ': expected a JSON Schema, or a schema that provides one (zod 4.2, ArkType, Valibot with toStandardJsonSchema()), got'
  for (const [schema, sentence] of [
    [v.string(), `${expected} a schema of valibot without a JSON Schema.`],
    [z.date(), `${expected} a schema of zod without a JSON Schema: Date cannot be represented in JSON Schema.`],
    [Type.Date(), '.type: expected a type of JSON Schema (object, array, string, number, integer, boolean, null), got "Date".']
  ] as const) {
    t.equal(thrown(() => { check({ at: { schema: () => schema, value: () => 'now' } }) }), `TypeError: fastify-api-errors: format: 'at' of 'mine'${sentence}`)
  }
  t.end()
})

t.test('headers whose values do not match their schemas, or cannot be sent', t => {
  const checkHeader = (field: Fields[string]): void => { checkExamples(defineFormat({ name: 'mine', fields: { code }, headers: { 'X-Own': field as typeof code } }), catalog, () => undefined) }
  for (const value of ['a', 1, false, undefined]) t.doesNotThrow(() => { checkHeader({ schema: () => Type.Unknown(), value: () => value, optional: true }) }, String(value))
  const wrong: ReadonlyArray<readonly [value: unknown, fault: string]> = [
    [1, 'must be string, got 1'],
    ['two\nlines', 'has no value, because the function threw: TypeError: expected a value that a header can have, got "two\\nlines"'],
    [null, 'has no value, because the function threw: TypeError: expected a value that a header can have, got null'],
    [['a'], 'has no value, because the function threw: TypeError: expected a value that a header can have, got an array'],
    [undefined, 'has no value, although it is not optional']
  ]
  for (const [value, fault] of wrong) {
    t.throws(() => { checkHeader({ schema: () => Type.String(), value: () => value }) }, {
      message: `fastify-api-errors: format: expected values that match the schemas of their fields, but in 'mine', 'header X-Own' of the code 'queue_full' ${fault}.`
    })
  }
  t.end()
})

t.test('lists, optional groups and whole bodies', t => {
  const absent = { schema: () => Type.String(), value: () => undefined }
  const whole = (body: BodyPart): void => { checkExamples(defineFormat({ name: 'mine', body }), catalog, () => undefined) }
  t.doesNotThrow(() => { check({ list: { items: [{ fields: { code } }, absent] } }) }, 'an absent item')
  t.doesNotThrow(() => { check({ more: { fields: { absent }, optional: true } }) }, 'an absent group')
  t.doesNotThrow(() => { whole({ items: [{ fields: { code } }] }) })
  t.doesNotThrow(() => { whole({ schema: () => Type.Array(Type.String()), value: response => [response.code] }) })
  const wrong: ReadonlyArray<readonly [call: () => void, fault: string]> = [
    [() => { check({ list: { items: [{ fields: { code } }, { fields: { code: { ...code, value: () => 1 } } }] } }) }, "'list.1.code' of the code 'queue_full' must be string, got 1"],
    [() => { check({ more: { fields: { absent } } }) }, "'more.absent' of the code 'queue_full' has no value, although it is not optional"],
    [() => { whole({ items: [{ ...code, value: () => 1 }] }) }, "'0' of the code 'queue_full' must be string, got 1"],
    [() => { whole({ schema: () => Type.Array(Type.String()), value: () => [1] }) }, "'0' of the code 'queue_full' must be string, got 1"],
    [() => { whole({ ...code, value: () => 1 }) }, "'the body' of the code 'queue_full' must be string, got 1"],
    [() => { whole(absent) }, "'the body' of the code 'queue_full' has no value, although it is not optional"]
  ]
  for (const [call, fault] of wrong) t.throws(call, { message: `fastify-api-errors: format: expected values that match the schemas of their fields, but in 'mine', ${fault}.` }, fault)
  t.end()
})

t.test('register() checks a custom format with the whole catalog', async t => {
  const app = Fastify()
  t.after(() => app.close())
  const format = defineFormat({ name: 'mine', fields: { status: { schema: ({ status }) => Type.Literal(Math.min(status, 500)), value: response => response.status } } })
  await t.rejects(async () => { await app.register(apiErrors, { format }) }, {
    message: "fastify-api-errors: format: expected values that match the schemas of their fields, but in 'mine', 'status' of the code 'not_implemented' must be 500, got 501."
  })
  const own = defineFormat({ name: 'mine', fields: { code: { ...code, value: response => response.code === 'queue_full' ? 7 : response.code } } })
  const other = Fastify()
  t.after(() => other.close())
  await t.resolves(async () => { await Fastify().register(apiErrors, { format: own }) }, 'without the code')
  await t.rejects(async () => { await other.register(apiErrors, { errors: catalog, format: own }) }, { message: /'code' of the code 'queue_full' must be string, got 7\.$/ })
})

t.test('a format whose serialize returns no string is rejected', async t => {
  const serializers: ReadonlyArray<readonly [unknown, string]> = [
    [async () => '{}', 'TypeError: mine.serialize: expected the function to return a string, got a promise.'],
    [async () => { throw new Error('is handled') }, 'TypeError: mine.serialize: expected the function to return a string, got a promise.'],
    [() => undefined, 'TypeError: mine.serialize: expected the function to return a string, got undefined.'],
    [() => { throw new Error('It failed.') }, 'Error: It failed.']
  ]
  for (const [serialize, message] of serializers) {
    const format = defineFormat({ name: 'mine', fields: { code }, serialize: serialize as () => string })
    t.throws(() => { checkExamples(format, catalog, () => undefined) }, {
      message: `fastify-api-errors: format: expected 'serialize' of 'mine' to return a string for each code. For 'queue_full', it failed: ${message}`
    })
  }
})

t.test('an async value is rejected, and its rejection is handled', async t => {
  for (const value of [async () => 'x', async () => { throw new Error('is handled') }]) {
    const message = /'help' of the code 'queue_full' has no value, because the function threw: TypeError: value: expected the function to return its result, got a promise\.\.$/
    t.throws(() => { check({ help: { schema: () => Type.String(), value } }) }, { message })
  }
  await new Promise(setImmediate)
})
