/** The properties of thrown values that have the status of the response. */
import t from 'tap'
import { describeFindings, inferFixtures } from './infer-fixtures.js'
import statuses from './fixtures/statuses.js'

t.test('errors and plain objects have the status of any of these properties', async t => {
  t.strictSame(describeFindings(await inferFixtures(t, { statuses })), {
    'GET /statuses/class': ['409 resource_conflict certain'],
    'GET /statuses/code': ['410 resource_gone certain'],
    'GET /statuses/factory': ['404 resource_not_found certain'],
    'GET /statuses/none': ['500 internal_error certain'],
    'GET /statuses/object': ['403 forbidden certain']
  })
})
