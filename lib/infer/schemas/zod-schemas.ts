/** Reads schemas of zod 3 and 4: whether strings can fail a schema, and whether a value can lack a required field. */
import { isObject } from '../../support/is-object.js'

/** The properties of a schema that both versions have in common. */
export interface Kind {
  /** In lower case, without `Zod`: `string`, `object`. `undefined` if the value is not a schema of zod. */
  readonly name: string | undefined
  readonly definition: Readonly<Record<string, unknown>>
}

/** Returns the kind of a schema of zod. */
export function getKind (schema: unknown): Kind {
  const definition = isObject(schema) ? isObject(schema._zod) ? schema._zod.def : schema._def : undefined
  if (!isObject(definition)) return { name: undefined, definition: {} }
  const { typeName, type } = definition
  const name = typeof typeName === 'string' ? typeName.replace(/^Zod/, '').toLowerCase() : type
  return { name: typeof name === 'string' ? name : undefined, definition }
}

/** Returns whether a value is a schema of zod. */
export function isZodSchema (schema: unknown): boolean {
  return getKind(schema).name !== undefined
}

/** Returns the fields of an object schema. */
export function getShape ({ definition: { shape } }: Kind): Readonly<Record<string, unknown>> | undefined {
  const fields: unknown = typeof shape === 'function' ? shape() : shape
  return isObject(fields) ? fields : undefined
}

/** Returns whether strings with the given names can fail a schema, such as the parameters of a path. */
export function canStringsFail (schema: unknown, names: ReadonlySet<string>): boolean {
  const kind = getKind(schema)
  const shape = kind.name === 'object' ? getShape(kind) : undefined
  if (shape === undefined || hasChecks(kind) || isClosed(kind)) return true
  return Object.entries(shape).some(([name, inner]) => canStringFail(inner) || !(names.has(name) || isOptional(inner)))
}

function canStringFail (schema: unknown): boolean {
  const kind = getKind(schema)
  if (kind.name === 'optional' || kind.name === 'nullable' || kind.name === 'default') {
    return canStringFail(kind.definition.innerType)
  }
  if (kind.name === 'any' || kind.name === 'unknown') return false
  return kind.name !== 'string' || hasChecks(kind) || kind.definition.format !== undefined ||
    isObject(kind.definition.pattern)
}

/** Returns whether a schema checks more than types: `min`, `refine`. */
function hasChecks ({ definition: { checks } }: Kind): boolean {
  return Array.isArray(checks) && checks.some(check => !isConversion(check))
}

/** Returns whether a check only changes a value, such as `trim`. */
function isConversion (check: unknown): boolean {
  const definition = isObject(check) && isObject(check._zod) ? check._zod.def : check
  return isObject(definition) &&
    (definition.check === 'overwrite' || ['trim', 'toLowerCase', 'toUpperCase'].includes(definition.kind as string))
}

function isClosed ({ definition: { catchall, unknownKeys } }: Kind): boolean {
  return unknownKeys === 'strict' || (unknownKeys === undefined && getKind(catchall).name === 'never')
}

/** Returns whether a value is optional. */
export function isOptional (schema: unknown): boolean {
  const { name, definition } = getKind(schema)
  // In zod 4, the key of a value of any kind is required.
  if (name === 'any' || name === 'unknown') return !isObject((schema as { readonly _zod?: unknown })._zod)
  if (name === 'optional' || name === 'default' || name === 'prefault' || name === 'catch' || name === 'undefined') {
    return true
  }
  return (name === 'nullable' || name === 'readonly') && isOptional(definition.innerType)
}

/** Returns whether a value can lack a required field, at any depth. */
export function canLackField (schema: unknown, seen: ReadonlySet<unknown> = new Set()): boolean {
  if (seen.has(schema)) return false
  const within = new Set([...seen, schema])
  const kind = getKind(schema)
  const { innerType, element, type, options, schema: inner, in: input, items, valueType } = kind.definition
  switch (kind.name) {
    case 'object': {
      const fields = Object.values(getShape(kind) ?? { unknown: undefined })
      return fields.some(field => !isOptional(field) || canLackField(field, within))
    }
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'date':
    case 'enum':
    case 'nativeenum':
    case 'literal':
    case 'null':
    case 'any':
    case 'unknown':
      return false
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'readonly':
    case 'nonoptional':
      return canLackField(innerType, within)
    case 'array':
      return canLackField(isObject(element) ? element : type, within)
    case 'effects':
      return canLackField(inner, within)
    case 'pipe':
    case 'pipeline':
      return canLackField(input, within)
    case 'record':
      return canLackField(valueType, within)
    case 'union':
    case 'discriminatedunion':
    case 'tuple':
      return [options, items].some(list => Array.isArray(list) && list.some(one => canLackField(one, within)))
    default:
      return true
  }
}
