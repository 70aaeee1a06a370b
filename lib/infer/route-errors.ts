/**
 * Finds the errors that each route of an application can return, with the reason for each. Rules derive them from facts
 * about the route.
 */
import type { FastifyInstance, RouteOptions } from 'fastify'
import { getDecorator } from '../fastify/internals.js'
import { getRateLimitPluginOptions } from '../fastify/rate-limit-plugin-options.js'
import { carriesIssues } from '../catalog/response-content.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import { checkConfig, checkDeclarations } from './declared/check-declarations.js'
import type { NamedRule } from './custom-rules.js'
import { withOwnHooks, type DeclaringTarget } from './declared/declare-errors.js'
import type { FindInferredErrors } from './read-inferred-file.js'
import { readFunctionErrors, type FunctionError } from './code/function-errors.js'
import { createGrouper, type Grouper, type StatusErrors } from './group-by-status.js'
import type { ValidationStatus } from '../translate/validation/validation-status.js'
import { isLimitedByPlugin } from './known-plugins.js'
import { getRouteHeaders, type PluginLimitFields, type RouteHeaders } from './route-headers.js'
import { isExcluded, type RouteRecord } from './route-record.js'
import type { Finding } from './finding.js'
import type { Facts, RuleName } from './rules.js'
import { findScopeFacts, type ScopeFacts } from './scope-facts.js'
import { findStreamedErrors, type StreamedErrors } from './code/streamed-errors.js'
import { getOriginalHandler } from '../fastify/early-routes.js'
import type { JsonObject } from '../support/is-object.js'

/** An error that a route can return, and why. */
export interface RouteError {
  readonly code: string
  readonly status: ErrorStatus
  /** The rule that found it. */
  readonly rule: string
  /** A sentence that states the reason. */
  readonly reason: string
  /**
   * The codes that its issues can have if its status is 400, 409 or 422. Empty if it has no issues, and absent if any
   * code is possible.
   */
  readonly issues?: readonly string[]
}

/** The values that the errors of routes depend on, in addition to the routes. */
export interface RouteErrorsOptions {
  /** The scope in which the plugin is registered. */
  readonly app: FastifyInstance
  readonly errors: AnyCatalog
  /** Whether responses of limited routes have rate limit header fields. */
  readonly hasRateLimitHeaders: boolean
  readonly rules: readonly NamedRule[]
  /** Returns the errors of a route that were found in the source of the application. @default none */
  readonly findInferredErrors?: FindInferredErrors
  /** Whether an error that a handler sends is converted to the format of the API. @default true */
  readonly convertsSent?: boolean
  /** Whether a handler's body that contains more than a message is sent unchanged. @default true */
  readonly keepsSentBodies?: boolean
  /** Whether this plugin responds with 400 to a path with malformed percent-encoding. @default false */
  readonly respondsToMalformedUrls?: boolean
  /**
   * The maximum length of a parameter. For a longer parameter, this plugin responds with 414. @default the plugin never
   * responds with 414
   */
  readonly maxParamLength?: number | undefined
  /** Whether the response to a parameter that is too long is the 404 of an unknown path. @default false */
  readonly isLongParameterUnrouted?: boolean
  /** The status of the response to an invalid body. @default 422 */
  readonly validationStatus?: ValidationStatus | undefined
  /** Returns the names of the rate-limit policies of a route. */
  readonly getPolicies: (record: RouteRecord) => readonly string[]
  /** Returns the errors of a route's limits, except `rate_limit_exceeded`. */
  readonly getLimitErrors: (record: RouteRecord) => readonly Finding[]
  /**
   * Returns whether the plugin handles the errors of a scope or a route, each of which can have its own error handler.
   */
  readonly handlesErrors: (scope: FastifyInstance, ofRoute: RouteOptions['errorHandler']) => boolean
  /**
   * Returns whether a document that shows the route requires credentials on every route. @default no document requires
   * them
   */
  readonly isSecured?: (record: RouteRecord) => boolean
  /** Returns whether every document of the application hides the route. @default no document hides it */
  readonly isHidden?: (record: RouteRecord) => boolean
}

