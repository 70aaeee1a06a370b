/** The program as a process: output and exit codes. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'

const project = fileURLToPath(new URL('../..', import.meta.url))
/** The number of codes of the API: the standard codes and a custom one. */
const codes = Object.keys(standardErrors).length + 1
const app = join(project, 'test/reference/app.ts')

/** Runs the program in its own process. */
function run (...args: string[]): Promise<{ readonly code: number, readonly stdout: string, readonly stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, ['--import=tsx', join(project, 'lib/cli/main.ts'), ...args], { cwd: project }, (fault, stdout, stderr) => {
      resolve({ code: fault === null ? 0 : Number(fault.code), stdout, stderr })
    })
  })
}

t.test('--help', async t => {
  const { code, stdout, stderr } = await run('--help')
  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  t.match(stdout, /^Usage: fastify-api-errors <command> --app <module>\n/)
})

t.test('exit codes: 0 if nothing changed, 1 if a change is breaking', async t => {
  const folder = t.testdir({ 'changed.ts': `import { build } from '${app}'\nexport default () => build({ format: 'typed' })` })
  const lockfile = join(folder, 'errors.lock.json')
  t.strictSame(await run('lock', '--app', app, '--lockfile', lockfile), {
    code: 0, stdout: `Wrote ${codes} codes and 5 routes to ${lockfile}.\n`, stderr: ''
  })
  t.strictSame(await run('check', '--app', app, '--lockfile', lockfile), {
    code: 0, stdout: `No changes: ${codes} codes and 5 routes match ${lockfile}.\n`, stderr: ''
  })
  t.strictSame(await run('check', '--app', join(folder, 'changed.ts'), '--lockfile', lockfile), {
    code: 1,
    stdout: `breaking  format: the body changed from 'code' to 'typed'.

1 breaking, 0 notable, 0 fine. If the changes are intended, accept them with 'fastify-api-errors lock'.
`,
    stderr: ''
  })
})

t.test('invalid input: exit code 2 and one sentence', async t => {
  t.strictSame(await run('check'), { code: 2, stdout: '', stderr: "fastify-api-errors: --app: expected the module of the API, such as './app.js', got undefined.\n" })
})

t.test('the program exits even if the application keeps a connection open', async t => {
  const folder = t.testdir({ 'app.ts': `export { build } from '${app}'\nsetInterval(() => {}, 1000)` })
  t.match(await run('lock', '--app', join(folder, 'app.ts'), '--lockfile', join(folder, 'lock.json')), { code: 0 })
})

t.test('an application that never starts', async t => {
  const folder = t.testdir({ 'never.ts': 'export const build = () => new Promise(() => {})' })
  t.strictSame(await run('lock', '--app', join(folder, 'never.ts')), {
    code: 2, stdout: '', stderr: 'fastify-api-errors: --app never finished starting: its promise is still pending.\n'
  })
})
