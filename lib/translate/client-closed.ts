import { ApiError } from '../catalog/api-error.js'
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import type { TranslateContext } from './translator.js'

/**
 * What a log says of a request whose caller left before the answer. It is in no catalog and never sent: there is nobody
 * to send it to. 499 is the number that nginx and others write for it; no standard has one.
 */
const definition: ErrorDefinition = {
  code: 'client_closed_request',
  status: 499 as ErrorStatus,
  type: 'invalid_request_error',
  message: 'The caller closed the connection before the answer.',
  description: 'The caller closed the connection before the answer.',
  action: 'Wait longer for the answer.',
  retry: 'never',
  meta: undefined,
  headers: undefined,
  stack: false,
  example: {}
}

/** Whether nobody waits for the answer any more: the connection, or with HTTP/2 the stream, is gone. */
export function callerLeft ({ request, reply }: TranslateContext): boolean {
  // `aborted` stays false where the body of the request had arrived in full; the response knows of that case.
  return request.raw.aborted || reply.raw.destroyed
}

/** The error of a request whose caller left. */
export function clientClosedRequest (cause: unknown): ApiError {
  return new ApiError(definition, { cause })
}

/** Whether an error is to be logged and not answered. */
export function isClientClosedRequest (error: ApiError): boolean {
  return error.status === definition.status
}
