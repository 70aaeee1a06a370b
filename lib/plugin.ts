/** The Fastify plugin: registers everything that the options require, in the right order. */
import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  onRequestHookHandler,
  onSendHookHandler
} from 'fastify'
import fp from 'fastify-plugin'
import type { AnyCatalog, AnyErrorFactory } from './catalog/define-errors.js'
import { checkRegisteredTypes } from './catalog/complete-definition.js'
import { isRecord } from './support/is-object.js'
import { hasTypeboxSchema, loadTypebox } from './support/typebox-registry.js'
import type { StandardCode } from './catalog/standard-errors.js'
import { createDeclaredComparison, loadAjv, warnOfDeclaredStatuses } from './infer/declared/declared-schemas.js'
import { explain, listReasons } from './infer/explain.js'
import { addInference } from './infer/inferences.js'
import { isLimitedByPlugin } from './infer/known-plugins.js'
import {
  warnOfMisspelledConfig,
  warnOfReplacedErrorHandler,
  warnOfRoutesOutside,
  warnOfUncheckedSecurity,
  warnOfUnenforcedLimits,
  warnOfUnusedPolicies
} from './infer/warn-of-mistakes.js'
import { loadParser } from './infer/code/parse-function.js'
import { passesErrorsOn, reachesErrorHandler } from './infer/code/rethrowing-handlers.js'
import { createRouteErrors, type RouteError, type RouteErrors } from './infer/route-errors.js'
import { isExcluded } from './infer/route-record.js'
import { createSentBodies } from './openapi/bodies.js'
import { checkComponentPrefix, createComponentPrefix } from './openapi/component-prefix.js'
import { setDocumentSettings, type DocumentSettings } from './openapi/settings.js'
import { addStatusSchemas, createStatusSchemas, type StatusSchemas } from './openapi/status-schemas.js'
import { isHiddenByDocuments, isSecuredByDocument } from './openapi/swagger-documents.js'
import { trackSwagger, trackSwaggerOfNewApps, warnOfDocumentsWithoutErrors } from './openapi/track-swagger.js'
import { isPreflightRoute, takeRoutes, warnUnhandledRoutes } from './fastify/early-routes.js'
import type { Routes } from './fastify/routes.js'
import { isCustomFormat, resolveOptions, type ApiErrorsOptions, type Settings } from './options.js'
import { checkRateLimit, checkUnlimitedRoute } from './rate-limit/check-policies.js'
import { getHeaderFields, headerFields } from './rate-limit/header-fields.js'
import { getOuterRateLimit, inheritRateLimit } from './rate-limit/inherit-limits.js'
import type { registerLimits } from './rate-limit/register-limits.js'
import type { PolicyChoice, RateLimitOptions } from './rate-limit/policies.js'
import { createLimitExamples, getLimitErrors, getRouteLimits } from './rate-limit/route-limits.js'
import { listTags } from './languages/resolve-languages.js'
import { createReference, type Reference } from './reference/create-reference.js'
import { isLive, type ResolvedReference } from './reference/reference-options.js'
import type { serveReference } from './reference/serve-reference.js'
import { respondsToMalformedUrls, getMaxParamLength, isLongParameterUnrouted } from './server/early-rejections.js'
import { addServerListeners } from './server/server-listeners.js'
import { trackComposedHooks } from './fastify/composed-hooks.js'
import { setErrorHandler } from './fastify/set-error-handler.js'
import { guardCallNotFound, isNotFoundHandledElsewhere, setNotFoundHandler } from './fastify/set-not-found-handler.js'
import { guardReplySerializers, guardRouteFunctions, trackFunctions } from './fastify/guard-functions.js'
import { guardStreams } from './fastify/guard-streams.js'
import { getHooks, guardHooks, markInternal } from './fastify/guard-hooks.js'
import { guardLog } from './fastify/reply-internals.js'
import {
  addRegistration,
  isOwner,
  listRegistrations,
  listRegistrationsOnServer,
  pluginName
} from './fastify/registrations.js'
import { interceptErrorStatus } from './fastify/intercept-error-status.js'
import { createNotFoundHandler } from './respond/not-found-handler.js'
import { addResponder } from './server/server-state.js'
import { isUnknownMethod, respondToUnknownMethod } from './server/unknown-methods.js'
import { createAcceptedMediaTypes } from './respond/accept-header.js'
import { formatBearerChallenge } from './respond/bearer-challenge.js'
import { getRequestId } from './respond/request-id.js'
import { createResponder, type Responder } from './respond/error-handler.js'
import { createSentErrorConverter, createSentErrorReporter } from './respond/sent-errors.js'
import { createMessageConverter } from './respond/convert-sent-messages.js'
import { createDocumentedCheck, createErrorRecorder } from './verify/undocumented-errors.js'
import { setReferences } from './verify/error-references.js'
import {
  createLedger,
  mergeEntries,
  mergeRecentEntries,
  type Ledger,
  type LedgerEntry,
  type SentKind
} from './verify/ledger.js'

