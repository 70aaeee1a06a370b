/** How messages show an invalid value. */
import t from 'tap'
import { describeValue } from '../../lib/support/describe-value.js'

t.test('a message shows strings and other plain values unchanged, and only the type of objects', async t => {
  for (const [value, shown] of [
    ['10', '"10"'], ['say "hi"\n', '"say \\"hi\\"\\n"'], ['a'.repeat(101), `"${'a'.repeat(100)}…"`], ['a'.repeat(100), `"${'a'.repeat(100)}"`],
    [10, '10'], [NaN, 'NaN'], [10n, '10'], [true, 'true'], [null, 'null'], [undefined, 'undefined'], [Symbol('s'), 'Symbol(s)'],
    [() => {}, 'a function'], [class {}, 'a function'], [[1], 'an array'], [{ a: 1 }, 'an object'], [Object.create(null), 'an object']
  ] as const) {
    t.equal(describeValue(value), shown)
  }
})
