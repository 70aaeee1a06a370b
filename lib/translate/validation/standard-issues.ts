/**
 * Reads the issues of Valibot, ArkType and other libraries with Standard Schema, if a validator returns them unchanged.
 */
import { hasProperty, maxReported, getValueAt, type FailedKeyword, type ValidationReport } from './failed-keyword.js'
import { isObject, isRecord } from '../../support/is-object.js'

/** An issue of any library with Standard Schema. */
interface StandardIssue {
  readonly message: string
  readonly path?: unknown
  readonly [property: string]: unknown
}

type Keyword = Omit<FailedKeyword, 'path'>

const required: Keyword = { keyword: 'required', params: {} }
const unknownField: Keyword = { keyword: 'additionalProperties', params: {} }
const typed = (type: string): Keyword => ({ keyword: 'type', params: { type } })
const constant = (allowedValue: unknown): Keyword => ({ keyword: 'const', params: { allowedValue } })
const choice = (allowedValues: readonly unknown[] | undefined): Keyword => ({
  keyword: 'enum',
  params: { allowedValues }
})
const formatted = (format: string): Keyword => ({ keyword: 'format', params: { format } })
const pattern: Keyword = { keyword: 'pattern', params: {} }
const invalid = (message?: string): Keyword => ({
  keyword: 'invalid',
  params: {},
  ...message !== undefined && { message }
})

const limit = (keyword: string, value: unknown, comparison?: string): Keyword => ({
  keyword,
  params: { limit: value instanceof Date ? value.toISOString() : value, ...comparison !== undefined && { comparison } }
})

/** Returns the failed limit of a size: the characters of a string, the items of a list, or the fields of an object. */
function sizeLimit (side: 'min' | 'max', value: unknown, size: unknown): Keyword {
  return limit(side + (typeof value === 'string' ? 'Length' : Array.isArray(value) ? 'Items' : 'Properties'), size)
}

/** The JSON Schema types for the types of Valibot and ArkType, if the names differ. */
const types: Readonly<Record<string, string>> = {
  bigint: 'integer',
  nan: 'number',
  void: 'undefined',
  loose_object: 'object',
  strict_object: 'object',
  object_with_rest: 'object',
  record: 'object',
  variant: 'object',
  intersect: 'object',
  tuple: 'array',
  loose_tuple: 'array',
  strict_tuple: 'array',
  tuple_with_rest: 'array'
}

/** The JSON Schema formats for the formats of Valibot, if the names differ. */
const formatNames: Readonly<Record<string, string>> = {
  rfc_email: 'email',
  iso_date: 'date',
  iso_time: 'iso-time',
  iso_time_second: 'iso-time',
  iso_date_time: 'iso-date-time',
  iso_date_time_second: 'iso-date-time',
  iso_timestamp: 'date-time',
  base64: 'byte'
}

/** The issues of Valibot that are not about a type, a size, a limit or a format. */
const valibotIssues: Readonly<Record<string, (issue: StandardIssue) => Keyword>> = {
  literal: ({ expected }) => {
    const values = parseValues(String(expected))
    return values === undefined ? choice(undefined) : constant(values[0])
  },
  picklist: ({ expected }) => choice(parseValues(String(expected))),
  enum: ({ expected }) => choice(parseValues(String(expected))),
  value: ({ requirement }) => constant(requirement),
  values: ({ requirement }) => choice(requirement as readonly unknown[]),
  union: () => ({ keyword: 'anyOf', params: {} }),
  integer: () => typed('integer'),
  safe_integer: () => typed('integer'),
  finite: () => typed('number'),
  multiple_of: ({ requirement }) => ({ keyword: 'multipleOf', params: { multipleOf: requirement } }),
  regex: () => pattern,
  starts_with: () => pattern,
  ends_with: () => pattern,
  includes: ({ input }) => Array.isArray(input) ? { keyword: 'contains', params: {} } : pattern,
  excludes: () => pattern,
  non_empty: ({ input }) => sizeLimit('min', input, 1),
  min_value: ({ requirement }) => limit('minimum', requirement),
  max_value: ({ requirement }) => limit('maximum', requirement),
  gt_value: ({ requirement }) => limit('minimum', requirement, '>'),
  lt_value: ({ requirement }) => limit('maximum', requirement, '<')
}

