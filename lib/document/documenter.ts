import type { FastifyInstance, RouteOptions } from 'fastify'
import { byStatus, inlineResponse, type DocumentSettings, type StatusErrors } from './responses.js'
import type { RouteRecord } from './route-record.js'
import { codeOf, inferErrors, type RouteError, type RuleContext } from './rules.js'

/** Knows the routes of an application, and the errors that each can answer with. */
export interface Documenter {
  readonly settings: DocumentSettings
  /** Notes a route; to be called when it is registered. */
  readonly note: (route: RouteOptions, scope: FastifyInstance) => void
  /** The errors of a route, with reasons. */
  readonly errorsOf: (record: RouteRecord) => readonly RouteError[]
  /** The codes of a route by status: what its documentation shows. */
  readonly statusesOf: (record: RouteRecord) => readonly StatusErrors[]
  readonly routes: readonly RouteRecord[]
}

/** The routes that are documented, with the documenter of their application: documents are made without one at hand. */
const documented = new WeakMap<RouteOptions, { readonly record: RouteRecord, readonly documenter: Documenter }>()

/** The record and the documenter of a route; `undefined` for a route that is not under the contract. */
export function documentedRoute (route: RouteOptions): { readonly record: RouteRecord, readonly documenter: Documenter } | undefined {
  return documented.get(route)
}

/** Makes the documenter of an application. */
export function createDocumenter (settings: DocumentSettings, context: RuleContext): Documenter {
  const routes: RouteRecord[] = []
  const documenter: Documenter = {
    settings,
    routes,
    note (route, scope) {
      const { errors } = route.config ?? {}
      if (Array.isArray(errors)) {
        for (const error of errors) {
          if (Object.hasOwn(settings.errors, codeOf(error))) continue
          throw new TypeError(`fastify-api-errors: config.errors of ${String(route.method)} ${route.url} has '${codeOf(error)}', which is not in the catalog; it takes codes of the 'errors' option.`)
        }
      } else if (errors !== undefined && errors !== false) {
        throw new TypeError(`fastify-api-errors: config.errors of ${String(route.method)} ${route.url} is ${String(errors)}; it takes an array of codes or factories, or false.`)
      }
      const record: RouteRecord = { route, scope, methods: [route.method].flat().map(method => method.toUpperCase()) }
      routes.push(record)
      if (errors !== false) documented.set(route, { record, documenter })
    },
    errorsOf: record => inferErrors(record, context),
    statusesOf: record => byStatus(inferErrors(record, context).map(({ code }) => code), settings.errors)
  }
  return documenter
}

/**
 * Puts the errors into the routes' own schemas, for an application that registers @fastify/swagger without
 * `swaggerOptions()`. To be called when Fastify has compiled the schemas: what is exchanged then is read by the
 * documentation alone, and no request pays for it. Schema objects are shared between routes, so they are copied.
 */
export function exchangeSchemas (documenter: Documenter): void {
  const responses = new Map<string, Record<string, unknown>>()
  for (const record of documenter.routes) {
    const { route } = record
    if (documentedRoute(route) === undefined) continue
    const declared = (route.schema?.response ?? { 200: { description: 'Default Response', type: 'null' } }) as Record<string, unknown>
    const added: Record<string, unknown> = {}
    for (const group of documenter.statusesOf(record)) {
      if (String(group.status) in declared) continue
      const key = group.definitions.map(({ code }) => code).join()
      let response = responses.get(key)
      if (response === undefined) responses.set(key, response = inlineResponse(group, documenter.settings))
      added[group.status] = response
    }
    originals.set(route, route.schema)
    route.schema = { ...route.schema, response: { ...declared, ...added } }
  }
}

const originals = new WeakMap<RouteOptions, RouteOptions['schema']>()

/** The schema that a route had before {@link exchangeSchemas}. */
export function originalSchema (route: RouteOptions, schema: RouteOptions['schema']): RouteOptions['schema'] {
  return originals.has(route) ? originals.get(route) : schema
}
