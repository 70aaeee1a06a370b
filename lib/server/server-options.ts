/** Options for `Fastify(...)`, with which the errors that never reach an error handler have the application's shape as well. */
import type { ServerOptions } from 'node:http'
import type { Http2SecureServer, Http2Server, SecureServerOptions } from 'node:http2'
import type { Server as HttpsServer, ServerOptions as HttpsServerOptions } from 'node:https'
import type { FastifyHttp2Options, FastifyHttp2SecureOptions, FastifyHttpsOptions, FastifyServerOptions } from 'fastify'
import { expectOption } from '../support/expect-option.js'
import { isObject } from '../support/is-object.js'
import { watchRoutes } from '../fastify/early-routes.js'
import { createRequestId } from '../respond/request-id.js'
import { createRewriteUrl, frameworkErrors } from './early-rejections.js'
import { guardOptions } from './guard-options.js'
import { listAllErrors } from './list-all-errors.js'
import { clientErrorHandler } from './malformed-http.js'
import { schemaErrorFormatter } from './schema-error-formatter.js'

/**
 * The options of Fastify, with those of every kind of server. A literal keeps its own type under a named property: `http2` is
 * inferred as `true`, by which Fastify tells the kinds apart, and `minVersion` as `'TLSv1.3'`.
 */
type GivenOptions = FastifyServerOptions & {
  readonly http?: ServerOptions | null
  readonly https?: HttpsServerOptions | SecureServerOptions | null
  readonly http2?: boolean
}

/**
 * Options that are declared for one kind of server, `FastifyHttp2Options<Http2Server>` say. They are not assignable to those of
 * another kind, because `rewriteUrl` and the serializers of `logger` have the server as a parameter.
 */
type DeclaredOptions = FastifyHttpsOptions<HttpsServer> | FastifyHttp2Options<Http2Server> | FastifyHttp2SecureOptions<Http2SecureServer>

/** Milliseconds in which a request must have arrived. Fastify's own default is no limit, so that a slow caller holds a connection for good. */
const defaultRequestTimeout = 120_000

/**
 * Options for `Fastify(...)`, with which the errors that never reach an error handler have the application's shape as well: a
 * bad URL, an over-long parameter, malformed HTTP, oversized headers, a request that arrives too slowly, a missing Host, a
 * request on an open connection while the server closes. With them come:
 *
 * - request ids that are unique across processes,
 * - a `requestTimeout` of 120,000 milliseconds: a request that has not arrived by then is answered with 408,
 * - Ajv's `allErrors`, so that a response lists every wrong field. The message of a failed validation, which an error handler of
 *   a scope's own may read, names the first ten faults.
 *
 * The plugin also sees the routes that are registered before it is loaded. These are the routes that follow an
 * `app.register(apiErrors)` without `await`.
 *
 * They are merged with the options given: an option of yours wins. `http`, `https`, `ajv` and `rewriteUrl` are combined. With a
 * `frameworkErrors` of yours, a missing Host and a closing server stay with Node and Fastify. With `requireHostHeader: false` in
 * `http` or `https`, a request without Host is answered like any other.
 *
 * @throws TypeError if the options are not an object, or a function that must return its result at once is an async function
 * @example
 * const app = Fastify(serverOptions({ logger: true }))
 */
export function serverOptions<Options extends GivenOptions = FastifyServerOptions> (options?: Options): Options
export function serverOptions<Options extends DeclaredOptions> (options: Options): Options
export function serverOptions (options?: GivenOptions): GivenOptions {
  expectOption('serverOptions', 'options', options === undefined || isObject(options), 'the options of Fastify()', options)
  const given: GivenOptions = options ?? {}
  watchRoutes()
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
