import { validateHeaderName, validateHeaderValue } from 'node:http'
import { Kind, Type, type TSchema } from '@sinclair/typebox'
import { Value, ValueErrorType, type ValueError } from '@sinclair/typebox/value'
import { errorStatuses, retryAdvices, type DefinitionShape, type ErrorDefinition, type ErrorStatus, type RetryAdvice } from './definition.js'
import { describeValue } from '../support/describe-value.js'
import { issueLocations, issueSchema } from './issues.js'
import { isRecord } from '../support/is-object.js'

const properties = {
  status: true, type: true, message: true, description: true, action: true, retry: true, meta: true, headers: true, stack: true, example: true
} satisfies Record<keyof DefinitionShape, true>

/** As documented, but for the one type in it that TypeBox cannot check. */
const exampleIssue = Type.Object({
  ...issueSchema().properties,
  in: Type.Union(issueLocations.map(location => Type.Literal(location)))
}, { additionalProperties: false })

/** What `example` takes; `meta` is checked against the definition's own schema. */
const exampleSchema = Type.Object({
  message: Type.Optional(Type.String({ minLength: 1 })),
  meta: Type.Optional(Type.Unknown()),
  issues: Type.Optional(Type.Array(exampleIssue)),
  param: Type.Optional(Type.String()),
  retryAfter: Type.Optional(Type.Integer({ minimum: 1 }))
}, { additionalProperties: false })

/**
 * Fills in the defaults of a definition.
 *
 * @throws TypeError naming the code and the fault, where the definition is wrong
 */
export function completeDefinition (code: string, definition: DefinitionShape): ErrorDefinition {
  const fault = (property: string, got: unknown, takes: string): never => {
    throw new TypeError(`defineErrors: ${code}: '${property}' is ${describeValue(got)}; it takes ${takes}.`)
  }
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(code)) {
    throw new TypeError(`defineErrors: the code ${describeValue(code)} is not lower snake case, like 'resource_not_found'.`)
  }
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    throw new TypeError(`defineErrors: ${code} is ${describeValue(definition)}; it takes a definition, an object with status, type, message, description and action.`)
  }
  for (const property of Object.keys(definition)) {
    if (!Object.hasOwn(properties, property)) {
      throw new TypeError(`defineErrors: ${code}: '${property}' is not a property of a definition; it takes ${Object.keys(properties).join(', ')}.`)
    }
  }
  const { status, type, message, description, action, retry, meta, headers, stack, example = {} } = definition
  if (!errorStatuses.includes(status)) fault('status', status, `one of ${errorStatuses.join(', ')}`)
  if (typeof type !== 'string' || type === '') fault('type', type, "a group such as 'conflict_error'")
  if (!(typeof message === 'string' && message !== '') && typeof message !== 'function') fault('message', message, 'a sentence, or a function of meta that returns one')
  if (typeof description !== 'string' || description === '') fault('description', description, 'a sentence that says when the error happens')
  if (typeof action !== 'string' || action === '') fault('action', action, 'a sentence that says what the caller does')
  if (retry !== undefined && !retryAdvices.includes(retry)) fault('retry', retry, `one of ${retryAdvices.map(describeValue).join(', ')}`)
  if (stack !== undefined && typeof stack !== 'boolean') fault('stack', stack, 'true or false')
  if (headers !== undefined && !isRecord(headers)) fault('headers', headers, 'an object of header names and values, each a string or a list of strings')
  for (const [name, values] of Object.entries(headers ?? {})) {
    for (const value of [values].flat()) if (!isHeader(name, value)) fault(`headers.${name}`, value, 'a string that HTTP allows in a header, or a list of such, under a name that HTTP allows')
  }
  if (meta !== undefined && !isObjectSchema(meta)) fault('meta', meta, 'the schema of an object, like Type.Object({ id: Type.String() })')
  checkExample(code, meta, example)

  const complete: ErrorDefinition = {
    code,
    status,
    type,
    message: message as ErrorDefinition['message'],
    description,
    action,
    retry: retry ?? defaultRetry(status),
    meta: meta as unknown as TSchema | undefined,
    headers,
    stack: stack ?? status >= 500,
    example
  }
  const shown = typeof message === 'function' ? messageOfExample(complete) : message
  if (typeof shown !== 'string' || shown === '') fault('message', shown, 'a function that returns a sentence for example.meta')
  return complete
}

function messageOfExample (definition: ErrorDefinition): unknown {
  try {
    return (definition.message as (meta: unknown) => unknown)(definition.example.meta)
  } catch (cause) {
    throw new TypeError(`defineErrors: ${definition.code}: 'message' fails for example.meta (${describeValue(definition.example.meta)}): ${String(cause)}.`)
  }
}

function checkExample (code: string, schema: DefinitionShape['meta'], example: unknown): void {
  const misfit = firstFault(exampleSchema, example)
  if (misfit !== undefined) {
    throw new TypeError(`defineErrors: ${code}: 'example${misfit.path.replaceAll('/', '.')}' is ${describeValue(misfit.value)}; it takes an object with message, meta, issues, param or retryAfter, each as an occurrence has it.`)
  }
  const { meta } = example as { readonly meta?: unknown }
  if (schema === undefined) {
    if (meta === undefined) return
    throw new TypeError(`defineErrors: ${code}: 'example.meta' is ${describeValue(meta)}; it takes nothing, for the definition has no 'meta'.`)
  }
  const { required } = schema as { readonly required?: unknown }
  if (meta === undefined) {
    if (!Array.isArray(required) || required.length === 0) return
    throw new TypeError(`defineErrors: ${code}: 'example.meta' is missing; it takes a value for each of ${required.join(', ')}, which 'meta' requires.`)
  }
  const fault = Kind in schema ? firstFault(schema as unknown as TSchema, meta) : undefined
  if (fault !== undefined) {
    throw new TypeError(`defineErrors: ${code}: 'example.meta' does not fit 'meta': ${fault.path === '' ? '/' : fault.path}: ${fault.message}.`)
  }
}

function firstFault (schema: TSchema, value: unknown): ValueError | undefined {
  try {
    return [...Value.Errors(schema, value)].find(isCertain)
  } catch {
    return undefined // Type.Unsafe, and kinds of an application's own, are beyond TypeBox's check
  }
}

/** TypeBox knows no format until somebody registers it; a format that it does not know is no fault of the value. */
function isCertain (error: ValueError): boolean {
  if (error.type === ValueErrorType.StringFormatUnknown) return false
  return error.type !== ValueErrorType.Union || error.errors.every(branch => [...branch].some(isCertain))
}

function defaultRetry (status: ErrorStatus): RetryAdvice {
  if (status === 429 || status === 503) return 'retry-after'
  return status >= 500 ? 'backoff' : 'never'
}

function isObjectSchema (value: unknown): boolean {
  return isRecord(value) && (value as { readonly type?: unknown }).type === 'object'
}

function isHeader (name: string, value: unknown): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
    return typeof value === 'string'
  } catch {
    return false
  }
}
