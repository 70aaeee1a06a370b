// Given scopes and routes with their own error handlers, the document has our errors only if the handler passes on every error.
import t from 'tap'
import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import apiErrors, { serverOptions, standardErrors as errors } from 'fastify-api-errors'
import { loadParser } from '../../../lib/infer/code/parse-function.js'
import { passesErrorsOn, reachesErrorHandler } from '../../../lib/infer/code/rethrowing-handlers.js'
import { codesByStatus, documentOf, info } from '../../openapi/documents.js'

t.before(loadParser)

type Handler = (error: any, request: FastifyRequest, reply: FastifyReply) => unknown

const app = { errorHandler: (..._given: unknown[]): void => {} }
const other = { errorHandler: app.errorHandler, send: (_value: unknown): void => {} }
const count = (..._values: unknown[]): void => {}
const isHarmless = (): boolean => true
const rethrow: Handler = error => { throw error }

/** Handlers that pass on every error. */
const passing: Readonly<Record<string, Handler>> = {
  'throws the error': error => { throw error },
  'throws it in a promise': async error => { throw error },
  'logs and throws': (error, request, reply) => {
    request.log.error({ error, elapsed: reply.elapsedTime }, 'It failed.')
    reply.log.warn(error)
    count(error, reply.request.id, reply.statusCode)
    throw error
  },
  'logs some errors': (error, request) => {
    if (error.statusCode === undefined || -error.statusCode > 0) request.log.error(error)
    const seen = { ...error }
    seen.count = 1
    seen.count++
    throw error
  },
  'throws in two places': error => {
    if (isHarmless()) throw error
    throw error
  },
  'calls its own function': (error, request) => {
    const log = (value: unknown): string => { if (value === 1) throw new Error('No.'); return `${value}` }
    function twice (value: string): string { return value + value }
    const shout = function (value: string): string { return value.toUpperCase() }
    request.log.error(shout(twice(log(error))))
    throw error
  },
  sends: (error, _request, reply) => { reply.send(error) },
  'returns what send() returns': (error, _request, reply) => reply.send(error),
  'returns it in a block': (error, _request, reply) => { return reply.send(error) },
  'returns the error': error => error,
  'returns the error of a promise': async error => { return error },
  'waits for send()': async (error, _request, reply) => { await reply.send(error) },
  'changes the message': error => {
    if (error.validation !== undefined) error.message = 'The name is missing.'
    return error
  },
  'sets headers': (error, _request, reply) => { reply.header('x-a', 'b').headers({ 'x-c': 'd' }).send(error) },
  'sets headers first': (error, _request, reply) => { if (!reply.hasHeader('x-a')) reply.header('x-a', 'b'); throw error },
  'calls the outer handler': (error, request, reply) => { app.errorHandler(error, request, reply) }
}

/** Handlers that respond themselves, or do not clearly pass on every error. */
const responding: Readonly<Record<string, Handler>> = {
  'sends a body': (_error, _request, reply) => { reply.code(418).send({ own: true }) },
  'sends a body for some errors': (error, _request, reply) => {
    if (error.statusCode === 404) return reply.code(404).send({ own: true })
    throw error
  },
  'sends a body after a header, only with some errors': (error, _request, reply) => {
    if (isHarmless()) reply.header('x-a', 'b').send('own')
    throw error
  },
  'returns a body for some errors': error => {
    if (error.statusCode === 404) return { own: true }
    throw error
  },
  'returns nothing for some errors': error => {
    if (error.statusCode === 404) return
    throw error
  },
  'throws another error': error => { throw new Error('Another.', { cause: error }) },
  'throws another error first': error => { if (isHarmless()) throw new Error('Another.'); throw error },
  'sets the status': (error, _request, reply) => { reply.code(409).send(error) },
  'assigns the status': (error, _request, reply) => { reply.statusCode = 409; throw error },
  'changes the error': error => { error.statusCode = 409; throw error },
  'changes a property of the error': error => { error.count++; throw error },
  'deletes a property of the error': error => { delete error.statusCode; throw error },
  'changes the error with Object.assign': error => { Object.assign(error, { statusCode: 409 }); throw error },
  'replaces the error': error => { error = new Error('Another.'); throw error },
  'gives the reply away': (error, _request, reply) => { count(reply); throw error },
  'writes to the raw response': (error, _request, reply) => { reply.raw.end('own'); throw error },
  'catches the error': error => { try { throw error } catch { count() } throw error },
  'sends in another function': (error, _request, reply) => { setTimeout(() => { reply.send(error) }, 0); throw error },
  'sends another value': (_error, _request, reply) => { reply.send('text') },
  'sends with another object': error => { other.send(error) },
  'sends with the result of a call': error => { (isHarmless() as never as () => FastifyReply)().send(error) },
  'calls a handler of another object': (error, request, reply) => { other.errorHandler(error, request, reply) },
  'only mentions the error': error => { error }, // eslint-disable-line @typescript-eslint/no-unused-expressions
  'returns in a last statement': () => { return }, // eslint-disable-line no-useless-return
  'does nothing': () => {},
  'ends with a condition': error => { if (isHarmless()) throw error },
  'has a pattern as its parameter': ({ message }) => { throw message },
  'is bound': rethrow.bind(null),
  'is a generator': function * (error: Error) { throw error } as never
}

