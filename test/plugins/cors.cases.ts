/** Failures with @fastify/cors. */
import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import { standardErrors as errors } from '../../lib/catalog/standard-errors.js'
import type { PluginCase } from './case.js'

async function oneOrigin (app: FastifyInstance): Promise<void> {
  await app.register(cors, { origin: ['https://app.test'], credentials: true })
  app.get('/', async () => { throw errors.resource_conflict() })
}

async function refusing (app: FastifyInstance): Promise<void> {
  // #region cors: an origin that is refused
  await app.register(cors, {
    origin (origin, done) {
      if (origin === undefined || origin === 'https://app.test') done(null, true)
      else done(errors.forbidden({ message: 'This origin is not allowed.' }), false)
    }
  })
  // #endregion
  app.get('/', async () => 'fine')
}

async function strict (app: FastifyInstance): Promise<void> {
  // #region cors: a preflight that is malformed
  app.addHook('onRequest', async ({ method, headers }) => {
    if (method === 'OPTIONS' && (headers.origin === undefined || headers['access-control-request-method'] === undefined)) {
      throw errors.invalid_request({ message: 'A preflight request has the headers Origin and Access-Control-Request-Method.' })
    }
  })
  await app.register(cors, { strictPreflight: false })
  // #endregion
  app.get('/', async () => 'fine')
}

const fromApp = { headers: { origin: 'https://app.test' } }
const allowed = { 'access-control-allow-origin': 'https://app.test', 'access-control-allow-credentials': 'true', vary: 'Origin' }

export const cases: readonly PluginCase[] = [
  { what: 'An allowed origin calls a handler that fails.', setup: oneOrigin, request: fromApp, response: { code: 'resource_conflict', headers: allowed } },
  { what: 'An allowed origin requests a route that does not exist.', setup: oneOrigin, request: { ...fromApp, url: '/missing' }, response: { code: 'route_not_found', headers: allowed } },
  {
    what: 'Another origin calls a handler that fails.',
    setup: oneOrigin,
    request: { headers: { origin: 'https://evil.test' } },
    response: { code: 'resource_conflict', headers: { 'access-control-allow-credentials': 'true', vary: 'Origin' } }
  },
  {
    what: 'The origin is rejected with a catalog error.',
    setup: refusing,
    request: { headers: { origin: 'https://evil.test' } },
    response: { code: 'forbidden', message: 'This origin is not allowed.', headers: { vary: 'Origin' } }
  },
  {
    what: 'The origin is rejected with a plain Error.',
    setup: async app => {
      await app.register(cors, { origin: (_origin, done) => { done(new Error('Not allowed'), false) } })
      app.get('/', async () => 'fine')
    },
    request: { headers: { origin: 'https://evil.test' } },
    response: { code: 'internal_error', headers: { vary: 'Origin' } }
  },
  {
    what: 'The preflight is malformed (with strictPreflight: false and the hook).',
    setup: strict,
    request: { method: 'OPTIONS', url: '/' },
    response: { code: 'invalid_request', message: 'A preflight request has the headers Origin and Access-Control-Request-Method.' }
  },
  {
    what: 'The preflight is malformed (without this option: the message that @fastify/cors sends is converted).',
    setup: oneOrigin,
    request: { method: 'OPTIONS', url: '/' },
    response: { code: 'invalid_request', message: 'Invalid Preflight Request', headers: { 'access-control-allow-credentials': 'true', vary: 'Origin' } }
  }
]
