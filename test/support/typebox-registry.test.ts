/** Which schemas need the TypeBox of the application. test/package.test.ts has the formats and types that an application registers. */
import { Type } from '@sinclair/typebox'
import { Errors, ValueErrorType } from '@sinclair/typebox/errors'
import { Convert } from '@sinclair/typebox/value'
import t from 'tap'
import { getTypebox, hasTypeboxSchema, isTypeboxSchema, loadTypebox } from '../../lib/support/typebox-registry.js'

t.test('TypeBox is loaded once', async t => {
  t.equal(getTypebox(), undefined)
  const typebox = await loadTypebox()
  t.strictSame(typebox, { Errors, ValueErrorType, Convert })
  t.equal(await loadTypebox(), typebox)
  t.equal(getTypebox(), typebox)
})

t.test('a schema of TypeBox is recognized in each part of a request', t => {
  const schema = Type.Object({})
  for (const schemas of [
    { body: schema }, { querystring: schema }, { query: schema }, { params: schema }, { headers: schema },
    { body: { content: { 'text/plain': {}, 'application/json': { schema } } } }
  ]) t.equal(hasTypeboxSchema(schemas), true, Object.keys(schemas).join())
  for (const schemas of [
    undefined, {}, { response: { 200: schema } }, { body: { type: 'object', properties: { inner: schema } } }, { body: { content: null } },
    { body: { content: { 'application/json': null } } }
  ]) t.equal(hasTypeboxSchema(schemas), false, JSON.stringify(schemas))
  t.equal(isTypeboxSchema(schema), true)
  for (const other of [undefined, null, 'a', { type: 'object' }]) t.equal(isTypeboxSchema(other), false)
  t.end()
})
