/** Error classes: their names, and the statuses of their errors. */
import t from 'tap'
import { listErrorNamesOfPath } from '../../../lib/source/interpreter/classes.js'
import { findingsOf } from '../fixture-findings.js'

t.test('a class of a package is an error class if its name ends in Error', async t => {
  for (const [path, names] of [
    ['ValidationError', ['ValidationError', 'Error']],
    ['errors.ValidationError', ['ValidationError', 'Error']],
    ['Error', ['Error', 'Error']],
    ['Client', []],
    ['ErrorReporter', []]
  ] as const) t.strictSame(listErrorNamesOfPath(path), names, path)
})

t.test('the status of an error is read from its class, its library or its properties', async t => {
  t.strictSame(findingsOf('responses'), {
    'GET /responses/asserts': ['404 resource_not_found certain via assertFound'],
    'GET /responses/assigned': ['402 payment_required certain'],
    'GET /responses/before-return': ['400 null certain'],
    'GET /responses/boom': ['404 resource_not_found certain'],
    'GET /responses/boom-status': ['409 resource_conflict certain'],
    'GET /responses/class': ['402 payment_required certain'],
    'GET /responses/class-default': ['500 internal_error certain'],
    'GET /responses/class-field': ['410 resource_gone certain'],
    'GET /responses/class-getter': ['418 im_a_teapot certain'],
    'GET /responses/class-hierarchy': ['404 resource_not_found certain'],
    'GET /responses/class-option': ['409 resource_conflict certain'],
    'GET /responses/class-option-default': ['422 validation_error certain'],
    'GET /responses/class-parameter': ['403 forbidden certain'],
    'GET /responses/class-prototype': ['425 too_early certain'],
    'GET /responses/class-static': ['423 resource_locked certain'],
    'GET /responses/code': ['404 null certain'],
    'GET /responses/conditional': ['403 null certain', '404 null certain'],
    'GET /responses/fastify-error': ['423 resource_locked certain'],
    'GET /responses/helper': ['451 null certain via refuse'],
    'GET /responses/http-errors': ['429 rate_limit_exceeded certain'],
    'GET /responses/http-errors-class': ['409 resource_conflict certain'],
    'GET /responses/http-errors-property': ['406 not_acceptable certain'],
    'GET /responses/must': ['404 resource_not_found certain via must'],
    'GET /responses/not-found': ['404 route_not_found certain'],
    'GET /responses/object': ['403 forbidden certain'],
    'GET /responses/ok': [],
    'GET /responses/result': ['403 forbidden certain'],
    'GET /responses/returned': ['425 too_early certain'],
    'GET /responses/sensible-assert': ['403 forbidden certain'],
    'GET /responses/sensible-error': ['406 not_acceptable certain'],
    'GET /responses/sensible-reply': ['404 resource_not_found certain'],
    'GET /responses/sensible-status': ['417 expectation_failed certain'],
    'GET /responses/sensible-to': ['410 resource_gone certain'],
    'GET /responses/sent': ['426 upgrade_required certain'],
    'GET /responses/sent-with-status': ['404 resource_not_found certain'],
    'GET /responses/set': ['409 resource_conflict certain'],
    'GET /responses/status-code': ['409 null certain'],
    'GET /responses/status-then-throw': ['404 resource_not_found certain'],
    'GET /responses/union': ['401 unauthorized certain via fail', '403 forbidden certain via fail'],
    'GET /responses/unknown-status': []
  })
})
