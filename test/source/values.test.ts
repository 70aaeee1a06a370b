/** The possible values of an expression: which values are equal, and what is read from them. */
import t from 'tap'
import { dedupe, getKey, literal, undefinedValues, listNumbers, object, listTexts, union, unknown, type SentStatus, type ThrownError } from '../../lib/source/values.js'

t.test('a union has each value once, and at most 40', async t => {
  const one = object()
  const other = object()
  t.strictSame(union([literal(1), one], [literal(1), other], [one]), [literal(1), one, other])
  t.strictSame(union([literal(1)], [literal(1, false)], [literal('1')]), [literal(1), literal(1, false), literal('1')], 'values that differ in type, or in whether they can change')
  const list = [literal(1)]
  t.equal(union(list, [], list), list, 'one list stays the same array')
  t.strictSame(union(), [])
  t.equal(union(Array.from({ length: 30 }, (_, index) => literal(index)), Array.from({ length: 30 }, (_, index) => literal(-index))).length, 40)
})

t.test('equal values share a key', async t => {
  t.strictSame([
    literal(404), literal(404, false), literal('404'), literal(undefined), { kind: 'text', text: 'SELECT ?' } as const,
    { kind: 'external', from: 'pg', path: 'default.Pool', node: undefined } as const
  ].map(getKey), ['=number:404', '~number:404', '=string:404', '=undefined:undefined', 'tSELECT ?', 'epg#default.Pool'])
  const [one, other] = [unknown(), unknown()]
  t.equal(getKey(one), getKey(one))
  t.not(getKey(one), getKey(other), 'two unknown values are different')
})

t.test('numbers and strings are read from literals', async t => {
  const values = [literal(404), literal('a'), { kind: 'text', text: 'b ?' } as const, ...undefinedValues, unknown()]
  t.strictSame(listNumbers(values), [404])
  t.strictSame(listTexts(values), ['a', 'b ?'])
})

t.test('of equal errors on a line, the certain one with the shortest path is kept', async t => {
  const site = (line: number): SentStatus['site'] => ({ file: 'src/queues.ts', line })
  const sent = (line: number, isUncertain: boolean, ...via: string[]): SentStatus => ({ status: 404, site: site(line), via, isUncertain })
  t.strictSame(dedupe([sent(1, true), sent(1, false, 'find', 'one'), sent(1, false, 'find'), sent(1, true), sent(2, true)]), [sent(1, false, 'find'), sent(2, true)])
  const error = object()
  const thrown: ThrownError = { value: error, site: site(1), via: [], isUncertain: false, statuses: [] }
  t.strictSame(dedupe([thrown, { ...thrown, value: object() }, thrown]).length, 2, 'two errors of one line')
})
