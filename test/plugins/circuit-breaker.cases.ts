/** Requests that @fastify/circuit-breaker rejects. */
import circuitBreaker from '@fastify/circuit-breaker'
import type { FastifyInstance } from 'fastify'
import { standardErrors as errors } from '../../lib/catalog/standard-errors.js'
import type { PluginCase } from './case.js'

async function setup (app: FastifyInstance): Promise<void> {
  // #region circuit-breaker
  await app.register(circuitBreaker, { threshold: 2, timeout: 50 })
  app.get('/', { preHandler: app.circuitBreaker() }, async () => { throw errors.bad_gateway() })
  // #endregion
  app.get('/slow', { preHandler: app.circuitBreaker() }, async () => {
    await new Promise(resolve => setTimeout(resolve, 60))
    return 'late'
  })
}

const unavailable = { code: 'service_unavailable', headers: { 'retry-after': '10' } } as const

export const cases: readonly PluginCase[] = [
  { what: 'The route fails, and the circuit stays closed.', setup, request: {}, response: { code: 'bad_gateway' } },
  {
    what: 'The route fails, which opens the circuit.',
    setup,
    request: async app => {
      await app.inject('/')
      return {}
    },
    response: { code: 'bad_gateway' }
  },
  {
    what: 'The circuit is open.',
    setup,
    request: async app => {
      await app.inject('/')
      await app.inject('/')
      return {}
    },
    response: unavailable
  },
  { what: 'The route takes longer than timeout.', setup, request: { url: '/slow' }, response: unavailable }
]
