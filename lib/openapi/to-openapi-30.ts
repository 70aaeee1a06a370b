/**
 * Converts a Schema Object of OpenAPI 3.1 to OpenAPI 3.0, one level at a time. Its subschemas are already converted.
 */
import { isRecord, type JsonObject, type ReadonlyJsonObject } from '../support/is-object.js'

/**
 * The keywords of OpenAPI 3.0 (3.0.3, Schema Object). Any other keyword makes a document invalid, unless it begins with
 * `x-`.
 */
const keywords: ReadonlySet<string> = new Set([
  'title', 'multipleOf', 'maximum', 'exclusiveMaximum', 'minimum', 'exclusiveMinimum', 'maxLength', 'minLength',
  'pattern', 'maxItems', 'minItems', 'uniqueItems', 'maxProperties', 'minProperties', 'required', 'enum', 'type', 'not',
  'allOf', 'oneOf', 'anyOf', 'items', 'properties', 'additionalProperties', 'description', 'format', 'default',
  'nullable', 'discriminator', 'readOnly', 'writeOnly', 'example', 'externalDocs', 'deprecated', 'xml', '$ref'
])

/** A schema for `null` only. OpenAPI 3.0 has no type for it, and `nullable` requires a type. */
const nullSchema = { type: 'string', nullable: true, enum: [null] } as const

/** Returns the OpenAPI 3.0 schema of a schema with converted subschemas. */
export function toOpenApi30 (schema: ReadonlyJsonObject): JsonObject {
  const converted: JsonObject = { ...schema }
  convertValues(converted)
  convertBounds(converted)
  convertItems(converted)
  convertProperties(converted)
  convertConditions(converted)
  convertContent(converted)
  const known = Object.fromEntries(
    Object.entries(convertNull(converted)).filter(([keyword]) => keywords.has(keyword) || keyword.startsWith('x-'))
  )
  const { $ref, ...siblings } = known
  // Properties next to a $ref are ignored.
  return $ref === undefined || Object.keys(siblings).length === 0
    ? known
    : { ...siblings, allOf: [{ $ref }, ...siblings.allOf as readonly unknown[] ?? []] }
}

function convertValues (schema: JsonObject): void {
  if ('const' in schema) schema.enum = [schema.const]
  if (Array.isArray(schema.enum) && schema.enum.length === 0) {
    delete schema.enum
    addAllOf(schema, { not: {} })
  }
  if (Array.isArray(schema.examples) && schema.examples.length > 0 && !('example' in schema)) {
    ;[schema.example] = schema.examples
  }
}

/** Converts an exclusive limit: a limit and a boolean. */
function convertBounds (schema: JsonObject): void {
  for (
    const [exclusive, bound, isStricter] of [
      ['exclusiveMinimum', 'minimum', (a: number, b: number) => a > b],
      ['exclusiveMaximum', 'maximum', (a: number, b: number) => a < b]
    ] as const
  ) {
    const limit = schema[exclusive]
    if (typeof limit !== 'number') continue
    const isBounded = typeof schema[bound] === 'number' && isStricter(schema[bound], limit)
    schema[exclusive] = true
    if (isBounded) delete schema[exclusive]
    else schema[bound] = limit
  }
}

/** Converts a tuple to a list of any of its items. */
function convertItems (schema: JsonObject): void {
  const { prefixItems, unevaluatedItems, maxItems } = schema
  if (Array.isArray(prefixItems)) {
    const others = schema.items ?? unevaluatedItems ?? {}
    const isClosed = isNothing(others) || Number(maxItems ?? Infinity) <= prefixItems.length
    if (isClosed) schema.maxItems = Math.min(Number(maxItems ?? Infinity), prefixItems.length)
    schema.items = createUnion(isClosed ? prefixItems : [...prefixItems, others])
  }
  if ([schema.type].flat().includes('array')) schema.items ??= {}
}

function convertProperties (schema: JsonObject): void {
  const { patternProperties, unevaluatedProperties } = schema
  if (Array.isArray(schema.required) && schema.required.length === 0) delete schema.required
  // The unevaluated properties are the additional properties only if no other schema applies to the same object.
  if (
    unevaluatedProperties !== undefined && schema.additionalProperties === undefined &&
    !['allOf', 'anyOf', 'oneOf', 'if', '$ref', 'dependentSchemas'].some(keyword => keyword in schema)
  ) {
    schema.additionalProperties = isNothing(unevaluatedProperties) ? false : unevaluatedProperties
  }
  if (!isRecord(patternProperties)) return
  const patterns = Object.entries(patternProperties)
  const matchesAll = patterns.some(([pattern]) => /^\^?\(?\.\*\)?\$?$/.test(pattern))
  const others = matchesAll ? false : schema.additionalProperties ?? true
  if (others === true) delete schema.additionalProperties
  else {
    schema.additionalProperties = createUnion([
      ...patterns.map(([, inner]) => inner),
      ...others === false ? [] : [others]
    ])
  }
}

