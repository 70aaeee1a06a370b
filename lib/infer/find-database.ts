/** Determines whether an application uses a database, because a database can reject a value that the schema allows. */
import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join } from 'node:path'
import { scopesAround } from '../fastify/scopes.js'

/** The database libraries whose errors are translated. */
const libraries = [
  'pg', 'postgres', '@electric-sql/pglite', 'mysql', 'mysql2', 'mariadb', 'better-sqlite3', 'sqlite3', 'mongodb',
  'mongoose', '@prisma/client', 'knex', 'kysely', 'drizzle-orm', 'typeorm', 'sequelize', '@mikro-orm/core'
]

/**
 * The usual names of decorators for a database, from @fastify/postgres, @fastify/mysql, @fastify/mongodb and
 * applications.
 */
const decorators: ReadonlySet<string> = new Set([
  'pg', 'postgres', 'sql', 'mysql', 'mongo', 'mongoose', 'sqlite', 'knex', 'kysely', 'drizzle', 'prisma', 'typeorm',
  'sequelize', 'orm', 'db', 'database'
])

/**
 * Returns the evidence that an application uses a database: a decorator, a loaded library, or a dependency. The library
 * was loaded as CommonJS, and the dependency is in the package.json of the working directory. Returns `undefined` if
 * there is none.
 */
export function findDatabase (scope: object): string | undefined {
  for (const at of scopesAround(scope)) {
    const name = Object.keys(at).find(name => decorators.has(name))
    if (name !== undefined) return `the decorator '${name}'`
  }
  const loaded = findLoadedLibrary(
    Object.keys((Module as unknown as { readonly _cache: Readonly<Record<string, unknown>> })._cache)
  )
  // Node does not expose a list of the loaded ES modules.
  return loaded ?? findDependency(process.cwd())
}

/** Returns the database library among the paths of loaded modules. */
export function findLoadedLibrary (paths: readonly string[]): string | undefined {
  const loaded = new Set(
    paths.flatMap(path =>
      /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1]?.replace('\\', '/') ?? []
    )
  )
  return libraries.find(library => loaded.has(library))
}

const dependencies = new Map<string, string | undefined>()

/** Returns the database library among the dependencies in the nearest package.json of a directory. */
export function findDependency (directory: string): string | undefined {
  if (!dependencies.has(directory)) dependencies.set(directory, readDependency(directory))
  return dependencies.get(directory)
}

function readDependency (directory: string): string | undefined {
  try {
    const content = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as {
      readonly dependencies?: object
    }
    return libraries.find(library => Object.hasOwn(content.dependencies ?? {}, library))
  } catch {
    const outer = dirname(directory)
    return outer === directory ? undefined : findDependency(outer)
  }
}
