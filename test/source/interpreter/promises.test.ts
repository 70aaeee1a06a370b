/** Promises, generators, and handlers that wait for them. */
import t from 'tap'
import { findingsOf } from '../fixture-findings.js'

t.test('promises and generators are followed if the handler waits for them', async t => {
  t.strictSame(findingsOf('promises'), {
    'GET /promises/all': ['404 resource_not_found certain via load', '409 resource_conflict certain via save'],
    'GET /promises/all-settled': [],
    'GET /promises/any': [],
    'GET /promises/async-generator': ['424 failed_dependency certain via pages'],
    'GET /promises/awaited': ['404 resource_not_found certain via load'],
    'GET /promises/catch': [],
    'GET /promises/catch-replaces': ['502 bad_gateway certain'],
    'GET /promises/catch-rethrows': ['404 resource_not_found certain via load'],
    'GET /promises/executor': ['504 gateway_timeout certain'],
    'GET /promises/executor-throws': ['502 bad_gateway certain'],
    'GET /promises/finally': ['404 resource_not_found certain via load'],
    'GET /promises/finally-throws': ['404 resource_not_found certain via load', '501 not_implemented certain'],
    'GET /promises/forgotten': [],
    'GET /promises/forgotten-executor': ['404 resource_not_found certain via load'],
    'GET /promises/forgotten-sends': ['404 resource_not_found certain via run > load'],
    'GET /promises/forgotten-then': ['404 resource_not_found certain via load'],
    'GET /promises/generator': ['425 too_early certain via both > numbers'],
    'GET /promises/generator-next': ['424 failed_dependency certain via pages'],
    'GET /promises/generator-unused': [],
    'GET /promises/race': ['404 resource_not_found certain via load', '409 resource_conflict certain via save'],
    'GET /promises/reject': ['423 resource_locked certain'],
    'GET /promises/resolve-rejected': ['404 resource_not_found certain via load'],
    'GET /promises/returned': ['404 resource_not_found certain via load'],
    'GET /promises/settled-reason': ['404 resource_not_found certain via load'],
    'GET /promises/then': ['404 resource_not_found certain via load', '410 resource_gone certain'],
    'GET /promises/then-rejected': ['502 bad_gateway certain'],
    'GET /promises/try': ['406 not_acceptable certain']
  })
})
