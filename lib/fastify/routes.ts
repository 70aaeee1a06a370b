/** The types that the steps of the plugin use to read the routes of an application. */
import type { FastifyInstance, RouteOptions } from 'fastify'

/**
 * Called for each route, with its scope, whether it was registered before the plugin was loaded, and its path at that
 * time. Fastify later changes the path of a `/` below a prefix.
 */
export type RouteHook = (route: RouteOptions, scope: FastifyInstance, isEarly: boolean, url: string) => void

/** Access to the routes of an application, including the early ones. */
export interface Routes {
  /** Adds a hook for each route. */
  readonly forEach: (hook: RouteHook) => void
  /** The routes that were registered too early, so that the plugin cannot handle their errors. */
  readonly unhandled: readonly RouteOptions[]
  /** Returns the routes that belong to no registration. Call it in an `onReady` hook. */
  readonly listOutside: () => RouteOptions[]
  /** Returns every route of the server, whatever its scope, if the server was created with `serverOptions()`. */
  readonly listAll: () => RouteOptions[]
}

/** Returns the names of routes for a message, without the HEAD routes that Fastify adds to GET routes. */
export function listRouteNames (routes: readonly RouteOptions[]): string {
  return routes.filter(({ method }) => method !== 'HEAD').map(({ method, url }) => `${String(method)} ${url}`).join(
    ', '
  )
}
