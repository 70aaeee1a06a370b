/** How messages show an invalid value. */
import t from 'tap'
import { describeValue } from '../../lib/support/describe-value.js'

t.test('a message shows strings and other plain values unchanged, and only the kind of objects', async t => {
  const { proxy: revoked, revoke } = Proxy.revocable([], {})
  revoke()
  for (const [value, shown] of [
    ['10', '"10"'], ['say "hi"\n', '"say \\"hi\\"\\n"'], ['a'.repeat(101), `"${'a'.repeat(100)}…"`], ['a'.repeat(100), `"${'a'.repeat(100)}"`],
    [10, '10'], [NaN, 'NaN'], [10n, '10'], [true, 'true'], [null, 'null'], [undefined, 'undefined'], [Symbol('s'), 'Symbol(s)'],
    [() => {}, 'a function'], [class {}, 'a function'], [async () => {}, 'an async function'], [[1], 'an array'], [[], 'an empty array'], [{ a: 1 }, 'an object'], [{}, 'an empty object'],
    [Object.create(null), 'an empty object'], [new Map(), 'an object'], [Promise.resolve(), 'a promise'], [new Date(), 'a date'], [new Date(NaN), 'an invalid date'], [revoked, 'an object']
  ] as const) {
    t.equal(describeValue(value), shown)
  }
})
