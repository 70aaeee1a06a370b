/** Ledgers of several processes, collected through files. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, readdirSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import t from 'tap'
import apiErrors, { assertLedger, collectLedger, readLedger, serverOptions } from 'fastify-api-errors'
import { build } from './suite/app.js'
import { thrown } from '../helpers/thrown.js'

const suite = (name: string): string => fileURLToPath(new URL(`suite/${name}`, import.meta.url))

t.test('a suite of several processes has one ledger', async t => {
  const folder = join(t.testdir(), 'ledger')
  const { NODE_TEST_CONTEXT, ...env } = process.env
  execFileSync(process.execPath, [
    '--import=tsx', `--import=${suite('collect.ts')}`, '--test', suite('queues.suite.ts'), suite('draws.suite.ts')
  ], { env: { ...env, LEDGER: folder } })
  t.equal(readdirSync(folder).length, 2, 'a file for each process that sent an error')

  const responses = readLedger(folder)
  t.strictSame([...responses].sort((a, b) => String(a.code) < String(b.code) ? -1 : 1), [
    { route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 1, documented: true },
    { route: 'GET /draws/:id', status: 423, code: 'resource_locked', count: 2, documented: false },
    { route: null, status: 404, code: 'route_not_found', count: 1, documented: true }
  ])
  const app = await build()
  t.throws(() => assertLedger(app, { responses }), { message: /\n {2}GET \/draws\/:id: 423 resource_locked, sent 2 times$/ })
})

t.test('every application of the process is collected until the end, with errors of malformed requests', async t => {
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

t.test('an application without the plugin has no documentation, so its responses count as documented', async t => {
  const folder = t.testdir()
  const stop = collectLedger(folder)
  await Fastify(serverOptions()).inject('/%')
  stop()
  t.strictSame(readLedger(folder), [{ route: null, status: 400, code: 'invalid_request', count: 1, documented: true }])
})

t.test('an error that a handler sends in another format is also collected', async t => {
  const folder = t.testdir()
  const stop = collectLedger(folder)
  const app = Fastify()
  await app.register(apiErrors, { log: false, sentErrors: 'report' })
  app.get('/queues/:id', (_request, reply) => { reply.code(404).send({ message: 'No queue has this id.' }) })
  await app.inject('/queues/1')
  stop()
  t.strictSame(readLedger(folder), [{ route: 'GET /queues/:id', status: 404, code: null, count: 1, documented: false }])
})

t.test('a missing folder is rejected', async t => {
  const folder = join(relative('', t.testdir()), 'nowhere')
  t.equal(thrown(() => readLedger(folder)), `TypeError: readLedger: folder: expected a folder that collectLedger() wrote to, got ${JSON.stringify(folder)}.`)
})

t.test('a folder is a path', async t => {
  t.equal(thrown(() => collectLedger(5 as never)), "TypeError: collectLedger: folder: expected a path, such as '.ledger', got 5.")
  const file = fileURLToPath(import.meta.url)
  t.equal(thrown(() => collectLedger(file)), `TypeError: collectLedger: folder: expected a folder that can be created, got "${file}".`)
  t.equal(thrown(() => readLedger(undefined as never)), "TypeError: readLedger: folder: expected a path, such as '.ledger', got undefined.")
  t.equal(thrown(() => readLedger('')), 'TypeError: readLedger: folder: expected a path, such as \'.ledger\', got "".')
})

t.test('a process that is killed while writing leaves a partial line, which is ignored', async t => {
  const folder = t.testdir()
  const entry = { route: 'GET /queues/:id', status: 410, code: 'resource_gone', count: 1, documented: true }
  const line = JSON.stringify(entry)
  for (let length = 0; length <= line.length; length++) writeFileSync(join(folder, `${length}.jsonl`), `${line}\n${line.slice(0, length)}`)
  t.strictSame(readLedger(folder), [{ ...entry, count: line.length + 1 }])
})

t.test('empty files and other files in the folder are ignored', async t => {
  t.strictSame(readLedger(t.testdir({ '1.jsonl': '', 'notes.txt': 'x' })), [])
})

t.test('two collectors of one process do not share a file', async t => {
  const folder = t.testdir()
  const stops = [collectLedger(folder), collectLedger(folder)]
  await (await build()).inject('/queues/1')
  for (const stop of stops) stop()
  t.equal(readdirSync(folder).length, 2)
})

t.test('a complete line that is invalid fails', async t => {
  const folder = relative('', t.testdir({ '1.jsonl': '{"route":null,"status":404,"code":null,"count":1,"documented":true}\n' }))
  for (const line of ['', '{', 'null', '{"route":null,"status":"404","code":null,"count":1,"documented":true}']) {
    writeFileSync(join(folder, '1.jsonl'), '{"route":null,"status":404,"code":null,"count":1,"documented":true}\n')
    appendFileSync(join(folder, '1.jsonl'), `${line}\n`)
    t.equal(thrown(() => readLedger(folder)), `TypeError: readLedger: ${join(folder, '1.jsonl')}:2: expected a line that collectLedger() wrote, got ${JSON.stringify(line)}.`)
  }
  t.equal(thrown(() => readLedger(join(folder, '1.jsonl'))), `TypeError: readLedger: folder: expected a folder that collectLedger() wrote to, got ${JSON.stringify(join(folder, '1.jsonl'))}.`)
})
