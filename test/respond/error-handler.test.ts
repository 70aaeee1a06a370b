/** The error handler: thrown, returned and sent errors. */
import { Readable } from 'node:stream'
import diagnostics from 'node:diagnostics_channel'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import Fastify from 'fastify'
import apiErrors, { defineErrors, defineTranslator, serverOptions, standardErrors as errors, type ResponseEvent } from 'fastify-api-errors'
import { createApp, errorResponse, formatRequest, type HttpResponse, listen, parseResponse, requestId, sendRaw, sendRequest, withoutBody } from '../helpers/http.js'

const response = (code: keyof typeof errors, message: string = errors[code].message as string): HttpResponse =>
  errorResponse(errors[code].status, { code, message, request_id: requestId })

t.test('thrown, returned and sent errors have the same response, for GET and HEAD', async t => {
  const app = await createApp()
  app.get('/thrown', async () => { throw errors.resource_not_found() })
  app.get('/returned', async () => errors.resource_not_found())
  app.get('/sent', (_request, reply) => { reply.send(errors.resource_not_found()) })
  app.get('/problem', async () => { throw errors.resource_not_found() })
  const port = await listen(t, app)
  for (const path of ['/thrown', '/returned', '/sent']) {
    t.strictSame(await sendRequest(port, 'GET', path), response('resource_not_found'), path)
    t.strictSame(await sendRequest(port, 'HEAD', path), withoutBody(response('resource_not_found')), path)
  }
})

t.test('a code of the application may have a status without a standard code', async t => {
  const statuses = [407, 411, 418, 505, 506, 508, 510, 511] as const
  const definition = { type: 'own_error', message: 'It is our own.', description: 'It happens.', action: 'Do nothing.' }
  const own = Object.values(defineErrors(Object.fromEntries(statuses.map(status => [`own_${status}`, { ...definition, status }]))))
  const app = await createApp({ errors: defineErrors(Object.fromEntries(own.map(factory => [factory.code, factory]))) })
  for (const factory of own) app.get(`/${factory.status}`, async () => { throw factory() })
  app.get('/foreign', async () => { throw Object.assign(new Error('Short and stout.'), { statusCode: 418 }) })
  const port = await listen(t, app)
  for (const { code, status } of own) {
    t.strictSame(await sendRequest(port, 'GET', `/${status}`), errorResponse(status, { code, message: 'It is our own.', request_id: requestId }))
  }
  t.strictSame(await sendRequest(port, 'GET', '/foreign'), response('im_a_teapot', 'Short and stout.'), 'an error of another library gets the standard code of its status')
})

t.test('a status that was set before is ignored', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => { throw (reply.code(201), errors.resource_conflict()) })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), response('resource_conflict'))
})

t.test('an invalid status on the Node response results in 500', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => {
    reply.raw.statusCode = 799
    reply.send(new Error('secret'))
  })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), errorResponse(500, { code: 'internal_error', message: errors.internal_error.message, request_id: requestId }))
})

t.test('an error without a status has the status that was set before, or the status of its class', async t => {
  const app = await createApp()
  app.get('/sent', (_request, reply) => { reply.code(499).send(new Error('secret')) })
  app.get('/mistake-sent', (_request, reply) => { reply.code(503).send(new TypeError('secret')) })
  app.get('/mistake-thrown', async (_request, reply) => { throw (reply.code(503), new TypeError('secret')) })
  app.get('/thrown', { onRequest: (_request, reply, done) => { reply.code(503); done() } }, () => { throw new Error('secret') })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/sent'), response('invalid_request'))
  t.strictSame(await sendRequest(port, 'GET', '/mistake-thrown'), response('internal_error'))
  for (const path of ['/thrown', '/mistake-sent']) t.strictSame(await sendRequest(port, 'GET', path), errorResponse(503, { code: 'service_unavailable', message: errors.service_unavailable.message, request_id: requestId }, { 'retry-after': '10' }))
})

