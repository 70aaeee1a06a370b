import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const project = fileURLToPath(new URL('../..', import.meta.url))
const app = join(project, 'test/reference/app.ts')

/** Runs the program as a process of its own. */
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

t.test('exit codes: 0 where nothing has changed, 1 where a change is breaking', async t => {
  const folder = t.testdir({ 'changed.ts': `import { build } from '${app}'\nexport default () => build({ format: 'typed' })` })
  const lockfile = join(folder, 'errors.lock.json')
  t.strictSame(await run('lock', '--app', app, '--lockfile', lockfile), {
    code: 0, stdout: `Wrote 49 codes and 5 routes to ${lockfile}.\n`, stderr: ''
  })
  t.strictSame(await run('check', '--app', app, '--lockfile', lockfile), {
    code: 0, stdout: `Nothing has changed: 49 codes and 5 routes are as in ${lockfile}.\n`, stderr: ''
  })
  t.strictSame(await run('check', '--app', join(folder, 'changed.ts'), '--lockfile', lockfile), {
    code: 1,
    stdout: `breaking  format: the body was 'code', and is 'typed'.

1 breaking, 0 notable, 0 fine. Where the change is meant, 'fastify-api-errors lock' accepts it.
`,
    stderr: ''
  })
})

t.test('exit code 2, and one sentence: bad input', async t => {
  t.strictSame(await run('check'), { code: 2, stdout: '', stderr: "fastify-api-errors: --app is missing; it takes the module of the API, like './app.js'.\n" })
})

t.test('an application that keeps a connection open does not keep the program from ending', async t => {
  const folder = t.testdir({ 'app.ts': `export { build } from '${app}'\nsetInterval(() => {}, 1000)` })
  t.match(await run('lock', '--app', join(folder, 'app.ts'), '--lockfile', join(folder, 'lock.json')), { code: 0 })
})

t.test('an application that never starts', async t => {
  const folder = t.testdir({ 'never.ts': 'export const build = () => new Promise(() => {})' })
  t.strictSame(await run('lock', '--app', join(folder, 'never.ts')), {
    code: 2, stdout: '', stderr: 'fastify-api-errors: --app does not come to start: it waits, and nothing is left that it could wait for.\n'
  })
})
