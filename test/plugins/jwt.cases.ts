/** Requests that @fastify/jwt rejects. */
import cookie from '@fastify/cookie'
import jwt, { type FastifyJWTOptions } from '@fastify/jwt'
import type { FastifyInstance, InjectOptions } from 'fastify'
import type { PluginCase } from './case.js'

const secret = 'a secret of at least 32 characters'

function protectedBy (options: Partial<FastifyJWTOptions> = {}) {
  return async (app: FastifyInstance): Promise<void> => {
    // #region jwt
    await app.register(jwt, { secret, ...options })
    app.get('/', { onRequest: request => request.jwtVerify() }, async () => 'secret')
    // #endregion
  }
}

const bearer = (token: string): InjectOptions => ({ headers: { authorization: `Bearer ${token}` } })
/** The claims that applications declare for their own tokens do not matter here. */
const sign = (app: FastifyInstance, claims: object = {}, options: object = {}): string => app.jwt.sign(claims as never, options)

const day = 24 * 60 * 60

const missing = { code: 'unauthorized', headers: { 'www-authenticate': 'Bearer realm="api"' } } as const
const refused = { 'www-authenticate': 'Bearer realm="api", error="invalid_token"' }
const invalid = { code: 'invalid_token', headers: refused } as const

export const cases: readonly PluginCase[] = [
  { what: 'The request has no token.', setup: protectedBy(), request: {}, response: missing },
  { what: 'The request has credentials with another scheme.', setup: protectedBy(), request: { headers: { authorization: 'Basic YTpi' } }, response: missing },
  {
    what: 'The token is empty, and the application verifies it itself.',
    setup: async app => {
      await app.register(jwt, { secret })
      app.get('/', { onRequest: async request => { app.jwt.verify(request.headers.authorization?.slice('Bearer '.length) ?? '') } }, async () => 'secret')
    },
    request: bearer(''),
    response: missing
  },
  {
    what: 'The Authorization header has a scheme but no token.',
    setup: protectedBy(),
    request: bearer(''),
    response: { code: 'invalid_request', message: 'The request does not contain the access token in the expected form.' }
  },
  {
    what: 'The Authorization header has more than a token.',
    setup: protectedBy(),
    request: bearer('one two'),
    response: { code: 'invalid_request', message: 'The request does not contain the access token in the expected form.' }
  },
  { what: 'The token is malformed.', setup: protectedBy(), request: bearer('not.a.token'), response: invalid },
  { what: 'The token has a wrong signature.', setup: protectedBy(), request: app => bearer(`${sign(app)}x`), response: invalid },
  { what: 'The token has no signature.', setup: protectedBy(), request: app => bearer(sign(app).replace(/[^.]+$/, '')), response: invalid },
  {
    what: 'The token is signed with another algorithm.',
    setup: protectedBy({ verify: { algorithms: ['HS256'] } }),
    request: app => bearer(sign(app, {}, { algorithm: 'HS512' })),
    response: invalid
  },
  { what: 'The token is not yet valid.', setup: protectedBy(), request: app => bearer(sign(app, {}, { notBefore: '1d' })), response: invalid },
  {
    what: 'The token is for another audience.',
    setup: protectedBy({ verify: { allowedAud: 'api' } }),
    request: app => bearer(sign(app, { aud: 'another' })),
    response: invalid
  },
  {
    what: 'The token lacks a claim.',
    setup: protectedBy({ verify: { requiredClaims: ['sub'] } as never }),
    request: app => bearer(sign(app)),
    response: invalid
  },
  { what: 'The token is not trusted.', setup: protectedBy({ trusted: () => false }), request: app => bearer(sign(app)), response: invalid },
  {
    what: 'The token has expired.',
    setup: protectedBy(),
    request: app => bearer(sign(app, { iat: Math.floor(Date.now() / 1000) - 2 * day, exp: Math.floor(Date.now() / 1000) - day })),
    response: { code: 'token_expired', headers: refused }
  },
  {
    what: 'The cookie with the token is missing.',
    setup: async app => {
      await app.register(cookie)
      await protectedBy({ cookie: { cookieName: 'token', signed: false } })(app)
    },
    request: {},
    response: missing
  },
  {
    what: 'The application reads the token from a cookie but does not parse cookies.',
    setup: protectedBy({ cookie: { cookieName: 'token', signed: false } }),
    request: { cookies: { token: 'x' } },
    response: { code: 'internal_error' }
  }
]
