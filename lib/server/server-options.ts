/** Options for `Fastify(...)` that send errors in the application's format if they never reach an error handler. */
import type { ServerOptions } from 'node:http'
import type { Http2SecureServer, Http2Server, SecureServerOptions } from 'node:http2'
import type { Server as HttpsServer, ServerOptions as HttpsServerOptions } from 'node:https'
import type { FastifyHttp2Options, FastifyHttp2SecureOptions, FastifyHttpsOptions, FastifyServerOptions } from 'fastify'
import { expectOption } from '../support/expect-option.js'
import { isObject } from '../support/is-object.js'
import { recordEarlyRoutes } from '../fastify/early-routes.js'
import { createRequestId } from '../respond/request-id.js'
import { createRewriteUrl, frameworkErrors } from './early-rejections.js'
import { guardOptions } from './guard-options.js'
import { listAllErrors } from './list-all-errors.js'
import { clientErrorHandler } from './malformed-http.js'
import { schemaErrorFormatter } from './schema-error-formatter.js'

/**
 * The options of Fastify for every kind of server. A named property keeps the type of a literal: `http2` is inferred as
 * `true`, which selects the kind of server, and `minVersion` as `'TLSv1.3'`.
 */
type GivenOptions = FastifyServerOptions & {
  readonly http?: ServerOptions | null,
  readonly https?: HttpsServerOptions | SecureServerOptions | null,
  readonly http2?: boolean
}

/**
 * Options that are declared for one kind of server, such as `FastifyHttp2Options<Http2Server>`. They are not assignable
 * to the options of another kind, because the server is a type parameter of `rewriteUrl` and of the serializers of
 * `logger`.
 */
type DeclaredOptions =
  | FastifyHttpsOptions<HttpsServer>
  | FastifyHttp2Options<Http2Server>
  | FastifyHttp2SecureOptions<Http2SecureServer>

/**
 * The milliseconds within which a request must arrive. Fastify has no limit by default, so a slow client could keep a
 * connection open forever.
 */
const defaultRequestTimeout = 120_000

/**
 * Returns the options for an application without its own options. Without this overload, the result of
 * `Fastify(serverOptions())` is not a `FastifyInstance`.
 */
export function serverOptions (options?: undefined): FastifyServerOptions
/**
 * Returns options for `Fastify(...)` that send errors in the application's format if they never reach an error handler.
 * These are malformed URLs, parameters that are too long, malformed HTTP, oversized headers, and requests that arrive
 * too slowly. A missing Host and requests on an open connection while the server is closing also lead to such errors.
 * The options also include:
 *
 * - request ids that are unique across processes,
 * - a `requestTimeout` of 120,000 milliseconds; if a request has not arrived by then, the response is a 408,
 * - Ajv's `allErrors`, so that a response lists every invalid field. The message of a validation error, for custom
 *   error handlers of a scope, names the first ten errors.
 *
 * With these options, the plugin also handles routes that are registered before it is loaded, such as the routes after
 * an `app.register(apiErrors)` without `await`.
 *
 * Your own options take precedence. `http`, `https`, `ajv` and `rewriteUrl` are combined with yours. If you set
 * `frameworkErrors`, Node handles a missing Host, and Fastify handles requests while the server is closing. With
 * `requireHostHeader: false` in `http` or `https`, a request without Host is handled like any other request.
 *
 * @throws TypeError if the options are not an object, or if a function that must not return a promise is an async
 * function
 * @example
 * const app = Fastify(serverOptions({ logger: true }))
 */
export function serverOptions<Options extends GivenOptions = FastifyServerOptions> (options?: Options): Options
export function serverOptions<Options extends DeclaredOptions> (options: Options): Options
export function serverOptions (options?: GivenOptions): GivenOptions {
  expectOption(
    'serverOptions',
    'options',
    options === undefined || isObject(options),
    'the options of Fastify()',
    options
  )
  const given: GivenOptions = options ?? {}
  recordEarlyRoutes()
  const { http, https } = given
  return {
    genReqId: createRequestId,
    requestTimeout: defaultRequestTimeout,
    clientErrorHandler,
    schemaErrorFormatter,
    ...given,
    ...guardOptions(given),
    ajv: listAllErrors(given.ajv),
    ...(given.frameworkErrors === undefined && {
      frameworkErrors,
      return503OnClosing: false,
      http: { requireHostHeader: false, ...http },
      ...(https && { https: { requireHostHeader: false, ...https } }),
      rewriteUrl: createRewriteUrl(given)
    })
  } as GivenOptions
}
