/** Describes schemas of zod as JSON Schema, as far as samples need it. */
import { getKind, getShape, isOptional } from '../infer/schemas/zod-schemas.js'
import { isObject, type JsonObject } from '../support/is-object.js'

/** The maximum depth, because a schema may contain itself. */
const maxDepth = 4

/** Returns a JSON Schema for a schema of zod. It has no keywords for what it does not know. */
export function describeZodSchema (schema: unknown, depth = 0): JsonObject {
  const kind = getKind(schema)
  const { innerType, element, type, values, entries, value, in: input, schema: inner, options } = kind.definition
  if (depth > maxDepth) return {}
  const describe = (part: unknown): JsonObject => describeZodSchema(part, depth + 1)
  switch (kind.name) {
    case 'object': {
      const fields = Object.entries(getShape(kind) ?? {})
      return {
        type: 'object',
        properties: Object.fromEntries(fields.map(([name, field]) => [name, describe(field)])),
        required: fields.filter(([, field]) => !isOptional(field)).map(([name]) => name)
      }
    }
    case 'string':
      return { type: 'string', ...describeChecks(kind.definition) }
    case 'number':
    case 'int':
      return { type: 'number', ...describeChecks(kind.definition) }
    case 'boolean':
      return { type: 'boolean' }
    case 'array':
      return { type: 'array', items: describe(isObject(element) ? element : type), ...describeChecks(kind.definition) }
    case 'enum':
    case 'nativeenum':
      return { enum: Object.values((entries ?? values) as object) }
    case 'literal':
      return { enum: [values ?? value].flat() }
    case 'union':
    case 'discriminatedunion':
      return { anyOf: Array.isArray(options) ? options.map(describe) : [] }
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'nonoptional':
      return describe(innerType)
    case 'effects':
      return describe(inner)
    case 'pipe':
    case 'pipeline':
      return describe(input)
    default:
      return {}
  }
}

/** The keyword for each check of zod 4 (its name in the check) and zod 3 (its kind), by the type of the value. */
const keywords: Readonly<Record<string, string>> = {
  min_length: 'minLength',
  max_length: 'maxLength',
  greater_than: 'minimum',
  less_than: 'maximum',
  multiple_of: 'multipleOf',
  multipleOf: 'multipleOf'
}

const formats: Readonly<Record<string, string>> = {
  email: 'email',
  uuid: 'uuid',
  guid: 'uuid',
  url: 'uri',
  datetime: 'date-time',
  date: 'date',
  ipv4: 'ipv4',
  ipv6: 'ipv6'
}

function describeChecks (definition: Readonly<Record<string, unknown>>): JsonObject {
  const found: JsonObject = {}
  const isText = definition.type === 'string' || definition.typeName === 'ZodString'
  const isList = definition.type === 'array' || definition.typeName === 'ZodArray'
  const own = typeof definition.format === 'string' ? [{ format: definition.format }] : []
  for (const check of [...own, ...Array.isArray(definition.checks) ? definition.checks as readonly unknown[] : []]) {
    const facts = (isObject(check) && isObject(check._zod) ? check._zod.def : check) as JsonObject
    const { check: name, kind, format, minimum, maximum, value, multipleOf } = facts
    const limit = minimum ?? maximum ?? value ?? multipleOf
    const format3 = Object.hasOwn(formats, String(format ?? kind)) ? formats[String(format ?? kind)] : undefined
    const keyword = keywords[String(name)] ??
      (kind === 'min'
        ? isText ? 'minLength' : 'minimum'
        : kind === 'max'
          ? isText ? 'maxLength' : 'maximum'
          : keywords[String(kind)])
    if (format3 !== undefined) found.format = format3
    else if (String(format ?? kind) === 'regex') found.pattern = ''
    else if (keyword !== undefined && typeof limit === 'number') {
      found[isList ? keyword.replace('Length', 'Items') : keyword] = limit
    }
  }
  return found
}
