import type { FastifyInstance } from 'fastify'
import { targetsOfScope, type DeclaringTarget } from './declare-errors.js'
import { runsPlugin } from '../fastify/scopes.js'

/** What the routes of a scope have in common. */
export interface ScopeFacts {
  /** What can declare something about each of them. */
  readonly targets: readonly DeclaringTarget[]
  /** Whether they pass requests on to an upstream. */
  readonly isProxy: boolean
  /** Whether requests are turned away when the server is overloaded. */
  readonly hasPressure: boolean
  /** Whether other origins may read their answers. */
  readonly hasCors: boolean
}

/** Finds out what the routes of a scope have in common. It can change until the application is ready. */
export function scopeFacts (scope: FastifyInstance): ScopeFacts {
  return {
    targets: targetsOfScope(scope),
    // @fastify/http-proxy registers its routes in a scope of its own.
    isProxy: scope.pluginName?.split(' -> ', 1)[0] === '@fastify/http-proxy',
    hasPressure: runsPlugin(scope, '@fastify/under-pressure'),
    hasCors: runsPlugin(scope, '@fastify/cors')
  }
}

/** The same that finds it out once for each scope. */
export function keptScopeFacts (): (scope: FastifyInstance) => ScopeFacts {
  const kept = new Map<FastifyInstance, ScopeFacts>()
  return scope => {
    let facts = kept.get(scope)
    if (facts === undefined) kept.set(scope, facts = scopeFacts(scope))
    return facts
  }
}
