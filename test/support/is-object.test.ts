/** The type guards for objects. */
import t from 'tap'
import { isObject, isRecord } from '../../lib/support/is-object.js'

t.test('objects and arrays are objects, but only objects are records', async t => {
  for (const [value, object, record] of [
    [{}, true, true], [Object.create(null), true, true], [new Date(), true, true], [[], true, false], [null, false, false], [undefined, false, false], ['text', false, false],
    [() => {}, false, false]
  ] as const) {
    t.strictSame([isObject(value), isRecord(value)], [object, record], String(typeof value))
  }
})
