/** Runs the cases of upstream.cases.ts over real sockets. */
import Fastify from 'fastify'
import t from 'tap'
import { Agent, request } from 'undici'
import apiErrors, { serverOptions, standardErrors } from '../../../../lib/index.js'
import { said, startFailingServer } from '../../../helpers/failing-server.js'
import { soon, upstreamCases, type UpstreamOutcome } from './upstream.cases.js'
import { shouldRetry } from '../../../helpers/http.js'

interface LogLine {
  readonly level: number
  readonly code?: string
  readonly status?: number
  readonly route?: string
  readonly requestId?: string
  readonly err?: { readonly stack: string }
  readonly thrown?: string
}

const upstreams = await startFailingServer()
const log: LogLine[] = []
const app = Fastify(serverOptions({
  requestIdHeader: 'x-request-id',
  logger: { stream: { write: (line: string) => { log.push(JSON.parse(line) as LogLine) } } }
}))
await app.register(apiErrors)
upstreamCases.forEach(({ mount }, index) => { mount(app, `/${index}`, upstreams) })
await app.listen({ host: '127.0.0.1', port: 0 })

// Cases with timeouts run separately, so that a busy machine does not cause other timeouts.
const callers = new Agent()
const received: unknown[] = []
for (const phase of [false, true]) {
  await Promise.all(upstreamCases.map(async ({ timesOut, outcome }, index) => {
    const leaves = outcome === 'no response'
    if (phase === (timesOut || leaves)) received[index] = await receive(`/${index}`, `req_${index}`, leaves)
  }))
}
const ledger = app.apiErrors.ledger()
await callers.destroy()
await Promise.all([app.close(), upstreams.close()])

async function receive (path: string, id: string, leaves: boolean): Promise<unknown> {
  const signal = leaves ? AbortSignal.timeout(soon) : null
  const response = await request(app.listeningOrigin + path, { headers: { 'x-request-id': id }, signal, dispatcher: callers }).catch(() => undefined)
  if (response === undefined) return 'no response'
  const { date, connection, 'keep-alive': keepAlive, ...headers } = response.headers
  return response.body.json().then(body => ({ status: response.statusCode, headers, body }), () => ({ status: response.statusCode, body: 'incomplete' }))
}

function expected (outcome: UpstreamOutcome, id: string): unknown {
  if (outcome === 'no response') return 'no response'
  if (outcome === 'connection closed') return { status: 200, body: 'incomplete' }
  if (outcome === 'passed on') return { status: Number, headers: { 'content-type': 'application/json' }, body: said }
  const { code, status, message } = standardErrors[outcome]
  const body = { code, message, request_id: id }
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-length': String(JSON.stringify(body).length),
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': id,
      'x-should-retry': shouldRetry(status, code),
      ...(status === 503 && { 'retry-after': '10' })
    },
    body
  }
}

for (const [index, { what, through, outcome }] of upstreamCases.entries()) {
  t.test(`${what} Through ${through}: ${outcome}`, async t => {
    const id = `req_${index}`
    const entries = log.filter(({ code, requestId }) => code !== undefined && requestId === id)
    if (outcome === 'passed on') {
      t.match(received[index], expected(outcome, id))
      t.strictSame(entries, [], 'it is not counted as our error')
      return
    }
    t.strictSame(received[index], expected(outcome, id))
    if (outcome === 'connection closed') return
    if (outcome === 'no response') {
      t.match(entries, [{ level: 30, code: 'gateway_timeout', status: 499, route: `GET /${index}` }])
      return
    }
    t.match(entries, [{ level: 50, code: outcome, status: standardErrors[outcome].status }])
    t.equal(entries.length, 1)
    const [{ err, thrown } = {}] = entries
    t.match(`${err?.stack} ${thrown}`, /caused by: .+|The upstream returned \d+| {2}code: |DOMException/, 'the log has the cause')
  })
}

t.test('a request without a response is not in the ledger', async t => {
  const paths = upstreamCases.flatMap(({ outcome }, index) => outcome === 'no response' ? [`GET /${index}`] : [])
  t.ok(paths.length > 0)
  t.strictSame(ledger.filter(({ route }) => paths.includes(route ?? '')), [])
})

t.test('request.signal of a POST fires when its body has been read, while the client is still connected', async t => {
  const app = Fastify(serverOptions({ genReqId: () => 'req_1' }))
  t.teardown(() => app.close())
  await app.register(apiErrors)
  app.post('/', async ({ signal }) => {
    await new Promise(resolve => { setTimeout(resolve, 20) })
    return { aborted: signal.aborted }
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const { body } = await request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
  t.strictSame(await body.json(), { aborted: true }, 'docs/upstreams.md describes this')
})
