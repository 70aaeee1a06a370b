/** The standard catalog: its codes, statuses and messages. */
import { STATUS_CODES } from 'node:http'
import { expectTypeOf } from 'expect-type'
import fc from 'fast-check'
import t from 'tap'
import { standardErrors, type StandardCode } from 'fastify-api-errors'
import { errorStatuses, errorTypes, type ErrorStatus } from '../../lib/catalog/definition.js'
import { retryAdvices } from '../../lib/catalog/retry-advice.js'
import { codesByStatus, codeForStatus } from '../../lib/catalog/standard-errors.js'

const definitions = Object.values(standardErrors)

/** The codes of each status. */
const expectedCodes: Readonly<Record<number, readonly string[]>> = {
  400: ['invalid_request', 'invalid_parameter', 'idempotency_key_missing'],
  401: ['missing_api_key', 'invalid_api_key', 'api_key_revoked', 'api_key_expired', 'unauthorized', 'invalid_token', 'token_expired', 'invalid_credentials'],
  402: ['payment_required'],
  403: ['forbidden', 'insufficient_scope', 'ip_not_allowed', 'device_mismatch'],
  404: ['resource_not_found', 'route_not_found'],
  405: ['method_not_allowed'],
  406: ['not_acceptable'],
  407: ['proxy_authentication_required'],
  408: ['request_timeout'],
  409: ['resource_already_exists', 'resource_conflict', 'concurrent_modification', 'idempotency_in_progress'],
  410: ['resource_gone'],
  411: ['length_required'],
  412: ['precondition_failed'],
  413: ['payload_too_large'],
  414: ['uri_too_long'],
  415: ['unsupported_media_type'],
  416: ['range_not_satisfiable'],
  417: ['expectation_failed'],
  418: ['im_a_teapot'],
  421: ['misdirected_request'],
  422: ['validation_error', 'missing_required_field', 'idempotency_key_reused'],
  423: ['resource_locked'],
  424: ['failed_dependency'],
  425: ['too_early'],
  426: ['upgrade_required'],
  428: ['precondition_required'],
  429: ['rate_limit_exceeded'],
  431: ['request_header_fields_too_large'],
  451: ['unavailable_for_legal_reasons'],
  500: ['internal_error'],
  501: ['not_implemented'],
  502: ['bad_gateway'],
  503: ['service_unavailable'],
  504: ['gateway_timeout'],
  505: ['http_version_not_supported'],
  506: ['variant_also_negotiates'],
  507: ['insufficient_storage'],
  508: ['loop_detected'],
  510: ['not_extended'],
  511: ['network_authentication_required']
}

t.test('every status has at least one code', async t => {
  const found: Record<number, string[]> = {}
  for (const { code, status } of definitions) (found[status] ??= []).push(code)
  t.strictSame(found, expectedCodes)
})

t.test('a response can have any status of Node except 509, which is not registered; each has a standard code', async t => {
  t.strictSame(Object.keys(STATUS_CODES).map(Number).filter(status => status >= 400 && status !== 509), [...errorStatuses])
  t.strictSame(errorStatuses.filter(status => !Object.hasOwn(expectedCodes, status)), [])
})

t.test('the type StandardCode equals the keys of the catalog', async t => {
  expectTypeOf<StandardCode>().toEqualTypeOf<keyof typeof standardErrors>()
  t.strictSame(Object.keys(standardErrors), definitions.map(({ code }) => code))
})

t.test('every code has one of the standard types', async t => {
  t.strictSame([...new Set(definitions.map(({ type }) => type))].sort(), [...errorTypes].sort())
})

t.test('11 standard codes can be retried, and two of them after Retry-After', async t => {
  const codes = (advice: string): string[] => definitions.filter(({ retry }) => retry === advice).map(({ code }) => code)
  t.strictSame(codes('retry-after'), ['rate_limit_exceeded', 'service_unavailable'])
  t.strictSame(codes('backoff'), [
    'request_timeout', 'concurrent_modification', 'idempotency_in_progress', 'misdirected_request', 'resource_locked', 'too_early', 'internal_error', 'bad_gateway', 'gateway_timeout'
  ])
  t.equal(codes('never').length, definitions.length - 11)
  t.strictSame([...new Set(definitions.map(({ retry }) => retry))].sort(), [...retryAdvices].sort())
})

t.test('every message, description and action is a sentence', async t => {
  for (const { code, message, description, action } of definitions) {
    for (const text of [message, description, action]) t.match(text, /^[A-Z].*[.]$/, code)
  }
})

t.test('each error status has a standard code with this status', async t => {
  t.strictSame(Object.keys(codesByStatus), Object.keys(expectedCodes))
  for (const [status, code] of Object.entries(codesByStatus)) t.equal(standardErrors[code].status, Number(status))
  expectTypeOf(codesByStatus).toEqualTypeOf<Readonly<Record<ErrorStatus, StandardCode>>>()
})

t.test('an unregistered status is replaced by the x00 status of its class', async t => {
  t.equal(codeForStatus(404), 'resource_not_found')
  t.equal(codeForStatus(418), 'im_a_teapot')
  t.equal(codeForStatus(420), 'invalid_request')
  t.equal(codeForStatus(499), 'invalid_request')
  t.equal(codeForStatus(511), 'network_authentication_required')
  t.equal(codeForStatus(509), 'internal_error')
  t.equal(codeForStatus(599), 'internal_error')
  for (const none of [200, 302, 399, 600, 999, 404.5, NaN, -1, '404', null, undefined, {}]) t.equal(codeForStatus(none), undefined)
  fc.assert(fc.property(fc.integer({ min: 400, max: 599 }), status => codeForStatus(status) !== undefined))
})
