/**
 * Finds the part of a request that a route rejects with a code. Also creates the error, with the translator of
 * validation errors. For a plain JSON Schema, the failure follows from the schema. For any other schema, the validator
 * of the route decides.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import type { IssueLocation } from '../catalog/issues.js'
import type { standardErrors, StandardCode } from '../catalog/standard-errors.js'
import type { RequestPart } from '../infer/schemas/issue-codes.js'
import type { RouteRecord } from '../infer/route-record.js'
import { getValidatorTraits } from '../infer/schemas/validator-traits.js'
import { isZodSchema } from '../infer/schemas/zod-schemas.js'
import { ignoreRejection, isPromiseLike } from '../support/call-safely.js'
import { isObject, isRecord, type ReadonlyJsonObject } from '../support/is-object.js'
import { listPathParameters } from '../support/path-parameters.js'
import type { FailedKeyword } from '../translate/validation/failed-keyword.js'
import { createInvalidError, createIssues, validationTranslator } from '../translate/validation/validation.js'
import type { ValidationStatus } from '../translate/validation/validation-status.js'
import { findInvalidProperty, findRequiredField, listIncompleteValues, listInvalidValues } from './invalid-values.js'
import { createSampleValue, type Resolve } from './sample-value.js'
import { describeZodSchema } from './zod-json-schema.js'

/** The settings of an API that determine the errors of invalid requests. */
export interface ValidationSettings {
  /** The whole catalog. */
  readonly errors: typeof standardErrors
  /** The status of the response to an invalid body. @default 422 */
  readonly validationStatus?: ValidationStatus | undefined
  /** Whether the plugin responds to a path with malformed percent-encoding. @default false */
  readonly respondsToMalformedUrls?: boolean
}

/** A part of a request that a route rejects, and the error. */
export interface InvalidPart {
  readonly part: RequestPart
  readonly error: Pick<ApiError, 'code' | 'message' | 'issues' | 'param'>
  /** Returns the value before the validator changes it. In all parts except the body, its properties are strings. */
  readonly createValue: () => unknown
}

/** The parts whose errors have a code. */
const partsOfCodes: ReadonlyMap<string, readonly RequestPart[]> = new Map<StandardCode, readonly RequestPart[]>([
  ['invalid_parameter', ['querystring', 'params']],
  ['invalid_request', ['headers', 'body']],
  ['validation_error', ['body']],
  ['missing_required_field', ['body']]
])

/** The property of a request for each part. */
const properties = {
  body: 'body',
  querystring: 'query',
  params: 'params',
  headers: 'headers'
} as const satisfies Readonly<Record<RequestPart, keyof FastifyRequest>>

/** The maximum number of values that are tried for a code. */
const maxTried = 60

/**
 * Returns a part of a request that a route rejects with a code. Returns `undefined` if there is none, or if it is
 * unknown.
 *
 * @param issues the codes that the issues may have. @default any
 */
export function findInvalidPart (
  record: RouteRecord,
  code: string,
  settings: ValidationSettings,
  issues?: readonly string[]
): InvalidPart | undefined {
  const parts = partsOfCodes.get(code) ?? []
  const isAllowed = ({ error }: InvalidPart): boolean =>
    error.code === code && (issues === undefined || error.issues?.every(issue => issues.includes(issue.code)) !== false)
  for (const part of record.route.attachValidation === true ? [] : parts) {
    const schema = getPartSchema(record, part)
    if (!isObject(schema)) continue
    const certain = findCertainPart(record, part, schema, code, settings)
    if (certain !== undefined && isAllowed(certain)) return certain
    const validated = findValidatedPart(record, part, schema, code, settings, isAllowed)
    if (validated !== undefined) return validated
  }
  return undefined
}

/** The locations of issues, by part. */
const locations = { body: 'body', querystring: 'query', params: 'path', headers: 'header' } as const satisfies Readonly<
  Record<RequestPart, IssueLocation>
>

/**
 * Returns a part whose only failure follows from the schema. A document has thousands of examples, and most validators
 * have not been called before.
 */
