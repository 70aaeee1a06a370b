/** The program as a process: output and exit codes. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { standardErrors } from 'fastify-api-errors'
import { usage } from '../../lib/cli/run-command.js'

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

t.test('--help prints the usage', async t => {
  const { code, stdout, stderr } = await run('--help')
  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
  t.equal(stdout, `${usage}\n`)
})

t.test('without a command, the usage is printed to standard error, and the exit code is 2', async t => {
  t.strictSame(await run(), { code: 2, stdout: '', stderr: `${usage}\n` })
  t.strictSame(await run('--app', app), { code: 2, stdout: '', stderr: `${usage}\n` })
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

t.test('standard output has only the result', async t => {
  const folder = t.testdir({ 'app.ts': `console.log('Connected.')\nexport { build } from '${app}'` })
  const { code, stdout, stderr } = await run('doctor', '--json', '--app', join(folder, 'app.ts'))
  t.strictSame({ code, stderr }, { code: 0, stderr: 'Connected.\n' })
  t.strictSame(JSON.parse(stdout).problems, [])
})

t.test('invalid input results in exit code 2 and one sentence', async t => {
  t.strictSame(await run('check'), { code: 2, stdout: '', stderr: "fastify-api-errors: --app is missing. Expected the module of the API, such as './app.js'.\n" })
})

t.test('standard error has a warning if the application does not close', async t => {
  const folder = t.testdir({
    'app.ts': `import { build as buildApp } from '${app}'
export async function build () {
  const app = await buildApp()
  app.addHook('onClose', async () => { throw 'The pool is gone.' })
  return app
}`
  })
  const path = join(folder, 'app.ts')
  const { code, stdout, stderr } = await run('doctor', '--json', '--app', path)
  t.strictSame({ code, stderr }, { code: 0, stderr: `fastify-api-errors: --app: "${path}" does not close: The pool is gone.\n` })
  t.strictSame(JSON.parse(stdout).problems, [])
})

t.test('the program exits even if the application keeps a connection open', async t => {
  const folder = t.testdir({ 'app.ts': `export { build } from '${app}'\nsetInterval(() => {}, 1000)` })
  t.match(await run('lock', '--app', join(folder, 'app.ts'), '--lockfile', join(folder, 'lock.json')), { code: 0 })
})

t.test('an application that never starts results in exit code 2 and one sentence', async t => {
  const folder = t.testdir({ 'never.ts': 'export const build = () => new Promise(() => {})' })
  t.strictSame(await run('lock', '--app', join(folder, 'never.ts')), {
    code: 2, stdout: '', stderr: 'fastify-api-errors: --app never finished starting: its promise is still pending.\n'
  })
})

t.test('an application that ends the process, or throws where no code handles it, is not a result', async t => {
  const folder = t.testdir({
    'exit-0.ts': 'process.exit(0)',
    'exit-1.ts': 'process.exit(1)',
    'exits-later.ts': 'export const build = () => { setImmediate(() => { process.exit(0) }); return new Promise(() => { setInterval(() => {}, 1000) }) }',
    'throws-later.ts': 'export const build = () => { setImmediate(() => { throw new Error("The pool is gone.\\nSee the log.") }); return new Promise(() => {}) }',
    'rejects.ts': `Promise.reject('The pool is gone.')\nexport { build } from '${app}'`
  })
  const ended = (code: number): string => `fastify-api-errors: --app: the application ended the process with exit code ${code}, so the command did not run.\n`
  const thrown = 'fastify-api-errors: --app: the application threw an unhandled error'
  const failing = async (file: string): Promise<string> => {
    const { code, stdout, stderr } = await run('check', '--app', join(folder, file))
    t.strictSame({ code, stdout }, { code: 2, stdout: '' }, file)
    return stderr
  }
  t.equal(await failing('exit-0.ts'), ended(0))
  t.equal(await failing('exit-1.ts'), ended(1))
  t.equal(await failing('exits-later.ts'), ended(0))
  t.match(await failing('throws-later.ts'), new RegExp(`^${thrown} \\(at .*throws-later\\.ts:1\\): The pool is gone\\.\n$`))
  t.match(await failing('rejects.ts'), new RegExp(`^${thrown}.*The pool is gone\\.`))
})
