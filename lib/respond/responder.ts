import { channel } from 'node:diagnostics_channel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerOf, type AnswerContext, type AnswerDefinition } from '../catalog/answer.js'
import type { ApiError } from '../catalog/api-error.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { errorStatuses, type ErrorStatus } from '../catalog/definition.js'
import { standardCode, standardErrors } from '../catalog/standard-errors.js'
import { codeFormat } from '../formats/code.js'
import { bodyWriter, type Format, type WriteBody } from '../formats/format.js'
import { isClientClosedRequest } from '../translate/client-closed.js'
import { translate } from '../translate/index.js'
import type { Translator } from '../translate/translator.js'
import { withoutQuery } from './allowed-methods.js'
import { setHeaders } from './headers.js'
import type { LogEntry, LogFunction } from './log.js'
import { chooseFormat } from './negotiate.js'

/** What a responder needs to know; `lib/options.ts` makes it of the plugin's options. */
export interface ResponderSettings {
  /** The whole catalog: the standard codes, and those of the application. */
  readonly errors: AnyCatalog & typeof standardErrors
  readonly format: Format
  /** A second format for callers who ask for it by `Accept`; `undefined` where there is no choice. */
  readonly negotiated: Format | undefined
  readonly translators: readonly Translator[]
  readonly docUrl: (code: string) => string | undefined
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
  readonly method: string
  readonly requestId: string
  readonly request: FastifyRequest
}

/** Called for every answer that goes out. */
export type OnAnswer = (event: AnswerEvent) => void

