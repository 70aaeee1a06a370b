/** When and where requests are counted: hooks, scopes, requests without a route. */
import cors from '@fastify/cors'
import { connect } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import t from 'tap'
import apiErrors, { standardErrors, type RateLimitHook, type RateLimitOptions } from 'fastify-api-errors'
import { fetchResponse, sendRaw, serveApp } from '../helpers/http.js'
import { stopClock } from '../helpers/clock.js'

const minute = '1 minute'
const address = { max: 2, timeWindow: minute }

/** A guard that reads a key from a header, and sets it as the API key guard does. */
async function guard (request: FastifyRequest): Promise<void> {
  const id = request.headers['x-key']
  if (id === undefined) throw standardErrors.missing_api_key()
  Object.assign(request, { apiKey: { id } })
}

/** Sends requests one after the other, and returns the status and the remaining requests of each response. */
async function states (url: string, calls: ReadonlyArray<RequestInit | undefined>): Promise<string[]> {
  const found: string[] = []
  for (const init of calls) {
    const response = await fetchResponse(url, init)
    found.push(`${response.status} ${response.headers.ratelimit ?? '-'}`)
  }
  return found
}

const keyed = (key: string): RequestInit => ({ headers: { 'x-key': key } })

t.test('in onRequest, a limit counts before hooks that are registered later, so failed authentications count', async t => {
  stopClock(t)
  const url = await serveApp(t, { rateLimit: { policies: { address }, default: 'address' } }, app => {
    app.addHook('onRequest', guard)
    app.get('/', async () => ({ ok: true }))
  })
  t.strictSame(await states(url, [undefined, undefined, undefined, keyed('a')]), [
    '401 "address";r=1;t=60', '401 "address";r=0;t=60', '429 "address";r=0;t=60', '429 "address";r=0;t=60'
  ])
})

t.test("key: 'api-key' counts after the guard, separately for each key", async t => {
  stopClock(t)
  const policies = { address: { max: 10, timeWindow: minute }, key: { max: 1, timeWindow: minute, key: 'api-key' } } as const
  const url = await serveApp(t, { rateLimit: { policies, default: ['address', 'key'] } }, app => {
    app.addHook('onRequest', guard)
    app.get('/', async () => ({ ok: true }))
  })
  t.strictSame(await states(url, [keyed('a'), keyed('b'), keyed('a'), undefined]), [
    '200 "address";r=9;t=60, "key";r=0;t=60',
    '200 "address";r=8;t=60, "key";r=0;t=60',
    '429 "address";r=7;t=60, "key";r=0;t=60',
    '401 "address";r=6;t=60'
  ])
  t.match(await fetchResponse(url, keyed('b')), {
    headers: { 'ratelimit-policy': '"address";q=10;w=60, "key";q=1;w=60', 'retry-after': '60' },
    body: { meta: { policy: 'key', limit: 1, window: 60, retry_after: 60 } }
  })
})

