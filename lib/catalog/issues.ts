/** The codes and messages of issues. An issue describes which field of a request is invalid, and why. */
import type { TArray, TObject, TSchema, TString, TUnsafe } from '@sinclair/typebox'
import { Type } from '../support/type-builder.js'

/** The part of the request that a field belongs to. */
export const issueLocations = ['body', 'query', 'path', 'header'] as const

/** One of {@link issueLocations}. */
export type IssueLocation = (typeof issueLocations)[number]

/** An invalid field, and what is wrong with it. It never repeats the value that was sent. */
export interface Issue {
  readonly in: IssueLocation
  /** The path of the field, such as `email` or `items[0].price`. It is empty for the whole body. */
  readonly field: string
  /** The field as a JSON Pointer (RFC 6901), such as `/email` or `/items/0/price`. */
  readonly pointer: string
  /**
   * A constant that identifies what is wrong: a key of {@link issueKinds}, or the name of a format or a custom keyword.
   */
  readonly code: string
  /** A phrase that completes a sentence after the field name: `must be at least 3 characters long`. */
  readonly message: string
}

/** The key of the parameters, which JSON omits. */
export const issueParams: unique symbol = Symbol.for('fastify-api-errors.issueParams')

/** An issue that can be written in other languages. */
export interface TranslatableIssue extends Issue {
  /** The parameters of the keyword that the message was created from. Absent if the application wrote the message. */
  readonly [issueParams]?: IssueParams
}

/** The parameters of a failed keyword, with Ajv's names. */
export type IssueParams = Readonly<Record<string, unknown>>

/**
 * Returns a schema for one of some strings. OpenAPI 3.0, 3.1 and all client generators support `enum`, but not `const`.
 */
export function enumSchema<const Values extends readonly string[]> (
  values: Values,
  options: { readonly description?: string } = {}
): TUnsafe<Values[number]> {
  return Type.Unsafe<Values[number]>({ type: 'string', enum: [...values], ...options })
}

/** Returns the schema of an {@link Issue}. With `codes`, it allows only these codes. */
export function issueSchema (codes?: readonly string[]): TObject<{
  in: TUnsafe<IssueLocation>,
  field: TString,
  pointer: TString,
  code: TString | TUnsafe<string>,
  message: TString
}> {
  return Type.Object({
    in: enumSchema(issueLocations, { description: 'The part of the request that contains the field.' }),
    field: Type.String({ description: 'The path of the field, such as `items[0].price`. Empty for the whole value.' }),
    pointer: Type.String({ description: 'The field as a JSON Pointer (RFC 6901).' }),
    code: codes === undefined
      ? Type.String({ description: 'A constant that identifies what is wrong.', pattern: '^[a-z][a-z0-9_]*$' })
      : enumSchema(codes, { description: 'A constant that identifies what is wrong.' }),
    message: Type.String({ description: 'A human-readable description of what is wrong.' })
  }, { additionalProperties: false })
}

/** Returns the schema of a list of issues. */
export function issuesSchema (codes?: readonly string[]): TArray<TSchema> {
  return Type.Array(issueSchema(codes), { description: 'The invalid fields.' })
}

/**
 * The codes of issues. A failed `format` has the name of the format as its code instead (see {@link formatMessages}).
 */
export const issueCodes = [
  'required', 'type', 'min_length', 'max_length', 'pattern', 'minimum', 'maximum', 'multiple_of', 'enum', 'const',
  'min_items', 'max_items', 'unique_items', 'contains', 'min_properties', 'max_properties', 'unknown_field',
  'property_name', 'any_of', 'unique', 'invalid'
] as const

/** One of {@link issueCodes}. */
export type IssueCode = (typeof issueCodes)[number]

/** The meaning of an issue code. */
export interface IssueKind {
  /** The JSON Schema keywords that lead to this code. */
  readonly keywords: readonly string[]
  /** When the code is used, for documentation. */
  readonly description: string
  /** Returns the message for a failed keyword, from the parameters that Ajv reports. */
  readonly message: (params: IssueParams) => string
}

const formatCount = (limit: unknown, one: string, many: string): string =>
  `${String(limit)} ${Number(limit) === 1 ? one : many}`
const formatTypes = (types: unknown): string => [types].flat().map(type => formatType(String(type))).join(' or ')
/** The maximum number of characters of a schema value in a message. */
const maxValueLength = 100

/** The maximum number of `enum` values in a message. */
const maxChoices = 20

