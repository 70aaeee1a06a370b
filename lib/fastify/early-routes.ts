import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

/** A route that was registered before the plugin was loaded. */
interface EarlyRoute {
  readonly route: RouteOptions
  readonly scope: FastifyInstance
  /** Whether Fastify has given the route its error handler: one that is set from now on comes too late for it. */
  isBound: boolean
}

/** Called with each route, in its scope, and with whether it was registered before the plugin was loaded. */
export type RouteHook = (route: RouteOptions, scope: FastifyInstance, isEarly: boolean) => void

/** The early routes by server; none of those whose plugin is loaded. */
const noted = new WeakMap<object, EarlyRoute[]>()

let isWatching = false

/**
 * Notes the routes of each Fastify that is made from now on, until the plugin is loaded. `app.register(apiErrors)`
 * without `await` loads it after the routes that are registered in the same breath, and they are under the contract, too.
 */
export function watchRoutes (): void {
  if (isWatching) return
  isWatching = true
  subscribe('fastify.initialization', message => { noteRoutes((message as { readonly fastify: FastifyInstance }).fastify) })
}

function noteRoutes (app: FastifyInstance): void {
  noted.set(app.server, [])
  app.addHook('onRoute', function (route) {
    const early: EarlyRoute = { route, scope: this, isBound: false }
    const routes = noted.get(app.server)
    if (routes === undefined) return
    routes.push(early)
    // Without parameters, so that the fault of a plugin is left to whom it concerns.
    this.after(() => { early.isBound = true })
  })
}

/** What is done with the routes of an application, the early ones included. */
export interface Routes {
  /** Adds a hook for each route. */
  readonly forEach: (hook: RouteHook) => void
  /** The routes that were registered too early for the plugin to answer their errors. */
  readonly unhandled: readonly RouteOptions[]
}

/** Takes the early routes of a scope and of those below it; what is registered from now on is no longer noted. */
export function takeRoutes (app: FastifyInstance): Routes {
  const early = (noted.get(app.server) ?? []).filter(({ scope }) => scope === app || Object.prototype.isPrototypeOf.call(app, scope))
  noted.delete(app.server)
  return {
    forEach (hook) {
      for (const { route, scope } of early.filter(({ isBound }) => !isBound)) hook(route, scope, true)
      app.addHook('onRoute', function (route) { hook(route, this, false) })
    },
    unhandled: early.filter(({ isBound }) => isBound).map(({ route }) => route)
  }
}

/** Says which routes are not under the contract for they were registered too early. */
export function warnUnhandledRoutes (routes: readonly RouteOptions[]): void {
  const shown = routes.filter(({ method }) => method !== 'HEAD')
  if (shown.length === 0) return
  const names = shown.map(({ method, url }) => `${String(method)} ${url}`).join(', ')
  process.emitWarning(
    `These routes were registered before fastify-api-errors, which does not answer their errors: ${names}. Register it first, or set config.errors to false on them.`,
    { code: 'FASTIFY_API_ERRORS_TOO_EARLY' }
  )
}
