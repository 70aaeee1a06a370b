/** The rate limits in the fields of a response. */
import fc from 'fast-check'
import t from 'tap'
import { readLimits } from '../../lib/client/reported-limits.js'
import { headerFields } from '../../lib/rate-limit/header-fields.js'
import type { LimitResult } from '../../lib/rate-limit/limit.js'

for (const [what, fields, expected] of [
  ['one limit', { ratelimit: '"general";r=99;t=60' }, [{ name: 'general', remaining: 99, seconds: 60, quota: undefined, window: 60 }]],
  ['several limits with their policies', {
    'ratelimit-policy': '"burst";q=5;w=10, "general";q=100;w=60', ratelimit: '"burst";r=4;t=7,"general";r=99;t=50'
  }, [
    { name: 'burst', remaining: 4, seconds: 7, quota: 5, window: 10 }, { name: 'general', remaining: 99, seconds: 50, quota: 100, window: 60 }
  ]],
  ['other parameters, a token as the name, and a string with quotes', {
    'ratelimit-policy': 'per-min;q=50;qu="requests";w=60;pk=:cHsd=:;burst', ratelimit: 'per-min; r=1;acme-policy=?1; t=2, "a\\"b, c";r=0;t=1'
  }, [
    { name: 'per-min', remaining: 1, seconds: 2, quota: 50, window: 60 }, { name: 'a\\"b, c', remaining: 0, seconds: 1, quota: undefined, window: 1 }
  ]],
  ['Retry-After takes precedence for a limit that is used up', { ratelimit: '"a";r=0;t=5, "b";r=3;t=5', 'retry-after': '9' }, [
    { name: 'a', remaining: 0, seconds: 9, quota: undefined, window: 9 }, { name: 'b', remaining: 3, seconds: 5, quota: undefined, window: 5 }
  ]],
  ['no time', { ratelimit: '"general";r=99' }, []],
  ['no remaining requests', { ratelimit: '"general";t=99' }, []],
  ['a negative number', { ratelimit: '"general";r=-1;t=5' }, []],
  ['not an integer', { ratelimit: '"general";r=1.5;t=5' }, []],
  ['no fields', {}, []],
  ['an empty field', { ratelimit: '' }, []],
  ['a malformed list', { ratelimit: '"a";r=0;t=5, "b' }, []],
  ['a list that ends with a comma', { ratelimit: '"a";r=0;t=5,' }, []],
  ['the syntax of draft 6', { ratelimit: 'limit=100, remaining=0, reset=9' }, []],
  ['a malformed policy', { ratelimit: '"a";r=0;t=5', 'ratelimit-policy': '100;w=' }, [{ name: 'a', remaining: 0, seconds: 5, quota: undefined, window: 5 }]]
] as const) {
  t.test(`readLimits(): ${what}`, async t => {
    t.strictSame(readLimits(new Headers(fields)), expected)
  })
}

t.test('readLimits() reads at most 10 limits', async t => {
  const ratelimit = Array.from({ length: 20 }, (_, at) => `"${at}";r=0;t=1`).join(', ')
  t.equal(readLimits(new Headers({ ratelimit })).length, 10)
})

t.test('readLimits() reads what the server writes', async t => {
  const anyNames = fc.uniqueArray(fc.stringMatching(/^[a-z][\w-]{0,20}$/), { minLength: 1, maxLength: 5 })
  fc.assert(fc.property(anyNames, fc.nat(), fc.integer({ min: 1, max: 1e9 }), (names, remaining, ttl) => {
    const results = names.map(name => ({ limit: { name, item: `"${name}"` }, max: remaining, remaining, ttl, timeWindow: ttl }) as unknown as LimitResult)
    const headers = new Headers(headerFields.ratelimit.map(({ name, value }) => [name, String(value(results as [LimitResult]))] as [string, string]))
    const seconds = Math.ceil(ttl / 1000)
    t.strictSame(readLimits(headers), names.map(name => ({ name, remaining, seconds, quota: remaining, window: seconds })))
  }))
})

t.test('readLimits() accepts any header', async t => {
  fc.assert(fc.property(fc.stringMatching(/^[ -~]{0,300}$/), ratelimit => {
    t.ok(Array.isArray(readLimits(new Headers({ ratelimit }))))
  }))
  // An engine that tries every split of these would not end.
  for (const part of ['"a', ';a', '"a";', '\\"', ' ', 'a;a="']) t.strictSame(readLimits(new Headers({ ratelimit: `"${part.repeat(4000)}!` })), [])
})
