/** The message of a failed validation, which error handlers of a scope's own and `request.validationError` have. */
import type { FastifySchemaValidationError } from 'fastify'
import { isObject } from '../support/is-object.js'

/** Faults that are named. A sentence needs no more. */
const maxNamed = 10

/**
 * Returns the error that Fastify's own formatter returns, for the first faults only: with `allErrors` a body of a megabyte has a
 * million of them, and the whole message takes seconds to write. Our responses are not made of it.
 *
 * A validator may report anything: Joi and yup have no `instancePath`, others report a string. Fastify calls the formatter where
 * nothing catches what it throws, so it never throws.
 *
 * @param part of the request: `body`, `querystring`
 */
export function schemaErrorFormatter (errors: FastifySchemaValidationError[], part: string): Error {
  const reports: unknown = errors
  try {
    if (Array.isArray(reports)) return new Error(reports.slice(0, maxNamed).map(report => formatReport(report, part)).join(', '))
    return new Error(formatReport(reports, part))
  } catch {
    return new Error(`${part} is not valid`)
  }
}

function formatReport (report: unknown, part: string): string {
  if (!isObject(report)) return `${part} ${String(report)}`
  const { instancePath, message } = report
  return `${part}${instancePath === undefined || instancePath === null ? '' : String(instancePath)} ${String(message)}`
}
