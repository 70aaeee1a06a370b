/** `withRetry` against a real server. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
import { parseError, withRetry, type RetryOptions } from 'fastify-api-errors/client'
import t, { type Test } from 'tap'
import { skipDelays } from '../helpers/skip-delays.js'
import { thrown } from '../helpers/thrown.js'

const errors = defineErrors(standardErrors, {
  try_again: { status: 409, type: 'conflict_error', message: 'Again.', description: 'A race.', action: 'Send it again.', retry: 'backoff' },
  out_of_money: { status: 503, type: 'api_error', message: 'No.', description: 'No money.', action: 'Give up.', retry: 'never' }
})

/** The advice of each code, as a server publishes it. */
const advice = Object.fromEntries(Object.values(errors).map(({ code, retry }) => [code, retry]))

interface Received { readonly method: string, readonly body: string }
type Step = keyof typeof errors | 'ok' | 'reset' | 'garbage' | { readonly code: keyof typeof errors, readonly retryAfter: number }

/** Starts a real server with the plugin. It responds with the steps in order, and then always with the last one. */
async function serve (t: Test, ...steps: Step[]) {
  const received: Received[] = []
  const app = Fastify(serverOptions({ forceCloseConnections: true }))
  t.teardown(() => app.close())
  await app.register(apiErrors, { errors, log: false, retryHeaders: false })
  app.addContentTypeParser('*', (_request: unknown, payload: IncomingMessage, done: (error: null, body: unknown) => void) => done(null, payload))
  app.all('/', async (request, reply) => {
    const body = request.body as IncomingMessage | undefined
    received.push({ method: request.method, body: body === undefined ? '' : await text(body) })
    const step = steps.length > 1 ? steps.shift() : steps[0]
    if (step === 'ok' || step === undefined) return 'ok'
    if (step === 'reset' || step === 'garbage') {
      reply.hijack()
      request.raw.socket.end(step === 'reset' ? '' : 'garbage\r\n\r\n')
      return
    }
    if (typeof step === 'string') throw errors[step]()
    throw errors[step.code]({ retryAfter: step.retryAfter })
  })
  return { received, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

const quick: RetryOptions = { baseDelay: 1 }

for (const [name, steps, status, attempts] of [
  ['a good response', ['ok'], 200, 1],
  ['a failure, then a good response', ['internal_error', 'ok'], 200, 2],
  ['the last failure is returned', ['internal_error', 'bad_gateway', 'gateway_timeout', 'ok'], 504, 3],
  ['a failure that does not pass', ['internal_error', 'resource_not_found', 'ok'], 404, 2],
  ['nothing to retry', ['validation_error', 'ok'], 422, 1],
  ['a conflict that the caller must resolve', ['resource_conflict', 'ok'], 409, 1],
  ['a conflict that passes, by its code', ['concurrent_modification', 'ok'], 200, 2],
  ['never, by its code', ['not_implemented', 'ok'], 501, 1],
  ['a connection that is closed without a response', ['reset', 'reset', 'ok'], 200, 3],
  ['a response that is not HTTP', ['garbage', 'ok'], 200, 2]
] as ReadonlyArray<readonly [string, Step[], number, number]>) {
  t.test(name, async t => {
    const { url, received } = await serve(t, ...steps)
    t.equal((await withRetry(fetch, quick)(url)).status, status)
    t.equal(received.length, attempts)
  })
}

t.test('advice of the API takes precedence', async t => {
  const { url, received } = await serve(t, 'try_again', 'out_of_money')
  t.equal((await withRetry(fetch, { ...quick, advice })(url)).status, 503, 'retried after one code and not after the other')
  t.equal(received.length, 2)
  const { url: other } = await serve(t, 'try_again', 'ok')
  t.equal((await withRetry(fetch, quick)(new URL(other))).status, 409, 'without advice, no 409 is retried')
})

t.test('if there is no response, the last failure is thrown', async t => {
  const { url, received } = await serve(t, 'reset')
  await t.rejects(withRetry(fetch, { ...quick, attempts: 2 })(url), { name: 'TypeError', message: 'fetch failed' })
  t.equal(received.length, 2)
})

t.test('the final response is readable and complete', async t => {
  const { url } = await serve(t, 'internal_error')
  const response = await withRetry(fetch, { ...quick, attempts: 2 })(url)
  t.match(await parseError(response), { code: 'internal_error', status: 500, requestId: /^req_/ })
  const { url: other } = await serve(t, 'validation_error')
  t.match(await parseError(await withRetry(fetch)(other)), { code: 'validation_error', status: 422 })
})

for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'get', 'put']) {
  t.test(`${method} is retried`, async t => {
    const { url, received } = await serve(t, 'internal_error', 'ok')
    const body = /put/i.test(method) ? { body: 'a body' } : {}
    t.equal((await withRetry(fetch, quick)(url, { method, ...body })).status, 200)
    const once = { method: method.toUpperCase(), body: body.body ?? '' }
    t.strictSame(received, [once, once])
  })
}

