/** The format type, `defineFormat`, and the bodies and schemas that come from a format. */
import { types } from 'node:util'
import type { TObject, TSchema } from '@sinclair/typebox'
import type { ResponseContent, BodyDefinition } from '../catalog/response-content.js'
import { expectResult, expectText, ignoreRejection } from '../support/call-safely.js'
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { isObject, isRecord } from '../support/is-object.js'
import { isHeaderOfErrors, isSendableHeader } from '../support/http-syntax.js'
import { toJsonSchema } from '../support/json-schema.js'
import { Type } from '../support/type-builder.js'

/** The values, in addition to the definition, that the schema of a body depends on. */
export interface SchemaContext {
  /** Whether the API has error pages, so that a `ResponseContent` has a `docUrl`. */
  readonly hasDocUrl: boolean
  /** The codes that issues can have in this place. Absent if any code is possible, and empty if there are no issues. */
  readonly issueCodes?: readonly string[] | undefined
}

/** A field of a body: its schema for documentation, and the value that is sent. */
export interface Field {
  /**
   * Returns the schema of the field for one definition, or `undefined` if errors of the definition never have the
   * field. It is a schema of TypeBox, a JSON Schema, or a schema that offers its JSON Schema (zod 4.2, ArkType, Valibot
   * with `toStandardJsonSchema()`).
   */
  readonly schema: (definition: BodyDefinition, context: SchemaContext) => object | undefined
  /** Returns the value, or `undefined` to omit the field, which is valid only for an `optional` field. */
  readonly value: (content: ResponseContent) => unknown
  /** @default false */
  readonly optional?: boolean
  /** Whether the value is the same in every body. Such a field alone does not keep an optional group. @default false */
  readonly fixed?: boolean
}

/** Fields by name, in the order in which they are written. A group is a nested object. */
export interface Fields {
  readonly [name: string]: BodyPart
}

/** An object of fields. */
export interface Group {
  readonly fields: Fields
  /** Whether the object is omitted if all of its fields are absent, except those that are `fixed`. @default false */
  readonly optional?: boolean
}

/** A list of parts. Parts that are absent are omitted. */
export interface List {
  readonly items: readonly BodyPart[]
}

/** A part of a body. */
export type BodyPart = Field | Group | List

/** A body format. The body, its schema and its examples come from one table, so they always match. */
export interface Format {
  readonly name: string
  /** The media type. */
  readonly contentType: string
  /** The fields of the body. Empty if the format has a `body`. */
  readonly fields: Fields
  /** The whole body. @default an object with `fields` */
  readonly body?: BodyPart
  /** Returns the body as it is sent. @default JSON */
  readonly serialize?: SerializeBody
  /** Response headers by name. @default none */
  readonly headers?: Readonly<Record<string, Field>>
}

/** Returns the text of a body. It receives the value of which the document shows the schema. */
export type SerializeBody = (body: unknown) => string

/** A format whose bodies have no schema. */
export interface TextFormat {
  readonly name: string
  /** The media type, without parameters. */
  readonly contentType: string
  /** Returns the body. */
  readonly write: WriteBody
}

/** The argument of `defineFormat`. */
export interface FormatDefinition {
  /** The name of the format, shown in messages. */
  readonly name: string
  /**
   * The media type. It can have parameters. A media type that is not JSON requires `serialize`. @default
   * 'application/json'
   */
  readonly contentType?: string
  /** The fields of the body, which is an object. Either `fields` or `body` is required. */
  readonly fields?: Fields
  /** The whole body, if it is not an object with fixed fields: a list, or one field whose value is the body. */
  readonly body?: BodyPart
  /** Returns the body as it is sent, for bodies that are not JSON. @default JSON */
  readonly serialize?: SerializeBody
  /**
   * Response headers of every error, by name. They are sent and documented. Each value is a field whose value is a
   * string, a number or a boolean. A value that is `undefined` or cannot be sent in a header is omitted. @default none
   *
   * @example
   * { 'X-Amzn-ErrorType': codeAs(code => `${code}Exception`) }
   */
  readonly headers?: Readonly<Record<string, Field>>
}

