/** The recipes for a whole test suite in docs/undocumented-errors.md. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { createProjectFolder } from '../../helpers/project-folder.js'
import { excludeChildrenFromCoverage } from '../../helpers/uncovered-processes.js'

excludeChildrenFromCoverage()

/** Runs the recipes of docs/undocumented-errors.md for a whole suite, each in a separate project with the files and the command of the page. */

const root = fileURLToPath(new URL('../../..', import.meta.url))
const page = readFileSync(join(root, 'docs/undocumented-errors.md'), 'utf8')

/** A file that the page shows. */
function shown (name: string): string {
  const [, code] = new RegExp(`\`${name}\`[^\`]*\`\`\`js\\n([^]*?)\`\`\``).exec(page) ?? []
  if (code === undefined) throw new Error(`docs/undocumented-errors.md shows no ${name}.`)
  return code
}

/** Returns the command of the page for a test runner. */
function commandOf (runner: string): string {
  const [, command] = new RegExp(`^\\| ${runner} \\| \`"test": "([^"]+)"\``, 'm').exec(page) ?? []
  if (command === undefined) throw new Error(`docs/undocumented-errors.md has no command for ${runner}.`)
  return command
}

const app = `
import Fastify from 'fastify'
import apiErrors, { standardErrors as errors } from 'fastify-api-errors'

export async function build () {
  const app = Fastify()
  await app.register(apiErrors, { log: false })
  app.get('/queues/:id', { config: { errors: ['resource_gone'] } }, async () => { throw errors.resource_gone() })
  app.get('/draws/:id', async () => { draw() })
  return app
}

// The plugin reads what a handler throws itself. It does not follow this call, so the error is not documented.
function draw () { throw errors.resource_locked() }
`

/** A test that sends a request to a URL, for each runner. */
const tests: Readonly<Record<string, (url: string) => string>> = {
  'node:test': url => `
    import { test } from 'node:test'
    import { build } from '../app.js'
    test('asks', async () => { await (await build()).inject('${url}') })
  `,
  tap: url => `
    import t from 'tap'
    import { build } from '../app.js'
    t.test('asks', async () => { await (await build()).inject('${url}') })
  `,
  vitest: url => `
    import { test } from 'vitest'
    import { build } from '../app.js'
    test('asks', async () => { await (await build()).inject('${url}') })
  `
}

const configuration: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'node:test': {},
  // The plugins are those that this project's tap was built with.
  tap: { '.taprc': "plugin: ['!@tapjs/typescript']\ndisable-coverage: true\n" },
  vitest: { 'vitest.config.js': "export default { test: { setupFiles: ['./ledger/collect.js'] } }" }
}

/** The built package, by path. */
const built: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }).filter(file => /(?<!\.d)\.ts$/.test(file)).map(file => [
    `node_modules/fastify-api-errors/dist/${file.replace(/\.ts$/, '.js')}`,
    ts.transpile(readFileSync(join(root, 'lib', file), 'utf8'), { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023 })
  ])
)

/** Creates an empty folder, and removes it after the test. */
function createProject (t: Test): string {
  const folder = createProjectFolder()
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Runs the tests of a project, each in a separate file and with one URL. */
function npmTest (folder: string, runner: string, urls: readonly string[]): { readonly status: number | null, readonly output: string } {
  const files = {
    ...built,
    ...configuration[runner],
    'node_modules/fastify-api-errors/package.json': readFileSync(join(root, 'package.json'), 'utf8'),
    'package.json': JSON.stringify({ type: 'module', scripts: { test: commandOf(runner) } }),
    'app.js': app,
    'ledger/collect.js': shown('ledger/collect.js'),
    'ledger/check.js': shown('ledger/check.js'),
    ...Object.fromEntries(urls.map((url, index) => [`test/${index}.test.js`, (tests[runner] as (url: string) => string)(url)]))
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TAP|NODE_|npm_|VITEST|FORCE_COLOR)/.test(name))
  const { status, stdout, stderr } = spawnSync('npm', ['test'], { cwd: folder, encoding: 'utf8', env: { ...Object.fromEntries(inherited), NO_COLOR: '1' } })
  return { status, output: stdout + stderr }
}

for (const runner of Object.keys(tests)) {
  t.test(`${runner}: two processes of a suite share one ledger`, async t => {
    const documented = npmTest(createProject(t), runner, ['/queues/1', '/queues/2'])
    t.match(documented, { status: 0, output: /^No test has triggered internal_error\.$/m })
    t.notMatch(documented.output, 'No test has triggered resource_gone.')
  })

  t.test(`${runner}: an undocumented response fails the suite`, async t => {
    const drifted = npmTest(createProject(t), runner, ['/queues/1', '/draws/1'])
    t.match(drifted, { output: /^ {2}GET \/draws\/:id: 423 resource_locked, sent once$/m })
    t.not(drifted.status, 0)
  })
}
