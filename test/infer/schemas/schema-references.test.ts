/** Resolves references in JSON Schemas. */
import t from 'tap'
import { resolveReference } from '../../../lib/infer/schemas/schema-references.js'

const name = { type: 'string' }
const money = { $id: 'money', type: 'object', $defs: { cents: { type: 'integer' } } }
const shared = { $id: 'https://example.com/shared', $defs: { name: { $anchor: 'name', ...name } } }
const top = {
  $id: 'https://example.com/schemas/queue',
  $defs: { name, 'a/b': { 'c~d': name }, dynamic: { $dynamicAnchor: 'node' }, money, absolute: { $id: 'https://example.com/schemas/price', type: 'number' }, all: true }
}
const getSchema = (id: string): unknown => ({ shared, 'https://example.com/shared': shared } as Record<string, unknown>)[id]

t.test('a reference is resolved to its schema', async t => {
  const place = { root: top, top }
  for (const [ref, schema] of [
    ['#', top],
    ['#/$defs/name', name],
    ['#/$defs/a~1b/c~0d', name],
    ['#/%24defs/name', name],
    ['#/$defs/all', true],
    ['#node', top.$defs.dynamic],
    ['money', money],
    ['money#/$defs/cents', money.$defs.cents],
    ['price', top.$defs.absolute],
    ['shared', shared],
    ['shared#name', shared.$defs.name],
    ['../shared#/$defs/name', shared.$defs.name]
  ] as const) {
    t.equal(resolveReference(ref, place, getSchema)?.schema, schema, ref)
  }
  for (const ref of ['#/$defs/none', '#/$defs/name/type/further', '#none', 'none', 'none#/a', 'http://[']) t.equal(resolveReference(ref, place, getSchema), undefined, ref)
})

t.test('references are relative to the nearest schema with an $id', async t => {
  t.strictSame(resolveReference('money', { root: top, top }, getSchema), { schema: money, root: money, top })
  t.strictSame(resolveReference('#/$defs/cents', { root: money, top }, getSchema), { schema: money.$defs.cents, root: money, top })
  t.strictSame(resolveReference('shared#name', { root: top, top }, getSchema), { schema: shared.$defs.name, root: shared, top: shared }, 'a schema of the application')
  t.equal(resolveReference('price', { root: money, top }, getSchema), undefined, 'a relative URL without a base')
})
