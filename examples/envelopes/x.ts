/** The errors of X: problem details, with the invalid parameters as `errors`. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { constant, docUrl, issues, message, status, title } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'x',
  contentType: 'application/problem+json',
  fields: {
    title,
    type: constant(({ code }) => `https://api.example.com/problems/${code}`),
    status,
    detail: message,
    errors: issues({ message: 'message', parameter: 'field' }),
    documentation_url: docUrl
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { type, detail, errors = [] } = body as { type: string, detail: string, errors?: Array<{ message: string, parameter: string }> }
  return { code: type.slice(type.lastIndexOf('/') + 1), message: detail, issues: errors.map(({ message, parameter }) => ({ field: parameter, message })) }
}
