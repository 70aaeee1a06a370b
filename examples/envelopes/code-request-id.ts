/** The code, the id of the request and a message. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, message, requestId } from 'fastify-api-errors/format'

export const format = defineFormat({ name: 'code-request-id', fields: { code, requestId, message } })

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { code, requestId, message } = body as { code: string, requestId: string, message: string }
  return { code, requestId, message }
}
