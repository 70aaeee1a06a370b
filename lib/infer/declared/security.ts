/** The security requirements that hooks and scopes declare for routes. */
import type { DeclaringTarget } from './declare-errors.js'

/** An OpenAPI security scheme. */
export type SecurityScheme =
  | { readonly type: 'http', readonly scheme: string, readonly description: string }
  | { readonly type: 'apiKey', readonly in: 'header', readonly name: string, readonly description: string }

/** A credential that a hook requires. */
export interface SecurityRequirement {
  /** The name of the scheme under `components.securitySchemes`. */
  readonly name: string
  /** The scheme. It is omitted if the document already has a scheme with this name. */
  readonly scheme: SecurityScheme
  readonly scopes: readonly string[]
}

const declarations = new WeakMap<object, SecurityRequirement[]>()

/** Declares a requirement for every route of a scope, or for every route that has the hook. */
export function declareSecurity (target: object, requirement: SecurityRequirement): void {
  declarations.set(target, [...declarations.get(target) ?? [], requirement])
}

/** Returns the requirements of the scopes and hooks of a route. All of them must be met. */
export function getSecurityRequirements (targets: readonly DeclaringTarget[]): readonly SecurityRequirement[] {
  return targets.flatMap(({ target }) => declarations.get(target) ?? [])
}
