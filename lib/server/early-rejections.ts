/**
 * Rejects requests before they are routed: HTTP/1.1 requests without `Host`, and new requests while the server is
 * closing.
 */
import type { IncomingMessage, ServerOptions } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import { specificMessages } from '../catalog/specific-messages.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { getServerOptions } from '../fastify/internals.js'
import { handleThrownPromise, ignoreRejection } from '../support/call-safely.js'
import { describeValue } from '../support/describe-value.js'
import { findUnroutedHook } from '../fastify/unrouted-requests.js'
import { isClosing, getResponder } from './server-state.js'

type RawRequest = Parameters<NonNullable<FastifyServerOptions['rewriteUrl']>>[0]

/** The options that decide which requests are rejected. */
export interface RejectionOptions extends Pick<FastifyServerOptions, 'return503OnClosing' | 'rewriteUrl'> {
  readonly http?: ServerOptions | null | undefined
  readonly https?: object | null | undefined
}

/** Creates the error for a rejected request. */
type Rejection = (errors: typeof standardErrors) => ApiError

/** The response to an HTTP/1.1 request without Host is a 400 (RFC 9112, section 3.2). */
const lacksHost: Rejection = errors => errors.invalid_request({ message: specificMessages.no_host })

const isShuttingDown: Rejection = errors =>
  errors.service_unavailable({ message: specificMessages.shutting_down, retryAfter: 1 })

const rejections = new WeakMap<object, Rejection>()

/** A path that no router accepts. */
const malformedUrl = '/%'

/**
 * Returns the `rewriteUrl` function that rejects requests. Fastify calls it for every request, on each of its servers,
 * before anything else. This is the only place to reject a request that Node or Fastify would respond to themselves.
 * `frameworkErrors` receives a rejected request as a malformed URL.
 */
export function createRewriteUrl ({ rewriteUrl, return503OnClosing = true, http, https }: RejectionOptions) {
  const requiresHost = (http as ServerOptions | undefined)?.requireHostHeader !== false &&
    (https as ServerOptions | undefined)?.requireHostHeader !== false
  return function (this: FastifyInstance, request: RawRequest): string {
    const { headers, httpVersion } = request as IncomingMessage
    const rejection = requiresHost && headers.host === undefined && httpVersion === '1.1'
      ? lacksHost
      : return503OnClosing && isClosing(this.server)
        ? isShuttingDown
        : undefined
    if (rejection !== undefined) {
      rejections.set(request, rejection)
      return malformedUrl
    }
    if (rewriteUrl === undefined) return request.url as string
    let cause: unknown
    try {
      const url: unknown = rewriteUrl.call(this, request)
      if (typeof url === 'string') return url
      ignoreRejection(url)
      // Fastify would close the connection without a response.
      cause = new Error(`rewriteUrl: expected the function to return a string, got ${describeValue(url)}.`)
    } catch (thrown) {
      // With `app.inject()`, the request would get no response.
      cause = handleThrownPromise(thrown)
    }
    rejections.set(request, errors => errors.internal_error({ cause }))
    return malformedUrl
  }
}

/** Responds to requests that Fastify cannot route and to rejected requests: Fastify's option `frameworkErrors`. */
export function frameworkErrors (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const responder = getResponder(request.server.server, request.originalUrl)
  const rejection = rejections.get(request.raw)
  if (rejection !== undefined && request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
  // A plugin for websockets has taken the connection from Node, which would close it after its timeouts.
  if ('upgrade' in request.raw && request.raw.upgrade === true) {
    reply.raw.once('finish', () => {
      request.raw.socket.destroySoon()
    })
  }
  const respond = (other: Error | undefined): void =>
    responder.handle(other ?? rejection?.(responder.settings.errors) ?? error, request, reply, null)
  const hook = findUnroutedHook(request.server.server, request.originalUrl)
  if (hook === undefined) respond(undefined)
  else hook(request, reply).then(respond, respond)
}

/**
 * Returns whether `frameworkErrors` responds with 400 to a path with malformed percent-encoding, such as `/users/100%`.
 */
export function respondsToMalformedUrls (app: FastifyInstance): boolean {
  return getServerOptions(app).frameworkErrors === frameworkErrors
}

/**
 * Returns the maximum length of a parameter. For a longer parameter, `frameworkErrors` responds with 414. Returns
 * `undefined` if the application has its own `frameworkErrors`, or if this version of Fastify has no such error.
 */
export function getMaxParamLength (app: FastifyInstance): number | undefined {
  const { onMaxParamLength, maxParamLength } = getServerOptions(app).routerOptions ?? {}
  return respondsToMalformedUrls(app) && typeof onMaxParamLength === 'function' ? maxParamLength as number : undefined
}

/**
 * Returns whether this version of Fastify finds no route for a path with a parameter that is too long. Fastify 5.12 and
 * later respond with 414.
 */
export function isLongParameterUnrouted (app: FastifyInstance): boolean {
  return typeof getServerOptions(app).routerOptions?.onMaxParamLength !== 'function'
}
