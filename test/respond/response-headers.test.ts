/** The headers of error responses. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { Type } from '@sinclair/typebox'
import t from 'tap'
import { defineErrors, defineFormat, standardErrors as errors } from 'fastify-api-errors'
import { code, constant, field, message } from 'fastify-api-errors/format'
import { createApp, errorResponse, formatRequest, type HttpResponse, listen, parseResponse, requestId, sendRaw, sendRequest, withoutBody } from '../helpers/http.js'

const responseOf = (code: keyof typeof errors, headers?: Record<string, string>, more?: object): HttpResponse =>
  errorResponse(errors[code].status, { code, message: errors[code].message, request_id: requestId, ...more }, headers)

t.test('every error has no-store and the request id', async t => {
  const app = await createApp()
  app.get('/', () => { throw errors.resource_not_found() })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/'), responseOf('resource_not_found', { 'cache-control': 'no-store', 'x-request-id': requestId }))
})

t.test('requestIdHeader renames the header with the request id on every response that has it', async t => {
  const app = await createApp({ requestIdHeader: 'X-Correlation-Id', requestId: 'all' })
  app.get('/', () => { throw errors.resource_not_found() })
  app.get('/ok', async () => 'ok')
  const port = await listen(t, app)
  const { 'x-request-id': _renamed, ...headers } = responseOf('resource_not_found').headers
  t.strictSame(await sendRequest(port, 'GET', '/'), { ...responseOf('resource_not_found'), headers: { ...headers, 'x-correlation-id': requestId } })
  for (const path of ['/ok', '/nothing']) {
    const response = await app.inject(path)
    t.strictSame([response.headers['x-correlation-id'], response.headers['x-request-id']], [requestId, undefined], path)
  }
  const raw = parseResponse(await sendRaw(port, 'GARBAGE\r\n\r\n'))
  t.strictSame([raw.headers['x-correlation-id'], raw.headers['x-request-id']], [(raw.body as { readonly request_id: string }).request_id, undefined], 'malformed HTTP')
})

t.test('headers of the format are on every error, and a value that cannot be sent is omitted', async t => {
  const format = defineFormat({
    name: 'own',
    fields: { code },
    headers: {
      'X-Error': code,
      'X-Message': message,
      'X-Wait': field({ schema: () => Type.Integer(), value: ({ retryAfter }) => retryAfter, optional: true }),
      'X-None': constant(() => undefined)
    }
  })
  const app = await createApp({ format })
  app.get('/', () => { throw errors.rate_limit_exceeded({ message: 'Slow down.', meta: { policy: 'a', limit: 1, window: 60, scope: 'ip' } as never, retryAfter: 3 }) })
  app.get('/line', () => { throw errors.resource_not_found({ message: 'two\nlines' }) })
  const port = await listen(t, app)
  const own = async (path: string): Promise<Record<string, unknown>> => {
    const { headers } = await app.inject(path)
    return Object.fromEntries(['x-error', 'x-message', 'x-wait', 'x-none', 'retry-after'].map(name => [name, headers[name]]))
  }
  t.strictSame(await own('/'), { 'x-error': 'rate_limit_exceeded', 'x-message': 'Slow down.', 'x-wait': '3', 'x-none': undefined, 'retry-after': '3' })
  t.strictSame(await own('/line'), { 'x-error': 'resource_not_found', 'x-message': undefined, 'x-wait': undefined, 'x-none': undefined, 'retry-after': undefined })
  t.strictSame(await own('/nothing'), { 'x-error': 'route_not_found', 'x-message': errors.route_not_found.message, 'x-wait': undefined, 'x-none': undefined, 'retry-after': undefined })
  const raw = parseResponse(await sendRaw(port, 'GARBAGE\r\n\r\n'))
  t.strictSame([raw.headers['x-error'], raw.headers['x-message']], ['invalid_request', errors.invalid_request.message], 'malformed HTTP')
})

t.test('a response to malformed HTTP has the wait of its status', async t => {
  const app = await createApp({ errors: defineErrors(errors, { invalid_request: { status: 503 } }) })
  const { status, headers } = parseResponse(await sendRaw(await listen(t, app), 'GARBAGE\r\n\r\n'))
  t.strictSame([status, headers['retry-after']], [503, '10'])
})

t.test('the wait in a body is the wait in Retry-After', async t => {
  const format = defineFormat({ name: 'waiting', fields: { code, wait: field({ schema: () => Type.Integer(), value: ({ retryAfter }) => retryAfter, optional: true }) } })
  const app = await createApp({ format })
  app.get('/default', () => { throw errors.service_unavailable() })
  app.get('/error', () => { throw errors.service_unavailable({ retryAfter: 2.5 }) })
  app.get('/header', () => { throw errors.service_unavailable({ headers: { 'Retry-After': '7' } }) })
  app.get('/reply', (_request, reply) => {
    reply.header('retry-after', '8')
    throw errors.service_unavailable()
  })
  app.get('/invalid', (_request, reply) => {
    reply.header('retry-after', 'soon')
    throw errors.service_unavailable()
  })
  app.get('/none', () => { throw errors.resource_not_found() })
  const waits = await Promise.all(['/default', '/error', '/header', '/reply', '/invalid', '/none'].map(async url => {
    const response = await app.inject(url)
    return [url, response.headers['retry-after'], response.json<{ readonly wait?: number }>().wait]
  }))
  t.strictSame(waits, [['/default', '10', 10], ['/error', '3', 3], ['/header', '7', 7], ['/reply', '8', 8], ['/invalid', '10', 10], ['/none', undefined, undefined]])
})

t.test('X-Should-Retry has the advice of the code, unless the reply or the error has its own, or retryHeaders is off', async t => {
  const catalog = defineErrors(errors, {
    queue_busy: { status: 409, type: 'conflict_error', message: 'Busy.', description: 'Another request changes the queue.', action: 'Wait.', retry: 'backoff' }
  })
  const app = await createApp({ errors: catalog })
  const off = await createApp({ errors: catalog, retryHeaders: false })
  for (const each of [app, off]) {
    each.get('/conflict', () => { throw errors.resource_conflict() })
    each.get('/busy', () => { throw catalog.queue_busy() })
    each.get('/unknown', () => { throw defineErrors({ x: { status: 503, type: 'api_error', message: 'X.', description: 'X.', action: 'X.' } }).x() })
    each.get('/reply', (_request, reply) => {
      reply.header('x-should-retry', 'true')
      throw errors.resource_conflict()
    })
    each.get('/error', () => { throw errors.internal_error({ headers: { 'X-Should-Retry': 'false' } }) })
  }
  const advice = async (each: typeof app): Promise<string[]> => await Promise.all(['/conflict', '/busy', '/unknown', '/reply', '/error', '/nothing'].map(async url =>
    `${url} ${String((await each.inject(url)).headers['x-should-retry'])}`))
  t.strictSame(await advice(app), ['/conflict false', '/busy true', '/unknown true', '/reply true', '/error false', '/nothing false'])
  t.strictSame(await advice(off), ['/conflict undefined', '/busy undefined', '/unknown undefined', '/reply true', '/error false', '/nothing undefined'])
  const raw = async (each: typeof app): Promise<string | undefined> => parseResponse(await sendRaw(await listen(t, each), 'GARBAGE\r\n\r\n')).headers['x-should-retry']
  t.strictSame([await raw(app), await raw(off)], ['false', undefined], 'a response to malformed HTTP')
})

t.test('a 401 has a challenge, which mentions an invalid token only if a token was sent', async t => {
  const app = await createApp({ realm: 'Launch API' })
  app.get('/', () => { throw errors.unauthorized() })
  app.get('/own', () => { throw errors.unauthorized({ headers: { 'WWW-Authenticate': 'ApiKey realm="keys"' } }) })
  const port = await listen(t, app)
  const bare = 'Bearer realm="Launch API"'
  for (const [headers, challenge] of [
    [{}, bare],
    [{ Authorization: 'Bearer abc' }, `${bare}, error="invalid_token"`],
    [{ Authorization: 'bearer  abc' }, `${bare}, error="invalid_token"`],
    [{ Authorization: 'Bearer ' }, bare],
    [{ Authorization: 'Basic YTpi' }, bare]
  ] as const) {
    t.strictSame(await sendRequest(port, 'GET', '/', headers), responseOf('unauthorized', { 'www-authenticate': challenge }), JSON.stringify(headers))
  }
  t.strictSame(await sendRequest(port, 'GET', '/own'), responseOf('unauthorized', { 'www-authenticate': 'ApiKey realm="keys"' }), 'a challenge of the error takes precedence')
})

t.test('with resourceMetadata, each Bearer challenge has its URL (RFC 9728, section 5.1)', async t => {
  const resourceMetadata = 'https://api.example.com/.well-known/oauth-protected-resource'
  const app = await createApp({ resourceMetadata })
  app.get('/', () => { throw errors.unauthorized() })
  app.get('/scope', () => { throw errors.insufficient_scope({ meta: { required: ['queues:read'] } }) })
  app.get('/own', () => { throw errors.unauthorized({ headers: { 'WWW-Authenticate': 'ApiKey realm="keys"' } }) })
  const port = await listen(t, app)
  const bare = `Bearer realm="api", resource_metadata="${resourceMetadata}"`
  t.strictSame(await sendRequest(port, 'GET', '/'), responseOf('unauthorized', { 'www-authenticate': bare }))
  t.strictSame(await sendRequest(port, 'GET', '/', { Authorization: 'Bearer abc' }), responseOf('unauthorized', { 'www-authenticate': `${bare}, error="invalid_token"` }))
  t.strictSame(await sendRequest(port, 'GET', '/scope'), responseOf('insufficient_scope', { 'www-authenticate': `${bare}, error="insufficient_scope", scope="queues:read"` }, { meta: { required: ['queues:read'] } }))
  t.strictSame(await sendRequest(port, 'GET', '/own'), responseOf('unauthorized', { 'www-authenticate': 'ApiKey realm="keys"' }))
})

t.test('a 403 for a missing scope lists the required scopes', async t => {
  const app = await createApp()
  app.get('/', () => { throw errors.insufficient_scope() })
  app.get('/two', () => { throw errors.insufficient_scope({ meta: { required: ['queues:read', 'queues:write'] } }) })
  app.get('/strange', () => { throw errors.insufficient_scope({ meta: { required: ['queues:read', 'a "b"', 'c d', ''] } }) })
  app.get('/other', () => { throw errors.forbidden() })
  const port = await listen(t, app)
  const bare = 'Bearer realm="api", error="insufficient_scope"'
  t.strictSame(await sendRequest(port, 'GET', '/'), responseOf('insufficient_scope', { 'www-authenticate': bare }))
  t.strictSame(
    await sendRequest(port, 'GET', '/two'),
    responseOf('insufficient_scope', { 'www-authenticate': `${bare}, scope="queues:read queues:write"` }, { meta: { required: ['queues:read', 'queues:write'] } })
  )
  t.strictSame(
    await sendRequest(port, 'GET', '/strange'),
    responseOf('insufficient_scope', { 'www-authenticate': `${bare}, scope="queues:read"` }, { meta: { required: ['queues:read', 'a "b"', 'c d', ''] } }),
    'an invalid scope (RFC 6749, section 3.3) is not in the header'
  )
  t.strictSame(await sendRequest(port, 'GET', '/other'), responseOf('forbidden'), 'no other 403 has a challenge')
})

t.test('a 405 that a handler throws also has Allow', async t => {
  const app = await createApp()
  app.get('/', () => { throw errors.method_not_allowed() })
  app.put('/', async () => 'ok')
  app.get('/own', () => { throw errors.method_not_allowed({ headers: { allow: 'PATCH' } }) })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/'), responseOf('method_not_allowed', { allow: 'GET, HEAD, PUT' }))
  t.strictSame(await sendRequest(port, 'GET', '/own'), responseOf('method_not_allowed', { allow: 'PATCH' }))
})

t.test('a 415 lists the media types of the route', async t => {
  const app = await createApp()
  app.post('/any', async () => 'ok')
  app.post('/content', { schema: { body: { content: { 'application/json': { schema: {} }, 'text/csv': { schema: {} } } } } }, async () => 'ok')
  app.post('/consumes', { schema: { consumes: ['text/plain'] } }, async () => 'ok')
  app.post('/own', () => { throw errors.unsupported_media_type({ headers: { accept: 'image/png' } }) })
  await app.register(async scope => {
    scope.addContentTypeParser('application/xml', (_request, _payload, done) => { done(null, '') })
    scope.post('/parser', async () => 'ok')
  })
  const port = await listen(t, app)
  for (const [path, accept] of [
    ['/any', 'application/json, text/plain'],
    ['/content', 'application/json, text/csv'],
    ['/consumes', 'text/plain'],
    ['/parser', 'application/json, text/plain, application/xml']
  ] as const) {
    t.strictSame(await sendRequest(port, 'POST', path, { 'Content-Type': 'image/gif' }, 'GIF89a'), responseOf('unsupported_media_type', { accept }), path)
  }
  t.strictSame(await sendRequest(port, 'POST', '/own'), responseOf('unsupported_media_type', { accept: 'image/png' }))
})

t.test('a 429 and a 503 have Retry-After', async t => {
  const app = await createApp()
  app.get('/429', () => { throw errors.rate_limit_exceeded({ meta: {} }) })
  app.get('/503', () => { throw errors.service_unavailable() })
  app.get('/soon', () => { throw errors.service_unavailable({ retryAfter: 2.1 }) })
  app.get('/reply', (_request, reply) => { throw (reply.header('retry-after', 7), errors.service_unavailable()) })
  app.get('/date', (_request, reply) => { throw (reply.header('retry-after', 'Fri, 31 Dec 1999 23:59:59 GMT'), errors.service_unavailable()) })
  app.get('/zero', (_request, reply) => { throw (reply.header('retry-after', 0), errors.service_unavailable()) })
  app.get('/far', () => { throw errors.service_unavailable({ retryAfter: 1e21 }) })
  app.get('/farther', (_request, reply) => { throw (reply.header('retry-after', '1e21'), errors.service_unavailable()) })
  app.get('/text', () => { throw errors.service_unavailable({ retryAfter: '30' as never }) })
  app.get('/500', () => { throw errors.internal_error() })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/429'), responseOf('rate_limit_exceeded', { 'retry-after': '1' }, { meta: {} }))
  for (const [path, seconds] of [['/503', '10'], ['/soon', '3'], ['/reply', '7'], ['/date', '10'], ['/zero', '10'], ['/far', '2147483647'], ['/farther', '2147483647'], ['/text', '10']] as const) {
    t.strictSame(await sendRequest(port, 'GET', path), responseOf('service_unavailable', { 'retry-after': seconds }), path)
  }
  t.strictSame(await sendRequest(port, 'GET', '/500'), responseOf('internal_error'), 'a 500 has no known end')
})

t.test('headers that describe the replaced body are removed, and all others stay', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => {
    reply.headers({
      'content-encoding': 'gzip',
      'content-type': 'text/html',
      'content-length': '9999',
      'content-range': 'bytes 0-1/2',
      'content-disposition': 'attachment',
      'transfer-encoding': 'chunked',
      etag: '"a"',
      'last-modified': 'Fri, 31 Dec 1999 23:59:59 GMT',
      expires: 'Fri, 31 Dec 2100 23:59:59 GMT',
      'cache-control': 'public, max-age=3600',
      'accept-ranges': 'bytes',
      'access-control-allow-origin': '*',
      'set-cookie': 'a=b'
    })
    throw errors.resource_not_found()
  })
  const port = await listen(t, app)
  const expected = responseOf('resource_not_found', { 'access-control-allow-origin': '*', 'set-cookie': 'a=b' })
  t.strictSame(await sendRequest(port, 'GET', '/'), expected)
  t.strictSame(await sendRequest(port, 'HEAD', '/'), withoutBody(expected))
})

t.test('a 416 keeps the length of the resource that the handler set', async t => {
  const app = await createApp()
  for (const [path, range] of [['/length', 'bytes */100'], ['/part', 'bytes 0-1/100']] as const) {
    app.get(path, (_request, reply) => {
      reply.header('content-range', range)
      throw errors.range_not_satisfiable()
    })
  }
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/length'), responseOf('range_not_satisfiable', { 'content-range': 'bytes */100' }))
  t.strictSame(await sendRequest(port, 'GET', '/part'), responseOf('range_not_satisfiable'), 'the range of a body that is not sent')
})

