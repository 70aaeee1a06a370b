import { randomUUID } from 'node:crypto'
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import type { StandardCode } from '../catalog/standard-errors.js'
import { defaultResponder, responderOf } from './registry.js'
import type { Responder } from './responder.js'

/** What Node's HTTP parser reports on a connection, and the code that it becomes; everything else is `invalid_request`. */
export const clientErrors: Readonly<Record<string, StandardCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'request_header_fields_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large'
}

/**
 * Options for `Fastify(...)` with which the errors that never reach an error handler have the contract's shape, too:
 * a bad URL, an over-long parameter, malformed HTTP, oversized headers, a request that arrives too slowly, a missing
 * Host. With them come request ids that are unique across processes, and Ajv's `allErrors`, so that an answer lists
 * every wrong field.
 *
 * They are merged with the options given: an option of the caller's wins, but for `http`, `ajv` and `rewriteUrl`, which
 * are combined.
 *
 * @example
 * const app = Fastify(serverOptions({ logger: true }))
 */
export function serverOptions<Options extends FastifyServerOptions = FastifyServerOptions> (options?: Options): Options {
  const given: FastifyServerOptions & { readonly http?: object | null } = options ?? {}
  const { ajv, rewriteUrl } = given
  const merged = {
    genReqId: createRequestId,
    frameworkErrors,
    clientErrorHandler,
    // Fastify's own answer to requests on open connections while it closes is not of the contract; the plugin gives one.
    return503OnClosing: false,
    ...given,
    http: { requireHostHeader: false, ...given.http },
    ajv: { ...ajv, customOptions: { allErrors: true, ...ajv?.customOptions } },
    rewriteUrl (this: FastifyInstance, request: Parameters<NonNullable<FastifyServerOptions['rewriteUrl']>>[0]): string {
      if (lacksHost(request)) return malformedUrl
      return rewriteUrl === undefined ? request.url as string : rewriteUrl.call(this, request)
    }
  }
  return merged as unknown as Options
}

/** A path that no router accepts: the request goes to `frameworkErrors`, which tells why. */
const malformedUrl = '/%'

/** RFC 9112, section 3.2: a request of HTTP/1.1 without Host is answered with 400. */
function lacksHost ({ headers, httpVersion }: Pick<IncomingMessage, 'headers' | 'httpVersion'>): boolean {
  return headers.host === undefined && httpVersion === '1.1'
}

function createRequestId (): string {
  return `req_${randomUUID()}`
}

function frameworkErrors (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const responder = responderOf(request.server.server) ?? defaultResponder()
  const { errors } = responder.settings
  responder.handle(
    lacksHost(request.raw) ? errors.invalid_request({ message: 'The request has no Host header.', cause: error }) : error,
    request, reply
  )
}

function clientErrorHandler (this: FastifyInstance, error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const responder = responderOf(this.server) ?? defaultResponder()
  const code = clientErrors[error.code ?? ''] ?? 'invalid_request'
  const requestId = createRequestId()
  this.log.info({ code, requestId, reason: error.code }, 'A connection sent something that is not a request.')
  const { head, payload } = rawAnswer(responder, code, requestId)
  socket.end(`HTTP/1.1 ${head.status} ${STATUS_CODES[head.status]}\r\n${
    Object.entries(head.headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
  }\r\n${payload}`)
}

/** Answers a request that Node would else answer by itself with an empty body: an `Expect` that it does not know. */
export function answerExpectation (responder: Responder, _request: IncomingMessage, response: ServerResponse): void {
  const { head, payload } = rawAnswer(responder, 'expectation_failed', createRequestId())
  response.writeHead(head.status, head.headers).end(payload)
}

/** Answers a request that comes on an open connection while the server closes. */
export function answerClosing (responder: Responder, _request: IncomingMessage, response: ServerResponse): void {
  const { head, payload } = rawAnswer(responder, 'service_unavailable', createRequestId())
  response.writeHead(head.status, { ...head.headers, 'Retry-After': '1' }).end(payload)
}

function rawAnswer (responder: Responder, code: StandardCode, requestId: string): {
  readonly head: { readonly status: number, readonly headers: Record<string, string> }
  readonly payload: string
} {
  const { definition, contentType, payload } = responder.render(responder.settings.errors[code](), { requestId, instance: '/' })
  return {
    head: {
      status: definition.status,
      headers: {
        'Content-Type': contentType,
        'Content-Length': String(Buffer.byteLength(payload)),
        'Cache-Control': 'no-store',
        'X-Request-Id': requestId,
        Date: new Date().toUTCString(),
        Connection: 'close'
      }
    },
    payload
  }
}
