/** Responds to errors in the application's format: translates, renders, logs and sends them. */
import { channel } from 'node:diagnostics_channel'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'
import { formatShouldRetry, getDefaultRetryAfter } from '../catalog/error-headers.js'
import { codeForStatus, standardErrors } from '../catalog/standard-errors.js'
import { getHandlerTimeout, isErrorOfBody, isSendCalledByApplication } from '../fastify/reply-internals.js'
import { chooseLanguage } from '../languages/choose-language.js'
import { setDefaultMessage } from '../languages/localize.js'
import type { ResolvedLanguage } from '../languages/resolve-languages.js'
import { ignoreRejection, readProperty } from '../support/call-safely.js'
import { encodeUriPath } from '../support/encode-uri.js'
import { isObject } from '../support/is-object.js'
import { listSecrets, printValue } from '../support/redact.js'
import { getStatus } from '../translate/error-status.js'
import { translate } from '../translate/translate.js'
import type { DatabaseOptions, Translator } from '../translate/translator.js'
import type { ValidationStatus } from '../translate/validation/validation-status.js'
import { findRetryAfter, setHeaders } from './response-headers.js'
import {
  clientDisconnected,
  getLogLevel,
  logError,
  ignoreErrors,
  type LogEntry,
  type LogFunction,
  type LogMethod
} from './log-errors.js'
import { chooseFormat, chooseJsonFormat, type FormatChoice } from './choose-format.js'
import { createRenderer, type RenderBody, type RenderSettings } from './render-body.js'
import { createRequestId, getRequestId } from './request-id.js'
import {
  abortResponse,
  hasErrorResponse,
  sendResponse,
  sendWithoutHooks,
  type PreparedResponse,
  type SendListener
} from './send-response.js'
import { findMalformedField } from './malformed-field.js'

/** The settings of a responder. `lib/options.ts` creates them from the plugin's options. */
export interface ResponderSettings extends RenderSettings, FormatChoice {
  readonly translators: readonly Translator[]
  /** The fields and messages for database constraints. */
  readonly database?: DatabaseOptions | undefined
  /** The status of the response to an invalid body. @default 422 */
  readonly validationStatus?: ValidationStatus | undefined
  readonly realm: string
  /** The URL of the protected resource's metadata. @default challenges have no `resource_metadata` */
  readonly resourceMetadata?: string | undefined
  /** The name of the header with the request id. */
  readonly requestIdHeader: string
  /** Whether errors have `X-Should-Retry`. */
  readonly retryHeaders: boolean
  readonly log: LogFunction | false
}

/** An error response, as published on the diagnostics channel `fastify-api-errors:response`. */
export interface ResponseEvent {
  readonly error: ApiError
  readonly code: string
  readonly status: ErrorStatus
  /** The pattern of the route; `null` if no route was found. */
  readonly route: string | null
  /** `null` if the connection did not send a valid request. */
  readonly method: string | null
  readonly requestId: string
  /** `null` if the connection did not send a valid request. */
  readonly request: FastifyRequest | null
}

/** Called for every error response that is sent. */
export type OnResponse = (event: ResponseEvent) => void

/**
 * The part of Node's request that is read here. Malformed HTTP has no method, and only the headers that could be read.
 */
type RawRequest = Pick<IncomingMessage, 'method' | 'headers'>

