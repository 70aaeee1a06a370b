/** Finds the field of an error that does not have its declared type. */
import t from 'tap'
import { standardErrors as errors, type ApiError } from 'fastify-api-errors'
import { findMalformedField } from '../../lib/respond/malformed-field.js'

const issue = { in: 'body', field: 'email', pointer: '/email', code: 'email', message: 'must be an email address' } as const

t.test('errors from factories have no malformed field', async t => {
  t.equal(findMalformedField(errors.resource_not_found(), errors), undefined)
  t.equal(findMalformedField(errors.validation_error({ issues: [issue], param: 'email', headers: { 'x-a': 'b' } }), errors), undefined)
  t.equal(findMalformedField(errors.rate_limit_exceeded({ retryAfter: 1 }), errors), undefined)
})

t.test('a field of another type is described', async t => {
  const changes: ReadonlyArray<readonly [Partial<Record<keyof ApiError, unknown>>, string]> = [
    [{ code: 1 }, 'code: expected a code, got 1'],
    [{ code: { toString: () => 'validation_error' } }, 'code: expected a code, got an object'],
    [{ code: 'Not Snake' }, 'code: expected a code, got "Not Snake"'],
    [{ status: 200 }, 'status: expected an HTTP status of an error, got 200'],
    [{ status: '404' }, 'status: expected an HTTP status of an error, got "404"'],
    [{ type: undefined }, 'type: expected a string, got undefined'],
    [{ message: null }, 'message: expected a string, got null'],
    [{ issues: 'none' }, 'issues: expected an array, got "none"'],
    [{ issues: [null] }, 'issues[0]: expected an object, got null'],
    [{ issues: ['email'] }, 'issues[0]: expected an object, got "email"'],
    [{ issues: [issue, { ...issue, in: 'cookie' }] }, 'issues[1].in: expected one of body, query, path, header, got "cookie"'],
    [{ issues: [{ ...issue, field: undefined }] }, 'issues[0].field: expected a string, got undefined'],
    [{ issues: [{ ...issue, pointer: 1 }] }, 'issues[0].pointer: expected a string, got 1'],
    [{ issues: [{ ...issue, code: {} }] }, 'issues[0].code: expected a string, got an empty object'],
    [{ issues: [{ ...issue, message: [] }] }, 'issues[0].message: expected a string, got an empty array'],
    [{ param: 1 }, 'param: expected a string, got 1'],
    [{ retryAfter: 0 }, 'retryAfter: expected a positive integer, got 0'],
    [{ retryAfter: 1.5 }, 'retryAfter: expected a positive integer, got 1.5'],
    [{ retryAfter: '1' }, 'retryAfter: expected a positive integer, got "1"'],
    [{ headers: 'x' }, 'headers: expected an object, got "x"'],
    [{ headers: null }, 'headers: expected an object, got null']
  ]
  for (const [change, expected] of changes) t.equal(findMalformedField({ ...errors.validation_error(), message: 'M.', ...change } as unknown as ApiError, errors), expected)
})

t.test('a code of another catalog is valid', async t => {
  t.equal(findMalformedField({ ...errors.validation_error(), message: 'M.', code: 'NoSuchBucket' } as unknown as ApiError, errors), undefined)
})
