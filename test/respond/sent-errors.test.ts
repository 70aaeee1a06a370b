/** The option `sentErrors`. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Readable } from 'node:stream'
import compress from '@fastify/compress'
import t from 'tap'
import type { FastifyReply, RouteShorthandOptions } from 'fastify'
import { standardErrors as errors, type LogEntry, type SentEvent } from 'fastify-api-errors'
import { createApp, errorResponse, type HttpResponse, listen, requestId, sendRequest, withoutBody } from '../helpers/http.js'

const errorWith = (code: keyof typeof errors, message: string = errors[code].message as string, headers?: Record<string, string>): HttpResponse =>
  errorResponse(errors[code].status, { code, message, request_id: requestId }, headers)

const json = (status: number, body: unknown): HttpResponse => ({
  status, headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': String(JSON.stringify(body).length) }, body
})

const sends = (status: number, payload?: unknown, type?: string) => (_request: unknown, reply: FastifyReply): void => {
  if (type !== undefined) reply.type(type)
  reply.code(status).send(payload)
}

t.test('without the option, a message is converted, and any other body is sent unchanged and counted', async t => {
  const app = await createApp()
  app.get('/', sends(404, { message: 'No queue has this id.' }))
  app.get('/details', sends(404, { message: 'No queue has this id.', id: 1 }))
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/'), errorWith('resource_not_found', 'No queue has this id.'))
  t.strictSame(await sendRequest(port, 'GET', '/details'), json(404, { message: 'No queue has this id.', id: 1 }))
  t.strictSame(app.apiErrors.ledger(), [
    { route: 'GET /', status: 404, code: 'resource_not_found', count: 1, documented: false },
    { route: 'GET /details', status: 404, code: null, count: 1, documented: false }
  ])
})

/** Throws outside the handler, so that its code does not show it. */
function fail (): never { throw errors.resource_not_found() }

t.test("sentErrors: 'report' sends the body unchanged, and counts it as undocumented", async t => {
  const undocumented: unknown[] = []
  const app = await createApp({ sentErrors: 'report', onUndocumented: (response, request) => undocumented.push([response, request.url]) })
  const own = { type: 'object', properties: { why: { type: 'string' } } }
  app.get('/queues/:id', sends(404, { message: 'No queue has this id.' }))
  app.get('/page', sends(500, '<h1>Broken</h1>', 'text/html'))
  app.get('/declared', { schema: { response: { 404: own } } }, sends(404, { why: 'closed' }))
  app.get('/hidden', { config: { errors: false } }, sends(404, { why: 'closed' }))
  app.get('/ok', sends(200, { message: 'Welcome.' }))
  app.get('/thrown', () => fail())
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/queues/1'), json(404, { message: 'No queue has this id.' }))
  t.strictSame(await sendRequest(port, 'GET', '/queues/2'), json(404, { message: 'No queue has this id.' }))
  t.strictSame(await sendRequest(port, 'GET', '/page'), { status: 500, headers: { 'content-type': 'text/html', 'content-length': '15' }, body: '<h1>Broken</h1>' })
  t.strictSame(await sendRequest(port, 'GET', '/declared'), json(404, { why: 'closed' }))
  t.strictSame(await sendRequest(port, 'GET', '/hidden'), json(404, { why: 'closed' }))
  t.strictSame(await sendRequest(port, 'GET', '/ok'), json(200, { message: 'Welcome.' }))
  t.strictSame(await sendRequest(port, 'GET', '/thrown'), errorWith('resource_not_found'))
  t.strictSame(app.apiErrors.ledger(), [
    { route: 'GET /queues/:id', status: 404, code: null, count: 2, documented: false },
    { route: 'GET /page', status: 500, code: null, count: 1, documented: false },
    { route: 'GET /hidden', status: 404, code: null, count: 1, documented: true },
    { route: 'GET /thrown', status: 404, code: 'resource_not_found', count: 1, documented: false }
  ])
  t.strictSame(undocumented, [
    [{ route: 'GET /queues/:id', status: 404, code: null }, '/queues/1'],
    [{ route: 'GET /page', status: 500, code: null }, '/page'],
    [{ route: 'GET /thrown', status: 404, code: 'resource_not_found' }, '/thrown']
  ])
})