t.test('lists are joined, except cookies, whether they are set on the reply or on its raw response', async t => {
  const app = await createApp()
  app.get('/reply', (_request, reply) => { throw (reply.headers({ 'set-cookie': ['a=1', 'b=2'], location: ['/a', '/b'] } as never), errors.resource_conflict()) })
  app.get('/raw', (_request, { raw }) => {
    raw.setHeader('Set-Cookie', ['a=1', 'b=2'])
    raw.setHeader('X-List', ['a', 'b'])
    throw errors.resource_conflict()
  })
  const port = await listen(t, app)
  const body = JSON.stringify({ code: 'resource_conflict', message: errors.resource_conflict.message, request_id: requestId })
  const linesOf = async (path: string): Promise<string[]> => (await sendRaw(port, formatRequest('GET', path))).split('\r\n').filter(line => !/^(date|connection):/i.test(line)).sort()
  const expected = (...headers: string[]): string[] => [
    '', 'HTTP/1.1 409 Conflict', body, 'cache-control: no-store', `content-length: ${body.length}`, 'content-type: application/json; charset=utf-8',
    `x-request-id: ${requestId}`, 'x-should-retry: false', ...headers
  ].sort()
  t.strictSame(await linesOf('/reply'), expected('set-cookie: a=1', 'set-cookie: b=2', 'location: /a, /b'))
  t.strictSame(await linesOf('/raw'), expected('Set-Cookie: a=1', 'Set-Cookie: b=2', 'x-list: a, b'))
})

