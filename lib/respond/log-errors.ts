import { inspect, types } from 'node:util'
import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'

/** The status that is logged where the caller had gone before there was an answer. It is never sent. */
export const callerGone = 499

/** One answered error, for the log. */
export interface LogEntry {
  /** `info` for a 4xx, `error` for a 5xx. */
  readonly level: 'info' | 'error'
  readonly code: string
  /** The status of the answer; 499 where the caller had gone before there was one. */
  readonly status: ErrorStatus | typeof callerGone
  /** The method and the pattern of the route, `GET /queues/:id`; `null` where no route was found. */
  readonly route: string | null
  readonly requestId: string
  /** The error, with what caused it as `cause`. */
  readonly error: ApiError
}

/**
 * Writes an entry in place of the built-in way.
 *
 * @param request `null` where the connection sent nothing that is a request
 * @param log the logger of the request; without a request, that of the application
 */
export type LogFunction = (entry: LogEntry, request: FastifyRequest | null, log: FastifyBaseLogger) => void

/**
 * Writes an entry to the log of the request: a 4xx as its code and message, a 5xx with the error, its stack and the
 * chain of causes. A stack of an expected 4xx costs more than the rest of the answer and tells nothing.
 */
export function writeLog (entry: LogEntry, request: FastifyRequest | null, log: FastifyBaseLogger): void {
  const { level, code, status, route, requestId, error } = entry
  // Under this label, Fastify's logger of the request has it on each line already.
  const isThere = request?.server.initialConfig.requestIdLogLabel === 'requestId'
  const fields: Record<string, unknown> = { code, status, route }
  if (!isThere) fields.requestId = requestId
  if (level === 'info') log.info(fields, error.message)
  else log.error(Object.assign(fields, described(error)), error.message)
}

/**
 * An error for a serializer. Serializers of errors follow a cause where it is an Error, leave out the members of an
 * AggregateError, and call a cause that is a function (VError has such causes): what was thrown is never called.
 */
function described (error: ApiError): Record<string, unknown> {
  const { cause } = error
  if (cause === undefined) return { err: error }
  if (types.isNativeError(cause)) return { err: error, ...('errors' in cause && { thrown: printValue(cause) }) }
  return { err: Object.create(error, { cause: { value: undefined } }), thrown: printValue(cause) }
}

/** A value as a text of bounded length. Takes anything and never throws. */
export function printValue (value: unknown): string {
  try {
    return inspect(value, { depth: 3, customInspect: false, maxStringLength: maxPrinted, breakLength: Infinity, compact: true }).slice(0, maxPrinted)
  } catch {
    return `a value of type ${typeof value} that cannot be shown` // a getter that throws where every error has a text
  }
}

const maxPrinted = 2000