/** Returns a value of a schema as JSON, shortened. */
export const formatValue = (value: unknown): string => {
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value) ?? 'undefined'
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength).toWellFormed()}…` : text
}
/** Returns some values of a schema, separated by commas; `undefined` if they are unknown. */
export const formatValues = (values: unknown): string | undefined =>
  Array.isArray(values)
    ? `${values.slice(0, maxChoices).map(formatValue).join(', ')}${values.length > maxChoices ? ', …' : ''}`
    : undefined
const comparisons: Readonly<Record<string, string>> = {
  '>=': 'at least',
  '<=': 'at most',
  '>': 'greater than',
  '<': 'less than'
}
const formatLimit = (params: IssueParams, otherwise: string): string =>
  `must be ${comparisons[String(params.comparison)] ?? otherwise} ${String(params.limit)}`

/**
 * The issue codes, each with its JSON Schema keywords and its message.
 */
export const issueKinds: Readonly<Record<IssueCode, IssueKind>> = {
  required: {
    keywords: ['required', 'dependencies', 'dependentRequired'],
    description: 'The field is missing.',
    message: () => 'is required'
  },
  type: {
    keywords: ['type'],
    description: 'The value has the wrong JSON type.',
    message: params => `must be ${formatTypes(params.type)}`
  },
  min_length: {
    keywords: ['minLength'],
    description: 'The string is too short.',
    message: params => `must be at least ${formatCount(params.limit, 'character', 'characters')} long`
  },
  max_length: {
    keywords: ['maxLength'],
    description: 'The string is too long.',
    message: params => `must be at most ${formatCount(params.limit, 'character', 'characters')} long`
  },
  pattern: {
    keywords: ['pattern'],
    description: 'The string does not match the expected pattern.',
    message: () => 'does not have the expected format'
  },
  minimum: {
    keywords: ['minimum', 'exclusiveMinimum', 'formatMinimum', 'formatExclusiveMinimum'],
    description: 'The value is too small.',
    message: params => formatLimit(params, 'at least')
  },
  maximum: {
    keywords: ['maximum', 'exclusiveMaximum', 'formatMaximum', 'formatExclusiveMaximum'],
    description: 'The value is too large.',
    message: params => formatLimit(params, 'at most')
  },
  multiple_of: {
    keywords: ['multipleOf'],
    description: 'The number is not a multiple of the required number.',
    message: params => `must be a multiple of ${String(params.multipleOf)}`
  },
  enum: {
    keywords: ['enum'],
    description: 'The value is not one of the allowed values.',
    message: params => `must be one of ${formatValues(params.allowedValues) ?? 'the allowed values'}`
  },
  const: {
    keywords: ['const'],
    description: 'The value differs from the only allowed value.',
    message: params => `must be ${formatValue(params.allowedValue)}`
  },
  min_items: {
    keywords: ['minItems'],
    description: 'The list is too short.',
    message: params => `must have at least ${formatCount(params.limit, 'item', 'items')}`
  },
  max_items: {
    keywords: ['maxItems', 'items', 'additionalItems', 'unevaluatedItems'],
    description: 'The list is too long.',
    message: params =>
      params.limit === undefined
        ? 'has too many items'
        : `must have at most ${formatCount(params.limit, 'item', 'items')}`
  },
  unique_items: {
    keywords: ['uniqueItems'],
    description: 'The list contains a duplicate item.',
    message: () => 'must not contain duplicate items'
  },
  contains: {
    keywords: ['contains', 'minContains', 'maxContains'],
    description: 'The list contains too few or too many matching items.',
    message: ({ minContains = 1, maxContains }) =>
      maxContains === undefined
        ? `must contain at least ${formatCount(minContains, 'matching item', 'matching items')}`
        : `must contain ${String(minContains)} to ${formatCount(maxContains, 'matching item', 'matching items')}`
  },
  min_properties: {
    keywords: ['minProperties'],
    description: 'The object has too few fields.',
    message: params => `must have at least ${formatCount(params.limit, 'field', 'fields')}`
  },
  max_properties: {
    keywords: ['maxProperties'],
    description: 'The object has too many fields.',
    message: params => `must have at most ${formatCount(params.limit, 'field', 'fields')}`
  },
  unknown_field: {
    keywords: ['additionalProperties', 'unevaluatedProperties', 'false schema', 'boolean', 'not'],
    description: 'The field or its value is not allowed here.',
    message: () => 'is not allowed'
  },
  property_name: {
    keywords: ['propertyNames'],
    description: 'The name of the field is not allowed.',
    message: () => 'has a name that is not allowed'
  },
  any_of: {
    keywords: ['anyOf', 'oneOf', 'if', 'discriminator'],
    description: 'The value matches none, or more than one, of the allowed schemas.',
    message: ({ passingSchemas }) =>
      Array.isArray(passingSchemas) && passingSchemas.length > 1
        ? 'must match exactly one of the allowed schemas'
        : 'must match one of the allowed schemas'
  },
  unique: {
    keywords: [],
    description: 'Another record already has this value.',
    message: () => 'is already in use'
  },
  invalid: {
    keywords: [],
    description: 'The value is invalid for a reason that has no separate code.',
    message: () => 'is invalid'
  }
}

/** The code that each JSON Schema keyword leads to, derived from {@link issueKinds}. */
export const issueCodeByKeyword: ReadonlyMap<string, IssueCode> = new Map(
  Object.entries(issueKinds).flatMap(([code, kind]) =>
    kind.keywords.map(keyword => [keyword, code as IssueCode] as const)
  )
)

/**
 * The messages for the formats of JSON Schema, Ajv and zod. For any other format, the message is "must be a valid
 * <format>".
 */
export const formatMessages: Readonly<Record<string, string>> = {
  date: 'must be a date, like 2030-01-31',
  time: 'must be a time with an offset, like 12:30:00Z',
  'date-time': 'must be a date and time with an offset, like 2030-01-31T12:30:00Z',
  'iso-time': 'must be a time, like 12:30:00',
  'iso-date-time': 'must be a date and time, like 2030-01-31T12:30:00',
  duration: 'must be a duration, like P1DT12H',
  uri: 'must be a URI',
  'uri-reference': 'must be a URI or a relative reference',
  'uri-template': 'must be a URI template',
  url: 'must be a URL',
  email: 'must be an email address',
  hostname: 'must be a host name',
  ip: 'must be an IP address',
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
  regex: 'must be a regular expression',
  uuid: 'must be a UUID',
  'json-pointer': 'must be a JSON Pointer',
  'json-pointer-uri-fragment': 'must be a JSON Pointer in a URI fragment',
  'relative-json-pointer': 'must be a relative JSON Pointer',
  byte: 'must be base64-encoded',
  base64url: 'must be base64url-encoded',
  cidrv4: 'must be an IPv4 range, like 192.0.2.0/24',
  cidrv6: 'must be an IPv6 range, like 2001:db8::/32',
  mac: 'must be a MAC address',
  e164: 'must be a phone number, like +493012345678',
  jwt: 'must be a JSON Web Token',
  int32: 'must be a 32-bit whole number',
  int64: 'must be a 64-bit whole number'
}

/** Returns the code for a name in any spelling: `date-time` and `dateTime` become `date_time`. */
export function toIssueCode (name: string): string {
  const constant = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
  return constant === '' ? 'invalid' : constant
}

/**
 * Returns the code and the message for a failed JSON Schema keyword.
 *
 * @param keyword the keyword, by the name that Ajv uses
 * @param params the parameters that Ajv reports
 */
export function getKeywordIssue (keyword: string, params: IssueParams): Pick<Issue, 'code' | 'message'> {
  if (keyword === 'format') {
    const format = String(params.format)
    const sentence = Object.hasOwn(formatMessages, format) ? formatMessages[format] : undefined
    return { code: toIssueCode(format), message: sentence ?? `must be a valid ${format}` }
  }
  const known = issueCodeByKeyword.get(keyword)
  if (known === undefined) return { code: toIssueCode(keyword), message: issueKinds.invalid.message(params) }
  return { code: known, message: issueKinds[known].message(params) }
}

function formatType (type: string): string {
  if (type === 'null' || type === 'undefined') return type
  if (type === 'integer') return 'a whole number'
  if (type === 'boolean') return 'true or false'
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`
}

/** Returns a path in a readable form: `['items', 0, 'price']` becomes `items[0].price`. */
export function formatField (path: ReadonlyArray<string | number>): string {
  return path.reduce<string>(
    (field, part, at) =>
      /^\d+$/.test(String(part)) ? `${field}[${part}]` : at === 0 ? String(part) : `${field}.${part}`,
    ''
  )
}

/** Returns a path as a JSON Pointer (RFC 6901, sections 3 and 4). */
export function formatPointer (path: ReadonlyArray<string | number>): string {
  return path.reduce<string>((pointer, part) => `${pointer}/${escapePart(String(part))}`, '')
}

function escapePart (part: string): string {
  return /[~/]/.test(part) ? part.replaceAll('~', '~0').replaceAll('/', '~1') : part
}

/** Returns the path of a JSON Pointer. */
export function parsePointer (pointer: string): string[] {
  if (pointer === '') return []
  // Most pointers have one part, and splitting is expensive.
  const parts = pointer.includes('/', 1) ? pointer.slice(1).split('/') : [pointer.slice(1)]
  return pointer.includes('~') ? parts.map(part => part.replaceAll('~1', '/').replaceAll('~0', '~')) : parts
}
