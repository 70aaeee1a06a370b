/**
 * Starts tap with the configuration of tap.config.ts. tap only reads JSON (TAP_RCFILE), so this script converts the TypeScript
 * file. Arguments are passed to tap: `npm run test:only -- test/formats/problem.test.ts`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, createWriteStream, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installPackages } from '../scripts/install-packages.js'
import config, { separateFiles, sharedFolders } from '../tap.config.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const coverage = join(root, '.tap/coverage')
const args = process.argv.slice(2)

const files = args.filter(arg => !arg.startsWith('-'))
const needsIntegrations = files.length === 0 || files.some(file => file.includes('integrations'))
await installPackages(['test', ...(needsIntegrations ? ['test/integrations'] : [])])

// Temporary files of the tests, including killed ones, are removed with this folder at the end.
const folder = mkdtempSync(join(tmpdir(), 'tap-'))
chmodSync(folder, 0o711) // The user that runs Postgres can find its own folder inside.
process.once('SIGINT', () => {}) // tap receives the signal as well, and ends.

const rcfile = join(folder, 'taprc.json')
writeFileSync(rcfile, JSON.stringify(config))
const env = { ...process.env, TAP_RCFILE: rcfile, TMPDIR: folder }
const output = join(folder, 'output.tap')
/** Starts tap and returns its exit code. Without a terminal, tap prints all results, and they are also written to the file. */
const tap = async (...args: readonly string[]): Promise<number> => {
  const stdout = process.stdout.isTTY ? 'inherit' : 'pipe'
  const child = spawn(process.execPath, [join(root, 'test/node_modules/@tapjs/run/dist/esm/index.js'), ...args], { cwd: root, env, stdio: ['inherit', stdout, 'inherit'] })
  child.stdout?.pipe(process.stdout, { end: false })
  child.stdout?.pipe(createWriteStream(output))
  const [status] = await once(child, 'close') as [number | null]
  return status ?? 1
}

// tap compiles its plugins into one file. After an installation, that file still has the default plugins.
const built = readFileSync(join(root, 'test/node_modules/@tapjs/test/test-built/src/index.ts'), 'utf8')
const left = config.plugin?.filter(plugin => plugin.startsWith('!')).map(plugin => plugin.slice(1)) ?? []
const stale = left.some(plugin => built.includes(`'${plugin}'`) || built.includes(`"${plugin}"`))
const tests = (stale ? await tap('build') : 0) || await tap('--coverage-report=none', ...args, ...files.length === 0 ? listTestFiles() : [])
const failures = tests ? (await import('./helpers/failed-tests.js')).listFailedTests(output) : []
const report = !args.includes('--disable-coverage') && existsSync(coverage) ? await reportCoverage() : 0
// The output is long without a terminal, so the reasons for the exit code are repeated at the end.
for (const failure of failures) console.log(failure)
rmSync(folder, { recursive: true })
rmSync(join(root, 'test/integrations/.tmp'), { recursive: true, force: true })
process.exitCode = tests || report

/** Returns all test files. For each shared folder, it writes a file that loads the tests of the folder. */
function listTestFiles (): string[] {
  const groups = join(root, '.tap/groups')
  rmSync(groups, { recursive: true, force: true })
  mkdirSync(groups, { recursive: true })
  const tests = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map(name => `test/${name.replaceAll('\\', '/')}`)
    .filter(name => name.endsWith('.test.ts') && !name.includes('/node_modules/'))
    .sort()
  const findFolder = (test: string): string | undefined => separateFiles.includes(test) ? undefined : sharedFolders.find(folder => test.startsWith(`${folder}/`))
  const shared = sharedFolders.map(folder => {
    const file = join(groups, `${folder.replaceAll('/', '-')}.test.ts`)
    const urls = tests.filter(test => findFolder(test) === folder).map(test => pathToFileURL(join(root, test)).href)
    writeFileSync(file, `import { loadTestFiles } from '../../test/helpers/load-test-files.js'\nloadTestFiles(${JSON.stringify(urls, null, 2)})\n`)
    return file
  })
  return [...tests.filter(test => findFolder(test) === undefined), ...shared]
}

async function reportCoverage (): Promise<number> {
  const { completeCoverage, listUncovered } = await import('./helpers/coverage.js')
  completeCoverage(coverage, join(root, 'lib'))
  // Without this option, tap reads all data once more if the coverage is full.
  const status = await tap('report', 'text', 'json-summary', '--show-full-coverage', ...args.filter(arg => /^--.*coverage/.test(arg)))
  for (const line of listUncovered(JSON.parse(readFileSync(join(root, '.tap/report/coverage-summary.json'), 'utf8')))) console.log(line)
  return status
}
