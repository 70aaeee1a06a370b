import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import fp from 'fastify-plugin'
import type { AnyCatalog, AnyErrorFactory } from './catalog/define-errors.js'
import { describeValue } from './support/describe-value.js'
import type { StandardCode } from './catalog/standard-errors.js'
import { createDocumenter, type RouteError } from './infer/documenter.js'
import { exchangeSchemas } from './openapi/exchange.js'
import { isExcluded, type RouteRecord } from './infer/route-record.js'
import { setDocumentSettings, type DocumentSettings } from './openapi/settings.js'
import { addStatusSchemas, createStatusSchemas, type StatusSchemas } from './openapi/status-schemas.js'
import { makeDocument } from './openapi/swagger-options.js'
import { takeRoutes, warnUnhandledRoutes } from './fastify/early-routes.js'
import { resolveOptions, type ApiErrorsOptions } from './options.js'
import { checkUnlimitedRoute } from './rate-limit/check-policies.js'
import { getHeaderFields } from './rate-limit/header-fields.js'
import { registerLimiter, type NotFoundHandlerHooks } from './rate-limit/limiter.js'
import type { PolicyChoice } from './rate-limit/policies.js'
import { getLimitErrors, getRouteLimits } from './rate-limit/route-limits.js'
import { createReference, type Reference } from './reference/create-reference.js'
import { serveReference } from './reference/serve-reference.js'
import { watchServer } from './server/connections.js'
import { guardRouteHooks, markInternal, trackHooks } from './fastify/hooks.js'
import { createNotFoundHandler } from './respond/not-found-handler.js'
import { registerResponder } from './server/server-state.js'
import { getRequestId } from './respond/request-id.js'
import { createResponder } from './respond/error-handler.js'
import { createSentErrorConverter, createSentErrorReporter } from './respond/sent-errors.js'
import { createDocumentedCheck, createErrorRecorder } from './verify/undocumented-errors.js'
import { createLedger, type LedgerEntry } from './verify/ledger.js'

/** What `app.apiErrors` offers. */
export interface ApiErrors {
  /** The whole catalog: the standard codes, and those of the application. */
  readonly errors: AnyCatalog
  /**
   * The schemas of the error bodies, one a status, in the application's format. Where `addSchemas` is set, a route can
   * refer to them by name.
   *
   * @example
   * { response: { 404: app.apiErrors.schemas.NotFound } }
   */
  readonly schemas: StatusSchemas
  /**
   * The errors that a route can answer with, and the reason for each; a code is there once for each reason. None for a
   * route that is kept out of the contract, or that a handler of its own answers for.
   *
   * @param method of the route, in any case
   * @param url the pattern of the route, with the prefixes of its scopes
   * @throws Error where no such route is registered
   * @example
   * app.apiErrors.explain('POST', '/queues/:id/entries')
   */
  readonly explain: (method: string, url: string) => readonly RouteError[]
  /** Every kind of error that was sent so far, with its count and whether it is documented. */
  readonly ledger: () => LedgerEntry[]
  /** All about the errors of the application as plain data: what the pages of the reference and the lockfile are made of. */
  readonly reference: () => Reference
}

declare module 'fastify' {
  interface FastifyInstance {
    apiErrors: ApiErrors
  }
  interface FastifyContextConfig {
    /** Codes that the route may answer with, beyond what is inferred; `false` keeps it out of the documentation. */
    errors?: ReadonlyArray<StandardCode | AnyErrorFactory> | false
    /** The rate-limit policies of the route: a name, several, or `false`. */
    rateLimitPolicy?: PolicyChoice
  }
}

