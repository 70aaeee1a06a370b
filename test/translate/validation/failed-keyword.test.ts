/** Finds the value at a path. */
import t from 'tap'
import { isIn, valueAt } from '../../../lib/translate/validation/failed-keyword.js'

t.test('the value at a path, from own properties only', async t => {
  const value = { items: [{ price: 5 }], empty: null }
  for (const [path, found] of [
    [[], value], [['items', '0', 'price'], 5], [['empty'], null], [['empty', 'more'], undefined], [['items', '1'], undefined],
    [['constructor'], undefined], [['items', 'map'], undefined]
  ] as const) {
    t.equal(valueAt(value, path), found, path.join('.'))
  }
  t.strictSame([isIn({ a: undefined }, 'a'), isIn({}, 'toString'), isIn(null, 'a'), isIn('text', 'length')], [true, false, false, false])
})
