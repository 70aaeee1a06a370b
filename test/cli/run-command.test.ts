import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { firstLine, runCommand } from '../../lib/cli/run-command.js'

/** An API with one route, `GET /queues/:id`, and one code of its own. */
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

t.test('reference writes the pages', async t => {
  const folder = t.testdir({ 'app.ts': api() })
  const out = join(folder, 'docs/errors')
  t.strictSame(await runCommand(['reference', '--app', join(folder, 'app.ts'), '--out', out, '--url', 'https://api.example.org/']), {
    code: 0, output: `Wrote 49 codes in 153 files to ${out}.`
  })
  t.equal(readdirSync(out).length, 153)
  t.match(readFileSync(join(out, 'queue_closed.md'), 'utf8'), "curl -i 'https://api.example.org/queues/1'")
})

t.test('lock, then check: nothing has changed', async t => {
  const folder = t.testdir({ 'app.ts': api() })
  const lockfile = join(folder, 'errors.lock.json')
  t.strictSame(await runCommand(['lock', '--app', join(folder, 'app.ts'), '--lockfile', lockfile]), {
    code: 0, output: `Wrote 49 codes and 1 route to ${lockfile}.`
  })
  t.match(JSON.parse(readFileSync(lockfile, 'utf8')), { routes: { 'GET /queues/:id': ['internal_error', 'queue_closed', 'resource_not_found'] } })
  t.strictSame(await runCommand(['check', '--app', join(folder, 'app.ts'), '--lockfile', lockfile]), {
    code: 0, output: `Nothing has changed: 49 codes and 1 route are as in ${lockfile}.`
  })
})

t.test('check tells each change, and fails where one is breaking', async t => {
  const folder = t.testdir({ 'app.ts': api(), 'changed.ts': api(410), 'more.ts': api().replace("app.get('/queues/:id'", "app.get('/draws', async () => 'ok')\n  app.get('/queues/:id'") })
  const lockfile = join(folder, 'errors.lock.json')
  await runCommand(['lock', '--app', join(folder, 'app.ts'), '--lockfile', lockfile])
  t.strictSame(await runCommand(['check', '--app', join(folder, 'changed.ts'), '--lockfile', lockfile]), {
    code: 1,
    output: `breaking  queue_closed: the status was 409, and is 410.

1 breaking, 0 notable, 0 fine. Where the change is meant, 'fastify-api-errors lock' accepts it.`
  })
  t.strictSame(await runCommand(['check', '--app', join(folder, 'more.ts'), '--lockfile', lockfile]), {
    code: 0,
    output: `fine      GET /draws: the route is new.

0 breaking, 0 notable, 1 fine. Where the change is meant, 'fastify-api-errors lock' accepts it.`
  })
  t.strictSame(await runCommand(['lock', '--app', join(folder, 'more.ts'), '--lockfile', lockfile]), { code: 0, output: `Wrote 49 codes and 2 routes to ${lockfile}.` })
  t.match(await runCommand(['check', '--app', join(folder, 'more.ts'), '--lockfile', lockfile]), { code: 0, output: /^Nothing has changed/ }, 'lock accepts the change')
})

t.test('the ways in which a module can export its application', async t => {
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

t.test('bad input gets one sentence', async t => {
  const folder = t.testdir({
    'app.ts': api(),
    'throws.ts': "throw new Error('DATABASE_URL is missing.\\nSet it.')",
    'rejects.ts': "export default async () => { throw 'no database' }",
    'wrong-option.ts': api().replace('{ errors }', "{ errors, format: 'xml' }"),
    'not-ready.ts': api().replace('return app', "app.addHook('onReady', async () => { throw new Error('Redis is down.') })\n  return app"),
    'nothing.ts': 'export const port = 3000',
    'null.ts': 'export default () => null',
    'plain.ts': "import Fastify from 'fastify'\nexport default Fastify()",
    'not.json': '{',
    'other.json': '{ "lockfileVersion": 2, "formats": [], "bodies": {}, "codes": {}, "routes": {} }'
  })
  const app = (name: string): string => join(folder, name)
  const fault = async (...args: string[]): Promise<string> => {
    try {
      await runCommand(args)
    } catch (fault) {
      return firstLine(fault).replaceAll(`${folder}/`, '')
    }
    return 'no fault'
  }
  t.equal(await fault(), 'the command is missing; it takes reference, lock, check, and --help tells more.')
  t.equal(await fault('write'), "the command is 'write'; it takes reference, lock, check, and --help tells more.")
  t.equal(await fault('lock', 'all'), "the command is 'lock all'; it takes reference, lock, check, and --help tells more.")
  t.equal(await fault('lock', '--ap', 'x'), "Unknown option '--ap'; --help tells what it takes.")
  t.equal(await fault('lock', '--app'), "Option '--app <value>' argument missing; --help tells what it takes.")
  t.equal(await fault('lock'), "--app is missing; it takes the module of the API, like './app.js'.")
  t.equal(await fault('lock', '--app', app('nowhere.ts')), "--app is 'nowhere.ts', which does not exist; it takes the module of the API, like './app.js'.")
  t.equal(await fault('lock', '--app', app('throws.ts')), "--app is 'throws.ts', which does not start: DATABASE_URL is missing.")
  t.equal(await fault('lock', '--app', app('rejects.ts')), "--app is 'rejects.ts', which does not start: no database")
  t.match(await fault('lock', '--app', app('wrong-option.ts')), /^--app is 'wrong-option\.ts', which does not start: fastify-api-errors: the option 'format' is 'xml'; it takes /)
  t.equal(await fault('lock', '--app', app('not-ready.ts')), "--app is 'not-ready.ts', which does not start: Redis is down.")
  const takes = "which exports no Fastify instance; it takes a module whose default export, or export 'app' or 'build', is one, a promise of one, or a function that returns one."
  t.equal(await fault('lock', '--app', app('nothing.ts')), `--app is 'nothing.ts', ${takes}`)
  t.equal(await fault('lock', '--app', app('null.ts')), `--app is 'null.ts', ${takes}`)
  t.equal(await fault('lock', '--app', app('plain.ts')), "--app is 'plain.ts', whose instance does not register fastify-api-errors; it takes one that does so itself, for what a scope registers the rest of the application cannot see.")
  t.equal(await fault('check', '--app', app('app.ts'), '--lockfile', app('nowhere.json')), "nowhere.json does not exist; 'fastify-api-errors lock' writes it.")
  t.equal(await fault('check', '--app', app('app.ts'), '--lockfile', app('not.json')), "not.json is not JSON; it takes what 'fastify-api-errors lock' writes.")
  t.equal(await fault('check', '--app', app('app.ts'), '--lockfile', app('other.json')), "other.json is not a lockfile, for /lockfileVersion is wrong (Expected 1); it takes what 'fastify-api-errors lock' writes.")
  t.equal(await fault('lock', '--app', app('app.ts'), '--lockfile', join(folder, 'no/folder/lock.json')), "--lockfile is 'no/folder/lock.json', whose folder does not exist; it takes a file in a folder that does.")
  for (const url of ['notaurl', 'ftp://example.com']) {
    t.equal(await fault('reference', '--app', app('app.ts'), '--url', url), `--url is '${url}'; it takes scheme and host of the API, like 'https://api.example.com'.`)
  }
})
