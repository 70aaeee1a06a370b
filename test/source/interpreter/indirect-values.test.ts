/** Errors in values that reach their `throw` in less common ways: arrays, properties, types, unknown functions, and overloads. */
import t from 'tap'
import { indirectValues } from '../fixtures/indirect-values.js'
import { describeFindings, inferFixtures } from '../infer-fixtures.js'

t.test('an error is found in any value, but not in a function that runs after the response', async t => {
  t.strictSame(describeFindings(await inferFixtures(t, { values: indirectValues })), {
    'GET /values/array': ['410 resource_gone certain'],
    'GET /values/callback': ['410 resource_gone certain'],
    'GET /values/class': ['410 resource_gone certain'],
    'GET /values/concat': ['410 resource_gone certain'],
    'GET /values/construct': ['410 resource_gone certain'],
    'GET /values/defined': ['410 resource_gone certain'],
    'GET /values/listener': [],
    'GET /values/node-callback': [],
    'GET /values/overloads': ['410 resource_gone certain via Users.load > fail'],
    'GET /values/stack': ['410 resource_gone certain'],
    'GET /values/type': ['410 resource_gone certain']
  })
})
