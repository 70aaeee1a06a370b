/** Numbers with their noun. */
import t from 'tap'
import { formatCount } from '../../lib/support/format-count.js'

t.test('the noun is in the plural if the number is not 1', async t => {
  t.strictSame([0, 1, 2].map(amount => formatCount(amount, 'route')), ['0 routes', '1 route', '2 routes'])
})
