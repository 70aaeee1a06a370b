/** Logs errors: what a log entry has, and how it is written if the application does not write it itself. */
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'
import { getLogController, getRequestIdLogLabel, overridesLog } from '../fastify/reply-internals.js'
import { callSafely } from '../support/call-safely.js'
import { listSecrets, printValue, redactError, redactText } from '../support/redact.js'

/** The status that is logged if the caller was gone before there was a response. It is never sent. */
export const callerGone = 499

/** One error, for the log. */
export interface LogEntry {
  /** `info` for a 4xx, `error` for a 5xx. */
  readonly level: 'info' | 'error'
  readonly code: string
  /** The status of the response; 499 if the caller was gone before there was one. */
  readonly status: ErrorStatus | typeof callerGone
  /** The method and the pattern of the route, `GET /queues/:id`; `null` if no route was found. */
  readonly route: string | null
  readonly requestId: string
  /**
   * The error, with what caused it as `cause`. If the request has an API key, for a guard of `apiKey()`, it is a copy without
   * the key.
   */
  readonly error: ApiError
}

/**
 * Writes an entry instead of the built-in log.
 *
 * @param request `null` if the connection sent nothing that is a request
 * @param log the logger of the request; without a request, that of the application
 */
export type LogFunction = (entry: LogEntry, request: FastifyRequest | null, log: FastifyBaseLogger) => void

/**
 * Which method of Fastify's log controller would log an error: that of the error handler, that for requests without a route, or
 * none, because Fastify answers such a request without a log line.
 */
export type LogMethod = 'defaultErrorLog' | 'routeNotFound' | null

/**
 * Writes an entry to the log of the request: a 4xx as its code and message, a 5xx with the error, its stack and its causes. A
 * stack of an expected 4xx costs more than the rest of the response and says nothing. What comes from the error has at most
 * 16,000 characters.
 */
export function writeLog (entry: LogEntry, request: FastifyRequest | null, log: FastifyBaseLogger): void {
  const { level, code, status, route, requestId, error } = entry
  const secrets = listSecrets(request?.headers)
  // Under this label, Fastify's logger of the request writes the id on each line.
  const hasRequestId = request !== null && getRequestIdLogLabel(request.server) === 'requestId'
  const fields: Record<string, unknown> = { code, status, route }
  if (!hasRequestId) fields.requestId = requestId
  if (level === 'info') log.info(fields, redactText(error.message, secrets))
  else log.error(Object.assign(fields, describeError(error, secrets)), redactText(error.message, secrets))
}

/**
 * Returns the fields that describe an error. Serializers of errors follow a cause if it is an Error, and leave out the members
 * of an AggregateError. Any other cause is printed.
 */
function describeError (error: ApiError, secrets: readonly string[]): Record<string, unknown> {
  const { cause } = error
  const copy = redactApiError(error, secrets)
  if (cause === undefined) return { err: copy }
  if (copy.cause instanceof Error) return { err: copy, ...('errors' in copy.cause && { thrown: printValue(cause, secrets) }) }
  return { err: Object.defineProperty(copy, 'cause', { value: undefined }), thrown: printValue(cause, secrets) }
}

function redactApiError (error: ApiError, secrets: readonly string[]): ApiError {
  return redactError(error, secrets, ApiError.prototype)
}

/** Where an error is logged. */
export interface LogTarget {
  readonly request: FastifyRequest | null
  /** `null` if the connection sent nothing that is a request. */
  readonly reply: FastifyReply | null
  readonly log: FastifyBaseLogger
  readonly method: LogMethod
}

/**
 * Logs an error in the way that the application chose: with its function, with its log controller, or with the built-in log. A
 * log that fails costs the line, not the response.
 */
export function logError (write: LogFunction | false, entry: LogEntry, target: LogTarget): void {
  if (write === false) return
  callSafely(() => write === writeLog ? writeBuiltInLog(entry, target) : callLogFunction(write, entry, target), fault => {
    quietly(() => target.log.error({ code: entry.code, requestId: entry.requestId, reason: printValue(fault, listSecrets(target.request?.headers)) }, 'An error could not be logged as it should be.'))
  })
}

function writeBuiltInLog (entry: LogEntry, target: LogTarget): void {
  if (!useLogController(entry, target)) writeLog(entry, target.request, target.log)
}

function callLogFunction (write: LogFunction, entry: LogEntry, { request, log }: LogTarget): unknown {
  const secrets = listSecrets(request?.headers)
  return write(secrets.length === 0 ? entry : { ...entry, error: redactApiError(entry.error, secrets) }, request, log)
}

/**
 * Leaves an error to Fastify's log controller, if the application switched its log off for the request or replaced its method.
 *
 * @returns whether there is nothing more to log
 */
function useLogController (entry: LogEntry, { request, reply, method }: LogTarget): boolean {
  const controller = request === null ? undefined : getLogController(request.server)
  if (controller === undefined || request === null || reply === null) return false
  if (controller.isLogDisabled(request)) return true
  if (!overridesLog(controller, method ?? 'defaultErrorLog')) return false
  if (method === 'routeNotFound') controller.routeNotFound(request, reply)
  if (method === 'defaultErrorLog') controller.defaultErrorLog(findThrown(redactApiError(entry.error, listSecrets(request.headers))), request, reply)
  return true
}

/** Returns the error that was thrown, as Fastify's own error handler would log it. */
function findThrown (error: ApiError): unknown {
  return error.cause instanceof Error ? error.cause : error
}

/** Calls a logger. One that fails must not keep a response from being sent, and there is nothing left that could report it. */
export function quietly (log: () => void): void {
  try {
    log()
  } catch {}
}

/** Returns the log level for a status. */
export function getLogLevel (status: number): LogEntry['level'] {
  return status < 500 ? 'info' : 'error'
}
