/** Comparisons of possible values. A result is undefined if the source does not decide it, so that both branches are followed. */
import t from 'tap'
import ts from 'typescript'
import { toBooleans, computeBinary, equals, getTruth, getTypeName } from '../../../lib/source/interpreter/compare-values.js'
import { literal, object, random, unknown, type Value } from '../../../lib/source/values.js'

const text = (pattern: string): Value => ({ kind: 'text', text: pattern })
const live = literal('on', false)

t.test('a value is true, false or unknown in a condition', async t => {
  for (const [what, value, expected] of [
    ['a literal', literal(0), false], ['null', literal(null), false], ['a string', literal('a'), true], ['a value of the running application', live, undefined],
    ['a string with unknown parts', text('?'), undefined], ['an object', object({}), true], ['an unknown value', unknown(), undefined]
  ] as const) t.equal(getTruth(value), expected, what)
})

t.test('two values are equal, different or unknown', async t => {
  const one = object({})
  for (const [what, a, b, expected] of [
    ['equal literals', literal('a'), literal('a'), true],
    ['different literals', literal('a'), literal('b'), false],
    ['null and undefined, which == does not distinguish', literal(null), literal(undefined), true],
    ['a value of the running application', live, literal('on'), undefined],
    ['an object and null', one, literal(null), false],
    ['an object and itself', one, one, true],
    ['two objects', one, object({}), undefined],
    ['a string with a known start', text('user-?'), literal('order-1'), false],
    ['a string that may be equal', text('user-?'), literal('user-1'), undefined],
    ['unknown values', unknown(), unknown(), undefined]
  ] as const) t.strictSame([equals(a, b), equals(b, a)], [expected, expected], what)
})

t.test('typeof of a known value is a literal', async t => {
  for (const [value, name] of [[literal(null), 'object'], [literal(1), 'number'], [literal(undefined), 'undefined'], [text('?'), 'string'], [object({}), 'object']] as const) {
    t.match(getTypeName(value), { kind: 'literal', value: name })
  }
  t.match(getTypeName(unknown()), { kind: 'unknown' })
})

t.test('an operator computes a value if both operands are known', async t => {
  const { PlusToken, MinusToken, LessThanToken, AsteriskToken } = ts.SyntaxKind
  t.match(computeBinary(ts, PlusToken, literal('a'), literal(1)), { kind: 'literal', value: 'a1' })
  t.match(computeBinary(ts, PlusToken, literal('user-'), unknown()), { kind: 'text', text: 'user-?' })
  t.match(computeBinary(ts, MinusToken, literal(3), literal(1)), { kind: 'literal', value: 2, isInSource: true })
  t.match(computeBinary(ts, LessThanToken, literal(3), literal(1, false)), { kind: 'literal', value: false, isInSource: false })
  t.match(computeBinary(ts, AsteriskToken, literal(3), literal(1)), { kind: 'unknown' })
  t.strictSame(computeBinary(ts, MinusToken, random(), literal(1)).kind, random().kind)
})

t.test('the results of several comparisons are all possible, unless one is unknown', async t => {
  t.match(toBooleans([true, false]), [{ value: true }, { value: false }])
  t.match(toBooleans([true, undefined]), [{ kind: 'unknown' }])
  t.match(toBooleans([]), [{ kind: 'unknown' }])
})