t.test('error handlers that pass on every error, and error handlers that do not', async t => {
  for (const [title, handler] of Object.entries(passing)) t.ok(passesErrorsOn(handler), title)
  for (const [title, handler] of Object.entries(responding)) t.notOk(passesErrorsOn(handler), title)
})

// It runs first, because serverOptions() watches every application of the process.
t.test('a handler that closes the connection for some errors, as @fastify/static does', async t => {
  const passesOn: Handler = (error, request, reply) => {
    if (error.code === 'ERR_STREAM_PREMATURE_CLOSE') {
      reply.request.raw.destroy()
      return
    }
    return app.errorHandler(error, request, reply)
  }
  const sendsFirst: Handler = (error, _request, reply) => {
    if (isHarmless()) {
      reply.send('own')
      reply.raw.destroy()
      return
    }
    throw error
  }
  const closesAnother: Handler = error => {
    if (isHarmless()) {
      error.socket.destroy()
      return
    }
    throw error
  }
  t.ok(passesErrorsOn(passesOn))
  t.notOk(passesErrorsOn(sendsFirst))
  t.notOk(passesErrorsOn(closesAnother))
})

t.test('routes of a handler that was set before the plugin are not documented, because Fastify does not show its source', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.setErrorHandler(error => { throw error })
  await app.register(apiErrors, { log: false })
  app.get('/', async () => { throw errors.resource_gone() })
  await app.ready()
  t.equal((await app.inject('/')).json().code, 'resource_gone')
  t.strictSame(app.apiErrors.explain('GET', '/'), [])
})

t.test('a handler that passes on every error reaches the plugin only if another handler follows', async t => {
  t.notOk(reachesErrorHandler(rethrow, other))
  t.ok(reachesErrorHandler(rethrow, rethrow))
})

async function create (t: { teardown: (run: () => unknown) => void }, addRoutes: (app: FastifyInstance) => void): Promise<FastifyInstance> {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  t.teardown(() => app.close())
  await app.register(swagger, { openapi: { openapi: '3.1.0', info } })
  await app.register(apiErrors, { log: false })
  addRoutes(app)
  await app.ready()
  return app
}

const body = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }
const addRoutes = (scope: FastifyInstance): void => {
  scope.post('/queues', { schema: { body } }, async () => { throw errors.resource_conflict() })
  scope.get('/sent', async (_request, reply) => reply.code(404).send({ message: 'No queue.' }))
}

async function request (app: FastifyInstance): Promise<unknown> {
  const responses = [
    await app.inject({ method: 'POST', url: '/queues', payload: { name: 'a' } }),
    await app.inject({ method: 'POST', url: '/queues', payload: {} }),
    await app.inject('/sent')
  ]
  return responses.map(response => ({ status: response.statusCode, body: response.json() }))
}

const ours = [
  { status: 409, body: { code: 'resource_conflict', message: errors.resource_conflict.message, request_id: 'req_1' } },
  {
    status: 422,
    body: { code: 'missing_required_field', message: 'A required field is missing.', request_id: 'req_1', details: [{ in: 'body', field: 'name', pointer: '/name', code: 'required', message: 'is required' }] }
  },
  { status: 404, body: { code: 'resource_not_found', message: 'No queue.', request_id: 'req_1' } }
]

