// Tests handlers that send an error instead of throwing it. A body that is only a message gets the format of the API.
import { Readable } from 'node:stream'
import t from 'tap'
import type { FastifyReply, FastifyRequest } from 'fastify'
import apiErrors, { responses, standardErrors as errors, type LogEntry } from 'fastify-api-errors'
import { createApp, errorResponse, listen, requestId, sendRequest } from '../helpers/http.js'

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

const message = 'No queue has this id.'
const notFound = (text: string = errors.resource_not_found.message as string): unknown =>
  errorResponse(404, { code: 'resource_not_found', message: text, request_id: requestId })

const sends = (payload?: unknown): Handler => (_request, reply) => { reply.code(404).send(payload) }

t.test('each way to send a message gives the same response as a thrown error', async t => {
  const app = await createApp()
  const handlers: Readonly<Record<string, Handler>> = {
    'reply.code().send()': sends({ message }),
    'reply.status().send()': (_request, reply) => { reply.status(404).send({ message }) },
    'reply.statusCode = 404': (_request, reply) => { reply.statusCode = 404; reply.send({ message }) },
    'a returned object': async (_request, reply) => { reply.code(404); return { message } },
    'a returned reply': async (_request, reply) => reply.code(404).send({ message }),
    'a status that was another before': (_request, reply) => { reply.code(500).code(404).send({ message }) },
    'Fastify\'s own body': sends({ statusCode: 404, error: 'Not Found', message }),
    'an error': sends({ error: message }),
    'an error with success': sends({ success: false, error: message }),
    'an error with isSuccess': sends({ isSuccess: false, error: message }),
    'a message without data': sends({ success: false, message, data: null }),
    'a message with ok and status': sends({ ok: false, status: 'error', message }),
    'a message with a number as code': sends({ code: 404, message }),
    'error: true': sends({ error: true, message }),
    'an error with a message inside': sends({ error: { message } }),
    'an object without prototype': sends(Object.assign(Object.create(null), { message })),
    'plain text': sends(message),
    'plain text with its type': (_request, reply) => { reply.type('text/plain').code(404).send(message) },
    'JSON as text': (_request, reply) => { reply.type('application/json').code(404).send(JSON.stringify({ message })) }
  }
  Object.values(handlers).forEach((handler, index) => { app.get(`/${index}`, handler) })
  app.get('/hook', { preHandler: async (_request, reply) => reply.code(404).send({ message }) }, async () => 'ok')
  app.get('/empty', sends())
  app.get('/null', sends(null))
  app.get('/blank', sends(''))
  const port = await listen(t, app)
  for (const [index, name] of Object.keys(handlers).entries()) t.strictSame(await sendRequest(port, 'GET', `/${index}`), notFound(message), name)
  t.strictSame(await sendRequest(port, 'GET', '/hook'), notFound(message))
  for (const path of ['/empty', '/null', '/blank']) t.strictSame(await sendRequest(port, 'GET', path), notFound(), path)
  t.strictSame(app.apiErrors.ledger()[0], { route: 'GET /0', status: 404, code: 'resource_not_found', count: 1, documented: true })
})

t.test('a string that is thrown after a status was set is not sent to the client', async t => {
  const app = await createApp()
  /* eslint-disable no-throw-literal */
  app.get('/async', async (_request, reply) => { reply.code(404); throw 'SELECT 1' })
  app.get('/sync', (_request, reply) => { reply.code(404); throw 'SELECT 1' })
  app.get('/object', async (_request, reply) => { reply.code(404); throw { message: 'SELECT 1' } })
  app.get('/hook', { preHandler: async (_request, reply) => { reply.code(404); throw 'SELECT 1' } }, async () => 'ok')
  app.get('/callback', { preHandler: (_request, reply, done) => { reply.code(404); done('SELECT 1' as unknown as Error) } }, async () => 'ok')
  const port = await listen(t, app)
  for (const path of ['/async', '/sync', '/object', '/hook', '/callback']) {
    const response = await sendRequest(port, 'GET', path)
    t.strictSame(response, errorResponse(500, { code: 'internal_error', message: 'Something went wrong on our side.', request_id: requestId }), path)
  }
})

t.test('a body with more than a message is sent unchanged, and is in the ledger', async t => {
  const app = await createApp()
  const bodies: readonly unknown[] = [
    { error: 'invalid_grant' },
    { error: 'EMAIL_TAKEN' },
    { error: 'invalid_grant', error_description: 'The code has expired.' },
    { code: 'EMAIL_TAKEN', message },
    { message, details: ['a'] },
    { message: ['a', 'b'] },
    { message, error: { message: 'b' } },
    { message, error: 7 },
    { status: 'degraded', checks: { database: false } },
    { data: null, errors: [{ message }] },
    { status: 404 },
    [message],
    {}
  ]
  bodies.forEach((body, index) => { app.get(`/${index}`, sends(body)) })
  const port = await listen(t, app)
  for (const [index, body] of bodies.entries()) {
    t.strictSame(await sendRequest(port, 'GET', `/${index}`), {
      status: 404, headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': String(JSON.stringify(body).length) }, body
    }, JSON.stringify(body))
  }
  t.strictSame(app.apiErrors.ledger(), bodies.map((_body, index) => ({ route: `GET /${index}`, status: 404, code: null, count: 1, documented: false })))
})

