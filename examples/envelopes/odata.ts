/** The errors of OData 4: an object `error` with a code, a message, a target and details. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, group, issues, message, param, requestId } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'odata',
  fields: {
    error: group({
      code,
      message,
      target: param,
      details: issues({ code: 'code', message: 'message', target: 'field' }),
      innererror: group({ request_id: requestId })
    })
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { error } = body as { error: { code: string, message: string, details?: Array<{ code: string, message: string, target: string }>, innererror: { request_id: string } } }
  return {
    code: error.code,
    message: error.message,
    requestId: error.innererror.request_id,
    issues: (error.details ?? []).map(({ code, message, target }) => ({ code, message, field: target }))
  }
}
