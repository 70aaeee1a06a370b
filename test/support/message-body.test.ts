/** The bodies of errors that are only a message, and those that have a code. */
import t from 'tap'
import { isMachineCode, repeatedProperties } from '../../lib/support/message-body.js'

t.test('a code that clients compare is not a message', async t => {
  for (const code of ['invalid_grant', 'not-found', 'errors.queue.full', 'E_FULL', 'e1']) t.ok(isMachineCode(code), code)
  for (const message of ['Not found', 'The queue is full.', 'Oops!', '', 'FULL', 'camelCase', '_a', 42, null]) t.notOk(isMachineCode(message), String(message))
})

t.test('a property is recognized if it repeats the status or the failure', async t => {
  for (const [property, repeated, other] of [
    ['statusCode', 404, '404'], ['status', 404, 'pending'], ['status', 'error', undefined], ['code', 1, 'E1'], ['success', false, true], ['ok', false, 0]
  ] as const) {
    t.strictSame([repeatedProperties[property]?.(repeated), repeatedProperties[property]?.(other)], [true, false], property)
  }
})