for (const method of ['POST', 'PATCH']) {
  t.test(`${method} is only retried if an option says so`, async t => {
    const { url, received } = await serve(t, 'internal_error', 'internal_error', 'ok')
    t.equal((await withRetry(fetch, quick)(url, { method, body: '1' })).status, 500)
    t.equal((await withRetry(fetch, { ...quick, methods: [method] })(url, { method, body: '2' })).status, 200)
    t.strictSame(received.map(({ body }) => body), ['1', '2', '2'])
    await withRetry(fetch, { ...quick, methods: [method] })(url)
    t.equal(received.at(-1)?.method, 'GET', 'then GET is not retried')
  })
}

t.test('a Request is retried with its body and with the values of init', async t => {
  const { url, received } = await serve(t, 'internal_error', 'ok', 'internal_error', 'ok')
  const request = new Request(url, { method: 'PUT', body: 'a body' })
  t.equal((await withRetry(fetch, quick)(request)).status, 200)
  t.strictSame(received, [{ method: 'PUT', body: 'a body' }, { method: 'PUT', body: 'a body' }])
  t.equal((await withRetry(fetch, quick)(new Request(url), { method: 'DELETE' })).status, 200)
  t.strictSame(received.slice(2).map(({ method }) => method), ['DELETE', 'DELETE'])
})

t.test('a stream is sent only once', async t => {
  const { url, received } = await serve(t, 'internal_error')
  const bytes = new TextEncoder().encode('a body')
  const stream = new ReadableStream({ start (controller) { controller.enqueue(bytes); controller.close() } })
  const iterable = { async * [Symbol.asyncIterator] () { yield bytes } } as unknown as ReadableStream
  for (const [attempts, body] of [[1, stream], [1, iterable], [2, bytes], [2, new Blob([bytes])], [2, 'a body']] as const) {
    received.length = 0
    const response = await withRetry(fetch, { ...quick, attempts: 2 })(url, { method: 'PUT', body, duplex: 'half' } as RequestInit)
    t.equal(response.status, 500)
    t.strictSame(received, Array(attempts).fill({ method: 'PUT', body: 'a body' }))
  }
})

t.test('a Request is copied for each attempt, also if its body is a stream', async t => {
  const { url, received } = await serve(t, 'internal_error', 'internal_error', 'ok')
  const body = new ReadableStream({ start (controller) { controller.enqueue(new TextEncoder().encode('a body')); controller.close() } })
  const request = new Request(url, { method: 'PUT', body, duplex: 'half' } as RequestInit)
  t.equal((await withRetry(fetch, quick)(request)).status, 200)
  t.strictSame(received, Array(3).fill({ method: 'PUT', body: 'a body' }))
})

t.test('a key does not make a stream repeatable', async t => {
  const { url, received } = await serve(t, 'internal_error')
  const body = new Blob(['a body']).stream()
  const response = await withRetry(fetch, { ...quick, idempotencyKey: true })(url, { method: 'POST', body, duplex: 'half' } as RequestInit)
  t.equal(response.status, 500)
  t.strictSame(received, [{ method: 'POST', body: 'a body' }])
})

t.test('the client waits for Retry-After', async t => {
  const { url } = await serve(t, { code: 'rate_limit_exceeded', retryAfter: 1 }, 'ok')
  const start = performance.now()
  t.equal((await withRetry(fetch, quick)(url)).status, 200)
  t.ok(performance.now() - start >= 990, 'timers of Node may be a millisecond early')
})

t.test('the client does not wait for a Retry-After above maxDelay', async t => {
  const { url, received } = await serve(t, { code: 'service_unavailable', retryAfter: 31 })
  t.equal((await withRetry(fetch)(url)).status, 503)
  t.equal(received.length, 1)
})

