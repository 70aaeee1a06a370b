/**
 * Records the routes that are registered before the plugin is loaded, and passes them to the plugin together with later
 * routes.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifyPluginCallback, RouteOptions } from 'fastify'
import { trackComposedHooks } from './composed-hooks.js'
import { trackFunctions } from './guard-functions.js'
import { trackHooks } from './guard-hooks.js'
import { guardPluginOptions } from './guard-plugin-options.js'
import { keepPluginOptions } from './rate-limit-plugin-options.js'
import { addRegistration, findOwner, isInside, isOwner, pluginName } from './registrations.js'
import { listRouteNames, type Routes } from './routes.js'

/** A route that was registered before the plugin was loaded. */
interface EarlyRoute {
  readonly route: RouteOptions
  readonly scope: FastifyInstance
  /** The path at the time of registration. */
  readonly url: string
  /** Whether Fastify has set the error handler of the route. A handler that is set later has no effect on it. */
  isBound: boolean
}

/** The routes by server, until the application is ready. */
const routesByServer = new WeakMap<object, EarlyRoute[]>()

/**
 * The key of a mark on the `config` of a route. A request gives access to a copy of `config`, and to no other property
 * of the route.
 */
const routeMark: unique symbol = Symbol('fastify-api-errors.route')

interface MarkedConfig {
  readonly [routeMark]?: object
}

/** The handlers of routes before another plugin wrapped them, by route. */
const handlers = new WeakMap<RouteOptions, RouteOptions['handler']>()

/**
 * Returns the handler of a route as the application wrote it, if a plugin such as @fastify/websocket wrapped it later.
 */
export function getOriginalHandler (route: RouteOptions): RouteOptions['handler'] {
  return handlers.get(route) ?? route.handler
}

function recordHandler (route: RouteOptions): void {
  if (!handlers.has(route)) handlers.set(route, route.handler)
}

let isRecording = false

/**
 * Records the routes and hooks of each Fastify instance that is created from now on. Without `await`,
 * `app.register(apiErrors)` loads the plugin after the routes that follow it. The plugin handles these routes as well.
 */
export function recordEarlyRoutes (): void {
  if (isRecording) return
  isRecording = true
  subscribe('fastify.initialization', message => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    trackHooks(fastify)
    trackFunctions(fastify)
    trackComposedHooks(fastify)
    recordRegistrations(fastify)
    recordRoutes(fastify)
  })
}

/**
 * Records registrations when `register()` is called. Fastify loads the plugin later, and until then the scope must not
 * count as part of another registration.
 */
function recordRegistrations (app: FastifyInstance): void {
  const register = app.register as (this: FastifyInstance, ...args: unknown[]) => FastifyInstance
  app.register = function (
    this: FastifyInstance,
    plugin: FastifyPluginCallback & { readonly [displayName]?: string },
    ...args: unknown[]
  ) {
    if (plugin?.[displayName] === pluginName) addRegistration(this, args[0])
    keepPluginOptions(this, plugin, args[0])
    return register.call(this, plugin, ...args.map(options => guardPluginOptions(this, plugin, options)))
  } as unknown as FastifyInstance['register']
}

/** The symbol under which fastify-plugin stores the name of a plugin. */
const displayName = Symbol.for('fastify.display-name')

function recordRoutes (app: FastifyInstance): void {
  const routes: EarlyRoute[] = []
  routesByServer.set(app.server, routes)
  app.addHook('onRoute', function (route) {
    const early: EarlyRoute = { route, scope: this, url: route.url, isBound: false }
    routes.push(early)
    recordHandler(route)
    route.config = Object.assign({ ...route.config }, { [routeMark]: route })
    if (isPreflightRoute(String(route.method), route.url)) {
      route.errorHandler ??= (error, request, reply) => request.server.errorHandler(error, request, reply)
    }
    // Without parameters, because a callback with parameters would receive the error of the plugin.
    this.after(() => {
      early.isBound = true
    })
  })
  app.addHook('onReady', done => {
    routesByServer.delete(app.server)
    done()
  })
}

/**
 * Returns whether a route is the `OPTIONS *` of @fastify/cors. It is usually registered before the plugin. The hooks of
 * all preflight requests run on it, so it uses the error handler that its scope has later.
 */
export function isPreflightRoute (method: string, url: string): boolean {
  return method === 'OPTIONS' && url.endsWith('*')
}

/** Returns the mark of an early route from its `config`. The route and its requests have the same mark. */
export function getRouteMark (config: object | undefined): object | undefined {
  return (config as MarkedConfig | undefined)?.[routeMark]
}

/** Returns the routes of a scope and of its nested scopes so far, until the application is ready. */
export function listRoutes (app: FastifyInstance): RouteOptions[] {
  return (routesByServer.get(app.server) ?? []).filter(({ scope }) => isInside(scope, app)).map(({ route }) => route)
}

/** Removes and returns the early routes of a scope and of its nested scopes. */
export function takeRoutes (app: FastifyInstance): Routes {
  const early = (routesByServer.get(app.server) ?? []).filter(({ scope }) => isInside(scope, app))
  const isUnhandled = ({ scope, isBound }: EarlyRoute): boolean => isBound && isOwner(app, scope)
  const all = routesByServer.get(app.server) ?? []
  return {
    forEach (hook) {
      for (const earlyRoute of early.filter(earlyRoute => !isUnhandled(earlyRoute))) {
        hook(earlyRoute.route, earlyRoute.scope, true, earlyRoute.url)
      }
      app.addHook('onRoute', function (route) {
        recordHandler(route)
        hook(route, this, false, route.url)
      })
    },
    unhandled: early.filter(isUnhandled).map(({ route }) => route),
    listOutside: () => all.filter(({ scope }) => findOwner(scope) === undefined).map(({ route }) => route),
    listAll: () => all.map(({ route }) => route)
  }
}

/** Warns about the routes whose errors the plugin does not handle, because they were registered too early. */
export function warnUnhandledRoutes (routes: readonly RouteOptions[]): void {
  const names = listRouteNames(routes)
  if (names === '') return
  process.emitWarning(
    `These routes were registered before fastify-api-errors, so it does not handle their errors: ${names}. Register it first, or set config.errors to false on them.`,
    { code: 'FASTIFY_API_ERRORS_TOO_EARLY' }
  )
}
