/** `app.apiErrors.explain()`: the errors of a route, each with the reason why the route can return it. */
import { describeValue } from '../support/describe-value.js'
import type { RouteError, RouteErrors } from './route-errors.js'

/**
 * Returns the errors of a route.
 *
 * @param registrations the route errors of each registration of the plugin
 * @param url the path of the route, as it was registered
 * @throws Error if no route has this method and path
 */
export function explain (registrations: readonly RouteErrors[], method: string, url: string): RouteError[] {
  const found = typeof method === 'string' ? findRoutes(registrations, method, url) : []
  if (found.length === 0) {
    throw new Error(
      `fastify-api-errors: explain(${describeValue(method)}, ${describeValue(url)}): expected the method and the path of a registered route, like 'GET', '/queues/:id'.`
    )
  }
  return found.flatMap(({ routeErrors, record }) => routeErrors.listErrors(record, method.toUpperCase()))
}

/**
 * Returns why a route can return a code, each reason once.
 *
 * @param route the method and the path of the route, such as `GET /queues/:id`
 */
export function listReasons (registrations: readonly RouteErrors[], route: string, code: string): string[] {
  const [method = '', url = ''] = route.split(/ (.*)/s)
  const errors = findRoutes(registrations, method, url).flatMap(({ routeErrors, record }) =>
    routeErrors.listErrors(record, method)
  )
  return [...new Set(errors.filter(error => error.code === code).map(({ reason }) => reason))]
}

/** Returns the routes of a method and a pattern, each with the errors of its registration. */
function findRoutes (registrations: readonly RouteErrors[], method: string, url: string) {
  return registrations.flatMap(routeErrors =>
    routeErrors.findRoutes(method, url).map(record => ({ routeErrors, record }))
  )
}
