import { createServer, type Server } from 'node:http'
import { serve } from '@hono/node-server'
import sensible from '@fastify/sensible'
import rateLimit from '@fastify/rate-limit'
import { PGlite } from '@electric-sql/pglite'
import express from 'express'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import fastifyHttpErrorsEnhanced from 'fastify-http-errors-enhanced'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import apiErrors, { serverOptions, standardErrors } from 'fastify-api-errors'

/** Something that can listen. */
export interface Subject {
  readonly listen: (port: number) => Promise<void>
}

const fastify = (build: (app: FastifyInstance) => Promise<void>, options: FastifyServerOptions = {}) => async (): Promise<Subject> => {
  const app = Fastify(options) as FastifyInstance
  await build(app)
  return { listen: async port => { await app.listen({ port, host: '127.0.0.1' }) } }
}

const logged: FastifyServerOptions = { logger: { level: 'info', file: '/dev/null' } }

const notFound = (): Error => Object.assign(new Error('No queue has this id.'), { statusCode: 404 })

const tenFields = {
  type: 'object',
  required: Array.from({ length: 10 }, (_, index) => `field${index}`),
  properties: Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`field${index}`, { type: 'string', minLength: 5 }]))
}
const allErrors = { ajv: { customOptions: { allErrors: true } } }

/** The errors that both sides give, with and without the plugin. */
async function failures (app: FastifyInstance): Promise<void> {
  app.post('/validation', { schema: { body: tenFields } }, async () => 'ok')
  app.get('/only-get', async () => 'ok')
  app.get('/type-error', async () => (undefined as unknown as { id: string }).id)
}

/** A route whose one request of this hour is used up. */
async function limited (app: FastifyInstance): Promise<void> {
  app.get('/limited', async () => 'ok')
  await app.inject('/limited')
}

async function uniqueViolation (app: FastifyInstance): Promise<void> {
  const database = new PGlite()
  await database.exec("create table users (email text constraint users_email_key unique); insert into users values ('a@b.co')")
  const failure: unknown = await database.query("insert into users values ('a@b.co')").catch((error: unknown) => error)
  await database.close()
  // The database's own work is left out: it is the same on both sides and a hundred times what is measured.
  app.get('/unique', async () => { throw failure })
}

async function ok (app: FastifyInstance): Promise<void> {
  app.get('/ok', { schema: { response: { 200: { type: 'object', properties: { id: { type: 'string' } } } } } }, async () => ({ id: 'a' }))
}

const body = JSON.stringify({ code: 'resource_not_found', message: 'No queue has this id.', request_id: 'req_4mXq1VbE0s6RkYt2' })

