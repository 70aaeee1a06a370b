import type { FastifyInstance, FastifyRequest } from 'fastify'
import { formatField, getKeywordIssue, formatPointer, type Issue, type IssueLocation } from '../../catalog/issues.js'
import { dataKeywords } from './data-limits.js'
import type { FailedKeyword, ReadReport, ValidationReport } from './failed-keyword.js'
import { readAjvReports } from './ajv-reports.js'
import type { Translator } from '../translator.js'
import { readTypeboxErrors } from './typebox-errors.js'
import { resolveUnions } from './unions.js'
import { readZodIssues } from './zod-issues.js'
import { isObject } from '../../support/is-object.js'

/** The parts of a request that Fastify validates, by the name it gives them, and by the name the request has them. */
const parts = {
  body: { location: 'body', property: 'body' },
  querystring: { location: 'query', property: 'query' },
  params: { location: 'path', property: 'params' },
  headers: { location: 'header', property: 'headers' }
} as const satisfies Readonly<Record<string, { readonly location: IssueLocation, readonly property: keyof FastifyRequest }>>

/** An answer lists this many issues at most: a list with 10,000 wrong items would else be answered with megabytes. */
export const maxIssues = 100

/** More of a report is not read: with Ajv's `allErrors`, a body of a megabyte comes to a million entries. */
const maxReported = 10 * maxIssues

/** The validators whose reports differ from those of Ajv, and last the one that reads every report. */
const readers: readonly ReadReport[] = [readZodIssues, readTypeboxErrors, readAjvReports]

/** The errors of Fastify's validation, whichever validator found them. */
export const validationTranslator: Translator = {
  name: 'validation',
  translate (error, { errors, request }) {
    if (!isObject(error) || !isPart(error.validationContext)) return undefined
    const validation = getReportedErrors(error)
    if (validation === undefined) return undefined
    const report = createReport(validation, error.validationContext, request)
    const { location } = report
    const issues = createIssues(report)
    if (location === 'header') return errors.invalid_request({ issues, cause: error, message: 'A header of the request is not valid.' })
    if (location !== 'body') {
      const [{ field } = { field: '' }] = issues
      return errors.invalid_parameter({ issues, cause: error, ...(field !== '' && { param: field }) })
    }
    return issues.every(issue => issue.code === 'required')
      ? errors.missing_required_field({ issues, cause: error })
      : errors.validation_error({ issues, cause: error })
  }
}

/**
 * What the validator reported. A validator may give an error of its own, as Joi and yup do: it has Fastify's code, and
 * no list that is known, but for the one of an asynchronous schema of Ajv. A validator that broke has the status 500.
 */
function getReportedErrors ({ validation, code, statusCode, errors }: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  if (Array.isArray(validation)) return validation
  if (code !== 'FST_ERR_VALIDATION' || statusCode !== 400) return undefined
  return Array.isArray(errors) ? errors : []
}

type Part = keyof typeof parts

function isPart (name: unknown): name is Part {
  return typeof name === 'string' && Object.hasOwn(parts, name)
}

function createReport (validation: readonly unknown[], part: Part, request: FastifyRequest): ValidationReport {
  const schema: unknown = request.routeOptions.schema?.[part]
  const content = part === 'body' && isObject(schema) && isObject(schema.content) ? schema.content[String(request.mediaType)] : undefined
  const { location, property } = parts[part]
  return {
    validation: validation.slice(0, maxReported),
    location,
    schema: isObject(content) ? content.schema : schema,
    value: request[property],
    sharedSchema: id => request.server.getSchema(id),
    sharedWithData: () => sharedWithData(request.server)
  }
}

const knownWithData = new WeakMap<FastifyInstance, readonly unknown[]>()

/** No schema is added once there are requests. */
function sharedWithData (server: FastifyInstance): readonly unknown[] {
  let schemas = knownWithData.get(server)
  if (schemas === undefined) knownWithData.set(server, schemas = Object.values(server.getSchemas()).filter(schema => dataKeywords(schema).size > 0))
  return schemas
}

/** The issues that a report comes to: one for each field and code, in the order of the report. */
function createIssues (report: ValidationReport): Issue[] {
  const issues: Issue[] = []
  for (const failure of readFailures(report)) {
    const issue = createIssue(failure, report.location)
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

/** Characters of one name: the caller chose the name of an unknown field. */
const maxNameLength = 100

function shortened (name: string): string {
  return name.length > maxNameLength ? `${name.slice(0, maxNameLength).toWellFormed()}…` : name
}

function createIssue ({ keyword, path: names, params, message }: FailedKeyword, location: IssueLocation): Issue {
  const { code, message: sentence } = getKeywordIssue(keyword, params)
  const path = names.map(shortened)
  return { in: location, field: formatField(path), pointer: formatPointer(path), code, message: message ?? sentence }
}
