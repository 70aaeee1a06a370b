/** The errors of the Django REST framework: `detail`, or one member for each invalid field. */
import { Type } from '@sinclair/typebox'
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { field, issuesByField } from 'fastify-api-errors/format'

const byField = issuesByField()

export const format = defineFormat({
  name: 'django-rest-framework',
  body: field({
    schema: () => Type.Union([
      Type.Object({ detail: Type.String() }, { additionalProperties: false }),
      Type.Record(Type.String(), Type.Array(Type.String()))
    ]),
    value: content => byField.value(content) ?? { detail: content.message }
  })
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const members = Object.entries(body as Record<string, string | string[]>)
  return {
    message: members.map(([, messages]) => [messages].flat().join()).join(),
    issues: members.flatMap(([field, messages]) => Array.isArray(messages) ? messages.map(message => ({ field, message })) : [])
  }
}
