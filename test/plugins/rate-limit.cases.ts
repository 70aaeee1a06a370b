/** Requests that @fastify/rate-limit rejects. */
import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { PluginCase } from './case.js'

function limited (options: RateLimitPluginOptions) {
  return async (app: FastifyInstance): Promise<void> => {
    // #region rate-limit
    await app.register(rateLimit, options)
    app.get('/', async () => 'fine')
    // #endregion
  }
}

/** Returns the request after the given number of requests. */
const after = (requests: number) => async (app: FastifyInstance): Promise<InjectOptions> => {
  for (let sent = 0; sent < requests; sent++) await app.inject('/')
  return {}
}

const headers = { 'retry-after': '60', 'x-ratelimit-limit': '1', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' }

export const cases: readonly PluginCase[] = [
  {
    what: 'The client sent more requests than the application allows.',
    setup: limited({ max: 1, timeWindow: '1 minute' }),
    request: after(1),
    response: { code: 'rate_limit_exceeded', meta: { limit: 1, retry_after: 60 }, headers }
  },
  {
    what: 'The client is banned.',
    setup: limited({ max: 1, timeWindow: '1 minute', ban: 1 }),
    request: after(2),
    response: { code: 'forbidden', message: 'Rate limit exceeded, retry in 1 minute', headers }
  },
  {
    what: 'The application builds the error itself.',
    setup: limited({ max: 1, timeWindow: 60_000, errorResponseBuilder: (_request, { statusCode, after }) => Object.assign(new Error(`Slow down for ${after}.`), { statusCode }) }),
    request: after(1),
    response: { code: 'rate_limit_exceeded', message: 'Slow down for 1 minute.', meta: { limit: 1, retry_after: 60 }, headers }
  }
]
