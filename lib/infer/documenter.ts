import type { FastifyInstance, RouteOptions } from 'fastify'
import { carriesIssues } from '../catalog/answer.js'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import { checkConfig, checkDeclarations } from './check-declarations.js'
import type { NamedRule } from './custom-rules.js'
import { withOwnHooks, type DeclaringTarget } from './declare-errors.js'
import { createGrouper, type StatusErrors } from './group-by-status.js'
import { routeHeaders, type RouteHeaders } from './route-headers.js'
import { schemaOf, type RouteRecord } from './route-record.js'
import { asksForCredentials, type Facts, type Finding } from './rules.js'
import { keptScopeFacts, scopeFacts, type ScopeFacts } from './scope-facts.js'

/** An error that a route can answer with, and why. */
export interface RouteError {
  readonly code: string
  readonly status: ErrorStatus
  /** The rule that found it. */
  readonly rule: string
  /** A sentence that names the fact about the route. */
  readonly reason: string
  /** For a 400, 409 or 422, the codes that its issues can have; empty: it has none; absent: any. */
  readonly issues?: readonly string[]
}

/** What the errors of routes depend on, beside the routes. */
export interface DocumenterContext {
  /** The scope that the plugin is registered in. */
  readonly app: FastifyInstance
  readonly errors: AnyCatalog
  /** Whether the responses of limited routes carry the fields of a rate limit. */
  readonly hasRateLimitHeaders: boolean
  readonly rules: readonly NamedRule[]
  /** The policies that limit a route; none where it is not limited. */
  readonly policiesOf: (record: RouteRecord) => readonly string[]
  /** What the limits of a route answer with, beside `rate_limit_exceeded`. */
  readonly limitErrorsOf: (record: RouteRecord) => readonly Finding[]
  /** Whether the errors of a scope are answered by the plugin, and not by a handler of the scope's own. */
  readonly answers: (scope: FastifyInstance) => boolean
}

/** Knows the routes of an application, and the errors that each can answer with. */
export interface Documenter {
  /** The catalog. */
  readonly errors: AnyCatalog
  readonly routes: readonly RouteRecord[]
  /** Notes a route; to be called when it is registered. */
  readonly note: (route: RouteOptions, scope: FastifyInstance) => void
  /** To be called when all routes and hooks are there: from then on, what was found out is kept. */
  readonly ready: () => void
  /** The routes with a method and a pattern: several where they differ by a constraint. */
  readonly find: (method: string, url: string) => readonly RouteRecord[]
  /** Whether the plugin answers the errors of a route, and the route is not kept out. */
  readonly isUnderContract: (record: RouteRecord) => boolean
  /** The errors of a route for one of its methods, with reasons; none for a route that is not under the contract. */
  readonly errorsOf: (record: RouteRecord, method: string) => RouteError[]
  /** What can declare something about a route. */
  readonly targetsOf: (record: RouteRecord) => readonly DeclaringTarget[]
  /** The codes of a route by status: what its documentation shows. */
  readonly statusesOf: (record: RouteRecord, method: string) => readonly StatusErrors[]
  /** The same over all of its methods. */
  readonly statusesOfAll: (record: RouteRecord) => readonly StatusErrors[]
  /** The headers that answers of a route can carry beside those that HTTP asks for on errors. */
  readonly headersOf: (record: RouteRecord) => RouteHeaders
  /** The same for a route that nothing special is said about. */
  readonly usualHeaders: () => RouteHeaders
  /** Takes the security requirements of a document, which hold for routes that do not say otherwise. */
  readonly setSecurity: (security: unknown) => void
}

/** A route under the contract. */
export interface DocumentedRoute {
  readonly record: RouteRecord
  readonly documenter: Documenter
}

/** The routes that are documented: a document is made without a documenter at hand. */
const documented = new WeakMap<RouteOptions, DocumentedRoute>()

/** The same by handler, for @fastify/swagger copies the options of some HEAD routes. */
const byHandler = new WeakMap<RouteOptions['handler'], DocumentedRoute[]>()

/** The record and the documenter of a route; `undefined` for a route that is not under the contract. */
export function documentedRoute (route: RouteOptions): DocumentedRoute | undefined {
  return documented.get(route) ?? byHandler.get(route.handler)?.findLast(({ record }) =>
    record.route.url === route.url && record.route.method === route.method && record.route.constraints === route.constraints)
}

