import type { ReadonlyJsonObject } from '../support/is-object.js'

/** The OpenAPI versions whose schemas differ: 3.0 has no `const`, no `null` type and boolean `exclusiveMinimum`. */
export type OpenApiVersion = '3.0' | '3.1'

/** A version; or either, for @fastify/swagger, which writes most of a schema as its document needs it and does not tell which that is. */
export type SchemaTarget = OpenApiVersion | 'either'

/** The version that a document's `openapi` field names; what is not 3.0 is written as 3.1. */
export function getOpenApiVersion (openapi: unknown): OpenApiVersion {
  return String(openapi).startsWith('3.0') ? '3.0' : '3.1'
}

/** A copy of a JSON Schema (without TypeBox's symbols and without `$id`s) as a document of the version writes it. */
export function toOpenApiSchema (schema: unknown, target: SchemaTarget): Record<string, unknown> {
  return convert(schema, target) as Record<string, unknown>
}

function convert (value: unknown, target: SchemaTarget): unknown {
  if (Array.isArray(value)) return value.map(item => convert(item, target))
  if (typeof value !== 'object' || value === null) return value
  const schema: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    if (key === '$id' || key === '$schema') continue
    schema[key] = key === 'enum' || key === 'const' || key === 'default' || key === 'example' || key === 'examples'
      ? member
      : key === 'properties' || key === 'patternProperties' ? convertEach(member as ReadonlyJsonObject, target) : convert(member, target)
  }
  return target === '3.0' ? to30(schema) : target === 'either' ? toEither(schema) : schema
}

function convertEach (schemas: ReadonlyJsonObject, target: SchemaTarget): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, convert(schema, target)]))
}

/** What @fastify/swagger leaves as it is, and the versions write differently: examples, and bounds that do not belong to the range. */
function toEither (schema: Record<string, unknown>): Record<string, unknown> {
  const converted = withExample(schema)
  const excluded: number[] = []
  for (const [exclusive, bound, closer] of [['exclusiveMinimum', 'minimum', Math.max], ['exclusiveMaximum', 'maximum', Math.min]] as const) {
    const limit = converted[exclusive]
    if (typeof limit !== 'number') continue
    delete converted[exclusive]
    converted[bound] = closer(limit, Number(converted[bound] ?? limit))
    excluded.push(limit)
  }
  if (excluded.length > 0) converted.not = 'not' in schema ? { anyOf: [schema.not, { enum: excluded }] } : { enum: excluded }
  return converted
}

/** A copy with the first of the `examples` in their place; what is no list is a definition of that name. */
function withExample (schema: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(schema.examples)) return { ...schema }
  const { examples: [example], ...rest } = schema as { readonly examples: readonly unknown[] }
  return example === undefined ? rest : { example, ...rest }
}

function to30 (schema: Record<string, unknown>): Record<string, unknown> {
  const { const: constant, patternProperties, ...rest } = withExample(schema)
  const converted: Record<string, unknown> = rest
  if ('const' in schema) converted.enum = [constant]
  if (patternProperties !== undefined) converted.additionalProperties = Object.values(patternProperties as ReadonlyJsonObject)[0]
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

function isNull (schema: ReadonlyJsonObject): boolean {
  return schema.type === 'null' || (Array.isArray(schema.enum) && schema.enum.length === 1 && schema.enum[0] === null)
}