/** The routes of one registration of the plugin, and the errors that each can return. */
export interface RouteErrors {
  /** The catalog. */
  readonly errors: AnyCatalog
  readonly routes: readonly RouteRecord[]
  /** Adds a route when it is registered. */
  readonly addRoute: (route: RouteOptions, scope: FastifyInstance, url?: string) => void
  /**
   * Checks the declarations of routes, scopes and hooks, and caches findings from now on. Call it when all routes and
   * hooks are registered.
   *
   * @throws TypeError if a code that a route declares is not in the catalog
   */
  readonly setReady: () => void
  /** Returns the routes with a method and a pattern: several if they differ by a constraint. */
  readonly findRoutes: (method: string, url: string) => readonly RouteRecord[]
  /**
   * Returns whether the documentation shows a route. It is hidden by `config.errors: false`, or if every document hides
   * it.
   */
  readonly isDocumented: (record: RouteRecord) => boolean
  /** Returns whether the plugin handles the errors of a route, and `config.errors` does not exclude it. */
  readonly isCovered: (record: RouteRecord) => boolean
  /**
   * Returns the errors of a route for one of its methods, with reasons. Empty if the plugin does not handle its errors.
   */
  readonly listErrors: (record: RouteRecord, method: string) => RouteError[]
  /**
   * Returns the codes of a route for one of its methods, by status.
   *
   * @param isSecured whether credentials are required unless the route says otherwise. @default what the documents say
   */
  readonly listStatuses: (record: RouteRecord, method: string, isSecured?: boolean) => readonly StatusErrors[]
  /** Returns the same codes for routes that one operation of a document shows: routes that differ by a constraint. */
  readonly listStatusesOfRoutes: (
    records: readonly RouteRecord[],
    method: string,
    isSecured: boolean
  ) => readonly StatusErrors[]
  /**
   * Returns the message that the code of a route gives to an error; `undefined` if it is the message of the definition,
   * or not constant.
   */
  readonly findMessage: (record: RouteRecord, method: string, code: string) => string | undefined
  /** Returns the schemas of the bodies that the hooks and the handler of a route send unchanged, by status. */
  readonly listSentBodies: (record: RouteRecord) => ReadonlyMap<number, readonly JsonObject[]>
  /** Returns how the handler of a route writes errors into a stream, and which errors; `undefined` if it does not. */
  readonly findStream: (record: RouteRecord, method: string) => ErrorStream | undefined
  /** Returns the scopes and hooks that can declare errors or security requirements for a route. */
  readonly getTargets: (record: RouteRecord) => readonly DeclaringTarget[]
  /** Returns the headers that the plugins and limits of a route add to its responses. */
  readonly getHeaders: (record: RouteRecord) => RouteHeaders
  /** Returns these headers for a route without its own settings. */
  readonly getCommonHeaders: () => RouteHeaders
}

/** A stream into which a handler writes errors. */
export interface ErrorStream extends StreamedErrors {
  /** The errors, grouped by the status that they have outside of a stream. The response has the status of a success. */
  readonly groups: readonly StatusErrors[]
}

/** A route whose errors the plugin handles. */
export interface CoveredRoute {
  readonly record: RouteRecord
  readonly routeErrors: RouteErrors
}

/** The data that the functions below share. */
interface Context extends RouteErrorsOptions {
  readonly routes: RouteRecord[]
  readonly group: Grouper
  /** Statuses by method, `security` and record, from `setReady` on. */
  readonly statuses: Map<string, Map<RouteRecord, readonly StatusErrors[]>>
  /** Facts by scope, from `setReady` on. */
  readonly scopeFacts: Map<FastifyInstance, ScopeFacts>
  /** The scopes and hooks of each route, from `setReady` on. */
  readonly targets: Map<RouteRecord, readonly DeclaringTarget[]>
  /** The messages of thrown errors, by route, from `setReady` on. */
  readonly messages: Map<RouteRecord, ReadonlyMap<string, string | undefined>>
  /** The errors in the code of functions, by scope. */
  readonly functionErrors: WeakMap<object, WeakMap<object, readonly FunctionError[]>>
  /** Routes by method, then by pattern, once they were looked up after `setReady`. */
  byMethod: RoutesByMethod | undefined
  isReady: boolean
}