/** Answers errors in the one shape of an application. */
export interface Responder {
  readonly settings: ResponderSettings
  /** Answers whatever was thrown. */
  readonly handle: (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void
  /** The body of an error, for a connection that has no request. */
  readonly render: (error: ApiError, context: RequestContext) => Rendered
}

/** What of the request goes into a body. */
export type RequestContext = Omit<AnswerContext, 'docUrl'>

/** An answer as text. */
export interface Rendered {
  readonly definition: AnswerDefinition
  readonly contentType: string
  readonly payload: string
}

const answers = channel('fastify-api-errors:answer')

/** Makes the responder of an application. */
export function createResponder (settings: ResponderSettings, onAnswer: OnAnswer): Responder {
  const { errors, translators } = settings
  const render = createRenderer(settings)
  const answered = new WeakSet<FastifyReply>()

  return {
    settings,
    render: (error, context) => render(error, context, settings.format),
    handle (thrown, request, reply) {
      const first = !answered.has(reply)
      answered.add(reply)
      const requestId = requestIdOf(request)
      const context: RequestContext = { requestId, instance: withoutQuery(request.originalUrl) }
      try {
        const error = translate(thrown, translators, { errors, request, reply })
        if (isClientClosedRequest(error)) return abandon(error, request, reply, requestId)
        const { definition, contentType, payload } = render(error, context, chooseFormat(settings, request))
        const { code, status } = definition
        setHeaders(reply, request, error, status, { requestId, realm: settings.realm, negotiate: settings.negotiated !== undefined })
        record({ error, code, status, route: routeOf(request), method: request.method, requestId, request })
        reply.code(status)
        if (first) send(reply, contentType, payload)
        else sendRaw(reply, contentType, payload)
      } catch (fault) {
        // Only a hostile value gets here: an ApiError whose properties throw.
        request.log.error({ requestId }, `An error could not be answered as it is: ${messageOf(fault)}`)
        const { definition, contentType, payload } = render(errors.internal_error(), context, settings.format)
        reply.code(definition.status).header('x-request-id', requestId).header('cache-control', 'no-store')
        sendRaw(reply, contentType, payload)
      }
    }
  }

  function record (event: AnswerEvent): void {
    onAnswer(event)
    if (answers.hasSubscribers) answers.publish(event)
    log(event)
  }

  function log ({ error, code, status, route, method, requestId, request }: Omit<AnswerEvent, 'status'> & Pick<LogEntry, 'status'>): void {
    if (settings.log === false) return
    try {
      settings.log({
        level: status < 500 ? 'info' : 'error',
        error,
        code,
        status,
        route: route === null ? null : `${method} ${route}`,
        requestId
      }, request)
    } catch (fault) {
      request.log.error({ code, status, route, requestId }, `An error could not be logged: ${messageOf(fault)}`)
    }
  }

  /** There is nobody to answer: nothing is sent, so nothing is counted as an answer. */
  function abandon (error: ApiError, request: FastifyRequest, reply: FastifyReply, requestId: string): void {
    reply.hijack()
    reply.raw.destroy()
    log({ error, code: error.code, status: 499, route: routeOf(request), method: request.method, requestId, request })
  }
}

function routeOf (request: FastifyRequest): string | null {
  return request.is404 ? null : request.routeOptions.url ?? null
}

/** Hands the body to Fastify, so that `onSend` hooks (CORS, compression) see it. For HEAD, Fastify and Node leave it out. */
function send (reply: FastifyReply, contentType: string, payload: string): void {
  // With a serializer set, Fastify leaves the content type of a text as it is; else it appends a charset to problem+json.
  reply.header('content-type', contentType).serializer(String).send(payload)
}

/**
 * An error while the error was being sent: a hook that fails on every answer. Fastify would go on with its default
 * handler, which sends the hook's message; here the hooks are left out.
 */
function sendRaw (reply: FastifyReply, contentType: string, payload: string): void {
  const { raw } = reply
  const headers = { ...reply.getHeaders(), 'content-type': contentType, 'content-length': String(Buffer.byteLength(payload)) }
  reply.hijack()
  if (raw.headersSent) {
    raw.destroy()
    return
  }
  raw.writeHead(reply.statusCode, headers as Record<string, string>)
  raw.end(payload)
}

type Render = (error: ApiError, context: RequestContext, format: Format) => Rendered

function createRenderer (settings: ResponderSettings): Render {
  const definitions = new Map<string, AnswerDefinition & { readonly docUrl: string | undefined }>()
  const writers = new Map<Format, Map<string, WriteBody>>()

  /** The catalog's definition, or for a code that is not in it what the error itself says. */
  function definitionOf (error: ApiError): AnswerDefinition & { readonly docUrl: string | undefined } {
    const known = definitions.get(error.code)
    if (known !== undefined) return known
    const defined = Object.hasOwn(settings.errors, error.code) ? settings.errors[error.code] : undefined
    if (defined === undefined) return { ...definitionOfUnknown(error), docUrl: undefined }
    const { code, status, type, message, meta } = defined
    const definition = { code, status, type, message, meta, docUrl: settings.docUrl(code) }
    definitions.set(code, definition)
    return definition
  }

  function writerOf (format: Format, definition: AnswerDefinition): WriteBody {
    if (!Object.hasOwn(settings.errors, definition.code)) return bodyWriter(format, definition)
    let ofFormat = writers.get(format)
    if (ofFormat === undefined) writers.set(format, ofFormat = new Map())
    let writer = ofFormat.get(definition.code)
    if (writer === undefined) ofFormat.set(definition.code, writer = bodyWriter(format, definition))
    return writer
  }

  function attempt (error: ApiError, context: RequestContext, format: Format): Rendered {
    const definition = definitionOf(error)
    const body = writerOf(format, definition)(answerOf(error, definition, { ...context, docUrl: definition.docUrl }))
    return { definition, contentType: contentTypeOf(format), payload: JSON.stringify(body) }
  }

  return (error, context, format) => {
    try {
      return attempt(error, context, format)
    } catch {
      return renderFallback(error, context, format)
    }
  }

  /** A circular `meta`, a BigInt in it, a format that throws: the answer keeps the shape as far as it can. */
  function renderFallback (error: ApiError, context: RequestContext, format: Format): Rendered {
    const plain = settings.errors.internal_error()
    const steps: ReadonlyArray<readonly [ApiError, Format]> = [[withoutMeta(error), format], [plain, format]]
    for (const [lesser, shape] of steps) {
      try {
        return attempt(lesser, context, shape)
      } catch {
        continue
      }
    }
    return attempt(plain, context, codeFormat)
  }
}

function withoutMeta (error: ApiError): ApiError {
  const { code, status, statusCode, type, message, issues, param, retryAfter } = error
  return { code, status, statusCode, type, message, issues, param, retryAfter, meta: undefined } as ApiError
}

function definitionOfUnknown (error: ApiError): AnswerDefinition {
  const status = errorStatuses.includes(error.status) ? error.status : standardErrors[standardCode(error.status) ?? 'internal_error'].status
  return {
    code: String(error.code),
    status,
    type: String(error.type),
    message: standardErrors[standardCode(status) ?? 'internal_error'].message as string,
    meta: undefined
  }
}

function contentTypeOf (format: Format): string {
  return format.contentType === 'application/json' ? 'application/json; charset=utf-8' : format.contentType
}

/** The id of a request as a header can carry it. */
export function requestIdOf (request: FastifyRequest): string {
  const id = String(request.id)
  return /^[\x20-\x7e]+$/.test(id) ? id : encodeURIComponent(id.toWellFormed())
}

function messageOf (value: unknown): string {
  return value instanceof Error ? value.message : 'no reason was given'
}
