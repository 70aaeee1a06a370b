/** The command `infer`, and what `check` says about its file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCommand } from '../../lib/cli/run-command.js'

const api = `
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'
import { findQueue } from './queues.js'

export async function build () {
  const app = Fastify()
  await app.register(apiErrors)
  app.get('/queues', { config: { errors: [errors.resource_gone] } }, async request => findQueue(request.query.id))
  app.post('/queues', { config: { errors: [errors.resource_locked] } }, async (request, reply) => {
    if (request.headers.a === undefined) return reply.code(409).send({})
    if (request.headers.b === undefined) throw errors.resource_locked()
    return reply.code(Number(request.headers.c)).send({})
  })
  return app
}
`

const queues = `
import { standardErrors as errors } from 'fastify-api-errors'

export function findQueue (id) {
  if (id === undefined) throw errors.resource_not_found()
  return id
}
`

/** Writes an application to a folder, and makes the folder the current one, because reports name files relative to it. */
function openFolder (t: Test): string {
  const folder = t.testdir({ 'app.ts': api, 'queues.ts': queues, 'package.json': '{ "type": "module" }' })
  const before = process.cwd()
  process.chdir(folder)
  t.teardown(() => { process.chdir(before) })
  return folder
}

/** Imports are kept by URL, so each version of an application has its own file. */
let versions = 0

function changeApp (folder: string, app: string, functions = queues): string {
  const name = `app-${++versions}.ts`
  writeFileSync(join(folder, `queues-${versions}.ts`), functions)
  writeFileSync(join(folder, name), app.replace('./queues.js', `./queues-${versions}.js`))
  return name
}

t.test('infer prints the errors of each route, the stale declarations and the calls that it could not follow', async t => {
  openFolder(t)
  t.strictSame(await runCommand(['infer', '--app', 'app.ts']), {
    code: 0,
    output: `GET /queues
  404 resource_not_found        queues.ts:5  findQueue  [new]
  stale: config.errors lists resource_gone, but nothing throws it.

POST /queues
  409 (no code)                 app.ts:11
  423 resource_locked           app.ts:12

Could not follow:
  app.ts:13  The status is unknown.

Read 2 routes. Found 3 errors, 1 of them undocumented. 1 place could not be followed.`
  })
})

t.test('infer lists the routes whose errors an error handler of the application responds to', async t => {
  openFolder(t)
  writeFileSync('own.ts', api.replace('return app', `app.setErrorHandler((error, request, reply) => reply.code(400).send({ own: true }))
  app.get('/ping', { config: { errors: false } }, async () => 'pong')
  return app`))
  t.strictSame(await runCommand(['infer', '--app', 'own.ts']), {
    code: 0,
    output: `Not read, because an error handler of the application responds to their errors:
  GET /queues
  POST /queues

Read 0 routes. Found 0 errors, 0 of them undocumented. 0 places could not be followed.`
  })
})

t.test('an error that a handler throws itself, and one of the file of inferred errors, are not new', async t => {
  openFolder(t)
  const source = api.replace(', { config: { errors: [errors.resource_gone] } }', '').replace(', { config: { errors: [errors.resource_locked] } }', '')
  const summary = async (name: string): Promise<string> => (await runCommand(['infer', '--app', name])).output.split('\n').filter(line => line.startsWith('  4') || line.includes('undocumented')).join('\n')
  writeFileSync('thrown.ts', source)
  t.equal(await summary('thrown.ts'), `  404 resource_not_found        queues.ts:5  findQueue  [new]
  409 (no code)                 thrown.ts:11
  423 resource_locked           thrown.ts:12
Read 2 routes. Found 3 errors, 1 of them undocumented. 1 place could not be followed.`)
  await runCommand(['infer', '--app', 'thrown.ts', '--write'])
  writeFileSync('written.ts', source.replace('register(apiErrors)', "register(apiErrors, { inferred: 'errors.inferred.json' })"))
  t.equal(await summary('written.ts'), `  404 resource_not_found        queues.ts:5  findQueue
  409 (no code)                 written.ts:11
  423 resource_locked           written.ts:12
Read 2 routes. Found 3 errors, 0 of them undocumented. 1 place could not be followed.`)
})