/** Actions of Valibot that compare a size: `min_length`, `max_entries`, `size`. */
const sizes = /^(?:(min|max)_)?(?:length|size|entries|graphemes|code_points|bytes|words)$/

/** Schemas of Valibot that are not a type. */
const untyped: ReadonlySet<unknown> = new Set([
  'custom', 'instance', 'lazy', 'non_optional', 'non_nullable', 'non_nullish', 'promise', 'function', 'symbol'
])

function readValibotIssue (issue: StandardIssue, path: readonly string[], value: unknown): Keyword {
  const { kind, type, input, expected, received, requirement, message } = issue
  const name = String(type)
  if (kind === 'schema' && isAbsent(path, value)) return required
  if (expected === 'never') return unknownField
  if (
    kind === 'schema' && Array.isArray(issue.path) && isObject(issue.path.at(-1)) && issue.path.at(-1).origin === 'key'
  ) return { keyword: 'propertyNames', params: {} }
  // A variant without a known discriminator has the path of the discriminator, and the values that it can have.
  if (name === 'variant' && expected !== 'Object') return choice(parseValues(String(expected)))
  const read = Object.hasOwn(valibotIssues, name) ? valibotIssues[name] : undefined
  if (read !== undefined) return read(issue)
  const size = sizes.exec(name)
  if (size !== null) {
    return sizeLimit(
      (size[1] ?? (Number(received) < Number(requirement) ? 'min' : 'max')) as 'min' | 'max',
      input,
      requirement
    )
  }
  if (kind === 'validation' && requirement instanceof RegExp) return formatted(formatNames[name] ?? name)
  if (kind === 'schema' && !untyped.has(name)) return typed(types[name] ?? name)
  // The default messages of Valibot repeat the value that was sent.
  return message.startsWith('Invalid ') ? invalid() : invalid(message)
}

/** The JSON Schema formats for the descriptions of ArkType's strings. */
const describedFormats: Readonly<Record<string, string>> = {
  'an email address': 'email',
  'a URL string': 'url',
  'an IP address': 'ip',
  'an IPv4 address': 'ipv4',
  'an IPv6 address': 'ipv6',
  'a parsable date': 'iso-date-time',
  'an ISO 8601 (YYYY-MM-DDTHH:mm:ss.sssZ) date': 'iso-date-time',
  'base64-encoded': 'byte'
}

/** The keyword of JSON Schema for each code of ArkType. */
export const arkIssues: Readonly<Record<string, (issue: StandardIssue) => Keyword>> = {
  required: () => required,
  domain: ({ domain }) => typed(types[String(domain)] ?? String(domain)),
  proto: ({ proto }) => typed(String((proto as { readonly name: string }).name).toLowerCase()),
  unit: ({ unit }) => constant(unit),
  union: () => ({ keyword: 'anyOf', params: {} }),
  pattern: () => pattern,
  divisor: ({ rule }) => rule === 1 ? typed('integer') : { keyword: 'multipleOf', params: { multipleOf: rule } },
  min: ({ rule, exclusive }) => limit('minimum', rule, exclusive === true ? '>' : undefined),
  max: ({ rule, exclusive }) => limit('maximum', rule, exclusive === true ? '<' : undefined),
  after: ({ rule }) => limit('minimum', rule),
  before: ({ rule }) => limit('maximum', rule),
  minLength: ({ data, rule }) => sizeLimit('min', data, rule),
  maxLength: ({ data, rule }) => sizeLimit('max', data, rule),
  exactLength: ({ data, rule }) => sizeLimit((data as string).length < Number(rule) ? 'min' : 'max', data, rule),
  predicate: ({ expected }) => readExpected(String(expected))
}

/**
 * Returns the keyword for what ArkType expects: unknown fields `removed`, one of several values or types, or a phrase
 * of the application.
 */
