/** The facts that all routes of a scope share. */
import type { FastifyInstance } from 'fastify'
import { runsPlugin } from '../fastify/scopes.js'
import { findDatabase } from './find-database.js'
import { isUnderPressureHookActive } from './known-plugins.js'
import { listScopeTargets, type DeclaringTarget } from './declared/declare-errors.js'

/** The facts that all routes of a scope share. */
export interface ScopeFacts {
  /** The scopes and hooks that can declare errors or security for them. */
  readonly declarationTargets: readonly DeclaringTarget[]
  /** Whether they pass requests on to an upstream. */
  readonly isProxy: boolean
  /** Whether requests are rejected when the server is overloaded. */
  readonly hasPressure: boolean
  /** Whether other origins can read their responses. */
  readonly hasCors: boolean
  /** The evidence that the application uses a database. `undefined` if there is none. */
  readonly database: string | undefined
}

/** Returns the facts that the routes of a scope share. They can change until the application is ready. */
export function findScopeFacts (scope: FastifyInstance): ScopeFacts {
  return {
    declarationTargets: listScopeTargets(scope),
    // @fastify/http-proxy registers its routes in a separate scope.
    isProxy: scope.pluginName?.split(' -> ', 1)[0] === '@fastify/http-proxy',
    hasPressure: isUnderPressureHookActive(scope),
    hasCors: runsPlugin(scope, '@fastify/cors'),
    database: findDatabase(scope)
  }
}
