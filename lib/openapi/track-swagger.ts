/**
 * Tracks the registrations of @fastify/swagger, so that its documents have the errors without extra code in the
 * application.
 *
 * @fastify/swagger reads its options when it is loaded and does not expose them. So `register` is wrapped on every
 * Fastify instance that is created after this package was imported, and on instances with this plugin. @fastify/swagger
 * then receives the application's options with a composed `transform` and `transformObject` (swagger-options.ts).
 * Neither changes the documents of applications without this plugin.
 */
import { subscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { listRoutes } from '../fastify/early-routes.js'
import { findPluginFunction } from '../fastify/find-plugin-function.js'
import { listRegistrationsOnServer } from '../fastify/registrations.js'
import { listRouteNames } from '../fastify/routes.js'
import { runsPlugin, scopesAround } from '../fastify/scopes.js'
import { isObject } from '../support/is-object.js'
import { hasOwnTransform } from './route-transforms.js'
import { addDocument, findDocuments } from './swagger-documents.js'
import { composeOptions, getOriginalOptions, type SwaggerOptions } from './swagger-options.js'

type Plugin = (this: unknown, scope: FastifyInstance, options: SwaggerOptions, done: () => void) => unknown

type Register = (this: FastifyInstance, plugin: unknown, options?: unknown) => FastifyInstance

const tracked = new WeakSet<object>()

/** Tracks the registrations on every Fastify instance that is created from now on. */
export function trackSwaggerOfNewApps (): void {
  subscribe('fastify.initialization', message => {
    trackSwagger((message as { readonly fastify: FastifyInstance }).fastify)
  })
}

/** Tracks the registrations on an application and on its scopes, unless they are tracked already. */
export function trackSwagger (app: FastifyInstance): void {
  // Scopes inherit the `register` of the outermost instance.
  const root = [...scopesAround(app)].findLast(scope => Object.hasOwn(scope, 'register')) as FastifyInstance
  if (tracked.has(root)) return
  tracked.add(root)
  const register = root.register as unknown as Register
  root.register = function (this: FastifyInstance, plugin: unknown, options?: unknown) {
    return register.call(this, isPromise(plugin) ? plugin.then(replaceSwagger) : replaceSwagger(plugin), options)
  } as unknown as FastifyInstance['register']
}

/**
 * Returns @fastify/swagger, passed as a function or module, with a function that composes the options. Returns any
 * other plugin unchanged.
 */
function replaceSwagger (plugin: unknown): unknown {
  const swagger = findPluginFunction(plugin, 'fastifySwagger') as Plugin | undefined
  if (swagger === undefined) return plugin
  const composed: Plugin = function (scope, options, done) {
    return swagger.call(this, scope, registerDocument(scope, { ...options }), done)
  }
  // Fastify reads the name of a plugin, and whether it has its own scope, from properties with symbols.
  return Object.assign(
    composed,
    Object.fromEntries(
      Object.getOwnPropertySymbols(swagger).map(
        symbol => [symbol, (swagger as unknown as Record<symbol, unknown>)[symbol]]
      )
    )
  )
}

function registerDocument (scope: FastifyInstance, options: SwaggerOptions): SwaggerOptions {
  const given = getOriginalOptions(options)
  addDocument(scope, given)
  // A document in static mode is not changed.
  if (given.mode === 'static' || !hasOpenApi(given)) return given
  if (listRegistrationsOnServer(scope).length > 0) {
    warnOfEarlierRoutes(
      listRoutes(scope).filter(route => (route.schema as { readonly hide?: boolean } | undefined)?.hide !== true)
    )
  }
  const routes: RouteOptions[] = []
  scope.addHook('onRoute', route => {
    if (hasOwnTransform(route)) routes.push(route)
  })
  return composeOptions(given, routes)
}

/**
 * Warns about routes that are not in a document, because @fastify/swagger only adds the routes that are registered
 * after it.
 */
function warnOfEarlierRoutes (routes: readonly RouteOptions[]): void {
  const names = listRouteNames(routes)
  if (names === '') return
  process.emitWarning(
    `@fastify/swagger was loaded after these routes, so its document does not have them: ${names}. Register it with await before the routes.`,
    { code: 'FASTIFY_API_ERRORS_LATE_DOCUMENT' }
  )
}

function hasOpenApi ({ mode, openapi }: SwaggerOptions): boolean {
  return mode === 'static' || (openapi !== undefined && openapi !== null)
}

/** Warns about documents of some scopes that cannot have the errors, and how to fix them. */
export function warnOfDocumentsWithoutErrors (scopes: readonly FastifyInstance[]): void {
  const distinct = [...new Set(scopes)]
  if (distinct.some(scope => findDocuments(scope).some(({ options }) => !hasOpenApi(options)))) {
    process.emitWarning(
      'A document uses Swagger 2.0, which cannot describe the errors. Register @fastify/swagger with { openapi: {} }.',
      { code: 'FASTIFY_API_ERRORS_SWAGGER_2' }
    )
  }
  if (distinct.some(scope => runsPlugin(scope, '@fastify/swagger') && findDocuments(scope).length === 0)) {
    process.emitWarning(
      'The options of a document are unknown, so it may lack errors. Register @fastify/swagger with swaggerOptions(), or import fastify-api-errors before Fastify() is called.',
      { code: 'FASTIFY_API_ERRORS_UNKNOWN_DOCUMENT' }
    )
  }
}

function isPromise (value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value.then === 'function'
}
