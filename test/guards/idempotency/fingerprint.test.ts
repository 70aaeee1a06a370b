/** The fingerprint of a request. */
import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import fc from 'fast-check'
import t from 'tap'
import { createFingerprint, createStoreKey } from '../../../lib/guards/idempotency/fingerprint.js'

const usual = { method: 'POST', url: '/orders?dry=1', routeOptions: { url: '/orders' }, body: { a: 1 } }
const fingerprint = (changes: object = {}): string => createFingerprint({ ...usual, ...changes } as unknown as FastifyRequest)
const ofBody = (body: unknown): string => fingerprint({ body })

t.test('it depends on the method, the route, the URL and the body', async t => {
  const different = [
    fingerprint(), fingerprint({ method: 'PUT' }), fingerprint({ url: '/orders?dry=2' }), fingerprint({ routeOptions: { url: '/:name' } }), fingerprint({ body: { a: 2 } })
  ]
  t.equal(new Set(different).size, different.length)
  t.equal(fingerprint(), fingerprint())
  t.match(fingerprint(), /^[\w-]{43}$/)
})

t.test('the order of properties does not matter, and the order of lists does', async t => {
  t.equal(ofBody({ a: 1, b: { c: 2, d: 3 } }), ofBody({ b: { d: 3, c: 2 }, a: 1 }))
  t.not(ofBody([1, 2]), ofBody([2, 1]))
  t.not(ofBody({ a: { b: 1 } }), ofBody({ a: {}, b: 1 }))
})

t.test('different bodies of every kind have different fingerprints', async t => {
  const bodies = [
    undefined, null, '', 'text', '1', 1, 1n, true, {}, [], [null], { a: null }, { a: undefined, b: 1 }, Buffer.from('text2'), Buffer.from('text3'),
    new Map([['a', 1]]), new Map([['a', 2]]), new Set(['b']), new Date(0), new Date(1), { at: new Date(0) }, { n: 10n }, JSON.parse('{"__proto__":{"x":1}}') as unknown
  ]
  t.equal(new Set(bodies.map(ofBody)).size, bodies.length)
})

t.test('a body that is read as a stream is not part of it', async t => {
  t.equal(ofBody(Readable.from(['a'])), ofBody(undefined))
})

t.test('any JSON: the same value in another order is the same', async () => {
  const reverse = (value: unknown): unknown => Array.isArray(value)
    ? value.map(reverse)
    : typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, reverse(member)])) : value
  fc.assert(fc.property(fc.jsonValue(), value => ofBody(value) === ofBody(reverse(value))))
})

t.test('the key in a store has no special characters, and depends on the caller', async t => {
  t.match(createStoreKey('ann', '{"} any key'), /^[\w-]{43}$/)
  t.equal(createStoreKey('ann', 'a'), createStoreKey('ann', 'a'))
  t.not(createStoreKey('ann', 'a'), createStoreKey('ann', 'b'))
  t.not(createStoreKey('ann', 'a'), createStoreKey('bob', 'a'))
  t.not(createStoreKey('ann a', 'b'), createStoreKey('ann', 'a b'), 'a part of the key cannot become a part of the caller')
})
