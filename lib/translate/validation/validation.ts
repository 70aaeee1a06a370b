/** Translates Fastify's validation errors, whichever validator reports them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ApiError } from '../../catalog/api-error.js'
import { specificMessages } from '../../catalog/specific-messages.js'
import {
  formatField,
  getKeywordIssue,
  formatPointer,
  issueParams,
  type Issue,
  type IssueLocation,
  type TranslatableIssue
} from '../../catalog/issues.js'
import { getStatus } from '../error-status.js'
import { listDataKeywords } from './data-limits.js'
import { maxReported, type FailedKeyword, type ReadReport, type ValidationReport } from './failed-keyword.js'
import { readAjvReports } from './ajv-reports.js'
import type { TranslateContext, Translator } from '../translator.js'
import { getValidationMessage, toValidationCode } from './validation-status.js'
import { readStandardIssues } from './standard-issues.js'
import { readTypeboxErrors } from './typebox-errors.js'
import { resolveUnions } from './unions.js'
import { readZodIssues } from './zod-issues.js'
import { isObject } from '../../support/is-object.js'

/**
 * The parts of a request that Fastify validates, by Fastify's name: the location for issues, and the property of the
 * request.
 */
const parts = {
  body: { location: 'body', property: 'body' },
  querystring: { location: 'query', property: 'query' },
  params: { location: 'path', property: 'params' },
  headers: { location: 'header', property: 'headers' }
} as const satisfies Readonly<
  Record<string, { readonly location: IssueLocation, readonly property: keyof FastifyRequest }>
>

/**
 * The maximum number of issues in a response. Without a limit, a list of 10,000 invalid items would cause a response of
 * several megabytes.
 */
export const maxIssues = 100

/** The readers of reports. The last reader accepts every report. */
const readers: readonly ReadReport[] = [readZodIssues, readStandardIssues, readTypeboxErrors, readAjvReports]

/** Translates Fastify's validation errors, for any validator. */
export const validationTranslator: Translator = {
  name: 'validation',
  translate (error, context) {
    if (!isObject(error) || !isPart(error.validationContext)) return undefined
    if (isComparisonFailure(error)) {
      return createInvalidError(parts[error.validationContext].location, [], error, context)
    }
    const validation = getReportedErrors(error)
    if (validation === undefined) return undefined
    const report = createReport(validation, error.validationContext, context.request)
    const { location } = report
    const issues = createIssues(readFailures(report), location)
    const status = getStatus(error)
    // Fastify sets the status 400 on an error without a status. A `schemaErrorFormatter` can set any other.
    if (status === undefined || status === 400) return createInvalidError(location, issues, error, context)
    return status === 422 ? createInvalidError('body', issues, error, { ...context, validationStatus: 422 }) : undefined
  }
}

/** Returns the error for an invalid part of a request. */
export function createInvalidError (
  location: IssueLocation,
  issues: readonly Issue[],
  cause: unknown,
  { errors, validationStatus }: Pick<TranslateContext, 'errors' | 'validationStatus'>
): ApiError {
  if (location === 'header') return errors.invalid_request({ issues, cause, message: specificMessages.invalid_header })
  if (location !== 'body') {
    const [{ field } = { field: '' }] = issues
    return errors.invalid_parameter({ issues, cause, ...(field !== '' && { param: field }) })
  }
  const code = issues.length > 0 && issues.every(issue => issue.code === 'required')
    ? 'missing_required_field'
    : 'validation_error'
  return errors[toValidationCode(code, validationStatus)]({
    issues,
    cause,
    ...getValidationMessage(code, errors, validationStatus)
  })
}

/**
 * Returns the validator's report. A validator may return its own error, as Joi and yup do. Such an error has Fastify's
 * code, but a list under another name. Those of asynchronous Ajv schemas have `errors`, those of Valibot and zod have
 * `issues`, those of Joi have `details`, and those of yup have `inner`. If the validator itself failed, the error has
 * the status 500.
 */
