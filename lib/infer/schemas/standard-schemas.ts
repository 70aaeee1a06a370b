/**
 * Reads schemas of Valibot and ArkType: whether strings can fail a schema, and whether a value can lack a required
 * field.
 */
import { isObject } from '../../support/is-object.js'

interface Entry {
  readonly key: string
  readonly value: unknown
  readonly isOptional: boolean
}

/** Returns whether strings with the given names can fail a schema, such as the parameters of a path. */
export function canStringsFailStandard (schema: unknown, names: ReadonlySet<string>): boolean {
  const entries = listEntries(schema)
  return entries === undefined ||
    entries.some(({ key, value, isOptional }) => !isPlainString(value) || !(isOptional || names.has(key)))
}

/** Returns the properties of an object schema without other conditions; `undefined` for any other schema. */
function listEntries (schema: unknown): Entry[] | undefined {
  const json = readArkType(schema)
  if (json !== undefined) {
    const { domain, required = [], optional = [], ...conditions } = json
    if (domain !== 'object' || Object.keys(conditions).length > 0) return undefined
    return [required, optional].flatMap((list, index) =>
      (list as ReadonlyArray<Omit<Entry, 'isOptional'>>).map(({ key, value }) => ({
        key,
        value,
        isOptional: index === 1
      }))
    )
  }
  if (!isValibot(schema) || !['object', 'loose_object'].includes(String(schema.type)) || 'pipe' in schema) {
    return undefined
  }
  return Object.entries(schema.entries as object).map(([key, value]) => ({
    key,
    value: isOptionalSchema(value) ? value.wrapped : value,
    isOptional: isOptionalSchema(value)
  }))
}

function isPlainString (schema: unknown): boolean {
  return schema === 'string' || (isObject(schema) && schema.type === 'string' && !('pipe' in schema))
}

/** Returns the JSON of an ArkType schema, which is a function. */
function readArkType (schema: unknown): Readonly<Record<string, unknown>> | undefined {
  const { json } = (typeof schema === 'function' ? schema : {}) as { readonly json?: unknown }
  return isObject(json) ? json : undefined
}

function isValibot (schema: unknown): schema is Readonly<Record<string, unknown>> {
  return isObject(schema) && schema.kind === 'schema' && isObject(schema['~standard'])
}

function isOptionalSchema (schema: unknown): schema is Readonly<Record<string, unknown>> {
  return isValibot(schema) && /^(exact_optional|optional|nullish)$/.test(String(schema.type))
}

/** The types of Valibot without fields. */
const simple: ReadonlySet<unknown> = new Set([
  'string', 'number', 'boolean', 'bigint', 'date', 'picklist', 'enum', 'literal', 'null', 'any', 'unknown'
])

/** Returns whether a value can lack a required field, at any depth. True for schemas of other libraries. */
export function canLackFieldStandard (schema: unknown): boolean {
  const json = readArkType(schema)
  if (json !== undefined) return JSON.stringify(json).includes('"required":')
  if (!isValibot(schema)) return true
  if (simple.has(schema.type)) return false
  const { entries, wrapped, item, pipe = [] } = schema
  if (isObject(entries)) {
    return Object.values(entries).some(entry => !isOptionalSchema(entry) || canLackFieldStandard(entry)) ||
      (pipe as readonly unknown[]).slice(1).some(step => isValibot(step) && canLackFieldStandard(step))
  }
  return canLackFieldStandard(wrapped ?? item)
}
