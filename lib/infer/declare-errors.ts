import type { AnyCatalog, AnyErrorFactory } from '../catalog/define-errors.js'
import { describeValue } from '../support/describe-value.js'
import type { RouteRecord } from './route-record.js'
import { hookNames, type HookName } from '../fastify/hook-names.js'
import { getRouteHooks, getScopeHooks } from '../fastify/hooks.js'
import { scopesAround } from '../fastify/scopes.js'

/** A code, or the factory of a catalog that has it. */
export type ErrorReference = string | AnyErrorFactory

const declarations = new WeakMap<object, readonly ErrorReference[]>()

/**
 * Declares that every route of a scope, and of the scopes below it, may answer with these errors; or, given a hook,
 * every route that has the hook, be it an option of the route or added to a scope. For what cannot be inferred: a hook
 * that checks a tenant, say.
 *
 * Called several times for one target, the declarations add up. A code that is not in the catalog makes `ready()` fail.
 *
 * @param target a Fastify instance, or a hook function
 * @param errors codes, or factories of the catalog
 * @throws TypeError where `target` is neither, or `errors` is not a list
 * @example
 * declareErrors(app, [errors.missing_api_key, errors.invalid_api_key])
 * @example
 * const requireTenant = async (request) => { if (request.tenant === null) throw errors.forbidden() }
 * declareErrors(requireTenant, [errors.forbidden])
 * app.addHook('preHandler', requireTenant)
 */
export function declareErrors (target: object, errors: readonly ErrorReference[]): void {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) {
    throw new TypeError(`declareErrors: the target is ${describeValue(target)}; it takes a Fastify instance or a hook function.`)
  }
  if (!Array.isArray(errors)) throw new TypeError(`declareErrors: the errors are ${describeValue(errors)}; it takes a list of codes or factories.`)
  for (const error of errors) {
    if (!isReference(error)) throw new TypeError(`declareErrors: the errors have ${describeValue(error)}; it takes a list of codes or factories.`)
  }
  declarations.set(target, [...declarations.get(target) ?? [], ...errors])
}

/** The code that a code or a factory stands for. */
export function getCode (error: ErrorReference): string {
  return typeof error === 'string' ? error : error.code
}

function isReference (value: unknown): value is ErrorReference {
  return typeof value === 'string' || typeof (value as Partial<AnyErrorFactory> | null | undefined)?.code === 'string'
}

/** The first of some errors that is not in a catalog, as a message shows it; `undefined` where all of them are. */
export function findUnknownError (errors: readonly unknown[], catalog: AnyCatalog): string | undefined {
  for (const error of errors) {
    if (!isReference(error)) return describeValue(error)
    if (!Object.hasOwn(catalog, getCode(error))) return describeValue(getCode(error))
  }
  return undefined
}

/** What was declared for a route, and where. */
export interface Declaration {
  readonly code: string
  readonly reason: string
}

/** What some targets were declared to answer with. */
export function findDeclarations (targets: readonly DeclaringTarget[]): Declaration[] {
  const found: Declaration[] = []
  for (const { target, subject } of targets) {
    const errors = declarations.get(target)
    if (errors !== undefined) found.push(...errors.map(error => ({ code: getCode(error), reason: `${subject} declares it.` })))
  }
  return found
}

/** What can declare something about routes. */
export interface DeclaringTarget {
  /** A scope, or a hook. */
  readonly target: object
  /** How a sentence names it. */
  readonly subject: string
}

/** What can declare something about a route: its scopes, and the hooks of its scopes and of its own. */
export function declaringTargets ({ route, scope }: Pick<RouteRecord, 'route' | 'scope'>): readonly DeclaringTarget[] {
  return withOwnHooks(route, targetsOfScope(scope))
}

/** What can declare something about every route of a scope. */
export function targetsOfScope (scope: object): readonly DeclaringTarget[] {
  return [...scopesAround(scope)].flatMap(target => [
    { target, subject: 'The scope of the route' },
    ...getScopeHooks(target).map(({ name, hook }) => ({ target: hook, subject: `The ${described(name, hook)} of the scope` }))
  ])
}

/** The targets of a scope, and the hooks of one of its routes; the list itself where the route has none. */
export function withOwnHooks (route: RouteRecord['route'], ofScope: readonly DeclaringTarget[]): readonly DeclaringTarget[] {
  const names = hookNames.filter(name => route[name] !== undefined)
  if (names.length === 0) return ofScope
  return [...ofScope, ...names.flatMap(name => getRouteHooks(route, name)
    .map(hook => ({ target: hook, subject: `The ${described(name, hook)} of the route` })))]
}

function described (name: HookName, hook: object): string {
  return typeof hook === 'function' && hook.name !== '' ? `${name} hook '${hook.name}'` : `${name} hook`
}
