/** The commands, each on a small API. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { getFirstLine } from '../../lib/cli/load-app.js'
import { runCommand, type Outcome } from '../../lib/cli/run-command.js'

/** The number of codes of the API: the standard codes and a custom one. */
const codes = Object.keys(standardErrors).length + 1

/** The number of files: three forms of each code and of the index, `llms.txt`, and the three files that the pages load. */
const files = 3 * (codes + 1) + 4

/** An API with one route, `GET /queues/:id`, and one custom code. */
const api = (status = 409): string => `
import Fastify from 'fastify'
import apiErrors, { defineErrors } from 'fastify-api-errors'

export const errors = defineErrors({
  queue_closed: { status: ${status}, type: 'conflict_error', message: 'The queue is closed.', description: 'It closed.', action: 'Choose another queue.' }
})
export async function build () {
  const app = Fastify()
  await app.register(apiErrors, { errors })
  app.get('/queues/:id', { config: { errors: [errors.queue_closed] } }, async () => 'ok')
  return app
}
`

t.test('reference writes all pages', async t => {
  const folder = t.testdir({ 'app.ts': api() })
  const out = join(folder, 'docs/errors')
  t.strictSame(await runCommand(['reference', '--app', join(folder, 'app.ts'), '--out', out, '--url', 'https://api.example.org/']), {
    code: 0, output: `Wrote ${files} files for ${codes} codes to ${out}.`
  })
  t.equal(readdirSync(out).length, files)
  t.match(readFileSync(join(out, 'queue_closed.md'), 'utf8'), "curl -i 'https://api.example.org/queues/1'")
})

t.test('check right after lock finds no change', async t => {
  const folder = t.testdir({ 'app.ts': api() })
  const lockfile = join(folder, 'errors.lock.json')
  t.strictSame(await runCommand(['lock', '--app', join(folder, 'app.ts'), '--lockfile', lockfile]), {
    code: 0, output: `Wrote ${codes} codes and 1 route to ${lockfile}.`
  })
  t.match(JSON.parse(readFileSync(lockfile, 'utf8')), { routes: { 'GET /queues/:id': ['internal_error', 'queue_closed', 'resource_not_found'] } })
  t.strictSame(await runCommand(['check', '--app', join(folder, 'app.ts'), '--lockfile', lockfile]), {
    code: 0, output: `No changes: ${codes} codes and 1 route match ${lockfile}.`
  })
})

t.test('check lists each change, and fails if one is breaking', async t => {
  const folder = t.testdir({ 'app.ts': api(), 'changed.ts': api(410), 'more.ts': api().replace("app.get('/queues/:id'", "app.get('/draws', async () => 'ok')\n  app.get('/queues/:id'") })
  const lockfile = join(folder, 'errors.lock.json')
  await runCommand(['lock', '--app', join(folder, 'app.ts'), '--lockfile', lockfile])
  t.strictSame(await runCommand(['check', '--app', join(folder, 'changed.ts'), '--lockfile', lockfile]), {
    code: 1,
    output: `breaking  queue_closed: the status changed from 409 to 410.

1 breaking, 0 notable, 0 fine. If the changes are intended, accept them with 'fastify-api-errors lock'.`
  })
  t.strictSame(await runCommand(['check', '--app', join(folder, 'more.ts'), '--lockfile', lockfile]), {
    code: 0,
    output: `fine      GET /draws: the route is new.

0 breaking, 0 notable, 1 fine. If the changes are intended, accept them with 'fastify-api-errors lock'.`
  })
  t.strictSame(await runCommand(['lock', '--app', join(folder, 'more.ts'), '--lockfile', lockfile]), { code: 0, output: `Wrote ${codes} codes and 2 routes to ${lockfile}.` })
  t.match(await runCommand(['check', '--app', join(folder, 'more.ts'), '--lockfile', lockfile]), { code: 0, output: /^No changes/ }, 'lock accepts the change')
})

