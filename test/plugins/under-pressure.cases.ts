/** Requests that @fastify/under-pressure rejects. */
import underPressure from '@fastify/under-pressure'
import type { PluginCase } from './case.js'

const healthCheck = async (): Promise<boolean> => false

export const cases: readonly PluginCase[] = [
  {
    what: 'The health check fails.',
    setup: async app => {
      // #region under-pressure
      await app.register(underPressure, { healthCheck, healthCheckInterval: 5000, retryAfter: 30 })
      app.get('/', async () => 'fine')
      // #endregion
    },
    request: {},
    response: { code: 'service_unavailable', headers: { 'retry-after': '30' } }
  },
  {
    what: 'The process uses too much memory.',
    setup: async app => {
      await app.register(underPressure, { maxRssBytes: 1, sampleInterval: 10 })
      app.get('/', async () => 'fine')
      while (app.memoryUsage().rssBytes === 0) await new Promise(resolve => setTimeout(resolve, 10))
    },
    request: {},
    response: { code: 'service_unavailable', headers: { 'retry-after': '10' } }
  },
  {
    what: 'The status route reports that the process is unhealthy.',
    setup: async app => { await app.register(underPressure, { healthCheck, exposeStatusRoute: '/status' }) },
    request: { url: '/status' },
    response: { code: 'service_unavailable', headers: { 'retry-after': '10' } }
  }
]