/** The properties of `app.apiErrors`. */
export interface ApiErrors {
  /** The whole catalog: the standard codes and the application's codes. */
  readonly errors: AnyCatalog
  /**
   * The schemas of the error bodies, one for each status, in the application's format. With `addSchemas`, a route can
   * refer to them by name.
   *
   * @example
   * { response: { 404: app.apiErrors.schemas.NotFound } }
   */
  readonly schemas: StatusSchemas
  /**
   * Returns the errors that a route can return, with the reason for each. A code with several reasons is listed several
   * times. The list is empty for a route with `config.errors: false`, or with its own error handler.
   *
   * @param method the method of the route, in upper or lower case
   * @param url the pattern of the route, with the prefixes of its scopes
   * @throws Error if no such route is registered
   * @example
   * app.apiErrors.explain('POST', '/queues/:id/entries')
   */
  readonly explain: (method: string, url: string) => readonly RouteError[]
  /** Returns every kind of error that has been sent, with its count and whether it is documented. */
  readonly ledger: () => LedgerEntry[]
  /**
   * Returns the errors of the application as plain data. The reference pages and the lockfile are created from this
   * data.
   */
  readonly reference: () => Reference
  /**
   * Returns the body of an error in the application's format, and logs the error. Use it if a response has already
   * started. Write the body as the last line of the stream, so that the client can see what went wrong.
   *
   * It sends nothing, and the ledger does not count the error. As in any response, the message of a 5xx is only logged.
   *
   * @param error the thrown value
   * @param reply the reply that is sending the stream
   * @example
   * async function * lines (rows, reply) {
   *   try {
   *     for await (const row of rows) yield `${JSON.stringify(row)}\n`
   *   } catch (error) {
   *     yield `${JSON.stringify({ error: app.apiErrors.toBody(error, reply) })}\n`
   *   }
   * }
   */
  readonly toBody: (error: unknown, reply: FastifyReply) => Record<string, unknown>
}

declare module 'fastify' {
  interface FastifyInstance {
    apiErrors: ApiErrors
  }
  interface FastifyContextConfig {
    /**
     * Codes that the route can return, in addition to the inferred ones. `false` removes the route from the
     * documentation.
     */
    errors?: ReadonlyArray<StandardCode | AnyErrorFactory> | false
    /** The rate-limit policies of the route: a name, an array of names, or `false`. */
    rateLimitPolicy?: PolicyChoice
  }
}

/** The parts of one registration. Each step of the plugin adds some. */
interface Registration {
  readonly app: FastifyInstance
  readonly settings: Settings
  /** The `rateLimit` option, with the options inherited from the outer registration. */
  readonly rateLimit: RateLimitOptions | undefined
  readonly routes: Routes
  readonly routeErrors: RouteErrors
  readonly documentSettings: DocumentSettings
  readonly ledger: Ledger
  readonly isDocumented: (kind: SentKind) => boolean
  readonly recordError: ReturnType<typeof createErrorRecorder>
  readonly responder: Responder
}