t.test('headers and trailers for shared caches and digests are removed', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => {
    reply.headers({
      'cdn-cache-control': 'max-age=600',
      'cloudflare-cdn-cache-control': 'max-age=600',
      'surrogate-control': 'max-age=600',
      'x-accel-expires': '600',
      age: '5',
      warning: '110 - "Response is Stale"',
      digest: 'sha-256=a',
      'content-digest': 'sha-256=:YQ==:',
      'repr-digest': 'sha-256=:YQ==:',
      'x-cdn': 'edge'
    })
    reply.trailer('Content-Digest', (_reply, _payload, done) => { done(null, 'sha-256=:YQ==:') })
    throw errors.resource_not_found()
  })
  app.get('/timing', (_request, reply) => {
    reply.trailer('server-timing', (_reply, _payload, done) => { done(null, 'db;dur=5') })
    throw errors.resource_not_found()
  })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/'), responseOf('resource_not_found', { 'x-cdn': 'edge' }))
  t.match(await sendRequest(port, 'GET', '/timing'), { status: 404, headers: { trailer: 'server-timing' } }, 'any other trailer stays')
})

t.test('an error may set any header except those that describe how its body is sent', async t => {
  const app = await createApp()
  app.get('/', () => {
    throw errors.range_not_satisfiable({
      headers: { 'Content-Range': 'bytes */100', 'X-Note': 'ok', 'Content-Length': '1', 'content-type': 'text/html', 'Transfer-Encoding': 'chunked', 'cache-control': 'public' }
    })
  })
  const port = await listen(t, app)
  const expected = responseOf('range_not_satisfiable', { 'content-range': 'bytes */100', 'x-note': 'ok' })
  t.strictSame(await sendRequest(port, 'GET', '/'), expected)
  t.strictSame(await sendRequest(port, 'HEAD', '/'), withoutBody(expected))
})