t.test('check and doctor print JSON', async t => {
  const folder = t.testdir({ 'app.ts': api(), 'changed.ts': api(410) })
  const lockfile = join(folder, 'errors.lock.json')
  await runCommand(['lock', '--app', join(folder, 'app.ts'), '--lockfile', lockfile])
  const { code, output } = await runCommand(['check', '--app', join(folder, 'changed.ts'), '--lockfile', lockfile, '--json'])
  t.equal(code, 1)
  t.strictSame(JSON.parse(output), { changes: [{ severity: 'breaking', subject: 'queue_closed', explanation: 'the status changed from 409 to 410.' }], inferred: [], changelog: [] })
  const diagnosis = await runCommand(['doctor', '--app', join(folder, 'app.ts'), '--json'])
  t.equal(diagnosis.code, 1)
  t.match(JSON.parse(diagnosis.output), { problems: [{}] })
})

t.test('--version prints the version of package.json', async t => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { readonly version: string }
  t.strictSame(await runCommand(['--version']), { code: 0, output: version })
})

t.test('a module can export its application in several ways', async t => {
  const inOtherWays = {
    'instance.ts': api().replace('export async function build', 'async function build') + 'export default await build()',
    'promise.ts': api().replace('export async function build', 'async function build') + 'export const app = build()',
    'factory.ts': api().replace('export async function', 'export default async function'),
    'common.cjs': "module.exports = { build: () => import('./app.ts').then(({ build }) => build()) }",
    'transpiled.cjs': "exports.__esModule = true\nexports.default = () => import('./app.ts').then(({ build }) => build())",
    'app.ts': api()
  }
  const folder = t.testdir(inOtherWays)
  for (const file of Object.keys(inOtherWays)) {
    const lockfile = join(folder, `${file}.lock.json`)
    t.match(await runCommand(['lock', '--app', join(folder, file), '--lockfile', lockfile]), { code: 0 }, file)
    t.match(JSON.parse(readFileSync(lockfile, 'utf8')), { codes: { queue_closed: {} } })
  }
})

t.test('the result of a command is kept if the application does not close', async t => {
  const folder = relative('', t.testdir({
    'app.ts': api(),
    'close-fails.ts': api().replace('return app', "app.addHook('onClose', async () => { throw new Error('The pool is gone.') })\n  return app"),
    'never-closes.ts': api().replace('return app', "app.addHook('onClose', () => new Promise(() => {}))\n  return app")
  }))
  const run = async (name: string): Promise<Outcome> => await runCommand(['lock', '--app', join(folder, name), '--lockfile', join(folder, 'lock.json')])
  const closed = await run('app.ts')
  t.equal(closed.warning, undefined)
  t.strictSame(await run('close-fails.ts'), { ...closed, warning: `fastify-api-errors: --app: "${folder}/close-fails.ts" does not close (at ${folder}/close-fails.ts:12): The pool is gone.` })
  t.strictSame(await run('never-closes.ts'), { ...closed, warning: `fastify-api-errors: --app: "${folder}/never-closes.ts" does not close: it took longer than 10 seconds.` })
})

