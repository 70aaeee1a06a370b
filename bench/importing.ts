/**
 * Measures what importing the plugin costs in addition to importing Fastify. Each import runs in a separate process.
 */
import { execFileSync } from 'node:child_process'
import { spreadOf, type Spread } from './measure.js'

const index = new URL('../../dist/index.js', import.meta.url).href

/** Returns the CPU time of a process that imports the modules, in milliseconds. */
function measureImport (modules: readonly string[]): number {
  const program = `const begin = process.cpuUsage()
${modules.map(module => `await import(${JSON.stringify(module)})`).join('\n')}
const { user, system } = process.cpuUsage(begin)
console.log((user + system) / 1000)`
  return Number(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
      cwd: new URL('../..', import.meta.url).pathname
    })
  )
}

/** The CPU time of the imports in milliseconds, and the ratio of both. */
export interface Imports {
  readonly both: Spread
  readonly fastify: Spread
  readonly ratio: Spread
}

/** Compares the import of Fastify and the plugin with the import of Fastify alone, in alternating turns. */
export function compareImports (turns: number): Imports {
  const results: Array<{ both: number, fastify: number }> = []
  for (let turn = 0; turn < turns; turn++) {
    const first = turn % 2 === 0 ? measureImport(['fastify', index]) : undefined
    const fastify = measureImport(['fastify'])
    results.push({ both: first ?? measureImport(['fastify', index]), fastify })
  }
  return {
    both: spreadOf(results.map(({ both }) => both)),
    fastify: spreadOf(results.map(({ fastify }) => fastify)),
    ratio: spreadOf(results.map(({ both, fastify }) => both / fastify))
  }
}
