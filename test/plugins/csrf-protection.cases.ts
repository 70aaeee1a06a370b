/** Requests that @fastify/csrf-protection rejects. */
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import type { FastifyInstance } from 'fastify'
import type { PluginCase } from './case.js'

async function setup (app: FastifyInstance): Promise<void> {
  // #region csrf-protection
  await app.register(cookie)
  await app.register(csrf)
  app.post('/', { preValidation: app.csrfProtection }, async () => 'done')
  // #endregion
}

export const cases: readonly PluginCase[] = [
  { what: 'The request has no CSRF cookie.', setup, request: { method: 'POST' }, response: { code: 'forbidden', message: 'The CSRF cookie is missing.' } },
  {
    what: 'The request has no CSRF token.',
    setup,
    request: { method: 'POST', cookies: { _csrf: 'secret' } },
    response: { code: 'forbidden', message: 'The CSRF token is missing or invalid.' }
  },
  {
    what: 'The CSRF token is wrong.',
    setup,
    request: { method: 'POST', cookies: { _csrf: 'secret' }, headers: { 'csrf-token': 'wrong' } },
    response: { code: 'forbidden', message: 'The CSRF token is missing or invalid.' }
  }
]