t.test('an error may add cookies to those of the reply; other lists are joined', async t => {
  const own = defineErrors({
    session_ended: {
      status: 403,
      type: 'authentication_error',
      message: 'Your session has ended.',
      description: 'The session is too old.',
      action: 'Sign in again.',
      headers: { 'Set-Cookie': ['session=; Max-Age=0', 'csrf=; Max-Age=0'] }
    }
  })
  const app = await createApp({ errors: own })
  app.get('/', (_request, reply) => { throw (reply.header('set-cookie', 'seen=1'), own.session_ended()) })
  app.get('/occurrence', () => { throw own.session_ended({ headers: { 'Set-Cookie': ['session=', 'hint=1'], Link: ['</a>', '</b>'] } }) })
  app.get('/none', () => { throw own.session_ended({ headers: { 'Set-Cookie': [] } }) })
  app.get('/evil', () => { throw own.session_ended({ headers: { 'Set-Cookie': ['a=1', 'b\r\nc: d'] } }) })
  app.get('/hook', { onSend: async () => { throw new Error('It fails on the response.') } }, () => { throw own.session_ended() })
  const port = await listen(t, app)
  const linesOf = async (path: string): Promise<string[]> => (await sendRaw(port, formatRequest('GET', path))).split('\r\n')
    .filter(line => !/^(date|connection):/i.test(line)).sort()
  const body = JSON.stringify({ code: 'session_ended', message: 'Your session has ended.', request_id: requestId })
  const expected = (...headers: string[]): string[] => [
    '', 'HTTP/1.1 403 Forbidden', body, 'cache-control: no-store', `content-length: ${body.length}`, 'content-type: application/json; charset=utf-8',
    `x-request-id: ${requestId}`, 'x-should-retry: false', ...headers
  ].sort()
  t.strictSame(await linesOf('/'), expected('set-cookie: seen=1', 'set-cookie: session=; Max-Age=0', 'set-cookie: csrf=; Max-Age=0'))
  t.strictSame(await linesOf('/occurrence'), expected('set-cookie: session=', 'set-cookie: hint=1', 'link: </a>, </b>'), 'headers of the error take precedence')
  t.strictSame(await linesOf('/none'), expected())
  t.strictSame(await linesOf('/evil'), expected(), 'if one has a line break, all are omitted')
  t.strictSame(await linesOf('/hook'), expected('set-cookie: session=; Max-Age=0', 'set-cookie: csrf=; Max-Age=0'))
})

