/** Errors that are sent but not documented. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import apiErrors, { serverOptions, type ResponseKind, type ApiErrorsOptions } from 'fastify-api-errors'

/** Builds an API that returns an undocumented 410, and collects the warnings and errors of its log. */
async function build (options: ApiErrorsOptions): Promise<{ readonly app: FastifyInstance, readonly lines: Array<Record<string, unknown>> }> {
  const lines: Array<Record<string, unknown>> = []
  const stream = new PassThrough().on('data', line => lines.push(...[JSON.parse(String(line))].filter(({ level }) => level >= 40)))
  const app = Fastify(serverOptions({ logger: { stream }, genReqId: () => 'req_1' }))
  await app.register(apiErrors, { log: false, ...options })
  const { errors } = app.apiErrors
  // The plugin does not follow calls of other functions.
  const fail = (id: string): never => { throw id === '1' ? errors.resource_gone?.() : errors.resource_not_found?.() }
  app.get('/queues/:id', async request => fail((request.params as { readonly id: string }).id))
  return { app, lines }
}

const gone: ResponseKind = { route: 'GET /queues/:id', status: 410, code: 'resource_gone' }

t.test("'log' warns once for each kind of undocumented response", async t => {
  const { app, lines } = await build({ onUndocumented: 'log' })
  for (const url of ['/queues/1', '/queues/1', '/queues/2', '/nothing']) await app.inject(url)
  const [line, ...more] = lines
  t.strictSame(more, [])
  const { time, pid, hostname, ...warning } = line ?? {}
  t.strictSame(warning, { level: 40, reqId: 'req_1', ...gone, msg: 'An error was sent that is not documented for its route.' })
})

t.test('a function is called once for each kind, with the request', async t => {
  const calls: Array<[ResponseKind, string]> = []
  const { app } = await build({ onUndocumented: (response, request) => calls.push([response, request.url]) })
  for (const url of ['/queues/1?a', '/queues/1?b', '/queues/2', '/nothing']) await app.inject(url)
  t.strictSame(calls, [[gone, '/queues/1?a']])
})

t.test('a function that fails does not change the response', async t => {
  const { app, lines } = await build({ onUndocumented: () => { throw new Error('The queue of reports is full.') } })
  const response = await app.inject('/queues/1')
  t.equal(response.statusCode, 410)
  t.match(response.json(), { code: 'resource_gone' })
  t.match(lines, [{ level: 50, err: { message: 'The queue of reports is full.' }, msg: 'The function in the option onUndocumented failed.' }])
})

t.test('without the option, only the ledger lists it', async t => {
  const { app, lines } = await build({})
  await app.inject('/queues/1')
  t.strictSame(lines, [])
  t.strictSame(app.apiErrors.ledger(), [{ ...gone, count: 1, documented: false }])
})

t.test('a status that a route declares by a class, or by default, is documented, whether it is thrown or sent', async t => {
  for (const declared of ['410', '4xx', '4XX', 'default']) {
    const app = Fastify()
    await app.register(apiErrors, { log: false, sentErrors: 'report' })
    const schema = { response: { [declared]: { type: 'object', additionalProperties: true } } }
    const fail = (): never => { throw app.apiErrors.errors.resource_gone?.() }
    app.get('/thrown', { schema }, async () => fail())
    app.get('/sent', { schema }, (_request, reply) => { reply.code(410).send({ message: 'It is gone.' }) })
    await app.inject('/thrown')
    await app.inject('/sent')
    t.strictSame(app.apiErrors.ledger(), [{ route: 'GET /thrown', status: 410, code: 'resource_gone', count: 1, documented: true }], declared)
  }
})

t.test('the response to a malformed request is counted, and is documented', async t => {
  const { app } = await build({ onUndocumented: () => t.fail('not documented') })
  const socket = connect(Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port), '127.0.0.1').resume()
  socket.write('this is not HTTP\r\n\r\n')
  await once(socket, 'close')
  t.strictSame(app.apiErrors.ledger(), [{ route: null, status: 400, code: 'invalid_request', count: 1, documented: true }])
  await app.close()
})

t.test('the option accepts no other values', async t => {
  await t.rejects(build({ onUndocumented: 'warn' as 'log' }), new TypeError("fastify-api-errors: onUndocumented: expected 'log', or a function of (response, request), got \"warn\"."))
})