async function plugin (app: FastifyInstance, options: ApiErrorsOptions): Promise<void> {
  if (Object.hasOwn(app, 'apiErrors')) throw new Error('fastify-api-errors: it is registered on this instance already; it takes one register, and one more in a scope that answers in another way.')
  const isOutermost = !app.hasDecorator('apiErrors')
  const settings = resolveOptions(options, app.prefix)
  const { errors, rateLimit } = settings

  const ledger = createLedger()
  const record = createErrorRecorder({ ledger, isDocumented: kind => isDocumented(kind), onUndocumented: settings.onUndocumented })
  const responder = createResponder(settings, record)

  const routes = takeRoutes(app)
  trackHooks(app)
  guardRouteHooks(routes)
  app.setErrorHandler((error, request, reply) => responder.handle(error, request, reply))
  const notFoundHooks = rateLimit === undefined ? {} : registerLimiter(app, routes, rateLimit, errors)
  if (settings.notFound) setNotFoundHandler(app, notFoundHooks, createNotFoundHandler(responder))
  registerResponder(app.server, responder)
  watchServer(app, responder)
  if (settings.sentErrors !== undefined) app.addHook('onSend', markInternal(settings.sentErrors === 'convert' ? createSentErrorConverter(responder, record) : createSentErrorReporter(record)))
  if (settings.requestId === 'all') {
    app.addHook('onRequest', markInternal((request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
      reply.header('x-request-id', getRequestId(request))
      done()
    }))
  }

  if (rateLimit === undefined && isOutermost) {
    routes.forEach((route, scope) => {
      // A plugin of its own that a scope registered may have limits.
      if (scope.apiErrors === app.apiErrors) checkUnlimitedRoute(route)
    })
  }

  const policiesOfRoute = (record: RouteRecord): readonly string[] => getRouteLimits(record, rateLimit).map(({ name }) => name)
  const errorHandler = app.errorHandler
  const formats = settings.negotiated === undefined ? [settings.format] : [settings.format, settings.negotiated]
  const documentSettings: DocumentSettings = {
    errors,
    formats,
    docUrl: settings.docUrl,
    rateLimitHeaders: getHeaderFields(rateLimit),
    requestIdOnAll: settings.requestId === 'all',
    addSchemas: settings.addSchemas
  }
  const documenter = createDocumenter({
    app,
    errors,
    hasRateLimitHeaders: documentSettings.rateLimitHeaders.length > 0,
    rules: settings.rules,
    policiesOf: policiesOfRoute,
    limitErrorsOf: record => getLimitErrors(record, rateLimit),
    answers: scope => scope.errorHandler === errorHandler
  })
  setDocumentSettings(documenter, documentSettings)
  const isDocumented = createDocumentedCheck(documenter)
  routes.forEach((route, scope) => { documenter.note(route, scope) })
  const schemas = createStatusSchemas(documentSettings)
  if (settings.addSchemas) addStatusSchemas(app, schemas)
  app.addHook('onReady', async () => {
    documenter.ready()
    warnUnhandledRoutes(routes.unhandled.filter(route => !isExcluded(route)))
    if (documenter.routes.some(({ scope }) => scope.hasPlugin('@fastify/swagger'))) exchangeSchemas(documenter)
  })

  const reference = (): Reference => createReference(documenter, {
    title: settings.reference?.title ?? 'Errors', notFound: settings.notFound, limitsOf: record => getRouteLimits(record, rateLimit)
  })
  if (settings.reference !== undefined) serveReference(app, settings.reference, { reference, errors })

  app.decorate('apiErrors', {
    errors,
    schemas,
    explain (method, url) {
      const records = typeof method === 'string' ? documenter.find(method, url) : []
      if (records.length === 0) {
        throw new Error(`fastify-api-errors: explain(${describeValue(method)}, ${describeValue(url)}): no such route; it takes the method and the pattern of a registered one, like 'GET', '/queues/:id'.`)
      }
      makeDocument(app)
      return records.flatMap(record => documenter.errorsOf(record, method.toUpperCase()))
    },
    ledger () {
      makeDocument(app)
      return ledger.entries(isDocumented)
    },
    reference
  } satisfies ApiErrors)
}

function setNotFoundHandler (app: FastifyInstance, hooks: Partial<NotFoundHandlerHooks>, handler: ReturnType<typeof createNotFoundHandler>): void {
  try {
    app.setNotFoundHandler(hooks, handler)
  } catch (cause) {
    throw new Error(`fastify-api-errors: the prefix '${app.prefix === '' ? '/' : app.prefix}' has a not-found handler already; notFound: false leaves it in its place.`, { cause })
  }
}

/**
 * One `register`, and every error of the API comes out of one catalog, in one shape, with the right headers,
 * documented on each route that can give it. Register it before the routes.
 *
 * @throws TypeError at register, with one sentence, where an option is wrong
 * @throws Error at register, where the instance has the plugin already, or with `notFound` a not-found handler
 * @example
 * await app.register(apiErrors, { errors, format: 'problem' })
 */
const apiErrors: FastifyPluginAsync<ApiErrorsOptions> = fp(plugin, { name: 'fastify-api-errors', fastify: '5.x' })

export default apiErrors