t.test('a header with a line break is omitted, whatever its source', async t => {
  const lines: string[] = []
  const app = await createApp({}, { logger: { level: 'warn', stream: { write: (line: string) => lines.push(line) } } })
  const evil = 'a\r\nSet-Cookie: admin=1\r\n\r\n<html>'
  app.get('/error', () => { throw errors.resource_not_found({ headers: { 'x-evil': evil, 'bad name': 'b', 'x-good': 'yes' } }) })
  app.get('/reply', (_request, reply) => { throw (reply.header('x-evil', evil), errors.resource_not_found()) })
  app.get('/foreign', () => { throw Object.assign(new Error('Gone fishing.'), { statusCode: 404, headers: { 'x-evil': evil, 'x-foreign': 'b' } }) })
  app.get('/ok', (_request, reply) => { reply.header('x-evil', evil).send({ a: 1 }) })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/error'), responseOf('resource_not_found', { 'x-good': 'yes' }))
  t.strictSame(await sendRequest(port, 'GET', '/reply'), responseOf('resource_not_found'))
  t.strictSame(await sendRequest(port, 'GET', '/foreign'), responseOf('resource_not_found', {}, { message: 'Gone fishing.' }), 'headers of another error are ignored')
  t.strictSame(await sendRequest(port, 'GET', '/ok'), responseOf('internal_error'), 'Node rejects the 200')
  t.strictSame(lines.map(line => (JSON.parse(line) as { msg: string }).msg), Array(4).fill('A header that cannot be sent was omitted from an error response.'))
  t.notMatch(lines.join(), 'admin')
})

