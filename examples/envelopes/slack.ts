/** The errors of Slack: `ok` is false, and `error` is the code. */
import { Type } from '@sinclair/typebox'
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { code, constant, field, group } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'slack',
  fields: {
    ok: constant(false),
    error: code,
    response_metadata: group({
      messages: field({ schema: () => Type.Array(Type.String()), value: ({ message, issues }) => [message, ...issues.map(({ field, message }) => `${field} ${message}`)] })
    })
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { error, response_metadata: { messages: [message, ...others] } } = body as { error: string, response_metadata: { messages: string[] } }
  return {
    code: error,
    message,
    issues: others.map(other => ({ field: other.slice(0, other.indexOf(' ')), message: other.slice(other.indexOf(' ') + 1) }))
  }
}
