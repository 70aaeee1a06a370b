/** Recognizes errors whose properties have the right types. */
import t from 'tap'
import { standardErrors as errors, type ApiError } from 'fastify-api-errors'
import { isWellFormed } from '../../lib/respond/is-well-formed.js'

const issue = { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' } as const

t.test('errors from factories are well-formed', async t => {
  t.ok(isWellFormed(errors.resource_not_found()))
  t.ok(isWellFormed(errors.validation_error({ issues: [issue], param: 'email', headers: { 'x-a': 'b' } })))
  t.ok(isWellFormed(errors.rate_limit_exceeded({ retryAfter: 1 })))
})

t.test('a property of another type is found', async t => {
  const changes: ReadonlyArray<Partial<Record<keyof ApiError, unknown>>> = [
    { code: 1 }, { code: 'Not Snake' }, { status: 200 }, { status: '404' }, { type: undefined }, { message: null },
    { issues: 'none' }, { issues: [null] }, { issues: [{ ...issue, in: 'cookie' }] }, { issues: [{ ...issue, field: undefined }] },
    { issues: [{ ...issue, pointer: 1 }] }, { issues: [{ ...issue, code: {} }] }, { issues: [{ ...issue, message: [] }] },
    { param: 1 }, { retryAfter: 0 }, { retryAfter: 1.5 }, { retryAfter: '1' }, { headers: 'x' }, { headers: null }
  ]
  for (const change of changes) t.notOk(isWellFormed({ ...errors.validation_error(), message: 'M.', ...change } as unknown as ApiError), JSON.stringify(change))
})
