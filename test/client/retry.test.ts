import { getEventListeners } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import Fastify from 'fastify'
import apiErrors, { defineErrors, serverOptions, standardErrors } from 'fastify-api-errors'
import { parseError, withRetry, type RetryOptions } from 'fastify-api-errors/client'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { getRetryAdvice } from '../../lib/client/retry-advice.js'
import { backoff, sleep } from '../../lib/client/backoff.js'
import { thrown } from '../support/thrown.js'

const errors = defineErrors(standardErrors, {
  try_again: { status: 409, type: 'conflict_error', message: 'Again.', description: 'A race.', action: 'Send it again.', retry: 'backoff' },
  out_of_money: { status: 503, type: 'api_error', message: 'No.', description: 'No money.', action: 'Give up.', retry: 'never' }
})

/** The advice of each code, as a server gives it to its callers. */
const advice = Object.fromEntries(Object.values(errors).map(({ code, retry }) => [code, retry]))

interface Received { readonly method: string, readonly body: string }
type Step = keyof typeof errors | 'ok' | 'reset' | 'garbage' | { readonly code: keyof typeof errors, readonly retryAfter: number }

/** A real server with the plugin, that answers its requests with the steps in order, the last one ever after. */
async function serve (t: Test, ...steps: Step[]) {
  const received: Received[] = []
  const app = Fastify(serverOptions({ forceCloseConnections: true }))
  t.teardown(() => app.close())
  await app.register(apiErrors, { errors, log: false })
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
  ['a good answer', ['ok'], 200, 1],
  ['a failure, then a good answer', ['internal_error', 'ok'], 200, 2],
  ['the last failure is the answer', ['internal_error', 'bad_gateway', 'gateway_timeout', 'ok'], 504, 3],
  ['a failure that does not pass', ['internal_error', 'resource_not_found', 'ok'], 404, 2],
  ['nothing to retry', ['validation_error', 'ok'], 422, 1],
  ['a conflict that the caller must resolve', ['resource_conflict', 'ok'], 409, 1],
  ['a conflict that passes, by its code', ['concurrent_modification', 'ok'], 200, 2],
  ['never, by its code', ['not_implemented', 'ok'], 501, 1],
  ['a connection that is closed without an answer', ['reset', 'reset', 'ok'], 200, 3],
  ['an answer that is none', ['garbage', 'ok'], 200, 2]
] as ReadonlyArray<readonly [string, Step[], number, number]>) {
  t.test(name, async t => {
    const { url, received } = await serve(t, ...steps)
    t.equal((await withRetry(fetch, quick)(url)).status, status)
    t.equal(received.length, attempts)
  })
}

t.test('the advice of the API itself', async t => {
  const { url, received } = await serve(t, 'try_again', 'out_of_money')
  t.equal((await withRetry(fetch, { ...quick, advice })(url)).status, 503, 'again after the one, not after the other')
  t.equal(received.length, 2)
  const { url: other } = await serve(t, 'try_again', 'ok')
  t.equal((await withRetry(fetch, quick)(new URL(other))).status, 409, 'without it, no 409 is sent again')
})

t.test('no answer at all: the last reason is thrown', async t => {
  const { url, received } = await serve(t, 'reset')
  await t.rejects(withRetry(fetch, { ...quick, attempts: 2 })(url), { name: 'TypeError', message: 'fetch failed' })
  t.equal(received.length, 2)
})

t.test('an answer stays readable, and is the whole answer', async t => {
  const { url } = await serve(t, 'internal_error')
  const response = await withRetry(fetch, { ...quick, attempts: 2 })(url)
  t.match(await parseError(response), { code: 'internal_error', status: 500, requestId: /^req_/ })
  const { url: other } = await serve(t, 'validation_error')
  t.match(await parseError(await withRetry(fetch)(other)), { code: 'validation_error', status: 422 })
})

for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'get', 'put']) {
  t.test(`${method} is sent again`, async t => {
    const { url, received } = await serve(t, 'internal_error', 'ok')
    const body = /put/i.test(method) ? { body: 'a body' } : {}
    t.equal((await withRetry(fetch, quick)(url, { method, ...body })).status, 200)
    const once = { method: method.toUpperCase(), body: body.body ?? '' }
    t.strictSame(received, [once, once])
  })
}

for (const method of ['POST', 'PATCH']) {
  t.test(`${method} is not, unless told so`, async t => {
    const { url, received } = await serve(t, 'internal_error', 'internal_error', 'ok')
    t.equal((await withRetry(fetch, quick)(url, { method, body: '1' })).status, 500)
    t.equal((await withRetry(fetch, { ...quick, methods: [method] })(url, { method, body: '2' })).status, 200)
    t.strictSame(received.map(({ body }) => body), ['1', '2', '2'])
    await withRetry(fetch, { ...quick, methods: [method] })(url)
    t.equal(received.at(-1)?.method, 'GET', 'and then GET is not')
  })
}

