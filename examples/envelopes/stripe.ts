/** The errors of Stripe: an object `error` with the type, the code, the parameter and a link. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, docUrl, group, message, param, requestId, type } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'stripe',
  fields: { error: group({ type, code, message, param, doc_url: docUrl, request_id: requestId }) }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { error } = body as { error: { code: string, message: string, request_id: string, param?: string } }
  return {
    code: error.code,
    message: error.message,
    requestId: error.request_id,
    issues: error.param === undefined ? [] : [{ field: error.param, message: error.message }]
  }
}
