/**
 * Converts JSON Schemas of drafts 4 to 2020-12 to the Schema Objects of OpenAPI 3.0 and 3.1.
 *
 * OpenAPI 3.1 is JSON Schema 2020-12. OpenAPI 3.0 lacks some keywords. They are replaced with others if possible (`if`,
 * `dependentRequired`), and omitted otherwise, so that the schema accepts more values but remains valid.
 */
import { resolveReference, type SchemaPlace } from '../infer/schemas/schema-references.js'
import { isObject, isRecord, type JsonObject, type ReadonlyJsonObject } from '../support/is-object.js'
import { subschemas } from '../support/subschemas.js'
import { toOpenApi30 } from './to-openapi-30.js'

/** The OpenAPI versions whose schemas differ. */
export type OpenApiVersion = '3.0' | '3.1'

/** Returns the version in the `openapi` field of a document. Versions after 3.1 have the schemas of 3.1. */
export function getOpenApiVersion (openapi: unknown): OpenApiVersion {
  return String(openapi).startsWith('3.0') ? '3.0' : '3.1'
}

/** Converts the references in a schema. */
export interface SchemaDefinitions {
  /**
   * Returns a schema that refers to a definition.
   *
   * @param key differs from the keys of all other definitions
   * @param name a name for it: of its definition, its `$id`, or the property that refers to it
   * @param create creates the definition; it can refer to itself
   */
  readonly refer: (key: string, name: string, create: () => JsonObject) => JsonObject
  /** Returns the schema that was added to the application under an id. */
  readonly getSchema: (id: string) => unknown
}

/** Returns a copy of a JSON Schema for an OpenAPI version, without TypeBox's symbols and without `$id`s. */
export function toOpenApiSchema (schema: unknown, version: OpenApiVersion, definitions: SchemaDefinitions): JsonObject {
  const top = schema as ReadonlyJsonObject
  return convert(schema, { root: top, top, name: '' }, { version, ...definitions }) as JsonObject
}

interface Context extends SchemaDefinitions {
  readonly version: OpenApiVersion
}

interface Place extends SchemaPlace {
  /** The nearest property. */
  readonly name: string
}

/**
 * Keywords that have no meaning in another document. References and the definitions that they refer to are replaced.
 */
const droppedKeywords: ReadonlySet<string> = new Set([
  '$id', 'id', '$schema', '$anchor', '$dynamicAnchor', '$recursiveAnchor', '$vocabulary', '$comment', '$defs',
  'definitions', '$ref', '$dynamicRef', '$recursiveRef'
])

function convert (schema: unknown, outer: Place, context: Context): unknown {
  if (typeof schema === 'boolean') return context.version === '3.1' ? schema : schema ? {} : { not: {} }
  if (!isRecord(schema)) return schema
  const place = typeof schema.$id === 'string' && !schema.$id.startsWith('#') ? { ...outer, root: schema } : outer
  const converted: JsonObject = {}
  for (const [keyword, value] of Object.entries(toDraft2020(schema))) {
    if (!droppedKeywords.has(keyword)) converted[keyword] = convertKeyword(keyword, value, place, context)
  }
  const reference = [schema.$ref, schema.$dynamicRef, schema.$recursiveRef].find(ref => typeof ref === 'string')
  const referred = reference === undefined
    ? converted
    : { ...convertReference(reference as string, place, context), ...converted }
  return context.version === '3.0' ? toOpenApi30(referred) : referred
}

function convertKeyword (keyword: string, value: unknown, place: Place, context: Context): unknown {
  const kind = subschemas[keyword]
  if (kind === 'several' && Array.isArray(value)) return value.map(inner => convert(inner, place, context))
  if (kind === 'named' && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, convert(inner, { ...place, name }, context)])
    )
  }
  // OpenAPI 3.0 allows boolean schemas only in this keyword.
  if (kind === undefined || (keyword === 'additionalProperties' && typeof value === 'boolean')) return value
  return convert(value, place, context)
}

function convertReference (ref: string, place: Place, context: Context): JsonObject {
  const target = resolveReference(ref, place, context.getSchema)
  if (target === undefined) return { description: `Any value: the schema '${ref}' is not in this document.` }
  const { schema, root, top } = target
  if (typeof schema === 'boolean') return schema ? {} : { not: {} }
  const [, fragment = ''] = ref.split('#', 2)
  const name = fragment.split('/').pop() || nameById(schema) || place.name
  const id = isObject(schema) && typeof schema.$id === 'string' ? schema.$id : `${String(root.$id ?? '')}#${fragment}`
  return context.refer(id, name, () => convert(schema, { root, top, name }, context) as JsonObject)
}

/** Returns the `$id` of a schema, unless TypeBox generated it. */
function nameById (schema: unknown): string {
  return isObject(schema) && typeof schema.$id === 'string' && !/^T\d+$/.test(schema.$id) ? schema.$id : ''
}

/** Returns a schema with the keywords of 2020-12 instead of keywords from earlier drafts and OpenAPI 3.0. */
function toDraft2020 (schema: ReadonlyJsonObject): ReadonlyJsonObject {
  const { additionalItems, dependencies, nullable, ...rest } = schema
  const converted: JsonObject = rest
  if (Array.isArray(rest.items)) {
    converted.prefixItems = rest.items
    delete converted.items
    if (additionalItems !== undefined) converted.items = additionalItems
  }
  for (const [name, dependency] of isRecord(dependencies) ? Object.entries(dependencies) : []) {
    const keyword = Array.isArray(dependency) ? 'dependentRequired' : 'dependentSchemas'
    converted[keyword] = { ...converted[keyword] as JsonObject | undefined, [name]: dependency }
  }
  for (const [exclusive, bound] of [['exclusiveMinimum', 'minimum'], ['exclusiveMaximum', 'maximum']] as const) {
    if (typeof converted[exclusive] !== 'boolean') continue
    if (converted[exclusive] && bound in converted) {
      converted[exclusive] = converted[bound]
      delete converted[bound]
    } else {
      delete converted[exclusive]
    }
  }
  // `nullable` has a meaning only next to `type` (OpenAPI 3.0.3, Schema Object).
  if (nullable === true && rest.type !== undefined) converted.type = [...new Set([rest.type, 'null'].flat())]
  return converted
}
