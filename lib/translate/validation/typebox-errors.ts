/** Reads the reports of TypeBox 0.34, through the compiler of @fastify/type-provider-typebox 5. */
import type { TSchema } from '@sinclair/typebox'
import type { ValueError, ValueErrorType } from '@sinclair/typebox/errors'
import { parsePointer } from '../../catalog/issues.js'
import { hasProperty, maxReported, type FailedKeyword, type ValidationReport } from './failed-keyword.js'
import { isObject } from '../../support/is-object.js'
import { getTypebox, isTypeboxSchema, type Typebox } from '../../support/typebox-registry.js'

/**
 * The keyword of JSON Schema for each error of TypeBox 0.34, and for `type` the type. A failed intersection is
 * `undefined`, because its failed part is also reported.
 */
export const valueErrors: Readonly<
  Record<keyof typeof ValueErrorType, readonly [keyword: string, type?: string] | undefined>
> = {
  ArrayContains: ['contains'],
  ArrayMaxContains: ['contains'],
  ArrayMaxItems: ['maxItems'],
  ArrayMinContains: ['contains'],
  ArrayMinItems: ['minItems'],
  ArrayUniqueItems: ['uniqueItems'],
  Array: ['type', 'array'],
  AsyncIterator: ['type', 'async iterator'],
  BigIntExclusiveMaximum: ['exclusiveMaximum'],
  BigIntExclusiveMinimum: ['exclusiveMinimum'],
  BigIntMaximum: ['maximum'],
  BigIntMinimum: ['minimum'],
  BigIntMultipleOf: ['multipleOf'],
  BigInt: ['type', 'integer'],
  Boolean: ['type', 'boolean'],
  DateExclusiveMaximumTimestamp: ['exclusiveMaximum'],
  DateExclusiveMinimumTimestamp: ['exclusiveMinimum'],
  DateMaximumTimestamp: ['maximum'],
  DateMinimumTimestamp: ['minimum'],
  DateMultipleOfTimestamp: ['multipleOf'],
  Date: ['type', 'date'],
  Function: ['type', 'function'],
  IntegerExclusiveMaximum: ['exclusiveMaximum'],
  IntegerExclusiveMinimum: ['exclusiveMinimum'],
  IntegerMaximum: ['maximum'],
  IntegerMinimum: ['minimum'],
  IntegerMultipleOf: ['multipleOf'],
  Integer: ['type', 'integer'],
  IntersectUnevaluatedProperties: ['unevaluatedProperties'],
  Intersect: undefined,
  Iterator: ['type', 'iterator'],
  Kind: ['invalid'],
  Literal: ['const'],
  Never: ['boolean'],
  Not: ['not'],
  Null: ['type', 'null'],
  NumberExclusiveMaximum: ['exclusiveMaximum'],
  NumberExclusiveMinimum: ['exclusiveMinimum'],
  NumberMaximum: ['maximum'],
  NumberMinimum: ['minimum'],
  NumberMultipleOf: ['multipleOf'],
  Number: ['type', 'number'],
  ObjectAdditionalProperties: ['additionalProperties'],
  ObjectMaxProperties: ['maxProperties'],
  ObjectMinProperties: ['minProperties'],
  ObjectRequiredProperty: ['required'],
  Object: ['type', 'object'],
  Promise: ['type', 'promise'],
  RegExp: ['pattern'],
  StringFormatUnknown: ['format'],
  StringFormat: ['format'],
  StringMaxLength: ['maxLength'],
  StringMinLength: ['minLength'],
  StringPattern: ['pattern'],
  String: ['type', 'string'],
  Symbol: ['type', 'symbol'],
  TupleLength: ['maxItems'],
  Tuple: ['type', 'array'],
  Uint8ArrayMaxByteLength: ['maxItems'],
  Uint8ArrayMinByteLength: ['minItems'],
  Uint8Array: ['type', 'array'],
  Undefined: ['type', 'undefined'],
  Union: ['anyOf'],
  Void: ['type', 'undefined']
}

const comparisons: Readonly<Record<string, string>> = {
  minimum: '>=',
  maximum: '<=',
  exclusiveMinimum: '>',
  exclusiveMaximum: '<'
}

