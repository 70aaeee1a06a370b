/** The errors of Twilio: a number as the code, a link, and the status. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { codeAs, docUrl, message, status } from 'fastify-api-errors/format'

/** The number of each code; 20001 for all others. */
const numbers: Readonly<Record<string, number>> = { resource_not_found: 20404, unauthorized: 20003, rate_limit_exceeded: 20429, forbidden: 20006, validation_error: 20422 }

export const format = defineFormat({
  name: 'twilio',
  fields: { code: codeAs(code => numbers[code] ?? 20001), message, more_info: docUrl, status }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { code: number, message } = body as { code: number, message: string }
  return { code: Object.keys(numbers).find(code => numbers[code] === number), message }
}
