/** The fields that formats have in common: the value of each, and the schema that describes it. */
import t from 'tap'
import { Ajv } from 'ajv'
import { type } from 'arktype'
import { Type } from '@sinclair/typebox'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { Type as Type1 } from 'typebox'
import * as v from 'valibot'
import { z } from 'zod'
import { defineErrors, defineFormat, standardErrors, type ErrorDefinition } from 'fastify-api-errors'
import type { ResponseContent } from '../../lib/catalog/response-content.js'
import type { Issue } from '../../lib/catalog/issues.js'
import * as fields from '../../lib/formats/fields.js'
import { bodySchema, type Field } from '../../lib/formats/format.js'
import { thrown } from '../helpers/thrown.js'

const errors = defineErrors(standardErrors, {
  queue_full: { status: 409, type: 'conflict_error', message: 'The queue is full.', description: 'The queue has no free place.', action: 'Wait.', retry: 'backoff', meta: Type.Object({ size: Type.Integer() }), example: { meta: { size: 3 } } }
})

const issue: Issue = { in: 'body', field: 'name', pointer: '/name', code: 'too_short', message: 'name is too short.' }

function createContent (definition: ErrorDefinition, properties: Partial<ResponseContent> = {}): ResponseContent {
  return { code: definition.code, status: definition.status, type: definition.type, title: 'T', message: 'M.', action: definition.action, requestId: 'req_1', docUrl: 'https://docs.test/e', issues: [], meta: undefined, ...properties } as ResponseContent
}

const context = { hasDocUrl: true, issueCodes: undefined } as const

t.test('each value is valid for the schema of its field', async t => {
  const response = createContent(errors.queue_full, { meta: { size: 3 }, param: 'id', retryAfter: 3 })
  for (const [name, expected] of [
    ['code', 'queue_full'], ['message', 'M.'], ['title', 'T'], ['status', 409], ['action', 'Wait.'], ['type', 'conflict_error'], ['requestId', 'req_1'], ['docUrl', 'https://docs.test/e'], ['param', 'id'], ['retryAfter', 3], ['meta', { size: 3 }]
  ] as const) {
    const { schema, value } = fields[name]
    const found = value(response)
    t.strictSame(found, expected, name)
    t.ok(new Ajv({ strict: false, validateFormats: false }).compile(schema(errors.queue_full, context) as object)(found), `${name} is valid`)
  }
})

t.test('a field that does not apply has no schema, so the format omits it', async t => {
  t.equal(fields.docUrl.schema(errors.queue_full, { ...context, hasDocUrl: false }), undefined)
  t.equal(fields.param.value(createContent(errors.validation_error)), undefined)
  t.equal(fields.param.value(createContent(errors.validation_error, { issues: [issue] })), 'name')
  t.equal(fields.param.value(createContent(errors.validation_error, { issues: [{ ...issue, field: '' }] })), undefined, 'the whole body is invalid')
  t.equal(fields.retryAfter.value(createContent(errors.queue_full)), undefined)
  t.equal(fields.meta.schema(errors.resource_not_found, context), undefined)
  t.equal(fields.details.schema(errors.resource_not_found, context), undefined)
  t.equal(fields.details.schema(errors.validation_error, { ...context, issueCodes: [] }), undefined)
  t.equal(fields.details.value(createContent(errors.validation_error)), undefined)
  t.strictSame(fields.details.value(createContent(errors.validation_error, { issues: [issue] })), [issue])
})

/** Returns whether a value is valid for the schema of a field. */
function isValid (field: Field, definition: ErrorDefinition, value: unknown, issueCodes?: readonly string[]): boolean {
  return new Ajv({ strict: false }).compile(field.schema(definition, { hasDocUrl: true, issueCodes }) as object)(value)
}

t.test('field() returns its argument, and its value has the type of its schema', async t => {
  const definition = { schema: () => Type.String(), value: (response: ResponseContent) => response.requestId }
  t.equal(fields.field(definition), definition)
  // @ts-expect-error a number is not a string
  fields.field({ schema: () => Type.String(), value: () => 1 })
})

