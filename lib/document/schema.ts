/** The OpenAPI versions whose schemas differ: 3.0 has no `const`, no `null` type and boolean `exclusiveMinimum`. */
export type OpenApiVersion = '3.0' | '3.1'

type Json = Readonly<Record<string, unknown>>

/** The version that a document's `openapi` field names; what is not 3.0 is written as 3.1. */
export function versionOf (openapi: unknown): OpenApiVersion {
  return String(openapi).startsWith('3.0') ? '3.0' : '3.1'
}

/** A copy of a JSON Schema (without TypeBox's symbols and without `$id`s) as a document of the version writes it. */
export function toOpenApiSchema (schema: unknown, version: OpenApiVersion): Record<string, unknown> {
  return convert(schema, version) as Record<string, unknown>
}

function convert (value: unknown, version: OpenApiVersion): unknown {
  if (Array.isArray(value)) return value.map(item => convert(item, version))
  if (typeof value !== 'object' || value === null) return value
  const schema: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    if (key === '$id' || key === '$schema') continue
    schema[key] = key === 'enum' || key === 'const' || key === 'default' || key === 'example' || key === 'examples'
      ? member
      : key === 'properties' || key === 'patternProperties' ? convertEach(member as Json, version) : convert(member, version)
  }
  return version === '3.0' ? to30(schema) : schema
}

function convertEach (schemas: Json, version: OpenApiVersion): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convert(schema, version)]))
}

function to30 (schema: Record<string, unknown>): Record<string, unknown> {
  const { const: constant, examples, patternProperties, ...rest } = schema
  const converted: Record<string, unknown> = rest
  if ('const' in schema) converted.enum = [constant]
  if (Array.isArray(examples) && examples.length > 0) converted.example = examples[0]
  if (patternProperties !== undefined) converted.additionalProperties = Object.values(patternProperties as Json)[0]
  for (const [exclusive, bound] of [['exclusiveMinimum', 'minimum'], ['exclusiveMaximum', 'maximum']] as const) {
    if (typeof converted[exclusive] !== 'number') continue
    converted[bound] = converted[exclusive]
    converted[exclusive] = true
  }
  return nullable(converted)
}

/** `null` among the types of a value is `nullable: true` in OpenAPI 3.0. */
function nullable (schema: Record<string, unknown>): Record<string, unknown> {
  if (Array.isArray(schema.type)) {
    const types = schema.type.filter(type => type !== 'null')
    const { type, ...rest } = schema
    const base = types.length === 1 ? { type: types[0], ...rest } : { anyOf: types.map(type => ({ type })), ...rest }
    return types.length < schema.type.length ? { ...base, nullable: true } : base
  }
  for (const union of ['anyOf', 'oneOf'] as const) {
    const members = schema[union]
    if (!Array.isArray(members)) continue
    const others = members.filter(member => !isNull(member))
    if (others.length === members.length) continue
    const { [union]: _, ...rest } = schema
    return others.length === 1 ? { ...others[0], ...rest, nullable: true } : { ...rest, [union]: others, nullable: true }
  }
  return schema
}

function isNull (schema: Json): boolean {
  return schema.type === 'null' || (Array.isArray(schema.enum) && schema.enum.length === 1 && schema.enum[0] === null)
}
