/** Reads the versions of the packages that the benchmarks compare. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const { resolve } = createRequire(import.meta.url)

/**
 * Returns the version of a package, from the nearest `node_modules` that has it: that of this folder or that of the
 * project.
 */
export function getPackageVersion (name: string): string {
  const file = resolve.paths(name)?.map(folder => join(folder, name, 'package.json')).find(file => existsSync(file))
  if (file === undefined) throw new Error(`The benchmark needs ${name}. Run "npm ci" in the folder bench.`)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