t.test('an abort ends the delay immediately', async t => {
  const { url, received } = await serve(t, { code: 'rate_limit_exceeded', retryAfter: 20 })
  for (const send of [
    (signal: AbortSignal) => withRetry(fetch)(url, { signal }),
    (signal: AbortSignal) => withRetry(fetch)(new Request(url, { signal })),
    (signal: AbortSignal) => withRetry(fetch)(new Request(url), { signal })
  ]) {
    received.length = 0
    const controller = new AbortController()
    const start = performance.now()
    const sent = send(controller.signal)
    setTimeout(() => controller.abort(new Error('enough')), 300)
    await t.rejects(sent, { message: 'enough' })
    t.ok(performance.now() - start < 10_000)
    t.equal(received.length, 1)
  }
})

t.test('an abort during a request ends it, and no other request is sent', async t => {
  const { port, count } = await serveSilence(t)
  const start = performance.now()
  await t.rejects(withRetry(fetch, quick)(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(300) }), { name: 'TimeoutError' })
  t.ok(performance.now() - start < 10_000)
  t.equal(count(), 1)
})

/** Starts a server that never responds. */
async function serveSilence (t: Test): Promise<{ port: number, count: () => number }> {
  let requests = 0
  const server = createServer(() => { requests++ })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return { port: (server.address() as AddressInfo).port, count: () => requests }
}

