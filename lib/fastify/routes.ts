/** The types that the steps of the plugin use to read the routes of an application. */
import type { FastifyInstance, RouteOptions } from 'fastify'

/**
 * Called for each route, with its scope, whether it was registered before the plugin was loaded, and its path at that time.
 * Fastify later changes the path of a `/` below a prefix.
 */
export type RouteHook = (route: RouteOptions, scope: FastifyInstance, isEarly: boolean, url: string) => void

/** Access to the routes of an application, including the early ones. */
export interface Routes {
  /** Adds a hook for each route. */
  readonly forEach: (hook: RouteHook) => void
  /** The routes that were registered too early, so that the plugin cannot handle their errors. */
  readonly unhandled: readonly RouteOptions[]
}
