/** The rate limit header fields. */
import { isDeepStrictEqual } from 'node:util'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { parseList } from 'structured-headers'
import t from 'tap'
import type { HeaderFamily } from 'fastify-api-errors'
import { findClosest, headerFields, toSeconds } from '../../lib/rate-limit/header-fields.js'
import { createLimitFactory, type LimitResult } from '../../lib/rate-limit/limit.js'
import { fetchResponse, serveApp } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'

const policies = { burst: { max: 5, timeWindow: 10_000 }, general: { max: 6, timeWindow: '1 minute' } } as const
const content = { 'content-type': 'application/json; charset=utf-8' }

const ajv = new Ajv()
addFormats.default(ajv)

/** The fields of all families. */
const everyField = Object.values(headerFields).flat().map(({ name }) => name.toLowerCase())

const expected: ReadonlyArray<readonly [HeaderFamily | false | undefined, Record<string, string>, Record<string, string>]> = [
  [
    undefined,
    { 'ratelimit-policy': '"burst";q=5;w=10, "general";q=6;w=60', ratelimit: '"burst";r=4;t=10, "general";r=5;t=60' },
    { 'ratelimit-policy': '"burst";q=5;w=10, "general";q=6;w=60', ratelimit: '"burst";r=0;t=10, "general";r=0;t=60' }
  ],
  [
    'x-ratelimit',
    { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '4', 'x-ratelimit-reset': '10' },
    { 'x-ratelimit-limit': '5', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '10' }
  ],
  [
    'draft-6',
    { 'ratelimit-limit': '5', 'ratelimit-remaining': '4', 'ratelimit-reset': '10' },
    { 'ratelimit-limit': '5', 'ratelimit-remaining': '0', 'ratelimit-reset': '10' }
  ],
  [false, {}, {}]
]

for (const [headers, first, last] of expected) {
  t.test(`headers: ${String(headers)}: every response of a limited route has this family of fields`, async t => {
    stopClock(t)
    const url = await serveApp(t, { rateLimit: { policies, default: ['burst', 'general'], ...headers !== undefined && { headers } } }, app => {
      app.get('/', async () => ({ ok: true }))
      app.get('/broken', async () => { throw new Error('broken') })
      app.get('/free', { config: { rateLimitPolicy: false } }, async () => ({ ok: true }))
    })
    t.strictSame((await fetchResponse(url)).headers, { ...content, ...first })
    for (const { name, schema, example } of headers === false ? [] : headerFields[headers ?? 'ratelimit']) {
      const sent = first[name.toLowerCase()]
      for (const value of [example, schema.type === 'integer' ? Number(sent) : sent]) t.ok(ajv.validate(schema, value), `${name}: ${String(value)} is as documented`)
    }
    const seen = new Set<string>()
    for (const path of ['/broken', '/none', '/', '/']) for (const name of Object.keys((await fetchResponse(url + path)).headers)) seen.add(name)
    t.strictSame(everyField.filter(name => seen.has(name)).sort(), Object.keys(first).sort(), 'no other family, on no status')
    t.strictSame((await fetchResponse(url)).headers, { ...content, ...last, 'cache-control': 'no-store', 'x-request-id': 'REQUEST_ID', 'x-should-retry': 'true', 'retry-after': '10' })
    t.strictSame((await fetchResponse(`${url}/free`)).headers, content)
  })
}

t.test('the document describes the fields of each family', async t => {
  t.strictSame(Object.fromEntries(Object.entries(headerFields).map(([family, fields]) => [family, fields.map(({ name }) => name)])), {
    ratelimit: ['RateLimit-Policy', 'RateLimit'],
    'x-ratelimit': ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
    'draft-6': ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']
  })
  const limit = createLimitFactory({ policies: {} })('general', { max: 100, timeWindow: '1 minute' })
  const verdict: LimitResult = { limit, key: '203.0.113.7', max: 100, timeWindow: 60_000, remaining: 99, ttl: 60_000, isExceeded: false, isBanned: false }
  for (const { name, description, schema, example, value } of Object.values(headerFields).flat()) {
    t.equal(value([verdict]), example, `the example of ${name} equals the value for such a request`)
    t.equal(schema.type, typeof example === 'number' ? 'integer' : 'string', name)
    t.match(description, /^[A-Z].*\.$/, name)
  }
})

const counts = fc.oneof(fc.nat(), fc.maxSafeNat())
const names = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)), minLength: 1 })
const verdict: fc.Arbitrary<LimitResult> = fc.record({
  name: names,
  max: counts,
  timeWindow: fc.integer({ min: 1 }),
  remaining: counts,
  ttl: fc.oneof(fc.integer({ min: -2, max: 3000 }), fc.maxSafeNat()),
  isExceeded: fc.boolean()
}).map(({ name, ...rest }) => ({ ...rest, limit: createLimitFactory({ policies: {} })(name, { max: 1, timeWindow: 1 }), key: '', isBanned: false }))
const verdicts = fc.array(verdict, { minLength: 1 }) as fc.Arbitrary<[LimitResult, ...LimitResult[]]>

t.test('RateLimit-Policy and RateLimit are structured field lists for any names and numbers', async t => {
  const [policy, state] = headerFields.ratelimit
  const capped = (number: number): number => Math.min(number, 999_999_999_999_999)
  t.doesNotThrow(() => fc.assert(fc.property(verdicts, all =>
    isDeepStrictEqual(parseList(String(policy?.value(all))), all.map(({ limit, max, timeWindow }) => [
      limit.name, new Map([['q', capped(max)], ['w', capped(toSeconds(timeWindow))]])
    ])) &&
    isDeepStrictEqual(parseList(String(state?.value(all))), all.map(({ limit, remaining, ttl }) => [
      limit.name, new Map([['r', capped(remaining)], ['t', capped(toSeconds(ttl))]])
    ]))
  )))
})

t.test('seconds are whole, at least 1, and never less than the milliseconds', async t => {
  t.strictSame([-2, 0, 1, 999, 1000, 1001, 59_999, 60_000].map(toSeconds), [1, 1, 1, 1, 1, 2, 60, 60])
  t.doesNotThrow(() => fc.assert(fc.property(fc.maxSafeNat(), milliseconds => {
    const whole = toSeconds(milliseconds)
    return Number.isInteger(whole) && whole >= 1 && whole * 1000 >= milliseconds && (whole === 1 || (whole - 1) * 1000 < milliseconds)
  })))
})

t.test('if there are several limits, the fields show the limit that stops the client first', async t => {
  const verdict = (more: Partial<LimitResult>) => ({ remaining: 0, ttl: 1000, isExceeded: false, ...more }) as LimitResult
  const [few, many] = [verdict({ remaining: 1 }), verdict({ remaining: 9 })]
  const [short, long] = [verdict({ isExceeded: true }), verdict({ isExceeded: true, ttl: 9000 })]
  t.equal(findClosest([many, few]), few)
  t.equal(findClosest([few, many]), few)
  t.equal(findClosest([few, short]), short)
  t.equal(findClosest([short, few]), short)
  t.equal(findClosest([short, long]), long)
  t.equal(findClosest([long, short]), long)
})
