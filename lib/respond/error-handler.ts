import { channel } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify'
import { callSafely } from '../support/call-safely.js'
import type { ApiError } from '../catalog/api-error.js'
import type { ErrorStatus } from '../catalog/definition.js'
import { standardErrors } from '../catalog/standard-errors.js'
import type { Format } from '../formats/format.js'
import { translate } from '../translate/index.js'
import type { DatabaseOptions, Translator } from '../translate/translator.js'
import { setHeaders } from './response-headers.js'
import { callerGone, printValue, type LogEntry, type LogFunction } from './log-errors.js'
import { chooseFormat } from './choose-format.js'
import { createRenderer, type RenderSettings } from './render-body.js'
import { createRequestId, getRequestId } from './request-id.js'
import { abortResponse, finishAnswer, ignoreRejection, isAnswered, sendAnswer, type PreparedAnswer } from './send-response.js'
import { isWellFormed } from './is-well-formed.js'

/** What a responder needs to know; `lib/options.ts` makes it of the plugin's options. */
export interface ResponderSettings extends RenderSettings {
  readonly format: Format
  /** A second format for callers who ask for it by `Accept`; `undefined` where there is no choice. */
  readonly negotiated: Format | undefined
  readonly translators: readonly Translator[]
  /** What the constraints of the database are called for people. */
  readonly database?: DatabaseOptions | undefined
  readonly realm: string
  readonly log: LogFunction | false
}

/** One answered error, as the `fastify-api-errors:answer` diagnostics channel publishes it. */
export interface AnswerEvent {
  readonly error: ApiError
  readonly code: string
  readonly status: ErrorStatus
  /** The pattern of the route; `null` where no route was found. */
  readonly route: string | null
  /** `null` where the connection sent nothing that is a request. */
  readonly method: string | null
  readonly requestId: string
  /** `null` where the connection sent nothing that is a request. */
  readonly request: FastifyRequest | null
}

/** Called for every answer that goes out. */
export type OnAnswer = (event: AnswerEvent) => void

/** A request of Node's, as far as it is read. */
type RawRequest = Pick<IncomingMessage, 'method' | 'headers'>

