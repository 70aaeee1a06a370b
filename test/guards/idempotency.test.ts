/** The idempotency guard on a real server, with its responses and logs. */
import { connect } from 'node:http2'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { json } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { PGlite } from '@electric-sql/pglite'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
import { apiKey } from 'fastify-api-errors/api-key'
import { createIdempotencyTable, idempotency, memoryStore, postgresStore, redisStore, type IdempotencyOptions, type IdempotencyStore } from 'fastify-api-errors/idempotency'
import { fetchResponse, getPort, shouldRetry, type HttpResponse } from '../helpers/http.js'
import { lacksRedis, startRedis } from '../helpers/redis.js'

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

interface Server {
  readonly app: FastifyInstance
  readonly url: string
  /** Sends a POST with a key. */
  readonly post: (key: string | undefined, body?: unknown, headers?: Record<string, string>, path?: string) => Promise<HttpResponse>
  /** The number of times that the handler ran. */
  readonly runs: () => number
  /** The lines of the log from level warn on. */
  readonly log: ReadonlyArray<{ readonly level: number, readonly msg: string, readonly err?: { readonly message: string } }>
}

/** Starts a server with the guard on POST /orders. */
async function serve (
  t: Test, handler: Handler = (_request, reply) => { reply.code(201).header('location', '/orders/1'); return { id: 1 } },
  { options = {}, setUp = app => app.register(apiErrors), hooks = {}, server = {} }: {
    readonly options?: Partial<IdempotencyOptions>, readonly setUp?: (app: FastifyInstance) => unknown, readonly hooks?: object, readonly server?: object
  } = {}
): Promise<Server> {
  const log: Array<Server['log'][number]> = []
  let runs = 0
  const logger = { level: 'warn', stream: { write: (line: string) => { log.push(JSON.parse(line) as Server['log'][number]) } } }
  const app = Fastify(serverOptions({ logger, forceCloseConnections: true, ...server })) as FastifyInstance
  t.teardown(() => app.close())
  await setUp(app)
  const preHandler = idempotency({ store: memoryStore(), ...options })
  app.post('/orders', { preHandler, ...hooks }, async (request, reply) => { runs++; return await handler(request, reply) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${getPort(app)}`
  const post: Server['post'] = async (key, body = {}, headers = {}, path = '/orders') => await fetchResponse(url + path, {
    method: 'POST', headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }), ...headers }, body: JSON.stringify(body)
  })
  return { app, url, post, runs: () => runs, log }
}

/** Returns the response to an error in the default format. */
function refused (status: number, code: string, message: string, headers: object = {}): HttpResponse {
  return {
    status,
    headers: {
      'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8', 'x-request-id': 'REQUEST_ID', 'x-should-retry': shouldRetry(status, code), ...headers
    },
    body: { code, message, request_id: 'REQUEST_ID' }
  }
}

const created: HttpResponse = { status: 201, headers: { 'content-type': 'application/json; charset=utf-8', location: '/orders/1' }, body: { id: 1 } }

const replayOf = ({ status, headers, body }: HttpResponse): HttpResponse => ({ status, headers: { ...headers, 'idempotency-replayed': 'true' }, body })

const missing = refused(400, 'idempotency_key_missing', 'The request has no idempotency key.')
const malformed = refused(400, 'invalid_request', 'The idempotency key is invalid. Expected a string of at most 255 characters.')
const inProgress = refused(409, 'idempotency_in_progress', 'A request with this idempotency key is still in progress.', { 'retry-after': '1' })
const reused = refused(422, 'idempotency_key_reused', 'The idempotency key was used for another request.')
const unavailable = refused(503, 'service_unavailable', 'The service is temporarily unavailable.', { 'retry-after': '10' })
const failed = refused(500, 'internal_error', 'Something went wrong on our side.')

t.test('the first response is stored, and sent again when the request is repeated', async t => {
  const { post, runs } = await serve(t)
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), replayOf(created))
  t.strictSame(await post('key'), replayOf(created), 'the same key without quotes')
  t.equal(runs(), 1)
  t.strictSame(await post('"another"'), created)
  t.equal(runs(), 2)
})

t.test('a request without a key is rejected, unless keys are optional', async t => {
  const required = await serve(t)
  t.strictSame(await required.post(undefined), missing)
  t.equal(required.runs(), 0)
  const optional = await serve(t, undefined, { options: { required: false } })
  t.strictSame(await optional.post(undefined), created)
  t.strictSame(await optional.post(undefined), created)
  t.equal(optional.runs(), 2)
  t.strictSame(await optional.post('"key"'), created)
  t.strictSame(await optional.post('"key"'), replayOf(created))
  t.equal(optional.runs(), 3)
})

t.test('a malformed key is rejected', async t => {
  const { post, runs } = await serve(t)
  for (const key of ['', '""', '"open', 'two words', 'a, b', '"a", "b"', 'x'.repeat(256)]) t.strictSame(await post(key), malformed, key)
  t.equal(runs(), 0)
})

t.test('while the first request is running, a repeated one is rejected', async t => {
  const { post, runs } = await serve(t, async (_request, reply) => { await delay(200); reply.code(201).header('location', '/orders/1'); return { id: 1 } })
  const responses = await Promise.all([post('"key"'), post('"key"'), post('"key"')])
  t.strictSame([...responses].sort((a, b) => a.status - b.status), [created, inProgress, inProgress])
  t.strictSame(await post('"key"'), replayOf(created))
  t.equal(runs(), 1)
})

t.test('a key is for one request: its method, URL and body', async t => {
  const { post, runs } = await serve(t)
  t.strictSame(await post('"key"', { a: 1, b: [{ c: 2, d: 3 }] }), created)
  t.strictSame(await post('"key"', { b: [{ d: 3, c: 2 }], a: 1 }), replayOf(created), 'the order of properties does not matter')
  t.strictSame(await post('"key"', { a: 1, b: [{ c: 3, d: 2 }] }), reused)
  t.strictSame(await post('"key"', { a: 1, b: [{ c: 2, d: 3 }] }, {}, '/orders?dry=true'), reused)
  t.equal(runs(), 1)
})

const stores: ReadonlyArray<readonly [name: string, create: (t: Test) => Promise<IdempotencyStore | undefined>]> = [
  ['memory', async () => memoryStore()],
  ['Redis', async t => lacksRedis(t) ? undefined : redisStore({ client: (await startRedis(t)).client() })],
  ['Postgres', async t => {
    const client = await PGlite.create()
    t.teardown(() => client.close())
    await client.exec(createIdempotencyTable())
    return postgresStore({ client })
  }]
]

for (const [name, create] of stores) {
  t.test(`two callers with the same key see only their own responses, and do not wait for each other: ${name}`, async t => {
    const store = await create(t)
    if (store === undefined) return
    const arrived: string[] = []
    let release = (): void => {}
    const isReleased = new Promise<void>(resolve => { release = resolve })
    const { post } = await serve(t, async ({ headers }, reply) => {
      arrived.push(String(headers.authorization))
      if (headers.authorization === 'Bearer ann') await isReleased
      return await reply.code(201).header('location', '/orders/1').send({ of: headers.authorization })
    }, { options: { store } })
    const responseTo = (authorization: string): HttpResponse => ({ ...created, body: { of: authorization } })
    const slow = post('"key"', { sku: 1 }, { authorization: 'Bearer ann' })
    while (arrived.length === 0) await delay(1)
    t.strictSame(await post('"key"', { sku: 1 }, { authorization: 'Bearer bob' }), responseTo('Bearer bob'), 'while the request of the other one is running')
    t.strictSame(await post('"key"', { sku: 1 }, { authorization: 'Bearer ann' }), inProgress)
    release()
    t.strictSame(await slow, responseTo('Bearer ann'))
    t.strictSame(await post('"key"', { sku: 2 }, { authorization: 'Bearer eve' }), responseTo('Bearer eve'), 'with another body')
    for (const caller of ['Bearer ann', 'Bearer bob']) t.strictSame(await post('"key"', { sku: 1 }, { authorization: caller }), replayOf(responseTo(caller)))
    t.strictSame(await post('"key"', { sku: 1 }, { authorization: 'Bearer eve' }), reused)
    t.strictSame(arrived, ['Bearer ann', 'Bearer bob', 'Bearer eve'])
  })
}

t.test('routes with the same store share its keys', async t => {
  const guard = idempotency({ store: memoryStore() })
  const { post } = await serve(t, undefined, {
    hooks: { preHandler: guard },
    setUp: async app => {
      await app.register(apiErrors)
      app.post('/payments', { preHandler: guard }, async () => ({ id: 2 }))
    }
  })
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"', {}, {}, '/payments'), reused)
})

t.test('the caller is the API key, the subject of a token, or the result of `caller`, whatever the header is', async t => {
  const keys: Record<string, string> = { a: 'one', b: 'one', c: 'two' }
  const lookup = (key: string): { id: string } | null => keys[key] === undefined ? null : { id: keys[key] }
  const guarded = await serve(t, undefined, { hooks: { onRequest: apiKey({ lookup }) } })
  t.strictSame(await guarded.post('"key"', {}, { authorization: 'Bearer a' }), created)
  t.strictSame(await guarded.post('"key"', {}, { authorization: 'Bearer b' }), replayOf(created), 'the key was rotated, its record has the same id')
  t.strictSame(await guarded.post('"key"', {}, { authorization: 'Bearer c' }), created, 'another key')
  t.equal(guarded.runs(), 2)

  const own = await serve(t, undefined, { options: { caller: request => String(request.headers['x-user']) } })
  t.strictSame(await own.post('"key"', {}, { 'x-user': 'ann', authorization: 'Bearer old' }), created)
  t.strictSame(await own.post('"key"', {}, { 'x-user': 'ann', authorization: 'Bearer new' }), replayOf(created))
  t.strictSame(await own.post('"key"', {}, { 'x-user': 'bob', authorization: 'Bearer new' }), created)
  t.equal(own.runs(), 2)

  const users: Record<string, object> = { 'Bearer 1': { iss: 'a', sub: 'ann' }, 'Bearer 2': { iss: 'a', sub: 'ann', exp: 2 }, 'Bearer 3': { iss: 'b', sub: 'ann' }, 'Bearer 4': { name: 'ann' } }
  const onRequest = async (request: FastifyRequest): Promise<void> => { Object.assign(request, { user: users[request.headers.authorization ?? ''] ?? null }) }
  const verified = await serve(t, undefined, { hooks: { onRequest } })
  t.strictSame(await verified.post('"key"', {}, { authorization: 'Bearer 1' }), created)
  t.strictSame(await verified.post('"key"', {}, { authorization: 'Bearer 2' }), replayOf(created), 'the token was replaced, its subject is the same')
  t.strictSame(await verified.post('"key"', {}, { authorization: 'Bearer 3' }), created, 'the same subject of another issuer')
  t.strictSame(await verified.post('"key"', {}, { authorization: 'Bearer 4' }), created, 'a user without a subject')
  t.strictSame(await verified.post('"key"', {}, { authorization: 'Bearer 5' }), created, 'no user')

  const wrong = await serve(t, undefined, { options: { caller: () => undefined as never } })
  t.strictSame(await wrong.post('"key"'), failed)
  t.match(wrong.log[0]?.err?.message, 'idempotency: caller: expected a function that returns a string, got undefined.')
})

t.test('errors that depend on the request alone are stored, also in other formats and with the codes of the application', async t => {
  const errors = defineErrors(standardErrors, {
    sold_out: { status: 410, type: 'not_found_error', message: 'Sold out.', description: 'Nothing is left.', action: 'Choose another one.' }
  })
  for (const sentErrors of [undefined, 'convert', 'report'] as const) {
    const { app, post, runs } = await serve(t, () => { throw errors.sold_out() }, {
      setUp: app => app.register(apiErrors, { errors, format: 'problem', requestId: 'all', ...(sentErrors !== undefined && { sentErrors }) }),
      hooks: { config: { errors: [errors.sold_out] } }
    })
    const first = await post('"key"')
    t.strictSame([first.status, first.headers['content-type']], [410, 'application/problem+json'])
    const second = await post('"key"')
    t.strictSame({ ...second, body: { ...second.body as object, instance: '', request_id: '' } }, { ...replayOf(first), body: { ...first.body as object, instance: '', request_id: '' } })
    t.equal(runs(), 1)
    t.strictSame(app.apiErrors.ledger(), [{ route: 'POST /orders', status: 410, code: 'sold_out', count: 1, documented: true }], 'a replay is not counted')
  }
})

t.test('a sent error is stored as it was sent', async t => {
  for (const body of [{ message: 'No such order.' }, { success: false, reason: 'no such order' }]) {
    const { post, runs } = await serve(t, (_request, reply) => reply.code(404).send(body))
    const first = await post('"key"')
    t.strictSame(await post('"key"'), replayOf(first))
    t.equal(runs(), 1)
  }
})

t.test('temporary errors are not stored: the request runs again', async t => {
  const codes = ['unauthorized', 'forbidden', 'request_timeout', 'resource_conflict', 'resource_locked', 'too_early', 'rate_limit_exceeded', 'internal_error', 'bad_gateway', 'service_unavailable'] as const
  for (const code of codes) {
    let isFailing = true
    const { post, runs } = await serve(t, (_request, reply) => {
      if (isFailing) throw standardErrors[code]()
      reply.code(201).header('location', '/orders/1')
      return { id: 1 }
    })
    t.equal((await post('"key"')).status, standardErrors[code].status, code)
    isFailing = false
    t.strictSame(await post('"key"'), created)
    t.strictSame(await post('"key"'), replayOf(created))
    t.equal(runs(), 2)
  }
})

t.test('bytes, streams, web streams, Responses and empty bodies are sent again', async t => {
  const bytes = Buffer.from([0, 255, 13, 10])
  const handlers: Record<string, [Handler, string | undefined]> = {
    bytes: [(_request, reply) => reply.type('application/pdf').send(bytes), 'application/pdf'],
    'a typed array': [(_request, reply) => reply.send(new Uint8Array(bytes)), 'application/octet-stream'],
    'a stream': [(_request, reply) => reply.type('text/csv').send(Readable.from([bytes.subarray(0, 1), bytes.subarray(1)])), 'text/csv'],
    'a web stream': [(_request, reply) => reply.type('text/csv').send(new Blob([bytes]).stream()), 'text/csv'],
    'a Response': [() => new Response(bytes, { status: 202, headers: { 'content-type': 'text/csv', 'x-own': '1' } }), 'text/csv'],
    'a string': [() => 'text', 'text/plain; charset=utf-8'],
    'no content': [(_request, reply) => reply.code(204).send(), undefined],
    null: [(_request, reply) => reply.send(null), 'application/json; charset=utf-8']
  }
  for (const [name, [handler, type]] of Object.entries(handlers)) {
    const { url, runs } = await serve(t, handler)
    const post = async (): Promise<unknown> => {
      const response = await fetch(`${url}/orders`, { method: 'POST', headers: { 'idempotency-key': '"key"' } })
      const { date, 'keep-alive': _keepAlive, connection, 'transfer-encoding': _encoding, ...headers } = Object.fromEntries(response.headers)
      return { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()).toString('base64') }
    }
    const first = await post() as HttpResponse
    t.equal(first.headers['content-type'], type, name)
    t.strictSame(await post(), replayOf(first), name)
    t.equal(runs(), 1)
  }
})

t.test('a Response that was read, or whose status is an error', async t => {
  const used = new Response('text')
  await used.text()
  const read = await serve(t, () => used)
  t.strictSame(await read.post('"key"'), failed)
  for (const given of [{}, { setUp: () => {} }]) { // with the plugin, and without it
    const { post, runs } = await serve(t, () => new Response('busy', { status: 503 }), given)
    t.equal((await post('"key"')).body, 'busy')
    t.equal((await post('"key"')).body, 'busy')
    t.equal(runs(), 2)
  }
})

t.test('a stream that fails is an error, and the request can be repeated', async t => {
  const { post, runs } = await serve(t, (_request, reply) => reply.send(Readable.from((async function * () { yield 'a'; throw new Error('cut') })())))
  t.strictSame(await post('"key"'), failed)
  t.strictSame(await post('"key"'), failed)
  t.equal(runs(), 2)
})

t.test('a body that is too large to be stored is sent, and the request does not run again', async t => {
  const large = Buffer.alloc(1024 * 1024 + 1, 'x')
  const handlers: Handler[] = [
    (_request, reply) => reply.type('text/csv').send(Readable.from([large.subarray(0, 600_000), large.subarray(600_000), Buffer.from('end')])),
    (_request, reply) => reply.type('text/csv').send(large),
    (_request, reply) => reply.type('text/csv').send(String(large)),
    (_request, reply) => reply.type('text/event-stream').send(Readable.from(['data: 1\n\n']))
  ]
  for (const handler of handlers) {
    const { post, runs, log } = await serve(t, handler)
    const first = await post('"key"')
    t.equal(first.status, 200)
    t.match(first.body, /^(x+(end)?|data: 1\n\n)$/)
    const why = 'It was larger than 1048576 bytes, or an event stream. Do not use idempotency() on such a route.'
    t.equal(log[0]?.msg, `The response to the idempotency key cannot be sent again. ${why}`)
    t.strictSame(await post('"key"'), failed)
    t.match(log[1]?.err?.message, `The request was already executed, but its response was not stored. ${why}`)
    t.equal(runs(), 1)
  }
})

t.test('the hooks of the application run for a replay as well, and set their own headers', async t => {
  let requests = 0
  const { post } = await serve(t, (_request, reply) => {
    reply.code(201).headers({ location: '/orders/1', 'set-cookie': 'session=secret', 'x-ratelimit-remaining': '9', vary: 'Origin, Accept' })
    return { id: 1 }
  }, {
    setUp: async app => {
      await app.register(apiErrors)
      app.addHook('onRequest', async (_request, reply) => { reply.headers({ vary: 'Origin', 'x-request': String(++requests), 'x-same': '1' }) })
      app.addHook('onSend', async (_request, reply, payload) => {
        reply.header('x-sent', String(requests))
        return JSON.stringify({ wrapped: JSON.parse(String(payload)) as unknown })
      })
    }
  })
  const first: HttpResponse = {
    status: 201,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      location: '/orders/1',
      'set-cookie': 'session=secret',
      'x-ratelimit-remaining': '9',
      vary: 'Origin, Accept',
      'x-request': '1',
      'x-sent': '1',
      'x-same': '1'
    },
    body: { wrapped: { id: 1 } }
  }
  t.strictSame(await post('"key"'), first)
  const { 'set-cookie': _cookie, 'x-ratelimit-remaining': _remaining, ...headers } = first.headers
  t.strictSame(await post('"key"'), { ...first, headers: { ...headers, 'x-request': '2', 'x-sent': '2', 'idempotency-replayed': 'true' } })
})

t.test('requests with a safe method pass; a guard of a scope covers its other methods', async t => {
  let runs = 0
  const { url, post } = await serve(t, undefined, {
    setUp: async app => {
      await app.register(apiErrors, { notFound: false })
      app.register(async scope => {
        scope.addHook('preHandler', idempotency({ store: memoryStore() }))
        scope.get('/items', async () => ({ id: ++runs }))
        scope.post('/items', async () => ({ id: ++runs }))
        scope.post('/absent', async (_request, reply) => { runs++; reply.callNotFound(); return reply })
        scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ none: true }))
      })
    }
  })
  const ok = (id: number): HttpResponse => ({ status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: { id } })
  t.strictSame(await fetchResponse(`${url}/items`), ok(1))
  t.strictSame(await fetchResponse(`${url}/items`, { headers: { 'idempotency-key': '"key"' } }), ok(2))
  t.strictSame(await post(undefined, {}, {}, '/items'), missing)
  t.strictSame(await post('"key"', {}, {}, '/items'), ok(3))
  t.strictSame(await post('"key"', {}, {}, '/items'), replayOf(ok(3)))
  const absent = await post('"absent"', {}, {}, '/absent')
  t.strictSame([absent.status, absent.body], [404, { none: true }])
  t.strictSame(await post('"absent"', {}, {}, '/absent'), replayOf(absent), 'reply.callNotFound() runs the guard of the scope again')
  t.equal(runs, 4)
})

t.test('the guard needs the parsed body: as an earlier hook, it is rejected when it is added', async t => {
  const guard = idempotency({ store: memoryStore() })
  const app = Fastify()
  await app.register(apiErrors, { log: false })
  for (const name of ['onRequest', 'preParsing'] as const) {
    t.throws(() => app.post('/orders', { [name]: guard }, async () => 'ok'), {
      message: `idempotency: expected a preHandler hook, because the body must be parsed, got the ${name} hook of POST /orders.`
    })
    t.throws(() => app.addHook(name, guard as never), {
      message: `idempotency: expected a preHandler hook, because the body must be parsed, got the ${name} hook of a scope.`
    })
  }
  app.post('/invoices', { preValidation: [guard] }, async () => 'ok')
  const send = async (amount: number): Promise<number> =>
    (await app.inject({ method: 'POST', url: '/invoices', headers: { 'idempotency-key': 'a' }, body: { amount } })).statusCode
  t.strictSame([await send(1), await send(1), await send(2)], [200, 200, 422])
})

t.test('reply.callNotFound() and reply.hijack() are not seen: after an error the request runs again, and otherwise when the claim has expired', async t => {
  const found = await serve(t, (_request, reply) => { reply.callNotFound(); return reply })
  t.strictSame([(await found.post('"key"')).status, (await found.post('"key"')).status], [404, 404])
  t.equal(found.runs(), 2)
  const hijacked = await serve(t, (_request, reply) => { reply.hijack(); reply.raw.end('raw') }, { options: { claimTtl: 200 } })
  t.equal((await hijacked.post('"key"')).body, 'raw')
  t.strictSame(await hijacked.post('"key"'), inProgress)
  await delay(250)
  t.equal((await hijacked.post('"key"')).body, 'raw')
})

t.test('a handler that sends its response and does not return the reply', async t => {
  const { post, runs } = await serve(t, async (_request, reply) => { reply.code(201).header('location', '/orders/1').send({ id: 1 }) })
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), replayOf(created))
  t.equal(runs(), 1)
})

t.test('an error after the response was sent, while it is being stored', async t => {
  const store = memoryStore()
  const slow: IdempotencyStore = { ...store, async complete (...args) { await delay(50); return store.complete(...args) } }
  const { post, runs } = await serve(t, async (_request, reply) => { reply.code(201).header('location', '/orders/1').send({ id: 1 }); throw new Error('late') }, { options: { store: slow } })
  t.strictSame(await post('"key"'), { ...failed, headers: { ...failed.headers, location: '/orders/1' } })
  await delay(100)
  t.strictSame(await post('"key"'), replayOf(created))
  t.equal(runs(), 1)
})

t.test('of two guards on one request, the first one claims the key', async t => {
  const inner = { store: memoryStore() }
  const { post, runs } = await serve(t, undefined, { hooks: { preHandler: [idempotency({ store: memoryStore(), required: false }), idempotency(inner)] } })
  t.strictSame(await post(undefined), missing)
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), replayOf(created))
  t.equal(runs(), 1)
  t.equal(await inner.store.claim('anything', { fingerprint: '', token: '', ttl: 1 }), undefined)
})

t.test('the handler can use the key', async t => {
  const { post } = await serve(t, request => ({ key: request.idempotencyKey ?? null }), { options: { required: false, header: 'X-Idempotency-Key' } })
  t.strictSame((await post(undefined, {}, { 'x-idempotency-key': '"a \\"key\\""' })).body, { key: 'a "key"' })
  t.strictSame((await post('ignored')).body, { key: null })
})

t.test('responses and claims expire', async t => {
  const { post, runs } = await serve(t, undefined, { options: { ttl: 100 } })
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), replayOf(created))
  await delay(150)
  t.strictSame(await post('"key"'), created)
  t.equal(runs(), 2)
})

t.test('a request that runs longer than its claim does not overwrite the next one, and the log says so', async t => {
  let id = 0
  const { post, log } = await serve(t, async () => {
    const own = ++id
    await delay(own === 1 ? 400 : 200)
    return { id: own }
  }, { options: { claimTtl: 100 } })
  const first = post('"key"')
  await delay(150)
  t.strictSame((await post('"key"')).body, { id: 2 })
  t.strictSame((await first).body, { id: 1 })
  t.strictSame((await post('"key"')).body, { id: 2 })
  t.strictSame(log.map(({ level, msg }) => [level, msg]), [
    [50, 'Another request with the same idempotency key ran at the same time, because this one took longer than claimTtl.']
  ])
})

t.test('after handlerTimeout the handler continues, so its claim stays until it expires', async t => {
  const handler: Handler = async () => { await delay(300); return { id: 1 } }
  const { url, runs } = await serve(t, handler, { hooks: { handlerTimeout: 100 }, options: { claimTtl: 1000 } })
  // Without a body, because Fastify stops the timer when a body was read.
  const post = async (): Promise<HttpResponse> => await fetchResponse(`${url}/orders`, { method: 'POST', headers: { 'idempotency-key': '"key"' } })
  t.equal((await post()).status, 503)
  t.strictSame(await post(), inProgress)
  t.equal(runs(), 1)
  const quick = await serve(t, () => { throw new Error('failed') }, { hooks: { handlerTimeout: 1000 } })
  t.strictSame(await quick.post('"key"'), failed)
  t.strictSame(await quick.post('"key"'), failed)
  t.equal(quick.runs(), 2)
})

t.test('the response is stored even if the client has disconnected', async t => {
  const { url, post, runs } = await serve(t, async (_request, reply) => { await delay(200); reply.code(201).header('location', '/orders/1'); return { id: 1 } })
  const options = { method: 'POST', headers: { 'idempotency-key': '"key"', 'content-type': 'application/json' }, body: '{}', signal: AbortSignal.timeout(100) }
  await t.rejects(fetch(`${url}/orders`, options))
  await delay(300)
  t.strictSame(await post('"key"'), replayOf(created))
  t.equal(runs(), 1)
})

/** A store whose methods fail if they are named. */
function createFailingStore (failing: Set<keyof IdempotencyStore>): IdempotencyStore {
  const store = memoryStore()
  const check = (name: keyof IdempotencyStore): void => { if (failing.has(name)) throw new Error(`no ${name}`) }
  return {
    claim (...args) { check('claim'); return store.claim(...args) },
    complete (...args) { check('complete'); return store.complete(...args) },
    release (...args) { check('release'); return store.release(...args) }
  }
}

t.test('while the store fails, requests with a key are rejected', async t => {
  const failing = new Set<keyof IdempotencyStore>(['claim'])
  const { post, runs, log } = await serve(t, undefined, { options: { store: createFailingStore(failing), required: false } })
  t.strictSame(await post('"key"'), unavailable)
  t.match(log[0]?.err?.message, 'no claim')
  t.strictSame(await post(undefined), created)
  failing.clear()
  t.strictSame(await post('"key"'), created)
  t.equal(runs(), 2)
})

t.test("with onStoreError: 'allow', they run without protection, and the log says so once a minute", async t => {
  const { post, runs, log } = await serve(t, undefined, { options: { store: createFailingStore(new Set(['claim'])), onStoreError: 'allow' } })
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), created)
  t.equal(runs(), 2)
  t.strictSame(log.map(({ level, msg, err }) => [level, msg, err?.message]), [[40, 'The store of idempotency keys failed. Requests run without protection.', 'no claim']])
})

t.test('if only the response cannot be stored, it is sent, and the claim stays', async t => {
  const failing = new Set<keyof IdempotencyStore>(['complete'])
  const { post, log } = await serve(t, undefined, { options: { store: createFailingStore(failing) } })
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), inProgress)
  t.strictSame(log.map(({ level, msg, err }) => [level, msg, err?.message]), [
    [50, 'The response to the idempotency key was not stored. If the request is repeated after claimTtl, it runs again.', 'no complete']
  ])
})

t.test('if a claim cannot be released, it expires', async t => {
  const { post, log } = await serve(t, () => { throw standardErrors.resource_conflict() }, { options: { store: createFailingStore(new Set(['release'])), claimTtl: 2000 } })
  const conflict = refused(409, 'resource_conflict', 'The request conflicts with the state of the resource.')
  t.strictSame(await post('"key"'), conflict)
  t.strictSame(await post('"key"'), inProgress)
  await delay(2050)
  t.strictSame(await post('"key"'), conflict)
  t.strictSame(log[0]?.msg, 'The claim of the idempotency key was not released. It expires after claimTtl.')
})

t.test('Redis that does not respond: 503 in time, and a late claim is released', async t => {
  if (lacksRedis(t)) return
  const redis = await startRedis(t)
  const { post, runs } = await serve(t, undefined, { options: { store: redisStore({ client: redis.client() }), storeTimeout: 200 } })
  redis.signal('SIGSTOP')
  t.strictSame(await post('"key"'), unavailable)
  redis.signal('SIGCONT')
  await delay(200)
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), replayOf(created))
  t.equal(runs(), 1)
})

t.test('it works without the plugin', async t => {
  const { post } = await serve(t, undefined, { setUp: () => {} })
  t.strictSame(await post('"key"'), created)
  t.strictSame(await post('"key"'), replayOf(created))
  const { status, body } = await post('"key"', { other: true })
  t.strictSame([status, (body as { readonly code: string }).code], [422, 'idempotency_key_reused'])
})

t.test('it works with HTTP/2', async t => {
  const { url, runs } = await serve(t, undefined, { server: { http2: true, forceCloseConnections: undefined } })
  const session = connect(url)
  t.teardown(() => session.close())
  const post = async (): Promise<unknown> => {
    const stream = session.request({ ':method': 'POST', ':path': '/orders', 'content-type': 'application/json', 'idempotency-key': '"key"' })
    stream.end('{}')
    const [{ ':status': status, location, 'idempotency-replayed': replayed }] = await once(stream, 'response') as [Record<string, unknown>]
    return [status, location, replayed, await json(stream)]
  }
  t.strictSame(await post(), [201, '/orders/1', undefined, { id: 1 }])
  t.strictSame(await post(), [201, '/orders/1', 'true', { id: 1 }])
  t.equal(runs(), 1)
})

t.test('a version of Fastify with other internals: nothing runs without protection', async t => {
  const guard = idempotency({ store: memoryStore() }) as unknown as Handler
  const request = { method: 'POST', headers: { 'idempotency-key': 'a' }, routeOptions: {}, server: { hasDecorator: () => false } }
  await t.rejects(guard(request as never, {} as never) as Promise<unknown>, { message: 'idempotency() does not support this version of Fastify.' })
})

t.test('invalid options are rejected', t => {
  const create = (options: object) => () => idempotency({ store: memoryStore(), ...options })
  const cases: Array<[object, string]> = [
    [{ store: {} }, 'store: expected a store, such as redisStore({ client }), got an empty object.'],
    [{ required: 1 }, 'required: expected a boolean, got 1.'],
    [{ ttl: 0 }, 'ttl: expected a positive integer (milliseconds), got 0.'],
    [{ claimTtl: '1 minute' }, 'claimTtl: expected a positive integer (milliseconds), got "1 minute".'],
    [{ storeTimeout: 0.5 }, 'storeTimeout: expected a positive integer (milliseconds), got 0.5.'],
    [{ onStoreError: 'reject' }, 'onStoreError: expected \'allow\' or \'deny\', got "reject".'],
    [{ caller: 'ip' }, 'caller: expected a function of a request that returns a string, got "ip".'],
    [{ header: 'a b' }, 'header: expected the name of a header, such as \'Idempotency-Key\', got "a b".'],
    [{ timeToLive: 1 }, 'timeToLive: unknown option, expected one of store, required, ttl, claimTtl, onStoreError, storeTimeout, caller, header.']
  ]
  for (const [options, message] of cases) t.throws(create(options), { message: `idempotency: ${message}` })
  t.end()
})

t.test('if a process dies after the effect, the effect happens once, with the key in the same transaction', async t => {
  const pglite = await PGlite.create()
  t.teardown(() => pglite.close())
  await pglite.exec(`${createIdempotencyTable()} create table payments (id serial primary key, idempotency_key text unique)`)
  const store = postgresStore({ client: pglite })
  let isDying = true
  // The claim of a process that dies is neither completed nor released.
  const dying: IdempotencyStore = { ...store, complete: async (...args) => isDying ? await Promise.reject(new Error('died')) : await store.complete(...args) }
  const { post, runs } = await serve(t, async request => {
    await pglite.query('insert into payments (idempotency_key) values ($1) on conflict (idempotency_key) do nothing', [request.idempotencyKey])
    const { rows } = await pglite.query('select id from payments where idempotency_key = $1', [request.idempotencyKey])
    return rows[0]
  }, { options: { store: dying, claimTtl: 200 } })
  const first = await post('"key"')
  t.strictSame(first.body, { id: 1 })
  t.strictSame(await post('"key"'), inProgress)
  await delay(250)
  isDying = false
  t.strictSame(await post('"key"'), first, 'it runs again')
  t.strictSame(await post('"key"'), replayOf(first))
  t.equal(runs(), 2)
  t.strictSame((await pglite.query('select count(*)::int from payments')).rows, [{ count: 1 }])
})
