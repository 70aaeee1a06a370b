/** Checks the definition of an error, and fills in its defaults. */
import type { TSchema } from '@sinclair/typebox'
import { Errors, ValueErrorType, type ValueError } from '@sinclair/typebox/errors'
import { describeValue } from '../support/describe-value.js'
import { expectJson, expectKnownOptions, expectOption, rejectOption } from '../support/expect-option.js'
import { isSendableHeader } from '../support/http-syntax.js'
import { isRecord, type ReadonlyJsonObject } from '../support/is-object.js'
import { isCode, isSnakeCase } from './code-syntax.js'
import { checkDeprecation, createDeprecationHeaders } from './deprecation.js'
import {
  errorStatuses,
  type DefinitionShape,
  type ErrorDefinition,
  type ErrorStatus,
  type ErrorType,
  type HeaderValues
} from './definition.js'
import { getDefaultRetry, retryAdvices, type RetryAdvice } from './retry-advice.js'
import { issueLocations, issueSchema } from './issues.js'
import { readMetaSchema } from './meta-schema.js'
import { Type } from '../support/type-builder.js'
import { isTypeboxSchema, loadTypebox, type Typebox } from '../support/typebox-registry.js'

const owner = 'defineErrors'

const properties = {
  status: true,
  type: true,
  message: true,
  description: true,
  action: true,
  retry: true,
  meta: true,
  headers: true,
  deprecated: true,
  stack: true,
  example: true
} satisfies Record<keyof DefinitionShape, true>

/** The documented schema of an issue, except for the one type in it that TypeBox cannot check. */
const exampleIssue = Type.Object({
  ...issueSchema().properties,
  in: Type.Union(issueLocations.map(location => Type.Literal(location)))
}, { additionalProperties: false })

/** The schema of `example`. Its `meta` is checked against the definition's own schema. */
const exampleSchema = Type.Object({
  message: Type.Optional(Type.String({ minLength: 1 })),
  meta: Type.Optional(Type.Unknown()),
  issues: Type.Optional(Type.Array(exampleIssue)),
  param: Type.Optional(Type.String()),
  retryAfter: Type.Optional(Type.Integer({ minimum: 1 }))
}, { additionalProperties: false })

const expectedHeader = 'a string that can be sent in a header, or a list of such strings'

/** The default of `type`. Any other 4xx is an `invalid_request_error`, and any other 5xx an `api_error`. */
const typeOfStatuses: Readonly<Partial<Record<ErrorStatus, ErrorType>>> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  409: 'conflict_error',
  410: 'not_found_error',
  412: 'conflict_error',
  422: 'validation_error',
  423: 'conflict_error',
  424: 'conflict_error',
  429: 'rate_limit_error',
  451: 'permission_error'
}

/** The default of `action`. */
const actionOfAdvice: Readonly<Record<RetryAdvice, string>> = {
  never: 'Do not repeat the same request. Correct the request first.',
  backoff: 'Retry with exponential backoff. If the error persists, contact support with the request id.',
  'retry-after': 'Wait for the seconds in Retry-After, then retry.'
}

/**
 * Returns a definition with its defaults filled in.
 *
 * @param codes the pattern of the codes that are not in lower snake case. @default no other codes are valid
 * @param earlier the definition that this one changes. @default the definition is complete
 * @throws TypeError if the definition is invalid; the message contains the code and the property
 */
