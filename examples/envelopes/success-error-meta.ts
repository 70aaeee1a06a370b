/** A flag, an object with the error, and data about the request. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, constant, details, group, message, meta, requestId } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'success-error-meta',
  fields: {
    success: constant(false),
    error: group({ code, message, details, data: meta }),
    meta: group({ request_id: requestId })
  }
})

/** Reads the errors of this format for the client. */
type Fields = Array<{ readonly field: string, readonly code: string, readonly message: string }>

export const read: ParseErrorOptions['read'] = body => {
  const { error, meta } = body as { error: { code: string, message: string, details?: Fields, data?: unknown }, meta: { request_id: string } }
  return { code: error.code, message: error.message, issues: error.details ?? [], meta: error.data, requestId: meta.request_id }
}
