/** Requests that @fastify/bearer-auth rejects. */
import bearerAuth from '@fastify/bearer-auth'
import type { FastifyInstance } from 'fastify'
import type { PluginCase } from './case.js'

const keys = ['key_1']

async function throughUs (app: FastifyInstance): Promise<void> {
  // #region bearer-auth
  await app.register(bearerAuth, { keys, addHook: false })
  app.addHook('onRequest', app.verifyBearerAuth!)
  // #endregion
  app.get('/', async () => 'secret')
}

async function byItself (app: FastifyInstance): Promise<void> {
  await app.register(bearerAuth, { keys })
  app.get('/', async () => 'secret')
}

const wrongKey = { headers: { authorization: 'Bearer another' } }

export const cases: readonly PluginCase[] = [
  { what: 'The request has no key (with addHook: false).', setup: throughUs, request: {}, response: { code: 'unauthorized', headers: { 'www-authenticate': 'Bearer realm="api"' } } },
  {
    what: 'The key is wrong (with addHook: false).',
    setup: throughUs,
    request: wrongKey,
    response: { code: 'invalid_token', headers: { 'www-authenticate': 'Bearer realm="api", error="invalid_token"' } }
  },
  {
    what: 'The function that checks the key fails (with addHook: false).',
    setup: async app => {
      await app.register(bearerAuth, { keys, addHook: false, auth: async () => { throw new Error('no connection') } })
      app.get('/', { onRequest: app.verifyBearerAuth! }, async () => 'secret')
    },
    request: wrongKey,
    response: { code: 'internal_error' }
  },
  {
    what: 'The key is wrong (with errorResponse: error => error).',
    setup: async app => {
      await app.register(bearerAuth, { keys, errorResponse: (error: Error) => error as never })
      app.get('/', async () => 'secret')
    },
    request: wrongKey,
    response: { code: 'invalid_token', headers: { 'www-authenticate': 'Bearer realm="api", error="invalid_token"' } }
  },
  {
    what: 'The key is wrong (without these options: the message that @fastify/bearer-auth sends is converted).',
    setup: byItself,
    request: wrongKey,
    response: { code: 'unauthorized', message: 'invalid authorization header', headers: { 'www-authenticate': 'Bearer realm="api", error="invalid_token"' } }
  }
]
