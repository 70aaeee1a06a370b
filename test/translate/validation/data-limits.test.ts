/** Finds limits that come from the request, with `$data` of Ajv. */
import t from 'tap'
import { listDataKeywords, isDataReference } from '../../../lib/translate/validation/data-limits.js'

t.test('an object with the string $data is a limit from the request', async t => {
  t.ok(isDataReference({ $data: '1/max' }))
  for (const limit of [5, null, 'text', {}, { $data: 5 }, []]) t.notOk(isDataReference(limit))
})

t.test('keywords with such a limit are found anywhere in a schema', async t => {
  const schema = {
    properties: { low: { maximum: { $data: '1/high' } }, list: { type: 'array', items: { minLength: { $data: '2/length' } } } },
    minimum: 5
  }
  t.strictSame([...listDataKeywords(schema)].sort(), ['maximum', 'minLength'])
  t.equal(listDataKeywords(schema), listDataKeywords(schema), 'a schema is searched once')
  t.strictSame([...listDataKeywords({ type: 'object' })], [])
  for (const schema of [undefined, null, true, 'text']) t.equal(listDataKeywords(schema).size, 0)
})

t.test('a schema that contains itself is read once', async t => {
  const schema: Record<string, unknown> = { minimum: { $data: '1/a' } }
  schema.items = schema
  t.strictSame([...listDataKeywords(schema)], ['minimum'])
})
