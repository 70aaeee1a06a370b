/** The syntax of the header Idempotency-Key. */
import fc from 'fast-check'
import t from 'tap'
import { serializeItem } from 'structured-headers'
import { describeKeyHeader, parseKeyHeader } from '../../../lib/guards/idempotency/key.js'

t.test('a key is a string of RFC 9651, or the same value without quotes', async t => {
  const keys: Record<string, string | undefined> = {
    '"8e03978e-40d5-43dd-bc93-6894a57f9324"': '8e03978e-40d5-43dd-bc93-6894a57f9324',
    '8e03978e-40d5-43dd-bc93-6894a57f9324': '8e03978e-40d5-43dd-bc93-6894a57f9324',
    '"with spaces"': 'with spaces',
    '"a \\"quote\\" and a \\\\"': 'a "quote" and a \\',
    '"parameters";are=ignored': 'parameters',
    'Zm9v+/==': 'Zm9v+/==',
    '': undefined,
    '""': undefined,
    '"open': undefined,
    '"a" b': undefined,
    'with spaces': undefined,
    'a, b': undefined,
    'a;b=c': undefined,
    'a"b': undefined,
    ['x'.repeat(255)]: 'x'.repeat(255),
    ['x'.repeat(256)]: undefined
  }
  for (const [header, key] of Object.entries(keys)) t.equal(parseKeyHeader(header), key, header)
})

t.test('every string of printable ASCII can be a key', async () => {
  const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)), minLength: 1, maxLength: 100 })
  fc.assert(fc.property(printable, key => parseKeyHeader(serializeItem(key)) === key))
})

t.test('every header that the document describes has a key', async () => {
  const { schema } = describeKeyHeader('Idempotency-Key', true)
  fc.assert(fc.property(fc.stringMatching(new RegExp(String(schema.pattern))).filter(({ length }) => length <= 255), header => parseKeyHeader(header) !== undefined))
})
