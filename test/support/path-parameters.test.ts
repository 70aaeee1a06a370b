/** The parameters in the path of a route. */
import t from 'tap'
import { listPathParameters } from '../../lib/support/path-parameters.js'

t.test('parameters of every syntax are listed', async t => {
  t.strictSame(listPathParameters('/users/:id'), ['id'])
  t.strictSame(listPathParameters('/at/:hour(^\\d+)h:minute?'), ['hour', 'minute'])
  t.strictSame(listPathParameters('/near/:lat-:lng/*'), ['lat', 'lng'])
  t.strictSame(listPathParameters('/name::verb'), [])
  t.strictSame(listPathParameters('*'), [])
})
