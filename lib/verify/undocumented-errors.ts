/** Compares sent errors with the documentation of their routes. */
import type { FastifyRequest } from 'fastify'
import { declaresStatus } from '../fastify/declared-statuses.js'
import { callSafely } from '../support/call-safely.js'
import { copyErrorFor } from '../support/redact.js'
import { isCodeOfDeclaredStatus, type MatchesDeclared } from '../infer/declared/declared-schemas.js'
import type { RouteErrors } from '../infer/route-errors.js'
import type { ResponseKind, Ledger, RouteName, SentKind } from './ledger.js'

/** Called if a response is sent that is not documented for its route. */
export type OnUndocumented = (response: ResponseKind, request: FastifyRequest) => void

/**
 * Returns a function that checks whether a kind of response is documented. It is documented by its code, or by a schema
 * that the route declares for its status. An error of the catalog must match that schema. A response that a handler
 * sends itself is serialized with that schema.
 */
export function createDocumentedCheck (
  routeErrors: RouteErrors,
  matchesDeclared?: MatchesDeclared
): (kind: SentKind) => boolean {
  return ({ route, status, code }) => {
    if (route === null) return true
    return routeErrors.findRoutes(route.method, route.url).some(record => {
      if (!routeErrors.isDocumented(record)) return true
      if (
        declaresStatus(record.route.schema?.response, status) &&
        (code === null || matchesDeclared?.(record, status, code) !== false)
      ) return true
      if (isCodeOfDeclaredStatus(record, status, code)) return true
      if (code === null && routeErrors.listSentBodies(record).has(status)) return true
      return routeErrors.listStatuses(record, route.method).some(({ definitions }) =>
        definitions.some(definition => definition.code === code)
      )
    })
  }
}

/** Logs a warning with the id of the request. */
export const warnUndocumented: OnUndocumented = ({ route, status, code }, request) => {
  request.log.warn({ route, status, code }, 'An error was sent that is not documented for its route.')
}

/** A response that was sent. */
interface SentResponse {
  /** The pattern of the route, or `null` if there is none. */
  readonly route: string | null
  readonly method: string | null
  readonly status: number
  readonly code: string | null
  readonly requestId: string
  readonly request: FastifyRequest | null
}

/**
 * Returns a function that counts each error response, and reports the first of each undocumented kind. It does not
 * change the response.
 */
export function createErrorRecorder ({ ledger, isDocumented, onUndocumented }: {
  readonly ledger: Ledger,
  readonly isDocumented: (kind: SentKind) => boolean,
  readonly onUndocumented: OnUndocumented | undefined
}): (response: SentResponse) => void {
  const getRouteName = createRouteNames()
  return ({ route, method, status, code, requestId, request }) => {
    const kind: SentKind = { route: route === null ? null : getRouteName(String(method), route), status, code }
    const isFirst = ledger.record(kind, requestId)
    if (!isFirst || onUndocumented === undefined || request === null || kind.route === null || isDocumented(kind)) {
      return
    }
    const response: ResponseKind = { ...kind, route: kind.route.name }
    callSafely(() => onUndocumented(response, request), err => {
      request.log.error({ err: copyErrorFor(request, err) }, 'The function in the option onUndocumented failed.')
    })
  }
}

/**
 * Returns a function that joins the name of each route only once. A string that is built for each response would have
 * to be hashed for each lookup, which costs more than the count.
 */
function createRouteNames (): (method: string, url: string) => RouteName {
  const names = new Map<string, Map<string, RouteName>>()
  return (method, url) => {
    let byMethod = names.get(url)
    if (byMethod === undefined) names.set(url, byMethod = new Map())
    let name = byMethod.get(method)
    if (name === undefined) byMethod.set(method, name = { name: `${method} ${url}`, method, url })
    return name
  }
}