export function completeDefinition (
  code: string,
  definition: Partial<DefinitionShape>,
  codes?: RegExp,
  earlier?: ErrorDefinition
): ErrorDefinition {
  checkCode(code, codes)
  expectOption(owner, code, isRecord(definition), 'a definition, an object with status and message', definition)
  expectKnownOptions(owner, code, definition, Object.keys(properties))
  const merged = { ...earlier && inheritProperties(earlier, definition), ...definition } as DefinitionShape
  checkProperties(code, merged)
  const { status, type, message, description, action, retry, headers, deprecated, stack, example = {} } = merged
  const meta = readMetaSchema(owner, `${code}.meta`, merged.meta)
  checkExample(code, meta, example)

  const text = typeof message === 'function'
    ? createExampleMessage(code, message as (meta: unknown) => unknown, example.meta)
    : message
  expectOption(owner, `${code}.message`, isSentence(text), 'a function that returns a sentence for example.meta', text)
  const advice = retry ?? getDefaultRetry(status)
  return {
    code,
    status,
    type: type ?? typeOfStatuses[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error'),
    message: message as ErrorDefinition['message'],
    description: description ?? text,
    action: action ?? actionOfAdvice[advice],
    retry: advice,
    meta: meta as TSchema | undefined,
    headers: deprecated === undefined ? headers : addHeaders(createDeprecationHeaders(deprecated), headers),
    ...(deprecated !== undefined && { deprecated }),
    stack: stack ?? hasStack(status),
    example
  }
}

/** Checks the properties that do not depend on each other. */
function checkProperties (code: string, definition: DefinitionShape): void {
  const { status, type, message, description, action, retry, headers, deprecated, stack } = definition
  expectOption(owner, `${code}.status`, errorStatuses.includes(status), `one of ${errorStatuses.join(', ')}`, status)
  expectOption(owner, `${code}.type`, type === undefined || isSentence(type), "a group such as 'conflict_error'", type)
  expectOption(
    owner,
    `${code}.message`,
    isSentence(message) || typeof message === 'function',
    'a sentence, or a function of meta that returns one',
    message
  )
  expectOption(
    owner,
    `${code}.description`,
    description === undefined || isSentence(description),
    'a sentence that says when the error happens',
    description
  )
  expectOption(
    owner,
    `${code}.action`,
    action === undefined || isSentence(action),
    'a sentence that says what the client can do',
    action
  )
  expectOption(
    owner,
    `${code}.retry`,
    retry === undefined || retryAdvices.includes(retry),
    `one of ${retryAdvices.map(describeValue).join(', ')}`,
    retry
  )
  expectOption(owner, `${code}.stack`, stack === undefined || typeof stack === 'boolean', 'true or false', stack)
  checkHeaders(code, headers)
  checkDeprecation(owner, `${code}.deprecated`, deprecated)
}

/** Returns the properties of an earlier definition that still apply. Those of `change` replace them. */
function inheritProperties (earlier: ErrorDefinition, change: Partial<DefinitionShape>): Partial<ErrorDefinition> {
  const { status, type, message, description, action, retry, headers, deprecated, stack, meta, example } = earlier
  const hasStatus = change.status === undefined || change.status === status
  return {
    status,
    type,
    message,
    description,
    action,
    headers: headers && removeHeaders(headers, createDeprecationHeaders(deprecated)),
    ...(deprecated !== undefined && { deprecated }),
    // A value that follows from the earlier status does not apply to another one.
    ...(hasStatus || retry !== getDefaultRetry(status)) && { retry },
    ...(hasStatus || stack !== hasStack(status)) && { stack },
    // The example matches only the schema that it was written for.
    ...change.meta === undefined && { meta, example }
  }
}

/** Adds the headers of a definition to others, and replaces those with the same name. */
function addHeaders (headers: HeaderValues, own: HeaderValues = {}): HeaderValues {
  const names = new Set(Object.keys(own).map(name => name.toLowerCase()))
  return { ...Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name.toLowerCase()))), ...own }
}

function removeHeaders (headers: HeaderValues, removed: HeaderValues): HeaderValues | undefined {
  const rest = Object.entries(headers).filter(([name, value]) => removed[name] !== value)
  return rest.length === 0 ? undefined : Object.fromEntries(rest)
}

/** Returns whether errors of a status have a stack by default. */
function hasStack (status: ErrorStatus): boolean {
  return status >= 500
}

function checkCode (code: string, codes: RegExp | undefined): void {
  if (isSnakeCase(code)) return
  expectOption(
    owner,
    'code',
    codes !== undefined && matchesWhole(code, codes),
    `lower snake case, like 'resource_not_found', or a match of ${codes === undefined ? 'the pattern of defineErrorsWith({ codes })' : String(codes)}`,
    code
  )
  expectOption(
    owner,
    'code',
    isCode(code),
    "letters and digits, with single '_', '.', ':', '/' or '-' between them, and a letter first",
    code
  )
}

