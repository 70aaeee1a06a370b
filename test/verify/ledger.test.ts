/** The ledger: the kinds of errors that were sent, and their counts. */
import { once } from 'node:events'
import { connect } from 'node:http2'
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { type ApiErrorsOptions, serverOptions } from 'fastify-api-errors'
import { createLedger, maxKinds, mergeRecentEntries } from '../../lib/verify/ledger.js'

async function build (options: ApiErrorsOptions = {}) {
  const app = Fastify(serverOptions())
  await app.register(apiErrors, { log: false, ...options })
  const { errors } = app.apiErrors
  // The plugin does not follow calls of other functions.
  const fail = (): never => { throw errors.resource_gone?.() }
  app.get('/documented', { config: { errors: ['resource_gone'] } }, async () => fail())
  app.get('/undocumented', async () => fail())
  app.get('/by-status', { schema: { response: { 410: { type: 'object', properties: {} } } } }, async () => fail())
  app.get('/apart', { config: { errors: false } }, async () => fail())
  app.get('/hidden', { schema: { hide: true } }, async () => fail())
  app.get('/fine', async () => 'ok')
  return app
}

t.test('every kind of error that was sent, with its count and whether it is documented', async t => {
  const app = await build()
  for (const url of ['/documented', '/documented', '/undocumented', '/by-status', '/apart', '/hidden', '/nothing', '/fine']) await app.inject(url)
  await app.inject({ method: 'HEAD', url: '/undocumented' })
  t.strictSame(app.apiErrors.ledger(), [
    { route: 'GET /documented', status: 410, code: 'resource_gone', count: 2, documented: true },
    { route: 'GET /undocumented', status: 410, code: 'resource_gone', count: 1, documented: false },
    { route: 'GET /by-status', status: 410, code: 'resource_gone', count: 1, documented: true },
    { route: 'GET /apart', status: 410, code: 'resource_gone', count: 1, documented: true },
    { route: 'GET /hidden', status: 410, code: 'resource_gone', count: 1, documented: true },
    { route: null, status: 404, code: 'route_not_found', count: 1, documented: true },
    { route: 'HEAD /undocumented', status: 410, code: 'resource_gone', count: 1, documented: false }
  ])
})

t.test('the responses that the plugin adds to the document do not count as declared by the route', async t => {
  const { default: swagger } = await import('@fastify/swagger')
  const app = Fastify()
  await app.register(swagger)
  await app.register(apiErrors, { log: false })
  const fail = (): never => { throw app.apiErrors.errors.route_not_found?.() }
  app.get('/queues/:id', async () => fail())
  await app.inject('/queues/1')
  t.match(app.apiErrors.ledger(), [{ status: 404, code: 'route_not_found', documented: false }])
})

t.test('a ledger holds one number for each kind, however many responses there are', async t => {
  const ledger = createLedger()
  const kind = { route: { name: 'GET /a', method: 'GET', url: '/a' }, status: 404, code: 'resource_not_found' }
  t.equal(ledger.record(kind), true)
  t.strictSame(new Set(Array.from({ length: 999 }, () => ledger.record({ ...kind }))), new Set([false]))
  t.equal(ledger.record({ ...kind, route: null }), true)
  t.strictSame(ledger.entries(({ route }) => route !== null), [
    { ...kind, route: 'GET /a', count: 1000, documented: true },
    { ...kind, route: null, count: 1, documented: false }
  ])
})

t.test('a ledger remembers the last five requests of each kind after remember()', async t => {
  const kind = { route: null, status: 404, code: 'resource_not_found' }
  const ledger = createLedger()
  ledger.record(kind, 'req_0')
  t.strictSame(ledger.recentEntries(() => true), [{ ...kind, count: 1, documented: true, recent: [] }])
  ledger.remember()
  for (let i = 1; i < 100; i++) ledger.record(kind, `req_${i}`)
  ledger.record({ ...kind, code: null }, 'x'.repeat(1000))
  ledger.record({ ...kind, code: null })
  const [first, second] = ledger.recentEntries(() => true)
  t.strictSame(first?.recent.map(({ requestId }) => requestId), ['req_99', 'req_98', 'req_97', 'req_96', 'req_95'])
  t.ok(first?.recent.every(({ at }) => Math.abs(Date.now() - at) < 60_000))
  t.strictSame(second?.recent.map(({ requestId }) => requestId), ['', 'x'.repeat(200)])
  t.strictSame(ledger.entries(() => true), [{ ...kind, count: 100, documented: true }, { ...kind, code: null, count: 2, documented: true }])
})

t.test('the last requests of several ledgers are merged', async t => {
  const kind = { route: 'GET /a', status: 404, code: 'resource_not_found', documented: true }
  const recent = (...times: readonly number[]) => times.map(at => ({ requestId: `req_${at}`, at }))
  t.strictSame(mergeRecentEntries([
    { ...kind, count: 3, recent: recent(9, 5, 1) },
    { ...kind, count: 4, documented: false, recent: recent(8, 7, 6, 2) },
    { ...kind, code: 'other', count: 1, recent: recent(3) }
  ]), [
    { ...kind, count: 7, documented: false, recent: recent(9, 8, 7, 6, 5) },
    { ...kind, code: 'other', count: 1, recent: recent(3) }
  ])
})

t.test('methods and paths that clients make up do not grow the ledger', async t => {
  const app = Fastify(serverOptions({ http2: true }))
  await app.register(apiErrors, { log: false })
  const fail = (): never => { throw app.apiErrors.errors.resource_gone?.() }
  app.get('/queues/:id', async () => fail())
  const session = connect(await app.listen({ host: '127.0.0.1', port: 0 }))
  t.teardown(async () => {
    session.close()
    await app.close()
  })
  for (let index = 0; index < 20; index++) {
    for (const [method, path] of [[`MADE-UP-${index}`, '/queues/1'], ['GET', `/nothing/${index}`], ['GET', `/queues/${index}`]]) {
      const stream = session.request({ ':method': method, ':path': path }).resume()
      await once(stream, 'close')
    }
  }
  const entries = app.apiErrors.ledger()
  t.strictSame(entries.filter(({ route }) => route !== null), [{ route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 20, documented: false }])
  t.equal(entries.reduce((sum, { count }) => sum + count, 0), 60)
  t.ok(entries.length <= 3, `${entries.length} entries`)
})

t.test('codes that an application creates from the data of requests do not grow the ledger', async t => {
  const ledger = createLedger()
  const route = { name: 'GET /', method: 'GET', url: '/' }
  for (let index = 0; index < 2 * maxKinds; index++) t.equal(ledger.record({ route, status: 409, code: `code_${index}` }), index < maxKinds)
  t.equal(ledger.record({ route, status: 409, code: 'code_0' }), false)
  t.equal(ledger.record({ route: null, status: 404, code: 'route_not_found' }), true)
  const entries = ledger.entries(() => true)
  t.strictSame([entries.length, entries[0]?.count], [maxKinds + 1, 2])
})