t.test('with negotiate, Vary lists Accept', async t => {
  const app = await createApp({ negotiate: true })
  app.get('/:vary', (request, reply) => {
    const { vary } = request.params as { vary: string }
    if (vary !== 'none') reply.header('vary', vary === 'empty' ? '' : vary)
    throw errors.resource_not_found()
  })
  const port = await listen(t, app)
  for (const [given, vary] of [
    ['none', 'accept'], ['empty', 'accept'], ['origin', 'origin, accept'], ['Accept', 'Accept'], ['origin,accept', 'origin,accept'], ['*', '*'],
    ['accept-encoding', 'accept-encoding, accept']
  ] as const) {
    t.strictSame(await sendRequest(port, 'GET', `/${given}`), responseOf('resource_not_found', { vary }), given)
  }
})

t.test('headers that make a proxy or a browser fetch another body are removed from errors', async t => {
  const app = await createApp()
  app.get('/', (_request, reply) => {
    reply.headers({
      'x-accel-redirect': '/private/key.pem',
      'x-accel-buffering': 'no',
      'x-accel-charset': 'utf-8',
      'X-Sendfile': '/private/key.pem',
      'X-LIGHTTPD-send-file': '/private/key.pem',
      'X-Sendfile2': 'a 0-9',
      'x-reproxy-url': 'http://10.0.0.3/',
      'X-LiteSpeed-Location': '/private/key.pem',
      'X-Archive-Files': 'zip',
      'HX-Redirect': '/home',
      'HX-Location': '/home',
      'Edge-Control': 'max-age=1d',
      Refresh: '0; url=/private',
      SourceMap: '/a.map',
      'x-frame-options': 'DENY'
    })
    throw errors.forbidden()
  })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/'), responseOf('forbidden', { 'x-frame-options': 'DENY' }))
})

