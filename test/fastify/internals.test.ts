/** One test for each reliance on undocumented behavior. The test fails if Fastify, Node or a plugin changes it. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import Module, { createRequire } from 'node:module'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import fp from 'fastify-plugin'
import auth from '@fastify/auth'
import basicAuth from '@fastify/basic-auth'
import bearerAuth from '@fastify/bearer-auth'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import csrf from '@fastify/csrf-protection'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import t, { type Test } from 'tap'
import Fastify, { type FastifyInstance, type FastifyReply, type RouteOptions } from 'fastify'
import { findPluginErrors } from '../../lib/infer/known-plugins.js'
import { resetErrorHandler, getDecorator, getEffectiveHooks, getOwnErrorHandler, getServerOptions, reliances, onAdditionalServer } from '../../lib/fastify/internals.js'
import { certificateOfAnotherHost, privateKey } from '../helpers/certificates.js'

const tests: Record<string, (t: Test) => Promise<void>> = {
  async scopes (t) {
    const app = Fastify()
    await app.register(async scope => { t.equal(Object.getPrototypeOf(scope), app) })
  },

  async longParameter (t) {
    const app = Fastify()
    app.get('/users/:id', async () => 'ok')
    await app.ready()
    const find = (url: string): unknown => app.findRoute({ method: 'GET', url })
    t.match(find('/users/1'), { params: { id: '1' }, searchParams: {} })
    t.match(find(`/users/${'x'.repeat(101)}`), { params: {}, searchParams: undefined })
  },

  async errorHandlerFlag (t) {
    const app = Fastify({ allowErrorHandlerOverride: false })
    t.equal(getOwnErrorHandler(app), undefined)
    app.setErrorHandler(() => 'a')
    t.equal(getOwnErrorHandler(app), app.errorHandler)
    await app.register(async scope => { t.equal(getOwnErrorHandler(scope), undefined, 'it is not inherited') })
    resetErrorHandler(app)
    app.setErrorHandler(() => 'b')
    t.equal(getOwnErrorHandler(Object.create(null) as FastifyInstance), undefined, 'a version without the flag')
    t.doesNotThrow(() => { resetErrorHandler(Object.create(null) as FastifyInstance) })
  },

  async effectiveHooks (t) {
    const app = Fastify()
    const outer = async (): Promise<void> => {}
    const inner = async (): Promise<void> => {}
    app.addHook('onRequest', outer)
    app.register(async scope => {
      scope.addHook('onRequest', inner)
      await scope.after()
      t.strictSame(getEffectiveHooks(scope, 'onRequest').map(hook => hook === outer ? 'outer' : 'inner'), ['outer', 'inner'])
      t.strictSame(getEffectiveHooks(scope, 'onSend'), [])
    })
    await app.ready()
    t.equal(getEffectiveHooks(app, 'onRequest').length, 1)
    t.strictSame(getEffectiveHooks(Object.create(null) as FastifyInstance, 'onRequest'), [], 'a version without the hooks')
    t.strictSame(getEffectiveHooks({ [Symbol('fastify.hooks')]: {} }, 'onRequest'), [], 'a version without this hook')
  },

  async decorators (t) {
    const app = Fastify()
    app.decorate('ofApp', 1)
    app.decorate('computed', { getter: () => { throw new Error('A getter was called.') } })
    app.decorateRequest('ofRequest', () => 2)
    app.decorateReply('ofReply', () => 3)
    await app.register(async scope => {
      scope.decorateRequest('ofScope', () => 4)
      t.equal(getDecorator(scope, 'app', 'ofApp'), 1)
      t.equal(getDecorator(scope, 'app', 'computed'), undefined)
      for (const [owner, name] of [['request', 'ofRequest'], ['reply', 'ofReply'], ['request', 'ofScope']] as const) t.type(getDecorator(scope, owner, name), 'function')
    })
    t.equal(getDecorator(app, 'request', 'ofScope'), undefined)
    t.equal(getDecorator(Object.create(null) as object, 'request', 'ofRequest'), undefined, 'a version without the classes')
  },

  async serverOptions (t) {
    const frameworkErrors = (_error: Error, _request: unknown, reply: FastifyReply): void => { reply.send('too long') }
    const app = Fastify({ routerOptions: { maxParamLength: 3 }, frameworkErrors })
    app.get('/:id', async () => 'ok')
    const { routerOptions, ...options } = getServerOptions(app)
    t.equal(options.frameworkErrors, frameworkErrors)
    t.equal(routerOptions?.maxParamLength, 3)
    t.type(routerOptions?.onMaxParamLength, 'function')
    t.equal((await app.inject('/abcd')).body, 'too long')
    t.strictSame(getServerOptions(Object.create(null) as object), {}, 'a version without the options')
  },

  async composedHooks (t) {
    const app = Fastify()
    await app.register(auth)
    t.match(String(app.auth), 'relation')
    const check = async (): Promise<void> => {}
    const functions = [check]
    app.auth(functions)
    t.not(functions[0], check)
  },

  async tokenCheck (t) {
    const app = Fastify()
    await app.register(jwt, { secret: 'a', namespace: 'other' })
    const verify = getDecorator(app, 'request', 'otherJwtVerify') as { readonly name: string }
    t.equal(verify.name, 'requestVerify')
    t.match(String(verify), 'jwtVerifyName')
  },

  async moduleCache (t) {
    const require = Module.createRequire(import.meta.url)
    t.ok(Object.keys((Module as unknown as { readonly _cache: object })._cache).includes(require.resolve('fastify')))
  },

  async credentialHooks (t) {
    const app = Fastify()
    await app.register(basicAuth, { validate: async () => {} })
    await app.register(cookie)
    await app.register(csrf)
    await app.register(bearerAuth, { keys: new Set(['a']), addHook: false })
    t.strictSame([app.basicAuth, app.csrfProtection, app.verifyBearerAuth as object].map(hook => findPluginErrors(hook)?.plugin),
      ['@fastify/basic-auth', '@fastify/csrf-protection', '@fastify/bearer-auth'])
  },

  async errorHandlerChain (t) {
    const app = Fastify()
    app.setErrorHandler((error, _request, reply) => { reply.send(`first ${(error as Error).message}`) })
    resetErrorHandler(app)
    app.setErrorHandler(() => { throw new Error('b') })
    app.get('/', async () => { throw new Error('a') })
    t.equal((await app.inject('/')).body, 'first b')
  },

  async initialization (t) {
    let published: unknown
    const listener = (message: unknown): void => { published = (message as { fastify: unknown }).fastify }
    subscribe('fastify.initialization', listener)
    const app = Fastify()
    unsubscribe('fastify.initialization', listener)
    t.equal(published, app)
  },

  async routeOptions (t) {
    const app = Fastify()
    const seen: string[] = []
    let kept: RouteOptions | undefined
    app.addHook('onRoute', function (route) {
      kept = route
      this.after(() => { route.preHandler = (_request, _reply, done) => { seen.push('replaced'); done() } })
    })
    app.addHook('onReady', async () => { (kept as RouteOptions).preHandler = async () => { seen.push('too late') } })
    app.get('/', { preHandler: async () => { seen.push('given') } }, async () => 'ok')
    await app.inject('/')
    t.strictSame(seen, ['replaced'])
  },

  async routeConfig (t) {
    const app = Fastify()
    const mark = Symbol('mark')
    app.addHook('onRoute', route => { route.config = Object.assign({ ...route.config }, { [mark]: route.method }) })
    app.get('/', async request => String((request.routeOptions.config as unknown as Record<symbol, unknown>)[mark]))
    t.equal((await app.inject('/')).body, 'GET')
  },

  async errorHandlerBinding (t) {
    const app = Fastify()
    app.get('/before', async () => { throw new Error('no') })
    app.register(fp(async app => { app.setErrorHandler((_error, _request, reply) => { reply.send('handled') }) }))
    app.get('/after', async () => { throw new Error('no') })
    t.not((await app.inject('/before')).body, 'handled')
    t.equal((await app.inject('/after')).body, 'handled')
  },

  async hookOrder (t) {
    const app = Fastify()
    const seen: string[] = []
    app.register(async scope => {
      scope.addHook('preHandler', async () => { seen.push('scope') })
      scope.get('/', async () => 'ok')
    })
    app.addHook('preHandler', async () => { seen.push('root') })
    await app.inject('/')
    t.strictSame(seen, ['scope', 'root'])
  },

  async displayName (t) {
    const plugin = fp(async () => {}, { name: 'the-name' })
    t.equal((plugin as unknown as Record<symbol, unknown>)[Symbol.for('fastify.display-name')], 'the-name')
  },

  async requestListener (t) {
    const app = Fastify()
    const servers: unknown[] = []
    onAdditionalServer(app, server => { servers.push(server.listeners('request').includes(app.routing)) })
    t.ok(app.server.listeners('request').includes(app.routing))
    t.after(() => app.close())
    await app.listen({ port: 0, host: '127.0.0.1' })
    t.strictSame(servers, [], 'the first server is not reported')
  },

  async rewriteUrl (t) {
    const seen: unknown[] = []
    const app = Fastify({
      rewriteUrl (request) { seen.push(['rewriteUrl', request.url]); return '/%' },
      genReqId () { seen.push('genReqId'); return 'a' },
      frameworkErrors: (_error, _request, reply) => { (reply as FastifyReply).send('rejected') }
    })
    t.equal((await app.inject('/a?b')).body, 'rejected')
    t.strictSame(seen, [['rewriteUrl', '/a?b'], 'genReqId'])
  },

  async initialConfig (t) {
    const strategy = { name: 'tenant', storage: () => ({ get: () => null, set () {} }), deriveConstraint: () => 'a', validate () {} }
    const app = Fastify({ routerOptions: { constraints: { tenant: strategy } } } as object)
    const { routerOptions } = app.initialConfig as unknown as { routerOptions?: { constraints?: Record<string, { deriveConstraint: () => string }> } }
    t.equal(routerOptions?.constraints?.tenant?.deriveConstraint(), 'a')
  },

  async replySend (t) {
    const app = Fastify()
    app.setErrorHandler((_error, _request, reply) => {
      const send = reply.send.bind(reply) as (payload: unknown) => unknown
      reply.send = ((payload: Error) => {
        reply.hijack()
        reply.raw.end(`intercepted ${payload.message}`)
        return reply
      }) as unknown as typeof reply.send
      send('response')
    })
    app.get('/', { onSend: async () => { throw new Error('hook') } }, async () => { throw new Error('handler') })
    t.equal((await app.inject('/')).body, 'intercepted hook')
  },

  async replySerializer (t) {
    const app = Fastify()
    app.get('/', (_request, reply) => { reply.type('application/problem+json').serializer(String).send('{}') })
    t.equal((await app.inject('/')).headers['content-type'], 'application/problem+json')
  },

  async listenChannel (t) {
    let published: unknown
    const listener = (message: unknown): void => { published = (message as { server: unknown }).server }
    const app = Fastify()
    t.after(() => app.close())
    subscribe('tracing:net.server.listen:asyncStart', listener)
    await app.listen({ port: 0, host: '127.0.0.1' })
    unsubscribe('tracing:net.server.listen:asyncStart', listener)
    t.equal(published, app.server)
  },

  async secureConnecting (t) {
    const app = Fastify({ https: { key: privateKey, cert: certificateOfAnotherHost } })
    t.after(() => app.close())
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as { port: number }
    const failed = once(app.server, 'clientError') as Promise<[Error, { secureConnecting?: boolean }]>
    app.server.on('clientError', () => {})
    connect(port, '127.0.0.1').on('error', () => {}).end('GET / HTTP/1.1\r\n\r\n')
    t.equal((await failed)[1].secureConnecting, true)
    const done = once(app.server, 'secureConnection') as Promise<[{ secureConnecting?: boolean }]>
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    t.equal((await done)[0].secureConnecting, false)
    socket.destroy()
  },

  async httpMessage (t) {
    const app = Fastify()
    t.after(() => app.close())
    let message: unknown
    app.get('/', async (request, reply) => {
      message = (request.raw.socket as unknown as { _httpMessage: unknown })._httpMessage === reply.raw
      return 'ok'
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    await fetch(`http://127.0.0.1:${(app.server.address() as { port: number }).port}/`)
    t.equal(message, true)
  },

  async swaggerTransform (t) {
    const app = Fastify()
    let found: unknown
    await app.register(swagger, {
      openapi: {},
      transform: ({ schema, url }: { schema: object, url: string }) => ({ schema: { ...schema, 'x-mark': 1 }, url }),
      transformObject: (part: { openapiObject?: { paths?: Record<string, { get?: Record<string, unknown> }> } }) => {
        found = part.openapiObject?.paths?.['/']?.get?.['x-mark']
        return part.openapiObject ?? {}
      }
    } as never)
    app.get('/', async () => 'ok')
    await app.ready()
    app.swagger()
    t.equal(found, 1)
  },

  async rateLimitHook (t) {
    const app = Fastify()
    await app.register(rateLimit, { global: false })
    const source = String(app.rateLimit({ max: 1 }))
    t.match(source, 'onExceeded')
    t.match(source, 'addHeadersOnExceeding')
  },

  async rateLimitFunction (t) {
    t.equal((rateLimit as { fastifyRateLimit?: unknown }).fastifyRateLimit, rateLimit)
  },

  async compressHook (t) {
    const app = Fastify()
    await app.register(compress)
    let source = ''
    app.addHook('onRoute', route => { source = String(route.preParsing) })
    app.get('/', async () => 'ok')
    t.match(source, 'onUnsupportedRequestEncoding')
    t.match(source, 'decompressStream')
    await app.close()
  },

  async credentialFunctions (t) {
    t.equal((jwt as { fastifyJwt?: unknown }).fastifyJwt, jwt)
    t.equal((basicAuth as { fastifyBasicAuth?: unknown }).fastifyBasicAuth, basicAuth)
  },

  async objectMode (t) {
    const require = createRequire(createRequire(import.meta.url).resolve('@fastify/compress'))
    const copied = require('readable-stream') as { PassThrough: typeof PassThrough }
    for (const objectMode of [true, false]) {
      for (const Stream of [PassThrough, copied.PassThrough]) {
        t.match(new Stream({ objectMode }), { _writableState: { objectMode } })
      }
    }
  },

  async pressureHook (t) {
    const app = Fastify()
    await app.register(underPressure, { maxEventLoopDelay: 1000 })
    t.match(String(getEffectiveHooks(app, 'onRequest')), 'routeOptions.config.pressureHandler')
    await app.close()
  },

  async swaggerHeadRoutes (t) {
    const app = Fastify()
    const given: RouteOptions[] = []
    const transformed: RouteOptions[] = []
    await app.register(swagger, {
      openapi: {},
      exposeHeadRoutes: true,
      transform: ({ schema, url, route }: { schema: object, url: string, route: RouteOptions }) => {
        transformed.push(route)
        return { schema, url }
      }
    } as never)
    app.addHook('onRoute', route => { given.push(route) })
    app.get('/', { schema: { summary: 'a' } as object }, async () => 'ok')
    await app.ready()
    app.swagger()
    t.ok(transformed.length > 0)
    for (const route of transformed) t.ok(given.some(({ handler }) => handler === route.handler), `${String(route.method)} keeps the handler`)
  }
}

t.strictSame(Object.keys(tests).sort(), Object.keys(reliances).sort(), 'each reliance has a test')
for (const [name, { on, behavior }] of Object.entries(reliances)) t.test(`${on}: ${behavior}`, async t => { await tests[name]?.(t) })
