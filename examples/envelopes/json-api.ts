/** The errors of JSON:API: a list with one object for each invalid field, or one object for the error. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, constant, eachIssue, requestId } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'json-api',
  contentType: 'application/vnd.api+json',
  fields: {
    errors: eachIssue({
      id: requestId,
      status: constant(({ status }) => String(status)),
      code,
      title: 'message',
      source: { pointer: 'pointer' },
      meta: { issue: 'code' }
    })
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { errors } = body as { errors: Array<{ id: string, code: string, title: string, source?: { pointer: string }, meta: { issue: string } }> }
  const [first] = errors
  return {
    code: first?.code,
    message: first?.title,
    requestId: first?.id,
    issues: errors.flatMap(({ title, source, meta }) => source === undefined ? [] : [{ field: source.pointer.slice(1), message: title, code: meta.issue }])
  }
}