/**
 * Defines a custom body format. Pass it as the `format` option.
 *
 * @throws TypeError with the name of the invalid property
 * @example const enveloped = defineFormat({ name: 'enveloped', fields: { error: { fields: { code: { schema: ({ code })
 * => Type.Unsafe<string>({ type: 'string', enum: [code] }), value: content => content.code }, message: { schema: () =>
 * Type.String(), value: content => content.message } } } } })
 */
export function defineFormat (definition: FormatDefinition): Format {
  expectOption(owner, 'format', isRecord(definition), 'an object with name and fields', definition)
  const { name, contentType = 'application/json', fields, body, serialize, headers } = definition
  expectOption(owner, 'name', typeof name === 'string' && name !== '', 'a name', name)
  expectKnownOptions(owner, name, definition, ['name', 'contentType', 'fields', 'body', 'serialize', 'headers'])
  expectOption(
    owner,
    `${name}.contentType`,
    isMediaType(contentType),
    "a media type, like 'application/json'",
    contentType
  )
  expectOption(
    owner,
    `${name}.serialize`,
    serialize === undefined || typeof serialize === 'function',
    'a function that returns a body as a string',
    serialize
  )
  expectOption(
    owner,
    `${name}.serialize`,
    serialize !== undefined || isJsonMediaType(contentType),
    `a function that returns a body as a string, because '${contentType}' is not JSON`,
    serialize
  )
  if (body === undefined) checkFields(`${name}.fields`, fields)
  else checkPart(`${name}.body`, body)
  expectOption(
    owner,
    `${name}.fields`,
    body === undefined || Object.keys(fields ?? {}).length === 0,
    "no value, because the format has a 'body'",
    fields
  )
  if (headers !== undefined) checkHeaders(`${name}.headers`, headers)
  return Object.freeze({
    name,
    contentType,
    fields: fields ?? {},
    ...body !== undefined && { body },
    ...serialize !== undefined && { serialize },
    ...headers !== undefined && { headers }
  })
}

const owner = 'defineFormat'

/** A token (RFC 9110, section 5.6.2). */
const token = "[\\w!#$%&'*+.^`|~-]+"

/** A media type with parameters (RFC 9110, section 8.3.1). */
const mediaType = new RegExp(`^${token}/${token}(?: *; *${token}=(?:${token}|"[ !#-[\\]-~]*"))*$`)

function isMediaType (value: unknown): boolean {
  return typeof value === 'string' && mediaType.test(value)
}

function isJsonMediaType (contentType: string): boolean {
  return /^[^;]*json/i.test(contentType)
}

function checkFields (path: string, fields: unknown): void {
  expectOption(
    owner,
    path,
    isRecord(fields) && Object.keys(fields).length > 0,
    'an object with at least one field, each { schema, value } or { fields }',
    fields
  )
  for (const [key, part] of Object.entries(fields)) checkPart(`${path}.${key}`, part)
}

function checkHeaders (path: string, headers: unknown): void {
  expectOption(owner, path, isRecord(headers), 'an object of fields by the name of a header', headers)
  for (const [name, field] of Object.entries(headers)) {
    expectOption(
      owner,
      path,
      isHeaderOfErrors(name),
      'names of headers that do not describe the connection or the body',
      name
    )
    expectOption(owner, `${path}.${name}`, isRecord(field), 'a field, { schema, value }', field)
    checkField(`${path}.${name}`, field)
  }
}

function checkPart (path: string, part: unknown): void {
  const isPart = isRecord(part) && ['fields', 'items', 'schema', 'value'].some(name => name in part)
  expectOption(
    owner,
    path,
    isPart,
    'a field, such as code, constant(false) or field({ schema, value }), or fields in group({ ... }) or list(...)',
    part
  )
  if ('fields' in part) return checkFields(`${path}.fields`, part.fields)
  if ('items' in part) {
    const { items } = part
    expectOption(
      owner,
      `${path}.items`,
      Array.isArray(items) && items.length > 0,
      'a list of at least one field or group',
      items
    )
    return items.forEach((item, index) => {
      checkPart(`${path}.items[${index}]`, item)
    })
  }
  checkField(path, part)
}

