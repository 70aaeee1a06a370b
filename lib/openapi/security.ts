import type { DeclaringTarget } from '../infer/declare-errors.js'
import { versionOf } from './to-openapi-schema.js'

type Json = Record<string, unknown>

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
export function securityOf (targets: readonly DeclaringTarget[]): readonly SecurityRequirement[] {
  return targets.flatMap(({ target }) => declarations.get(target) ?? [])
}

/** The part of an OpenAPI document that is read and written here. */
interface Document {
  openapi?: string
  components?: Json
}

/**
 * The schema of a route with its `security`, and the schemes put into the document. What the route says about its
 * security itself stays.
 *
 * It works while the document is made, for @fastify/swagger fails on a `security` whose scheme the document lacks.
 */
export function withSecurity<Schema extends object | undefined> (schema: Schema, requirements: readonly SecurityRequirement[], document: Document): Schema {
  if (requirements.length === 0 || (schema !== undefined && 'security' in schema)) return schema
  const schemes: Json = {}
  const security: Record<string, string[]> = {}
  for (const { name, scheme, scopes } of requirements) {
    schemes[name] = scheme
    // Only from OpenAPI 3.1 on may schemes other than OAuth name what is required (section 4.8.30).
    security[name] = versionOf(document.openapi) === '3.0' ? [] : [...new Set([...security[name] ?? [], ...scopes])]
  }
  document.components = { ...document.components, securitySchemes: { ...schemes, ...document.components?.securitySchemes as Json } }
  return { ...schema, security: [security] } as unknown as Schema
}