/** Converts `if` and dependencies to alternatives. */
function convertConditions (schema: JsonObject): void {
  const { if: condition, then: consequence, else: alternative, dependentRequired, dependentSchemas } = schema
  if (isRecord(condition) && Object.keys(condition).length === 0) return // its keywords are not in 3.0
  if (condition !== undefined && consequence !== undefined) {
    addAllOf(schema, { anyOf: [{ not: condition }, consequence] })
  }
  if (condition !== undefined && alternative !== undefined) addAllOf(schema, { anyOf: [condition, alternative] })
  for (const [name, required] of isRecord(dependentRequired) ? Object.entries(dependentRequired) : []) {
    if (Array.isArray(required) && required.length > 0) {
      addAllOf(schema, { anyOf: [{ not: { required: [name] } }, { required }] })
    }
  }
  for (const [name, dependent] of isRecord(dependentSchemas) ? Object.entries(dependentSchemas) : []) {
    addAllOf(schema, { anyOf: [{ not: { required: [name] } }, dependent] })
  }
}

/** Converts encoded content to a format (OpenAPI 3.0.3, Data Types). */
function convertContent (schema: JsonObject): void {
  const { contentEncoding, contentMediaType } = schema
  if (contentEncoding === 'base64') schema.format ??= 'byte'
  else if (contentEncoding === 'binary' || contentMediaType === 'application/octet-stream') schema.format ??= 'binary'
}

/** Returns a schema with `nullable` instead of the type `null`. */
function convertNull (schema: JsonObject): JsonObject {
  const typed = convertTypes(schema)
  for (const union of ['anyOf', 'oneOf'] as const) {
    const members = typed[union]
    if (!Array.isArray(members)) continue
    const others = members.filter(member => !isNull(member))
    if (others.length === members.length) continue
    const { [union]: _, ...rest } = typed
    const [only] = others
    if (only === undefined) return { ...rest, ...nullSchema }
    const isMergeable = others.length === 1 && 'type' in only && Object.keys(only).every(keyword => !(keyword in rest))
    return isMergeable ? { ...rest, ...allowNull(only) } : { ...rest, [union]: addNull(others) }
  }
  return typed
}

function convertTypes (schema: JsonObject): JsonObject {
  const { type, ...rest } = schema
  const values = Array.isArray(schema.enum) ? schema.enum : undefined
  if (type === undefined) return values?.every(value => value === null) === true ? { ...rest, ...nullSchema } : schema
  const types = [type].flat()
  const others = types.filter(name => name !== 'null')
  const allowsNull = others.length < types.length && values?.includes(null) !== false
  if (others.length === 0) return { ...rest, ...nullSchema }
  // A value of an enum must have one of the types.
  if (values !== undefined && !allowsNull) rest.enum = values.filter(value => value !== null)
  if (others.length === 1) return { type: others[0], ...rest, ...(allowsNull && { nullable: true }) }
  const union = others.map((name, index) => ({
    type: name,
    ...(name === 'array' && { items: {} }),
    ...(allowsNull && index === 0 && { nullable: true })
  }))
  if (!('anyOf' in rest)) return { anyOf: union, ...rest }
  return { ...rest, allOf: [...rest.allOf as readonly unknown[] ?? [], { anyOf: union }] }
}

function addNull (members: readonly JsonObject[]): JsonObject[] {
  const index = members.findIndex(member => 'type' in member)
  return index === -1
    ? [...members, { ...nullSchema }]
    : members.map((member, at) => at === index ? allowNull(member) : member)
}

function allowNull (schema: JsonObject): JsonObject {
  return {
    ...schema,
    nullable: true,
    ...(Array.isArray(schema.enum) && !schema.enum.includes(null) && { enum: [...schema.enum, null] })
  }
}

function isNull (schema: unknown): boolean {
  return isRecord(schema) && schema.nullable === true && Array.isArray(schema.enum) &&
    schema.enum.every(value => value === null)
}

function isNothing (schema: unknown): boolean {
  return schema === false ||
    (isRecord(schema) && Object.keys(schema).length === 1 && isRecord(schema.not) &&
      Object.keys(schema.not).length === 0)
}

function createUnion (schemas: readonly unknown[]): unknown {
  const distinct = [...new Map(schemas.map(schema => [JSON.stringify(schema), schema])).values()]
  return distinct.length === 1 ? distinct[0] : { anyOf: distinct }
}

function addAllOf (schema: JsonObject, member: unknown): void {
  schema.allOf = [...schema.allOf as readonly unknown[] ?? [], member]
}
