/** Errors that scopes and hooks declare for routes, because they cannot be inferred. */
import type { AnyCatalog, AnyErrorFactory } from '../../catalog/define-errors.js'
import type { StandardCode } from '../../catalog/standard-errors.js'
import { expectOption } from '../../support/expect-option.js'
import type { RouteRecord } from '../route-record.js'
import { hookNames, type HookName } from '../../fastify/hook-names.js'
import { getRouteHooks, getScopeHooks } from '../../fastify/guard-hooks.js'
import { scopesAround } from '../../fastify/scopes.js'

/** A standard code, or a factory of a catalog (required for the application's own codes). */
export type ErrorReference = StandardCode | AnyErrorFactory

/** The errors of one declaration, and the methods whose routes can return them. */
interface DeclaredErrors {
  readonly errors: readonly ErrorReference[]
  readonly hasMethod: (method: string) => boolean
}

const declarations = new WeakMap<object, readonly DeclaredErrors[]>()

/**
 * Declares that every route of a scope and of its nested scopes can return these errors. For a hook, it declares them
 * for every route that has the hook, as an option of the route or in one of its scopes. Use it for errors that cannot
 * be inferred, such as the errors of a hook that checks a tenant.
 *
 * Several calls for one target add up. A code that is not in the catalog makes `ready()` fail.
 *
 * @param target a Fastify instance, or a hook function
 * @param errors codes, or factories of the catalog
 * @throws TypeError if `target` is neither, or `errors` is not a list of codes and factories
 * @example
 * declareErrors(app, [errors.missing_api_key, errors.invalid_api_key])
 * @example
 * const requireTenant = async (request) => { if (request.tenant === null) throw errors.forbidden() }
 * declareErrors(requireTenant, [errors.forbidden])
 * app.addHook('preHandler', requireTenant)
 */
export function declareErrors (target: object, errors: readonly ErrorReference[]): void {
  const isTarget = (typeof target === 'object' && target !== null) || typeof target === 'function'
  expectOption('declareErrors', 'target', isTarget, 'a Fastify instance or a hook function', target)
  expectOption('declareErrors', 'errors', Array.isArray(errors), 'a list of codes or factories', errors)
  errors.forEach((error, index) => {
    expectOption('declareErrors', `errors[${index}]`, isReference(error), 'a code or a factory', error)
  })
  declareErrorsOfMethods(target, errors, () => true)
}

/** Declares errors for the routes of a hook that have certain methods, because the hook lets other requests pass. */
export function declareErrorsOfMethods (
  target: object,
  errors: readonly ErrorReference[],
  hasMethod: DeclaredErrors['hasMethod']
): void {
  declarations.set(target, [...declarations.get(target) ?? [], { errors, hasMethod }])
}

/** Returns the code of a reference, which is a code or a factory. */
export function getCode (error: ErrorReference): string {
  return typeof error === 'string' ? error : error.code
}

function isReference (value: unknown): value is ErrorReference {
  return typeof value === 'string' || typeof (value as Partial<AnyErrorFactory> | null | undefined)?.code === 'string'
}

/**
 * Returns the first error that is not in a catalog, as shown in messages; `undefined` if all errors are in the catalog.
 */
export function findUnknownError (
  errors: readonly unknown[],
  catalog: AnyCatalog
): { readonly value: unknown } | undefined {
  for (const error of errors) {
    if (!isReference(error)) return { value: error }
    if (!Object.hasOwn(catalog, getCode(error))) return { value: getCode(error) }
  }
  return undefined
}

/** A declared code, and the place of the declaration. */
export interface Declaration {
  readonly code: string
  readonly reason: string
}

/**
 * Returns the codes that were declared for some targets.
 *
 * @param methods the methods of the route, or only the method whose codes are returned
 */
export function findDeclarations (targets: readonly DeclaringTarget[], methods: readonly string[]): Declaration[] {
  const found: Declaration[] = []
  for (const { target, subject } of targets) {
    for (const { errors, hasMethod } of declarations.get(target) ?? []) {
      if (methods.some(hasMethod)) {
        found.push(...errors.map(error => ({ code: getCode(error), reason: `${subject} declares it.` })))
      }
    }
  }
  return found
}

/** A scope or a hook that can declare errors or security for routes. */
export interface DeclaringTarget {
  /** A scope, or a hook. */
  readonly target: object
  /** The name of the target in a sentence, such as `The scope of the route`. */
  readonly subject: string
}

/** Returns the scopes of a route, and the hooks of these scopes and of the route. */
export function listTargets ({ route, scope }: Pick<RouteRecord, 'route' | 'scope'>): readonly DeclaringTarget[] {
  return withOwnHooks(route, listScopeTargets(scope))
}

/** Returns a scope and its outer scopes, each with its hooks. */
export function listScopeTargets (scope: object): readonly DeclaringTarget[] {
  return [...scopesAround(scope)].flatMap(target => [
    { target, subject: 'The scope of the route' },
    ...getScopeHooks(target).map(({ name, hook }) => ({
      target: hook,
      subject: `The ${describeHook(name, hook)} of the scope`
    }))
  ])
}

/** Returns the targets of a scope and the hooks of one of its routes; the unchanged list if the route has no hooks. */
export function withOwnHooks (
  route: RouteRecord['route'],
  ofScope: readonly DeclaringTarget[]
): readonly DeclaringTarget[] {
  const names = hookNames.filter(name => route[name] !== undefined)
  if (names.length === 0) return ofScope
  return [
    ...ofScope,
    ...names.flatMap(name => getRouteHooks(route, name)
      .map(hook => ({ target: hook, subject: `The ${describeHook(name, hook)} of the route` }))
    )
  ]
}

function describeHook (name: HookName, hook: object): string {
  return typeof hook === 'function' && hook.name !== '' ? `${name} hook '${hook.name}'` : `${name} hook`
}
