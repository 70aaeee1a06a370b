/** The errors of drf-standardized-errors: the type, and a list with one object for each invalid field, or one for the error. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { constant, eachIssue } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'drf-standardized-errors',
  fields: {
    type: constant(({ status }) => status >= 500 ? 'server_error' : status === 422 ? 'validation_error' : 'client_error'),
    errors: eachIssue({ code: 'code', detail: 'message', attr: 'field' })
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { errors } = body as { errors: Array<{ code: string, detail: string, attr?: string }> }
  const issues = errors.flatMap(({ code, detail, attr }) => attr === undefined ? [] : [{ field: attr, code, message: detail }])
  return { code: issues.length === 0 ? errors[0]?.code : 'validation_error', message: errors[0]?.detail, issues }
}
