/** `defineFormat` and custom formats. */
import { Type, type TSchema } from '@sinclair/typebox'
import { Ajv } from 'ajv'
import { expectTypeOf } from 'expect-type'
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { defineFormat, serverOptions, standardErrors, type ResponseContent, type Format, type FormatDefinition } from 'fastify-api-errors'
import { code, constant, details, docUrl, group, list, message } from 'fastify-api-errors/format'
import { createExampleContent } from '../../lib/catalog/response-content.js'
import { bodySchema, jsonWriter } from '../../lib/formats/format.js'
import { createThrower } from '../helpers/http.js'
import { thrown } from '../helpers/thrown.js'

const text = { schema: () => Type.String(), value: (response: ResponseContent) => response.message }

const enveloped = defineFormat({
  name: 'enveloped',
  contentType: 'application/vnd.example.error+json',
  fields: {
    ok: { schema: () => Type.Literal(false), value: () => false },
    error: {
      fields: {
        code: { schema: ({ code }) => Type.Literal(code), value: response => response.code },
        at: { fields: { path: { schema: () => Type.String(), value: response => response.instance } } },
        reasons: {
          schema: ({ status }) => status === 422 ? Type.Array(Type.String()) : undefined,
          value: response => response.issues.map(({ message }) => message)
        },
        help: {
          schema: (_definition, { hasDocUrl }) => hasDocUrl ? Type.String() : undefined,
          value: response => response.docUrl,
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

/** Returns the body that a format writes for a code, and whether its schema accepts the body. */
function write (format: Format, code: 'forbidden' | 'validation_error', properties: Partial<ResponseContent> = {}): readonly [body: unknown, isValid: boolean] {
  const definition = standardErrors[code]
  const response = { ...createExampleContent(definition, undefined, { requestId: 'req_1', instance: '/' }), issues: [], ...properties }
  const body: unknown = JSON.parse(jsonWriter(format, definition)(response))
  return [body, new Ajv({ strict: false }).compile(bodySchema(format, definition, { hasDocUrl: true }))(body)]
}

t.test('a group that is optional is omitted if all of its fields are absent, except those that are fixed', async t => {
  const format = defineFormat({
    name: 'grouped', fields: { link: group({ rel: constant('help'), href: docUrl }), fixed: group({ ok: constant(false) }), found: group({ details }), error: group({ code, docUrl }) }
  })
  t.strictSame(write(format, 'forbidden'), [{ fixed: { ok: false }, error: { code: 'forbidden' } }, true])
  t.strictSame(write(format, 'validation_error', { docUrl: 'https://docs.test/x', issues }), [
    { link: { rel: 'help', href: 'https://docs.test/x' }, fixed: { ok: false }, found: { details: issues }, error: { code: 'validation_error', docUrl: 'https://docs.test/x' } }, true
  ])
})

t.test('a list omits its items that are absent', async t => {
  t.strictSame(write(defineFormat({ name: 'listed', fields: { items: list(code, details) } }), 'forbidden'), [{ items: ['forbidden'] }, true], 'a field that the code never has')
  const format = defineFormat({ name: 'listed', fields: { items: list(message, group({ kind: constant('fields'), details }), { fields: { code } }) } })
  t.strictSame(write(format, 'forbidden', { message: 'No.' }), [{ items: ['No.', { code: 'forbidden' }] }, true])
  t.strictSame(write(format, 'validation_error', { message: 'No.', issues }), [{ items: ['No.', { kind: 'fields', details: issues }, { code: 'validation_error' }] }, true])
})

t.test('the body of a format can be one field or a list', async t => {
  const schema = (): TSchema => Type.Union([Type.String(), Type.Array(Type.String())])
  const format = defineFormat({ name: 'whole', body: { schema, value: response => response.issues.length === 0 ? response.message : response.issues.map(({ field }) => field) } })
  t.strictSame(write(format, 'forbidden', { message: 'No.' }), ['No.', true])
  t.strictSame(write(format, 'validation_error', { issues }), [['email'], true])
  t.strictSame(write(defineFormat({ name: 'array', body: list(code) }), 'forbidden'), [['forbidden'], true])
  const send = await createThrower({ format })
  t.strictSame(await send({ error: standardErrors.forbidden({ message: 'No.' }) }), { status: 403, contentType: 'application/json; charset=utf-8', body: 'No.' })
})

t.test('a body without a value is replaced by the default body of a 500', async t => {
  for (const part of [{ schema: () => Type.String(), value: () => undefined }, { schema: () => undefined, value: () => 'never' }]) {
    const format = defineFormat({ name: 'empty', body: part })
    t.equal(thrown(() => jsonWriter(format, standardErrors.forbidden)({ code: 'forbidden' } as ResponseContent)), "TypeError: The body of the format 'empty' has no value for forbidden.")
  }
  t.match(bodySchema(defineFormat({ name: 'empty', body: { schema: () => undefined, value: () => 'never' } }), standardErrors.forbidden, { hasDocUrl: true }), {})
})

t.test('serialize writes bodies that are not JSON', async t => {
  const format = defineFormat({ name: 'pairs', contentType: 'text/plain', fields: { code, message }, serialize: body => new URLSearchParams(body as Record<string, string>).toString() })
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { format, log: false })
  const { statusCode, headers, body } = await app.inject('/nothing')
  t.strictSame([statusCode, headers['content-type'], body], [404, 'text/plain; charset=utf-8', 'code=route_not_found&message=This+endpoint+does+not+exist.'])
  const typed = defineFormat({ name: 'typed', contentType: 'application/json; profile="a"', fields: { code } })
  const other = Fastify(serverOptions())
  await other.register(apiErrors, { format: typed, negotiate: true, log: false })
  t.equal((await other.inject('/nothing')).headers['content-type'], 'application/json; profile="a"')
  t.equal((await other.inject({ url: '/nothing', headers: { accept: 'application/json' } })).headers['content-type'], 'application/json; profile="a"')
  t.equal((await other.inject({ url: '/nothing', headers: { accept: 'application/problem+json' } })).headers['content-type'], 'application/problem+json')
})

t.test('defineFormat returns the format', async t => {
  const { name, contentType, fields } = defineFormat({ name: 'plain', fields: { text } })
  t.strictSame({ name, contentType, fields }, { name: 'plain', contentType: 'application/json', fields: { text } })
  t.ok(Object.isFrozen(enveloped))
  expectTypeOf(defineFormat).returns.toEqualTypeOf<Format>()
})

t.test('a format has no access to values that belong only in the log', async () => {
  expectTypeOf<keyof ResponseContent>().toEqualTypeOf<
    'code' | 'status' | 'type' | 'title' | 'message' | 'action' | 'retry' | 'meta' | 'issues' | 'param' | 'retryAfter' | 'requestId' | 'docUrl' | 'instance' | 'language'
  >()
})

t.test('an invalid format throws one sentence with the property, what was expected and what was received', async t => {
  const expectedFields = 'expected an object with at least one field, each { schema, value } or { fields }'
  const expectedField = 'expected a field, such as code, constant(false) or field({ schema, value }), or fields in group({ ... }) or list(...)'
  const expectedMediaType = "expected a media type, like 'application/json'"
  const expectedSerialize = (type: string): string => `expected a function that returns a body as a string, because '${type}' is not JSON`
  const expectedSchema = 'expected a function of (definition, context) that returns a schema, or undefined'
  const wrong: ReadonlyArray<readonly [definition: unknown, sentence: string]> = [
    [undefined, 'format: expected an object with name and fields, got undefined.'],
    ['problem', 'format: expected an object with name and fields, got "problem".'],
    [{ fields: { text } }, 'name: expected a name, got undefined.'],
    [{ name: '', fields: { text } }, 'name: expected a name, got "".'],
    [{ name: 'x', fields: { text }, mediaType: 'application/json' }, 'x.mediaType: unknown option, expected one of name, contentType, fields, body, serialize, headers.'],
    [{ name: 'x', fields: { text }, contentType: 'text/html' }, `x.serialize: ${expectedSerialize('text/html')}, got undefined.`],
    [{ name: 'x', fields: { text }, contentType: 'application/xml; note=json' }, `x.serialize: ${expectedSerialize('application/xml; note=json')}, got undefined.`],
    [{ name: 'x', fields: { text }, contentType: 'json' }, `x.contentType: ${expectedMediaType}, got "json".`],
    [{ name: 'x', fields: { text }, contentType: 'application/json; charset' }, `x.contentType: ${expectedMediaType}, got "application/json; charset".`],
    [{ name: 'x', fields: { text }, serialize: true }, 'x.serialize: expected a function that returns a body as a string, got true.'],
    [{ name: 'x', fields: { text }, body: text }, "x.fields: expected no value, because the format has a 'body', got an object."],
    [{ name: 'x', body: 'text' }, `x.body: ${expectedField}, got "text".`],
    [{ name: 'x', body: { items: [] } }, 'x.body.items: expected a list of at least one field or group, got an empty array.'],
    [{ name: 'x', body: { items: [text, null] } }, `x.body.items[1]: ${expectedField}, got null.`],
    [{ name: 'x', fields: { text }, contentType: 7 }, `x.contentType: ${expectedMediaType}, got 7.`],
    [{ name: 'x' }, `x.fields: ${expectedFields}, got undefined.`],
    [{ name: 'x', fields: [text] }, `x.fields: ${expectedFields}, got an array.`],
    [{ name: 'x', fields: {} }, `x.fields: ${expectedFields}, got an empty object.`],
    [{ name: 'x', fields: { a: null } }, `x.fields.a: ${expectedField}, got null.`],
    [{ name: 'x', fields: { a: 'text' } }, `x.fields.a: ${expectedField}, got "text".`],
    [{ name: 'x', fields: { a: false } }, `x.fields.a: ${expectedField}, got false.`],
    [{ name: 'x', fields: { error: { text } } }, `x.fields.error: ${expectedField}, got an object.`],
    [{ name: 'x', fields: { a: { fields: null } } }, `x.fields.a.fields: ${expectedFields}, got null.`],
    [{ name: 'x', fields: { a: { fields: { b: { value: () => 1 } } } } }, `x.fields.a.fields.b.schema: ${expectedSchema}, got undefined.`],
    [{ name: 'x', fields: { a: { ...text, schema: {} } } }, `x.fields.a.schema: ${expectedSchema}, got an empty object.`],
    [{ name: 'x', fields: { a: { ...text, value: 'text' } } }, 'x.fields.a.value: expected a function of the response data that returns the value, got "text".'],
    [{ name: 'x', fields: { a: { ...text, optional: 'yes' } } }, 'x.fields.a.optional: expected true or false, got "yes".'],
    [{ name: 'x', fields: { text }, headers: [text] }, 'x.headers: expected an object of fields by the name of a header, got an array.'],
    [{ name: 'x', fields: { text }, headers: { 'a b': text } }, 'x.headers: expected names of headers that do not describe the connection or the body, got "a b".'],
    [{ name: 'x', fields: { text }, headers: { 'Content-Length': text } }, 'x.headers: expected names of headers that do not describe the connection or the body, got "Content-Length".'],
    [{ name: 'x', fields: { text }, headers: { 'X-A': 'text' } }, 'x.headers.X-A: expected a field, { schema, value }, got "text".'],
    [{ name: 'x', fields: { text }, headers: { 'X-A': { schema: () => undefined } } }, 'x.headers.X-A.value: expected a function of the response data that returns the value, got undefined.']
  ]
  for (const [definition, sentence] of wrong) {
    t.equal(thrown(() => defineFormat(definition as FormatDefinition)), `TypeError: defineFormat: ${sentence}`)
  }
})