t.test('pages, streams and buffers are sent unchanged', async t => {
  const app = await createApp()
  app.get('/page', (_request, reply) => { reply.type('text/html').code(404).send('<h1>None</h1>') })
  app.get('/page/untyped', sends('<h1>None</h1>'))
  app.get('/stream', (_request, reply) => { reply.code(404).send(Readable.from(['None'])) })
  app.get('/buffer', sends(Buffer.from('None')))
  app.get('/json', (_request, reply) => { reply.type('application/json').code(404).send('{') })
  const port = await listen(t, app)
  t.strictSame((await sendRequest(port, 'GET', '/page')).body, '<h1>None</h1>')
  t.strictSame((await sendRequest(port, 'GET', '/page/untyped')).body, '<h1>None</h1>')
  t.match((await sendRequest(port, 'GET', '/stream')).body, 'None')
  t.strictSame((await sendRequest(port, 'GET', '/buffer')).body, 'None')
  t.strictSame((await sendRequest(port, 'GET', '/json')).body, '{')
  t.strictSame(app.apiErrors.ledger().map(({ route, code }) => [route, code]), [
    ['GET /page', null], ['GET /page/untyped', null], ['GET /stream', null], ['GET /buffer', null], ['GET /json', null]
  ])
})

t.test('the message of a 5xx is only logged', async t => {
  const logged: unknown[] = []
  const app = await createApp({ log: ({ error }: LogEntry) => { logged.push(error.cause) } })
  app.get('/', (_request, reply) => { reply.code(500).send({ message: 'select * from queues failed' }) })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), errorResponse(500, { code: 'internal_error', message: 'Something went wrong on our side.', request_id: requestId }))
  t.strictSame(logged, [{ message: 'select * from queues failed' }])
})

t.test('responses of custom handlers and excluded routes are sent unchanged, and are not counted', async t => {
  const app = await createApp({ notFound: false })
  app.setNotFoundHandler((_request, reply) => { reply.code(404).send({ message }) })
  const own = { type: 'object', properties: { message: { type: 'string' } } }
  app.get('/declared', { schema: { response: { '4xx': own } } }, sends({ message }))
  app.get('/excluded', { config: { errors: false } }, sends({ message }))
  app.get('/route', { errorHandler: (_error, _request, reply) => { reply.code(404).send({ message }) } }, () => { throw new Error('a') })
  app.register(async scope => {
    scope.setErrorHandler((_error, _request, reply) => { reply.code(404).send({ message }) })
    scope.get('/scope', () => { throw new Error('a') })
  })
  app.get('/sent', (_request, reply) => {
    const { send } = reply
    reply.send = payload => send.call(reply, payload)
    reply.code(404).send({ message })
  })
  app.get('/reset', (_request, reply) => { reply.code(404).code(200).send({ message }) })
  const port = await listen(t, app)
  for (const path of ['/declared', '/excluded', '/route', '/scope', '/sent', '/reset', '/none']) t.strictSame((await sendRequest(port, 'GET', path)).body, { message }, path)
  t.strictSame(app.apiErrors.ledger(), [])
})

t.test('a sent error has the same response as a thrown error', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => { reply.code(404).send(errors.resource_gone()) })
  t.equal((await sendRequest(await listen(t, app), 'GET', '/')).status, 410)
})

t.test('each registration uses its own format', async t => {
  const app = await createApp()
  app.get('/a', sends({ message }))
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false, format: 'message', notFound: false })
    scope.get('/b', sends({ message }))
  })
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false, sentErrors: 'report', notFound: false })
    scope.get('/c', sends({ message }))
  })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/a'), notFound(message))
  t.strictSame((await sendRequest(port, 'GET', '/b')).body, { message })
  t.match((await sendRequest(port, 'GET', '/b')).headers, { 'x-request-id': requestId })
  t.strictSame((await sendRequest(port, 'GET', '/c')).body, { message })
})

t.test('a message with a status that responses() lists is converted, because the document shows the format of the API', async t => {
  for (const sentErrors of [undefined, 'convert'] as const) {
    const app = await createApp(sentErrors === undefined ? {} : { sentErrors })
    app.get('/', { schema: { response: responses(errors.resource_not_found) } }, (_request, reply) => { reply.code(404).send({ message }) })
    t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), notFound(message))
    t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /', status: 404, code: 'resource_not_found', count: 1, documented: true }])
  }
  const app = await createApp()
  app.get('/', { schema: { response: responses(errors.resource_not_found) } }, (_request, reply) => { reply.code(404).send({ message, queue: 7 }) })
  t.strictSame((await sendRequest(await listen(t, app), 'GET', '/')).body, { message, queue: 7 })
  t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /', status: 404, code: null, count: 1, documented: true }], 'the plugin reads this body in the handler')
})