/** The registrations by their scope. */
const registrations = new WeakMap<object, Registration>()

trackSwaggerOfNewApps()

async function plugin (app: FastifyInstance, options: ApiErrorsOptions): Promise<void> {
  if (registrations.has(app)) {
    throw new Error(
      'fastify-api-errors: the plugin is already registered on this instance. Register it once per instance, and again only in scopes that need other options.'
    )
  }
  const settings = resolveOptions(options, app.prefix)
  await checkCatalogExamples(options, settings)
  const registration = createRegistration(app, options, settings)
  const parts = await loadParts(registration)
  handleErrors(registration, parts)
  documentRoutes(registration)
  addPublicApi(registration, parts)
}

/** The parts that not every registration needs. */
interface Parts {
  readonly limiter: { readonly registerLimits: typeof registerLimits, readonly options: RateLimitOptions } | undefined
  readonly pages: { readonly serveReference: typeof serveReference, readonly options: ResolvedReference } | undefined
}

/** Checks the examples of the catalog. Loads the check of custom formats only if the application has one. */
async function checkCatalogExamples (
  { format }: ApiErrorsOptions,
  { errors, format: chosen, docUrl }: Settings
): Promise<void> {
  await checkRegisteredTypes(Object.values(errors))
  if (isCustomFormat(format)) (await import('./formats/check-examples.js')).checkExamples(chosen, errors, docUrl)
}

/** Loads the parts that the options require. Without them, the package is imported in less time. */
async function loadParts ({ settings, rateLimit }: Registration): Promise<Parts> {
  await Promise.all([loadAjv(), loadParser()])
  return {
    limiter: rateLimit &&
      { registerLimits: (await import('./rate-limit/register-limits.js')).registerLimits, options: rateLimit },
    pages: settings.reference &&
      { serveReference: (await import('./reference/serve-reference.js')).serveReference, options: settings.reference }
  }
}

/** Step 1: creates the parts that the other steps need. It handles no errors yet. */
function createRegistration (app: FastifyInstance, options: ApiErrorsOptions, given: Settings): Registration {
  const settings = { ...given, notFound: given.notFound && !isNotFoundHandledElsewhere(app) }
  if (settings.rateLimit !== undefined) checkRateLimit(settings.rateLimit, getOuterRateLimit(app) !== undefined)
  const rateLimit = inheritRateLimit(app, settings.rateLimit)
  addRegistration(app, options)
  trackSwagger(app)
  const documentSettings = createDocumentSettings(app, settings, rateLimit)
  const routeErrors = createRegisteredErrors(app, settings, rateLimit)
  setDocumentSettings(routeErrors, documentSettings)
  addInference(app, {
    routeErrors,
    translators: settings.translators,
    validationStatus: settings.validationStatus,
    getHooks
  })
  const ledger = createLedger()
  const isDocumented = createDocumentedCheck(routeErrors, documentSettings.matchesDeclared)
  const recordError = createErrorRecorder({ ledger, isDocumented, onUndocumented: settings.onUndocumented })
  const responder = createResponder(settings, recordError)
  const registration = {
    app,
    settings,
    rateLimit,
    routes: takeRoutes(app),
    routeErrors,
    documentSettings,
    ledger,
    isDocumented,
    recordError,
    responder
  }
  registrations.set(app, registration)
  return registration
}

