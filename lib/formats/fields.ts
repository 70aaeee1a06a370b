/**
 * The fields from which formats are made: `import { code, group, message } from 'fastify-api-errors/format'`. A field
 * has the value that is sent and the schema that the document shows.
 */
import type { TSchema } from '@sinclair/typebox'
import { carriesIssues, type ResponseContent, type BodyDefinition } from '../catalog/response-content.js'
import { issuesSchema, enumSchema, issueSchema, type Issue } from '../catalog/issues.js'
import { expectOption } from '../support/expect-option.js'
import { isRecord } from '../support/is-object.js'
import type { SchemaValue } from '../support/json-schema.js'
import { Type } from '../support/type-builder.js'
import {
  getFieldSchema,
  type BodyPart,
  type Field,
  type Fields,
  type Group,
  type List,
  type SchemaContext
} from './format.js'
import { groupReasons, reasonsSchema } from './reasons-by-field.js'

export type { BodyPart, Field, Fields, Group, List, SchemaContext }

/** The code. Its schema allows only the code of the definition. */
export const code: Field = {
  schema: definition => enumSchema([definition.code], { description: 'A constant that identifies the error.' }),
  value: content => content.code
}

/** The message. */
export const message: Field = {
  schema: () => Type.String({ description: 'A human-readable description of the error.' }),
  value: content => content.message
}

/** The title, which is the same for every occurrence of the code: `Resource not found`. */
export const title: Field = {
  schema: () => Type.String({ description: 'A short summary, the same for every occurrence of the error.' }),
  value: content => content.title
}

/** The HTTP status as a number. Its schema allows only the status of the definition. */
export const status: Field = {
  schema: definition =>
    Type.Unsafe<number>({ type: 'integer', enum: [definition.status], description: 'The HTTP status.' }),
  value: content => content.status
}

/** The group of the code. Its schema allows only the group of the definition. */
export const type: Field = {
  schema: definition => enumSchema([definition.type], { description: 'The category of the error.' }),
  value: content => content.type
}

/** What the client can do. */
export const action: Field = {
  schema: () => Type.String({ description: 'What the client can do.' }),
  value: content => content.action
}

/** The id of the request. */
export const requestId: Field = {
  schema: () => Type.String({ description: 'The id of the request.' }),
  value: content => content.requestId
}

/** The URL of the code's error page. Absent if the API has no error pages. */
export const docUrl: Field = {
  schema: (_definition, context) =>
    context.hasDocUrl
      ? Type.String({ format: 'uri-reference', description: 'The documentation page of this code.' })
      : undefined,
  value: content => content.docUrl,
  optional: true
}

/**
 * The name of the parameter that caused the error, otherwise the path of the first invalid field. Absent if there is
 * none.
 */
export const param: Field = {
  schema: () => Type.String({ description: 'The parameter or the field that caused the error.' }),
  value: content => content.param ?? (content.issues[0]?.field || undefined),
  optional: true
}

/** The seconds in `Retry-After`. Absent if the response does not have the header. */
export const retryAfter: Field = {
  schema: () => Type.Integer({ description: 'The seconds until the request may be retried.' }),
  value: content => content.retryAfter,
  optional: true
}

/** The data of the occurrence. Absent for codes without `meta`. */
export const meta: Field = {
  schema: definition => definition.meta,
  value: content => content.meta,
  optional: true
}

/** The invalid fields as a list with all their properties. Absent if there are none. */
export const details: Field = {
  schema: (definition, context) => hasIssues(definition, context) ? issuesSchema(context.issueCodes) : undefined,
  value: content => content.issues.length === 0 ? undefined : content.issues,
  optional: true
}

/** Returns whether errors of a definition can have issues in this place. */
function hasIssues (definition: BodyDefinition, context: SchemaContext): boolean {
  return carriesIssues(definition) && context.issueCodes?.length !== 0
}

/**
 * Returns a field whose value has the type of its schema.
 *
 * @example
 * const trace = field({ schema: () => Type.String(), value: content => content.requestId })
 */
export function field<const S extends object> (definition: {
  /**
   * Returns the schema of the field for one definition, or `undefined` if errors of the definition never have the
   * field. It is a schema of TypeBox, a JSON Schema, or a schema that offers its JSON Schema (zod 4.2, ArkType, Valibot
   * with `toStandardJsonSchema()`).
   */
  readonly schema: (definition: BodyDefinition, context: SchemaContext) => S | undefined,
  /** Returns the value, or `undefined` to omit the field, which is valid only for an `optional` field. */
  readonly value: (content: ResponseContent) => SchemaValue<S> | undefined,
  /** @default false */
  readonly optional?: boolean
}): Field {
  return definition
}

/** The properties of an error that a constant can depend on. */
export type ConstantSubject = Pick<ResponseContent, 'code' | 'status' | 'type'>

