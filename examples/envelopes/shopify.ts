/** The errors of Shopify: `errors` is a string, or the messages of the invalid fields. */
import { Type } from '@sinclair/typebox'
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { field, issuesByField } from 'fastify-api-errors/format'

const byField = issuesByField()

export const format = defineFormat({
  name: 'shopify',
  fields: {
    errors: field({
      schema: () => Type.Union([Type.String(), Type.Record(Type.String(), Type.Array(Type.String()))]),
      value: content => byField.value(content) ?? content.message
    })
  }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { errors } = body as { errors: string | Record<string, string[]> }
  return typeof errors === 'string'
    ? { message: errors, issues: [] }
    : { message: 'invalid', issues: Object.entries(errors).map(([field, [message = '']]) => ({ field, message })) }
}