/** Responds to errors in the application's format. */
export interface Responder {
  readonly settings: ResponderSettings
  /**
   * Sends the response to an error that was thrown or sent.
   *
   * @param logMethod the method of the log controller that Fastify itself would call for this error. @default
   * 'defaultErrorLog'
   */
  readonly handle: (thrown: unknown, request: FastifyRequest, reply: FastifyReply, logMethod?: LogMethod) => void
  /** Prepares a response, sets its status and headers on the reply, logs and counts it. The caller sends it. */
  readonly prepare: (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => PreparedResponse
  /** Prepares a response for a connection that has no `FastifyRequest`, logs and counts it. The caller sends it. */
  readonly prepareRawResponse: (error: ApiError, request: RawRequest, log: FastifyBaseLogger) => PreparedResponse
  /**
   * Logs the failure of a partly sent response, and aborts an HTTP/2 stream. Returns whether the failure was logged.
   */
  readonly handleStreamError: (error: unknown, request: FastifyRequest, reply: FastifyReply) => boolean
  /** Returns the body of an error and logs it, for the last line of a partly sent stream. */
  readonly toBody: (thrown: unknown, reply: FastifyReply) => Record<string, unknown>
}

/** The data that the functions of a responder share. */
interface ResponderContext {
  readonly settings: ResponderSettings
  readonly render: RenderBody
  /** The request headers that bodies depend on, in lower case. */
  readonly vary: readonly string[]
  /** The name of the header with the request id, in lower case. */
  readonly requestIdHeader: string
  readonly onResponse: OnResponse
  readonly listener: SendListener
}

const responses = channel('fastify-api-errors:response')

/** Returns the responder of an application. */
export function createResponder (settings: ResponderSettings, onResponse: OnResponse): Responder {
  const listener: SendListener = {
    onHookError: (error, request) => {
      logProblem(
        context,
        'A hook failed on an error response. The response was sent without the hooks.',
        request,
        error
      )
    },
    onLateResult: request => {
      logProblem(context, 'The handler sent a result after the error response. The result was dropped.', request)
    }
  }
  const vary = [
    ...settings.negotiated.length > 0 ? ['accept'] : [],
    ...(settings.languages?.byTag.size ?? 0) > 1 ? ['accept-language'] : []
  ]
  const context: ResponderContext = {
    settings,
    render: createRenderer(settings),
    vary,
    requestIdHeader: settings.requestIdHeader.toLowerCase(),
    onResponse,
    listener
  }
  return {
    settings,
    handle: (thrown, request, reply, logMethod = 'defaultErrorLog') => {
      handleError(context, thrown, request, reply, logMethod)
    },
    prepare: (thrown, request, reply) => prepareResponse(context, thrown, request, reply, 'defaultErrorLog'),
    prepareRawResponse: (error, request, log) => prepareRawResponse(context, error, request, log),
    handleStreamError: (error, request, reply) => handleStreamError(context, error, request, reply),
    toBody: (thrown, reply) => createBody(context, thrown, reply)
  }
}

function handleError (
  context: ResponderContext,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logMethod: LogMethod
): void {
  ignoreRejection(thrown)
  if (hasErrorResponse(reply)) {
    sendWithoutHooks(reply, thrown)
  } else if (isDisconnected(request, reply)) {
    logUnsent(context, thrown, clientDisconnected, request, reply)
  } else if (reply.raw.headersSent) {
    logUnsent(context, thrown, context.settings.errors.internal_error.status, request, reply)
    abortResponse(reply)
  } else {
    sendResponse(reply, prepareResponse(context, thrown, request, reply, logMethod), context.listener)
  }
}

/**
 * Returns whether the client disconnected. Node also sets `aborted` if the application destroys the request, as when a
 * loop over its body ends early. The client then still waits for a response.
 */
function isDisconnected ({ raw: { aborted } }: FastifyRequest, { raw: { destroyed, socket } }: FastifyReply): boolean {
  return destroyed || (aborted && socket?.destroyed !== false)
}

function prepareResponse (
  context: ResponderContext,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logMethod: LogMethod
): PreparedResponse {
  try {
    return prepareApiError(context, toApiError(context, thrown, request, reply), request, reply, logMethod)
  } catch (fault) {
    // Only an ApiError whose properties throw, or a catalog whose internal_error throws, leads here.
    logProblem(context, 'An error could not be sent in the format of the API.', request, fault)
    return prepareApiError(context, standardErrors.internal_error(), request, reply, logMethod)
  }
}

function prepareApiError (
  context: ResponderContext,
  error: ApiError,
  request: FastifyRequest,
  reply: FastifyReply,
  logMethod: LogMethod
): PreparedResponse {
  const { settings, settings: { realm, resourceMetadata, retryHeaders }, render, requestIdHeader, vary } = context
  const requestId = getRequestId(request)
  const retryAfter = findRetryAfter(reply, error)
  const language = findLanguage(settings, request.headers)
  const rendered = render(
    error,
    { requestId, instance: getPath(request.originalUrl), retryAfter, language },
    chooseFormat(settings, request.headers)
  )
  const { definition: { code, status, retry }, contentType, payload, headers: formatHeaders } = rendered
  if ('fault' in rendered) {
    logProblem(context, 'The body of an error could not be written in full.', request, rendered.fault)
  }
  const headers = setHeaders(reply, request, error, {
    status,
    contentType,
    requestId,
    requestIdHeader,
    formatHeaders,
    realm,
    resourceMetadata,
    retry: retryHeaders ? retry : undefined,
    retryAfter,
    vary,
    language: rendered.language
  })
  reply.code(status)
  reportResponse(
    context,
    { error, code, status, route: getRoutePattern(request), method: request.method, requestId, request },
    reply,
    request.log,
    logMethod
  )
  return { status, headers, payload }
}

function prepareRawResponse (
  context: ResponderContext,
  error: ApiError,
  request: RawRequest,
  log: FastifyBaseLogger
): PreparedResponse {
  const { settings, settings: { retryHeaders }, render, requestIdHeader } = context
  const { method = null, headers: requestHeaders } = request
  const requestId = createRequestId()
  const { definition: { code, status, retry }, contentType, payload, headers, language } = render(
    error,
    { requestId, instance: '/', language: findLanguage(settings, requestHeaders) },
    chooseFormat(settings, requestHeaders)
  )
  reportResponse(context, { error, code, status, route: null, method, requestId, request: null }, null, log, null)
  // Only the language can be read from malformed HTTP.
  const names = method === null ? context.vary.filter(name => name !== 'accept') : context.vary
  const vary = names.length > 0 && { vary: names.join(', ') }
  const contentLanguage = language !== undefined && { 'content-language': language }
  const shouldRetry = retryHeaders && { 'x-should-retry': formatShouldRetry(retry) }
  const seconds = getDefaultRetryAfter({ code, status })
  const retryAfter = seconds !== undefined && { 'retry-after': String(seconds) }
  return {
    status,
    headers: {
      'content-type': contentType,
      'cache-control': 'no-store',
      [requestIdHeader]: requestId,
      ...shouldRetry,
      ...retryAfter,
      ...vary,
      ...contentLanguage,
      ...headers
    },
    payload
  }
}

/** Returns the language that a request prefers; `undefined` without the option `languages`. */
function findLanguage ({ languages }: ResponderSettings, headers: IncomingHttpHeaders): ResolvedLanguage | undefined {
  return languages === undefined ? undefined : chooseLanguage(languages, headers['accept-language'])
}

function toApiError (
  context: ResponderContext,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply
): ApiError {
  const error = translateThrown(context, thrown, request, reply)
  const { languages } = context.settings
  if (languages !== undefined) setDefaultMessage(error, languages)
  return error
}

function translateThrown (
  { settings }: ResponderContext,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply
): ApiError {
  const { errors, translators, database, validationStatus } = settings
  const error = translate(
    thrown,
    translators,
    { errors, request, reply, database, validationStatus },
    error => keepStatus(error, thrown, reply, errors)
  )
  const malformed = findMalformedField(error, errors)
  if (malformed !== undefined) {
    return errors.internal_error({ cause: new TypeError(`The error cannot be sent. ${malformed}.`, { cause: thrown }) })
  }
  // Fastify sets the status 400 on any error of the body stream, even if a preParsing hook returned the stream. Such a
  // message can be internal.
  if (
    error !== thrown && error.status === 400 && isErrorOfBody(thrown, request) &&
    error.message === (thrown as Error).message
  ) return errors.invalid_request({ cause: thrown })
  return error
}

/**
 * Returns an error with the status that the application set when it sent the error: `reply.code(503).send(error)`. If
 * the error has a status itself, that status is used. After `reply.code(500)`, the status of a known error is used,
 * because it has more information.
 */
function keepStatus (
  error: ApiError,
  thrown: unknown,
  { statusCode }: FastifyReply,
  errors: ResponderSettings['errors']
): ApiError {
  if (statusCode < 400 || statusCode === error.status) return error
  const isKnown = error.code !== 'internal_error' || error.cause !== thrown
  if (isKnown && (statusCode === 500 || (isObject(thrown) && getStatus(thrown) === error.status))) return error
  const code = codeForStatus(statusCode)
  if (code === undefined || !isSendCalledByApplication(handleError)) return error
  return errors[code]({ cause: thrown, ...(error.issues !== undefined && { issues: error.issues }) } as never)
}

/** Logs an error without a response, because the client disconnected or part of another response was sent. */
function logUnsent (
  context: ResponderContext,
  thrown: unknown,
  status: LogEntry['status'],
  request: FastifyRequest,
  reply: FastifyReply
): void {
  try {
    const error = toApiError(context, thrown, request, reply)
    const { code } = error
    logError(context.settings.log, {
      level: getLogLevel(status),
      code,
      status,
      route: formatRoute(request.method, getRoutePattern(request)),
      requestId: getRequestId(request),
      error
    }, { request, reply, log: request.log, method: 'defaultErrorLog' })
  } catch (fault) {
    logProblem(context, 'An error could not be logged.', request, fault)
  }
}

function handleStreamError (
  context: ResponderContext,
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply
): boolean {
  // The client closed the connection, or the application destroyed the stream without an error.
  const isClosed = readProperty(error, 'code') === 'ERR_STREAM_PREMATURE_CLOSE'
  const failure = isClosed ? getHandlerTimeout(request) : error
  const isLogged = context.settings.log !== false && !(isClosed && failure === undefined)
  if (isLogged) logUnsent(context, failure, context.settings.errors.internal_error.status, request, reply)
  // Fastify destroys the response without an error. Over HTTP/2, such a stream ends as if it were complete.
  if (request.raw.httpVersionMajor === 2) abortResponse(reply)
  return isLogged
}

function createBody (context: ResponderContext, thrown: unknown, reply: FastifyReply): Record<string, unknown> {
  const { request } = reply
  const { settings, render } = context
  let error: ApiError
  try {
    error = toApiError(context, thrown, request, reply)
  } catch {
    error = standardErrors.internal_error()
  }
  const requestId = getRequestId(request)
  const responseContext = {
    requestId,
    instance: getPath(request.originalUrl),
    retryAfter: error.retryAfter,
    language: findLanguage(settings, request.headers)
  }
  const { definition: { code, status }, payload } = render(
    error,
    responseContext,
    chooseJsonFormat(settings, request.headers)
  )
  logError(settings.log, {
    level: getLogLevel(status),
    code,
    status,
    route: formatRoute(request.method, getRoutePattern(request)),
    requestId,
    error
  }, {
    request,
    reply,
    log: request.log,
    method: 'defaultErrorLog'
  })
  return JSON.parse(payload) as Record<string, unknown>
}

function reportResponse (
  { onResponse, settings }: ResponderContext,
  event: ResponseEvent,
  reply: FastifyReply | null,
  log: FastifyBaseLogger,
  logMethod: LogMethod
): void {
  const { error, code, status, route, method, requestId, request } = event
  onResponse(event)
  if (responses.hasSubscribers) responses.publish(event)
  if (settings.log === false) return
  const entry: LogEntry = {
    level: getLogLevel(status),
    code,
    status,
    route: formatRoute(method, route),
    requestId,
    error
  }
  logError(settings.log, entry, { request, reply, log, method: logMethod })
}

/** Logs a problem that occurred while an error was handled. */
function logProblem (
  { settings }: ResponderContext,
  message: string,
  request: FastifyRequest,
  ...faults: readonly [unknown?]
): void {
  if (settings.log === false) return
  const reason = faults.length === 0 ? {} : { reason: printValue(faults[0], listSecrets(request.headers)) }
  ignoreErrors(() => request.log.error({ requestId: getRequestId(request), ...reason }, message))
}

/** Returns the pattern of the route of a request; `null` if none was found. */
export function getRoutePattern (request: FastifyRequest): string | null {
  return request.routeOptions.url ?? null
}

function formatRoute (method: string | null, route: string | null): string | null {
  return route === null ? null : `${method} ${route}`
}

/** Returns the path of a URL in a request line as a URI reference (RFC 3986, section 4.1). */
function getPath (url: string): string {
  return /[^\w\-.~!$&'()*+,;=:@/]/.test(url) ? encodeUriPath(url.replace(/[?#].*$/s, '')) : url
}
