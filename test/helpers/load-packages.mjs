/**
 * Loads the ES modules of packages without tsx. Its hooks cost more than loading for files that need no compilation, and a
 * test file imports some 500 of them. Register it after tsx: hooks that are registered later run first.
 */
import { existsSync, readFileSync } from 'node:fs'
import { register } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) register(import.meta.url)

const packages = '/node_modules/'
const types = new Map()

/** Returns the `type` of the package.json that applies to a folder. */
function getType (folder) {
  if (!types.has(folder)) {
    const file = join(folder, 'package.json')
    types.set(folder, existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).type : getType(dirname(folder)))
  }
  return types.get(folder)
}

/** Resolves the relative imports inside of a package. */
export function resolve (specifier, context, nextResolve) {
  return context.parentURL?.includes(packages) && /^\.{1,2}\/.*\.m?js$/.test(specifier)
    ? { url: new URL(specifier, context.parentURL).href, shortCircuit: true }
    : nextResolve(specifier, context)
}

/** Loads an ES module of a package. */
export function load (url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.includes(packages) || !/\.m?js$/.test(url)) return nextLoad(url, context)
  const file = fileURLToPath(url)
  return url.endsWith('.mjs') || getType(dirname(file)) === 'module'
    ? { format: 'module', source: readFileSync(file), shortCircuit: true }
    : nextLoad(url, context)
}