type RoutesByMethod = ReadonlyMap<string, ReadonlyMap<string, readonly RouteRecord[]>>

/** Every covered route of the process, because a document is created only from Fastify's route objects. */
const coveredRoutes = new WeakMap<RouteOptions, CoveredRoute>()

/** The covered routes by handler, because @fastify/swagger copies the options of some HEAD routes. */
const coveredRoutesByHandler = new WeakMap<RouteOptions['handler'], CoveredRoute[]>()

/** Returns the record of a route, and the registration that handles its errors; `undefined` if none does. */
export function findCoveredRoute (route: RouteOptions): CoveredRoute | undefined {
  return coveredRoutes.get(route) ??
    coveredRoutesByHandler.get(route.handler)?.findLast(({ record }) =>
      record.route.url === route.url && record.route.method === route.method &&
      record.route.constraints === route.constraints
    )
}

/** Creates the inference of errors for one registration of the plugin. */
export function createRouteErrors (options: RouteErrorsOptions): RouteErrors {
  const context: Context = {
    ...options,
    routes: [],
    group: createGrouper(options.errors),
    statuses: new Map(),
    scopeFacts: new Map(),
    targets: new Map(),
    messages: new Map(),
    functionErrors: new WeakMap(),
    byMethod: undefined,
    isReady: false
  }
  const routeErrors: RouteErrors = {
    errors: options.errors,
    routes: context.routes,
    addRoute: (route, scope, url = route.url) => {
      addRoute(context, routeErrors, route, scope, url)
    },
    setReady: () => {
      setReady(context)
    },
    findRoutes: (method, url) => findRoutes(context, method, url),
    isDocumented: record => !isExcluded(record.route) && options.isHidden?.(record) !== true,
    isCovered: record => isCovered(context, record),
    listErrors: (record, method) => listErrors(context, record, method),
    listStatuses: (record, method, isSecured = isSecuredByDocument(context, record)) =>
      listStatuses(context, record, method, isSecured),
    listStatusesOfRoutes: (records, method, isSecured) =>
      records.length === 1
        ? listStatuses(context, records[0] as RouteRecord, method, isSecured)
        : context.group(records.flatMap(record => applyRules(context, record, method, isSecured))),
    findMessage: (record, method, code) => findMessage(context, record, method, code),
    listSentBodies: record => listSentBodies(context, record),
    findStream: (record, method) => findStream(context, record, method),
    getTargets: record => getTargets(context, record),
    getHeaders: record =>
      getRouteHeaders(
        options.hasRateLimitHeaders && options.getPolicies(record).length > 0,
        getScopeFacts(context, record.scope).hasCors,
        getPluginLimit(context, record)
      ),
    getCommonHeaders: () =>
      getRouteHeaders(
        options.hasRateLimitHeaders,
        getScopeFacts(context, options.app).hasCors,
        getUsualPluginLimit(context)
      )
  }
  return routeErrors
}

function addRoute (
  { errors, routes }: Context,
  routeErrors: RouteErrors,
  route: RouteOptions,
  scope: FastifyInstance,
  url: string
): void {
  checkConfig(route, errors)
  const record: RouteRecord = { route, url, scope, methods: [route.method].flat().map(method => method.toUpperCase()) }
  routes.push(record)
  const covered = { record, routeErrors }
  coveredRoutes.set(route, covered)
  const sameHandler = coveredRoutesByHandler.get(route.handler)
  if (sameHandler === undefined) coveredRoutesByHandler.set(route.handler, [covered])
  else sameHandler.push(covered)
}

function setReady (context: Context): void {
  context.isReady = true
  for (const record of context.routes) checkDeclarations(record, getTargets(context, record), context.errors)
}

function findRoutes (context: Context, method: string, url: string): readonly RouteRecord[] {
  const byMethod = context.byMethod ?? indexRoutes(context.routes)
  if (context.isReady) context.byMethod = byMethod
  return byMethod.get(method.toUpperCase())?.get(url) ?? []
}