t.test('field() accepts the schema of any library, and its value has the type of the schema', async t => {
  for (const field of [
    fields.field({ schema: () => Type.Object({ id: Type.String() }), value: ({ requestId: id }) => ({ id }) }),
    fields.field({ schema: () => Type1.Object({ id: Type1.String() }), value: ({ requestId: id }) => ({ id }) }),
    fields.field({ schema: () => ({ type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }), value: ({ requestId: id }) => ({ id }) }),
    fields.field({ schema: () => z.object({ id: z.string() }), value: ({ requestId: id }) => ({ id }) }),
    fields.field({ schema: () => type({ id: 'string' }), value: ({ requestId: id }) => ({ id }) }),
    fields.field({ schema: () => toStandardJsonSchema(v.object({ id: v.string() })), value: ({ requestId: id }) => ({ id }) })
  ]) {
    const format = defineFormat({ name: 'mine', fields: { request: field, errors: fields.eachIssue({ request: field }) }, headers: { 'x-request': fields.requestId } })
    const schema = bodySchema(format, errors.queue_full, { hasDocUrl: false })
    const validate = new Ajv({ strict: false }).compile(schema)
    t.ok(validate({ request: { id: 'req_1' }, errors: [{ request: { id: 'req_1' } }] }), JSON.stringify(validate.errors))
    t.notOk(validate({ request: { id: 1 }, errors: [{ request: { id: 'req_1' } }] }))
    t.notOk(validate({ request: { id: 'req_1' }, errors: [{ request: {} }] }))
  }
  const unused = (): unknown => [
    // @ts-expect-error a number is not a string
    fields.field({ schema: () => Type1.String(), value: () => 1 }),
    // @ts-expect-error a number is not a string
    fields.field({ schema: () => ({ type: 'string' }), value: () => 1 }),
    // @ts-expect-error a number is not a string
    fields.field({ schema: () => z.string(), value: () => 1 }),
    // @ts-expect-error a number is not a string
    fields.field({ schema: () => type('string'), value: () => 1 }),
    // @ts-expect-error a number is not a string
    fields.field({ schema: () => toStandardJsonSchema(v.string()), value: () => 1 })
  ]
  t.type(unused, 'function')
})

t.test('a constant is the only value that its schema allows', async t => {
  const response = createContent(errors.queue_full)
  for (const [value, expected, schema] of [
    [false, false, { type: 'boolean', enum: [false] }],
    [1, 1, { type: 'integer', enum: [1] }],
    [1.5, 1.5, { type: 'number', enum: [1.5] }],
    ['error', 'error', { type: 'string', enum: ['error'] }],
    [null, null, { type: 'null' }],
    [[], [], { type: 'array', maxItems: 0 }],
    [{}, {}, { type: 'object', additionalProperties: false }],
    [({ status }: { status: number }) => String(status), '409', { type: 'string', enum: ['409'] }]
  ] as const) {
    const field = fields.constant(value)
    t.strictSame(field.value(response), expected)
    t.match(field.schema(errors.queue_full, context), schema)
    t.ok(isValid(field, errors.queue_full, expected))
    t.equal(field.fixed, typeof value === 'function' ? undefined : true)
  }
  t.equal(fields.constant(() => undefined).schema(errors.queue_full, context), undefined, 'a code without the field')
})

t.test('codeAs() spells the code, and a code that is not in the object is sent unchanged', async t => {
  const response = createContent(errors.queue_full)
  t.equal(fields.codeAs(code => code.toUpperCase()).value(response), 'QUEUE_FULL')
  t.equal(fields.codeAs({ queue_full: 17 }).value(response), 17)
  t.match(fields.codeAs({ queue_full: 17 }).schema(errors.queue_full, context), { type: 'integer', enum: [17] })
  t.equal(fields.codeAs({ toString: 'x' }).value(createContent({ ...errors.queue_full, code: 'constructor' })), 'constructor')
  t.equal(thrown(() => fields.codeAs('upper' as never)), 'TypeError: codeAs: map: expected an object of values by code, or a function of the code, got "upper".')
})

const upper = fields.codeAs(code => code.toUpperCase())