function checkField (path: string, { schema, value, optional }: Readonly<Record<string, unknown>>): void {
  expectOption(
    owner,
    `${path}.schema`,
    typeof schema === 'function',
    'a function of (definition, context) that returns a schema, or undefined',
    schema
  )
  expectOption(
    owner,
    `${path}.value`,
    typeof value === 'function',
    'a function of the response data that returns the value',
    value
  )
  expectOption(
    owner,
    `${path}.optional`,
    optional === undefined || typeof optional === 'boolean',
    'true or false',
    optional
  )
}

/** Returns the body of a response as a string. */
export type WriteBody = (content: ResponseContent) => string

/**
 * Returns the writer of bodies for one definition. The writer omits the fields that the definition never has, and joins
 * the JSON strings of the other fields. This takes a quarter of the time of building an object and passing it to
 * `JSON.stringify`.
 *
 * @throws TypeError when the writer is called, if a value is circular, a BigInt or a promise, or if the body has no
 * value
 */
export function bodyWriter (format: Format | TextFormat, definition: BodyDefinition): WriteBody {
  if ('write' in format) return format.write
  const { serialize } = format
  const write = jsonWriter(format, definition)
  return serialize === undefined
    ? write
    : content => expectText(`${format.name}.serialize`, serialize(JSON.parse(write(content))))
}

/** Returns the writer of the JSON of bodies, which is not what is sent if the format has `serialize`. */
export function jsonWriter (format: Format, definition: BodyDefinition): WriteBody {
  if (format.body === undefined) return fieldsWriter(format.fields, definition)
  const write = partWriter(format.body, definition)
  return content => {
    const text = write?.(content)
    if (text === undefined) {
      throw new TypeError(`The body of the format '${format.name}' has no value for ${content.code}.`)
    }
    return text
  }
}

type WritePart = (content: ResponseContent) => string | undefined

/** Returns the writer of a part; `undefined` if the definition never has it. */
function partWriter (part: BodyPart, definition: BodyDefinition): WritePart | undefined {
  if ('fields' in part) {
    const write = fieldsWriter(part.fields, definition)
    if (part.optional !== true) return write
    const writeVariable = fieldsWriter(getVariableFields(part), definition)
    return content => writeVariable(content) === '{}' ? undefined : write(content)
  }
  if ('items' in part) {
    const writers = part.items.flatMap(item => partWriter(item, definition) ?? [])
    return content => `[${writers.flatMap(write => write(content) ?? []).join()}]`
  }
  if (part.schema(definition, { hasDocUrl: true }) === undefined) return undefined
  const { value } = part
  return content => content.meta === undefined ? toJson(value(content)) : stringifyMeta(value(content))
}

/** Returns the fields that decide whether an optional group is present: all of them, if all are fixed. */
function getVariableFields ({ fields }: Group): Fields {
  const variable = Object.entries(fields).filter(([, part]) => !('fixed' in part && part.fixed))
  return variable.length === 0 ? fields : Object.fromEntries(variable)
}

function fieldsWriter (fields: Fields, definition: BodyDefinition): WriteBody {
  const writers = Object.entries(fields).flatMap(([name, part]) => {
    const write = partWriter(part, definition)
    return write === undefined ? [] : [{ key: `${JSON.stringify(name)}:`, write }]
  })
  return content => {
    let text = ''
    for (const { key, write } of writers) {
      const value = write(content)
      if (value !== undefined) text += (text === '' ? key : `,${key}`) + value
    }
    return `{${text}}`
  }
}

/**
 * The characters that `JSON.stringify` escapes: quotes, backslashes, control characters, and surrogates that are not a
 * pair.
 */