/** A JSON value without members. */
export type Primitive = string | number | boolean | null | readonly never[] | Readonly<Record<string, never>>

/**
 * Returns a field with a value that is always the same for a code: `constant(false)`, or a function of the code, its
 * status and its type. If the function returns `undefined`, errors of the code do not have the field.
 *
 * @example
 * const status = constant(({ status }) => String(status))
 */
export function constant (value: Primitive | ((subject: ConstantSubject) => Primitive | undefined)): Field {
  const evaluate = typeof value === 'function' ? value : () => value
  return {
    schema: definition => {
      const constantValue = evaluate(definition)
      return constantValue === undefined ? undefined : constantSchema(constantValue)
    },
    value: evaluate,
    ...typeof value !== 'function' && { fixed: true }
  }
}

function constantSchema (value: Primitive): TSchema {
  if (value === null) return Type.Null()
  if (Array.isArray(value)) return Type.Unsafe({ type: 'array', items: {}, maxItems: 0 })
  if (typeof value === 'object') return Type.Object({}, { additionalProperties: false })
  return Type.Unsafe({ type: Number.isInteger(value) ? 'integer' : typeof value, enum: [value] })
}

/** A field with the code in the spelling of an API. `issues` and `eachIssue` accept it for the codes of issues. */
export interface CodeField extends Field {
  /** Returns the value for a code. */
  readonly mapCode: (code: string) => string | number
}

/**
 * Returns a field with the code in another spelling. A code that is not in the object is sent unchanged.
 *
 * @param map the value for each code, or a function that returns it
 * @example
 * codeAs(code => code.toUpperCase())
 * codeAs({ resource_not_found: 'no_such_thing', validation_error: 'bad_input' })
 */
export function codeAs (
  map: Readonly<Record<string, string | number>> | ((code: string) => string | number)
): CodeField {
  expectOption(
    'codeAs',
    'map',
    typeof map === 'function' || isRecord(map),
    'an object of values by code, or a function of the code',
    map
  )
  const mapCode = typeof map === 'function'
    ? map
    : (code: string) => Object.hasOwn(map, code) ? map[code] as string | number : code
  return { ...constant(subject => mapCode(subject.code)), mapCode }
}

/**
 * Returns an object of fields that is omitted if all of its fields are absent. Fields that are the same in every body,
 * like `constant(false)`, do not count. For an object that is always present, use `{ fields: { ... } }`.
 */
export function group (fields: Fields): Group {
  return { fields, optional: true }
}

/** Returns a list of fields or groups. Those that are absent are omitted. */
export function list (...items: readonly BodyPart[]): List {
  return { items }
}

/**
 * The properties of the object for an issue. Each value is one of these: the name of a property of the issue,
 * `codeAs(...)` for its code, an object of such values, or a field with a value of the whole error.
 */
export interface IssueFields {
  readonly [name: string]: keyof Issue | Field | IssueFields
}

/**
 * Returns a field that lists the invalid fields, each as an object. Absent if there are none.
 *
 * @example
 * const details = issues({ field: 'pointer', issue: codeAs(code => code.toUpperCase()), description: 'message' })
 */
export function issues (fields: IssueFields): Field {
  checkIssueFields('issues', fields)
  return {
    schema: (definition, context) =>
      hasIssues(definition, context)
        ? Type.Array(issueFieldsSchema(fields, definition, context, 'issue'), {
          minItems: 1,
          description: 'The invalid fields.'
        })
        : undefined,
    value: content =>
      content.issues.length === 0 ? undefined : content.issues.map(issue => createIssueValue(fields, content, issue)),
    optional: true
  }
}

/**
 * Returns a field that lists one object for each invalid field, or one object for the error if there are none, as in
 * JSON:API. In the object for the error, `code` and `message` are those of the error, and the other properties of
 * issues are absent.
 *
 * @example
 * const errors = eachIssue({ code: 'code', detail: 'message', source: { pointer: 'pointer' } })
 */
export function eachIssue (fields: IssueFields): Field {
  checkIssueFields('eachIssue', fields)
  return {
    schema: (definition, context) =>
      Type.Array(
        issueFieldsSchema(fields, definition, context, hasIssues(definition, context) ? 'either' : 'error'),
        { minItems: 1, description: 'The invalid fields, or the error itself.' }
      ),
    value: content =>
      content.issues.length === 0
        ? [createIssueValue(fields, content, content)]
        : content.issues.map(issue => createIssueValue(fields, content, issue))
  }
}

/** A field with the messages of the invalid fields. */
export interface IssuesByField extends Field {
  readonly value: (content: ResponseContent) => Record<string, string[]> | undefined
}

/**
 * Returns a field with the messages of the invalid fields by field: `{ email: ['must be an email address'] }`. Absent
 * if there are none.
 */
