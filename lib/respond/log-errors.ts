/** Logs errors: the content of a log entry, and the built-in log. */
import { types } from 'node:util'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'
import { getLogController, getRequestIdLogLabel, overridesLog } from '../fastify/reply-internals.js'
import { callSafely } from '../support/call-safely.js'
import { listSecrets, printErrors, printValue, redactError, redactFor, redactText } from '../support/redact.js'

/** The status that is logged if the client disconnected before the response. It is never sent. */
export const clientDisconnected = 499

/** A log entry for an error. */
export interface LogEntry {
  /** `info` for a 4xx, `error` for a 5xx. */
  readonly level: 'info' | 'error'
  readonly code: string
  /** The status of the response; 499 if the client disconnected before the response. */
  readonly status: ErrorStatus | typeof clientDisconnected
  /** The method and the pattern of the route, `GET /queues/:id`; `null` if no route was found. */
  readonly route: string | null
  readonly requestId: string
  /**
   * The error. Its `cause` is the error that caused it. If an `apiKey()` guard reads the API key of the request, this
   * is a copy without the key.
   */
  readonly error: ApiError
}

/**
 * Writes an entry instead of the built-in log.
 *
 * @param request `null` if the connection did not send a valid request
 * @param log the logger of the request; without a request, the application's logger
 */
export type LogFunction = (entry: LogEntry, request: FastifyRequest | null, log: FastifyBaseLogger) => void

/**
 * The method of Fastify's log controller that would log an error: the method for the error handler, or the method for
 * requests without a route. `null` if Fastify would not log the error.
 */
export type LogMethod = 'defaultErrorLog' | 'routeNotFound' | null

/**
 * Writes an entry to the log of the request. A 4xx is logged with its code and message, and with the message of its
 * cause if that was not sent. A 5xx is logged with the error, its stack and its causes. The stack of an expected 4xx
 * would cost more than the rest of the response and is not useful. The data of the error has at most 16,000 characters.
 */
export function writeLog (entry: LogEntry, request: FastifyRequest | null, log: FastifyBaseLogger): void {
  const { level, code, status, route, requestId, error } = entry
  const secrets = listSecrets(request?.headers)
  // Fastify's request logger writes the id on each line under this label.
  const hasRequestId = request !== null && getRequestIdLogLabel(request.server) === 'requestId'
  const fields: Record<string, unknown> = { code, status, route }
  if (!hasRequestId) fields.requestId = requestId
  const reason = level === 'info' ? findReason(error, secrets) : undefined
  if (reason !== undefined) fields.reason = reason
  if (level === 'info') log.info(fields, redactText(error.message, secrets))
  else log.error(Object.assign(fields, describeError(error, secrets)), redactText(error.message, secrets))
}

/**
 * Returns the message of the cause of a 4xx, if it is not the message of the response. The causes of invalid requests
 * may repeat values, such as passwords, and those of Fastify contain no more than the code.
 */
function findReason ({ cause, issues, message }: ApiError, secrets: readonly string[]): string | undefined {
  if (!types.isNativeError(cause) || issues !== undefined) return undefined
  // Getters are not called.
  const [reason, code] = ['message', 'code'].map(name => Object.getOwnPropertyDescriptor(cause, name)?.value as unknown)
  if (typeof reason !== 'string' || reason === message || (typeof code === 'string' && code.startsWith('FST_'))) {
    return undefined
  }
  return redactText(reason, secrets)
}

/**
 * Returns the fields that describe an error. Error serializers follow a cause if it is an Error, and omit the errors of
 * an AggregateError. Any other cause is printed.
 */
function describeError (error: ApiError, secrets: readonly string[]): Record<string, unknown> {
  const { cause } = error
  const copy = redactApiError(error, secrets)
  if (cause === undefined) return { err: copy }
  if (copy.cause instanceof Error) {
    const thrown = printErrors(cause as object, secrets)
    return thrown === undefined ? { err: copy } : { err: copy, thrown }
  }
  return { err: Object.defineProperty(copy, 'cause', { value: undefined }), thrown: printValue(cause, secrets) }
}

function redactApiError (error: ApiError, secrets: readonly string[]): ApiError {
  return redactError(error, secrets, ApiError.prototype)
}

/** The loggers and the settings for an error. */
export interface LogTarget {
  readonly request: FastifyRequest | null
  /** `null` if the connection did not send a valid request. */
  readonly reply: FastifyReply | null
  readonly log: FastifyBaseLogger
  readonly method: LogMethod
}

/**
 * Logs an error with the log that the application chose: its function, its log controller, or the built-in log. If
 * logging fails, the line is lost. The response is not affected.
 */
export function logError (write: LogFunction | false, entry: LogEntry, target: LogTarget): void {
  if (write === false) return
  callSafely(
    () => write === writeLog ? writeBuiltInLog(entry, target) : callLogFunction(write, entry, target),
    fault => {
      ignoreErrors(() =>
        target.log.error({
          code: entry.code,
          requestId: entry.requestId,
          reason: printValue(fault, listSecrets(target.request?.headers))
        }, 'An error could not be logged.')
      )
    }
  )
}

function writeBuiltInLog (entry: LogEntry, target: LogTarget): void {
  if (!useLogController(entry, target)) writeLog(entry, target.request, target.log)
}

function callLogFunction (write: LogFunction, entry: LogEntry, { request, log }: LogTarget): unknown {
  return write(
    request === null ? entry : { ...entry, error: redactFor(request, entry.error, ApiError.prototype) },
    request,
    log
  )
}

/**
 * Passes an error to Fastify's log controller if the application turned its log off for the request or replaced its
 * method.
 *
 * @returns whether there is nothing more to log
 */
function useLogController (entry: LogEntry, { request, reply, method }: LogTarget): boolean {
  const controller = request === null ? undefined : getLogController(request.server)
  if (controller === undefined || request === null || reply === null) return false
  if (controller.isLogDisabled(request)) return true
  if (!overridesLog(controller, method ?? 'defaultErrorLog')) return false
  if (method === 'routeNotFound') controller.routeNotFound(request, reply)
  if (method === 'defaultErrorLog') {
    controller.defaultErrorLog(findThrown(redactApiError(entry.error, listSecrets(request.headers))), request, reply)
  }
  return true
}

/** Returns the thrown error that Fastify's own error handler would log. */
function findThrown (error: ApiError): unknown {
  return error.cause instanceof Error ? error.cause : error
}

/**
 * Calls a logger and ignores its errors. They must not prevent the response, and there is no other log to report them.
 */
export function ignoreErrors (log: () => void): void {
  try {
    log()
  } catch {}
}

/** Returns the log level for a status. */
export function getLogLevel (status: number): LogEntry['level'] {
  return status < 500 ? 'info' : 'error'
}
