/** Errors of http-errors and @fastify/sensible, and any error with an HTTP status. */
import rateLimit from '@fastify/rate-limit'
import sensible from '@fastify/sensible'
import Fastify, { type FastifyInstance } from 'fastify'
import createError from 'http-errors'
import { STATUS_CODES } from 'node:http'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import apiErrors, { standardErrors } from 'fastify-api-errors'
import { codesByStatus, codeForStatus } from '../../lib/catalog/standard-errors.js'
import { createThrower } from '../helpers/http.js'

const statuses = Object.keys(STATUS_CODES).map(Number).filter(status => status >= 400)

/** The response to an error with a status. `message` is set if the client gets the application's own message. */
function responseTo (status: number, message?: string): object {
  const code = codeForStatus(status) ?? 'internal_error'
  const { status: sent, message: usual } = standardErrors[code]
  return {
    status: sent, contentType: 'application/json; charset=utf-8', body: { code, message: sent < 500 && message !== undefined ? message : usual, request_id: 'req_1' }
  }
}

t.test('http-errors: every status is kept, with and without a message', async t => {
  const send = await createThrower({ log: false })
  for (const status of statuses) {
    t.strictSame(await send({ error: createError(status) }), responseTo(status), `${status} without`)
    t.strictSame(await send({ error: createError(status, 'Ask Ada.') }), responseTo(status, 'Ask Ada.'), `${status} with`)
    t.strictSame(await send({ error: createError(status, 'Ask Ada.', { expose: true }) }), responseTo(status, 'Ask Ada.'), `${status} exposed`)
    t.strictSame(await send({ error: createError(status, 'Ask Ada.', { expose: false }) }), responseTo(status), `${status} not exposed`)
  }
})

t.test('@fastify/sensible: every status is kept, thrown and sent by reply helpers', async t => {
  const app = Fastify({ genReqId: () => 'req_1' }) as FastifyInstance
  await app.register(sensible)
  await app.register(apiErrors, { log: false })
  app.get<{ Params: { status: number } }>('/thrown/:status', ({ params }) => { throw app.httpErrors.createError(Number(params.status), 'Ask Ada.') })
  app.get('/assert', (): void => {
    const assert: FastifyInstance['assert'] = app.assert
    assert(false, 403, 'Ask Ada.')
  })
  app.get('/reply', (_request, reply) => reply.conflict('Ask Ada.'))
  app.get('/failed', (_request, reply) => reply.serviceUnavailable('Ask Ada.'))
  const get = async (url: string): Promise<object> => {
    const { statusCode, headers, body } = await app.inject(url)
    return { status: statusCode, contentType: headers['content-type'], body: JSON.parse(body) as unknown }
  }
  for (const status of statuses) t.strictSame(await get(`/thrown/${status}`), responseTo(status, 'Ask Ada.'), String(status))
  t.strictSame(await get('/assert'), responseTo(403, 'Ask Ada.'))
  t.strictSame(await get('/reply'), responseTo(409, 'Ask Ada.'))
  t.strictSame(await get('/failed'), responseTo(503))
})

t.test('any error with a 4xx statusCode or status keeps its status and message', async t => {
  const send = await createThrower()
  for (const status of statuses.filter(status => status < 500)) {
    t.strictSame(await send({ error: Object.assign(new Error('Ask Ada.'), { statusCode: status }) }), responseTo(status, 'Ask Ada.'))
    t.strictSame(await send({ error: { status, message: 'Ask Ada.' } }), responseTo(status, 'Ask Ada.'))
  }
  t.strictSame(await send({ error: { statusCode: 404 } }), responseTo(404))
  t.strictSame(await send({ error: { statusCode: 404, message: '' } }), responseTo(404))
  t.strictSame(await send({ error: { statusCode: 404, message: { row: 'secret' } } }), responseTo(404))
})

t.test('a 5xx keeps its status and hides its message', async t => {
  const send = await createThrower({ log: false })
  for (const status of [500, 502, 503, 504, 599]) {
    t.strictSame(await send({ error: Object.assign(new Error('upstream.internal:8080'), { statusCode: status }) }), responseTo(status))
    t.strictSame(await send({ error: Object.assign(new Error('upstream.internal:8080'), { status, statusCode: status, expose: 'no' }) }), responseTo(status))
    t.strictSame(await send({ error: Object.assign(new Error('upstream.internal:8080'), { status, statusCode: 500, expose: false }) }), responseTo(500))
  }
})