function findCertainPart (
  record: RouteRecord,
  part: RequestPart,
  schema: object,
  code: string,
  settings: ValidationSettings
): InvalidPart | undefined {
  const { route, scope } = record
  const compiler = route.validatorCompiler ?? scope.validatorCompiler
  if (
    compiler === undefined || getValidatorTraits(compiler as Parameters<typeof getValidatorTraits>[0]) === undefined
  ) return undefined
  const create = (
    failure: FailedKeyword,
    createOwn: (sample: ReadonlyJsonObject) => ReadonlyJsonObject
  ): InvalidPart | undefined => {
    const error = createError(() =>
      createInvalidError(locations[part], createIssues([failure], locations[part]), undefined, settings)
    )
    return error && {
      part,
      error,
      createValue: () => {
        const value = createOwn(createSampleValue(schema, createResolve(record)) as ReadonlyJsonObject)
        return part === 'body' ? value : toStrings(value)
      }
    }
  }
  if (code === 'missing_required_field') {
    const missing = findRequiredField(schema)
    return missing === undefined
      ? undefined
      : create({ keyword: 'required', path: [missing], params: {} }, ({ [missing]: _, ...others }) => others)
  }
  const maxParamLength = Number(scope.initialConfig.maxParamLength)
  const found = findInvalidProperty(
    schema,
    (name, value) =>
      part === 'body' || (!isObject(value) && canBeSent({ [name]: String(value) }, part, record.url, maxParamLength)),
    createResolve(record)
  )
  return found === undefined ? undefined : create(found.failure, sample => ({ ...sample, [found.name]: found.value }))
}

function createResolve ({ scope }: RouteRecord): Resolve {
  return ref => scope.getSchema(ref.split('#', 1).join())
}

/** Returns a part that the validator of the route rejects. */
function findValidatedPart (
  record: RouteRecord,
  part: RequestPart,
  schema: object,
  code: string,
  settings: ValidationSettings,
  isAllowed: (invalid: InvalidPart) => boolean
): InvalidPart | undefined {
  const validate = getValidator(record, part, schema)
  for (const value of validate === undefined ? [] : listValues(record, part, schema, code)) {
    const error = validatePart(record, part, validate as Validate, value, settings)
    if (error === undefined) continue
    const invalid: InvalidPart = { part, error, createValue: () => value }
    if (isAllowed(invalid)) return invalid
  }
  return undefined
}

/** Returns whether the plugin responds to malformed percent-encoding in the path of a route. */
export function canHaveMalformedPath ({ url }: RouteRecord, { respondsToMalformedUrls }: ValidationSettings): boolean {
  return respondsToMalformedUrls === true && listPathParameters(url).length > 0
}

/**
 * Returns the schema of a part of a request. For a body with several media types, it is the schema of JSON, or else the
 * first one.
 */
export function getPartSchema ({ route: { schema = {} } }: RouteRecord, part: RequestPart): unknown {
  const given: unknown = schema[part]
  if (part !== 'body' || !isRecord(given) || !isRecord(given.content)) return given
  const contents = Object.values(given.content)
  return (given.content['application/json'] as ReadonlyJsonObject | undefined ?? contents.find(isRecord))?.schema
}

/** Returns a schema as JSON Schema. */
export function describeSchema (schema: unknown): unknown {
  return isZodSchema(schema) ? describeZodSchema(schema) : schema
}

function listValues (record: RouteRecord, part: RequestPart, schema: unknown, code: string): unknown[] {
  const { scope, url } = record
  const jsonSchema = describeSchema(schema)
  const resolve = createResolve(record)
  const incomplete = code === 'missing_required_field' || part === 'headers'
    ? listIncompleteValues(jsonSchema, resolve)
    : []
  const values = [...code === 'missing_required_field' ? [] : listInvalidValues(jsonSchema, resolve), ...incomplete]
    .slice(0, maxTried).map(({ value }) => value)
  if (part === 'body') return values
  return values.flatMap(value => {
    const strings = isRecord(value) ? toStrings(value) : undefined
    return strings === undefined || !canBeSent(strings, part, url, Number(scope.initialConfig.maxParamLength))
      ? []
      : [strings]
  })
}

