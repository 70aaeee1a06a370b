/** `defineFormat` and custom formats. */
import { Type } from '@sinclair/typebox'
import { expectTypeOf } from 'expect-type'
import t from 'tap'
import { defineFormat, standardErrors, type Answer, type Format, type FormatDefinition } from 'fastify-api-errors'
import { bodySchema } from '../../lib/formats/format.js'
import { createThrower } from '../support/http.js'
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

t.test('a custom format writes bodies with groups', async t => {
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

t.test('the schema of a format allows only the fields of its code', async t => {
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

t.test('defineFormat returns the format', async t => {
  const { name, contentType, fields } = defineFormat({ name: 'plain', fields: { text } })
  t.strictSame({ name, contentType, fields }, { name: 'plain', contentType: 'application/json', fields: { text } })
  t.ok(Object.isFrozen(enveloped))
  expectTypeOf(defineFormat).returns.toEqualTypeOf<Format>()
})

t.test('a format has no access to values that belong only in the log', async () => {
  expectTypeOf<keyof Answer>().toEqualTypeOf<
    'code' | 'status' | 'type' | 'title' | 'message' | 'action' | 'retry' | 'meta' | 'issues' | 'param' | 'retryAfter' | 'requestId' | 'docUrl' | 'instance'
  >()
})

t.test('an invalid format throws one sentence with the property, what was expected and what was received', async t => {
  const expectedFields = 'expected an object with at least one field, each { schema, value } or { fields }'
  const expectedField = 'expected a field, { schema, value }, or a group, { fields }'
  const expectedMediaType = "expected a JSON media type without parameters, like 'application/json'"
  const expectedSchema = 'expected a function of (definition, context) that returns a TypeBox schema, or undefined'
  const wrong: ReadonlyArray<readonly [definition: unknown, sentence: string]> = [
    [undefined, 'format: expected an object with name and fields, got undefined.'],
    ['problem', 'format: expected an object with name and fields, got "problem".'],
    [{ fields: { text } }, 'name: expected a name, got undefined.'],
    [{ name: '', fields: { text } }, 'name: expected a name, got "".'],
    [{ name: 'x', fields: { text }, mediaType: 'application/json' }, 'x.mediaType: unknown option, expected one of name, contentType, fields.'],
    [{ name: 'x', fields: { text }, contentType: 'text/html' }, `x.contentType: ${expectedMediaType}, got "text/html".`],
    [{ name: 'x', fields: { text }, contentType: 'application/json; charset=utf-8' }, `x.contentType: ${expectedMediaType}, got "application/json; charset=utf-8".`],
    [{ name: 'x', fields: { text }, contentType: 7 }, `x.contentType: ${expectedMediaType}, got 7.`],
    [{ name: 'x' }, `x.fields: ${expectedFields}, got undefined.`],
    [{ name: 'x', fields: [text] }, `x.fields: ${expectedFields}, got an array.`],
    [{ name: 'x', fields: {} }, `x.fields: ${expectedFields}, got an object.`],
    [{ name: 'x', fields: { a: null } }, `x.fields.a: ${expectedField}, got null.`],
    [{ name: 'x', fields: { a: 'text' } }, `x.fields.a: ${expectedField}, got "text".`],
    [{ name: 'x', fields: { a: { fields: null } } }, `x.fields.a.fields: ${expectedFields}, got null.`],
    [{ name: 'x', fields: { a: { fields: { b: { value: () => 1 } } } } }, `x.fields.a.fields.b.schema: ${expectedSchema}, got undefined.`],
    [{ name: 'x', fields: { a: { ...text, schema: {} } } }, `x.fields.a.schema: ${expectedSchema}, got an object.`],
    [{ name: 'x', fields: { a: { ...text, value: 'text' } } }, 'x.fields.a.value: expected a function of the response data that returns the value, got "text".'],
    [{ name: 'x', fields: { a: { ...text, optional: 'yes' } } }, 'x.fields.a.optional: expected true or false, got "yes".']
  ]
  for (const [definition, sentence] of wrong) {
    t.equal(thrown(() => defineFormat(definition as FormatDefinition)), `TypeError: defineFormat: ${sentence}`)
  }
})
