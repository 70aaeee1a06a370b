/** The routes of an application with all that runs for a request: the one file where source inference meets the rest of the plugin. */
import type { FastifyInstance } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import { getOriginalHandler } from '../fastify/early-routes.js'
import { hookNames } from '../fastify/hook-names.js'
import { getCode } from '../infer/declare-errors.js'
import { getInferences, type Inference } from '../infer/inferences.js'
import type { RouteRecord } from '../infer/route-record.js'
import type { Translator } from '../translate/translator.js'

/** A function that runs for a request. */
export interface RouteFunction {
  readonly fn: object
  /** Whether it is a hook, which can say by a callback that it failed. */
  readonly isHook: boolean
}

/** One method of a route. */
export interface SourceRoute {
  readonly method: string
  readonly path: string
  readonly scope: FastifyInstance
  /** The functions in the order in which they run. */
  readonly functions: readonly RouteFunction[]
  /** The codes that it is documented with, apart from those of the source. */
  readonly documented: readonly DocumentedCode[]
  /** The codes that the route declares in `config.errors`. */
  readonly declared: readonly string[]
  /** The statuses that `schema.response` of the route has. */
  readonly statuses: ReadonlySet<number>
  readonly errors: AnyCatalog
  /** The translators of its errors, in the order in which they are asked. */
  readonly translators: readonly Translator[]
}

/** A code that a route is documented with, and the rule that found it. */
export interface DocumentedCode {
  readonly code: string
  readonly status: number
  readonly rule: string
}

/** Returns the routes of an application whose errors the plugin answers; without the HEAD routes that Fastify adds to GET routes. */
export function getSourceRoutes (app: FastifyInstance): SourceRoute[] {
  return getInferences(app).flatMap(inference => {
    const { routeErrors } = inference
    const records = routeErrors.routes.filter(record => routeErrors.isCovered(record))
    return records.flatMap(record => record.methods
      .filter(method => method !== 'HEAD' || !records.some(other => other.url === record.url && other.methods.includes('GET')))
      .map(method => createSourceRoute(inference, record, method)))
  })
}

/** The rules that read functions, too, without following what they call. */
const ofSource: ReadonlySet<string> = new Set(['source', 'hooks', 'thrown'])

function createSourceRoute ({ routeErrors, translators, getHooks }: Inference, record: RouteRecord, method: string): SourceRoute {
  const { route, scope } = record
  const hooks = getHooks(record)
  const ofHooks = (names: readonly (typeof hookNames)[number][]): RouteFunction[] => names.flatMap(name => hooks[name].map(fn => ({ fn, isHook: true })))
  const declared = route.config?.errors
  return {
    method,
    path: record.url,
    scope,
    functions: [...ofHooks(hookNames.slice(0, 4)), { fn: getOriginalHandler(route), isHook: false }, ...ofHooks(hookNames.slice(4))],
    documented: routeErrors.listErrors(record, method).filter(({ rule }) => !ofSource.has(rule)),
    declared: Array.isArray(declared) ? declared.map(getCode) : [],
    statuses: new Set(Object.keys(((route.schema?.response ?? {})) as object).map(Number)),
    errors: routeErrors.errors,
    translators
  }
}
