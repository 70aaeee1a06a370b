/** Creates values that a JSON Schema rejects. Each differs from a sample of the schema in one place. */
import { isRecord, type ReadonlyJsonObject } from '../support/is-object.js'
import type { FailedKeyword } from '../translate/validation/failed-keyword.js'
import { createSampleValue, type Resolve } from './sample-value.js'

/** A value that a schema probably rejects. */
export interface InvalidValue {
  readonly value: unknown
  /** The only keyword that the value fails, if the rest of it is valid. Absent if that is not certain. */
  readonly failure?: FailedKeyword | undefined
}

interface Candidate extends InvalidValue {
  /** How well the value explains the schema. Smaller numbers come first. */
  readonly rank: number
}

/**
 * The ranks of failed keywords. A keyword that says what a value is comes before a limit. Limits from above come last,
 * because the value is long, and because they differ between routes more often.
 */
const ranks = { format: 1, choice: 2, type: 3, lower: 4, pattern: 5, upper: 6, list: 7, unknown: 9, other: 10 } as const

/** The maximum length of a created string, and of a created list. */
const maxSize = 2000

/** The maximum depth of a value, because a schema may contain itself. */
const maxDepth = 4

/** Returns values that a schema probably rejects, the best ones first. A validator decides. */
export function listInvalidValues (schema: unknown, resolve: Resolve): InvalidValue[] {
  return [...listCandidates(schema, resolve, 0)].map(({ value, failure }) => ({
    value,
    ...(failure !== undefined && { failure })
  }))
}

/** A value of a property, and the keyword that it fails. */
export interface InvalidProperty {
  readonly name: string
  readonly value: unknown
  readonly failure: FailedKeyword
}

/** Returns whether a value of a property can be sent. */
export type CanBeSent = (name: string, value: unknown) => boolean

/**
 * Returns the best value for which the failed keyword is certain. It creates no other value, because a document needs
 * thousands. Returns `undefined` if there is none.
 */
export function findInvalidProperty (
  schema: unknown,
  canBeSent: CanBeSent,
  resolve: Resolve
): InvalidProperty | undefined {
  if (!isRecord(schema) || !isRecord(schema.properties) || !isPlain(schema, objectKeywords)) return undefined
  const { properties } = schema
  const names = Object.keys(properties)
  const order = names.length === 1
    ? names
    : names.map(name => ({ name, rank: estimateRank(properties[name]) }))
      .sort((a, b) => a.rank - b.rank).map(({ name }) => name)
  for (const name of order) {
    for (const { value, failure } of listCandidates(properties[name], resolve, 1)) {
      if (failure !== undefined && canBeSent(name, value)) {
        return { name, value, failure: { ...failure, path: [name, ...failure.path] } }
      }
    }
  }
  return undefined
}

function estimateRank (schema: unknown): number {
  if (!isRecord(schema)) return Infinity
  if (schema.format !== undefined) return ranks.format
  if (schema.enum !== undefined || schema.const !== undefined) return ranks.choice
  if (schema.type === 'integer' || schema.type === 'number' || schema.type === 'boolean') return ranks.type
  if (Number(schema.minLength) > 0) return ranks.lower
  if (schema.pattern !== undefined) return ranks.pattern
  return schema.maxLength === undefined ? ranks.other : ranks.upper
}

/** Returns values that lack a required field: the sample without one of the fields, and the empty object. */
export function listIncompleteValues (schema: unknown, resolve: Resolve): InvalidValue[] {
  const sample = createSampleValue(schema, resolve)
  const target = isRecord(schema) && typeof schema.$ref === 'string' ? resolve(schema.$ref) : schema
  if (!isRecord(sample) || !isRecord(target)) return [{ value: {} }]
  const names = listRequired(target)
  const isCertain = isPlain(target, objectKeywords)
  return [
    ...names.map(name => ({
      value: Object.fromEntries(Object.entries(sample).filter(([key]) => key !== name)),
      failure: isCertain ? { keyword: 'required', path: [name], params: {} } : undefined
    })),
    { value: {} }
  ]
}

/** Returns the first required field of an object schema, if its absence fails no other keyword. */
export function findRequiredField (schema: unknown): string | undefined {
  return isRecord(schema) && isPlain(schema, objectKeywords) ? listRequired(schema)[0] : undefined
}