t.test('invalid input gets one sentence', async t => {
  const folder = relative('', t.testdir({
    'app.ts': api(),
    'throws.ts': "throw new Error('DATABASE_URL is missing.\\nSet it.')",
    'rejects.ts': "export default async () => { throw 'no database' }",
    'wrong-option.ts': api().replace('{ errors }', "{ errors, format: 'xml' }"),
    'not-ready.ts': api().replace('return app', "app.addHook('onReady', async () => { throw new Error('Redis is down.') })\n  return app"),
    'nothing.ts': 'export const port = 3000',
    'null.ts': 'export default () => null',
    'empty.ts': 'export {}',
    'plain.ts': "import Fastify from 'fastify'\nexport default Fastify()",
    'close-fails.ts': api().replace('return app', "app.addHook('onClose', async () => { throw new Error('The pool is gone.') })\n  return app"),
    'not.json': '{',
    file: 'not a folder',
    'other.json': '{ "lockfileVersion": 2, "formats": [], "bodies": {}, "codes": {}, "routes": {} }'
  }))
  const app = (name: string): string => join(folder, name)
  const messageFor = async (...args: string[]): Promise<string> => {
    try {
      await runCommand(args)
    } catch (error) {
      return getFirstLine(error).replaceAll(`${folder}/`, '').replace('fastify-api-errors: ', '')
    }
    return 'no error'
  }
  t.equal(await messageFor('write'), 'command: expected one of reference, lock, check, doctor, infer, changelog (see --help), got "write".')
  t.equal(await messageFor('lock', 'all'), 'command: expected only \'lock\', got \'lock all\'. Options such as --app and --lockfile name files.')
  t.equal(await messageFor('write', 'all'), 'command: expected one of reference, lock, check, doctor, infer, changelog (see --help), got "write all".')
  t.equal(await messageFor('lock', '--ap', 'x'), "Unknown option '--ap'. See --help.")
  t.equal(await messageFor('lock', '--app'), "Option '--app <value>' argument missing. See --help.")
  t.equal(await messageFor('lock', '--json', '--app', app('app.ts')), '--json is an option of infer, doctor, check, not of lock.')
  t.equal(await messageFor('changelog', '--out', 'x'), '--out is an option of reference, not of changelog.')
  t.equal(await messageFor('lock'), "--app is missing. Expected the module of the API, such as './app.js'.")
  t.equal(await messageFor('lock', '--app', app('nowhere.ts')), '--app: expected the path of an existing file, got "nowhere.ts".')
  t.equal(await messageFor('lock', '--app', app('throws.ts')), '--app: "throws.ts" does not start (at throws.ts:1): DATABASE_URL is missing.')
  t.equal(await messageFor('lock', '--app', app('rejects.ts')), '--app: "rejects.ts" does not start: no database')
  t.match(await messageFor('lock', '--app', app('wrong-option.ts')), /^--app: "wrong-option\.ts" does not start: fastify-api-errors: format: expected .*, got "xml"\.$/)
  t.equal(await messageFor('lock', '--app', app('not-ready.ts')), '--app: "not-ready.ts" does not start (at not-ready.ts:12): Redis is down.')
  const expected = "expected a module whose default export, or export 'app' or 'build', is a Fastify instance, a promise of one, a function that returns one, or a plugin"
  t.equal(await messageFor('lock', '--app', app('nothing.ts')), `--app: ${expected}, got "nothing.ts" with the exports port.`)
  t.equal(await messageFor('lock', '--app', app('null.ts')), `--app: ${expected}, got "null.ts" with the exports default.`)
  t.equal(await messageFor('lock', '--app', app('empty.ts')), `--app: ${expected}, got "empty.ts" without exports.`)
  t.equal(await messageFor('lock', '--app', app('plain.ts')), '--app: expected an application that registers fastify-api-errors on its root instance, and not only in a scope, got "plain.ts".')
  t.equal(await messageFor('check', '--app', app('app.ts'), '--lockfile', app('nowhere.json')), '--lockfile: expected a file that \'fastify-api-errors lock\' wrote, got "nowhere.json".')
  t.equal(await messageFor('check', '--app', app('app.ts'), '--format', 'xml'), '--format: expected one of text, json, github, markdown, got "xml".')
  t.equal(await messageFor('check', '--app', app('app.ts'), '--json', '--format', 'github'), '--format: expected \'json\', because --json is also set, got "github".')
  t.equal(await messageFor('check', '--app', app('app.ts'), '--lockfile', app('not.json')), "not.json: expected a lockfile that 'fastify-api-errors lock' wrote, got invalid JSON.")
  t.equal(await messageFor('check', '--app', app('app.ts'), '--lockfile', app('other.json')), 'other.json: expected a lockfile that \'fastify-api-errors lock\' wrote, got "/lockfileVersion" with the error "Expected 1".')
  t.equal(await messageFor('check', '--app', app('app.ts'), '--lockfile', folder), `--lockfile: "${folder}" cannot be read: EISDIR: illegal operation on a directory, read`)
  t.equal(await messageFor('lock', '--app', app('app.ts'), '--lockfile', folder), `--lockfile: "${folder}" cannot be written: EISDIR: illegal operation on a directory, open '${folder}'`)
  t.match(await messageFor('reference', '--app', app('app.ts'), '--out', app('file')), /^--out: "file" cannot be written: EEXIST: file already exists/)
  t.match(await messageFor('check', '--app', app('close-fails.ts'), '--lockfile', app('not.json')), /invalid JSON/, 'the first error is reported')
  t.equal(await messageFor('lock', '--app', app('app.ts'), '--lockfile', join(folder, 'no/folder/lock.json')), '--lockfile: expected a path in an existing folder, got "no/folder/lock.json".')
  for (const url of ['notaurl', 'ftp://example.com']) {
    t.equal(await messageFor('reference', '--app', app('app.ts'), '--url', url), `--url: expected the scheme and host of the API, such as 'https://api.example.com', got "${url}".`)
  }
})
