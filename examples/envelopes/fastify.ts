/** Fastify's own errors: the status, the code, the reason phrase and a message. */
import { STATUS_CODES } from 'node:http'
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, constant, message, status } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'fastify',
  fields: { statusCode: status, code, error: constant(({ status }) => STATUS_CODES[status]), message }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { code, message } = body as { code: string, message: string }
  return { code, message }
}
