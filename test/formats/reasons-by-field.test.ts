/** The invalid fields as an object of reasons. */
import t from 'tap'
import { standardErrors as errors } from 'fastify-api-errors'
import type { Answer } from '../../lib/catalog/answer.js'
import type { Issue } from '../../lib/catalog/issues.js'
import { groupReasons, reasonsByField, reasonsSchema } from '../../lib/formats/reasons-by-field.js'

const issue: Issue = { in: 'body', field: 'name', pointer: '/name', code: 'too_short', message: 'is too short' }
const context = { hasDocUrl: true }

t.test('reasons are lists by field, also for fields with names of Object.prototype', async t => {
  const reasons = groupReasons([issue, { ...issue, code: 'format' }, { ...issue, field: '' }, { ...issue, field: '__proto__' }, { ...issue, field: 'constructor' }], ({ code }) => code)
  t.strictSame(Object.entries(reasons), [['name', ['too_short', 'format']], ['body', ['too_short']], ['__proto__', ['too_short']], ['constructor', ['too_short']]])
})

t.test('the field belongs to the status of validation', async t => {
  const { schema, value } = reasonsByField(({ message }) => message, 422)
  t.strictSame([schema(errors.validation_error, context), schema(errors.invalid_request, context)], [reasonsSchema(), undefined])
  t.strictSame(reasonsByField(({ code }) => code, 400).schema(errors.invalid_request, context), reasonsSchema(), 'with 400 as the status of validation')
  t.strictSame(value({ issues: [issue] } as unknown as Answer), { name: ['is too short'] })
})