/** What is measured, by name. */
export const subjects: Readonly<Record<string, () => Promise<Subject>>> = {
  'node:http': async () => {
    const server: Server = createServer((_request, response) => {
      response.writeHead(404, {
        'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': 'req_4mXq1VbE0s6RkYt2', 'content-length': Buffer.byteLength(body)
      }).end(body)
    })
    return { listen: port => new Promise(resolve => { server.listen(port, '127.0.0.1', () => resolve()) }) }
  },
  fastify: fastify(async app => {
    app.get('/queues/:id', async () => { throw notFound() })
    await failures(app)
    await ok(app)
  }, allErrors),
  x1: fastify(async app => {
    const cheap = (): Error => {
      const limit = Error.stackTraceLimit
      Error.stackTraceLimit = 0
      try { return notFound() } finally { Error.stackTraceLimit = limit }
    }
    const h = (error: Error, request: any, reply: any) => { reply.code(404).header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').header('x-request-id', request.id).send(`{"code":"resource_not_found","message":${JSON.stringify(error.message)},"request_id":"${request.id}"}`) }
    app.setErrorHandler(h as any)
    app.get('/tc/:id', async () => { throw cheap() })
    app.get('/rc/:id', async () => cheap())
    app.get('/ta/:id', async () => { throw standardErrors.resource_not_found({ message: 'No queue has this id.' }) })
    app.get('/ra/:id', async () => standardErrors.resource_not_found({ message: 'No queue has this id.' }))
    app.get('/tn/:id', async () => { throw notFound() })
    app.get('/rn/:id', async () => notFound())
  }, serverOptions()),
  y: fastify(async app => {
    const { createResponder } = await import('../../dist/respond/responder.js' as any)
    const { resolveOptions } = await import('../../dist/options.js' as any)
    const { sendAnswer } = await import('../../dist/respond/send.js' as any)
    const responder = createResponder(resolveOptions({ log: false }), () => {})
    app.setErrorHandler((error, request, reply) => responder.handle(error, request, reply))
    const thrower = async () => { throw standardErrors.resource_not_found({ message: 'No queue has this id.' }) }
    const returner = async () => standardErrors.resource_not_found({ message: 'No queue has this id.' })
    app.get('/t/handle/:id', thrower)
    app.get('/r/handle/:id', returner)
    const sub = (name: string, h: (e: any, q: any, r: any) => void) => app.register(async scope => {
      scope.setErrorHandler(h as any)
      scope.get(`/t/${name}/:id`, thrower)
      scope.get(`/r/${name}/:id`, returner)
    })
    const { setHeaders } = await import('../../dist/respond/headers.js' as any)
    const { createRenderer } = await import('../../dist/respond/render.js' as any)
    const { requestIdOf } = await import('../../dist/respond/request-id.js' as any)
    const settings = resolveOptions({ log: false })
    const render = createRenderer(settings)
    const quick = (e: any, q: any) => `{"code":"resource_not_found","message":${JSON.stringify(e.message)},"request_id":"${q.id}"}`
    sub('id', (e, q, r) => { r.code(404).headers({ 'cache-control': 'no-store', 'x-request-id': requestIdOf(q), 'content-type': 'application/json; charset=utf-8' }).send(quick(e, q)) })
    sub('render', (e, q, r) => { r.code(404).headers({ 'cache-control': 'no-store', 'x-request-id': q.id, 'content-type': 'application/json; charset=utf-8' }).send(render(e, { requestId: q.id, instance: '/' }, settings.format).payload) })
    sub('headers', (e, q, r) => { r.code(404); setHeaders(r, q, e, { requestId: q.id, status: 404, contentType: 'application/json; charset=utf-8', negotiate: false, realm: 'api' }); r.send(quick(e, q)) })
    sub('twice', (e, q, r) => { r.code(404); r.getHeaders(); r.headers({ 'cache-control': 'no-store', 'x-request-id': q.id, 'content-type': 'application/json; charset=utf-8' }); r.send(quick(e, q)) })
    sub('prepared', (e, q, r) => { const a = responder.prepare(e, q, r); r.serializer(String); r.send(a.payload) })
    sub('sendanswer', (e, q, r) => {
      const payload = `{"code":"resource_not_found","message":${JSON.stringify(e.message)},"request_id":"${q.id}"}`
      const headers = { 'cache-control': 'no-store', 'x-request-id': q.id, 'content-type': 'application/json; charset=utf-8' }
      r.code(404).headers(headers)
      sendAnswer(r, { payload, headers, status: 404 }, () => {})
    })
    sub('floor', (error, request, reply) => { reply.code(404).header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').header('x-request-id', request.id).send(`{"code":"resource_not_found","message":${JSON.stringify(error.message)},"request_id":"${request.id}"}`) })
  }, serverOptions()),
  plugin: fastify(async app => { await app.register(apiErrors, { log: false }); await ok(app) }),
  genid: fastify(ok, { genReqId: (serverOptions() as any).genReqId }),
  rewrite: fastify(ok, { rewriteUrl: (serverOptions() as any).rewriteUrl }),
  trivial: fastify(ok, { rewriteUrl: r => r.url as string }),
  so: fastify(ok, serverOptions()),
  plain: fastify(ok),
  floor: fastify(async app => {
    const cheap = (): Error => {
      const limit = Error.stackTraceLimit
      Error.stackTraceLimit = 0
      try { return notFound() } finally { Error.stackTraceLimit = limit }
    }
    const h = (error: Error, request: any, reply: any) => { reply.code(404).header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').header('x-request-id', request.id).send(`{"code":"resource_not_found","message":${JSON.stringify(error.message)},"request_id":"${request.id}"}`) }
    app.get('/q/:id', async () => { throw cheap() })
    app.get('/r/:id', async () => cheap())
    app.setErrorHandler(h as any)
    app.get('/queues/:id', async () => { throw cheap() })
    app.get('/returned/:id', async () => cheap())
  }),
  floorid: fastify(async app => {
    const cheap = (): Error => {
      const limit = Error.stackTraceLimit
      Error.stackTraceLimit = 0
      try { return notFound() } finally { Error.stackTraceLimit = limit }
    }
    const h = (error: Error, request: any, reply: any) => { reply.code(404).header('content-type', 'application/json; charset=utf-8').header('cache-control', 'no-store').header('x-request-id', request.id).send(`{"code":"resource_not_found","message":${JSON.stringify(error.message)},"request_id":"${request.id}"}`) }
    app.get('/q/:id', async () => { throw cheap() })
    app.get('/r/:id', async () => cheap())
    app.setErrorHandler(h as any)
    app.get('/queues/:id', async () => { throw cheap() })
    app.get('/returned/:id', async () => cheap())
  }, serverOptions()),
  'fastify, pino': fastify(async app => { app.get('/queues/:id', async () => { throw notFound() }) }, logged),
  ours: fastify(async app => {
    await app.register(apiErrors, { log: false })
    app.get('/queues/:id', async () => { throw standardErrors.resource_not_found({ message: 'No queue has this id.' }) })
    app.get('/returned/:id', async () => standardErrors.resource_not_found({ message: 'No queue has this id.' }))
    await failures(app)
    await ok(app)
  }, serverOptions()),
  'ours, sent: convert': fastify(async app => {
    await app.register(apiErrors, { log: false, sent: 'convert' })
    await ok(app)
  }, serverOptions()),
  'fastify, unique': fastify(uniqueViolation),
  'ours, unique': fastify(async app => {
    await app.register(apiErrors, { log: false })
    await uniqueViolation(app)
  }, serverOptions()),
  'ours, pino': fastify(async app => {
    await app.register(apiErrors)
    app.get('/queues/:id', async () => { throw standardErrors.resource_not_found({ message: 'No queue has this id.' }) })
    app.get('/returned/:id', async () => standardErrors.resource_not_found({ message: 'No queue has this id.' }))
  }, serverOptions(logged)),
  'ours, limited': fastify(async app => {
    await app.register(apiErrors, { log: false, rateLimit: { policies: { one: { max: 1, timeWindow: '1 hour' } }, default: 'one' } })
    await limited(app)
  }, serverOptions()),
  'fastify, limited': fastify(async app => {
    await app.register(rateLimit, { max: 1, timeWindow: '1 hour' })
    await limited(app)
  }),
  'a hand-written setErrorHandler': fastify(async app => {
    app.setErrorHandler((error: Error & { code?: string, statusCode?: number }, request, reply) => {
      request.log.error(error)
      reply.code(error.statusCode ?? 500).header('cache-control', 'no-store').header('x-request-id', request.id)
        .send({ code: error.code ?? 'resource_not_found', message: error.message, request_id: request.id })
    })
    app.get('/queues/:id', async () => { throw notFound() })
  }),
  '@fastify/sensible': fastify(async app => {
    await app.register(sensible)
    app.get('/queues/:id', async () => { throw app.httpErrors.notFound('No queue has this id.') })
  }),
  'fastify-http-errors-enhanced': fastify(async app => {
    await app.register(fastifyHttpErrorsEnhanced)
    app.get('/queues/:id', async () => { throw notFound() })
  }),
  'Express 5': async () => {
    const app = express()
    app.get('/queues/:id', () => { throw notFound() })
    app.use((error: Error & { statusCode: number }, _request: express.Request, response: express.Response, _next: express.NextFunction) => {
      response.status(error.statusCode).json({ code: 'resource_not_found', message: error.message })
    })
    return { listen: port => new Promise(resolve => { app.listen(port, '127.0.0.1', () => resolve()) }) }
  },
  Hono: async () => {
    const app = new Hono()
    app.get('/queues/:id', () => { throw new HTTPException(404, { message: 'No queue has this id.' }) })
    app.onError((error, context) => context.json({ code: 'resource_not_found', message: error.message }, (error as HTTPException).status))
    return { listen: port => new Promise(resolve => { serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve()) }) }
  }
}
