/** The methods in `Allow`: which routes a path has, as the router sees it. A path without a route gets 404. */
import t from 'tap'
import cors from '@fastify/cors'
import fastifyStatic from '@fastify/static'
import { createApp, errorResponse, type HttpResponse, listen, requestId, sendRequest } from '../helpers/http.js'

const notFound = errorResponse(404, { code: 'route_not_found', message: 'This endpoint does not exist.', request_id: requestId })

const notAllowed = (...allowed: string[]): HttpResponse => errorResponse(405, {
  code: 'method_not_allowed', message: 'This endpoint does not support this method.', request_id: requestId, meta: { allowed }
}, { allow: allowed.join(', ') })

const ok = async (): Promise<string> => 'ok'

t.test('routes of every pattern are found', async t => {
  const app = await createApp()
  app.get('/files/*', ok)
  app.get('/years/:year(^\\d{4}$)', ok)
  app.get('/at/:hour(^\\d{2}$)h:minute(^\\d{2}$)m', ok)
  app.get('/near/:lat-:lng', ok)
  app.get('/images/:file.png', ok)
  app.get('/optional/:part?', ok)
  app.get('/time::now', ok)
  const port = await listen(t, app)
  for (const path of [
    '/files/', '/files/a/b/c.txt', '/files/a%20b', '/years/2024', '/at/12h30m', '/near/1.5-2.5', '/images/a.png', '/optional', '/optional/a', '/time:now'
  ]) t.strictSame(await sendRequest(port, 'POST', path), notAllowed('GET', 'HEAD'), path)
  for (const path of ['/years/24', '/at/1h30m', '/near/1.5', '/images/a.gif', '/file', '/time::now']) t.strictSame(await sendRequest(port, 'POST', path), notFound, path)
})

t.test('Allow follows the slash and case options of the router', async t => {
  const strict = await createApp()
  strict.get('/Queues/List', ok)
  const strictPort = await listen(t, strict)
  for (const path of ['/queues/list', '/Queues/List/', '/Queues//List']) t.strictSame(await sendRequest(strictPort, 'POST', path), notFound, path)

  const lenient = await createApp({}, { routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true } })
  lenient.get('/Queues/List', ok)
  lenient.get('/Queues/:Id/entries/', ok)
  const port = await listen(t, lenient)
  for (const path of ['/queues/list', '/QUEUES/LIST/', '//Queues//List', '/queues/Ab/Entries', '/queues/Ab//entries/?q']) {
    t.strictSame(await sendRequest(port, 'POST', path), notAllowed('GET', 'HEAD'), path)
  }
  t.strictSame(await sendRequest(port, 'POST', '/queues'), notFound)

  const semicolon = await createApp({}, { routerOptions: { useSemicolonDelimiter: true } as object })
  semicolon.get('/queues', ok)
  t.strictSame(await sendRequest(await listen(t, semicolon), 'POST', '/queues;a=b'), notAllowed('GET', 'HEAD'))
})

t.test('a route with a constraint exists only for requests that match the constraint', async t => {
  const region = {
    name: 'region',
    storage () {
      const handlers = new Map<unknown, unknown>()
      return { get: (key: unknown) => handlers.get(key) ?? null, set: (key: unknown, handler: unknown) => { handlers.set(key, handler) } }
    },
    validate () {},
    deriveConstraint: (request: { headers: Record<string, unknown> }) => request.headers['x-region']
  }
  const app = await createApp({}, { routerOptions: { constraints: { region } } } as object)
  app.get('/host', { constraints: { host: 'api.example.com' } }, ok)
  app.get('/version', { constraints: { version: '1.2.0' } }, ok)
  app.get('/region', { constraints: { region: 'eu' } }, ok)
  app.get('/any', ok)
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'POST', '/host', { Host: 'api.example.com' }), notAllowed('GET', 'HEAD'))
  t.strictSame(await sendRequest(port, 'POST', '/host', { Host: 'www.example.com' }), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/version', { 'Accept-Version': '1.x' }), notAllowed('GET', 'HEAD'))
  t.strictSame(await sendRequest(port, 'POST', '/version', { 'Accept-Version': '2.x' }), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/version'), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/region', { 'X-Region': 'eu' }), notAllowed('GET', 'HEAD'))
  t.strictSame(await sendRequest(port, 'POST', '/region', { 'X-Region': 'us' }), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/any'), notAllowed('GET', 'HEAD'))
})

t.test('a constraint with a callback or a late constraint is not evaluated: a 404 is better than a wrong 405', async t => {
  const storage = (): object => ({ get: () => null, set () {} })
  const slow = { name: 'slow', storage, validate () {}, deriveConstraint: (_request: unknown, _context: unknown, done: (error: null, value: string) => void) => { done(null, 'a') } }
  const app = await createApp({}, { routerOptions: { constraints: { slow } } } as object)
  app.addConstraintStrategy({ name: 'late', storage, validate () {}, deriveConstraint: () => 'a' } as unknown as Parameters<typeof app.addConstraintStrategy>[0])
  app.get('/slow', { constraints: { slow: 'a' } }, ok)
  app.get('/late', { constraints: { late: 'a' } }, ok)
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'POST', '/slow'), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/late'), notFound)
})

