/** `ApiError` and `isApiError`: errors created from a catalog. */
import Fastify from 'fastify'
import { expectTypeOf } from 'expect-type'
import fc from 'fast-check'
import t from 'tap'
import { ApiError, defineErrors, isApiError, standardErrors } from 'fastify-api-errors'
import { toWholeSeconds } from '../../lib/catalog/api-error.js'

/** The same module, loaded a second time, as in an application with two versions of the package. */
const copyUrl = '../../lib/catalog/api-error.js?copy'
const copy = await import(copyUrl) as typeof import('../../lib/catalog/api-error.js')

const { resource_not_found: notFound, internal_error: internal } = standardErrors

t.test('an error without arguments has the values of its definition', async t => {
  const { name, code, status, statusCode, type, message, meta, issues, param, headers, retryAfter, cause } = notFound()
  t.strictSame({ name, code, status, statusCode, type, message, meta, issues, param, headers, retryAfter, cause }, {
    name: 'ApiError',
    code: 'resource_not_found',
    status: 404,
    statusCode: 404,
    type: 'not_found_error',
    message: 'The resource does not exist.',
    meta: undefined,
    issues: undefined,
    param: undefined,
    headers: undefined,
    retryAfter: undefined,
    cause: undefined
  })
  t.notOk(Object.hasOwn(notFound(), 'cause'))
})

t.test('an error has all the arguments of its factory, and rounds retryAfter up', async t => {
  const cause = new Error('no row')
  const issues = [{ in: 'path', field: 'id', pointer: '/id', code: 'uuid', message: 'must be a UUID' }] as const
  const given = notFound({ message: 'No queue has this id.', issues, param: 'id', headers: { link: '</queues>; rel="up"' }, retryAfter: 1.2, cause })
  const { message, issues: sent, param, headers, retryAfter } = given
  t.strictSame({ message, issues: sent, param, headers, retryAfter }, {
    message: 'No queue has this id.', issues, param: 'id', headers: { link: '</queues>; rel="up"' }, retryAfter: 2
  })
  t.equal(given.cause, cause)
})

t.test('headers of one error take precedence over those of its definition', async t => {
  const definition = { status: 410, type: 'not_found_error', message: 'Gone.', description: 'It was removed.', action: 'Forget it.' } as const
  const { gone } = defineErrors({ gone: { ...definition, headers: { link: '</a>', sunset: 'Wed, 01 Jan 2031 00:00:00 GMT' } } })
  t.strictSame(gone().headers, { link: '</a>', sunset: 'Wed, 01 Jan 2031 00:00:00 GMT' })
  t.strictSame(gone({ headers: { link: '</b>' } }).headers, { link: '</b>', sunset: 'Wed, 01 Jan 2031 00:00:00 GMT' })
})

t.test('a 4xx has no stack, and the stack of a 5xx starts at the caller', async t => {
  const before = Error.stackTraceLimit
  t.equal(notFound().stack, 'ApiError: The resource does not exist.')
  t.equal(Error.stackTraceLimit, before)
  t.match(internal().stack, /^ApiError: Something went wrong on our side\.\n.*\n.*api-error\.test/)
})

t.test('Error.stackTraceLimit is restored if a message function throws', async t => {
  const before = Error.stackTraceLimit
  let broken = false
  const definition = { status: 404, type: 'x', description: 'd', action: 'a' } as const
  const { picky } = defineErrors({ picky: { ...definition, message: () => { if (broken) throw new Error('no message'); return 'fine' } } })
  t.equal(picky().message, 'fine')
  broken = true
  t.throws(() => picky(), { message: 'no message' })
  t.equal(Error.stackTraceLimit, before)
})

t.test('retryAfter is rounded up to whole seconds, and is at least 1', async t => {
  t.equal(toWholeSeconds(30), 30)
  t.equal(toWholeSeconds(0.2), 1)
  t.equal(toWholeSeconds(-5), 1)
  t.equal(toWholeSeconds(1e21), 2_147_483_647)
  fc.assert(fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), seconds => {
    const whole = Number(toWholeSeconds(seconds))
    return Number.isInteger(whole) && whole >= 1 && whole < 2 ** 31
  }))
  for (const wrong of [NaN, Infinity, '30', new Date(), null, undefined]) {
    t.equal(standardErrors.rate_limit_exceeded({ retryAfter: wrong as number }).retryAfter, undefined, 'a value that is not a finite number is treated as absent')
  }
  t.equal(standardErrors.rate_limit_exceeded({ retryAfter: 0 }).retryAfter, 1)
})

t.test('isApiError recognizes an error of another copy of the package', async t => {
  t.not(copy.ApiError, ApiError)
  const foreign = new copy.ApiError(notFound)
  t.notOk(foreign instanceof ApiError)
  t.ok(isApiError(foreign))
  t.ok(isApiError(foreign, notFound))
  t.ok(copy.isApiError(notFound()))
})

t.test('isApiError compares the code with a name or a factory', async t => {
  t.ok(isApiError(notFound(), 'resource_not_found'))
  t.ok(isApiError(notFound(), notFound))
  t.notOk(isApiError(notFound(), 'forbidden'))
  t.notOk(isApiError(notFound(), standardErrors.forbidden))
  const thrown: unknown = notFound()
  if (isApiError(thrown, notFound)) expectTypeOf(thrown).toEqualTypeOf<ApiError<'resource_not_found'>>()
  if (isApiError(thrown)) expectTypeOf(thrown).toEqualTypeOf<ApiError>()
})

t.test('isApiError accepts any value and never throws', async t => {
  const hostile = new Proxy({}, { get () { throw new Error('mine') } })
  const { proxy: revoked, revoke } = Proxy.revocable({}, {})
  revoke()
  const getter = Object.defineProperty(Object.create(notFound()), 'code', { get () { throw new Error('mine') } })
  for (const value of [undefined, null, 404, 'resource_not_found', Symbol('x'), 1n, () => {}, {}, [], new Error('x'), { code: 'resource_not_found', status: 404 }, hostile, revoked]) {
    t.equal(isApiError(value), false)
  }
  t.equal(isApiError(getter), true)
  t.equal(isApiError(getter, 'resource_not_found'), false)
  fc.assert(fc.property(fc.anything({ withNullPrototype: true, withBigInt: true, withSet: true, withMap: true }), value => !isApiError(value)))
})

t.test('without the plugin, Fastify responds with the status of the error', async t => {
  const app = Fastify()
  app.get('/', () => { throw notFound() })
  const response = await app.inject('/')
  t.equal(response.statusCode, 404)
  t.strictSame(response.json(), { statusCode: 404, code: 'resource_not_found', error: 'Not Found', message: 'The resource does not exist.' })
})