/** Makes the documenter of an application. */
export function createDocumenter ({ app, errors, hasRateLimitHeaders, rules, policiesOf, limitErrorsOf, answers }: DocumenterContext): Documenter {
  const routes: RouteRecord[] = []
  const group = createGrouper(errors)
  /** What was found out, by method. */
  const kept = new Map<string, Map<RouteRecord, readonly StatusErrors[]>>()
  let scopeFactsOf: (scope: FastifyInstance) => ScopeFacts = scopeFacts
  let isReady = false
  let byPattern: Map<string, RouteRecord[]> | undefined
  let secured = false

  const isUnderContract = ({ route, scope }: RouteRecord): boolean => route.config?.errors !== false && route.errorHandler === undefined && answers(scope)
  const targetsOf = ({ route, scope }: RouteRecord): readonly DeclaringTarget[] => withOwnHooks(route, scopeFactsOf(scope).targets)

  /** What the rules find, in their order; each is told by itself, too. */
  function findingsOf (record: RouteRecord, method: string, tell?: (rule: string, findings: readonly Finding[]) => void): readonly Finding[] {
    const found: Finding[] = []
    if (!isUnderContract(record)) return found
    const policies = policiesOf(record)
    const facts: Facts = {
      record,
      scope: scopeFactsOf(record.scope),
      targets: targetsOf(record),
      method,
      schema: schemaOf(record.route) ?? {},
      policies,
      limitErrors: policies.length === 0 ? [] : limitErrorsOf(record),
      secured,
      errors,
      found
    }
    rules.forEach(({ name, infer }) => {
      const findings = infer(facts)
      found.push(...findings)
      tell?.(name, findings)
    })
    return found
  }

  function errorsOf (record: RouteRecord, method: string): RouteError[] {
    const told: RouteError[] = []
    findingsOf(record, method, (rule, findings) => {
      for (const { code, reason, issues } of findings) {
        const definition = errors[code] as ErrorDefinition
        told.push({ code, status: definition.status, rule, reason, ...(issues !== undefined && carriesIssues(definition) && { issues }) })
      }
    })
    return told
  }

  function statusesOf (record: RouteRecord, method: string): readonly StatusErrors[] {
    if (!isReady) return group(findingsOf(record, method))
    let ofMethod = kept.get(method)
    if (ofMethod === undefined) kept.set(method, ofMethod = new Map())
    let statuses = ofMethod.get(record)
    if (statuses === undefined) ofMethod.set(record, statuses = group(findingsOf(record, method)))
    return statuses
  }

  const documenter: Documenter = {
    errors,
    routes,
    isUnderContract,
    errorsOf,
    targetsOf,
    statusesOf,
    statusesOfAll (record) {
      const [method, ...others] = record.methods
      if (method !== undefined && others.length === 0) return statusesOf(record, method)
      return group(record.methods.flatMap(each => findingsOf(record, each)))
    },
    headersOf: record => routeHeaders(hasRateLimitHeaders && policiesOf(record).length > 0, scopeFactsOf(record.scope).hasCors),
    usualHeaders: () => routeHeaders(hasRateLimitHeaders, scopeFactsOf(app).hasCors),
    setSecurity (security) {
      const before = secured
      secured = asksForCredentials(security)
      if (secured !== before) kept.clear()
    },
    note (route, scope) {
      checkConfig(route, errors)
      const methods = [route.method].flat().map(method => method.toUpperCase())
      const record: RouteRecord = { route, url: route.url, scope, methods }
      routes.push(record)
      const known = { record, documenter }
      documented.set(route, known)
      const same = byHandler.get(route.handler)
      if (same === undefined) byHandler.set(route.handler, [known])
      else same.push(known)
    },
    ready () {
      scopeFactsOf = keptScopeFacts()
      for (const record of routes) checkDeclarations(record, targetsOf(record), errors)
      isReady = true
    },
    find (method, url) {
      const index = byPattern ?? indexOf(routes)
      if (isReady) byPattern = index
      return index.get(`${method.toUpperCase()} ${url}`) ?? []
    }
  }
  return documenter
}

function indexOf (routes: readonly RouteRecord[]): Map<string, RouteRecord[]> {
  const byPattern = new Map<string, RouteRecord[]>()
  for (const record of routes) {
    for (const url of new Set([record.url, record.route.url])) {
      for (const method of record.methods) {
        const key = `${method} ${url}`
        byPattern.set(key, [...byPattern.get(key) ?? [], record])
      }
    }
  }
  return byPattern
}
