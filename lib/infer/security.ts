/** What routes ask of a request before they let it through: the security requirements that hooks and scopes declare. */
import type { DeclaringTarget } from './declare-errors.js'

/** A security scheme as OpenAPI describes it. */
export type SecurityScheme =
  | { readonly type: 'http', readonly scheme: string, readonly description: string }
  | { readonly type: 'apiKey', readonly in: 'header', readonly name: string, readonly description: string }

/** What a hook asks of a request before it lets it through. */
export interface SecurityRequirement {
  /** The name of the scheme under `components.securitySchemes`. */
  readonly name: string
  /** Its description; it is left out where the document already has a scheme of the name. */
  readonly scheme: SecurityScheme
  readonly scopes: readonly string[]
}

const declarations = new WeakMap<object, SecurityRequirement[]>()

/** Declares what every route of a scope, or every route that has the hook, asks of a request. */
export function declareSecurity (target: object, requirement: SecurityRequirement): void {
  declarations.set(target, [...declarations.get(target) ?? [], requirement])
}

/** What the scopes and the hooks of a route ask of a request; all of it must hold. */
export function getSecurityRequirements (targets: readonly DeclaringTarget[]): readonly SecurityRequirement[] {
  return targets.flatMap(({ target }) => declarations.get(target) ?? [])
}
