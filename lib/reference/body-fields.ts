type Json = Readonly<Record<string, unknown>>

/** A field of a body, on one line: an object inside is written `meta.limit`, an item of a list `details[].code`. */
export interface FieldFacts {
  readonly name: string
  /** The type as TypeScript writes it: `string`, `integer`, `"a" | "b"`, `string[]`. */
  readonly type: string
  readonly required: boolean
  readonly description: string
}

/** The fields that a JSON Schema of an object names, those inside of each directly after it. */
export function fieldsOf (schema: unknown, prefix = ''): FieldFacts[] {
  if (!isJson(schema)) return []
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : []
  const named = Object.entries(isJson(schema.properties) ? schema.properties : {})
  const others: typeof named = isJson(schema.additionalProperties) ? [['*', schema.additionalProperties]] : []
  return [...named, ...others].flatMap(([name, member]) => {
    const path = prefix + name
    const description = isJson(member) && typeof member.description === 'string' ? member.description : ''
    return [{ name: path, type: typeOf(member), required: required.includes(name), description }, ...fieldsInside(member, path)]
  })
}

function fieldsInside (schema: unknown, path: string): FieldFacts[] {
  if (!isJson(schema)) return []
  return schema.type === 'array' ? fieldsInside(schema.items, `${path}[]`) : fieldsOf(schema, `${path}.`)
}

function typeOf (schema: unknown): string {
  if (!isJson(schema)) return 'any'
  if (Array.isArray(schema.enum)) return unionOf(schema.enum.map(value => JSON.stringify(value)))
  if ('const' in schema) return JSON.stringify(schema.const)
  const union = schema.anyOf ?? schema.oneOf
  if (Array.isArray(union)) return unionOf(union.map(typeOf))
  if (Array.isArray(schema.type)) return unionOf(schema.type.map(type => typeOf({ ...schema, type })))
  if (schema.type === 'array') {
    const items = typeOf(schema.items)
    return items.includes(' | ') ? `(${items})[]` : `${items}[]`
  }
  return typeof schema.type === 'string' ? schema.type : 'any'
}

function unionOf (types: readonly string[]): string {
  return [...new Set(types)].join(' | ')
}

/** Whether a value can have properties that are looked up by name. */
export function isJson (value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
