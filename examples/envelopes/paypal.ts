/** The errors of PayPal: a name in upper case, the id for support, details and links. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { codeAs, constant, docUrl, group, issues, list, message, requestId } from 'fastify-api-errors/format'

const upper = codeAs(code => code.toUpperCase())

export const format = defineFormat({
  name: 'paypal',
  fields: {
    name: upper,
    message,
    debug_id: requestId,
    details: issues({ field: 'pointer', issue: upper, description: 'message' }),
    links: list(group({ href: docUrl, rel: constant('information_link'), method: constant('GET') }))
  }
})

interface Body {
  readonly name: string
  readonly message: string
  readonly debug_id: string
  readonly details?: ReadonlyArray<{ field: string, issue: string, description: string }>
}

/** Reads the errors of this format for the client. */
export const read: ParseErrorOptions['read'] = body => {
  const { name, message, debug_id: requestId, details = [] } = body as Body
  return {
    code: name.toLowerCase(),
    message,
    requestId,
    issues: details.map(({ field, issue, description }) => ({ field: field.slice(1), code: issue.toLowerCase(), message: description }))
  }
}