t.test('a scope whose handler passes on every error has our responses, and the document has them', async t => {
  for (const [title, handler] of Object.entries(passing)) {
    if (title === 'calls the outer handler') continue
    const app = await create(t, app => {
      app.register(async scope => {
        scope.setErrorHandler(handler)
        addRoutes(scope)
      })
    })
    t.strictSame(await request(app), ours, title)
    const document = documentOf(app)
    t.strictSame(codesByStatus(document, '/queues', 'post'), {
      200: [], 400: ['invalid_request'], 409: ['resource_conflict'], 413: ['payload_too_large'], 415: ['unsupported_media_type'], 422: ['missing_required_field', 'validation_error'], 500: ['internal_error']
    }, title)
    t.strictSame(codesByStatus(document, '/sent', 'get'), { 200: [], 404: ['resource_not_found'], 500: ['internal_error'] }, title)
    t.strictSame(app.apiErrors.ledger().map(({ documented }) => documented), [true, true, true], title)
  }
})

t.test('a handler may call the application\'s handler', async t => {
  const app = await create(t, app => {
    app.register(async scope => {
      scope.setErrorHandler((error, request, reply) => { app.errorHandler(error as never, request, reply) })
      addRoutes(scope)
    })
  })
  t.strictSame(await request(app), ours)
  t.strictSame(codesByStatus(documentOf(app), '/queues', 'post')[409], ['resource_conflict'])
})

t.test('routes of a scope whose handler responds are not documented', async t => {
  const app = await create(t, app => {
    app.register(async scope => {
      scope.setErrorHandler((error: any, _request: FastifyRequest, reply: FastifyReply) => {
        if (error.code === 'resource_conflict') return reply.code(418).send({ own: true })
        throw error
      })
      addRoutes(scope)
    })
  })
  t.strictSame((await request(app) as unknown[])[0], { status: 418, body: { own: true } })
  t.strictSame(codesByStatus(documentOf(app), '/queues', 'post'), { 200: [] })
})

t.test('several handlers in one scope and in nested scopes, and one of them responds', async t => {
  const build = (middle: Handler): Promise<FastifyInstance> => create(t, app => {
    app.setErrorHandler(error => { throw error })
    app.register(async outer => {
      outer.setErrorHandler(middle)
      outer.register(async inner => {
        inner.setErrorHandler(async error => { throw error })
        addRoutes(inner)
      })
    })
  })
  const passingApp = await build((error, _request, reply) => { reply.send(error) })
  t.strictSame(await request(passingApp), ours)
  t.strictSame(codesByStatus(documentOf(passingApp), '/sent', 'get'), { 200: [], 404: ['resource_not_found'], 500: ['internal_error'] })
  const respondingApp = await build((_error, _request, reply) => { reply.code(418).send({ own: true }) })
  t.strictSame((await request(respondingApp) as unknown[])[0], { status: 418, body: { own: true } })
  t.strictSame(codesByStatus(documentOf(respondingApp), '/sent', 'get'), { 200: [] })
})

t.test('a route with its own error handler is documented only if the handler passes on every error', async t => {
  const app = await create(t, app => {
    app.get('/passes', { errorHandler: error => { throw error } }, async () => { throw errors.resource_gone() })
    app.get('/responds', { errorHandler: (_error, _request, reply) => { reply.code(418).send({ own: true }) } }, async () => { throw errors.resource_gone() })
  })
  const [passes, responds] = [await app.inject('/passes'), await app.inject('/responds')]
  t.strictSame([passes.statusCode, passes.json().code, responds.statusCode, responds.json()], [410, 'resource_gone', 418, { own: true }])
  const document = documentOf(app)
  t.strictSame(codesByStatus(document, '/passes', 'get'), { 200: [], 410: ['resource_gone'], 500: ['internal_error'] })
  t.strictSame(codesByStatus(document, '/responds', 'get'), { 200: [] })
})

t.test('Fastify rejects a handler that is not a function', t => {
  t.throws(() => Fastify(serverOptions()).setErrorHandler('no function' as never), { code: 'FST_ERR_ERROR_HANDLER_NOT_FN' })
  t.end()
})
