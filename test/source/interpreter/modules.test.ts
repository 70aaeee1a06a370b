/** Modules in CommonJS, without types. */
import t from 'tap'
import { findingsOf } from '../fixture-findings.js'

t.test('JavaScript in CommonJS is followed without types', async t => {
  t.strictSame(findingsOf('javascript'), {
    'GET /javascript/bound': ['404 resource_not_found certain via Users.find > Repository.find'],
    'GET /javascript/bus': ['409 resource_conflict certain via execute > create', '410 resource_gone certain via execute > remove'],
    'GET /javascript/bus-known': ['409 resource_conflict certain via execute > create'],
    'GET /javascript/callback': ['503 null certain via read'],
    'GET /javascript/decorator': ['404 resource_not_found certain via Users.find > Repository.find'],
    'GET /javascript/function': ['404 resource_not_found certain'],
    'GET /javascript/object': ['403 forbidden certain'],
    'GET /javascript/service': ['403 forbidden certain via load', '404 resource_not_found certain via load > Users.find > Repository.find'],
    'GET /javascript/then': ['404 null certain'],
    'GET /javascript/wrapped': ['404 resource_not_found certain via Users.find > Repository.find']
  })
})
