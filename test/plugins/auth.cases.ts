/** Requests that @fastify/auth rejects. */
import { connect } from 'node:net'
import auth from '@fastify/auth'
import jwt from '@fastify/jwt'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { standardErrors as errors } from '../../lib/catalog/standard-errors.js'
import type { PluginCase } from './case.js'

const wrongKey = { headers: { 'x-api-key': 'another' } }

async function keyOrToken (app: FastifyInstance): Promise<void> {
  // #region auth
  await app.register(jwt, { secret: 'a secret of at least 32 characters' })
  await app.register(auth)
  const key = async ({ headers }: FastifyRequest): Promise<void> => {
    if (headers['x-api-key'] === undefined) throw errors.missing_api_key()
    if (headers['x-api-key'] !== 'key_1') throw errors.invalid_api_key()
  }
  const token = async (request: FastifyRequest): Promise<void> => { await request.jwtVerify() }
  app.get('/', { preHandler: app.auth([token, key]) }, async () => 'secret')
  // #endregion
}

function checkedBy (check: (done: (error?: Error) => void) => void) {
  return async (app: FastifyInstance): Promise<void> => {
    await app.register(auth)
    const checkRequest = (_request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => check(done)
    app.get('/', { preHandler: app.auth([checkRequest]) }, async () => 'secret')
  }
}

const bearer = { 'www-authenticate': 'Bearer realm="api"' }

export const cases: readonly PluginCase[] = [
  { what: 'The request has neither a token nor a key. The last check decides.', setup: keyOrToken, request: {}, response: { code: 'missing_api_key', headers: bearer } },
  { what: 'The request has no token and a wrong key.', setup: keyOrToken, request: wrongKey, response: { code: 'invalid_api_key', headers: bearer } },
  {
    what: 'All checks must pass, and the first fails.',
    setup: async app => {
      await app.register(auth)
      const passes = async (): Promise<void> => {}
      const fails = async (): Promise<void> => { throw errors.insufficient_scope({ meta: { required: ['queues:write'] } }) }
      app.get('/', { preHandler: app.auth([fails, passes], { relation: 'and' }) }, async () => 'secret')
    },
    request: {},
    response: {
      code: 'insufficient_scope',
      meta: { required: ['queues:write'] },
      headers: { 'www-authenticate': 'Bearer realm="api", error="insufficient_scope", scope="queues:write"' }
    }
  },
  { what: 'A check fails with a plain Error.', setup: checkedBy(done => done(new Error('not ada'))), request: {}, response: { code: 'unauthorized', headers: bearer } },
  { what: 'A check has a bug.', setup: checkedBy(() => { throw new TypeError('ada is not a function') }), request: {}, response: { code: 'internal_error' } },
  {
    what: 'A service that a check calls is unavailable.',
    setup: checkedBy(done => { connect({ path: '/nowhere/sessions.sock' }).on('error', done) }),
    request: {},
    response: { code: 'bad_gateway' }
  }
]
