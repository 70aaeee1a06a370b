/**
 * Returns the routes of an application with all functions that run for a request. Only this file connects source
 * inference to the plugin.
 */
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { getOriginalHandler } from '../fastify/early-routes.js'
import { hookNames } from '../fastify/hook-names.js'
import { getCode } from '../infer/declared/declare-errors.js'
import { getInferences, type Inference } from '../infer/inferences.js'
import type { RouteRecord } from '../infer/route-record.js'
import { isRecord } from '../support/is-object.js'
import type { Translator } from '../translate/translator.js'
import type { ValidationStatus } from '../translate/validation/validation-status.js'

export { listUnhandledRoutes } from '../infer/inferences.js'

/** A function that runs for a request. */
export interface RouteFunction {
  readonly fn: object
  /** Whether it is a hook. A hook can fail by calling a callback. */
  readonly isHook: boolean
}

/** One method of a route. */
export interface SourceRoute {
  readonly method: string
  readonly path: string
  readonly scope: FastifyInstance
  /** The `config` of the route, including the properties that Fastify adds. */
  readonly config: object
  /** The parts of a request that the route has no schema for. */
  readonly unchecked: ReadonlySet<string>
  /** The properties of the request for which the schema allows any string, such as `params.id`. */
  readonly freeText: ReadonlySet<string>
  /** The functions, in the order in which they run. */
  readonly functions: readonly RouteFunction[]
  /** The codes that the document has now. */
  readonly documented: readonly DocumentedCode[]
  /** The codes that the route declares in `config.errors`. */
  readonly declared: readonly string[]
  /** The statuses in `schema.response` of the route. */
  readonly statuses: ReadonlySet<number>
  readonly errors: AnyCatalog
  /** The translators of its errors, in the order in which they run. */
  readonly translators: readonly Translator[]
  /** The status of the response to an invalid body. @default 422 */
  readonly validationStatus: ValidationStatus | undefined
}

/** A documented code of a route, and the rule that found it. */
export interface DocumentedCode {
  readonly code: string
  readonly status: number
  readonly rule: string
}

/** Returns the routes whose errors the plugin handles. HEAD routes that Fastify adds to GET routes are omitted. */
export function getSourceRoutes (app: FastifyInstance): SourceRoute[] {
  return getInferences(app).flatMap(inference => {
    const { routeErrors } = inference
    const records = routeErrors.routes.filter(record => routeErrors.isCovered(record))
    return records.flatMap(record =>
      record.methods
        .filter(method =>
          method !== 'HEAD' || !records.some(other => other.url === record.url && other.methods.includes('GET'))
        )
        .map(method => createSourceRoute(inference, record, method))
    )
  })
}

function listUncheckedParts (
  { body, params, querystring, query = querystring }: FastifySchema & { readonly query?: unknown } = {}
): ReadonlySet<string> {
  return new Set(
    Object.entries({ body, params, query, cookies: undefined })
      .filter(([, schema]) => schema === undefined).map(([part]) => part)
  )
}

/** The keywords that limit the strings of a property. */
const limiting = ['pattern', 'format', 'enum', 'const', 'minLength', 'maxLength', '$ref', 'allOf', 'anyOf', 'oneOf']

function listFreeText (
  { body, params, querystring, query = querystring }: FastifySchema & { readonly query?: unknown } = {}
): ReadonlySet<string> {
  return new Set(
    Object.entries({ body, params, query }).flatMap(([part, schema]) => {
      const properties = isRecord(schema) && isRecord(schema.properties) ? schema.properties : {}
      return Object.entries(properties).flatMap(([name, property]) =>
        isRecord(property) && property.type === 'string' && !limiting.some(keyword => keyword in property)
          ? [`${part}.${name}`]
          : []
      )
    })
  )
}

function createSourceRoute (
  { routeErrors, translators, validationStatus, getHooks }: Inference,
  record: RouteRecord,
  method: string
): SourceRoute {
  const { route, scope } = record
  const hooks = getHooks(record)
  const ofHooks = (names: readonly (typeof hookNames)[number][]): RouteFunction[] =>
    names.flatMap(name => hooks[name].map(fn => ({ fn, isHook: true })))
  const declared = route.config?.errors
  return {
    method,
    path: record.url,
    scope,
    config: { ...route.config, url: record.url, method },
    unchecked: listUncheckedParts(route.schema),
    freeText: listFreeText(route.schema),
    functions: [
      ...ofHooks(hookNames.slice(0, 4)),
      { fn: getOriginalHandler(route), isHook: false },
      ...ofHooks(hookNames.slice(4))
    ],
    documented: routeErrors.listErrors(record, method),
    declared: Array.isArray(declared) ? declared.map(getCode) : [],
    statuses: new Set(Object.keys((route.schema?.response ?? {}) as object).map(Number)),
    errors: routeErrors.errors,
    translators,
    validationStatus
  }
}
