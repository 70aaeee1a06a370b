/** The errors of GitHub: a message, the invalid fields, a link, and the status as a string. The code is an addition. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, constant, docUrl, issues, message } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'github',
  fields: {
    message,
    errors: issues({ resource: 'in', field: 'field', code: 'code', message: 'message' }),
    documentation_url: docUrl,
    status: constant(({ status }) => String(status)),
    code
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { code, message, errors = [] } = body as { code: string, message: string, errors?: Array<{ field: string, code: string, message: string }> }
  return { code, message, issues: errors.map(({ field, code, message }) => ({ field, code, message })) }
}