/** Returns the required fields without those that a validator fills in. */
function listRequired ({ required, properties }: ReadonlyJsonObject): string[] {
  const names = Array.isArray(required) ? required.map(String) : []
  return names.filter(name =>
    !isRecord(properties) || !isRecord(properties[name]) || properties[name].default === undefined
  )
}

/** Returns the candidates of a schema. Those of a string, number or boolean are in the order of their ranks. */
function listCandidates (schema: unknown, resolve: Resolve, depth: number): Iterable<Candidate> {
  if (!isRecord(schema) || depth > maxDepth) return []
  if (typeof schema.$ref === 'string') {
    return [...listCandidates(resolve(schema.$ref), resolve, depth + 1)].map(({ rank, value }) => ({ rank, value }))
  }
  const type = Array.isArray(schema.type) ? schema.type.find(name => name !== 'null') : schema.type
  if (type === 'array') return listOfArray(schema, resolve, depth).sort(compareRanks)
  if (type === 'object' || isRecord(schema.properties)) return listOfObject(schema, resolve, depth).sort(compareRanks)
  return listOfPrimitive(schema, type)
}

function compareRanks (a: Candidate, b: Candidate): number {
  return a.rank - b.rank
}

/** Yields the values in the order of their ranks. */
function * listOfPrimitive (schema: ReadonlyJsonObject, type: unknown): Generator<Candidate> {
  const isCertain = isPlain(schema, primitiveKeywords)
  for (const [rank, value, keyword, params] of listFailures(schema, type)) {
    yield {
      rank,
      value,
      failure: isCertain && countFailures(schema, type, value) === 1 ? { keyword, path: [], params } : undefined
    }
  }
  yield { rank: ranks.other, value: 'wrong' }
}

type Failure = readonly [rank: number, value: unknown, keyword: string, params: FailedKeyword['params']]

function * listFailures (schema: ReadonlyJsonObject, type: unknown): Generator<Failure> {
  const { format, pattern, minLength, maxLength, minimum, exclusiveMinimum, maximum, exclusiveMaximum, multipleOf } =
    schema
  if (typeof format === 'string') yield [ranks.format, 'wrong', 'format', { format }]
  if (Array.isArray(schema.enum)) yield [ranks.choice, 'wrong', 'enum', { allowedValues: schema.enum }]
  if ('const' in schema) yield [ranks.choice, 'wrong', 'const', { allowedValue: schema.const }]
  if (type === 'integer' || type === 'number' || type === 'boolean') {
    yield [ranks.type, 'wrong', 'type', { type: schema.type }]
  }
  if (typeof minLength === 'number' && minLength > 0 && minLength <= maxSize) {
    yield [ranks.lower, 'x'.repeat(minLength - 1), 'minLength', { limit: minLength }]
  }
  if (typeof minimum === 'number') yield [ranks.lower, minimum - 1, 'minimum', { limit: minimum, comparison: '>=' }]
  if (typeof exclusiveMinimum === 'number') {
    yield [ranks.lower, exclusiveMinimum, 'exclusiveMinimum', { limit: exclusiveMinimum, comparison: '>' }]
  }
  if (typeof pattern === 'string') {
    for (const value of ['wrong', '!', '\u0000']) {
      if (!matches(pattern, value)) yield [ranks.pattern, value, 'pattern', { pattern }]
    }
  }
  if (typeof maximum === 'number') yield [ranks.upper, maximum + 1, 'maximum', { limit: maximum, comparison: '<=' }]
  if (typeof exclusiveMaximum === 'number') {
    yield [ranks.upper, exclusiveMaximum, 'exclusiveMaximum', { limit: exclusiveMaximum, comparison: '<' }]
  }
  if (typeof multipleOf === 'number') {
    yield [ranks.upper, multipleOf * (Math.ceil(Number(minimum ?? 0) / multipleOf) + 0.5), 'multipleOf', { multipleOf }]
  }
  if (typeof maxLength === 'number' && maxLength < maxSize) {
    yield [ranks.upper, 'x'.repeat(maxLength + 1), 'maxLength', { limit: maxLength }]
  }
  // A validator that converts types cannot convert an object to a string or a number.
  yield [ranks.other, {}, 'type', { type: schema.type }]
}

