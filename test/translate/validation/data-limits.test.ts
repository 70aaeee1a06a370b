/** Finds limits that come from the request, with `$data` of Ajv. */
import t from 'tap'
import { dataKeywords, isData } from '../../../lib/translate/validation/data-limits.js'

t.test('a limit that comes from the request', async t => {
  t.ok(isData({ $data: '1/max' }))
  for (const limit of [5, null, 'text', {}, { $data: 5 }, []]) t.notOk(isData(limit))
})

t.test('the keywords with such a limit, anywhere in a schema', async t => {
  const schema = {
    properties: { low: { maximum: { $data: '1/high' } }, list: { type: 'array', items: { minLength: { $data: '2/length' } } } },
    minimum: 5
  }
  t.strictSame([...dataKeywords(schema)].sort(), ['maximum', 'minLength'])
  t.equal(dataKeywords(schema), dataKeywords(schema), 'a schema is searched once')
  t.strictSame([...dataKeywords({ type: 'object' })], [])
  for (const schema of [undefined, null, true, 'text']) t.equal(dataKeywords(schema).size, 0)
})

t.test('a schema that contains itself', async t => {
  const schema: Record<string, unknown> = { minimum: { $data: '1/a' } }
  schema.items = schema
  t.strictSame([...dataKeywords(schema)], ['minimum'])
})
