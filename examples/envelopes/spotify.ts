/** The errors of Spotify: the status and a message. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { group, message, status } from 'fastify-api-errors/format'

export const format = defineFormat({ name: 'spotify', fields: { error: group({ status, message }) } })

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { error: { message } } = body as { error: { message: string } }
  return { message }
}
