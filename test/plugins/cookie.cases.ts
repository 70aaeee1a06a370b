/** Failures with @fastify/cookie. */
import cookie from '@fastify/cookie'
import { standardErrors as errors } from '../../lib/catalog/standard-errors.js'
import type { PluginCase } from './case.js'

export const cases: readonly PluginCase[] = [
  {
    what: 'The signature of a cookie is wrong.',
    setup: async app => {
      // #region cookie
      await app.register(cookie, { secret: 'a secret of at least 32 characters' })
      app.get('/', async (request, reply) => {
        const session = request.unsignCookie(request.cookies.session ?? '')
        if (session.valid) return 'secret'
        reply.clearCookie('session')
        throw errors.unauthorized()
      })
      // #endregion
    },
    request: { cookies: { session: 'ada.wrong' } },
    response: {
      code: 'unauthorized',
      headers: { 'www-authenticate': 'Bearer realm="api"', 'set-cookie': 'session=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax' }
    }
  },
  {
    what: 'The application sets a cookie that cannot be written.',
    setup: async app => {
      await app.register(cookie)
      app.get('/', async (_request, reply) => reply.setCookie('a name', 'a value').send({}))
    },
    request: {},
    response: { code: 'internal_error' }
  }
]
