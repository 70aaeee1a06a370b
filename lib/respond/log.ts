import type { FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'

/** One answered error, for the log. */
export interface LogEntry {
  /** `info` for a 4xx, `error` for a 5xx. */
  readonly level: 'info' | 'error'
  readonly code: string
  /** The status that was sent; 499 where the caller had left and nothing was. */
  readonly status: ErrorStatus | 499
  /** The method and the pattern of the route, `GET /queues/:id`; `null` where no route was found. */
  readonly route: string | null
  readonly requestId: string
  /** The error, with what caused it as `cause`. */
  readonly error: ApiError
}

/** Writes an entry in place of the built-in way. */
export type LogFunction = (entry: LogEntry, request: FastifyRequest) => void

/**
 * Writes an entry to the log of the request: a 4xx as its code and message, a 5xx with the error, its stack and the
 * chain of causes. A stack of an expected 4xx costs more than the rest of the answer and tells nothing.
 */
export function writeLog (entry: LogEntry, request: FastifyRequest): void {
  const { level, code, status, route, requestId, error } = entry
  const fields = { code, status, route, requestId }
  if (level === 'info') return request.log.info(fields, error.message)
  const { cause } = error
  request.log.error({
    ...fields,
    err: error,
    // Serializers of errors follow a cause only where it is an Error.
    ...(cause !== undefined && !(cause instanceof Error) && { thrown: printed(cause) })
  }, error.message)
}

function printed (value: unknown): string {
  try {
    const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
    return text.slice(0, maxPrinted)
  } catch {
    return Object.prototype.toString.call(value)
  }
}

const maxPrinted = 1000