/**
 * Returns whether a pattern matches a whole string. The flags `g` and `y` would make the result depend on the previous
 * one.
 */
function matchesWhole (text: string, pattern: RegExp): boolean {
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, '')).test(text)
}

function isSentence (value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function checkHeaders (code: string, headers: unknown): void {
  expectOption(
    owner,
    `${code}.headers`,
    headers === undefined || isRecord(headers),
    'an object of header names and values, each a string or a list of strings',
    headers
  )
  for (const [name, values] of Object.entries(headers ?? {})) {
    expectOption(owner, `${code}.headers`, isSendableHeader(name, ''), 'valid names of headers', name)
    for (const value of [values].flat()) {
      expectOption(
        owner,
        `${code}.headers.${name}`,
        typeof value === 'string' && isSendableHeader(name, value),
        expectedHeader,
        value
      )
    }
  }
}

function createExampleMessage (code: string, message: (meta: unknown) => unknown, meta: unknown): unknown {
  try {
    return message(meta)
  } catch (cause) {
    throw new TypeError(
      `${owner}: ${code}.message: expected a function that returns a sentence for example.meta, but with ${describeValue(meta)} it throws ${String(cause).replace(/\.$/, '')}.`
    )
  }
}

function checkExample (code: string, schema: ReadonlyJsonObject | undefined, example: unknown): void {
  const mismatch = findFault(exampleSchema, example)
  if (mismatch !== undefined) {
    rejectOption(
      owner,
      `${code}.example${mismatch.path.replaceAll('/', '.')}`,
      'an object with message, meta, issues, param or retryAfter, each with a valid value',
      mismatch.value
    )
  }
  const { meta } = example as { readonly meta?: unknown }
  if (schema === undefined) {
    expectOption(
      owner,
      `${code}.example.meta`,
      meta === undefined,
      "no value, because the definition has no 'meta'",
      meta
    )
    return
  }
  const { required } = schema
  if (meta === undefined) {
    if (Array.isArray(required) && required.length > 0) {
      rejectOption(owner, `${code}.example.meta`, `an object with ${required.join(', ')}, which 'meta' requires`, meta)
    }
    return
  }
  if (isTypeboxSchema(schema)) checkExampleMeta(code, findFault(schema, meta))
  expectJson(owner, `${code}.example.meta`, meta)
}

function checkExampleMeta (code: string, fault: ValueError | undefined): void {
  if (fault === undefined) return
  throw new TypeError(
    `${owner}: ${code}.example.meta: expected a value that matches 'meta', but at ${fault.path === '' ? '/' : fault.path}: ${fault.message}.`
  )
}

/**
 * Checks the examples whose schemas have formats or types that the application registered with its TypeBox.
 * `defineErrors` cannot check them if that is not the copy of this package.
 *
 * @throws TypeError with one sentence that names the code
 */
export async function checkRegisteredTypes (
  definitions: Iterable<Pick<ErrorDefinition, 'code' | 'meta' | 'example'>>
): Promise<void> {
  for (const { code, meta, example } of definitions) {
    if (!isTypeboxSchema(meta) || example.meta === undefined || isValid(meta, example.meta)) continue
    checkExampleMeta(code, findFault(meta, example.meta, await loadTypebox()))
  }
}

/** Returns whether a value is valid, whatever the application registered. */
function isValid (schema: TSchema, value: unknown): boolean {
  try {
    return Errors(schema, value).First() === undefined
  } catch {
    return false
  }
}

function findFault (
  schema: TSchema,
  value: unknown,
  typebox: Pick<Typebox, 'Errors' | 'ValueErrorType'> = { Errors, ValueErrorType }
): ValueError | undefined {
  try {
    return [...typebox.Errors(schema, value)].find(error => isCertain(error, typebox.ValueErrorType))
  } catch {
    return undefined // TypeBox cannot check Type.Unsafe and custom kinds
  }
}

/** TypeBox reports unregistered formats as errors. A value with such a format is accepted. */
function isCertain (error: ValueError, types: typeof ValueErrorType): boolean {
  if (error.type === types.StringFormatUnknown) return false
  return error.type !== types.Union || error.errors.every(branch => [...branch].some(inner => isCertain(inner, types)))
}
