import type { FastifyInstance, RouteOptions } from 'fastify'
import type { AnyErrorFactory } from '../catalog/define-errors.js'

/** A route as the documentation knows it, noted when it was registered. */
export interface RouteRecord {
  readonly route: RouteOptions & { readonly url: string }
  /** The scope that the route was registered in. */
  readonly scope: FastifyInstance
  /** The methods, in capitals. */
  readonly methods: readonly string[]
}

/** Codes that a scope or a hook was declared to answer with. */
const declarations = new WeakMap<object, Array<string | AnyErrorFactory>>()

/**
 * Declares that every route of a scope, and of the scopes below it, may answer with these errors; or, given a hook,
 * every route that has the hook. For what cannot be inferred: a hook of the scope that checks a tenant, say.
 *
 * @param target a Fastify instance, or a hook function
 * @param errors codes, or factories of the catalog
 * @example
 * declareErrors(app, [errors.missing_api_key, errors.invalid_api_key])
 */
export function declareErrors (target: object, errors: ReadonlyArray<string | AnyErrorFactory>): void {
  declarations.set(target, [...declarations.get(target) ?? [], ...errors])
}

/** What was declared for exactly this scope or hook. */
export function declaredErrors (target: object): ReadonlyArray<string | AnyErrorFactory> {
  return declarations.get(standIns.get(target) ?? target) ?? []
}

const standIns = new WeakMap<object, object>()

/** What is declared for a hook holds for the function that stands in its place, too. */
export function sameDeclarations (hook: object, standIn: object): void {
  standIns.set(standIn, hook)
}
