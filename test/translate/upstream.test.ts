import Fastify from 'fastify'
import t from 'tap'
import { request } from 'undici'
import apiErrors, { serverOptions, standardErrors } from '../../lib/index.js'
import { secret, startFailingServer } from '../support/failing-server.js'
import { clients, failures, type Answer, type ClientName } from './upstream.cases.js'

const upstreams = await startFailingServer()
t.teardown(() => upstreams.close())

/** The failures that are tried through a client, with what the caller is to get of each. */
const casesOf = (name: ClientName) => failures.flatMap(failure =>
  failure.answers.filter(([, names]) => names.includes(name)).map(([answer]) => ({ ...failure, answer })))

const observed = await Promise.all((Object.keys(clients) as ClientName[]).map(async name => {
  const log: string[] = []
  const app = Fastify(serverOptions({ requestIdHeader: 'x-request-id', logger: { stream: { write: (line: string) => { log.push(line) } } } }))
  await app.register(apiErrors)
  const cases = casesOf(name)
  cases.forEach(({ upstream, timesOut }, index) => {
    clients[name](app, `/${index}`, {
      ...upstream,
      url: typeof upstream.at === 'string' && upstream.at.startsWith('http:') ? `${upstream.at}/${secret}` : upstreams.url(upstream.at as never),
      lookup: upstreams.lookup,
      timeout: timesOut === true ? 150 : 10_000
    })
  })
  const origin = await app.listen({ host: '127.0.0.1', port: 0 })
  const answers = await Promise.all(cases.map((_, index) => receive(`${origin}/${index}`, `req_${index}`)))
  await app.close()
  const logged = log.map(line => JSON.parse(line) as LogLine)
  return { name, cases, answers, logged }
}))

interface LogLine {
  readonly level: number
  readonly code?: string
  readonly status?: number
  readonly requestId?: string
  readonly err?: { readonly stack: string }
}

async function receive (url: string, id: string): Promise<unknown> {
  const response = await request(url, { headers: { 'x-request-id': id } })
  const { date, connection, 'keep-alive': keepAlive, ...headers } = response.headers
  try {
    return { status: response.statusCode, headers, body: await response.body.json() }
  } catch {
    return { status: response.statusCode, body: 'cut' }
  }
}

function expected (answer: Answer, id: string): unknown {
  if (answer === 'connection cut') return { status: 200, body: 'cut' }
  const { code, status, message } = standardErrors[answer]
  const body = { code, message, request_id: id }
  return {
    status,
    headers: {
      'cache-control': 'no-store',
      'content-length': String(JSON.stringify(body).length),
      'content-type': 'application/json; charset=utf-8',
      'x-request-id': id,
      ...(status === 503 && { 'retry-after': '10' })
    },
    body
  }
}

for (const { name, cases, answers, logged } of observed) {
  t.test(name, async t => {
    for (const [index, { what, answer }] of cases.entries()) {
      t.test(`an upstream that ${what} is answered with ${answer}`, async t => {
        const id = `req_${index}`
        t.strictSame(answers[index], expected(answer, id))
        if (answer === 'connection cut') return
        const entry = logged.find(({ code, requestId }) => code === answer && requestId === id)
        t.match(entry, { level: 50, status: standardErrors[answer].status, err: { stack: /caused by: / } }, 'the log has the cause')
      })
    }
  })
}