/** Sends a status and headers, and then a body that never ends. */
async function serveEndless (t: Test, status: number, headers: Record<string, string>, chunk: string): Promise<{ url: string, count: () => number }> {
  let requests = 0
  const server = createServer((_request, response) => {
    requests++
    response.writeHead(status, headers)
    response.write(chunk)
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => requests }
}

t.test('if the code cannot change the advice, the response is returned immediately with an unread body', async t => {
  const { url, count } = await serveEndless(t, 404, { 'content-type': 'application/json' }, '{"code":')
  const copies = t.capture(Response.prototype, 'clone')
  const response = await withRetry(fetch)(url)
  t.equal(copies().length, 0)
  t.equal(response.status, 404)
  const { value } = await (response.body as ReadableStream<Uint8Array>).getReader().read()
  t.equal(new TextDecoder().decode(value), '{"code":')
  t.equal(count(), 1)
})

t.test('if the code can change the advice, the client waits at most 2 seconds for a body that never ends', async t => {
  for (const [status, options] of [[409, {}], [404, { advice: { not_yet: 'backoff' } }]] as const) {
    const { url, count } = await serveEndless(t, status, { 'content-type': 'application/json' }, '{"code":')
    const start = performance.now()
    t.equal((await withRetry(fetch, options)(url)).status, status)
    const duration = performance.now() - start
    t.ok(duration >= 1990 && duration < 60_000, String(duration))
    t.equal(count(), 1)
  }
})

t.test('a body that cannot contain a code is not read', async t => {
  const { url } = await serveEndless(t, 409, { 'content-type': 'text/html' }, '<h1>Conflict</h1>')
  const copies = t.capture(Response.prototype, 'clone')
  t.equal((await withRetry(fetch, { advice })(url)).status, 409)
  const { url: untyped } = await serveEndless(t, 409, {}, 'Conflict')
  t.equal((await withRetry(fetch, { advice })(untyped)).status, 409)
  t.equal(copies().length, 0)
})

t.test('`read` returns the code of another format, on which the advice depends', async t => {
  const json = { 'content-type': 'application/vnd.api+json' }
  const readList: RetryOptions['read'] = body => ({ code: (body as { errors: Array<{ code: string }> }).errors[0]?.code })
  const readXml: RetryOptions['read'] = (body, headers) => headers.get('content-type') === 'text/xml' ? { code: /<code>(.*)<.code>/.exec(String(body))?.[1] } : undefined
  for (const [read, [status, headers, body], attempts] of [
    [readList, [409, json, '{"errors":[{"code":"concurrent_modification"}]}'], 3],
    [readList, [409, json, '{"errors":[{"code":"resource_conflict"}]}'], 1],
    [readList, [400, json, '{"errors":[{"code":"try_again"}]}'], 3],
    [readList, [500, json, '{"errors":[{"code":"out_of_money"}]}'], 1],
    [readXml, [400, { 'content-type': 'text/xml' }, '<error><code>try_again</code></error>'], 3],
    [readXml, [400, json, '{"code":"try_again"}'], 3],
    [readList, [400, json, '{"errors":null}'], 1],
    [undefined, [400, json, '{"errors":[{"code":"try_again"}]}'], 1]
  ] as const) {
    const { fetch, sent } = respondWith([status, headers, body])
    const response = await withRetry(fetch, { ...quick, advice, read })(url)
    t.strictSame([response.status, await response.text(), sent.length], [status, body, attempts])
  }
})

t.test('`read` returns the wait of a 429 whose headers the browser hides', async t => {
  const delays = skipDelays(t)
  const { fetch } = respondWith([429, { 'content-type': 'text/xml' }, '<wait>3</wait>'], [200])
  const read: RetryOptions['read'] = body => ({ meta: { retry_after: Number(/\d+/.exec(String(body))?.[0]) } })
  t.equal((await withRetry(fetch, { baseDelay: 0, read })(url)).status, 200)
  t.strictSame(delays, [2000, 3000], 'the limit for the body, and the wait')
})

t.test('a request is retried even if the body of the first response never ends', async t => {
  const { url, count } = await serveEndless(t, 503, { 'content-type': 'application/json', 'retry-after': '0' }, '{"code":')
  t.equal((await withRetry(fetch, { ...quick, attempts: 4 })(url)).status, 503)
  t.equal(count(), 4)
})

t.test('no delay is longer than maxDelay', async t => {
  t.intercept(Math, 'random', { value: () => 1 })
  const delays = skipDelays(t)
  const { fetch, sent } = respondWith([429, { 'retry-after': '1' }], [200])
  t.equal((await withRetry(fetch, { baseDelay: 60_000, maxDelay: 1000 })(url)).status, 200)
  t.strictSame(delays, [1000])
  t.equal(sent.length, 2)
})

t.test('withRetry works with a fetch whose bodies are not web streams', async t => {
  const other = (async () => ({ status: 500, headers: new Headers(), body: { pipe () {} } })) as unknown as typeof fetch
  t.equal((await withRetry(other, quick)('http://localhost')).status, 500)
})

/** A `fetch` that returns the responses in order, and then always the last one. It records the headers of each request. */
function respondWith (...responses: ReadonlyArray<readonly [status: number, headers?: Readonly<Record<string, string>>, body?: string]>) {
  const sent: Headers[] = []
  const fetch = (async (input: string | URL | Request, init?: RequestInit) => {
    sent.push(new Headers(init?.headers ?? (input instanceof Request ? input.headers : {})))
    const [status, headers = {}, body = ''] = responses[Math.min(sent.length, responses.length) - 1] as [number, Record<string, string>?, string?]
    if (status === 0) throw new TypeError('fetch failed')
    return new Response(body, { status, headers })
  }) as typeof globalThis.fetch
  return { fetch, sent }
}

const url = 'http://api.example.com/orders'

for (const [what, headers, status, attempts] of [
  ['false on a failure that the client would retry', { 'x-should-retry': 'false' }, 500, 1],
  ['true on an error that the client would not retry', { 'x-should-retry': 'true' }, 422, 2],
  ['true, against the advice in the options', { 'x-should-retry': 'true' }, 409, 2],
  ['another value is ignored', { 'x-should-retry': 'perhaps' }, 422, 1],
  ['true, but the wait is too long', { 'x-should-retry': 'true', 'retry-after': '3600' }, 500, 1]
] as const) {
  t.test(`X-Should-Retry: ${what}`, async t => {
    const { fetch, sent } = respondWith([status, headers, '{"code":"held"}'], [200])
    const response = await withRetry(fetch, { ...quick, advice: { held: 'never' } })(url)
    t.strictSame([response.status, sent.length], [attempts === 1 ? status : 200, attempts])
  })
}

t.test('the client waits for Retry-After-Ms, which takes precedence over Retry-After', async t => {
  const { fetch, sent } = respondWith([429, { 'retry-after': '1', 'retry-after-ms': '80' }], [200])
  const delays = skipDelays(t)
  await withRetry(fetch, { baseDelay: 0 })(url)
  t.strictSame(delays, [80])
  t.equal(sent.length, 2)
})

t.test('a 429 without a time is retried after a wait that is four times as long as that after a failure', async t => {
  t.intercept(Math, 'random', { value: () => 1 })
  const delays = skipDelays(t)
  for (const status of [429, 500]) await withRetry(respondWith([status], [200]).fetch, { baseDelay: 50 })(url)
  t.strictSame(delays, [200, 50])
})

t.test('the calls share a budget of retries', async t => {
  const failing = respondWith([500])
  const patient = withRetry(failing.fetch, { ...quick, attempts: 3, budget: 12 })
  for (let call = 0; call < 4; call++) t.equal((await patient(url)).status, 500)
  t.equal(failing.sent.length, 4 + 2, 'each retry took 5 tokens of 12')
  const unreachable = respondWith([0])
  const lonely = withRetry(unreachable.fetch, { ...quick, attempts: 9, budget: 25 })
  await t.rejects(lonely(url), { message: 'fetch failed' })
  await t.rejects(lonely(url), { message: 'fetch failed' })
  t.equal(unreachable.sent.length, 2 + 2, 'each retry without a response took 10 tokens of 25')
  const none = respondWith([500], [200])
  t.equal((await withRetry(none.fetch, { ...quick, budget: 0 })(url)).status, 500)
})

t.test('a successful retry returns its tokens to the budget', async t => {
  const steps = Array.from({ length: 20 }, (_, at) => [at % 2 === 0 ? 500 : 200] as const)
  const { fetch, sent } = respondWith(...steps)
  const patient = withRetry(fetch, { ...quick, budget: 5 })
  for (let call = 0; call < 10; call++) t.equal((await patient(url)).status, 200)
  t.equal(sent.length, 20)
  const last = respondWith([500], [200], [500], [200])
  const twice = withRetry(last.fetch, { ...quick, attempts: 2, budget: 5 })
  t.strictSame([(await twice(url)).status, (await twice(url)).status], [200, 200], 'also in the last attempt')
})

t.test('idempotencyKey: a POST or PATCH has the same key on each attempt', async t => {
  for (const method of ['POST', 'patch']) {
    const { fetch, sent } = respondWith([500], [500], [201])
    const keyed = withRetry(fetch, { ...quick, idempotencyKey: true })
    t.equal((await keyed(url, { method, body: '{}', headers: { accept: 'application/json' } })).status, 201)
    const keys = sent.map(headers => headers.get('idempotency-key'))
    t.match(keys[0], /^"[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}"$/)
    t.strictSame([new Set(keys).size, sent.length, sent[0]?.get('accept')], [1, 3, 'application/json'])
    await keyed(url, { method })
    t.not(sent.at(-1)?.get('idempotency-key'), keys[0], 'another call has another key')
  }
})

t.test('idempotencyKey: a key that the caller sets is kept, and other methods get none', async t => {
  const { fetch, sent } = respondWith([500], [200])
  const keyed = withRetry(fetch, { ...quick, idempotencyKey: true })
  await keyed(new Request(url, { method: 'POST', body: '{}', headers: { 'Idempotency-Key': '"mine"' } }))
  t.strictSame(sent.map(headers => headers.get('idempotency-key')), ['"mine"', '"mine"'])
  await keyed(url, { method: 'PUT' })
  await keyed(url)
  t.strictSame(sent.slice(2).map(headers => headers.get('idempotency-key')), [null, null])
  await withRetry(fetch, quick)(url, { method: 'POST' })
  t.equal(sent.at(-1)?.get('idempotency-key'), null, 'without the option')
})

for (const [options, message] of [
  [{ attempts: 0 }, 'attempts: expected a positive integer, got 0.'],
  [{ attempts: '3' }, 'attempts: expected a positive integer, got "3".'],
  [{ baseDelay: '250' }, 'baseDelay: expected milliseconds, 0 or more, got "250".'],
  [{ baseDelay: -1 }, 'baseDelay: expected milliseconds, 0 or more, got -1.'],
  [{ maxDelay: NaN }, 'maxDelay: expected milliseconds, 0 or more, got NaN.'],
  [{ methods: 'GET' }, 'methods: expected a list of methods in upper case, like [\'GET\'], got "GET".'],
  [{ methods: ['post'] }, 'methods: expected a list of methods in upper case, like [\'GET\'], got ["post"].'],
  [{ methods: [5] }, 'methods: expected a list of methods in upper case, like [\'GET\'], got [5].'],
  [{ budget: -1 }, 'budget: expected a number of tokens, 0 or more, got -1.'],
  [{ advice: 'never' }, 'advice: expected an object with the advice for each code, got "never".'],
  [null, 'options: expected an object, got null.'],
  [{ idempotencyKey: 'yes' }, 'idempotencyKey: expected true or false, got "yes".'],
  [{ foo: 1 }, 'foo: unknown option, expected one of attempts, baseDelay, maxDelay, methods, advice, budget, idempotencyKey, read.'],
  [{ read: 'code' }, 'read: expected a function, got "code".']
] as const) {
  t.test(`an invalid option is rejected: ${message}`, async t => {
    t.equal(thrown(() => withRetry(fetch, options as RetryOptions)), `TypeError: withRetry: ${message}`)
  })
}

t.test('a call without a function fetch is rejected', async t => {
  t.equal(thrown(() => withRetry(undefined as never)), 'TypeError: withRetry: fetch: expected a function, got undefined.')
  t.equal(thrown(() => withRetry({ attempts: 5 } as never)), 'TypeError: withRetry: fetch: expected a function, got {"attempts":5}.')
})