function indexRoutes (routes: readonly RouteRecord[]): RoutesByMethod {
  const byMethod = new Map<string, Map<string, RouteRecord[]>>()
  for (const record of routes) {
    for (const method of record.methods) {
      let byUrl = byMethod.get(method)
      if (byUrl === undefined) byMethod.set(method, byUrl = new Map())
      // Fastify changes the URL of a `/` below a prefix after the route was added.
      for (const url of new Set([record.url, record.route.url])) byUrl.set(url, [...byUrl.get(url) ?? [], record])
    }
  }
  return byMethod
}

/** Returns a value that is found once for each key, from `setReady` on. Before, it can change. */
function findOnce<Key, Value> ({ isReady }: Context, known: Map<Key, Value>, key: Key, find: () => Value): Value {
  let value = known.get(key)
  if (value === undefined) {
    value = find()
    if (isReady) known.set(key, value)
  }
  return value
}

function getScopeFacts (context: Context, scope: FastifyInstance): ScopeFacts {
  return findOnce(context, context.scopeFacts, scope, () => findScopeFacts(scope))
}

function getTargets (context: Context, record: RouteRecord): readonly DeclaringTarget[] {
  return findOnce(
    context,
    context.targets,
    record,
    () => withOwnHooks(record.route, getScopeFacts(context, record.scope).declarationTargets)
  )
}

/** Returns the header fields that @fastify/rate-limit sets on the responses of a route, if it limits the route. */
function getPluginLimit (context: Context, record: RouteRecord): PluginLimitFields | undefined {
  if (!isLimitedByPlugin(getTargets(context, record))) return undefined
  return getRateLimitPluginOptions(record.scope).enableDraftSpec === true ? 'draft-6' : 'x-ratelimit'
}

/** Returns these fields for a route without its own settings: the fields of a limit that applies to all routes. */
function getUsualPluginLimit (context: Context): PluginLimitFields | undefined {
  const usual = context.routes.find(record =>
    record.route.config?.rateLimit === undefined && getPluginLimit(context, record) !== undefined
  )
  return usual === undefined ? undefined : getPluginLimit(context, usual)
}

function isSecuredByDocument ({ isSecured }: Context, record: RouteRecord): boolean {
  return isSecured?.(record) === true
}

/** Returns whether the plugin handles the errors of a route, and `config.errors` does not exclude it. */
function isCovered ({ handlesErrors }: Context, { route, scope }: RouteRecord): boolean {
  return route.config?.errors !== false && handlesErrors(scope, route.errorHandler)
}

/** Returns the findings of the rules, in their order. `onRule` is called with the findings of each rule. */
function applyRules (
  context: Context,
  record: RouteRecord,
  method: string,
  isSecured: boolean,
  onRule?: (rule: string, findings: readonly Finding[]) => void
): readonly Finding[] {
  const found: Finding[] = []
  if (!isCovered(context, record)) return found
  const policies = context.getPolicies(record)
  const facts: Facts = {
    record,
    scope: getScopeFacts(context, record.scope),
    declarationTargets: getTargets(context, record),
    method,
    schema: record.route.schema ?? {},
    policies,
    limitErrors: policies.length === 0 ? [] : context.getLimitErrors(record),
    isSecured,
    errors: context.errors,
    findInferredErrors: context.findInferredErrors ?? (() => []),
    hasInferredFile: context.findInferredErrors !== undefined,
    readErrors: (fn, scope) => readErrors(context, fn, scope),
    convertsSent: context.convertsSent !== false,
    respondsToMalformedUrls: context.respondsToMalformedUrls === true,
    maxParamLength: context.maxParamLength,
    isLongParameterUnrouted: context.isLongParameterUnrouted === true,
    validationStatus: context.validationStatus,
    found
  }
  // V8 optimizes this function on the first document, which takes longer for a loop with destructuring.
  context.rules.forEach(rule => {
    const findings = rule.infer(facts)
    found.push(...findings)
    onRule?.(rule.name, findings)
  })
  return found
}

