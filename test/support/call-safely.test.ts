/** Calls functions of the application and reports their errors. */
import t from 'tap'
import { callSafely, expectResult, expectText, handleThrownPromise, ignoreRejection, isPromiseLike } from '../../lib/support/call-safely.js'

/** The error that a call reports. */
async function reportedBy (call: () => unknown): Promise<unknown> {
  let reported: unknown = 'nothing'
  callSafely(call, error => { reported = error })
  await new Promise(setImmediate) // An unhandled rejection would fail the test.
  return reported
}

const error = new Error('down')

/** A value whose properties cannot be read. */
const unreadable = new Proxy({}, { get () { throw error } })

t.test('a value that a call throws or rejects with is reported', async t => {
  t.equal(await reportedBy(() => 'done'), 'nothing')
  t.equal(await reportedBy(async () => 'done'), 'nothing')
  t.equal(await reportedBy(() => null), 'nothing')
  t.equal(await reportedBy(() => { throw error }), error)
  t.equal(await reportedBy(async () => { throw error }), error)
  t.equal(await reportedBy(() => ({ then: (_done: unknown, reject: (error: unknown) => void) => { reject(error) } })), error, 'any thenable')
})

t.test('a thrown promise is handled', async t => {
  t.match(await reportedBy(() => { throw Promise.reject(error) }), { message: 'A function threw a promise. Return the promise instead.' })
  for (const thrown of [error, undefined, null, 'text', unreadable]) t.equal(handleThrownPromise(thrown), thrown)
  t.match(await reportedBy(() => { throw { then () { throw error } } }), { message: 'A function threw a promise. Return the promise instead.' }) // eslint-disable-line no-throw-literal
})

t.test('the rejection of a promise whose result is not used is handled', async t => {
  for (const value of [Promise.reject(error), Object.assign(Promise.resolve(), { constructor: null, then: () => { throw error } }), undefined, 'text', { then () { throw error } }]) ignoreRejection(value)
  await new Promise(setImmediate)
  t.pass('no unhandled rejection')
})

t.test('a value with a method `then` is like a promise', async t => {
  t.strictSame([Promise.resolve(), { then () {} }, { then: 1 }, null, undefined, 'then', unreadable].map(isPromiseLike), [true, true, false, false, false, false, false])
})

t.test('a promise is not a result, and only a string is a message', async t => {
  t.equal(expectResult('f', error), error)
  t.equal(expectText('f', ''), '')
  t.throws(() => expectResult('f', Promise.reject(error)), { message: 'f: expected the function to return its result, got a promise.' })
  t.throws(() => expectText('f', Promise.reject(error)), { message: 'f: expected the function to return a string, got a promise.' })
  t.throws(() => expectText('f', 7), { message: 'f: expected the function to return a string, got 7.' })
  await new Promise(setImmediate)
})
