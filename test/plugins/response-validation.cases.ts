/** Responses that @fastify/response-validation rejects. */
import responseValidation from '@fastify/response-validation'
import type { PluginCase } from './case.js'

const schema = { response: { 200: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } }

export const cases: readonly PluginCase[] = [
  {
    what: 'The response does not match its schema.',
    setup: async app => {
      // #region response-validation
      await app.register(responseValidation)
      app.get('/', { schema }, async () => ({ name: 7 }))
      // #endregion
    },
    request: {},
    response: { code: 'internal_error' }
  },
  {
    what: 'The response has a status without a schema.',
    setup: async app => {
      await app.register(responseValidation, { responseStatusCodeValidation: true })
      app.get('/', { schema }, async (_request, reply) => { await reply.code(202 as 200).send({ name: 'ada' }) })
    },
    request: {},
    response: { code: 'internal_error' }
  }
]