function createDocumentSettings (
  app: FastifyInstance,
  settings: Settings,
  rateLimit: RateLimitOptions | undefined
): Registration['documentSettings'] {
  const { errors, docUrl } = settings
  const formats = [settings.format, ...settings.negotiated.filter(format => 'fields' in format)] as const
  const getComponentPrefix = (): string => settings.componentPrefix ?? createComponentPrefix(app, settings.format)
  // Without schemas, no name is used before the document is created, and by then every outer registration is known.
  const addedPrefix = settings.addSchemas ? getComponentPrefix() : undefined
  return {
    matchesDeclared: createDeclaredComparison(code =>
      formats.flatMap(format => createSentBodies(errors[code] as AnyErrorFactory, format, docUrl))
    ),
    errors,
    examples: {
      errors,
      validationStatus: settings.validationStatus,
      respondsToMalformedUrls: respondsToMalformedUrls(app),
      constraints: settings.database?.constraints,
      language: settings.languages?.default.tag,
      getLimitExample: createLimitExamples(rateLimit),
      getChallenge: error =>
        formatBearerChallenge(error, credentialErrors.has(error.code), settings.realm, settings.resourceMetadata),
      getAcceptedMediaTypes: createAcceptedMediaTypes()
    },
    formats,
    textFormats: settings.negotiated.filter(format => 'write' in format),
    docUrl,
    rateLimitHeaders: getHeaderFields(rateLimit),
    pluginRateLimitHeaders: headerFields,
    retryHeaders: settings.retryHeaders,
    requestIdOnAll: settings.requestId === 'all',
    requestIdHeader: settings.requestIdHeader,
    languages: listTags(settings.languages),
    addSchemas: settings.addSchemas,
    get componentPrefix () {
      return addedPrefix ?? getComponentPrefix()
    }
  }
}

function createRegisteredErrors (
  app: FastifyInstance,
  settings: Settings,
  rateLimit: RateLimitOptions | undefined
): RouteErrors {
  const { errors, findInferredErrors, sentErrors } = settings
  return createRouteErrors({
    app,
    errors,
    hasRateLimitHeaders: getHeaderFields(rateLimit).length > 0,
    rules: settings.rules,
    ...(findInferredErrors !== undefined && { findInferredErrors }),
    convertsSent: sentErrors !== 'report',
    keepsSentBodies: sentErrors === undefined,
    respondsToMalformedUrls: respondsToMalformedUrls(app),
    maxParamLength: getMaxParamLength(app),
    isLongParameterUnrouted: settings.notFound && isLongParameterUnrouted(app),
    validationStatus: settings.validationStatus,
    getPolicies: record => getRouteLimits(record, rateLimit).map(({ name }) => name),
    getLimitErrors: record => getLimitErrors(record, rateLimit),
    handlesErrors: (scope, ofRoute) =>
      (ofRoute === undefined || passesErrorsOn(ofRoute)) &&
      reachesErrorHandler(scope.errorHandler, errorHandlers.get(app)),
    isSecured: isSecuredByDocument,
    isHidden: isHiddenByDocuments
  })
}

/** The errors of credentials that were sent. */
const credentialErrors: ReadonlySet<string> = new Set<StandardCode>([
  'invalid_api_key',
  'api_key_revoked',
  'api_key_expired',
  'invalid_token',
  'token_expired'
])

/** The error handler that Fastify has for each registration, by scope, which is a bound copy of our handler. */
const errorHandlers = new WeakMap<object, unknown>()

/** Step 2: handles the errors of the application and of its server. */
function handleErrors (registration: Registration, { limiter }: Parts): void {
  const { app, settings, routes, responder } = registration
  const { errors } = settings
  guardHooks(app, routes)
  trackFunctions(app)
  trackComposedHooks(app)
  guardRouteFunctions(app, routes)
  guardReplySerializers(app)
  guardStreams(app)
  const handler = setErrorHandler(app, (error, request, reply) => {
    if (isUnknownMethod(error, request)) respondToUnknownMethod(request, reply)
    else responder.handle(error, request, reply)
  })
  errorHandlers.set(app, handler)
  guardCallNotFound(app, (request, reply) => {
    responder.handle(errors.route_not_found(), request, reply, 'routeNotFound')
  })
  const notFoundHooks = limiter === undefined
    ? {}
    : limiter.registerLimits(app, routes, settings.rateLimit, limiter.options, errors, settings.retryHeaders)
  if (settings.notFound) setNotFoundHandler(app, notFoundHooks, createNotFoundHandler(responder))
  addResponder(app, responder)
  guardLog(app, responder.handleStreamError)
  addServerListeners(app)
  handleSentErrors(registration)
  if (settings.requestId === 'all') addRequestIds(registration)
}