/** Returns an object with strings as its values; `undefined` if one of them is not a string in a URL. */
function toStrings (value: ReadonlyJsonObject): Record<string, string> | undefined {
  const entries = Object.entries(value)
  return entries.some(([, member]) => isObject(member))
    ? undefined
    : Object.fromEntries(entries.map(([name, member]) => [name, String(member)]))
}

/** Returns whether a client can send strings in a part of a request, so that they reach the validator. */
function canBeSent (
  strings: Readonly<Record<string, string>>,
  part: RequestPart,
  url: string,
  maxParamLength: number
): boolean {
  if (part === 'headers') {
    return Object.entries(strings).every(([name, value]) =>
      name === name.toLowerCase() && /^[!-~]([ -~]*[!-~])?$/.test(value)
    )
  }
  if (part === 'querystring') return true
  const names = [...listPathParameters(url), ...url.endsWith('*') ? ['*'] : []]
  return Object.entries(strings).every(([name, value]) =>
    names.includes(name) && value !== '' && value.length <= maxParamLength && !value.includes('\u0000')
  )
}

type Validate = ((value: unknown) => unknown) & { readonly errors?: unknown }

type Compiler = (
  route: { readonly schema: unknown, readonly method: string, readonly url: string, readonly httpPart: string }
) => Validate

const validators = new WeakMap<object, WeakMap<object, Validate | null>>()

/** Returns the validator of a schema. Ajv returns the one that it has compiled for the route. */
function getValidator ({ route, scope }: RouteRecord, part: RequestPart, schema: object): Validate | undefined {
  const compiler = (route.validatorCompiler ?? scope.validatorCompiler) as Compiler | undefined
  if (compiler === undefined) return undefined
  const known = validators.get(compiler) ?? new WeakMap<object, Validate | null>()
  validators.set(compiler, known)
  let validate = known.get(schema)
  if (validate === undefined) {
    known.set(
      schema,
      validate = compile(compiler, { schema, method: String(route.method), url: route.url, httpPart: part })
    )
  }
  return validate ?? undefined
}

function compile (compiler: Compiler, route: Parameters<Compiler>[0]): Validate | null {
  try {
    const validate: unknown = compiler(route)
    return typeof validate === 'function' ? validate as Validate : null
  } catch {
    return null // the schema of headers is compiled a second time, which a compiler can refuse
  }
}

function validatePart (
  { route, scope }: RouteRecord,
  part: RequestPart,
  validate: Validate,
  sent: unknown,
  { errors, validationStatus }: ValidationSettings
): ApiError | undefined {
  const value = structuredClone(sent) // a validator that converts types changes the value
  const failure = runValidator(validate, value)
  if (failure === undefined) return undefined
  const error = { code: 'FST_ERR_VALIDATION', statusCode: 400, ...failure, validationContext: part }
  // The value has no other properties of a request, so nothing else can be read.
  const request = {
    routeOptions: { schema: route.schema },
    mediaType: 'application/json',
    server: scope,
    [properties[part]]: value
  } as unknown as FastifyRequest
  return createError(() =>
    validationTranslator.translate(error, { errors, validationStatus, request, reply: {} as FastifyReply })
  )
}

/** Returns an error of the catalog; `undefined` if its message cannot be created, because it needs a `meta`. */
function createError (create: () => ApiError | undefined): ApiError | undefined {
  try {
    return create()
  } catch {
    return undefined
  }
}

/**
 * Returns the report of a validator as Fastify passes it on; `undefined` if the value is valid, or if the validator is
 * asynchronous.
 */
function runValidator (validate: Validate, value: unknown): object | undefined {
  try {
    const result = validate(value)
    if (isPromiseLike(result)) {
      ignoreRejection(result)
      return undefined
    }
    if (result === false) return { validation: validate.errors }
    const reported = isObject(result) ? result.error : undefined
    if (!isObject(reported)) return undefined
    return Array.isArray(reported) ? { validation: reported } : reported
  } catch {
    return undefined
  }
}
