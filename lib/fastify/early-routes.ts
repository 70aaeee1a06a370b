/** Sees the routes that are registered before the plugin is loaded, and hands them to it together with the later ones. */
import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifyPluginCallback, RouteOptions } from 'fastify'
import { trackComposedHooks } from './composed-hooks.js'
import { trackCalls } from './guard-calls.js'
import { trackHooks } from './hooks.js'
import { keepPluginOptions } from './plugin-options.js'
import { addRegistration, isInside, isOwner, pluginName } from './registrations.js'
import type { Routes } from './routes.js'

/** A route that was registered before the plugin was loaded. */
interface EarlyRoute {
  readonly route: RouteOptions
  readonly scope: FastifyInstance
  /** The path at the time of registration. */
  readonly url: string
  /** Whether Fastify has given the route its error handler: one that is set from now on comes too late for it. */
  isBound: boolean
}

/** The routes by server, until the application is ready. */
const noted = new WeakMap<object, EarlyRoute[]>()

/** Stands for a route on its `config`, which Fastify copies: the one property of a route that a request shows. */
const routeMark: unique symbol = Symbol('fastify-api-errors.route')

interface MarkedConfig {
  readonly [routeMark]?: object
}

let isWatching = false

/**
 * Notes the routes and hooks of each Fastify that is made from now on. `app.register(apiErrors)` without `await` loads
 * the plugin after the routes that are registered in the same breath, and these belong to it, too.
 */
export function watchRoutes (): void {
  if (isWatching) return
  isWatching = true
  subscribe('fastify.initialization', message => {
    const { fastify } = message as { readonly fastify: FastifyInstance }
    trackHooks(fastify)
    trackCalls(fastify)
    trackComposedHooks(fastify)
    noteRegistrations(fastify)
    noteRoutes(fastify)
  })
}

/** Fastify loads a plugin later than `register()` is called, and until then a scope must not count as that of another registration. */
function noteRegistrations (app: FastifyInstance): void {
  const register = app.register as (this: FastifyInstance, ...args: unknown[]) => FastifyInstance
  app.register = function (this: FastifyInstance, plugin: FastifyPluginCallback & { readonly [displayName]?: string }, ...args: unknown[]) {
    if (plugin?.[displayName] === pluginName) addRegistration(this, args[0])
    keepPluginOptions(this, plugin, args[0])
    return register.call(this, plugin, ...args)
  } as unknown as FastifyInstance['register']
}

/** The name that fastify-plugin gives a plugin. */
const displayName = Symbol.for('fastify.display-name')

function noteRoutes (app: FastifyInstance): void {
  const routes: EarlyRoute[] = []
  noted.set(app.server, routes)
  app.addHook('onRoute', function (route) {
    const early: EarlyRoute = { route, scope: this, url: route.url, isBound: false }
    routes.push(early)
    route.config = Object.assign({ ...route.config }, { [routeMark]: route })
    // Without parameters, so that the error of a plugin is left to whoever handles it.
    this.after(() => { early.isBound = true })
  })
  app.addHook('onReady', done => {
    routes.length = 0
    done()
  })
}

/** Returns what stands for an early route on its `config`: the same for the route and for a request to it, another for each route. */
export function getRouteMark (config: object | undefined): object | undefined {
  return (config as MarkedConfig | undefined)?.[routeMark]
}

/** Takes the early routes of a scope and of those below it. */
export function takeRoutes (app: FastifyInstance): Routes {
  const early = (noted.get(app.server) ?? []).filter(({ scope }) => isInside(scope, app))
  const isUnhandled = ({ scope, isBound }: EarlyRoute): boolean => isBound && isOwner(app, scope)
  return {
    forEach (hook) {
      for (const each of early.filter(each => !isUnhandled(each))) hook(each.route, each.scope, true, each.url)
      app.addHook('onRoute', function (route) { hook(route, this, false, route.url) })
    },
    unhandled: early.filter(isUnhandled).map(({ route }) => route)
  }
}

/** Warns of the routes whose errors the plugin does not answer, because they were registered too early. */
export function warnUnhandledRoutes (routes: readonly RouteOptions[]): void {
  const shown = routes.filter(({ method }) => method !== 'HEAD')
  if (shown.length === 0) return
  const names = shown.map(({ method, url }) => `${String(method)} ${url}`).join(', ')
  process.emitWarning(
    `These routes were registered before fastify-api-errors, which does not answer their errors: ${names}. Register it first, or set config.errors to false on them.`,
    { code: 'FASTIFY_API_ERRORS_TOO_EARLY' }
  )
}