t.test('an unchanged error is published', async t => {
  const events: unknown[] = []
  const note = (message: unknown): void => {
    const { request, ...event } = message as SentEvent
    events.push({ ...event, url: request.url })
  }
  subscribe('fastify-api-errors:sent', note)
  t.teardown(() => { unsubscribe('fastify-api-errors:sent', note) })
  const app = await createApp({ sentErrors: 'report' })
  app.get('/queues/:id', sends(404, { message: 'No queue has this id.' }))
  await app.inject('/queues/1')
  t.strictSame(events, [{ code: null, status: 404, route: '/queues/:id', method: 'GET', requestId, url: '/queues/1' }])
})

t.test("sentErrors: 'convert' converts it to the format of the application", async t => {
  const app = await createApp({ sentErrors: 'convert' })
  app.get('/message', sends(404, { message: 'No queue has this id.' }))
  app.get('/other', sends(409, { error: 'closed' }))
  app.get('/no-text', sends(409, { message: { text: 'closed' } }))
  app.get('/list', sends(409, ['closed']))
  app.get('/text', sends(403, 'Not for you.'))
  app.get('/json-text', sends(403, '"Not for you."', 'application/json'))
  app.get('/buffer', sends(403, Buffer.from('{"message":"Not for you."}'), 'application/problem+json'))
  app.get('/nothing', sends(401))
  app.get('/null', sends(410, null))
  app.get('/teapot', sends(418, { message: 'Tea only.' }))
  const port = await listen(t, app)
  for (const [path, expected] of [
    ['/message', errorWith('resource_not_found', 'No queue has this id.')],
    ['/other', errorWith('resource_conflict')],
    ['/no-text', errorWith('resource_conflict')],
    ['/list', errorWith('resource_conflict')],
    ['/text', errorWith('forbidden', 'Not for you.')],
    ['/json-text', errorWith('forbidden', 'Not for you.')],
    ['/buffer', errorWith('forbidden', 'Not for you.')],
    ['/nothing', errorWith('unauthorized', undefined, { 'www-authenticate': 'Bearer realm="api"' })],
    ['/null', errorWith('resource_gone')],
    ['/teapot', errorWith('im_a_teapot', 'Tea only.')]
  ] as const) {
    t.strictSame(await sendRequest(port, 'GET', path), expected, path)
    t.strictSame(await sendRequest(port, 'HEAD', path), withoutBody(expected), path)
  }
})

t.test('the message of a 5xx is only logged', async t => {
  const entries: LogEntry[] = []
  const app = await createApp({ sentErrors: 'convert', log: entry => { entries.push(entry) } })
  app.get('/', sends(500, { message: 'select * from users failed' }))
  app.get('/503', sends(503))
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/'), errorWith('internal_error'))
  t.strictSame(await sendRequest(port, 'GET', '/503'), errorWith('service_unavailable', undefined, { 'retry-after': '10' }))
  t.match(entries, [
    { level: 'error', code: 'internal_error', route: 'GET /', error: { message: 'select * from users failed', cause: '{"message":"select * from users failed"}' } },
    { level: 'error', code: 'service_unavailable', error: { cause: undefined } }
  ])
  t.match(app.apiErrors.ledger(), [{ route: 'GET /', status: 500, code: 'internal_error', count: 1 }, { route: 'GET /503', code: 'service_unavailable' }])
})

t.test('a status with a schema on the route is never converted', async t => {
  const app = await createApp({ sentErrors: 'convert' })
  const own = { type: 'object', properties: { why: { type: 'string' } } }
  for (const key of ['404', '4xx', '4XX', 'default']) app.get(`/${key}`, { schema: { response: { [key]: own } } } as RouteShorthandOptions, sends(404, { why: 'closed' }))
  app.get('/200', { schema: { response: { 200: own, 409: own, '5xx': own } } }, sends(404, { message: 'No queue has this id.' }))
  const port = await listen(t, app)
  for (const key of ['404', '4xx', '4XX', 'default']) t.strictSame(await sendRequest(port, 'GET', `/${key}`), json(404, { why: 'closed' }), key)
  t.strictSame(await sendRequest(port, 'GET', '/200'), errorWith('resource_not_found', 'No queue has this id.'))
})

