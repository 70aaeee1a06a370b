/** `withPacing` against a real server with rate limits, and its state. */
import Fastify from 'fastify'
import apiErrors, { serverOptions } from 'fastify-api-errors'
import { withRetry } from 'fastify-api-errors/client'
import { withPacing, type PacingOptions } from 'fastify-api-errors/client/pacing'
import t, { type Test } from 'tap'
import { thrown } from '../helpers/thrown.js'

/** Starts a server that allows three requests per second. It counts the requests to each path. */
async function serve (t: Test) {
  const app = Fastify(serverOptions({ forceCloseConnections: true }))
  t.teardown(() => app.close())
  await app.register(apiErrors, {
    log: false,
    rateLimit: { policies: { general: { max: 3, timeWindow: 1000 } }, default: 'general' }
  })
  const statuses: number[] = []
  app.addHook('onResponse', async (_request, reply) => { statuses.push(reply.statusCode) })
  app.get('/items/:id', async () => 'ok')
  app.get('/open', { config: { rateLimit: false } }, async () => 'ok')
  return { statuses, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

t.test('a request waits until its limit allows it, so the server rejects none', async t => {
  const { url, statuses } = await serve(t)
  const paced = withPacing(fetch)
  const start = performance.now()
  for (let sent = 0; sent < 8; sent++) t.equal(await (await paced(`${url}/items/7?page=${sent}`)).text(), 'ok')
  t.ok(performance.now() - start >= 1990, 'three requests in each of three seconds')
  t.strictSame(statuses, Array(8).fill(200))
})

t.test('parallel requests share a limit', async t => {
  const { url, statuses } = await serve(t)
  const paced = withPacing(fetch)
  await (await paced(`${url}/items/7`)).text()
  await Promise.all(Array.from({ length: 7 }, async () => await (await paced(`${url}/items/7`)).text()))
  t.strictSame(statuses, Array(8).fill(200))
})

t.test('a limit that two URLs reported applies to new URLs, but not to URLs without limits', async t => {
  const { url, statuses } = await serve(t)
  const paced = withPacing(fetch)
  await paced(`${url}/open`)
  for (let id = 0; id < 8; id++) await (await paced(new URL(`${url}/items/${id}`))).text()
  t.strictSame(statuses, Array(9).fill(200))
})

t.test('it works with withRetry', async t => {
  const { url, statuses } = await serve(t)
  const patient = withRetry(withPacing(fetch))
  await Promise.all(Array.from({ length: 5 }, async () => await (await patient(new Request(`${url}/items/7`))).text()))
  t.equal(statuses.filter(status => status === 200).length, 5, 'of the first requests, two are rejected and retried')
})

const url = 'http://api.example.com/orders'

/** A `fetch` that responds with the headers in order, and then always with the last ones. It records the requests. */
function respondWith (...headers: ReadonlyArray<Readonly<Record<string, string>>>) {
  const sent: string[] = []
  const fetch = (async (input: string | URL | Request, init?: RequestInit) => {
    const { method, url } = new Request(input, init)
    sent.push(`${method} ${url}`)
    return new Response('', { headers: headers[Math.min(sent.length, headers.length) - 1] ?? {} })
  }) as typeof globalThis.fetch
  return { fetch, sent }
}

const usedUp = { ratelimit: '"general";r=0;t=3600', 'ratelimit-policy': '"general";q=5;w=3600' }

/** Returns whether a request waits. It is then aborted. */
async function waits (paced: typeof fetch, input: string | URL | Request = url, init: RequestInit = {}): Promise<boolean> {
  const controller = new AbortController()
  const outcome = paced(input, { ...init, signal: controller.signal }).then(() => false, () => true)
  await new Promise(resolve => { setImmediate(resolve) })
  controller.abort()
  return await outcome
}

const patientOptions: PacingOptions = { maxDelay: Infinity }

t.test('a limit applies to the method and the URL, without its query', async t => {
  const paced = withPacing(respondWith(usedUp).fetch, patientOptions)
  await paced(url)
  t.ok(await waits(paced))
  t.ok(await waits(paced, `${url}?page=2#top`))
  t.ok(await waits(paced, new Request(url)))
  t.ok(await waits(paced, new URL(url), { method: 'get' }))
  t.notOk(await waits(paced, url, { method: 'POST' }))
})

t.test('only a limit that several URLs of the origin reported applies to other URLs', async t => {
  const { fetch, sent } = respondWith(usedUp, {}, { ratelimit: '"other";r=0;t=3600' }, usedUp)
  const paced = withPacing(fetch, patientOptions)
  await paced(url)
  await paced('http://api.example.com/free')
  await paced('http://api.example.com/other')
  t.notOk(await waits(paced, 'http://api.example.com/fourth'), 'this is the second URL with the limit')
  t.ok(await waits(paced, 'http://api.example.com/fifth'))
  t.notOk(await waits(paced, 'http://api.example.com/free'), 'the last response to this URL had no limits')
  t.notOk(await waits(paced, 'http://other.example.com/fifth'))
  t.equal(sent.length, 6)
})

t.test('a response without the fields does not remove a limit', async t => {
  const paced = withPacing(respondWith({ ratelimit: '"general";r=1;t=3600' }, {}).fetch, patientOptions)
  await paced(url)
  await paced(url)
  t.ok(await waits(paced))
})

t.test('a request that would wait longer than maxDelay is sent', async t => {
  const { fetch, sent } = respondWith(usedUp)
  const paced = withPacing(fetch)
  await paced(url)
  t.notOk(await waits(paced))
  t.equal(sent.length, 2)
})

t.test('an aborted request is not sent', async t => {
  const { fetch, sent } = respondWith(usedUp)
  const paced = withPacing(fetch, patientOptions)
  await paced(url)
  const reason = new Error('enough')
  await t.rejects(paced(new Request(url, { signal: AbortSignal.abort(reason) })), reason)
  t.equal(sent.length, 1)
})

t.test('without a quota, requests continue after the window', async t => {
  const { fetch, sent } = respondWith({ ratelimit: '"general";r=0;t=1' })
  const paced = withPacing(fetch)
  await paced(url)
  const start = performance.now()
  await Promise.all([paced(url), paced(url)])
  t.ok(performance.now() - start >= 990)
  t.equal(sent.length, 3)
})

t.test('a request without a response does not count as pending', async t => {
  let isDown = false
  const paced = withPacing((async () => {
    if (isDown) throw new TypeError('fetch failed')
    return new Response('', { headers: { ratelimit: '"general";r=3;t=3600' } })
  }) as typeof fetch, patientOptions)
  await paced(url)
  isDown = true
  await t.rejects(paced(url), { message: 'fetch failed' })
  isDown = false
  await paced(url)
  for (let sent = 0; sent < 3; sent++) t.notOk(await waits(paced), 'the last response allowed three requests')
})

t.test('it remembers a limited number of URLs and limits', async t => {
  let count = 0
  const paced = withPacing((async () => new Response('', { headers: { ratelimit: `"${count++}";r=0;t=3600` } })) as typeof fetch, patientOptions)
  for (let at = 0; at <= 1000; at++) await paced(`${url}/${at}`)
  t.notOk(await waits(paced, `${url}/0`), 'the least recently used URL is forgotten')
  t.ok(await waits(paced, `${url}/1000`))
})

for (const [options, message] of [
  [{ maxDelay: -1 }, 'maxDelay: expected milliseconds, 0 or more, got -1.'],
  [{ maxDelay: '5s' }, 'maxDelay: expected milliseconds, 0 or more, got "5s".'],
  [{ delay: 1 }, 'delay: unknown option, expected one of maxDelay.']
] as const) {
  t.test(`an invalid option is rejected: ${message}`, async t => {
    t.equal(thrown(() => withPacing(fetch, options as PacingOptions)), `TypeError: withPacing: ${message}`)
  })
}

t.test('a call without a function fetch is rejected', async t => {
  t.equal(thrown(() => withPacing(undefined as never)), 'TypeError: withPacing: fetch: expected a function, got undefined.')
})
