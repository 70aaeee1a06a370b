/** The errors of OAuth 2.0 (RFC 6749, section 5.2): one of six codes, a description, and a link. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { constant, docUrl, message } from 'fastify-api-errors/format'

const codes: Readonly<Record<number, string>> = { 401: 'invalid_client', 403: 'unauthorized_client', 500: 'server_error', 503: 'temporarily_unavailable' }

export const format = defineFormat({
  name: 'oauth-2',
  fields: { error: constant(({ status }) => codes[status] ?? 'invalid_request'), error_description: message, error_uri: docUrl }
})

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { error, error_description: message } = body as { error: string, error_description: string }
  return { code: error, message }
}
