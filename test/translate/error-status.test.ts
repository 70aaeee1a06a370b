/** Reads the HTTP status of errors from other libraries. */
import t from 'tap'
import { getStatus } from '../../lib/translate/error-status.js'

t.test('the status of an error is found in the property of each library', async t => {
  t.equal(getStatus({ statusCode: 404 }), 404)
  t.equal(getStatus({ status: 404 }), 404)
  t.equal(getStatus({ httpStatusCode: 404 }), 404)
  t.equal(getStatus({ httpStatus: 404 }), 404)
  t.equal(getStatus({ isBoom: true, output: { statusCode: 404 } }), 404)
  t.equal(getStatus({ statusCode: 404, status: 500 }), 404)
  t.equal(getStatus({ statusCode: '404', status: 404 }), 404, 'as from @supabase/storage-js')
})

t.test('no other value is the status of an error', async t => {
  for (const status of [200, 399, 600, 404.5, NaN, '404', null, {}]) t.equal(getStatus({ statusCode: status }), undefined)
  t.equal(getStatus({ output: { statusCode: 404 } }), undefined, 'only for Boom')
  t.equal(getStatus({ isBoom: true, output: null }), undefined)
})