export function issuesByField (): IssuesByField
/**
 * Returns a field with the invalid fields by field, each as a list of objects, as in `issues`. Absent if there are
 * none.
 *
 * @example
 * const details = issuesByField({ error: codeAs(code => code.toUpperCase()), description: 'message' })
 */
export function issuesByField (fields: IssueFields): Field
export function issuesByField (fields?: IssueFields): Field {
  if (fields !== undefined) checkIssueFields('issuesByField', fields)
  return {
    schema: (definition, context) =>
      hasIssues(definition, context)
        ? reasonsSchema(fields && issueFieldsSchema(fields, definition, context, 'issue'))
        : undefined,
    value: content =>
      content.issues.length === 0
        ? undefined
        : groupReasons<unknown>(content.issues, issue =>
          fields === undefined ? issue.message : createIssueValue(fields, content, issue)),
    optional: true
  }
}

/** @throws TypeError if a value is not a property of an issue, a field, or an object of these */
function checkIssueFields (owner: string, fields: IssueFields, path = ''): void {
  expectOption(
    owner,
    path === '' ? 'names' : path,
    isRecord(fields),
    "an object like { field: 'pointer', reason: 'message' }",
    fields
  )
  const properties = Object.keys(issueSchema().properties)
  for (const [name, value] of Object.entries(fields)) {
    const member = path === '' ? name : `${path}.${name}`
    if (typeof value === 'string') {
      expectOption(
        owner,
        member,
        properties.includes(value),
        `one of ${properties.map(property => `'${property}'`).join(', ')}, or a field`,
        value
      )
    } else if (!isRecord(value) || !isField(value)) checkIssueFields(owner, value as IssueFields, member)
  }
}

/** What an object describes: an issue, an error without issues, or either. */
type Described = 'issue' | 'error' | 'either'

function issueFieldsSchema (
  fields: IssueFields,
  definition: BodyDefinition,
  context: SchemaContext,
  described: Described
): TSchema {
  const properties: Record<string, TSchema> = {}
  for (const [name, value] of Object.entries(fields)) {
    const schema = issueFieldSchema(value, definition, context, described)
    if (schema !== undefined) properties[name] = schema
  }
  return Type.Object(properties, { additionalProperties: false })
}

function issueFieldSchema (
  value: IssueFields[string],
  definition: BodyDefinition,
  context: SchemaContext,
  described: Described
): TSchema | undefined {
  if (typeof value === 'string') return issuePropertySchema(value, definition, context, described)
  if (!isField(value)) {
    const schema = issueFieldsSchema(value, definition, context, described)
    if (Object.keys(schema.properties as object).length === 0) return undefined
    return schema.required === undefined ? Type.Optional(schema) : schema
  }
  if ('mapCode' in value) return mappedCodesSchema(value as CodeField, definition, context, described)
  const schema = getFieldSchema(value, definition, context)
  return schema !== undefined && value.optional === true ? Type.Optional(schema) : schema
}

function issuePropertySchema (
  name: keyof Issue,
  definition: BodyDefinition,
  context: SchemaContext,
  described: Described
): TSchema | undefined {
  if (name === 'code') return mappedCodesSchema(plainCode, definition, context, described)
  const schema: TSchema = issueSchema().properties[name]
  if (name === 'message') return schema
  if (described === 'error') return undefined
  return described === 'either' ? Type.Optional(schema) : schema
}

/** Returns the schema of the code of an issue, or of an error, in the spelling of a field. */
function mappedCodesSchema (
  { mapCode }: CodeField,
  definition: BodyDefinition,
  context: SchemaContext,
  described: Described
): TSchema {
  const description = 'A constant that identifies what is wrong.'
  const issueCodes = described === 'error' ? [] : context.issueCodes
  if (issueCodes === undefined) return Type.Unsafe({ type: typeof mapCode('required'), description })
  const values = [...new Set([...issueCodes, ...described === 'issue' ? [] : [definition.code]].map(mapCode))]
  return Type.Unsafe({ type: typeof values[0], enum: values, description })
}

const plainCode = codeAs({})

function isField (value: Field | IssueFields): value is Field {
  return typeof value.schema === 'function' && typeof value.value === 'function'
}

/** Returns the object for an issue, or for an error without issues. */
function createIssueValue (
  fields: IssueFields,
  content: ResponseContent,
  issue: Issue | ResponseContent
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const member = readIssueValue(value, content, issue)
      return member === undefined ? [] : [[name, member] as const]
    })
  )
}

function readIssueValue (
  value: IssueFields[string],
  content: ResponseContent,
  issue: Issue | ResponseContent
): unknown {
  if (typeof value === 'string') return value in issue ? issue[value as 'code' | 'message'] : undefined
  if (isField(value)) return 'mapCode' in value ? (value as CodeField).mapCode(issue.code) : value.value(content)
  const group = createIssueValue(value, content, issue)
  return Object.keys(group).length === 0 ? undefined : group
}
