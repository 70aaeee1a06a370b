/** The message as `error`, the code, and what the client can do. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { action, code, message } from 'fastify-api-errors/format'

export const format = defineFormat({ name: 'error-help', fields: { error: message, code, help: action } })

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { error, code } = body as { error: string, code: string }
  return { code, message: error }
}
