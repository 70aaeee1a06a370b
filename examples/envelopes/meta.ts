/** The errors of the Graph API of Meta: codes are numbers, and each request has a trace id. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { codeAs, constant, group, message, requestId, title, type } from 'fastify-api-errors/format'

/** The number of each code; 1 for all others. */
const numbers: Readonly<Record<string, number>> = { rate_limit_exceeded: 4, forbidden: 10, validation_error: 100, resource_not_found: 803, unauthorized: 190 }

export const format = defineFormat({
  name: 'meta',
  fields: {
    error: group({
      message,
      type,
      code: codeAs(code => numbers[code] ?? 1),
      is_transient: constant(({ status }) => status >= 500 || status === 429),
      error_user_title: title,
      fbtrace_id: requestId
    })
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { error } = body as { error: { message: string, code: number, fbtrace_id: string } }
  return {
    code: Object.keys(numbers).find(code => numbers[code] === error.code),
    message: error.message,
    requestId: error.fbtrace_id
  }
}
