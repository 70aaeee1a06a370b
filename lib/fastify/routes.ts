/** The routes of an application, as the steps of the plugin see them. */
import type { FastifyInstance, RouteOptions } from 'fastify'

/**
 * Called with each route, in its scope, with whether it was registered before the plugin was loaded, and with its path at
 * that time: Fastify changes the path of a `/` below a prefix later.
 */
export type RouteHook = (route: RouteOptions, scope: FastifyInstance, isEarly: boolean, url: string) => void

/** What is done with the routes of an application, the early ones included. */
export interface Routes {
  /** Adds a hook for each route. */
  readonly forEach: (hook: RouteHook) => void
  /** The routes that were registered too early for the plugin to answer their errors. */
  readonly unhandled: readonly RouteOptions[]
}
