/** The errors of Atlassian: messages as a list, and the messages of the invalid fields by field. */
import { Type } from '@sinclair/typebox'
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { field, list, message } from 'fastify-api-errors/format'

export const format = defineFormat({
  name: 'atlassian',
  fields: {
    errorMessages: list(message),
    errors: field({
      schema: () => Type.Record(Type.String(), Type.String()),
      value: ({ issues }) => Object.fromEntries(issues.map(({ field, message }) => [field, message]))
    })
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { errorMessages, errors } = body as { errorMessages: string[], errors: Record<string, string> }
  return { message: errorMessages[0], issues: Object.entries(errors).map(([field, message]) => ({ field, message })) }
}