t.test('issues() lists an object for each issue, with the names of an API', async t => {
  const field = fields.issues({ field: 'pointer', issue: upper, description: 'message', source: { in: 'in', rest: {} }, status: fields.status, page: { url: fields.docUrl } })
  const value = field.value(createContent(errors.validation_error, { issues: [issue] }))
  t.strictSame(value, [{ field: '/name', issue: 'TOO_SHORT', description: 'name is too short.', source: { in: 'body' }, status: 422, page: { url: 'https://docs.test/e' } }])
  t.ok(isValid(field, errors.validation_error, value))
  t.ok(isValid(field, errors.validation_error, value, ['too_short']))
  t.notOk(isValid(field, errors.validation_error, value, ['required']), 'the schema has only the codes that are possible')
  t.notOk(isValid(field, errors.validation_error, []), 'it is absent rather than empty')
  t.equal(field.value(createContent(errors.validation_error)), undefined)
  t.equal(field.schema(errors.resource_not_found, context), undefined)
  t.equal(field.schema(errors.validation_error, { ...context, issueCodes: [] }), undefined)
  t.match(fields.issues({ code: 'code' }).schema(errors.validation_error, context), { items: { required: ['code'], properties: { code: { type: 'string' } } } })
})

t.test('eachIssue() lists an object for each issue, or one for the error', async t => {
  const field = fields.eachIssue({ status: fields.constant(({ status }) => String(status)), code: 'code', detail: 'message', source: { pointer: 'pointer' } })
  const invalid = field.value(createContent(errors.validation_error, { issues: [issue, { ...issue, code: 'pattern' }] }))
  t.strictSame(invalid, [
    { status: '422', code: 'too_short', detail: 'name is too short.', source: { pointer: '/name' } },
    { status: '422', code: 'pattern', detail: 'name is too short.', source: { pointer: '/name' } }
  ])
  t.ok(isValid(field, errors.validation_error, invalid, ['too_short', 'pattern']))
  const plain = field.value(createContent(errors.validation_error))
  t.strictSame(plain, [{ status: '422', code: 'validation_error', detail: 'M.' }])
  t.ok(isValid(field, errors.validation_error, plain, ['too_short']))
  const full = field.value(createContent(errors.queue_full))
  t.ok(isValid(field, errors.queue_full, full, []))
  t.notOk(isValid(field, errors.queue_full, invalid, []), 'a code without issues has no source')
  t.strictSame(fields.eachIssue({ pointer: 'pointer' }).value(createContent(errors.queue_full)), [{}])
})

t.test('names that are not properties of issues are rejected', async t => {
  const properties = "one of 'in', 'field', 'pointer', 'code', 'message', or a field"
  t.throws(() => fields.issues({ path: 'fields' as 'field' }), { message: `issues: path: expected ${properties}, got "fields".` })
  t.throws(() => fields.eachIssue({ source: { pointer: 'path' as 'pointer' } }), { message: `eachIssue: source.pointer: expected ${properties}, got "path".` })
  t.throws(() => fields.issuesByField({ error: fields.codeAs as never }), { message: "issuesByField: error: expected an object like { field: 'pointer', reason: 'message' }, got a function." })
  t.throws(() => fields.issues(undefined as never), { message: "issues: names: expected an object like { field: 'pointer', reason: 'message' }, got undefined." })
})

t.test('issuesByField() with names has objects for each field', async t => {
  const field = fields.issuesByField({ error: upper, description: 'message' })
  const value = field.value(createContent(errors.validation_error, { issues: [issue, { ...issue, code: 'pattern' }] }))
  t.strictSame(value, { name: [{ error: 'TOO_SHORT', description: 'name is too short.' }, { error: 'PATTERN', description: 'name is too short.' }] })
  t.ok(isValid(field, errors.validation_error, value, ['too_short', 'pattern']))
  t.notOk(isValid(field, errors.validation_error, value, ['required']))
})

t.test('issuesByField() has the messages of each field', async t => {
  const field = fields.issuesByField()
  const value = field.value(createContent(errors.validation_error, { issues: [issue] }))
  t.strictSame(value, { name: ['name is too short.'] })
  t.ok(isValid(field, errors.validation_error, value))
  t.equal(field.value(createContent(errors.validation_error)), undefined)
  t.equal(field.schema(errors.resource_not_found, context), undefined)
})
