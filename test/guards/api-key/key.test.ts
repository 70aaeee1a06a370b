/** Creates, parses, hashes and compares API keys. */
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import fc from 'fast-check'
import t from 'tap'
import { generateKey, hashKey, matchesHash, parseKey } from 'fastify-api-errors/api-key'
import { findKeyFault } from '../../../lib/guards/api-key/record.js'

const prefix = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}(_[A-Za-z0-9]{1,8}){0,3}$/)

t.test('a key is its prefix, 30 random letters and digits, and a checksum of 6 characters', async t => {
  fc.assert(fc.property(prefix, prefix => {
    const key = generateKey({ prefix })
    t.match(key, new RegExp(`^${prefix}_[0-9A-Za-z]{36}$`))
    t.strictSame(parseKey(key), { prefix })
  }))
})

t.test('the checksum is the CRC-32 of the preceding characters, in base 62', async t => {
  // Python's zlib.crc32(b'abc_' + b'0' * 30) is 592226508, which is e4vAS in base 62.
  t.strictSame(parseKey(`abc_${'0'.repeat(30)}0e4vAS`), { prefix: 'abc' })
})

t.test('a key with one character changed, added, removed or swapped is invalid', async t => {
  const key = generateKey({ prefix: 'launch_live' })
  const index = fc.nat({ max: key.length - 1 })
  const character = fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_- ')
  fc.assert(fc.property(index, character, (at, other) => {
    if (key[at] !== other) t.equal(parseKey(key.slice(0, at) + other + key.slice(at + 1)), null)
    t.equal(parseKey(key.slice(0, at) + other + key.slice(at)), null)
    t.equal(parseKey(key.slice(0, at) + key.slice(at + 1)), null)
    const swapped = key.slice(0, at) + (key[at + 1] ?? '') + (key[at] as string) + key.slice(at + 2)
    if (swapped !== key) t.equal(parseKey(swapped), null)
  }), { numRuns: 500 })
})

t.test('any string can be parsed, and almost no random string is a key', async t => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), text => { t.equal(parseKey(text), null) }))
})

t.test('10,000 keys differ, and every character is equally frequent at every position', async t => {
  const keys = Array.from({ length: 10_000 }, () => generateKey({ prefix: 'k' }))
  t.equal(new Set(keys).size, 10_000)
  const counts = new Map<string, number>()
  for (const character of keys.map(key => key.slice(2, 32)).join('')) counts.set(character, (counts.get(character) ?? 0) + 1)
  t.equal(counts.size, 62)
  const expected = 300_000 / 62
  // Six standard deviations of a binomial count: about one false alarm in eight million runs.
  for (const [character, count] of counts) t.ok(Math.abs(count - expected) < 6 * Math.sqrt(expected), `${character} ${count} times`)
})

for (const [given, shown] of [['launch-live', '"launch-live"'], ['', '""'], ['_a', '"_a"'], ['a__b', '"a__b"'], [7, '7'], [undefined, 'undefined']] as const) {
  t.test(`the prefix ${shown} is rejected`, async t => {
    t.throws(() => generateKey({ prefix: given as string }), {
      name: 'TypeError',
      message: `generateKey: prefix: expected words of letters and digits joined by underscores, such as 'launch_live', got ${shown}.`
    })
  })
}

t.test('the hash is SHA-256 in hex', async t => {
  t.equal(hashKey('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'the first example of FIPS 180-2')
})

t.test('a key matches its own hash and no other string', async t => {
  fc.assert(fc.property(fc.string(), fc.string(), (key, other) => {
    t.equal(matchesHash(key, hashKey(key)), true)
    t.equal(matchesHash(key, hashKey(other)), key === other)
    t.equal(matchesHash(key, other), false)
  }))
})

t.test('every invalid key costs the same time: known or unknown, wrong in its first or last character', async t => {
  const right = generateKey({ prefix: 'launch_live' })
  const wrongFirst = `M${right.slice(1)}`
  const wrongLast = right.slice(0, -1) + (right.endsWith('0') ? '1' : '0')
  const record = { id: 'key_1', hash: hashKey(right) }
  const use = { ip: undefined, now: 0, required: [] }

  const work = workOf(() => findKeyFault(null, { ...use, key: wrongFirst }))
  t.strictSame(work, { hashed: [right.length, 64, 64], compared: [32], result: 'invalid_api_key' })
  t.strictSame(workOf(() => findKeyFault(null, { ...use, key: wrongLast })), work)
  t.strictSame(workOf(() => findKeyFault(record, { ...use, key: wrongFirst })), work)
  t.strictSame(workOf(() => findKeyFault(record, { ...use, key: wrongLast })), work)
  t.strictSame(workOf(() => findKeyFault(record, { ...use, key: right })), { ...work, result: undefined })
})

/** Returns the number of bytes that a call hashes and compares, in order. */
function workOf (call: () => unknown): { hashed: number[], compared: number[], result: unknown } {
  const { createHash, timingSafeEqual } = crypto
  const hashed: number[] = []
  const compared: number[] = []
  crypto.createHash = (...args) => {
    const hash = createHash(...args)
    const update = hash.update.bind(hash)
    hash.update = (data: crypto.BinaryLike) => {
      hashed.push(Buffer.byteLength(data as string))
      return update(data)
    }
    return hash
  }
  crypto.timingSafeEqual = (a, b) => {
    compared.push(a.byteLength)
    return timingSafeEqual(a, b)
  }
  syncBuiltinESMExports()
  try {
    return { result: call(), hashed, compared }
  } finally {
    Object.assign(crypto, { createHash, timingSafeEqual })
    syncBuiltinESMExports()
  }
}

t.test('only a string can be hashed, and createKey requires options', async t => {
  t.throws(() => hashKey(5 as never), new TypeError('hashKey: key: expected a string, got 5.'))
  t.throws(() => matchesHash('a', undefined as never), new TypeError('matchesHash: hash: expected a string, got undefined.'))
  t.throws(() => generateKey(undefined as never), new TypeError('generateKey: prefix: expected words of letters and digits joined by underscores, such as \'launch_live\', got undefined.'))
})