t.test('a status below 400 or above 599 results in a server error', async t => {
  const send = await createThrower({ log: false })
  for (const statusCode of [200, 302, 399, 600, 999, -1, 404.5, NaN, '404', null, {}]) {
    t.strictSame(await send({ error: Object.assign(new Error('Ask Ada.'), { statusCode }) }), responseTo(500), String(statusCode))
  }
})

t.test('headers and details of an unknown error are not sent', async t => {
  const app = Fastify({ genReqId: () => 'req_1' }) as FastifyInstance
  await app.register(apiErrors)
  app.get('/', () => { throw createError(403, 'Ask Ada.', { headers: { 'x-row': 'secret' }, details: { row: 'secret' } }) })
  const response = await app.inject('/')
  t.equal(response.headers['x-row'], undefined)
  t.strictSame(response.json(), { code: 'forbidden', message: 'Ask Ada.', request_id: 'req_1' })
})

t.test('a generated message is not sent', async t => {
  const send = await createThrower()
  const parsed = (): unknown => { try { return JSON.parse('{ S3cr3t') } catch (error) { return Object.assign(error as Error, { statusCode: 400 }) } }
  t.strictSame(await send({ error: parsed() }), responseTo(400))
  const missing = await readFile('/nowhere/S3cr3t').catch((error: unknown) => Object.assign(error as Error, { statusCode: 404 }))
  t.strictSame(await send({ error: missing }), responseTo(404))
})

t.test('@fastify/rate-limit that the application registers', async t => {
  const limited = async (options: object, config: object = {}): Promise<FastifyInstance> => {
    const app = Fastify({ genReqId: () => 'req_1' }) as FastifyInstance
    await app.register(apiErrors)
    await app.register(rateLimit, options)
    app.get('/', { config }, () => 'fine')
    return app
  }
  const message = 'Too many requests. Wait before you send another one.'
  const second = async (app: FastifyInstance): Promise<{ status: number, retryAfter: unknown, body: unknown }> => {
    await app.inject('/')
    const response = await app.inject('/')
    return { status: response.statusCode, retryAfter: response.headers['retry-after'], body: response.json() as unknown }
  }

  t.strictSame(await second(await limited({ max: 1, timeWindow: 60_000 })), {
    status: 429,
    retryAfter: '60',
    body: { code: 'rate_limit_exceeded', message, request_id: 'req_1', meta: { limit: 1, retry_after: 60 } }
  }, 'for the whole API')
  t.strictSame(await second(await limited({ global: false }, { rateLimit: { max: 1, timeWindow: 30_000 } })), {
    status: 429,
    retryAfter: '30',
    body: { code: 'rate_limit_exceeded', message, request_id: 'req_1', meta: { limit: 1, window: 30, retry_after: 30 } }
  }, 'for one route')
  t.strictSame(await second(await limited({ max: 1, timeWindow: 60_000, enableDraftSpec: true })), {
    status: 429,
    retryAfter: '60',
    body: { code: 'rate_limit_exceeded', message, request_id: 'req_1', meta: { limit: 1, retry_after: 60 } }
  }, 'with the draft headers')
  t.strictSame(await second(await limited({ max: 1, timeWindow: 60_000, addHeaders: { 'retry-after': false } })), {
    status: 429,
    retryAfter: '1',
    body: { code: 'rate_limit_exceeded', message: 'Rate limit exceeded, retry in 1 minute', request_id: 'req_1' }
  }, 'without Retry-After')
  const none = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false, 'retry-after': false }
  t.strictSame(await second(await limited({ max: 1, timeWindow: 60_000, addHeaders: none })), {
    status: 429,
    retryAfter: '1',
    body: { code: 'rate_limit_exceeded', message: 'Rate limit exceeded, retry in 1 minute', request_id: 'req_1' }
  }, 'without headers')
})

t.test('a 429 of the application keeps its message', async t => {
  const send = await createThrower()
  t.strictSame(await send({ error: createError(429, 'One at a time.') }), responseTo(429, 'One at a time.'))
})

t.test('the table has a code for every registered status of http-errors', async t => {
  t.strictSame(statuses.filter(status => !Object.hasOwn(codesByStatus, status)), [509])
})