t.test('infer --json prints the report', async t => {
  openFolder(t)
  const { output, code } = await runCommand(['infer', '--app', 'app.ts', '--json'])
  t.equal(code, 0)
  t.strictSame(JSON.parse(output), {
    routes: [
      {
        method: 'GET',
        path: '/queues',
        errors: [{ status: 404, code: 'resource_not_found', confidence: 'certain', file: 'queues.ts', line: 5, via: ['findQueue'], documented: false }],
        stale: ['resource_gone']
      },
      {
        method: 'POST',
        path: '/queues',
        errors: [
          { status: 409, code: null, body: 'object', confidence: 'certain', file: 'app.ts', line: 11, via: [], documented: true },
          { status: 423, code: 'resource_locked', confidence: 'certain', file: 'app.ts', line: 12, via: [], documented: true }
        ],
        stale: []
      }
    ],
    unhandled: [],
    notFollowed: [{ file: 'app.ts', line: 13, reason: 'The status is unknown.' }]
  })
})

t.test('infer --write writes a file that does not change when only lines move, and check compares it with the source', async t => {
  const folder = openFolder(t)
  const file = 'errors.inferred.json'
  const written = await runCommand(['infer', '--app', changeApp(folder, api), '--write'])
  t.match(written, { code: 0, output: /\nWrote 3 errors to errors\.inferred\.json\.$/ })
  const first = readFileSync(file, 'utf8')
  t.equal(first, `{
  "version": 1,
  "routes": {
    "GET /queues": [
      { "status": 404, "code": "resource_not_found", "at": "queues-1.ts:5", "by": "findQueue" }
    ],
    "POST /queues": [
      { "status": 409, "code": null, "at": "app-1.ts:11", "body": "object" },
      { "status": 423, "code": "resource_locked", "at": "app-1.ts:12" }
    ]
  }
}
`)
  const options = ['--inferred', file, '--lockfile', 'none.json']
  t.strictSame(await runCommand(['check', '--app', 'app-1.ts', ...options]), { code: 0, output: 'errors.inferred.json is up to date.' })

  const renamed = first.replaceAll('-1.ts', '-2.ts')
  writeFileSync(file, renamed)
  const moved = changeApp(folder, `\n\n${api}`, `\n${queues}`)
  const { output } = await runCommand(['infer', '--app', moved, '--json', '--write'])
  t.match(JSON.parse(output), { routes: [{ errors: [{ line: 6 }] }, { errors: [{ line: 13 }, { line: 14 }] }] })
  t.equal(readFileSync(file, 'utf8'), renamed, 'only lines have moved')

  writeFileSync(file, first.replaceAll('-1.ts', '-3.ts'))
  const changed = changeApp(folder, api.replace('throw errors.resource_locked()', 'throw errors.resource_conflict()'), queues.replace('resource_not_found', 'forbidden'))
  t.strictSame(await runCommand(['check', '--app', changed, ...options]), {
    code: 1,
    output: `GET /queues: gained 403 forbidden, thrown at queues-3.ts:5 by findQueue
GET /queues: lost 404 resource_not_found, thrown at queues-3.ts:5 by findQueue
POST /queues: gained 409 resource_conflict, thrown at app-3.ts:12
POST /queues: lost 423 resource_locked, thrown at app-3.ts:12

errors.inferred.json is out of date. Run 'fastify-api-errors infer --write' and commit it.`
  })
})

t.test('check compares both files if both exist', async t => {
  openFolder(t)
  await runCommand(['lock', '--app', 'app.ts'])
  await runCommand(['infer', '--app', 'app.ts', '--write'])
  t.match(await runCommand(['check', '--app', 'app.ts']), { code: 0, output: /^No changes: .*\nerrors\.inferred\.json is up to date\.$/ })
})

t.test('invalid input is reported with one sentence', async t => {
  openFolder(t)
  await t.rejects(runCommand(['infer', '--app', 'app.ts', '--write', '--inferred', 'no/folder/errors.json']), {
    message: 'fastify-api-errors: --inferred: expected a path in an existing folder, got "no/folder/errors.json".'
  })
})