t.test('a Request is sent again with its body, and with what init says', async t => {
  const { url, received } = await serve(t, 'internal_error', 'ok', 'internal_error', 'ok')
  const request = new Request(url, { method: 'PUT', body: 'a body' })
  t.equal((await withRetry(fetch, quick)(request)).status, 200)
  t.strictSame(received, [{ method: 'PUT', body: 'a body' }, { method: 'PUT', body: 'a body' }])
  t.equal((await withRetry(fetch, quick)(new Request(url), { method: 'DELETE' })).status, 200)
  t.strictSame(received.slice(2).map(({ method }) => method), ['DELETE', 'DELETE'])
})

t.test('a stream can be sent once only', async t => {
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

t.test('Retry-After is waited for', async t => {
  const { url } = await serve(t, { code: 'rate_limit_exceeded', retryAfter: 1 }, 'ok')
  const start = performance.now()
  t.equal((await withRetry(fetch, quick)(url)).status, 200)
  t.ok(performance.now() - start >= 990, 'timers of Node may be a millisecond early')
})

t.test('a Retry-After that is longer than maxDelay is not', async t => {
  const { url, received } = await serve(t, { code: 'service_unavailable', retryAfter: 31 })
  t.equal((await withRetry(fetch)(url)).status, 503)
  t.equal(received.length, 1)
})

t.test('an abort ends the waiting at once', async t => {
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

t.test('an abort while a request is sent ends it, and no other is sent', async t => {
  const { port, count } = await serveSilence(t)
  const start = performance.now()
  await t.rejects(withRetry(fetch, quick)(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(300) }), { name: 'TimeoutError' })
  t.ok(performance.now() - start < 10_000)
  t.equal(count(), 1)
})

/** A server that never answers. */
async function serveSilence (t: Test): Promise<{ port: number, count: () => number }> {
  let requests = 0
  const server = createServer(() => { requests++ })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  t.teardown(() => { server.closeAllConnections(); server.close() })
  return { port: (server.address() as AddressInfo).port, count: () => requests }
}

t.test('sleep waits, and leaves no listener behind', async t => {
  const controller = new AbortController()
  const start = performance.now()
  await sleep(50, controller.signal)
  t.ok(performance.now() - start >= 49)
  t.equal(getEventListeners(controller.signal, 'abort').length, 0)
  await sleep(0, undefined)
  await sleep(0, null)
  controller.abort()
  await t.rejects(sleep(10_000, controller.signal), { name: 'AbortError' }, 'aborted before it began')
})

t.test('sleep waits even where a timer could not', async t => {
  const controller = new AbortController()
  const outcome = sleep(2 ** 40, controller.signal).then(() => 'slept', () => 'aborted')
  setTimeout(() => controller.abort(), 20)
  t.equal(await outcome, 'aborted')
})

t.test('the wait is random, and its bound doubles up to maxDelay', async t => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat({ max: 1000 }), fc.nat({ max: 100_000 }), (attempt, baseDelay, maxDelay) => {
    const delay = backoff(attempt, baseDelay, maxDelay)
    t.ok(delay >= 0 && delay <= maxDelay && delay <= baseDelay * Math.min(2 ** (attempt - 1), 2 ** 50))
  }))
  for (const [attempt, bound] of [[1, 100], [2, 200], [3, 400], [4, 800], [5, 1000], [6, 1000]] as const) {
    const delays = Array.from({ length: 2000 }, () => backoff(attempt, 100, 1000))
    t.ok(Math.max(...delays) > bound * 0.95 && Math.min(...delays) < bound * 0.05, `from 0 to ${bound}`)
  }
})

t.test('the advice without a word of the API is the one of the standard catalog', async t => {
  for (const [code, { status, retry }] of Object.entries(standardErrors)) {
    t.equal(getRetryAdvice({ code, status }, {}), retry, code)
    if (code !== 'concurrent_modification') t.equal(getRetryAdvice({ code: undefined, status }, {}), retry, String(status))
  }
  t.equal(getRetryAdvice({ code: 'constructor', status: 400 }, {}), 'never')
  t.equal(getRetryAdvice({ code: 'toString', status: 599 }, {}), 'backoff')
  t.equal(getRetryAdvice({ code: 'internal_error', status: 500 }, { internal_error: 'never' }), 'never', 'the own one wins')
})

for (const [options, message] of [
  [{ attempts: 0 }, "the option 'attempts' is 0; it takes a whole number of 1 or more."],
  [{ attempts: '3' }, "the option 'attempts' is '3'; it takes a whole number of 1 or more."],
  [{ baseDelay: -1 }, "the option 'baseDelay' is -1; it takes milliseconds, 0 or more."],
  [{ maxDelay: NaN }, "the option 'maxDelay' is NaN; it takes milliseconds, 0 or more."],
  [{ methods: 'GET' }, "the option 'methods' is 'GET'; it takes an array of methods in capitals, like ['GET', 'POST']."],
  [{ methods: ['post'] }, "the option 'methods' is ['post']; it takes an array of methods in capitals, like ['GET', 'POST']."],
  [{ methods: [5] }, "the option 'methods' is [5]; it takes an array of methods in capitals, like ['GET', 'POST']."],
  [{ foo: 1 }, "'foo' is not an option; it takes attempts, baseDelay, maxDelay, methods, advice."]
] as const) {
  t.test(`refused: ${message}`, async t => {
    t.equal(thrown(() => withRetry(fetch, options as RetryOptions)), `TypeError: withRetry: ${message}`)
  })
}
