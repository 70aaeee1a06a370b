/** The bodies of errors that are only a message, as values at run time and as code. */
import t from 'tap'
import { isMessageBody, type BodyValue } from '../../lib/support/is-message-body.js'

const literal = (value: unknown): BodyValue => ({ kind: 'literal', value })
const object = (properties: Readonly<Record<string, BodyValue>>): BodyValue => ({ kind: 'structure', listProperties: () => properties })
const list: BodyValue = { kind: 'structure', listProperties: () => undefined }
const unknown: BodyValue = { kind: 'unknown' }
const message = literal('The queue is full.')

t.test('a code that clients check for is not a message', async t => {
  for (const code of ['invalid_grant', 'not-found', 'errors.queue.full', 'E_FULL', 'e1']) t.equal(isMessageBody({ error: literal(code) }), false, code)
  for (const text of ['Not found', 'The queue is full.', 'Oops!', '', 'FULL', 'camelCase', '_a']) t.equal(isMessageBody({ error: literal(text) }), true, text)
  t.equal(isMessageBody({ message: literal('not-found') }), true, 'the property is named after a message')
})

t.test('a property next to the message only repeats the status or the failure', async t => {
  for (const [property, repeated, other] of [
    ['statusCode', 404, '404'], ['status', 404, 'pending'], ['status', 'error', undefined], ['status', 'failed', null], ['code', 1, 'E1'],
    ['success', false, true], ['isSuccess', false, 'false'], ['ok', false, 0], ['data', null, 'a']
  ] as const) {
    t.equal(isMessageBody({ message, [property]: literal(repeated) }), true, property)
    t.equal(isMessageBody({ message, [property]: literal(other) }), false, property)
    t.equal(isMessageBody({ message, [property]: list }), false, property)
    t.equal(isMessageBody({ message, [property]: unknown }), property !== 'data', property)
  }
  for (const property of ['details', 'toString']) t.equal(isMessageBody({ message, [property]: literal('a') }), false, property)
})

t.test('message and error', async t => {
  for (const [properties, expected] of [
    [{}, false],
    [{ message: unknown }, true],
    [{ message: list }, false],
    [{ message: literal(42) }, false],
    [{ message: literal(undefined) }, false],
    [{ error: unknown }, true],
    [{ error: list }, false],
    [{ error: literal(true) }, false],
    [{ error: object({ message }) }, true],
    [{ error: object({ message, code: literal('E1') }) }, false],
    [{ message: literal(undefined), error: object({ message }) }, true],
    [{ message, error: literal('Not Found') }, true],
    [{ message, error: literal('not_found') }, false],
    [{ message, error: literal(true) }, true],
    [{ message, error: literal(undefined) }, true],
    [{ message, error: literal(7) }, false],
    [{ message, error: unknown }, true],
    [{ message, error: object({ message }) }, false]
  ] as const) t.equal(isMessageBody(properties), expected, JSON.stringify(properties))
})