function getReportedErrors (error: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const { validation, code, statusCode, errors, issues, details, inner } = error
  if (Array.isArray(validation)) return validation
  if (code !== 'FST_ERR_VALIDATION' || statusCode !== 400) return undefined
  // by default, yup stops at the first error
  if (Array.isArray(inner)) return (inner.length > 0 ? inner : [error]).map(readYupError)
  return [errors, issues, details].find(Array.isArray) ?? []
}

/** Returns an error of yup as an issue of Standard Schema. Its path is a string, such as `tags[1].name`. */
function readYupError (error: unknown): object {
  return {
    message: '',
    path: isObject(error) && typeof error.path === 'string' ? error.path.split(/[.[\]"]+/).filter(Boolean) : []
  }
}

/**
 * Returns whether Ajv failed to compare two objects. For `uniqueItems`, `const` and `enum`, Ajv calls the methods
 * `valueOf` and `toString` of objects in the request. A client can send properties with these names that are not
 * functions.
 */
function isComparisonFailure (error: unknown): boolean {
  return error instanceof TypeError && /^\w+\.(valueOf|toString) is not a function$/.test(error.message)
}

type Part = keyof typeof parts

function isPart (name: unknown): name is Part {
  return typeof name === 'string' && Object.hasOwn(parts, name)
}

function createReport (validation: readonly unknown[], part: Part, request: FastifyRequest): ValidationReport {
  const schema: unknown = request.routeOptions.schema?.[part]
  const content = part === 'body' && isObject(schema) && isObject(schema.content)
    ? schema.content[String(request.mediaType)]
    : undefined
  const { location, property } = parts[part]
  return {
    validation: Array.from(validation).slice(0, maxReported), // a subclass of Array can have another constructor
    location,
    schema: isObject(content) ? content.schema : schema,
    value: request[property],
    sharedSchema: id => request.server.getSchema(id),
    sharedWithData: () => sharedWithData(request.server)
  }
}

const knownWithData = new WeakMap<FastifyInstance, readonly unknown[]>()

/**
 * Returns the added schemas that use `$data`. They are looked up once, because no schema is added after the first
 * request.
 */
function sharedWithData (server: FastifyInstance): readonly unknown[] {
  let schemas = knownWithData.get(server)
  if (schemas === undefined) {
    knownWithData.set(
      server,
      schemas = Object.values(server.getSchemas()).filter(schema => listDataKeywords(schema).size > 0)
    )
  }
  return schemas
}

/** Returns the issues of some failures: one for each field and code, in their order. */
export function createIssues (failures: readonly FailedKeyword[], location: IssueLocation): Issue[] {
  const issues: Issue[] = []
  for (const failure of failures) {
    const issue = createIssue(failure, location)
    if (!issues.some(({ code, pointer }) => code === issue.code && pointer === issue.pointer)) issues.push(issue)
    if (issues.length === maxIssues) break
  }
  return issues
}

function readFailures (report: ValidationReport): readonly FailedKeyword[] {
  for (const read of readers) {
    const failures = read(report)
    if (failures !== undefined && failures.length > 0) return resolveUnions(failures)
  }
  return [{ keyword: 'invalid', path: [], params: {} }]
}

/** The maximum number of characters of a name in a path. The client chooses the name of an unknown field. */
const maxNameLength = 100

/**
 * The maximum number of names in a path. A recursive schema allows thousands. The issue then points to an ancestor of
 * the field.
 */
const maxPathLength = 100

/** The maximum number of characters of the application's message. */
const maxSentenceLength = 500

function shorten (text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text
}

function createIssue (
  { keyword, path: names, params, message, isOfLibrary }: FailedKeyword,
  location: IssueLocation
): TranslatableIssue {
  const { code, message: sentence } = getKeywordIssue(keyword, params)
  const path = names.slice(0, maxPathLength).map(name => shorten(name, maxNameLength))
  return {
    in: location,
    field: formatField(path),
    pointer: formatPointer(path),
    code,
    message: shorten(message ?? sentence, maxSentenceLength),
    ...(message === undefined || isOfLibrary === true) && { [issueParams]: params }
  }
}
