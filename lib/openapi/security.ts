/** Writes the security requirements of a route and their schemes into an OpenAPI document. */
import type { SecurityRequirement } from '../infer/declared/security.js'
import type { JsonObject } from '../support/is-object.js'
import { getOpenApiVersion } from './to-openapi-schema.js'

/** The part of an OpenAPI document that is read and written here. */
interface Document {
  openapi?: string
  components?: JsonObject
}

/**
 * Returns the schema of a route with its `security`, and adds the schemes to the document. The route's own `security`
 * is kept.
 *
 * Call it while the document is created, because @fastify/swagger fails if the document lacks the scheme of a
 * `security`.
 */
export function withSecurity<Schema extends object | undefined> (
  schema: Schema,
  requirements: readonly SecurityRequirement[],
  document: Document
): Schema {
  if (requirements.length === 0 || (schema !== undefined && 'security' in schema)) return schema
  const schemes: JsonObject = {}
  const security: Record<string, string[]> = {}
  for (const { name, scheme, scopes } of requirements) {
    schemes[name] = scheme
    // Since OpenAPI 3.1, schemes other than OAuth can also list required scopes (section 4.8.30).
    security[name] = getOpenApiVersion(document.openapi) === '3.0'
      ? []
      : [...new Set([...security[name] ?? [], ...scopes])]
  }
  document.components = {
    ...document.components,
    securitySchemes: { ...schemes, ...document.components?.securitySchemes as JsonObject }
  }
  return { ...schema, security: [security] } as unknown as Schema
}