t.test('in the other hooks, a limit counts after the hooks of the route', async t => {
  const order: string[] = []
  const hooks = ['preParsing', 'preValidation', 'preHandler'] as const
  const policies = Object.fromEntries(hooks.map((hook: RateLimitHook) => [hook, { max: 1, timeWindow: minute, hook, onExceeding: () => { order.push(`limit ${hook}`) } }]))
  const url = await serveApp(t, { rateLimit: { policies, default: [...hooks] } }, app => {
    for (const hook of hooks) app.addHook(hook as 'preHandler', async () => { order.push(`application ${hook}`) })
    const shared = [async () => { order.push('route preHandler') }]
    app.route({
      method: 'POST',
      url: '/',
      preParsing: async () => { order.push('route preParsing') },
      preHandler: shared,
      handler: async request => { order.push(`handler ${JSON.stringify(request.body)}`) }
    })
    app.get('/other', { preHandler: shared }, async () => 'other')
    t.equal(shared.length, 1, 'the array of a route is unchanged')
  })
  await fetchResponse(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' })
  t.strictSame(order, [
    'application preParsing', 'route preParsing', 'limit preParsing',
    'application preValidation', 'limit preValidation',
    'application preHandler', 'route preHandler', 'limit preHandler',
    'handler {"a":1}'
  ])
})

t.test('config.rateLimit counts in its own hook, after the hooks of the route', async t => {
  stopClock(t)
  const url = await serveApp(t, { rateLimit: { policies: { address } } }, app => {
    app.addHook('onRequest', guard)
    const keyGenerator = (request: FastifyRequest): string => (request as unknown as { apiKey: { id: string } }).apiKey.id
    app.get('/', { config: { rateLimit: { max: 1, keyGenerator } } }, async () => ({ ok: true }))
    app.get('/late', { config: { rateLimit: { max: 1, keyGenerator, hook: 'preHandler' } } }, async () => ({ ok: true }))
  })
  t.strictSame(await states(url, [keyed('a'), keyed('a'), undefined]), ['200 "GET /";r=0;t=60', '429 "GET /";r=0;t=60', '401 -'])
  t.strictSame(await states(`${url}/late`, [keyed('a'), keyed('a')]), ['200 "GET /late";r=0;t=60', '429 "GET /late";r=0;t=60'])
})

for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const) {
  t.test(`default policies also count requests without a route in ${hook}, so a scan is limited`, async t => {
    stopClock(t)
    const policies = { address: { ...address, hook } }
    const url = await serveApp(t, { rateLimit: { policies, default: 'address' } }, app => app.get('/', async () => ({ ok: true })))
    const fields = { 'ratelimit-policy': '"address";q=2;w=60', 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-request-id': 'REQUEST_ID' }
    t.strictSame(await fetchResponse(`${url}/admin`), {
      status: 404,
      headers: { ...fields, ratelimit: '"address";r=1;t=60', 'x-should-retry': 'false' },
      body: { code: 'route_not_found', message: standardErrors.route_not_found().message, request_id: 'REQUEST_ID' }
    })
    t.strictSame(await fetchResponse(url, { method: 'DELETE' }), {
      status: 405,
      headers: { ...fields, ratelimit: '"address";r=0;t=60', allow: 'GET, HEAD', 'x-should-retry': 'false' },
      body: { code: 'method_not_allowed', message: standardErrors.method_not_allowed().message, request_id: 'REQUEST_ID', meta: { allowed: ['GET', 'HEAD'] } }
    })
    t.strictSame(await fetchResponse(`${url}/.env`), {
      status: 429,
      headers: { ...fields, ratelimit: '"address";r=0;t=60', 'retry-after': '60', 'x-should-retry': 'true' },
      body: {
        code: 'rate_limit_exceeded',
        message: standardErrors.rate_limit_exceeded().message,
        request_id: 'REQUEST_ID',
        meta: { policy: 'address', limit: 2, window: 60, retry_after: 60 }
      }
    })
  })
}

t.test('without a default, requests without a route are not limited', async t => {
  const url = await serveApp(t, { rateLimit: { policies: { address: { max: 0, timeWindow: minute } } } }, () => {})
  t.equal((await fetchResponse(url)).status, 404)
})

t.test('a not-found handler of the application is also limited', async t => {
  const url = await serveApp(t, { notFound: false, rateLimit: { policies: { address }, default: 'address' } }, app => {
    app.setNotFoundHandler((_request, reply) => { reply.code(404).send('nothing here') })
    app.register(async scope => scope.setNotFoundHandler((_request, reply) => { reply.code(404).send('nothing there') }), { prefix: '/there' })
  })
  const responses = []
  for (const path of ['/here', '/there/x', '/here', '/there/x']) responses.push((await fetchResponse(url + path)).body)
  t.match(responses, ['nothing here', 'nothing there', { code: 'rate_limit_exceeded' }, { code: 'rate_limit_exceeded' }])
})

t.test('reply.callNotFound() runs hooks again, and no limit counts twice', async t => {
  stopClock(t)
  const policies = { address: { max: 5, timeWindow: minute, hook: 'preHandler' } } as const
  const url = await serveApp(t, { rateLimit: { policies, default: 'address' } }, app => app.get('/', (_request, reply) => { reply.callNotFound() }))
  const left = []
  for (let sent = 0; sent < 2; sent++) left.push((await fetchResponse(url)).headers.ratelimit)
  t.strictSame(left, ['"address";r=4;t=60', '"address";r=3;t=60'])
})

t.test('GET and its HEAD share the count of a policy', async t => {
  const url = await serveApp(t, { rateLimit: { policies: { address }, default: 'address' } }, app => app.get('/', async () => ({ ok: true })))
  const statuses = []
  for (const method of ['HEAD', 'GET', 'HEAD']) statuses.push((await fetch(url, { method })).status)
  t.strictSame(statuses, [200, 200, 429])
})

t.test('the limits of routes apply in scopes with a prefix, with and without a trailing slash', async t => {
  const url = await serveApp(t, { rateLimit: { policies: { address }, default: 'address' } }, app => {
    app.register(async scope => { scope.get('/', { config: { rateLimit: { max: 1 } } }, async () => ({ ok: true })) }, { prefix: '/v1' })
    app.register(async scope => { scope.get('/', { config: { rateLimitPolicy: false } }, async () => ({ ok: true })) }, { prefix: '/v2' })
  })
  const statuses = []
  for (const path of ['/v1', '/v1/', '/v2', '/v2', '/v2/']) statuses.push((await fetchResponse(url + path)).status)
  t.strictSame(statuses, [200, 429, 200, 200, 200], 'a route with and without a trailing slash is the same')
})

t.test('the plugin in a scope limits that scope', async t => {
  const app = Fastify({ forceCloseConnections: true })
  t.teardown(() => app.close())
  app.get('/free', async () => ({ ok: true }))
  app.register(async scope => {
    await scope.register(apiErrors, { rateLimit: { policies: { address }, default: 'address' } })
    scope.get('/', async () => ({ ok: true }))
  }, { prefix: '/limited' })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const statuses = []
  for (const path of ['/limited', '/limited', '/limited', '/free', '/limited/none', '/none']) statuses.push((await fetch(url + path)).status)
  t.strictSame(statuses, [200, 200, 429, 200, 429, 404])
})

t.test('two applications in one process have separate counts', async t => {
  const options = { rateLimit: { policies: { address }, default: 'address' } } satisfies { rateLimit: RateLimitOptions }
  const routes = (app: FastifyInstance) => app.get('/', async () => ({ ok: true }))
  const [one, other] = [await serveApp(t, options, routes), await serveApp(t, options, routes)]
  const statuses = []
  for (const url of [one, one, one, other]) statuses.push((await fetchResponse(url)).status)
  t.strictSame(statuses, [200, 200, 429, 200])
})

t.test('clients on a Unix socket have no IP address, and share one count', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'limiter-'))
  const path = join(folder, 'socket')
  const app = Fastify()
  t.teardown(async () => {
    await app.close()
    rmSync(folder, { recursive: true })
  })
  await app.register(apiErrors, { rateLimit: { policies: { address: { max: 1, timeWindow: minute } }, default: 'address' } })
  app.get('/', async () => ({ ok: true }))
  await app.listen({ path })
  const responses: string[] = []
  for (let sent = 0; sent < 2; sent++) {
    const socket = connect(path).end('GET / HTTP/1.1\r\nHost: local\r\nConnection: close\r\n\r\n').setEncoding('utf8')
    let response = ''
    socket.on('data', text => { response += String(text) })
    await once(socket, 'close')
    responses.push(response.slice(0, 12))
  }
  t.strictSame(responses, ['HTTP/1.1 200', 'HTTP/1.1 429'])
})