t.test('a body that is not an error, JSON or a string is sent unchanged', async t => {
  const app = await createApp({ sentErrors: 'convert' })
  app.get('/ok', sends(200, { message: 'Welcome.' }))
  app.get('/moved', sends(304))
  app.get('/page', sends(404, '<h1>Not found</h1>', 'text/html'))
  app.get('/image', sends(404, Buffer.from('GIF89a'), 'image/gif'))
  app.get('/stream', (_request, reply) => { reply.code(404).type('application/json').send(Readable.from(['{"message":"from upstream"}'])) })
  app.get('/thrown', () => { throw errors.resource_conflict() })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/ok'), json(200, { message: 'Welcome.' }))
  t.strictSame(await sendRequest(port, 'GET', '/moved'), { status: 304, headers: {}, body: '' })
  t.strictSame(await sendRequest(port, 'GET', '/page'), { status: 404, headers: { 'content-type': 'text/html', 'content-length': '18' }, body: '<h1>Not found</h1>' })
  t.strictSame(await sendRequest(port, 'GET', '/image'), { status: 404, headers: { 'content-type': 'image/gif', 'content-length': '6' }, body: 'GIF89a' })
  t.match(await sendRequest(port, 'GET', '/stream'), { status: 404, body: { message: 'from upstream' } })
  t.strictSame(await sendRequest(port, 'GET', '/thrown'), errorWith('resource_conflict'))
  t.match(app.apiErrors.ledger().filter(({ code }) => code === null), [
    { route: 'GET /page', status: 404, documented: false }, { route: 'GET /image' }, { route: 'GET /stream' }
  ], 'the ledger lists it as undocumented')
})

t.test('later hooks see the converted response', async t => {
  const app = await createApp({ sentErrors: 'convert' })
  await app.register(compress, { threshold: 0 })
  app.get('/', sends(404, { message: 'No queue has this id.' }))
  const response = await app.inject({ url: '/', headers: { 'accept-encoding': 'gzip' } })
  t.equal(response.headers['content-encoding'], 'gzip')
  const { gunzipSync } = await import('node:zlib')
  t.strictSame(JSON.parse(gunzipSync(response.rawPayload).toString()), { code: 'resource_not_found', message: 'No queue has this id.', request_id: requestId })
})

t.test('a web Response with an error status is sent unchanged, and is counted with its own status', async t => {
  for (const sentErrors of [undefined, 'report', 'convert'] as const) {
    const app = await createApp(sentErrors === undefined ? {} : { sentErrors })
    const statuses: number[] = []
    app.addHook('onSend', async (_request, reply) => { statuses.push(reply.statusCode) })
    const respond = (status: number) => (): Response => new Response('None', { status })
    app.get('/returned', async () => respond(404)())
    app.get('/sent', (_request, reply) => { reply.send(respond(409)()) })
    app.get('/other', async (_request, reply) => {
      reply.code(410)
      return respond(404)()
    })
    app.get('/successful', (_request, reply) => { reply.code(410).send(respond(201)()) })
    app.get('/declared', { schema: { response: { 404: { type: 'string' } } } }, async () => respond(404)())
    const port = await listen(t, app)
    for (const [path, status] of [['/returned', 404], ['/sent', 409], ['/other', 404], ['/successful', 201], ['/declared', 404]] as const) {
      t.strictSame(await sendRequest(port, 'GET', path), {
        status, headers: { 'content-type': 'text/plain;charset=UTF-8', 'transfer-encoding': 'chunked' }, body: 'None'
      }, `${String(sentErrors)} ${path}`)
    }
    t.strictSame(statuses, [404, 409, 404, 201, 404])
    t.strictSame(app.apiErrors.ledger().map(({ route, status, code, documented }) => [route, status, code, documented]), [
      ['GET /returned', 404, null, false], ['GET /sent', 409, null, false], ['GET /other', 404, null, false]
    ])
  }
})
