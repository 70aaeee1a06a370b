/** `try`, `catch` and `finally`. */
import t from 'tap'
import { findingsOf } from '../fixture-findings.js'

t.test('caught errors are not reported, and rethrown errors are', async t => {
  t.strictSame(findingsOf('try'), {
    'GET /try/finally': ['404 resource_not_found certain via fail'],
    'GET /try/finally-returns': [],
    'GET /try/nested': ['501 not_implemented certain'],
    'GET /try/not-awaited': ['423 resource_locked certain'],
    'GET /try/replace': ['502 bad_gateway certain'],
    'GET /try/rethrow': ['404 resource_not_found certain via fail'],
    'GET /try/rethrow-api-errors': ['409 resource_conflict certain via either', '410 resource_gone certain via either'],
    'GET /try/rethrow-by-code': ['409 resource_conflict certain via either', '410 resource_gone certain via either'],
    'GET /try/rethrow-by-function': ['402 payment_required certain', '410 resource_gone certain via either', '503 service_unavailable certain via either'],
    'GET /try/rethrow-others': ['409 resource_conflict certain via either', '410 resource_gone certain via either'],
    'GET /try/status-of-error': ['409 null certain', '410 null certain', '500 null certain'],
    'GET /try/status-of-table': ['410 null certain', '500 null certain'],
    'GET /try/swallow': [],
    'GET /try/switch': ['403 forbidden certain', '410 resource_gone certain via either'],
    'GET /try/then-code': ['409 resource_conflict certain via either', '410 resource_gone certain via either', '503 service_unavailable certain via either'],
    'GET /try/then-status': ['409 null certain', '410 null certain', '500 null certain']
  })
})
