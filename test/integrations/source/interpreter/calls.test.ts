/** Calls of functions that other functions receive or wrap. */
import t from 'tap'
import { describeFindings, inferFixtures } from '../../../source/infer-fixtures.js'
import callbacks from '../fixtures/callbacks.js'

const findings = describeFindings(await inferFixtures(t, { callbacks }))

t.test('callbacks and wrapped functions are followed', async t => {
  t.strictSame(findings, {
    'GET /callbacks/all': ['422 validation_error certain via check'],
    'GET /callbacks/empty': [],
    'GET /callbacks/filter': ['422 validation_error certain via check'],
    'GET /callbacks/find': ['422 validation_error certain via check'],
    'GET /callbacks/flat-map': ['422 validation_error certain via check'],
    'GET /callbacks/for-each': ['422 validation_error certain via check'],
    'GET /callbacks/from': ['422 validation_error certain via check'],
    'GET /callbacks/map': ['422 validation_error certain via check'],
    'GET /callbacks/memoized': ['422 validation_error certain via check'],
    'GET /callbacks/package': ['422 validation_error certain via check'],
    'GET /callbacks/partial': ['402 payment_required certain via multiply'],
    'GET /callbacks/partial-object': ['404 resource_not_found certain via addUser > find'],
    'GET /callbacks/reduce': ['422 validation_error certain via check'],
    'GET /callbacks/retry': ['502 bad_gateway certain via retry'],
    'GET /callbacks/sort': ['422 validation_error certain via check'],
    'GET /callbacks/transaction': ['409 resource_already_exists certain via transaction > insert']
  })
})
