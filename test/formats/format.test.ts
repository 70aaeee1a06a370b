import { Type } from '@sinclair/typebox'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import { defineFormat, standardErrors, type Answer, type Format, type FormatDefinition } from 'fastify-api-errors'
import { bodySchema } from '../../lib/formats/format.js'
import { createThrower } from '../support/api.js'
import { thrown } from '../support/thrown.js'

const text = { schema: () => Type.String(), value: (answer: Answer) => answer.message }

const enveloped = defineFormat({
  name: 'enveloped',
  contentType: 'application/vnd.example.error+json',
  fields: {
    ok: { schema: () => Type.Literal(false), value: () => false },
    error: {
      fields: {
        code: { schema: ({ code }) => Type.Literal(code), value: answer => answer.code },
        at: { fields: { path: { schema: () => Type.String(), value: answer => answer.instance } } },
        reasons: {
          schema: ({ status }) => status === 422 ? Type.Array(Type.String()) : undefined,
          value: answer => answer.issues.map(({ message }) => message)
        },
        help: {
          schema: (_definition, { hasDocUrl }) => hasDocUrl ? Type.String() : undefined,
          value: answer => answer.docUrl,
          optional: true
        }
      }
    }
  }
})

const issues = [{ in: 'body', field: 'email', pointer: '/email', code: 'required', message: 'is required' }] as const

t.test('a format of your own writes its bodies, groups and all', async t => {
  const send = await createThrower({ format: enveloped })
  t.strictSame(await send({ error: standardErrors.missing_required_field({ issues }) }), {
    status: 422,
    contentType: 'application/vnd.example.error+json',
    body: { ok: false, error: { code: 'missing_required_field', at: { path: '/users/7' }, reasons: ['is required'] } }
  })
  t.strictSame((await send({ error: standardErrors.forbidden() })).body, {
    ok: false, error: { code: 'forbidden', at: { path: '/users/7' } }
  })
})

t.test('its schema has the fields of one code, closed', async t => {
  const schemaOf = (code: 'forbidden' | 'validation_error', hasDocUrl: boolean): unknown =>
    JSON.parse(JSON.stringify(bodySchema(enveloped, standardErrors[code], { hasDocUrl })))
  const at = { type: 'object', required: ['path'], properties: { path: { type: 'string' } }, additionalProperties: false }
  t.strictSame(schemaOf('forbidden', true), {
    type: 'object',
    required: ['ok', 'error'],
    properties: {
      ok: { type: 'boolean', const: false },
      error: {
        type: 'object',
        required: ['code', 'at'],
        properties: { code: { type: 'string', const: 'forbidden' }, at, help: { type: 'string' } },
        additionalProperties: false
      }
    },
    additionalProperties: false
  })
  t.strictSame(schemaOf('validation_error', false), {
    type: 'object',
    required: ['ok', 'error'],
    properties: {
      ok: { type: 'boolean', const: false },
      error: {
        type: 'object',
        required: ['code', 'at', 'reasons'],
        properties: { code: { type: 'string', const: 'validation_error' }, at, reasons: { type: 'array', items: { type: 'string' } } },
        additionalProperties: false
      }
    },
    additionalProperties: false
  })
})

t.test('what defineFormat returns', async t => {
  const { name, contentType, fields } = defineFormat({ name: 'plain', fields: { text } })
  t.strictSame({ name, contentType, fields }, { name: 'plain', contentType: 'application/json', fields: { text } })
  t.ok(Object.isFrozen(enveloped))
  expectTypeOf(defineFormat).returns.toEqualTypeOf<Format>()
})

t.test('a format cannot read what no caller may see', async () => {
  expectTypeOf<keyof Answer>().toEqualTypeOf<
    'code' | 'status' | 'type' | 'title' | 'message' | 'meta' | 'issues' | 'param' | 'retryAfter' | 'requestId' | 'docUrl' | 'instance'
  >()
})

t.test('a wrong format throws one sentence that names the property, what it got and what it takes', async t => {
  const takesFields = 'it takes an object with one field or more, each { schema, value } or { fields }.'
  const takesField = 'it takes a field, { schema, value }, or a group, { fields }.'
  const takesMediaType = "it takes a JSON media type without parameters, like 'application/json'."
  const takesSchema = 'it takes a function of (definition, context) that returns a TypeBox schema, or undefined.'
  const wrong: ReadonlyArray<readonly [definition: unknown, sentence: string]> = [
    [undefined, 'the format is undefined; it takes an object with name and fields.'],
    ['problem', "the format is 'problem'; it takes an object with name and fields."],
    [{ fields: { text } }, "'name' is undefined; it takes a name."],
    [{ name: '', fields: { text } }, "'name' is ''; it takes a name."],
    [{ name: 'x', fields: { text }, mediaType: 'application/json' }, "x: 'mediaType' is not a property of a format; it takes name, contentType and fields."],
    [{ name: 'x', fields: { text }, contentType: 'text/html' }, `x: 'contentType' is 'text/html'; ${takesMediaType}`],
    [{ name: 'x', fields: { text }, contentType: 'application/json; charset=utf-8' }, `x: 'contentType' is 'application/json; charset=utf-8'; ${takesMediaType}`],
    [{ name: 'x', fields: { text }, contentType: 7 }, `x: 'contentType' is 7; ${takesMediaType}`],
    [{ name: 'x' }, `x: 'fields' is undefined; ${takesFields}`],
    [{ name: 'x', fields: [text] }, `x: 'fields' is an array; ${takesFields}`],
    [{ name: 'x', fields: {} }, "x: 'fields' is an object; it takes one field or more, each { schema, value } or { fields }."],
    [{ name: 'x', fields: { a: null } }, `x: 'fields.a' is null; ${takesField}`],
    [{ name: 'x', fields: { a: 'text' } }, `x: 'fields.a' is 'text'; ${takesField}`],
    [{ name: 'x', fields: { a: { fields: null } } }, `x: 'fields.a.fields' is null; ${takesFields}`],
    [{ name: 'x', fields: { a: { fields: { b: { value: () => 1 } } } } }, `x: 'fields.a.fields.b.schema' is undefined; ${takesSchema}`],
    [{ name: 'x', fields: { a: { ...text, schema: {} } } }, `x: 'fields.a.schema' is an object; ${takesSchema}`],
    [{ name: 'x', fields: { a: { ...text, value: 'text' } } }, "x: 'fields.a.value' is 'text'; it takes a function of the answer that returns the value."],
    [{ name: 'x', fields: { a: { ...text, optional: 'yes' } } }, "x: 'fields.a.optional' is 'yes'; it takes true or false."]
  ]
  for (const [definition, sentence] of wrong) {
    t.equal(thrown(() => defineFormat(definition as FormatDefinition)), `TypeError: defineFormat: ${sentence}`)
  }
})
