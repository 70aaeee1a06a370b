import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { assertLedger, collectLedger, readLedger, serverOptions } from 'fastify-api-errors'
import { build } from './suite/app.js'
import { thrown } from '../support/thrown.js'

const suite = (name: string): string => fileURLToPath(new URL(`suite/${name}`, import.meta.url))

t.test('a suite of several processes comes to one ledger', async t => {
  const folder = join(t.testdir(), 'ledger')
  const { NODE_TEST_CONTEXT, ...env } = process.env
  execFileSync(process.execPath, [
    '--import=tsx', `--import=${suite('collect.ts')}`, '--test', suite('queues.suite.ts'), suite('draws.suite.ts')
  ], { env: { ...env, LEDGER: folder } })
  t.equal(readdirSync(folder).length, 2, 'a file for each process that answered an error')

  const answers = readLedger(folder)
  t.strictSame([...answers].sort((a, b) => String(a.code) < String(b.code) ? -1 : 1), [
    { route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 1, documented: true },
    { route: 'GET /draws/:id', status: 423, code: 'resource_locked', count: 2, documented: false },
    { route: null, status: 404, code: 'route_not_found', count: 1, documented: true }
  ])
  const app = await build()
  t.throws(() => assertLedger(app, { answers }), { message: /\n {2}GET \/draws\/:id: 423 resource_locked, sent 2 times$/ })
})

t.test('every application of the process is collected until it ends, and what is no request, too', async t => {
  const folder = t.testdir()
  const app = await build()
  const stop = collectLedger(folder)
  await app.inject('/queues/1')
  const socket = connect(Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port), '127.0.0.1').resume()
  socket.write('this is not HTTP\r\n\r\n')
  await once(socket, 'close')
  stop()
  await app.inject('/queues/1')
  await app.close()
  t.strictSame(readLedger(folder), [
    { route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 1, documented: true },
    { route: null, status: 400, code: 'invalid_request', count: 1, documented: true }
  ])
})

t.test('an application without the plugin has no documentation that an answer could differ from', async t => {
  const folder = t.testdir()
  const stop = collectLedger(folder)
  await Fastify(serverOptions()).inject('/%')
  stop()
  t.strictSame(readLedger(folder), [{ route: null, status: 400, code: 'invalid_request', count: 1, documented: true }])
})

t.test('an error that a handler sends in a shape of its own is collected, too', async t => {
  const folder = t.testdir()
  const stop = collectLedger(folder)
  const app = Fastify()
  await app.register(apiErrors, { log: false, sentErrors: 'report' })
  app.get('/queues/:id', (_request, reply) => { reply.code(404).send({ message: 'No queue has this id.' }) })
  await app.inject('/queues/1')
  stop()
  t.strictSame(readLedger(folder), [{ route: 'GET /queues/:id', status: 404, code: null, count: 1, documented: false }])
})

t.test('where nothing was collected, nothing is proven', async t => {
  const folder = join(t.testdir(), 'nowhere')
  t.equal(thrown(() => readLedger(folder)), `Error: readLedger: the folder '${folder}' does not exist; it takes the one that collectLedger() wrote to.`)
})

t.test('a folder is a path', async t => {
  t.equal(thrown(() => collectLedger(5 as never)), "TypeError: collectLedger: the folder is 5; it takes a path, like '.ledger'.")
  t.equal(thrown(() => readLedger(undefined as never)), "TypeError: readLedger: the folder is undefined; it takes a path, like '.ledger'.")
  t.equal(thrown(() => readLedger('')), "TypeError: readLedger: the folder is ''; it takes a path, like '.ledger'.")
})
