/** Finds values of a request: by their path, and in a message. */
import t from 'tap'
import { hasProperty, quotesAnyValue, getValueAt } from '../../../lib/translate/validation/failed-keyword.js'

t.test('getValueAt() reads own properties only', async t => {
  const value = { items: [{ price: 5 }], empty: null }
  for (const [path, found] of [
    [[], value], [['items', '0', 'price'], 5], [['empty'], null], [['empty', 'more'], undefined], [['items', '1'], undefined],
    [['constructor'], undefined], [['items', 'map'], undefined]
  ] as const) {
    t.equal(getValueAt(value, path), found, path.join('.'))
  }
  t.strictSame([hasProperty({ a: undefined }, 'a'), hasProperty({}, 'toString'), hasProperty(null, 'a'), hasProperty('text', 'length')], [true, false, false, false])
})

t.test('a message that contains a value of the request as JSON is recognized', async t => {
  for (const [message, sent, isQuoted] of [
    ['Got "hunter2".', { pw: 'hunter2' }, true],
    ['Got {"pw":"a \\"b\\""}.', { nested: [{ pw: 'a "b"' }] }, true],
    ['Got 123456.', { pin: 123456 }, true],
    ['Got -1.5e+30.', [-1.5e30], true],
    ['Choose "red" or "blue".', { color: 'green' }, false],
    ['Enter a name.', { name: 'name' }, false],
    ['At least 8 characters.', { count: 8 }, false],
    ['Got "x".', undefined, false],
    ['Got "x".', Array.from({ length: 20_000 }, () => 'y'), true]
  ] as const) t.equal(quotesAnyValue(message, sent), isQuoted, message)
})
