/** The hooks that `app.auth()` combines. `serverOptions()` is not called here, because it would watch the application from its creation on. */
import auth from '@fastify/auth'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
import t from 'tap'
import { getComposedHook, trackComposedHooks } from '../../lib/fastify/composed-hooks.js'
import { watchRejections } from '../helpers/unhandled-rejections.js'

t.test('the functions in app.auth() are recorded even if the decorator existed before', async t => {
  const app = Fastify()
  await app.register(auth)
  trackComposedHooks(app)
  trackComposedHooks(app)
  const check = async (): Promise<void> => {}
  const other = async (): Promise<void> => {}
  t.strictSame(getComposedHook(app.auth([check, [other]])), [check, other])
  await app.register(async scope => { t.strictSame(getComposedHook(scope.auth([other])), [other]) })
  await app.ready()
})

type Check = (request: unknown, reply: unknown, done: (error?: unknown, result?: unknown) => void) => unknown

/** Functions that do not accept the request. @fastify/auth itself accepts most of them. The second value is the code of the response. */
const rejecting: Readonly<Record<string, readonly [check: Check, code: 'unauthorized' | 'forbidden' | 'internal_error']>> = {
  'returns an error': [() => errors.unauthorized(), 'unauthorized'],
  'returns a promise of an error': [async () => errors.forbidden(), 'forbidden'],
  'returns a factory': [() => errors.unauthorized, 'internal_error'],
  'returns a promise of a factory': [async () => errors.unauthorized, 'internal_error'],
  'throws undefined': [() => { throw undefined }, 'unauthorized'], // eslint-disable-line no-throw-literal
  'throws 0': [() => { throw 0 }, 'unauthorized'], // eslint-disable-line no-throw-literal
  'rejects with undefined': [() => Promise.reject(undefined), 'unauthorized'], // eslint-disable-line prefer-promise-reject-errors
  'a thenable rejects with undefined': [() => ({ then: (_resolve: unknown, reject: () => void) => { reject() } }), 'unauthorized'],
  'throws an error': [() => { throw errors.forbidden() }, 'forbidden'],
  'passes an error as the result': [(_request, _reply, done) => { done(null, errors.forbidden()) }, 'forbidden'],
  'passes a factory': [(_request, _reply, done) => { done(errors.unauthorized) }, 'internal_error']
}

const accepting: Readonly<Record<string, Check>> = {
  'calls done': (_request, _reply, done) => { done() },
  'returns a promise': async () => {},
  'returns a promise of a value': async () => ({ id: 'user_1' })
}

async function respond (createHook: (app: FastifyInstance) => unknown): Promise<[status: number, body: unknown]> {
  const app = Fastify({ genReqId: () => 'req_1' })
  await app.register(auth)
  await app.register(apiErrors, { log: false })
  app.get('/', { preHandler: createHook(app) as never }, async () => 'secret')
  const response = await app.inject('/')
  return [response.statusCode, response.statusCode === 200 ? response.body : response.json()]
}

t.test('a request is rejected if a function of @fastify/auth returns an error, or fails with any value', async t => {
  const unhandled = watchRejections(t)
  for (const [name, [check, code]] of Object.entries(rejecting)) {
    const rejected = [errors[code].status, { code, message: errors[code].message, request_id: 'req_1' }]
    const accepts = accepting['calls done']
    for (const [place, list, options] of [
      ['alone', [check]], ['in a list of alternatives', [[accepts, check]]], ['after another', [accepts, check], { relation: 'and' }], ['one of a list', [[check, check]], { relation: 'and' }]
    ] as const) {
      t.strictSame(await respond(app => app.auth(list as never, options as never)), rejected, `${name}, ${place}`)
    }
    t.strictSame(await respond(app => app.auth([check, accepts] as never)), [200, 'secret'], `${name}, but another function accepts the request`)
  }
  for (const [name, check] of Object.entries(accepting)) t.strictSame(await respond(app => app.auth([check] as never)), [200, 'secret'], name)
  t.strictSame(await unhandled(), [])
})

t.test('without the plugin, functions of @fastify/auth behave as before', async t => {
  const app = Fastify()
  trackComposedHooks(app)
  await app.register(auth)
  app.get('/', { preHandler: app.auth([async () => errors.unauthorized()] as never) }, async () => 'secret')
  t.equal((await app.inject('/')).body, 'secret')
  t.throws(() => app.auth(['no function'] as never), /function/)
})
