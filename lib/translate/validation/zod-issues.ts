/**
 * Reads the issues of zod 4, through @fastify/type-provider-zod, fastify-type-provider-zod or fastify-zod-openapi, or
 * unchanged.
 */
import { hasProperty, maxReported, getValueAt, type FailedKeyword, type ValidationReport } from './failed-keyword.js'
import { isObject } from '../../support/is-object.js'

/** The codes of zod's issues. */
export type ZodCode =
  | 'invalid_type'
  | 'too_small'
  | 'too_big'
  | 'invalid_format'
  | 'not_multiple_of'
  | 'unrecognized_keys'
  | 'invalid_value'
  | 'invalid_union'
  | 'invalid_key'
  | 'invalid_element'
  | 'custom'

/** The parts of an issue of zod that are read here. */
interface ZodIssue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message?: string
  readonly [property: string]: unknown
}

/** The place of an issue: the whole value, and the path to which the issue's own path is relative. */
interface Place {
  readonly value: unknown
  readonly path: readonly string[]
}

type Keyword = Pick<FailedKeyword, 'keyword' | 'params'>

/** The JSON Schema types for zod's types, if the names differ. */
const types: Readonly<Record<string, string>> = {
  int: 'integer',
  bigint: 'integer',
  nan: 'number',
  record: 'object',
  map: 'object',
  tuple: 'array',
  set: 'array',
  void: 'undefined'
}

/** The JSON Schema formats for zod's formats, if the names differ. */
const formatNames: Readonly<Record<string, string>> = { datetime: 'date-time', guid: 'uuid', base64: 'byte' }

/** zod formats that are patterns in JSON Schema. */
const patterns: ReadonlySet<unknown> = new Set([
  'regex', 'starts_with', 'ends_with', 'includes', 'lowercase', 'uppercase', 'template_literal'
])

/** The size keywords, by the kind of value. A number, a date and a file have `minimum` and `maximum` instead. */
const sizes: Readonly<Record<string, readonly [small: string, big: string]>> = {
  string: ['minLength', 'maxLength'],
  array: ['minItems', 'maxItems'],
  set: ['minItems', 'maxItems'],
  map: ['minProperties', 'maxProperties'],
  object: ['minProperties', 'maxProperties']
}

/** The keyword of JSON Schema for each code of zod. */
export const zodIssues: Readonly<Record<ZodCode, (issue: ZodIssue) => Keyword>> = {
  invalid_type: ({ expected }) => {
    const type = String(expected)
    if (type === 'never') return { keyword: 'boolean', params: {} }
    return type === 'nonoptional'
      ? { keyword: 'required', params: {} }
      : { keyword: 'type', params: { type: types[type] ?? type } }
  },
  too_small: ({ origin, minimum, inclusive }) => {
    const [keyword] = sizes[String(origin)] ?? []
    return {
      keyword: keyword ?? 'minimum',
      params: { limit: readLimit(origin, minimum), comparison: inclusive === false ? '>' : '>=' }
    }
  },
  too_big: ({ origin, maximum, inclusive }) => {
    const [, keyword] = sizes[String(origin)] ?? []
    return {
      keyword: keyword ?? 'maximum',
      params: { limit: readLimit(origin, maximum), comparison: inclusive === false ? '<' : '<=' }
    }
  },
  invalid_format: ({ format }) =>
    patterns.has(format)
      ? { keyword: 'pattern', params: {} }
      : { keyword: 'format', params: { format: formatNames[String(format)] ?? format } },
  not_multiple_of: ({ divisor }) => ({ keyword: 'multipleOf', params: { multipleOf: divisor } }),
  unrecognized_keys: () => ({ keyword: 'additionalProperties', params: {} }),
  invalid_value: ({ values }) =>
    Array.isArray(values) && values.length === 1
      ? { keyword: 'const', params: { allowedValue: values[0] } }
      : { keyword: 'enum', params: { allowedValues: values } },
  invalid_union: ({ options, matches }) =>
    Array.isArray(options)
      ? { keyword: 'enum', params: { allowedValues: options } }
      : { keyword: 'anyOf', params: { passingSchemas: matches } },
  invalid_key: () => ({ keyword: 'propertyNames', params: {} }),
  invalid_element: () => ({ keyword: 'invalid', params: {} }),
  custom: () => ({ keyword: 'invalid', params: {} })
}

