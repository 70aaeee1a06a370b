/** The error of a request beyond a rate limit, and its `Retry-After`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import t from 'tap'
import { standardErrors as errors, type ApiError } from 'fastify-api-errors'
import { createExceededError, setRetryAfter } from '../../lib/rate-limit/429-response.js'
import type { LimitResult } from '../../lib/rate-limit/limit.js'

const request = { url: '/queues' } as unknown as FastifyRequest

function createResult (policy: object, more: Partial<LimitResult> = {}): LimitResult {
  return { limit: { name: 'burst', policy }, max: 100, timeWindow: 60_000, ttl: 1500, isBanned: false, ...more } as unknown as LimitResult
}

t.test('a request beyond a limit gets 429 with the policy and the seconds to wait', async t => {
  const error = createExceededError(createResult({}), ['burst'], request, errors) as ApiError
  t.match(error, { code: 'rate_limit_exceeded', status: 429, retryAfter: 2 })
  t.strictSame(error.meta, { policy: 'burst', limit: 100, window: 60, retry_after: 2 })
  const both = createExceededError(createResult({}), ['burst', 'general'], request, errors) as ApiError
  t.strictSame(both.meta, { policy: 'burst', policies: ['burst', 'general'], limit: 100, window: 60, retry_after: 2 })
})

t.test('a banned client gets 403, or 429 if the policy says so', async t => {
  const banned = createExceededError(createResult({ ban: 1 }, { isBanned: true }), ['burst'], request, errors) as ApiError
  t.match(banned, { code: 'forbidden', status: 403, message: 'You are temporarily banned because you kept exceeding the rate limit.', retryAfter: 2, meta: undefined })
  const limited = createExceededError(createResult({ ban: 1, banStatus: 429 }, { isBanned: true }), ['burst'], request, errors) as ApiError
  t.match(limited, { code: 'rate_limit_exceeded', status: 429 })
})

t.test('the errorResponseBuilder of a route receives the arguments that @fastify/rate-limit passes', async t => {
  const errorResponseBuilder = (...args: unknown[]): unknown => args
  t.strictSame(createExceededError(createResult({ errorResponseBuilder }), ['burst'], request, errors), [request, { statusCode: 429, ban: false, max: 100, ttl: 1500, after: '2 seconds' }])
  t.strictSame(createExceededError(createResult({ errorResponseBuilder }, { isBanned: true }), ['burst'], request, errors), [request, { statusCode: 403, ban: true, max: 100, ttl: 1500, after: '2 seconds' }])
})

t.test('Retry-After is in whole seconds, and a shorter wait is also sent in milliseconds', async t => {
  const headersOf = (result: Partial<LimitResult>, retryHeaders = true): object => {
    const headers: Record<string, string> = {}
    setRetryAfter({ header: (name: string, value: string) => { headers[name] = value } } as unknown as FastifyReply, createResult({}, result), retryHeaders)
    return headers
  }
  t.strictSame(headersOf({ ttl: 1500 }), { 'retry-after': '2' })
  t.strictSame(headersOf({ ttl: 999.5 }), { 'retry-after': '1', 'retry-after-ms': '1000' })
  t.strictSame(headersOf({ ttl: 0 }), { 'retry-after': '1', 'retry-after-ms': '1' })
  t.strictSame(headersOf({ ttl: 500 }, false), { 'retry-after': '1' }, 'with retryHeaders: false')
  t.strictSame(headersOf({ ttl: 500, isBanned: true }), { 'retry-after': '1' }, 'a banned client is not asked to retry')
})
