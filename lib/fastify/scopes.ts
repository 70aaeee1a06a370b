import type { FastifyInstance } from 'fastify'

/** A scope and those around it: a Fastify scope is made with its parent as prototype. */
export function * scopesAround (scope: object): Generator<object> {
  for (let at: object | null = scope; at !== null; at = Object.getPrototypeOf(at)) yield at
}

/**
 * Whether the hooks of a plugin run on the routes of a scope. They reach the scopes that were there before it, too,
 * whose own `hasPlugin()` may not know of it.
 */
export function runsPlugin (scope: FastifyInstance, name: string): boolean {
  return [...scopesAround(scope)].some(at => (at as Partial<FastifyInstance>).hasPlugin?.(name) === true)
}
