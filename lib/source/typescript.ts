/**
 * Loads the TypeScript compiler, which is an optional peer dependency. Only this file checks which versions are
 * supported.
 */
import { createRequire } from 'node:module'
import type ts from 'typescript'

/** The compiler, as its module exports it. */
export type TypeScript = typeof ts

/** The package of Microsoft that has the API of TypeScript 6, for projects that compile with TypeScript 7. */
const compatiblePackage = '@typescript/typescript6'

/**
 * Loads TypeScript from the application, otherwise the TypeScript next to this package.
 *
 * @param root the folder of the application
 * @param own a file of this package
 * @throws Error with installation advice if TypeScript is not installed or has no compiler API
 */
export function loadTypeScript (root: string, own: string = import.meta.url): TypeScript {
  for (const from of [`${root}/package.json`, own]) {
    const found = requireFrom(from, 'typescript')
    if (found === undefined) continue
    if (typeof found.createProgram === 'function') return found
    const compatible = requireFrom(from, compatiblePackage)
    if (compatible !== undefined) return compatible
    throw new Error(
      `fastify-api-errors: source code is read with TypeScript 5 or 6, because typescript ${found.version} has no stable API. Run 'npm install --save-dev ${compatiblePackage}'. You can keep typescript ${found.version}.`
    )
  }
  throw new Error(
    "fastify-api-errors: source code is read with TypeScript, which is not installed. Run 'npm install --save-dev typescript@6'."
  )
}

function requireFrom (file: string, name: string): TypeScript | undefined {
  try {
    return createRequire(file)(name) as TypeScript
  } catch {
    return undefined
  }
}
