/**
 * Starts tap with the configuration of tap.config.ts. tap reads JSON through TAP_RCFILE and no TypeScript; this hands
 * one over as the other. Arguments go on to tap: `npm run test:only -- test/formats/problem.test.ts`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import config from '../tap.config.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'tap-'))
const rcfile = join(folder, 'taprc.json')
writeFileSync(rcfile, JSON.stringify(config))
const env = { ...process.env, TAP_RCFILE: rcfile }
const tap = (...args: readonly string[]): number =>
  spawnSync(process.execPath, [join(root, 'node_modules/tap/dist/esm/run.mjs'), ...args], { cwd: root, env, stdio: 'inherit' }).status ?? 1

// tap compiles its plugins into one file; after an installation that file still has the default ones.
const built = readFileSync(join(root, 'node_modules/@tapjs/test/test-built/src/index.ts'), 'utf8')
const left = config.plugin?.filter(plugin => plugin.startsWith('!')).map(plugin => plugin.slice(1)) ?? []
const stale = left.some(plugin => built.includes(`'${plugin}'`) || built.includes(`"${plugin}"`))
const args = process.argv.slice(2)
const tests = (stale ? tap('build') : 0) || tap('--coverage-report=none', ...args)
const report = completeSourceMaps() ? tap('report', 'text', ...args.filter(arg => /coverage/.test(arg))) : 0
const status = tests || report
rmSync(folder, { recursive: true })
process.exitCode = status

/**
 * Puts the sources into the source maps of the coverage that the tests left, for tsx leaves them out: without them tap's
 * report finds no line to count and says 100 % of every file.
 *
 * @returns whether there is anything to report
 */
function completeSourceMaps (): boolean {
  const coverage = join(root, '.tap/coverage')
  if (args.includes('--disable-coverage') || !existsSync(coverage)) return false
  for (const name of readdirSync(coverage)) {
    const file = join(coverage, name)
    const measured = JSON.parse(readFileSync(file, 'utf8')) as { 'source-map-cache'?: Record<string, { data: { sourcesContent?: Array<string | null> } | null }> }
    for (const [url, { data }] of Object.entries(measured['source-map-cache'] ?? {})) {
      const path = url.startsWith('file:') ? fileURLToPath(url) : ''
      if (data !== null && path.endsWith('.ts') && existsSync(path)) data.sourcesContent = [readFileSync(path, 'utf8')]
    }
    writeFileSync(file, JSON.stringify(measured))
  }
  return true
}
