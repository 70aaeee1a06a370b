/**
 * Creates the message of a validation error, for custom error handlers of a scope and for `request.validationError`.
 */
import type { FastifySchemaValidationError } from 'fastify'
import { isObject } from '../support/is-object.js'
import { withoutStack } from '../support/without-stack.js'

/** The maximum number of errors in the message. */
const maxNamed = 10

/**
 * Returns the error that Fastify's own formatter returns, but only for the first errors. With `allErrors`, a body of
 * one megabyte has a million errors, and writing the whole message takes seconds. The plugin's responses do not use
 * this message.
 *
 * A validator may report any value. Joi and yup have no `instancePath`, and others report a string. Fastify does not
 * catch errors from the formatter, so the formatter never throws. The error has no stack, which would show only
 * functions of Fastify.
 *
 * @param part the part of the request: `body`, `querystring`
 */
export function schemaErrorFormatter (errors: FastifySchemaValidationError[], part: string): Error {
  return withoutStack(() => new Error(formatReports(errors, part)))
}

function formatReports (reports: unknown, part: string): string {
  try {
    return Array.isArray(reports)
      ? reports.slice(0, maxNamed).map(report => formatReport(report, part)).join(', ')
      : formatReport(reports, part)
  } catch {
    return `${part} is not valid`
  }
}

function formatReport (report: unknown, part: string): string {
  if (!isObject(report)) return `${part} ${String(report)}`
  const { instancePath, message } = report
  return `${part}${instancePath === undefined || instancePath === null ? '' : String(instancePath)} ${String(message)}`
}