t.test('the catch-all OPTIONS of @fastify/cors does not turn 404 into 405', async t => {
  const app = await createApp()
  await app.register(cors, { origin: 'https://launch.example' })
  app.get('/queues', ok)
  app.options('/only-options', ok)
  const port = await listen(t, app)
  const allowOrigin = (response: HttpResponse): HttpResponse =>
    ({ ...response, headers: { ...response.headers, 'access-control-allow-origin': 'https://launch.example' } })
  for (const path of ['/nope', '/a%20b', '/a%2Fb', '/nope/', '/Nope?x']) {
    t.strictSame(await sendRequest(port, 'POST', path), allowOrigin(notFound), `${path}, and the CORS headers stay on the error`)
  }
  t.strictSame(await sendRequest(port, 'POST', '/queues'), allowOrigin(notAllowed('GET', 'HEAD', 'OPTIONS')))
  t.strictSame(await sendRequest(port, 'GET', '/only-options'), allowOrigin(notAllowed('OPTIONS')))
})

t.test('the catch-all OPTIONS in a scope with a prefix does not turn 404 into 405', async t => {
  const app = await createApp()
  await app.register(async scope => {
    await scope.register(cors)
    scope.get('/users', ok)
  }, { prefix: '/admin' })
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'POST', '/admin/nope'), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/admin/users'), notAllowed('GET', 'HEAD', 'OPTIONS'))
})

t.test('prefixes, rewritten URLs and absolute URLs are looked up as the router sees them', async t => {
  const app = await createApp({}, { rewriteUrl: request => (request.url as string).replace('/old/', '/v1/') })
  await app.register(async scope => {
    scope.get('/', ok)
    scope.get('/queues', ok)
  }, { prefix: '/v1' })
  const port = await listen(t, app)
  for (const path of ['/v1', '/v1/', '/v1/queues', '/old/queues', 'http://localhost/v1/queues']) t.strictSame(await sendRequest(port, 'POST', path), notAllowed('GET', 'HEAD'), path)
  t.strictSame(await sendRequest(port, 'POST', '/v1/nope'), notFound)
})

t.test('custom methods are also in Allow', async t => {
  const app = await createApp()
  app.addHttpMethod('PROPFIND')
  app.route({ method: 'PROPFIND', url: '/dav', handler: ok })
  t.strictSame(await sendRequest(await listen(t, app), 'GET', '/dav'), notAllowed('PROPFIND'))
})

t.test('a catch-all route, such as in @fastify/static, does not turn 404 into 405', async t => {
  const app = await createApp()
  await app.register(fastifyStatic, { root: import.meta.dirname })
  app.get('/api/users', ok)
  app.post('/api/jobs', ok)
  app.get('/files/*', ok)
  const port = await listen(t, app)
  for (const [method, path] of [
    ['GET', '/api/typo'], ['POST', '/api/typo'], ['DELETE', '/api/users/7'], ['PUT', '/'], ['PATCH', '/a%2Fb'], ['POST', '/a/b/c/d?x=/y'], ['POST', '//'], ['POST', 'http://localhost/api/typo']
  ] as const) t.strictSame(await sendRequest(port, method, path), notFound, `${method} ${path}`)
  t.strictSame(await sendRequest(port, 'DELETE', '/api/users'), notAllowed('GET', 'HEAD'))
  t.strictSame(await sendRequest(port, 'GET', '/api/jobs'), notAllowed('POST'), 'the catch-all found no file')
  t.strictSame(await sendRequest(port, 'POST', '/files/a'), notAllowed('GET', 'HEAD'), 'a path behind a prefix is known')
})

t.test('a parameter that is too long does not turn 404 into 405', async t => {
  const app = await createApp()
  app.get('/*', (_request, reply) => { reply.callNotFound() })
  app.get('/users/:id', ok)
  app.delete('/users/:id', ok)
  const port = await listen(t, app)
  t.strictSame(await sendRequest(port, 'GET', `/users/${'x'.repeat(101)}`), notFound)
  t.strictSame(await sendRequest(port, 'POST', `/users/${'x'.repeat(101)}`), notFound)
  t.strictSame(await sendRequest(port, 'POST', '/users/1'), notAllowed('DELETE', 'GET', 'HEAD'))
})

t.test('a catch-all in any spelling does not turn 404 into 405, also with the slash and case options of the router', async t => {
  for (const url of ['*', '/*']) {
    const app = await createApp({}, { routerOptions: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true } })
    app.get(url, async (_request, reply) => { reply.callNotFound() })
    app.put('/queues', ok)
    const port = await listen(t, app)
    for (const method of ['GET', 'POST', 'DELETE']) t.strictSame(await sendRequest(port, method, '/Nope/'), notFound, `${method}, ${url}`)
    t.strictSame(await sendRequest(port, 'POST', '//Queues/'), notAllowed('PUT'))
  }
})