t.test('the Accept of a 415 lists every media type that the application can read', async t => {
  const parse = (_request: unknown, _payload: unknown, done: (error: null, body: string) => void): void => { done(null, '') }
  const scopes: ReadonlyArray<readonly [string, ReadonlyArray<string | RegExp>, string]> = [
    ['/types', ['application/vnd.acme.v2+json', 'font/woff2', 'application/cbor'], 'application/json, text/plain, application/vnd.acme.v2+json, font/woff2, application/cbor'],
    ['/range', [/^image\//, /^video\/.+/g], 'application/json, text/plain, video/*, image/*'],
    ['/suffix', [/^application\/.*\+json$/], 'application/json, text/plain, application/merge-patch+json, application/json-patch+json, application/vnd.api+json, application/ld+json, application/hal+json, application/problem+json, application/geo+json, application/fhir+json, application/scim+json, application/cloudevents+json, application/graphql-response+json, application/reports+json'],
    ['/spelled', [/^application\/vnd\.acme\+xml$/, /^application\/x-acme(;.*)?$/], 'application/json, text/plain, application/x-acme, application/vnd.acme+xml'],
    ['/quantifiers', [/^application\/.+\+acme$/, /^application\/acme-?v.{2}$/, /^application\/vnd.acme\+json/], 'application/json, text/plain, application/vnd.acme+json'],
    ['/any-pattern', [/.*/], 'application/json, text/plain, */*'],
    ['/none-known', [/^acme\/[0-9]{3}$/], 'application/json, text/plain'],
    ['/all', ['*'], '*/*']
  ]
  const app = await createApp()
  for (const [url, types] of scopes) {
    await app.register(async scope => {
      for (const type of types) scope.addContentTypeParser(type, parse)
      scope.post(url, () => { throw errors.unsupported_media_type() })
    })
  }
  await app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('text/csv', parse)
    scope.post('/only', async () => 'ok')
  })
  const port = await listen(t, app)
  for (const [path, , accept] of scopes) t.strictSame(await sendRequest(port, 'POST', path), responseOf('unsupported_media_type', { accept }), path)
  t.strictSame(await sendRequest(port, 'POST', '/only', { 'Content-Type': 'application/json' }, '{}'), responseOf('unsupported_media_type', { accept: 'text/csv' }))
})

t.test('a 415 for PATCH has Accept-Patch, and a 415 for QUERY has Accept-Query', async t => {
  const app = await createApp()
  const fail = (): never => { throw errors.unsupported_media_type() }
  app.addHttpMethod('QUERY', { hasBody: true })
  app.patch('/', fail)
  app.route({ method: 'QUERY', url: '/', handler: fail })
  app.route({ method: 'QUERY', url: '/content', schema: { body: { content: { 'application/jsonpath': { schema: {} }, 'application/sql;charset="UTF-8"': { schema: {} } } } }, handler: fail })
  app.patch('/own', () => { throw errors.unsupported_media_type({ headers: { 'Accept-Patch': 'application/merge-patch+json', Accept: '*/*' } }) })
  const port = await listen(t, app)
  const types = 'application/json, text/plain'
  t.strictSame(await sendRequest(port, 'PATCH', '/', { 'Content-Type': 'text/plain' }, 'a'), responseOf('unsupported_media_type', { accept: types, 'accept-patch': types }))
  t.strictSame(await sendRequest(port, 'PATCH', '/own'), responseOf('unsupported_media_type', { accept: '*/*', 'accept-patch': 'application/merge-patch+json' }))
  t.strictSame(await sendRequest(port, 'QUERY', '/', { 'Content-Type': 'text/plain' }, 'a'), responseOf('unsupported_media_type', { accept: types, 'accept-query': types }))
  t.match((await sendRequest(port, 'QUERY', '/content', { 'Content-Type': 'application/jsonpath' }, 'a')).headers, {
    'accept-query': 'application/jsonpath, application/sql;charset="UTF-8"'
  })
})

