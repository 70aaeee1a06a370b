/** The fields that formats have in common: the value of each, and the schema that describes it. */
import t from 'tap'
import { Ajv } from 'ajv'
import { Type } from '@sinclair/typebox'
import { defineErrors, standardErrors, type ErrorDefinition } from 'fastify-api-errors'
import type { Answer } from '../../lib/catalog/answer.js'
import type { Issue } from '../../lib/catalog/issues.js'
import * as fields from '../../lib/formats/fields.js'

const errors = defineErrors(standardErrors, {
  queue_full: { status: 409, type: 'conflict_error', message: 'The queue is full.', description: 'The queue has no free place.', action: 'Wait.', retry: 'backoff', meta: Type.Object({ size: Type.Integer() }), example: { meta: { size: 3 } } }
})

const issue: Issue = { in: 'body', field: 'name', pointer: '/name', code: 'too_short', message: 'name is too short.' }

function createAnswer (definition: ErrorDefinition, properties: Partial<Answer> = {}): Answer {
  return { code: definition.code, status: definition.status, type: definition.type, message: 'M.', requestId: 'req_1', docUrl: 'https://docs.test/e', issues: [], meta: undefined, ...properties } as Answer
}

const context = { hasDocUrl: true, issueCodes: undefined } as const

t.test('each value is valid for the schema of its field', async t => {
  const answer = createAnswer(errors.queue_full, { meta: { size: 3 } })
  for (const [name, expected] of [
    ['code', 'queue_full'], ['message', 'M.'], ['type', 'conflict_error'], ['requestId', 'req_1'], ['docUrl', 'https://docs.test/e'], ['meta', { size: 3 }]
  ] as const) {
    const { schema, value } = fields[name]
    const found = value(answer)
    t.strictSame(found, expected, name)
    t.ok(new Ajv({ strict: false, validateFormats: false }).compile(schema(errors.queue_full, context) as object)(found), `${name} is valid`)
  }
})

t.test('a field that does not apply has no schema, so the format omits it', async t => {
  t.equal(fields.docUrl.schema(errors.queue_full, { ...context, hasDocUrl: false }), undefined)
  t.equal(fields.meta.schema(errors.resource_not_found, context), undefined)
  t.equal(fields.details.schema(errors.resource_not_found, context), undefined)
  t.equal(fields.details.schema(errors.validation_error, { ...context, issueCodes: [] }), undefined)
  t.equal(fields.details.value(createAnswer(errors.validation_error)), undefined)
  t.strictSame(fields.details.value(createAnswer(errors.validation_error, { issues: [issue] })), [issue])
})

t.test('reasons are lists by field, also for fields with names of Object.prototype', async t => {
  const { schema, value } = fields.reasonsByField(({ code }) => code, 422)
  const reasons = value(createAnswer(errors.validation_error, { issues: [issue, { ...issue, code: 'invalid_format' }, { ...issue, field: '' }, { ...issue, field: '__proto__' }, { ...issue, field: 'constructor' }] }))
  t.strictSame(Object.entries(reasons as object), [
    ['name', ['too_short', 'invalid_format']], ['body', ['too_short']], ['__proto__', ['too_short']], ['constructor', ['too_short']]
  ])
  t.strictSame([schema(errors.validation_error, context) !== undefined, schema(errors.invalid_request, context)], [true, undefined])
  t.ok(fields.reasonsByField(({ code }) => code, 400).schema(errors.invalid_request, context) !== undefined, 'with 400 as the status of validation')
})