t.test('requests that Node rejects are not counted, and run no hook', async t => {
  stopClock(t)
  const called: string[] = []
  const url = await serveApp(t, { rateLimit: { policies: { address }, default: 'address' }, log: false }, app => {
    app.addHook('onRequest', async request => { called.push(request.url) })
    app.get('/', async () => 'ok')
  })
  const port = Number(new URL(url).port)
  const rejected = {
    417: 'GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nConnection: close\r\n\r\n',
    400: 'GET / HTTP/1.1\r\nHo st: a\r\n\r\n',
    431: `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`
  }
  for (const [status, text] of Object.entries(rejected)) {
    for (let call = 0; call < 3; call++) t.match(await sendRaw(port, text), new RegExp(`^HTTP/1.1 ${status} `))
  }
  t.strictSame(called, [])
  t.strictSame(await states(url, [undefined]), ['200 "address";r=1;t=60'])
})

t.test('with @fastify/cors before the plugin, a browser can read the 429, and preflight requests do not count', async t => {
  const limited = { log: false, rateLimit: { policies: { general: { max: 1, timeWindow: 60_000 } }, default: 'general' } } as const
  const responses = async (order: ReadonlyArray<'cors' | 'ours'>): Promise<unknown> => {
    const app = Fastify()
    for (const plugin of order) await (plugin === 'cors' ? app.register(cors) : app.register(apiErrors, limited))
    app.get('/', async () => 'ok')
    const headers = { origin: 'https://shop.test', 'access-control-request-method': 'GET' }
    const found = []
    for (const method of ['GET', 'GET', 'OPTIONS'] as const) {
      const { statusCode, headers: { 'access-control-allow-origin': allowed } } = await app.inject({ method, url: '/', headers })
      found.push([method, statusCode, allowed])
    }
    return found
  }
  t.strictSame(await responses(['cors', 'ours']), [['GET', 200, '*'], ['GET', 429, '*'], ['OPTIONS', 204, '*']])
  t.strictSame(await responses(['ours', 'cors']), [['GET', 200, '*'], ['GET', 429, undefined], ['OPTIONS', 429, undefined]])
})