function listOfArray (schema: ReadonlyJsonObject, resolve: Resolve, depth: number): Candidate[] {
  const { items, minItems, maxItems, uniqueItems } = schema
  const item = createSampleValue(items, resolve, depth + 1)
  const repeat = (length: number): unknown[] => Array.from({ length }, () => item)
  const least = Math.max(1, Number(minItems ?? 0))
  if (least > maxSize) return [{ rank: ranks.other, value: {} }]
  const isCertain = isPlain(schema, arrayKeywords)
  const failure = (keyword: string, limit: number): FailedKeyword | undefined =>
    isCertain ? { keyword, path: [], params: { limit } } : undefined
  const found = [...listCandidates(items, resolve, depth + 1)]
    .map(({ rank, value, failure }): Candidate => ({
      rank: rank + ranks.list,
      value: [value, ...repeat(least - 1)],
      failure: isCertain ? placeBelow(failure, '0') : undefined
    }))
  if (typeof minItems === 'number' && minItems > 0) {
    found.push({ rank: ranks.list, value: repeat(minItems - 1), failure: failure('minItems', minItems) })
  }
  if (typeof maxItems === 'number' && maxItems < maxSize) {
    found.push({ rank: ranks.list, value: repeat(maxItems + 1), failure: failure('maxItems', maxItems) })
  }
  if (uniqueItems === true) found.push({ rank: ranks.list, value: repeat(least + 1) })
  return [...found, { rank: ranks.other, value: {} }]
}

function listOfObject (schema: ReadonlyJsonObject, resolve: Resolve, depth: number): Candidate[] {
  const sample = createSampleValue(schema, resolve, depth)
  const valid = isRecord(sample) ? sample : {}
  const properties = Object.entries(isRecord(schema.properties) ? schema.properties : {})
  const isCertain = isPlain(schema, objectKeywords)
  return [
    ...properties.flatMap(([name, inner]) =>
      [...listCandidates(inner, resolve, depth + 1)]
        .map(({ rank, value, failure }) => ({
          rank,
          value: { ...valid, [name]: value },
          failure: isCertain ? placeBelow(failure, name) : undefined
        }))
    ),
    { rank: ranks.unknown, value: { ...valid, unknown: 'example' } },
    ...(depth === 0 ? [] : [{ rank: ranks.other, value: 'wrong' }])
  ]
}

function placeBelow (failure: FailedKeyword | undefined, name: string): FailedKeyword | undefined {
  return failure && { ...failure, path: [name, ...failure.path] }
}

const annotations = [
  'title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly', '$id', '$schema',
  '$comment', 'type', 'nullable'
]

const primitiveKeywords: ReadonlySet<string> = new Set([
  ...annotations,
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'exclusiveMaximum',
  'multipleOf',
  'enum',
  'const'
])

const objectKeywords: ReadonlySet<string> = new Set([...annotations, 'properties', 'required', 'additionalProperties'])

const arrayKeywords: ReadonlySet<string> = new Set([...annotations, 'items', 'minItems', 'maxItems'])

/** Returns whether a schema has no other keywords, whose failures are not counted here. */
function isPlain (schema: ReadonlyJsonObject, keywords: ReadonlySet<string>): boolean {
  return Object.keys(schema).every(keyword => keywords.has(keyword) || keyword.startsWith('x-'))
}

/**
 * Returns how many keywords of a schema a value fails. A format counts as failed, because only the validator has it.
 */
function countFailures (schema: ReadonlyJsonObject, type: unknown, value: unknown): number {
  const { format, pattern, multipleOf, enum: values } = schema
  const isText = typeof value === 'string'
  const hasType = type === undefined ||
    (type === 'string' ? isText : type === 'boolean' ? typeof value === 'boolean' : typeof value === 'number')
  let failures = Number(!hasType) + Number(Array.isArray(values) && !values.includes(value)) +
    Number('const' in schema && schema.const !== value)
  const isBelow = (size: number, limit: unknown): number => Number(typeof limit === 'number' && size < limit)
  if (isText && hasType) {
    failures += Number(typeof format === 'string') + isBelow(value.length, schema.minLength) +
      isBelow(-value.length, negate(schema.maxLength)) + Number(typeof pattern === 'string' && !matches(pattern, value))
  }
  if (typeof value === 'number') {
    failures += isBelow(value, schema.minimum) + isBelow(-value, negate(schema.maximum)) +
      Number(value === schema.exclusiveMinimum) + Number(value === schema.exclusiveMaximum) +
      Number(typeof multipleOf === 'number' && value % multipleOf !== 0) +
      Number(type === 'integer' && !Number.isInteger(value))
  }
  return failures
}

function negate (limit: unknown): unknown {
  return typeof limit === 'number' ? -limit : undefined
}

function matches (pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true // not a regular expression of JavaScript
  }
}
