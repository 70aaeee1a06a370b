import { STATUS_CODES, type IncomingMessage, type ServerOptions } from 'node:http'
import type { SecureServerOptions } from 'node:http2'
import type { ServerOptions as HttpsServerOptions } from 'node:https'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaValidationError, FastifyServerOptions } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import { describeValue } from '../support/describe-value.js'
import type { standardErrors, StandardCode } from '../catalog/standard-errors.js'
import { watchRoutes } from '../fastify/early-routes.js'
import { listAllErrors } from './list-all-errors.js'
import { isClosing, getResponder } from './server-state.js'
import { createRequestId } from '../respond/request-id.js'
import type { PreparedAnswer } from '../respond/send-response.js'

/** What Node's HTTP parser reports on a connection, and the code that it becomes; everything else is `invalid_request`. */
export const clientErrors: Readonly<Record<string, StandardCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'request_header_fields_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'payload_too_large'
}

type RawRequest = Parameters<NonNullable<FastifyServerOptions['rewriteUrl']>>[0]

/**
 * The options of Fastify, of whichever kind of server. Where a type is named, a literal in it keeps its own: `http2` is
 * inferred as `true`, by which Fastify tells the kinds apart, and `minVersion` as `'TLSv1.3'`.
 */
type GivenOptions = FastifyServerOptions & {
  readonly http?: ServerOptions | null
  readonly https?: HttpsServerOptions | SecureServerOptions | null
  readonly http2?: boolean
}

/**
 * Options for `Fastify(...)` with which the errors that never reach an error handler have the contract's shape, too:
 * a bad URL, an over-long parameter, malformed HTTP, oversized headers, a request that arrives too slowly, a missing
 * Host, a request on an open connection while the server closes. With them come request ids that are unique across
 * processes, and Ajv's `allErrors`, so that an answer lists every wrong field. The message of a failed validation, which
 * an error handler of a scope's own may read, names the first ten faults.
 *
 * It also has the plugin see the routes that are registered before it is loaded, as those are that follow an
 * `app.register(apiErrors)` without `await`.
 *
 * They are merged with the options given: an option of the caller's wins, but for `http`, `https`, `ajv` and
 * `rewriteUrl`, which are combined. With a `frameworkErrors` of the caller's, a missing Host and a closing server stay
 * with Node and Fastify.
 *
 * @throws TypeError where the options are no object
 * @example
 * const app = Fastify(serverOptions({ logger: true }))
 */
export function serverOptions<Options extends GivenOptions = FastifyServerOptions> (options?: Options): Options {
  if (options !== undefined && (typeof options !== 'object' || options === null)) throw new TypeError(`serverOptions: the options are ${describeValue(options)}; it takes those of Fastify().`)
  const given: GivenOptions = options ?? {}
  watchRoutes()
  const { http, https } = given
  const merged = {
    genReqId: createRequestId,
    clientErrorHandler,
    schemaErrorFormatter,
    ...given,
    ajv: listAllErrors(given.ajv),
    ...(given.frameworkErrors === undefined && {
      frameworkErrors,
      return503OnClosing: false,
      http: { requireHostHeader: false, ...http },
      ...(https && { https: { requireHostHeader: false, ...https } }),
      rewriteUrl: refusing(given)
    })
  }
  return merged as unknown as Options
}

/** A sentence needs no more of what failed. */
const maxNamed = 10

/**
 * Says what Fastify's own formatter says, of the first faults only: with `allErrors` a body of a megabyte has a million of
 * them, and a text of all takes seconds to make. An answer of ours is not made of it.
 */
function schemaErrorFormatter (errors: FastifySchemaValidationError[], part: string): Error {
  return new Error(errors.slice(0, maxNamed).map(({ instancePath, message }) => `${part}${instancePath} ${message}`).join(', '))
}

/** Why a request is answered before it is routed. */
type Refusal = (errors: typeof standardErrors) => ApiError

/** RFC 9112, section 3.2: a request of HTTP/1.1 without Host is answered with 400. */
const lacksHost: Refusal = errors => errors.invalid_request({ message: 'The request has no Host header.' })

const isShuttingDown: Refusal = errors => errors.service_unavailable({ message: 'The server is shutting down.', retryAfter: 1 })

const refusals = new WeakMap<object, Refusal>()

/** A path that no router accepts. */
const malformedUrl = '/%'

/**
 * Fastify asks `rewriteUrl` about every request, on each of its servers, before anything else: the one place to refuse
 * a request that Node or Fastify would answer by themselves. A refused one goes as a bad URL to `frameworkErrors`.
 */
function refusing ({ rewriteUrl, return503OnClosing = true }: GivenOptions) {
  return function (this: FastifyInstance, request: RawRequest): string {
    const { headers, httpVersion } = request as IncomingMessage
    const refusal = headers.host === undefined && httpVersion === '1.1'
      ? lacksHost
      : return503OnClosing && isClosing(this.server) ? isShuttingDown : undefined
    if (refusal !== undefined) {
      refusals.set(request, refusal)
      return malformedUrl
    }
    return rewriteUrl === undefined ? request.url as string : rewriteUrl.call(this, request)
  }
}

function frameworkErrors (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const responder = getResponder(request.server.server)
  const refusal = refusals.get(request.raw)
  if (refusal !== undefined && request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
  responder.handle(refusal?.(responder.settings.errors) ?? error, request, reply)
}

function clientErrorHandler (this: FastifyInstance, error: Error & { readonly code?: string }, socket: Socket): void {
  if (!canAnswer(socket)) {
    socket.destroy(error)
    return
  }
  const responder = getResponder(this.server)
  const code = clientErrors[String(error.code)] ?? 'invalid_request'
  const answer = responder.prepareRaw(responder.settings.errors[code]({ cause: error }), null, this.log)
  socket.write(asText(answer))
  socket.destroySoon()
}

/** What Node tells about a connection beside the documented: whether it still shakes hands, and the answer that it is sending. */
type OpenSocket = Socket & { readonly secureConnecting?: boolean, readonly _httpMessage?: { readonly headersSent: boolean } | null }

/** A text in the middle of another answer would read as a part of that one. */
function canAnswer (socket: OpenSocket): boolean {
  return socket.writable && socket.secureConnecting !== true && socket._httpMessage?.headersSent !== true
}

function asText ({ status, headers, payload }: PreparedAnswer): string {
  const lines = { ...headers, 'content-length': Buffer.byteLength(payload), date: new Date().toUTCString(), connection: 'close' }
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${
    Object.entries(lines).map(([name, value]) => `${name}: ${String(value)}\r\n`).join('')
  }\r\n${payload}`
}
