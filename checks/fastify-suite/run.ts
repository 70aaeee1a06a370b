/**
 * Runs Fastify's own tests with the plugin registered on each instance, and compares the failures with failures.json:
 * `npm run check:fastify`. Each entry there has the reason why the test may fail. A failure without an entry is a
 * change of Fastify's behavior, and this check fails.
 *
 * `--without` runs the tests without the plugin, `--list` prints each failure as JSON. Other arguments select test
 * files.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Result {
  readonly file: string
  readonly path: readonly string[]
  readonly passed: boolean
  readonly message?: string
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const args = process.argv.slice(2)
const selected = args.filter(arg => !arg.startsWith('--'))

/**
 * Copies the installed Fastify, so that its tests find it at `..`. With the plugin, the copy exports the wrapped
 * function.
 */
function copyFastify (withPlugin: boolean): string {
  const copy = join(folder, 'node_modules/.fastify')
  rmSync(copy, { recursive: true, force: true })
  cpSync(join(folder, 'node_modules/fastify'), copy, { recursive: true })
  if (withPlugin) {
    appendFileSync(
      join(copy, 'fastify.js'),
      `\nmodule.exports = require(${JSON.stringify(join(folder, 'with-plugin.cjs'))})(fastify)\n`
    )
  }
  return copy
}

/** Runs test files of Fastify, and returns the result of each test. */
function runTests (withPlugin: boolean, files: readonly string[]): Result[] {
  const cwd = copyFastify(withPlugin)
  const { stdout, error } = spawnSync(process.execPath, [
    '--no-warnings',
    '--test',
    `--test-concurrency=${availableParallelism()}`,
    '--test-timeout=60000',
    `--test-reporter=${join(folder, 'reporter.mjs')}`,
    ...files
  ], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1e9,
    env: { ...process.env, NODE_ENV: 'test', FASTIFY_API_ERRORS: join(folder, '../../dist/index.js') }
  })
  if (error !== undefined) throw error
  return stdout.split('\n').filter(line => line.startsWith('{')).map(line => JSON.parse(line) as Result)
}

/** The name of a test in failures.json: its file, and the titles that lead to it. */
const nameOf = ({ file, path }: Result): string => [file.replace(/^test\//, ''), ...path].join(' > ')

function listTestFiles (): string[] {
  return readdirSync(join(folder, 'node_modules/fastify/test'), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.test\.m?js$/.test(file) && !file.includes('node_modules'))
    .filter(file => selected.length === 0 || selected.some(name => file.includes(name)))
    .map(file => `test/${file}`)
    .sort()
}

if (!existsSync(join(folder, 'node_modules/fastify'))) {
  spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder, stdio: 'inherit' })
}
const expected = JSON.parse(readFileSync(join(folder, 'failures.json'), 'utf8')) as Record<string, string>
const withPlugin = !args.includes('--without')
const results = runTests(withPlugin, listTestFiles())
const failed = results.filter(({ passed }) => !passed)
console.log(`${results.length - failed.length} tests of Fastify pass, ${failed.length} fail.`)
if (args.includes('--list')) {
  for (const result of failed) console.log(JSON.stringify({ [nameOf(result)]: result.message }))
}

let unexpected = withPlugin ? failed.filter(result => !Object.hasOwn(expected, nameOf(result))) : failed
const filesOf = (results: readonly Result[]): string[] => [...new Set(results.map(({ file }) => file))]
if (withPlugin && unexpected.length > 0) {
  // A test that passes when it is repeated depends on the load of the machine.
  const again = new Set(runTests(true, filesOf(unexpected)).filter(({ passed }) => !passed).map(nameOf))
  unexpected = unexpected.filter(result => again.has(nameOf(result)))
}
if (withPlugin && unexpected.length > 0) {
  // A test that also fails without the plugin fails because of the machine, for example without IPv6.
  const without = new Set(runTests(false, filesOf(unexpected)).filter(({ passed }) => !passed).map(nameOf))
  unexpected = unexpected.filter(result => !without.has(nameOf(result)))
}
for (const result of unexpected) {
  console.error(`Failed: ${nameOf(result)}\n  ${result.message?.replaceAll('\n', '\n  ')}`)
}

const passed = new Set(results.filter(({ passed }) => passed).map(nameOf))
const stale = withPlugin ? Object.keys(expected).filter(name => passed.has(name)) : []
for (const name of stale) console.error(`Passes, so failures.json must not list it: ${name}`)
if (unexpected.length > 0 || stale.length > 0 || results.length === 0) process.exitCode = 1
