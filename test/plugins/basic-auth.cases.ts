/** Requests that @fastify/basic-auth rejects. */
import basicAuth from '@fastify/basic-auth'
import type { FastifyInstance } from 'fastify'
import { standardErrors as errors } from '../../lib/catalog/standard-errors.js'
import type { PluginCase } from './case.js'

async function setup (app: FastifyInstance): Promise<void> {
  // #region basic-auth
  await app.register(basicAuth, {
    authenticate: { realm: 'api' },
    async validate (username, password) {
      if (username !== 'ada' || password !== 'lovelace') throw errors.invalid_credentials()
    }
  })
  app.get('/', { onRequest: app.basicAuth }, async () => 'secret')
  // #endregion
}

const challenge = { 'www-authenticate': 'Basic realm="api", charset="UTF-8"' }
const basic = (credentials: string) => ({ headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } })

export const cases: readonly PluginCase[] = [
  { what: 'The request has no credentials.', setup, request: {}, response: { code: 'unauthorized', headers: challenge } },
  { what: 'The credentials are malformed.', setup, request: basic('no colon'), response: { code: 'unauthorized', headers: challenge } },
  { what: 'The password is wrong.', setup, request: basic('ada:wrong'), response: { code: 'invalid_credentials', headers: challenge } },
  {
    what: 'The password is wrong, and validate() fails with a plain Error.',
    setup: async app => {
      await app.register(basicAuth, { authenticate: { realm: 'api' }, validate: async () => { throw new Error('Wrong user name or password.') } })
      app.get('/', { onRequest: app.basicAuth }, async () => 'secret')
    },
    request: basic('ada:wrong'),
    response: { code: 'unauthorized', message: 'Wrong user name or password.', headers: challenge }
  },
  ...([
    ['the database is unreachable', Object.assign(new Error('terminating connection'), { code: '57P01', severity: 'FATAL' }), 'service_unavailable'],
    ['a query is invalid', Object.assign(new Error('relation "secrets" does not exist'), { code: '42P01', severity: 'ERROR' }), 'internal_error'],
    ['validate() has a bug', new TypeError("Cannot read properties of undefined (reading 'secret')"), 'internal_error']
  ] as const).map(([what, error, code]) => ({
    what: `The credentials cannot be checked, because ${what}.`,
    setup: async (app: FastifyInstance) => {
      await app.register(basicAuth, { authenticate: { realm: 'api' }, validate: async () => { throw error } })
      app.get('/', { onRequest: app.basicAuth }, async () => 'secret')
    },
    request: basic('ada:lovelace'),
    response: { code, headers: { ...challenge, ...(code === 'service_unavailable' && { 'retry-after': '10' }) } }
  })),
  {
    what: 'The request has no credentials (without authenticate: @fastify/basic-auth does not send its scheme).',
    setup: async app => {
      await app.register(basicAuth, { validate: async () => {} })
      app.get('/', { onRequest: app.basicAuth }, async () => 'secret')
    },
    request: {},
    response: { code: 'unauthorized', headers: { 'www-authenticate': 'Bearer realm="api"' } }
  }
]