/** Returns the errors in the code of a function. The decorators that it calls depend on the scope. */
function readErrors (context: Context, fn: object, scope: FastifyInstance): readonly FunctionError[] {
  let ofScope = context.functionErrors.get(scope)
  if (ofScope === undefined) context.functionErrors.set(scope, ofScope = new WeakMap())
  let found = ofScope.get(fn)
  if (found === undefined) {
    const isSent = context.convertsSent !== false
    const isCode = (name: string): boolean => Object.hasOwn(context.errors, name)
    const isFactory = (value: unknown, code: string): boolean => value === context.errors[code]
    found = readFunctionErrors(fn, {
      isCode,
      isFactory,
      getDecorator: (owner, name) => getDecorator(scope, owner, name)
    })
      .filter(({ code, by }) => Object.hasOwn(context.errors, code) && (isSent || by !== 'sends'))
    if (context.isReady) ofScope.set(fn, found)
  }
  return found
}

function findMessage (context: Context, record: RouteRecord, method: string, code: string): string | undefined {
  if (context.findInferredErrors !== undefined) {
    return context.findInferredErrors(method, record.url).find(error => error.code === code)?.message
  }
  return findOnce(context, context.messages, record, () => findMessages(context, record)).get(code)
}

/**
 * Returns the messages of the errors that the handler and the hooks of a route throw, by code. The first function
 * counts.
 */
function findMessages (context: Context, record: RouteRecord): ReadonlyMap<string, string | undefined> {
  const messages = new Map<string, string | undefined>()
  for (
    const { code, by, message } of [getOriginalHandler(record.route), ...listHooks(context, record)].flatMap(fn =>
      readErrors(context, fn, record.scope)
    )
  ) {
    if (by === 'throws' && !messages.has(code)) messages.set(code, message)
  }
  return messages
}

/** Returns the hooks that run on a route. */
function listHooks (context: Context, record: RouteRecord): readonly object[] {
  return getTargets(context, record).flatMap(({ target }) => typeof target === 'function' ? target : [])
}

function listSentBodies (context: Context, record: RouteRecord): ReadonlyMap<number, readonly JsonObject[]> {
  const { keepsSentBodies = true, errors } = context
  const found = new Map<number, readonly JsonObject[]>()
  if (!keepsSentBodies || !isCovered(context, record)) return found
  for (
    const { code, bodies } of [
      ...[...listHooks(context, record), getOriginalHandler(record.route)].flatMap(fn =>
        readErrors(context, fn, record.scope)
      ),
      ...record.methods.flatMap(method => context.findInferredErrors?.(method, record.url) ?? [])
    ]
  ) {
    if (bodies === undefined) continue
    const { status } = errors[code] as ErrorDefinition
    found.set(status, [...found.get(status) ?? [], ...bodies])
  }
  return found
}

/** The rules whose errors can occur while a stream is sent. The errors of all other rules occur before. */
const rulesOfStreams: ReadonlySet<string> = new Set<RuleName>(['handler', 'databaseOutage', 'responses', 'config'])

function findStream (context: Context, record: RouteRecord, method: string): ErrorStream | undefined {
  const handler = getOriginalHandler(record.route)
  const stream = isCovered(context, record) && method !== 'HEAD' ? findStreamedErrors(handler) : undefined
  if (stream === undefined) return undefined
  const found: Finding[] = readErrors(context, handler, record.scope).filter(({ by }) => by === 'writes to a stream')
    .map(({ code }) => ({ code, reason: '', issues: [] }))
  applyRules(context, record, method, false, (rule, findings) => {
    if (rulesOfStreams.has(rule)) found.push(...findings)
  })
  return { ...stream, groups: context.group(found) }
}

function listErrors (context: Context, record: RouteRecord, method: string): RouteError[] {
  const list: RouteError[] = []
  applyRules(context, record, method, isSecuredByDocument(context, record), (rule, findings) => {
    for (const { code, reason, issues } of findings) {
      const definition = context.errors[code] as ErrorDefinition
      list.push({
        code,
        status: definition.status,
        rule,
        reason,
        ...(issues !== undefined && carriesIssues(definition) && { issues })
      })
    }
  })
  return list
}

function listStatuses (
  context: Context,
  record: RouteRecord,
  method: string,
  isSecured: boolean
): readonly StatusErrors[] {
  const byRecord = findOnce(
    context,
    context.statuses,
    isSecured ? `${method} secured` : method,
    () => new Map<RouteRecord, readonly StatusErrors[]>()
  )
  return findOnce(context, byRecord, record, () => context.group(applyRules(context, record, method, isSecured)))
}