t.test('an error that is sent keeps the status that was set before, unless it has a status itself', async t => {
  const app = await createApp({ translators: [{ name: 'own', translate: error => error instanceof URIError ? errors.resource_gone() : undefined }] })
  const refused = Object.assign(new Error('secret'), { code: 'ECONNREFUSED', syscall: 'connect' })
  const duplicate = Object.assign(new Error('secret'), { code: '23505', severity: 'ERROR', schema: 'public', table: 'users', constraint: 'users_email_key' })
  const client = Object.assign(new Error('secret'), { isAxiosError: true, status: 404, response: { status: 404, headers: {} } })
  const invalid = [{ instancePath: '/email', schemaPath: '', keyword: 'format', params: { format: 'email' }, message: 'secret' }]
  const cases: ReadonlyArray<readonly [sent: number, error: Error, status: number, thrown: number]> = [
    [503, refused, 503, 502],
    [404, refused, 404, 502],
    [400, duplicate, 400, 409],
    [422, client, 422, 502],
    [400, Object.assign(new Error('secret'), { validation: invalid, validationContext: 'body' }), 400, 422],
    [500, refused, 502, 502],
    [500, duplicate, 409, 409],
    [400, Object.assign(new Error('Ask Ada.'), { statusCode: 404 }), 404, 404],
    [400, errors.resource_gone(), 410, 410],
    [400, new URIError('secret'), 410, 410]
  ]
  for (const [index, [sent, error]] of cases.entries()) {
    app.get(`/${index}/sent`, (_request, reply) => { reply.code(sent).send(error) })
    app.get(`/${index}/thrown`, async (_request, reply) => { throw (reply.code(sent), error) })
  }
  for (const [index, [sent, { message, name }, status, thrown]] of cases.entries()) {
    const responses = [await app.inject(`/${index}/sent`), await app.inject(`/${index}/thrown`)]
    t.strictSame(responses.map(({ statusCode }) => statusCode), [status, thrown], `${sent} ${name} ${message}`)
    for (const { body } of responses) t.notMatch(body, 'secret')
  }
  t.match((await app.inject('/4/sent')).json(), { code: 'invalid_request', details: [{ field: 'email', code: 'email' }] })
})

t.test('a stream error from a preParsing hook is a 400, and its message is only logged', async t => {
  const app = await createApp()
  const causes: unknown[] = []
  const streams: Readonly<Record<string, Error>> = {
    '/error': new Error('secret'),
    '/status': Object.assign(new Error('Too much.'), { statusCode: 413 }),
    '/api-error': errors.invalid_request({ message: 'Not in gzip.' })
  }
  for (const [url, error] of Object.entries(streams)) {
    app.post(url, { preParsing: async () => new Readable({ read () { this.destroy(error) } }), onError: async (_request, _reply, error) => { causes.push(error.message) } }, async () => 'ok')
  }
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, _body, done) => { done(Object.assign(new Error('Not CSV.'), { statusCode: 400 })) })
  app.post('/parser', async () => 'ok')
  const port = await listen(t, app)
  const send = async (url: string, type = 'application/json') => (await sendRequest(port, 'POST', url, { 'Content-Type': type }, '{}'))
  const response = (status: number, code: string, message: string) => errorResponse(status, { code, message, request_id: requestId })
  t.strictSame(await send('/error'), response(400, 'invalid_request', String(errors.invalid_request.message)))
  t.strictSame(await send('/status'), response(413, 'payload_too_large', 'Too much.'))
  t.strictSame(await send('/api-error'), response(400, 'invalid_request', 'Not in gzip.'))
  t.strictSame(await send('/parser', 'text/csv'), response(400, 'invalid_request', 'Not CSV.'), 'a parser sets its own status')
  t.strictSame(causes, ['secret', 'Too much.', 'Not in gzip.'])
})

t.test('an invalid reason phrase is replaced', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => {
    reply.raw.statusMessage = 'a\r\nset-cookie: b'
    throw errors.resource_conflict()
  })
  const text = await sendRaw(await listen(t, app), formatRequest('GET', '/'))
  t.match(text, /^HTTP\/1.1 409 Conflict\r\n/)
  t.strictSame(parseResponse(text), response('resource_conflict'))
})