/** Handles errors that handlers send themselves, such as `reply.code(404).send({ message })`. */
function handleSentErrors ({ app, settings, routeErrors, recordError, responder }: Registration): void {
  if (settings.sentErrors === undefined) {
    const isCovered = ({ request: { method, routeOptions: { url = '' } } }: FastifyReply): boolean =>
      isPreflightRoute(method, url) || routeErrors.findRoutes(method, url).some(routeErrors.isCovered)
    interceptErrorStatus(app, createMessageConverter(responder, recordError, isCovered))
    return
  }
  const onSend = settings.sentErrors === 'convert'
    ? createSentErrorConverter(responder, recordError)
    : createSentErrorReporter(recordError)
  const hook: onSendHookHandler<unknown> = function (request, reply, payload, done) {
    if (request.server.apiErrors === app.apiErrors) onSend.call(this, request, reply, payload, done)
    else done(null, payload)
  }
  app.addHook('onSend', markInternal(hook))
}

/** Adds the request id to every response of the registration. */
function addRequestIds ({ app, settings }: Registration): void {
  const hook: onRequestHookHandler = (request, reply, done) => {
    if (request.server.apiErrors === app.apiErrors) reply.header(settings.requestIdHeader, getRequestId(request))
    done()
  }
  app.addHook('onRequest', markInternal(hook))
}

/** Step 3: records the routes of the registration for the document, the ledger and the reference. */
function documentRoutes (registration: Registration): void {
  const { app, rateLimit, routes, routeErrors, documentSettings: { matchesDeclared } } = registration
  routes.forEach((route, scope, _isEarly, url) => {
    if (!isOwner(app, scope)) return
    if (rateLimit === undefined) checkUnlimitedRoute(route)
    routeErrors.addRoute(route, scope, url)
  })
  app.addHook('onReady', async () => {
    if (routeErrors.routes.some(({ route }) => hasTypeboxSchema(route.schema))) await loadTypebox()
    routeErrors.setReady()
    warnOfDeclaredStatuses(routeErrors, matchesDeclared)
    warnUnhandledRoutes(routes.unhandled.filter(route => !isExcluded(route)))
    warnOfMistakes(registration)
    warnOfDocumentsWithoutErrors(routeErrors.routes.map(({ scope }) => scope))
    checkComponentPrefix(routeErrors, listOthers(app).map(other => other.routeErrors))
  })
}

/** Warns about mistakes that cause no error. */
function warnOfMistakes ({ app, settings, rateLimit, routes, routeErrors }: Registration): void {
  if (app.prefix === '') warnOfRoutesOutside(routes.listOutside().filter(route => !isExcluded(route)))
  if (routeErrors.routes.length > 0 && !reachesErrorHandler(app.errorHandler, errorHandlers.get(app))) {
    warnOfReplacedErrorHandler(app.errorHandler)
  }
  warnOfMisspelledConfig(routeErrors.routes.map(({ route }) => route))
  warnOfUncheckedSecurity(routeErrors.routes.filter(record => routeErrors.isCovered(record)))
  if (rateLimit === undefined) {
    const unlimited = routeErrors.routes.filter(record =>
      isRecord(record.route.config?.rateLimit) && !isLimitedByPlugin(routeErrors.getTargets(record))
    )
    warnOfUnenforcedLimits(unlimited.map(({ route }) => route))
  }
  const inside = listInside(app).flatMap(each =>
    each.routeErrors.routes.map(record => getRouteLimits(record, each.rateLimit))
  )
  const { policies, default: choice } = settings.rateLimit ?? {}
  if (
    policies !== undefined && choice === undefined && inside.length > 0 && inside.every(limits => limits.length === 0)
  ) warnOfUnusedPolicies(Object.keys(policies))
}