function readExpected (expected: string): Keyword {
  if (expected === 'removed') return unknownField
  const parts = expected.split(/, | or /)
  const values = parts.map(parseValue)
  if (!values.includes(undefined)) return choice(values)
  const named = parts.map(part =>
    /^an? (string|number|bigint|object|array)$/.exec(part)?.[1] ?? (part === 'null' ? part : undefined)
  )
  return named.includes(undefined)
    ? invalid(`must be ${expected}`)
    : { keyword: 'type', params: { type: named.map(name => types[name as string] ?? name) } }
}

function readArkIssue (issue: StandardIssue): Keyword {
  const { code, meta, expected } = issue
  const { format, description = code === 'union' ? undefined : expected } = (meta ?? {}) as {
    readonly format?: unknown,
    readonly description?: unknown
  }
  const named = typeof format === 'string'
    ? format
    : Object.hasOwn(describedFormats, String(description))
      ? describedFormats[String(description)]
      : undefined
  if (named !== undefined && code !== 'required') return formatted(named)
  return Object.hasOwn(arkIssues, String(code))
    ? (arkIssues[String(code)] as (issue: StandardIssue) => Keyword)(issue)
    : invalid()
}

/** Returns the values in a list like `("a" | 1)`; `undefined` if it has anything other than values. */
function parseValues (list: string): unknown[] | undefined {
  const values = list.replace(/^\((.*)\)$/s, '$1').split(' | ').map(parseValue)
  return values.includes(undefined) ? undefined : values
}

function parseValue (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isAbsent (path: readonly string[], value: unknown): boolean {
  const parent = getValueAt(value, path.slice(0, -1))
  return path.length > 0 && isRecord(parent) && !hasProperty(parent, path.at(-1) as string)
}

/** Returns the failed keywords in the issues of a library with Standard Schema. */
export function readStandardIssues ({ validation, value }: ValidationReport): FailedKeyword[] | undefined {
  if (!validation.every(isStandardIssue)) return undefined
  return validation.flatMap(issue => readFailures(issue, value))
}

/** Returns whether a value is an issue of Standard Schema. The entries of other validators name a keyword or a type. */
function isStandardIssue (entry: unknown): entry is StandardIssue {
  return isObject(entry) && typeof entry.message === 'string' && !('keyword' in entry) && !('instancePath' in entry) &&
    (entry.path === undefined || Array.isArray(entry.path))
}

/** Returns the path of an issue. A part of it is a name, or an object with a `key`. */
function readPath ({ path = [] }: StandardIssue): string[] {
  // The path of ArkType is an array of a class, whose `map` creates another path.
  return Array.from(path as readonly unknown[], part => String(isObject(part) ? part.key : part))
}

function joinPaths ({ path: outer = [] }: StandardIssue, { path: inner = [] }: StandardIssue): unknown[] {
  return [...outer as readonly unknown[], ...inner as readonly unknown[]]
}

function readFailures (issue: StandardIssue, value: unknown): FailedKeyword[] {
  const path = readPath(issue)
  const isValibot = 'kind' in issue && 'received' in issue
  const isArk = !isValibot && 'code' in issue && ' arkKind' in issue
  const inner = (isValibot ? issue.issues : isArk ? issue.errors : undefined) as readonly StandardIssue[] | undefined
  // All of these failed, in the same value.
  if (isArk && issue.code === 'intersection' && inner !== undefined) {
    return inner.slice(0, maxReported).flatMap(one => readFailures(one, value))
  }
  const keyword = isValibot
    ? readValibotIssue(issue, path, value)
    : isArk
      ? readArkIssue(issue)
      : isAbsent(path, value)
        ? required
        : invalid()
  if (keyword.keyword !== 'anyOf' || inner === undefined) return [{ ...keyword, path }]
  // Valibot's paths inside a union are relative to its value.
  const branches = inner.slice(0, maxReported).map(one =>
    readFailures(isValibot ? { ...one, path: joinPaths(issue, one) } : one, value)
  )
  return [{ ...keyword, path, branches }]
}
