/** What the functions of @fastify/basic-auth and @fastify/jwt that check credentials return and throw. */
import basicAuth from '@fastify/basic-auth'
import jwt, { type FastifyJWTOptions } from '@fastify/jwt'
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { watchRejections } from '../helpers/unhandled-rejections.js'

const credentials = { headers: { authorization: `Basic ${Buffer.from('ada:lovelace').toString('base64')}` } }

async function respond (validate: (...args: never[]) => unknown, isActive = true): Promise<[status: number, body: string]> {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  await app.register(basicAuth, { validate: validate as never })
  if (isActive) await app.register(apiErrors, { log: false })
  app.get('/', { onRequest: app.basicAuth }, async () => 'secret')
  const { statusCode, body } = await app.inject({ url: '/', ...credentials })
  return [statusCode, body]
}

const format = (code: 'internal_error' | 'invalid_credentials'): string => JSON.stringify({ code, message: errors[code].message, request_id: 'req_1' })

t.test('credentials are rejected if validate() rejects with a value that is not an error', async t => {
  const unhandled = watchRejections(t)
  for (const thrown of [undefined, null, 'secret', { secret: 42 }]) {
    t.strictSame(await respond(() => Promise.reject(thrown)), [500, format('internal_error')], String(thrown))
  }
  t.strictSame(await unhandled(), [])
})

t.test('credentials are rejected if validate() returns an error, or a promise of any value', async t => {
  const unhandled = watchRejections(t)
  for (const value of [null, true, false, 'secret', { id: 'user_1' }, errors.invalid_credentials, Object.freeze(new Error('frozen'))]) {
    t.strictSame(await respond(async () => value), [500, format('internal_error')], String(value))
  }
  t.strictSame(await respond(() => Promise.reject(Object.freeze(errors.invalid_credentials()))), [500, format('internal_error')])
  t.strictSame(await respond(() => errors.invalid_credentials), [500, format('internal_error')])
  for (const create of [() => errors.invalid_credentials(), async () => errors.invalid_credentials()]) t.strictSame(await respond(create), [401, format('invalid_credentials')])
  t.strictSame(await unhandled(), [])
})

t.test('errors and results of validate() are not changed', async t => {
  t.strictSame(await respond(async () => { throw errors.invalid_credentials() }), [401, format('invalid_credentials')])
  t.strictSame(await respond((_user, _password, _request, _reply, done: (error?: Error) => void) => { done(errors.invalid_credentials()) }), [401, format('invalid_credentials')])
  t.strictSame(await respond(async () => {}), [200, 'secret'])
  t.strictSame(await respond(() => Promise.reject(undefined), false), [200, 'secret'], 'as without the plugin') // eslint-disable-line prefer-promise-reject-errors
})

t.test('options that are not valid are passed on', async t => {
  for (const options of [undefined, {}, () => ({ validate: async () => {} })]) {
    const app = Fastify(serverOptions())
    app.register(basicAuth, options as never)
    if (typeof options === 'function') await app.ready()
    else await t.rejects(async () => { await app.ready() }, { message: /validate/ })
  }
})

async function respondToToken (options: object, isActive = true): Promise<[status: number, body: string]> {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  await app.register(jwt, { secret: 'lovelace', ...options } as FastifyJWTOptions)
  if (isActive) await app.register(apiErrors, { log: false })
  app.get('/', { onRequest: async request => { await request.jwtVerify() } }, async () => 'secret')
  await app.ready()
  const { statusCode, body } = await app.inject({ url: '/', headers: { authorization: `Bearer ${app.jwt.sign({ sub: 'user_1', device: 'phone' })}` } })
  return [statusCode, body]
}

const fails = (): never => { throw undefined } // eslint-disable-line no-throw-literal
const rejects = async (): Promise<never> => fails()

t.test('a token is rejected if trusted() or extractToken() of @fastify/jwt returns an error, or fails with undefined', async t => {
  const unhandled = watchRejections(t)
  const refused = [401, format('invalid_credentials')]
  const broken = [500, format('internal_error')]
  for (const trusted of [() => errors.invalid_credentials(), async () => errors.invalid_credentials(), async () => { throw errors.invalid_credentials() }]) {
    t.strictSame(await respondToToken({ trusted }), refused)
  }
  for (const trusted of [fails, rejects, async () => errors.invalid_credentials]) t.strictSame(await respondToToken({ trusted }), broken)
  t.strictSame(await respondToToken({ verify: { extractToken: fails } }), broken)
  t.strictSame(await respondToToken({ verify: { extractToken: () => errors.invalid_credentials() } }), refused)
  t.strictSame(await unhandled(), [])
})

t.test('other results of trusted() and extractToken() are not changed', async t => {
  const extractToken = (request: { headers: { authorization: string } }): string => request.headers.authorization.slice('Bearer '.length)
  for (const options of [{}, { trusted: () => true }, { trusted: async () => true }, { verify: { extractToken } }, { verify: {}, trusted: () => true }]) {
    t.strictSame(await respondToToken(options), [200, 'secret'])
  }
  for (const trusted of [() => false, async () => false]) t.equal((await respondToToken({ trusted }))[0], 401)
  t.strictSame(await respondToToken({ trusted: rejects }, false), [200, 'secret'], 'as without the plugin')
})
