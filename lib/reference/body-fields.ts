/** Lists the fields of a body, for the reference and the lockfile. */
import { isRecord } from '../support/is-object.js'

/**
 * A field of a body. The name of a nested field includes its path: `meta.limit` in an object, `details[].code` in an
 * array.
 */
export interface FieldFacts {
  readonly name: string
  /** The type in the notation of TypeScript: `string`, `integer`, `"a" | "b"`, `string[]`. */
  readonly type: string
  readonly required: boolean
  readonly description: string
}

/** Returns the fields in the JSON Schema of an object. A nested object is followed by its fields. */
export function listFields (schema: unknown, prefix = ''): FieldFacts[] {
  if (!isRecord(schema)) return []
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  const named = Object.entries(isRecord(schema.properties) ? schema.properties : {})
  const others: typeof named = isRecord(schema.additionalProperties) ? [['*', schema.additionalProperties]] : []
  return [...named, ...others].flatMap(([name, member]) => {
    const path = prefix + name
    const description = isRecord(member) && typeof member.description === 'string' ? member.description : ''
    return [
      { name: path, type: describeType(member), required: required.includes(name), description },
      ...listNestedFields(member, path)
    ]
  })
}

function listNestedFields (schema: unknown, path: string): FieldFacts[] {
  if (!isRecord(schema)) return []
  return schema.type === 'array' ? listNestedFields(schema.items, `${path}[]`) : listFields(schema, `${path}.`)
}

function describeType (schema: unknown): string {
  if (!isRecord(schema)) return 'any'
  if (Array.isArray(schema.enum)) return joinTypes(schema.enum.map(value => JSON.stringify(value)))
  if ('const' in schema) return JSON.stringify(schema.const)
  const union = schema.anyOf ?? schema.oneOf
  if (Array.isArray(union)) return joinTypes(union.map(describeType))
  if (Array.isArray(schema.type)) return joinTypes(schema.type.map(type => describeType({ ...schema, type })))
  if (schema.type === 'array') {
    const items = describeType(schema.items)
    return items.includes(' | ') ? `(${items})[]` : `${items}[]`
  }
  return typeof schema.type === 'string' ? schema.type : 'any'
}

function joinTypes (types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}
