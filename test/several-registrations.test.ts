/** Every feature, with the plugin registered several times on one server: (outer, inner, siblings) × both orders × HTTP/1 and HTTP/2. */
import { connect as connectHttp2 } from 'node:http2'
import { once } from 'node:events'
import swagger from '@fastify/swagger'
import t from 'tap'
import Fastify, { type FastifyInstance } from 'fastify'
import apiErrors, { defineErrors, serverOptions, standardErrors as errors, swaggerOptions } from 'fastify-api-errors'
import { formatRequest, getPort, parseResponse, sendRaw } from './helpers/http.js'
import { assertLedger } from '../lib/verify/assert-ledger.js'
import { createLock } from '../lib/verify/lockfile.js'
import { listReferences } from '../lib/verify/error-references.js'

const mine = defineErrors({
  invoice_is_paid: { status: 409, type: 'conflict_error', message: 'It is paid.', description: 'The invoice is paid.', action: 'Read it.' }
})
const minute = 60_000

interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Readonly<Record<string, unknown>>
}

type Sender = (method: string, path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>

/** Throws outside the handler, so that its code does not show it. */
function fail (): never { throw errors.resource_gone() }

/** The outer registration with limits. Below it, one with another format, catalog and limits, and below that a third one. */
async function build (order: 'outer first' | 'inner first' | 'not awaited', http2: boolean, max = 100): Promise<FastifyInstance> {
  const app = Fastify({ ...serverOptions({ genReqId: () => 'req_1' }), ...(http2 && { http2 }) } as object) as unknown as FastifyInstance
  await app.register(swagger, swaggerOptions({ openapi: { openapi: '3.1.0', info: { title: 'API', version: '1' } } }))
  const outer = (): unknown => app.register(apiErrors, {
    log: false,
    format: 'code',
    reference: { path: '/errors' },
    requestId: 'all',
    sentErrors: 'convert',
    rateLimit: { policies: { general: { max: 100, timeWindow: minute }, login: { max: 1, timeWindow: minute } }, default: 'general' }
  })
  const inner = (): unknown => app.register(async scope => {
    const registered = scope.register(apiErrors, {
      log: false,
      format: 'problem',
      errors: mine,
      reference: { path: '/problems' },
      rateLimit: { policies: { strict: { max, timeWindow: minute } }, default: 'strict' }
    })
    if (order !== 'not awaited') await registered
    scope.get('/', { config: { errors: [mine.invoice_is_paid] } }, async () => { throw mine.invoice_is_paid() })
    scope.get('/sent', { config: { rateLimitPolicy: false } }, (_request, reply) => { reply.code(404).send({ message: 'sent', id: 1 }) })
    // A scope that is loaded before the application's registration only has its own policies.
    scope.get('/named', { config: { rateLimitPolicy: order === 'inner first' ? 'strict' : 'login' } }, async () => 'ok')
    await scope.register(async nested => {
      const registered = nested.register(apiErrors, { log: false, format: 'message' })
      if (order !== 'not awaited') await registered
      nested.get('/', { config: { rateLimitPolicy: false } }, async () => fail())
    }, { prefix: '/nested' })
  }, { prefix: '/v2' })
  const sibling = (): unknown => app.register(async scope => {
    const registered = scope.register(apiErrors, { log: false, format: 'typed' })
    if (order !== 'not awaited') await registered
    scope.get('/', { config: { rateLimitPolicy: false } }, async () => fail())
  }, { prefix: '/v3' })
  if (order === 'inner first') {
    inner()
    sibling()
    await outer()
  } else {
    if (order === 'outer first') await outer()
    else outer()
    inner()
    sibling()
  }
  app.get('/', { config: { rateLimitPolicy: false } }, async () => fail())
  app.get('/sent', { config: { rateLimitPolicy: false } }, (_request, reply) => { reply.code(404).send({ message: 'sent', id: 1 }) })
  app.get('/ok', async () => 'ok')
  return app
}

function createSender (app: FastifyInstance, http2: boolean): Sender {
  if (!http2) {
    return async (method, path, headers) => {
      const response = parseResponse(await sendRaw(getPort(app), formatRequest(method, path, headers)))
      return response as Response
    }
  }
  return async (method, path, headers = {}) => {
    const session = connectHttp2(`http://127.0.0.1:${getPort(app)}`)
    const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
    const stream = session.request({ ':method': method, ':path': path, ...given })
    const [response] = await once(stream, 'response') as [Record<string, string> & { ':status': number }]
    let text = ''
    for await (const chunk of stream) text += String(chunk)
    session.close()
    return { status: response[':status'], headers: response, body: (/^[{]/.test(text) ? JSON.parse(text) : { text }) as Response['body'] }
  }
}

for (const order of ['outer first', 'inner first', 'not awaited'] as const) {
  for (const http2 of [false, true]) {
    t.test(`${order}, HTTP/${http2 ? 2 : 1}`, async t => {
      const app = await build(order, http2)
      t.after(() => app.close())
      await app.listen({ port: 0, host: '127.0.0.1' })
      const fetchFrom = createSender(app, http2)
      const shapes = async (method: string, path: (prefix: string) => string, headers?: Readonly<Record<string, string>>): Promise<unknown[]> => {
        const shown: unknown[] = []
        for (const prefix of ['', '/v2', '/v2/nested', '/v3']) {
          const { status, body } = await fetchFrom(method, path(prefix), headers)
          shown.push([status, 'request_id' in body && 'code' in body && !('type' in body) ? 'code' : 'title' in body ? 'problem' : 'error' in body ? 'typed' : Object.keys(body).join()])
        }
        return shown
      }
      const formats = (status: number, ...names: string[]): unknown[] => names.map(name => [status, name])
      const all = ['code', 'problem', 'message', 'typed'] as const

      // Responses of a handler, of an unknown route, of another method, and of Node and Fastify themselves.
      const own = await shapes('GET', prefix => prefix === '' ? '/' : prefix)
      const names = own.map(row => (row as string[])[1] as string)
      t.strictSame(own.map(row => (row as number[])[0]), [410, 409, 410, 410])
      t.equal(new Set(names).size, 4, 'four formats')
      t.equal(names[0], all[0])
      t.equal(names[1], all[1])
      t.strictSame(await shapes('GET', prefix => `${prefix}/none`), formats(404, ...names), 'no route')
      t.strictSame(await shapes('DELETE', prefix => prefix === '' ? '/' : prefix), formats(405, ...names), 'another method')
      t.strictSame(await shapes('GET', prefix => `${prefix}/%zz`), formats(400, ...names), 'a URL that cannot be decoded')
      t.strictSame(await shapes('GET', prefix => prefix === '' ? '/' : prefix, { Expect: 'magic' }), formats(417, ...names), 'an unknown expectation')
      t.equal((await fetchFrom('GET', '/v20/none')).body.code, 'route_not_found', 'a prefix ends at a slash')

      // The options of one registration do not affect the routes of another.
      const [converted, sent] = [await fetchFrom('GET', '/sent'), await fetchFrom('GET', '/v2/sent')]
      t.strictSame([converted.body.code, converted.headers['x-request-id']], ['resource_not_found', 'req_1'])
      t.strictSame([sent.body, sent.headers['x-request-id']], [{ message: 'sent', id: 1 }, undefined])
    })

    t.test(`limits, ${order}, HTTP/${http2 ? 2 : 1}`, async t => {
      const app = await build(order, http2, 2)
      t.after(() => app.close())
      await app.listen({ port: 0, host: '127.0.0.1' })
      const fetchFrom = createSender(app, http2)
      const { headers, status } = await fetchFrom('GET', '/v2')
      const statuses: unknown[] = [status]
      for (let index = 0; index < 3; index++) statuses.push((await fetchFrom('GET', '/v2')).status)
      t.strictSame(statuses, [409, 409, 429, 429])
      t.equal(headers['ratelimit-policy'], '"strict";q=2;w=60', 'the default of the scope replaces the outer one')
      t.match((await fetchFrom('GET', '/ok')).headers['ratelimit'], /^"general";r=99;t=\d+$/, 'each request counted once')
      if (order !== 'inner first') t.strictSame([(await fetchFrom('GET', '/v2/named')).status, (await fetchFrom('GET', '/v2/named')).status], [200, 429], 'a policy of the outer registration, by name')
    })
  }

  t.test(`documents, ${order}`, async t => {
    const app = await build(order, false)
    t.after(() => app.close())
    await app.ready()
    const codes = (url: string): string[] => [...new Set(app.apiErrors.explain('GET', url).map(({ code }) => code))].sort()
    t.strictSame(codes('/'), ['internal_error'])
    t.strictSame(codes('/v2'), ['internal_error', 'invoice_is_paid', 'rate_limit_exceeded'])
    t.strictSame(codes('/v2/nested'), ['internal_error'])
    t.strictSame(codes('/v2/named'), ['internal_error', 'rate_limit_exceeded'])
    t.throws(() => app.apiErrors.explain('GET', '/nowhere'), /expected the method and the path of a registered route/)
    const { paths } = app.swagger() as { paths: Record<string, { get: { responses: Record<string, unknown> } }> }
    t.strictSame(Object.keys(paths['/v2/']?.get.responses ?? paths['/v2']?.get.responses ?? {}), ['200', '409', '429', '500'])
    t.strictSame(Object.keys(paths['/v3/']?.get.responses ?? paths['/v3']?.get.responses ?? {}), ['200', '500'])

    const reference = app.apiErrors.reference()
    t.strictSame(reference.routes, ['GET /', 'GET /ok', 'GET /sent'], 'a registration describes its own routes')
    t.notOk(reference.codes.some(({ code }) => code === 'invoice_is_paid'))
    const pages = await app.inject({ url: '/v2/problems', headers: { accept: 'application/json' } })
    t.match(pages.body, /invoice_is_paid/)
    t.notMatch((await app.inject({ url: '/errors', headers: { accept: 'application/json' } })).body, /invoice_is_paid/)

    const lock = createLock(...listReferences(app))
    t.strictSame([lock.formats, Object.keys(lock.bodies)], [['code', 'problem', 'message', 'typed'], ['code', 'problem', 'message', 'typed']], 'the lockfile has every registration, in one order')
    t.strictSame([lock.codes.invoice_is_paid, lock.codes.resource_gone?.status], [{ status: 409, type: 'conflict_error', retry: 'never' }, 410])
    t.strictSame(lock.routes, {
      'GET /': ['internal_error'],
      'GET /ok': ['internal_error', 'rate_limit_exceeded'],
      'GET /sent': ['internal_error', 'resource_not_found'],
      'GET /v2/': ['internal_error', 'invoice_is_paid', 'rate_limit_exceeded'],
      'GET /v2/named': ['internal_error', 'rate_limit_exceeded'],
      'GET /v2/nested/': ['internal_error'],
      'GET /v2/sent': ['internal_error', 'resource_not_found'],
      'GET /v3/': ['internal_error']
    })
    t.strictSame(assertLedger(app, { except: ['invoice_is_paid', 'internal_error'] }).unexercised.map(({ code, routes }) => [code, routes]), [
      ['resource_not_found', ['GET /sent', 'GET /v2/sent']],
      ['rate_limit_exceeded', ['GET /ok', 'GET /v2/', 'GET /v2/named']]
    ], 'assertLedger also has every registration')

    for (const url of ['/', '/v2', '/v2/none', '/none', '/v3']) await app.inject(url)
    t.strictSame(app.apiErrors.ledger().map(({ route, status, code, count, documented }) => [route, status, code, count, documented]).sort(), [
      [null, 404, 'route_not_found', 2, true],
      ['GET /', 410, 'resource_gone', 1, false],
      ['GET /v2/', 409, 'invoice_is_paid', 1, true],
      ['GET /v3/', 410, 'resource_gone', 1, false]
    ].map(row => row[0] === 'GET /v2/' ? ['GET /v2', ...row.slice(1)] : row[0] === 'GET /v3/' ? ['GET /v3', ...row.slice(1)] : row).sort())
  })
}