t.test('an error handler of a scope takes precedence in its scope, and can rethrow', async t => {
  const app = await createApp()
  const fail = (): never => { throw errors.resource_conflict() }
  app.get('/outside', fail)
  await app.register(async scope => {
    scope.get('/before', fail)
    scope.setErrorHandler((_error, request, reply) => {
      if (request.url === '/again') throw errors.resource_gone()
      reply.code(499).send({ own: true })
    })
    scope.get('/after', fail)
    scope.get('/again', fail)
  })
  app.get('/route', { errorHandler: (_error, _request, reply) => { reply.code(499).send({ own: true }) } }, fail)
  const port = await listen(t, app)
  const own = { status: 499, headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': '12' }, body: { own: true } }
  t.strictSame(await sendRequest(port, 'GET', '/outside'), response('resource_conflict'))
  for (const path of ['/before', '/after', '/route']) t.strictSame(await sendRequest(port, 'GET', path), own, path)
  t.strictSame(await sendRequest(port, 'GET', '/again'), response('resource_gone'))
})

t.test('the plugin of a scope responds in that scope, and the outermost registration responds elsewhere', async t => {
  const app = Fastify(serverOptions({ genReqId: () => requestId }))
  await app.register(async scope => {
    await scope.register(apiErrors, { log: false, format: 'summary' })
    scope.get('/', () => { throw errors.resource_conflict() })
    await scope.register(async inner => {
      await inner.register(apiErrors, { log: false, format: 'message' })
      inner.get('/inner', () => { throw errors.resource_conflict() })
    }, { prefix: '/inner' })
  }, { prefix: '/v1' })
  const port = await listen(t, app)
  const message = errors.resource_conflict.message
  t.strictSame((await sendRequest(port, 'GET', '/v1')).body, { summary: message })
  t.strictSame((await sendRequest(port, 'GET', '/v1/inner/inner')).body, { message })
  t.strictSame((await sendRequest(port, 'GET', '/v1/nope')).body, { summary: 'This endpoint does not exist.' })
  t.strictSame((await sendRequest(port, 'GET', '/v1/inner/nope')).body, { message: 'This endpoint does not exist.' })
  t.strictSame((await sendRequest(port, 'GET', '/%zz')).body, { summary: 'The request URL is invalid.' })
})

t.test('if a translator throws, the error is sent without that translation', async t => {
  const causes: unknown[] = []
  const broken = defineTranslator({ name: 'broken', translate: () => { throw new Error('The translator is broken.') } })
  const app = await createApp({ translators: [broken], log: ({ error }) => { causes.push(error.cause) } })
  app.get('/', () => { throw new Error('secret') })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), response('internal_error'))
  t.match(causes, [{ errors: [{ message: 'secret' }, { message: "The translator 'broken' failed.", cause: { message: 'The translator is broken.' } }] }])
})

t.test('if the internal_error of the application cannot be created, the standard one is sent', async t => {
  const own = defineErrors({
    internal_error: {
      status: 500,
      type: 'api_error',
      message: (meta: { team: string }) => `Ask ${meta.team}.`,
      description: 'It failed.',
      action: 'Wait.',
      meta: Type.Object({ team: Type.String() }),
      example: { meta: { team: 'us' } }
    }
  })
  const lines: string[] = []
  const app = await createApp({ errors: own, log: () => {} }, { logger: { level: 'error', stream: { write: (line: string) => lines.push(line) } } })
  app.get('/', () => { throw new Error('secret') })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), response('internal_error'))
  t.match(lines.map(line => JSON.parse(line) as object), [{ msg: 'An error could not be sent in the format of the API.', reason: /^\[TypeError: / }, {}])
})

t.test('every error response is published on a diagnostics channel, also without a request', async t => {
  const events: ResponseEvent[] = []
  const record = (message: unknown): void => { events.push(message as ResponseEvent) }
  diagnostics.subscribe('fastify-api-errors:response', record)
  t.after(() => diagnostics.unsubscribe('fastify-api-errors:response', record))
  const app = await createApp()
  app.get('/queues/:id', async () => errors.resource_not_found())
  const port = await listen(t, app)
  await sendRequest(port, 'GET', '/queues/1?a=b')
  await sendRequest(port, 'GET', '/nope')
  await sendRequest(port, 'GET', '/%zz')
  await sendRequest(port, 'GET', '/', { Expect: 'magic' })
  await sendRaw(port, 'GARBAGE\r\n\r\n')
  t.match(events, [
    { code: 'resource_not_found', status: 404, route: '/queues/:id', method: 'GET', requestId, error: { code: 'resource_not_found' }, request: { url: '/queues/1?a=b' } },
    { code: 'route_not_found', status: 404, route: null, method: 'GET', request: { url: '/nope' } },
    { code: 'invalid_request', status: 400, route: null, method: 'GET', request: { url: '/%zz' } },
    { code: 'expectation_failed', status: 417, route: null, method: 'GET', request: null },
    { code: 'invalid_request', status: 400, route: null, method: null, requestId: /^req_/, request: null }
  ])
  t.equal(events.length, 5)
  t.match(app.apiErrors.ledger(), [
    { route: 'GET /queues/:id', status: 404, code: 'resource_not_found', count: 1 },
    { route: null, status: 404, code: 'route_not_found', count: 1 },
    { route: null, status: 400, code: 'invalid_request', count: 2 },
    { route: null, status: 417, code: 'expectation_failed', count: 1 }
  ])
})

t.test('the instance of a problem is the path of the request as a valid URI reference', async t => {
  const app = await createApp({ format: 'problem' })
  app.get('/*', async () => errors.resource_conflict())
  const port = await listen(t, app)
  for (const [path, instance] of [
    ['/queues/1?key=secret', '/queues/1'], ['/queues#top', '/queues'], ['/a%20b', '/a%20b'], ['/a|b"<c>', '/a%7Cb%22%3Cc%3E'], ['/%zz', '/%25zz'], ["/a(b)!$&'*+,;=:@~", "/a(b)!$&'*+,;=:@~"]
  ] as const) {
    const { body } = await sendRequest(port, 'GET', path)
    t.match(body, { instance }, path)
  }
})
