/** The codes of a response schema. */
import t from 'tap'
import { getResponseCodes, setResponseCodes } from '../../lib/catalog/response-codes.js'

t.test('the codes of a schema are not part of its JSON', async t => {
  const schema = setResponseCodes({ type: 'object' }, ['queue_full', 'queue_closed'])
  t.strictSame(getResponseCodes(schema), ['queue_full', 'queue_closed'])
  t.equal(JSON.stringify(schema), '{"type":"object"}')
})

t.test('any other value has no codes', async t => {
  for (const value of [{ type: 'object' }, {}, null, undefined, 'NotFound#']) t.strictSame(getResponseCodes(value), [])
})