/** Answers errors in the one shape of an application. */
export interface Responder {
  readonly settings: ResponderSettings
  /** Answers whatever was thrown. */
  readonly handle: (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void
  /** Makes the answer, with its status and headers set on the reply, and counts it; to be sent by the caller. */
  readonly prepare: (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => PreparedAnswer
  /** Makes the answer for a connection that no `FastifyRequest` came from, and counts it; to be sent by the caller. */
  readonly prepareRaw: (error: ApiError, request: RawRequest | null, log: FastifyBaseLogger) => PreparedAnswer
}

const answers = channel('fastify-api-errors:answer')

/** Makes the responder of an application. */
export function createResponder (settings: ResponderSettings, onAnswer: OnAnswer): Responder {
  const { errors, translators, database, negotiated, realm } = settings
  const render = createRenderer(settings)

  function prepare (thrown: unknown, request: FastifyRequest, reply: FastifyReply): PreparedAnswer {
    try {
      return prepareAnswer(toApiError(thrown, request, reply), request, reply)
    } catch (fault) {
      // Only a hostile value gets here, an ApiError whose properties throw, or a catalog whose internal_error throws.
      note('An error could not be answered as it is.', fault, request)
      return prepareAnswer(standardErrors.internal_error(), request, reply)
    }
  }

  function prepareAnswer (error: ApiError, request: FastifyRequest, reply: FastifyReply): PreparedAnswer {
    const requestId = getRequestId(request)
    const rendered = render(error, { requestId, instance: getPath(request.originalUrl) }, chooseFormat(settings, request.headers))
    const { definition: { code, status }, contentType, payload } = rendered
    if ('fault' in rendered) note('The body of an error could not be made as it should be.', rendered.fault, request)
    const headers = setHeaders(reply, request, error, { status, contentType, requestId, realm, negotiate: negotiated !== undefined })
    reply.code(status)
    record({ error, code, status, route: getRoutePattern(request), method: request.method, requestId, request }, request.log)
    return { status, headers, payload }
  }

  function toApiError (thrown: unknown, request: FastifyRequest, reply: FastifyReply): ApiError {
    const error = translate(thrown, translators, { errors, request, reply, database })
    return isWellFormed(error) ? error : errors.internal_error({ cause: thrown })
  }

  /** Nothing can be sent any more, so nothing was answered: the log alone has the error. That the caller went is no failure of ours. */
  function noteUnanswered (thrown: unknown, status: LogEntry['status'], request: FastifyRequest, reply: FastifyReply): void {
    try {
      const error = toApiError(thrown, request, reply)
      write({
        level: getLogLevel(status), code: error.code, status, route: formatRoute(request.method, getRoutePattern(request)), requestId: getRequestId(request), error
      }, request, request.log)
    } catch (fault) {
      note('An error could not be logged as it is.', fault, request)
    }
  }

  function record (event: AnswerEvent, log: FastifyBaseLogger): void {
    const { error, code, status, route, method, requestId, request } = event
    onAnswer(event)
    if (answers.hasSubscribers) answers.publish(event)
    if (settings.log !== false) write({ level: getLogLevel(status), code, status, route: formatRoute(method, route), requestId, error }, request, log)
  }

  function write (entry: LogEntry, request: FastifyRequest | null, log: FastifyBaseLogger): void {
    const { log: writeEntry } = settings
    if (writeEntry === false) return
    callSafely(() => writeEntry(entry, request, log), fault => {
      quietly(() => log.error({ code: entry.code, requestId: entry.requestId, reason: printValue(fault) }, 'An error could not be logged as it should be.'))
    })
  }

  /** Logs what went wrong while an error was answered. */
  function note (message: string, fault: unknown, request: FastifyRequest): void {
    if (settings.log !== false) quietly(() => request.log.error({ requestId: getRequestId(request), reason: printValue(fault) }, message))
  }

  function noteHookFault (fault: unknown, request: FastifyRequest): void {
    note('A hook failed on the answer to an error; it was sent without the hooks.', fault, request)
  }

  return {
    settings,
    handle (thrown, request, reply) {
      ignoreRejection(thrown)
      if (isAnswered(reply)) {
        finishAnswer(reply, thrown)
      } else if (reply.raw.destroyed || request.raw.aborted) {
        noteUnanswered(thrown, callerGone, request, reply)
      } else if (reply.raw.headersSent) {
        noteUnanswered(thrown, errors.internal_error.status, request, reply)
        abortResponse(reply)
      } else {
        const answer = prepare(thrown, request, reply)
        sendAnswer(reply, answer, noteHookFault)
      }
    },
    prepare,
    prepareRaw (error, request, log) {
      const requestId = createRequestId()
      const { definition: { code, status }, contentType, payload } = render(error, { requestId, instance: '/' }, chooseFormat(settings, request?.headers ?? {}))
      record({ error, code, status, route: null, method: request?.method ?? null, requestId, request: null }, log)
      const vary = request !== null && negotiated !== undefined && { vary: 'accept' }
      return { status, headers: { 'content-type': contentType, 'cache-control': 'no-store', 'x-request-id': requestId, ...vary }, payload }
    }
  }
}

/** A log that fails must not keep an answer from being sent, and there is nobody left to tell. */
function quietly (log: () => void): void {
  try {
    log()
  } catch {}
}

function getLogLevel (status: number): LogEntry['level'] {
  return status < 500 ? 'info' : 'error'
}

/** The pattern of the route of a request; `null` where none was found. */
export function getRoutePattern (request: FastifyRequest): string | null {
  return request.routeOptions.url ?? null
}

function formatRoute (method: string | null, route: string | null): string | null {
  return route === null ? null : `${method} ${route}`
}

/** The path of a URL as a request line has it, as a URI reference (RFC 3986, section 4.1). */
function getPath (url: string): string {
  if (!/[^\w\-.~!$&'()*+,;=:@/]/.test(url)) return url
  return url.replace(/[?#].*$/s, '').replace(/%(?![0-9a-f]{2})|[^\w\-.~!$&'()*+,;=:@/%]/gi, encodeURIComponent)
}
