/** Determines the outer scopes of a Fastify scope, and whether the hooks of a plugin run in it. */
import type { FastifyInstance } from 'fastify'

/** Returns a scope and its outer scopes. The prototype of a Fastify scope is its parent. */
export function * scopesAround (scope: object): Generator<object> {
  for (let at: object | null = scope; at !== null; at = Object.getPrototypeOf(at)) yield at
}

/**
 * Returns whether the hooks of a plugin run on the routes of a scope. They also run in scopes that were created before
 * the plugin, whose `hasPlugin()` may return false.
 */
export function runsPlugin (scope: FastifyInstance, name: string): boolean {
  return [...scopesAround(scope)].some(at => (at as Partial<FastifyInstance>).hasPlugin?.(name) === true)
}