t.test('a 426 lists the protocol to switch to, and is marked as a connection option', async t => {
  const app = await createApp()
  app.get('/', () => { throw errors.upgrade_required() })
  app.get('/own', () => { throw errors.upgrade_required({ headers: { Upgrade: 'TLS/1.3, HTTP/1.1', Connection: 'close, upgrade' } }) })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', '/'), responseOf('upgrade_required', { upgrade: 'websocket' }))
  t.match(await sendRaw(port, formatRequest('GET', '/')), /\r\nconnection: close, upgrade\r\n/i)
  const socket = connect(port, '127.0.0.1')
  socket.write(formatRequest('GET', '/', { Connection: 'keep-alive' }))
  t.match(String((await once(socket, 'data'))[0]), /\r\nconnection: upgrade\r\n/i)
  socket.destroy()
  t.strictSame(await sendRequest(port, 'GET', '/own'), responseOf('upgrade_required', { upgrade: 'TLS/1.3, HTTP/1.1' }))
  const kept = await createApp()
  kept.get('/', (_request, reply) => { throw (reply.header('connection', 'close'), errors.upgrade_required()) })
  t.match(await sendRaw(await listen(t, kept), formatRequest('GET', '/')), /\r\nconnection: close, upgrade\r\n/i)
})

t.test('a Retry-After date becomes seconds on any error', async t => {
  const app = await createApp()
  const at = (seconds: number): Date => new Date(Date.now() + seconds * 1000)
  const rfc850 = (date: Date): string => date.toUTCString().replace(/^(\w+), (\d\d) (\w+) \d\d(\d\d)/, (_match, day: string, number: string, month: string, year: string) => `${({ Mon: 'Monday', Tue: 'Tuesday', Wed: 'Wednesday', Thu: 'Thursday', Fri: 'Friday', Sat: 'Saturday', Sun: 'Sunday' } as Record<string, string>)[day]}, ${number}-${month}-${year}`)
  const asctime = (date: Date): string => date.toUTCString().replace(/^(\w+), (\d\d) (\w+) (\d{4}) (.*) GMT$/, '$1 $3 $2 $5 $4')
  for (const [name, format] of Object.entries({ imf: (date: Date) => date.toUTCString(), rfc850, asctime })) {
    app.get(`/${name}`, (_request, reply) => { throw (reply.header('retry-after', format(at(120))), errors.service_unavailable()) })
  }
  app.get('/error', () => { throw errors.service_unavailable({ headers: { 'Retry-After': at(120).toUTCString() } }) })
  app.get('/413', (_request, reply) => { throw (reply.header('retry-after', at(120).toUTCString()), errors.payload_too_large()) })
  app.get('/past', (_request, reply) => { throw (reply.header('retry-after', at(-120).toUTCString()), errors.rate_limit_exceeded()) })
  app.get('/nonsense', (_request, reply) => { throw (reply.header('retry-after', 'soon'), errors.service_unavailable()) })
  app.get('/both', (_request, reply) => { throw (reply.header('retry-after', at(120).toUTCString()), errors.service_unavailable({ retryAfter: 5 })) })
  app.get('/now', async (_request, reply) => {
    const { now } = Date
    t.after(() => { Date.now = now })
    Date.now = () => Date.parse('2030-01-01T00:00:00.500Z')
    reply.header('retry-after', 'Tue, 01 Jan 2030 00:00:01 GMT')
    throw errors.payload_too_large()
  })
  const port = await listen(t, app)
  for (const path of ['/imf', '/rfc850', '/asctime', '/error', '/413']) {
    const seconds = Number((await sendRequest(port, 'GET', path)).headers['retry-after'])
    t.ok(seconds > 100 && seconds <= 121, `${path}: ${seconds}`)
  }
  for (const [path, seconds] of [['/past', '1'], ['/nonsense', '10'], ['/both', '5'], ['/now', '1']] as const) t.equal((await sendRequest(port, 'GET', path)).headers['retry-after'], seconds, path)
})
