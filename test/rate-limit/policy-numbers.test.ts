/** The numbers of a policy, fixed or for each request. */
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { createNumberSource, policyNumbers, resolveNumber } from '../../lib/rate-limit/policy-numbers.js'

const request = { headers: { plan: '500' } } as unknown as FastifyRequest

t.test('max, timeWindow and cost accept only their valid numbers', async t => {
  const { max, timeWindow, cost } = policyNumbers
  for (const [number, value, read] of [
    [max, 0, 0], [max, 100, 100], [max, -1, undefined], [max, 1.5, undefined], [max, '100', undefined], [max, Infinity, undefined],
    [timeWindow, 1000, 1000], [timeWindow, '1 minute', 60_000], [timeWindow, 0, undefined], [timeWindow, 'soon', undefined], [timeWindow, null, undefined],
    [cost, 0, 0], [cost, 1000, 1000], [cost, 1001, undefined], [cost, NaN, undefined]
  ] as const) {
    t.equal(number.read(value), read, `${number.expected}: ${String(value)}`)
  }
})

t.test('a number can be fixed, or returned by a function for each request', async t => {
  t.equal(createNumberSource('burst', 'timeWindow', '1 minute'), 60_000)
  t.equal(await resolveNumber(60_000, request, 'caller'), 60_000)
  const byPlan = createNumberSource('burst', 'max', ({ headers }, key) => key === 'caller' ? Number(headers.plan) : 1)
  t.equal(await resolveNumber(byPlan, request, 'caller'), 500)
  const invalid = createNumberSource('burst', 'max', async () => 'many' as unknown as number)
  await t.rejects(resolveNumber(invalid, request, 'caller'), new TypeError(
    'fastify-api-errors: max of the rate limit "burst": expected the function to return a non-negative integer, got "many".'
  ))
})