/** The codes that zod also uses for an absent value. */
const absentAs: ReadonlySet<string> = new Set(['invalid_type', 'invalid_value', 'invalid_union'])

/** The symbol that fastify-type-provider-zod sets on each failure. */
const mark = Symbol.for('ZodFastifySchemaValidationError')

/** Returns the failed keywords in a report of zod 4. */
export function readZodIssues ({ validation, value }: ValidationReport): FailedKeyword[] | undefined {
  const issues = validation.map(entry => readIssue(entry, value)).filter(issue => issue !== undefined)
  return issues.length === 0 ? undefined : issues.flatMap(issue => readFailures(issue, { value, path: [] }))
}

function readIssue (entry: unknown, value: unknown): ZodIssue | undefined {
  if (!isObject(entry)) return undefined
  const params = isObject(entry.params) ? entry.params : {}
  if (mark in entry) {
    return {
      ...params,
      code: String(entry.keyword),
      path: splitPath(value, String(entry.instancePath)),
      message: String(entry.message)
    }
  }
  if (isObject(params.issue) && Array.isArray(params.issue.path)) return params.issue as unknown as ZodIssue
  return Array.isArray(entry.path) && Object.hasOwn(zodIssues, String(entry.code))
    ? entry as unknown as ZodIssue
    : undefined
}

/** Splits a path of fastify-type-provider-zod, which does not escape the slashes in names. The value has the names. */
function splitPath (value: unknown, joined: string): string[] {
  let rest = joined.slice(1).split('/')
  const path: string[] = []
  if (joined === '/') return path
  while (rest.length > 0) {
    const parent = getValueAt(value, path)
    const length = rest.findIndex((_part, at) => hasProperty(parent, rest.slice(0, at + 1).join('/'))) + 1 || 1
    path.push(rest.slice(0, length).join('/'))
    rest = rest.slice(length)
  }
  return path
}

function readFailures (issue: ZodIssue, place: Place): FailedKeyword[] {
  const path = [...place.path, ...issue.path.map(String)]
  // A field can be missing only in an object that was sent. The result of a transformation is not checked.
  const isAbsent = path.length > 0 && isObject(getValueAt(place.value, path.slice(0, -1))) &&
    getValueAt(place.value, path) === undefined
  if (isAbsent && absentAs.has(issue.code)) return [{ keyword: 'required', path, params: {} }]
  const read = Object.hasOwn(zodIssues, issue.code) ? zodIssues[issue.code as ZodCode] : undefined
  const failure: FailedKeyword = { path, ...(read?.(issue) ?? { keyword: 'invalid', params: {} }) }
  if (issue.code === 'unrecognized_keys' && Array.isArray(issue.keys)) {
    return issue.keys.map(key => ({ ...failure, path: [...path, String(key)] }))
  }
  if (issue.code === 'custom' && issue.message !== undefined && issue.message !== 'Invalid input') {
    return [{ ...failure, message: issue.message }]
  }
  if (failure.keyword !== 'anyOf' || !Array.isArray(issue.errors)) return [failure]
  const branches = (issue.errors as ReadonlyArray<readonly ZodIssue[]>).map(branch =>
    branch.slice(0, maxReported).flatMap(inner => readFailures(inner, { ...place, path }))
  )
  return [{ ...failure, branches }]
}

function readLimit (origin: unknown, limit: unknown): unknown {
  return origin === 'date' ? new Date(Number(limit)).toISOString() : limit
}