/** Step 4: adds `app.apiErrors`, the reference pages and the schemas. */
function addPublicApi (registration: Registration, { pages }: Parts): void {
  const { app, settings, rateLimit, routes, routeErrors, documentSettings, responder } = registration
  const { errors } = settings
  const schemas = createStatusSchemas(documentSettings)
  if (settings.addSchemas) addStatusSchemas(app, schemas)
  const reference = (): Reference =>
    createReference(routeErrors, {
      options: settings.reference,
      notFound: settings.notFound,
      listUrls: () => [...routes.listAll(), ...routeErrors.routes.map(({ route }) => route)].map(({ url }) => url),
      getLimits: record => getRouteLimits(record, rateLimit)
    })
  if (pages !== undefined) {
    const live = {
      listSent: () =>
        mergeRecentEntries(listInside(app).flatMap(({ ledger, isDocumented }) => ledger.recentEntries(isDocumented))),
      explain: (route: string, code: string) => listReasons(listRouteErrors(app), route, code)
    }
    pages.serveReference(app, pages.options, { reference, errors, live })
    if (isLive(pages.options)) {
      app.addHook('onReady', async () => {
        for (const { ledger } of listInside(app)) ledger.remember()
      })
    }
  }
  const apiErrors: ApiErrors = {
    errors,
    schemas,
    explain: (method, url) => explain(listRouteErrors(app), method, url),
    ledger: () => collectEntries(app),
    reference,
    toBody: responder.toBody
  }
  app.decorate('apiErrors', apiErrors)
  setReferences(apiErrors, () =>
    listInside(app)
      .sort((a, b) => Number(b.app === app) - Number(a.app === app) || (a.app.prefix < b.app.prefix ? -1 : 1))
      .map(inside => ({ ...inside.app.apiErrors.reference(), prefix: inside.app.prefix })))
}

/** Returns the registrations of a scope and of its nested scopes. */
function listInside (app: FastifyInstance): Registration[] {
  return getRegistrations(listRegistrations(app))
}

/** Returns the other registrations on the same server. */
function listOthers (app: FastifyInstance): Registration[] {
  return getRegistrations(listRegistrationsOnServer(app).filter(scope => scope !== app))
}

function getRegistrations (scopes: readonly FastifyInstance[]): Registration[] {
  return scopes.flatMap(scope => registrations.get(scope) ?? [])
}

/** Returns the route errors of each registration in a scope and in its nested scopes. */
function listRouteErrors (app: FastifyInstance): RouteErrors[] {
  return listInside(app).map(({ routeErrors }) => routeErrors)
}

/** Returns the merged ledger of the registrations of a scope and of its nested scopes. */
function collectEntries (app: FastifyInstance): LedgerEntry[] {
  return mergeEntries(listInside(app).flatMap(({ ledger, isDocumented }) => ledger.entries(isDocumented)))
}

/**
 * Sends every error of the API from one catalog, in one response shape and with the correct headers. Documents each
 * error on the routes that can return it. Register the plugin before the routes.
 *
 * @throws TypeError at register, if an option is invalid; the message contains the option
 * @throws Error at register, if the instance already has the plugin, or if it has a not-found handler and `notFound` is
 * not `false`
 * @example
 * await app.register(apiErrors, { errors, format: 'problem' })
 */
const apiErrors: FastifyPluginAsync<ApiErrorsOptions> = fp(plugin, { name: pluginName, fastify: '5.x' })

export default apiErrors