const escaped = /["\\\p{Cc}\p{Cs}]/u

/**
 * Returns a value as JSON. Most values are strings that need no escaping. Checking this takes a third of the time of
 * `JSON.stringify`.
 */
function toJson (value: unknown): string | undefined {
  return typeof value === 'string' && !escaped.test(value) ? `"${value}"` : JSON.stringify(expectResult('value', value))
}

/**
 * Returns a value that may contain `meta` as JSON. `JSON.stringify` writes a promise as `{}`, and its rejection would
 * end the process.
 *
 * @throws TypeError if the value contains a promise
 */
export function stringifyMeta (value: unknown): string | undefined {
  if (!isObject(value)) return toJson(value)
  let hasPromise = false
  const text = JSON.stringify(value, (_key, member: unknown) => {
    if (types.isPromise(member)) {
      hasPromise = true
      ignoreRejection(member)
    }
    return member
  })
  if (hasPromise) throw new TypeError('meta: expected a value that can be serialized as JSON, got a promise.')
  return text
}

/** Returns the headers of a response, by name in lower case. */
export type ListHeaders = (content: ResponseContent) => Readonly<Record<string, string>>

/**
 * Returns the function that lists the headers of a format for the errors of one definition. It omits the headers that
 * the definition never has.
 */
export function headersLister (headers: NonNullable<Format['headers']>, definition: BodyDefinition): ListHeaders {
  const fields = Object.entries(headers).filter(([, { schema }]) =>
    schema(definition, { hasDocUrl: true }) !== undefined
  )
  return content =>
    Object.fromEntries(fields.flatMap(([name, { value }]) => {
      const text = expectResult('value', value(content))
      return text === undefined || !isSendableHeader(name, String(text))
        ? []
        : [[name.toLowerCase(), String(text)] as const]
    }))
}

/** Returns the schema of the bodies of one definition. */
export function bodySchema (format: Format, definition: BodyDefinition, context: SchemaContext): TSchema {
  return format.body === undefined
    ? fieldsSchema(format.fields, definition, context)
    : partSchema(format.body, definition, context)?.schema ?? Type.Unknown()
}

interface PartSchema {
  readonly schema: TSchema
  /** Whether the part can be absent. */
  readonly isOptional: boolean
}

/** Returns the schema of a part; `undefined` if the definition never has it. */
function partSchema (part: BodyPart, definition: BodyDefinition, context: SchemaContext): PartSchema | undefined {
  if ('fields' in part) {
    const schema = fieldsSchema(part.fields, definition, context)
    if (part.optional !== true) return { schema, isOptional: false }
    const { required, properties } = fieldsSchema(getVariableFields(part), definition, context)
    return Object.keys(properties).length === 0 ? undefined : { schema, isOptional: required === undefined }
  }
  if ('items' in part) return { schema: listSchema(part, definition, context), isOptional: false }
  const schema = getFieldSchema(part, definition, context)
  return schema === undefined ? undefined : { schema, isOptional: part.optional === true }
}

/** Returns the JSON Schema of a field; `undefined` if errors of the definition never have it. */
export function getFieldSchema (field: Field, definition: BodyDefinition, context: SchemaContext): TSchema | undefined {
  return toJsonSchema('fastify-api-errors', 'format', field.schema(definition, context)) as TSchema | undefined
}

function listSchema ({ items }: List, definition: BodyDefinition, context: SchemaContext): TSchema {
  const parts = items.flatMap(item => partSchema(item, definition, context) ?? [])
  return Type.Array(Type.Union(parts.map(({ schema }) => schema)), {
    minItems: parts.filter(({ isOptional }) => !isOptional).length,
    maxItems: parts.length
  })
}

function fieldsSchema (fields: Fields, definition: BodyDefinition, context: SchemaContext): TObject {
  const properties: Record<string, TSchema> = {}
  for (const [name, part] of Object.entries(fields)) {
    const found = partSchema(part, definition, context)
    if (found !== undefined) properties[name] = found.isOptional ? Type.Optional(found.schema) : found.schema
  }
  return Type.Object(properties, { additionalProperties: false })
}
