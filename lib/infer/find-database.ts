/** Finds out whether an application uses a database, because a database can reject a value that its schema allows. */
import Module from 'node:module'
import { scopesAround } from '../fastify/scopes.js'

/** The database libraries whose errors are translated. */
const libraries = [
  'pg', 'postgres', '@electric-sql/pglite', 'mysql', 'mysql2', 'mariadb', 'better-sqlite3', 'sqlite3', 'mongodb', 'mongoose', '@prisma/client', 'knex', 'kysely', 'drizzle-orm', 'typeorm',
  'sequelize', '@mikro-orm/core'
]

/** The usual names of decorators for a database: those of @fastify/postgres, @fastify/mysql and @fastify/mongodb, and of applications. */
const decorators: ReadonlySet<string> = new Set([
  'pg', 'postgres', 'sql', 'mysql', 'mongo', 'mongoose', 'sqlite', 'knex', 'kysely', 'drizzle', 'prisma', 'typeorm', 'sequelize', 'orm', 'db', 'database'
])

/**
 * Returns the sign that an application uses a database: a decorator of the scope, or a library that the process has
 * loaded as CommonJS, as most of them are. `undefined` if there is no sign.
 */
export function findDatabase (scope: object): string | undefined {
  for (const at of scopesAround(scope)) {
    const name = Object.keys(at).find(name => decorators.has(name))
    if (name !== undefined) return `the decorator '${name}'`
  }
  return findLoadedLibrary(Object.keys((Module as unknown as { readonly _cache: Readonly<Record<string, unknown>> })._cache))
}

/** Returns the database library among the paths of loaded modules. */
export function findLoadedLibrary (paths: readonly string[]): string | undefined {
  const loaded = new Set(paths.flatMap(path => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(path)?.[1]?.replace('\\', '/') ?? []))
  return libraries.find(library => loaded.has(library))
}