/**
 * Returns the failed keywords in a report. The report has only a message and a path for each failure. Instead of
 * parsing messages, this function validates the value again and finds the errors with the same message and path.
 */
export function readTypeboxErrors (
  { validation, location, schema, value }: ValidationReport
): FailedKeyword[] | undefined {
  if (!isTypeboxSchema(schema) || validation.some(entry => hasProperty(entry, 'keyword'))) return undefined
  const typebox = getTypebox()
  const reported = validation.slice(0, maxReported).filter(isObject).map(({ message, instancePath }) => ({
    message,
    path: String(instancePath)
  }))
  if (typebox === undefined) return reported.map(({ path }) => createInvalid(path))
  const errors = collectErrors(typebox, schema, value, location !== 'body')
  return withoutAbsent(reported.flatMap(({ message, path }) => {
    const there = errors.filter(error => error.path === path)
    // Formats are registered with one copy of TypeBox. Another copy has only the name of the format.
    const error = there.find(error => error.message === message) ??
      there.find(({ type }) => type === typebox.ValueErrorType.StringFormatUnknown)
    return error === undefined ? [createInvalid(path)] : readFailures(typebox, error)
  }))
}

/** Returns the failure of a field that is invalid for an unknown reason. */
function createInvalid (path: string): FailedKeyword {
  return { keyword: 'invalid', path: parsePointer(path), params: {} }
}

/** Returns the errors of a value. The strings of a query, path or header were converted before they were validated. */
function collectErrors ({ Errors, Convert }: Typebox, schema: TSchema, value: unknown, convert: boolean): ValueError[] {
  const errors: ValueError[] = []
  try {
    for (const error of Errors(schema, convert ? Convert(schema, structuredClone(value)) : value)) {
      if (errors.push(error) === maxReported) break
    }
  } catch {
    // a kind that is registered with another copy of TypeBox
  }
  return errors
}

function readFailures (typebox: Typebox, error: ValueError): FailedKeyword[] {
  const { ValueErrorType } = typebox
  const { type, path, schema, errors } = error
  const known = valueErrors[ValueErrorType[type] as keyof typeof ValueErrorType]
  if (known === undefined) return []
  const [keyword, jsonType] = known
  const tooFew = type === ValueErrorType.TupleLength && (error.value as readonly unknown[]).length < schema.maxItems
  return [{
    keyword: tooFew ? 'minItems' : keyword,
    path: parsePointer(path),
    params: { ...readParams(keyword, schema), ...(jsonType !== undefined && { type: jsonType }) },
    ...(type === ValueErrorType.Union &&
      {
        branches: errors.map(branch =>
          withoutAbsent(takeFirst(branch, maxReported).flatMap(failure => readFailures(typebox, failure)))
        )
      })
  }]
}

function takeFirst<Item> (items: Iterable<Item>, count: number): Item[] {
  const first: Item[] = []
  for (const item of items) {
    if (first.push(item) === count) break
  }
  return first
}

function readParams (keyword: string, schema: TSchema): FailedKeyword['params'] {
  const { const: allowedValue, format, maxContains, minContains } = schema
  const timestamp: unknown = schema[`${keyword}Timestamp`]
  const bytes: unknown = schema[keyword.replace('Items', 'ByteLength')]
  return {
    limit: typeof timestamp === 'number' ? new Date(timestamp).toISOString() : schema[keyword] ?? bytes,
    comparison: comparisons[keyword],
    multipleOf: schema.multipleOf ?? schema.multipleOfTimestamp,
    allowedValue,
    format,
    minContains,
    maxContains
  }
}

/**
 * Removes the other failures of absent fields. TypeBox reports an absent field as absent, and also as a value of the
 * wrong type.
 */
function withoutAbsent (failures: readonly FailedKeyword[]): FailedKeyword[] {
  const absent = failures.filter(({ keyword }) => keyword === 'required').map(({ path }) => path)
  return failures.filter(({ keyword, path }) =>
    keyword === 'required' || !absent.some(at => at.every((part, index) => path[index] === part))
  )
}
