/** The invalid fields as an object of reasons. */
import t from 'tap'
import { standardErrors as errors } from 'fastify-api-errors'
import type { ResponseContent } from '../../lib/catalog/response-content.js'
import type { Issue } from '../../lib/catalog/issues.js'
import { groupReasons, reasonsByField, reasonsSchema } from '../../lib/formats/reasons-by-field.js'

const issue: Issue = { in: 'body', field: 'name', pointer: '/name', code: 'too_short', message: 'is too short' }
const context = { hasDocUrl: true }

t.test('reasons are lists by field, also for fields with names of Object.prototype', async t => {
  const reasons = groupReasons([issue, { ...issue, code: 'format' }, { ...issue, field: '' }, { ...issue, field: '__proto__' }, { ...issue, field: 'constructor' }], ({ code }) => code)
  t.strictSame(Object.entries(reasons), [['name', ['too_short', 'format']], ['body', ['too_short']], ['__proto__', ['too_short']], ['constructor', ['too_short']]])
})

t.test('every 422 has the field, and any other error that has issues', async t => {
  const { schema, value } = reasonsByField(({ message }) => message)
  const withoutIssues = { ...context, issueCodes: [] }
  for (const code of ['validation_error', 'invalid_request', 'invalid_parameter', 'resource_already_exists'] as const) t.strictSame(schema(errors[code], context), reasonsSchema(), code)
  t.equal(schema(errors.resource_not_found, context), undefined)
  t.strictSame([schema(errors.validation_error, withoutIssues), schema(errors.invalid_request, withoutIssues)], [reasonsSchema(), undefined])
  t.strictSame(value({ status: 409, issues: [issue] } as unknown as ResponseContent), { name: ['is too short'] })
  t.strictSame([value({ status: 422, issues: [] } as unknown as ResponseContent), value({ status: 409, issues: [] } as unknown as ResponseContent)], [{}, undefined])
})
