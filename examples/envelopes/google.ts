/** The errors of Google (AIP-193): the status, the name of a gRPC code, and a list of details, each with its type. */
import { defineFormat } from 'fastify-api-errors'
import type { ParseErrorOptions } from 'fastify-api-errors/client'
import { codeAs, constant, group, issues, list, message, requestId, status } from 'fastify-api-errors/format'

const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED'
}
const typed = (name: string) => constant(`type.googleapis.com/google.rpc.${name}`)

export const format = defineFormat({
  name: 'google',
  fields: {
    error: group({
      code: status,
      message,
      status: constant(({ status }) => names[status] ?? 'UNKNOWN'),
      details: list(
        group({ '@type': typed('ErrorInfo'), reason: codeAs(code => code.toUpperCase()), domain: constant('api.example.com') }),
        group({ '@type': typed('BadRequest'), fieldViolations: issues({ field: 'field', description: 'message' }) }),
        group({ '@type': typed('RequestInfo'), requestId })
      )
    })
  }
})

/** Reads the errors of this format for the client. */
type Detail = { readonly reason?: string, readonly requestId?: string, readonly fieldViolations?: Array<{ field: string, description: string }> }

export const read: ParseErrorOptions['read'] = body => {
  const { error: { message, details } } = body as { error: { message: string, details: Detail[] } }
  const detail: Detail = Object.assign({}, ...details)
  return {
    code: detail.reason?.toLowerCase(),
    message,
    requestId: detail.requestId,
    issues: (detail.fieldViolations ?? []).map(({ field, description }) => ({ field, message: description }))
  }
}
