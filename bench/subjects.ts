/** The applications that the benchmarks compare. */
import { createServer, type Server } from 'node:http'
import { serve } from '@hono/node-server'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import jwt from '@fastify/jwt'
import rateLimit from '@fastify/rate-limit'
import sensible from '@fastify/sensible'
import underPressure from '@fastify/under-pressure'
import { PGlite } from '@electric-sql/pglite'
import express from 'express'
import Fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions
} from 'fastify'
import fastifyHttpErrorsEnhanced from 'fastify-http-errors-enhanced'
import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ApiErrorsOptions } from 'fastify-api-errors'
import { apiErrors, german, serverOptions, standardErrors } from './built-package.js'
import type { Protocol, SampleRequest } from './connection.js'
import { jwtSecret, samples, tenFields } from './sample-requests.js'

/**
 * The subjects of the benchmarks. Each runs in a separate process. All throw the same error in an async handler: a 404
 * with a message. Subjects with a hand-written error handler send the same response as our plugin: a code, the message
 * and the request id, also as a header, and `Cache-Control: no-store`.
 */

/** An application that can listen. */
export interface Subject {
  /** @default 'HTTP/1.1' */
  readonly protocol?: Protocol
  readonly listen: (port: number) => Promise<void>
}

const fastify =
  (build: (app: FastifyInstance) => Promise<void>, options: FastifyServerOptions = {}) => async (): Promise<
    Subject
  > => {
    const app = Fastify(options) as FastifyInstance
    await build(app)
    return {
      listen: async port => {
        await app.listen({ port, host: '127.0.0.1' })
      }
    }
  }

/** A subject that is called over HTTP/2 without TLS. */
const overHttp2 =
  (create: (options: FastifyServerOptions) => () => Promise<Subject>) => async (): Promise<Subject> => ({
    ...await create({ http2: true } as FastifyServerOptions)(),
    protocol: 'HTTP/2'
  })

const logged: FastifyServerOptions = { logger: { level: 'info', file: '/dev/null' } }

let ids = 0

/** A counter for subjects without request ids, similar to Fastify's. */
const nextId = (): string => `req-${(++ids).toString(36)}`

const notFound = (): Error => Object.assign(new Error('No queue has this id.'), { statusCode: 404 })

const allErrors = { ajv: { customOptions: { allErrors: true } } }

/** The errors of the subjects with and without the plugin. */
async function failures (app: FastifyInstance): Promise<void> {
  app.post('/validation', { schema: { body: tenFields } }, async () => 'ok')
  app.get('/only-get', async () => 'ok')
  app.get('/type-error', async () => (undefined as unknown as { id: string }).id)
}

/** A route with a limit of one request per hour, which is already used. */
async function limited (app: FastifyInstance): Promise<void> {
  app.get('/limited', async () => 'ok')
  await app.inject('/limited')
}

async function uniqueViolation (app: FastifyInstance): Promise<void> {
  const database = new PGlite()
  await database.exec(
    "create table users (email text constraint users_email_key unique); insert into users values ('a@b.co')"
  )
  const failure = await database.query("insert into users values ('a@b.co')").catch((error: unknown) => error) as Error
  await database.close()
  // The work of the database is not measured, because it is the same on both sides and a hundred times larger. Only the
  // error is created, as a driver creates one for each response of the server.
  app.get('/unique', async () => {
    throw Object.assign(new Error(failure.message), failure)
  })
}

async function ok (app: FastifyInstance): Promise<void> {
  app.get(
    '/ok',
    { schema: { response: { 200: { type: 'object', properties: { id: { type: 'string' } } } } } },
    async () => ({ id: 'a' })
  )
}

/** The plugins that many APIs register. Each request to a route is authenticated. */
async function usualPlugins (app: FastifyInstance): Promise<void> {
  await app.register(helmet)
  await app.register(cors, { origin: true })
  await app.register(compress)
  await app.register(underPressure, { maxEventLoopDelay: 10_000 })
  await app.register(jwt, { secret: jwtSecret })
  app.addHook('onRequest', request => request.jwtVerify())
}

/** The routes of `ours` and of the minimal handlers. */
async function queues (app: FastifyInstance, error: () => Error): Promise<void> {
  app.get('/queues/:id', async () => {
    throw error()
  })
  app.get('/returned/:id', async () => error())
}

const ours = (
  options: ApiErrorsOptions,
  build: (app: FastifyInstance) => Promise<void>,
  server?: FastifyServerOptions
) =>
  fastify(async app => {
    await app.register(apiErrors, options)
    await build(app)
  }, serverOptions(server))

const noQueue = (): Error => standardErrors.resource_not_found({ message: 'No queue has this id.' })

/** All routes, with the errors of the catalog. */
async function allRoutes (app: FastifyInstance): Promise<void> {
  await queues(app, noQueue)
  await failures(app)
  await ok(app)
}

/** All routes, with an error that Fastify handles itself. */
async function fastifyAlone (app: FastifyInstance): Promise<void> {
  app.get('/queues/:id', async () => {
    throw notFound()
  })
  await failures(app)
  await ok(app)
}

/** The cheapest possible error. */
function withoutStack (): Error {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  const error = new Error('No queue has this id.')
  Error.stackTraceLimit = stackTraceLimit
  return error
}

/**
 * Minimal handlers: the same failures, with handlers that only send a prepared copy of our response,
 * with its status and headers.
 */
const createMinimal = (
  build: (app: FastifyInstance, error: () => Error) => Promise<void>,
  samples: readonly SampleRequest[],
  server: FastifyServerOptions = {}
) =>
  fastify(async app => {
    const known = Fastify(serverOptions())
    await known.register(apiErrors, { log: false })
    await build(known, noQueue)
    const responses = new Map<
      string,
      { readonly status: number, readonly headers: Record<string, unknown>, readonly payload: string }
    >()
    for (const { method = 'GET', path, body } of samples) {
      const { statusCode, headers, payload } = await known.inject({
        method,
        url: path,
        ...(body !== undefined && { payload: body, headers: { 'content-type': 'application/json' } })
      })
      const { date, connection, 'content-length': length, ...sent } = headers
      responses.set(`${method} ${path}`, { status: statusCode, headers: sent, payload })
    }
    await known.close()

    const send = (request: FastifyRequest, reply: FastifyReply): void => {
      const { status, headers, payload } = responses.get(`${request.method} ${request.url}`) as NonNullable<
        ReturnType<typeof responses.get>
      >
      request.log.info({ code: status }, 'No queue has this id.')
      reply.code(status).headers({ ...headers, 'x-request-id': request.id }).serializer(String).send(payload)
    }
    app.setErrorHandler((_error, request, reply) => send(request, reply))
    app.setNotFoundHandler(send)
    await build(app, withoutStack)
  }, { ...allErrors, ...server })

const requestId = 'req_4mXq1VbE0s6RkYt2nQ9t'
const body = JSON.stringify({ code: 'resource_not_found', message: 'No queue has this id.', request_id: requestId })

/** The subjects by name. */
export const subjects: Readonly<Record<string, () => Promise<Subject>>> = {
  'node:http': async () => {
    const server: Server = createServer((_request, response) => {
      response.writeHead(404, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-request-id': requestId,
        'content-length': Buffer.byteLength(body)
      }).end(body)
    })
    return {
      listen: port =>
        new Promise(resolve => {
          server.listen(port, '127.0.0.1', () => resolve())
        })
    }
  },
  fastify: fastify(fastifyAlone, allErrors),
  'fastify, HTTP/2': overHttp2(options => fastify(fastifyAlone, { ...allErrors, ...options })),
  'fastify, plugins': fastify(async app => {
    await usualPlugins(app)
    await fastifyAlone(app)
  }, allErrors),
  'fastify, pino': fastify(async app => {
    app.get('/queues/:id', async () => {
      throw notFound()
    })
  }, logged),
  ours: ours({ log: false }, allRoutes),
  'ours, problem': ours({ log: false, format: 'problem' }, allRoutes),
  'ours, HTTP/2': overHttp2(options => ours({ log: false }, allRoutes, options)),
  'ours, plugins': ours({ log: false }, async app => {
    await usualPlugins(app)
    await allRoutes(app)
  }),
  minimal: createMinimal(async (app, error) => {
    await queues(app, error)
    await failures(app)
  }, [samples.thrown, samples.returned, samples.wrongBody, samples.unknown, samples.wrongMethod, samples.typeError]),
  'ours, languages': ours({ log: false, languages: { default: 'en', de: german } }, failures),
  'ours, sentErrors: convert': ours({ log: false, sentErrors: 'convert' }, ok),
  'fastify, unique': fastify(uniqueViolation),
  'ours, unique': ours({ log: false }, uniqueViolation),
  'minimal, unique': createMinimal(uniqueViolation, [samples.unique]),
  'ours, pino': ours({}, app => queues(app, noQueue), logged),
  'minimal, pino': createMinimal(queues, [samples.thrown, samples.returned], logged),
  'ours, limited': ours({
    log: false,
    rateLimit: { policies: { one: { max: 1, timeWindow: '1 hour' } }, default: 'one' }
  }, limited),
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
    app.get('/queues/:id', async () => {
      throw notFound()
    })
  }),
  '@fastify/sensible': fastify(async app => {
    await app.register(sensible)
    app.get('/queues/:id', async () => {
      throw app.httpErrors.notFound('No queue has this id.')
    })
  }),
  'fastify-http-errors-enhanced': fastify(async app => {
    await app.register(fastifyHttpErrorsEnhanced)
    app.get('/queues/:id', async () => {
      throw notFound()
    })
  }),
  'Express 5': async () => {
    const app = express()
    app.get('/queues/:id', async () => {
      throw notFound()
    })
    app.use(
      (
        error: Error & { statusCode: number },
        _request: express.Request,
        response: express.Response,
        _next: express.NextFunction
      ) => {
        const id = nextId()
        response.status(error.statusCode).set({ 'cache-control': 'no-store', 'x-request-id': id })
          .json({ code: 'resource_not_found', message: error.message, request_id: id })
      }
    )
    return {
      listen: port =>
        new Promise(resolve => {
          app.listen(port, '127.0.0.1', () => resolve())
        })
    }
  },
  Hono: async () => {
    const app = new Hono()
    app.get('/queues/:id', async () => {
      throw new HTTPException(404, { message: 'No queue has this id.' })
    })
    app.onError((error, context) => {
      const id = nextId()
      return context.json(
        { code: 'resource_not_found', message: error.message, request_id: id },
        (error as HTTPException).status,
        { 'cache-control': 'no-store', 'x-request-id': id }
      )
    })
    return {
      listen: port =>
        new Promise(resolve => {
          serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () => resolve())
        })
    }
  }
}
