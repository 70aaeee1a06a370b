/**
 * Lists the undocumented behaviors that this package relies on, each in one sentence. Each behavior has a test of the
 * same name in test/fastify/internals.test.ts, which fails if the behavior changes. `in` is the file, if the code is
 * not in this file.
 */
import { channel } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { HookName } from './hook-names.js'
import { scopesAround } from './scopes.js'

/** An undocumented behavior that this package relies on. */
export interface Reliance {
  readonly on:
    | 'fastify'
    | 'node'
    | '@fastify/swagger'
    | '@fastify/rate-limit'
    | '@fastify/under-pressure'
    | '@fastify/auth'
    | '@fastify/jwt'
    | '@fastify/bearer-auth'
    | '@fastify/compress'
  readonly behavior: string
  readonly in?: string
}

/** All of these behaviors, by the names of their tests. */
export const reliances: Readonly<Record<string, Reliance>> = {
  effectiveHooks: {
    on: 'fastify',
    behavior:
      'A scope stores the hooks that run on its routes, including hooks of outer scopes, under the symbol fastify.hooks.'
  },
  decorators: {
    on: 'fastify',
    behavior:
      'A scope stores the classes of its requests and replies, with the decorators, under the symbols fastify.Request and fastify.Reply.'
  },
  serverOptions: {
    on: 'fastify',
    behavior:
      'A scope stores the options of Fastify() under the symbol fastify.options. routerOptions.onMaxParamLength responds to a parameter that is too long.'
  },
  composedHooks: {
    on: '@fastify/auth',
    behavior:
      'app.auth() replaces the functions in its list with bound functions, and its source has the word relation.',
    in: 'lib/fastify/composed-hooks.ts'
  },
  tokenCheck: {
    on: '@fastify/jwt',
    behavior:
      'The decorator that verifies a token has the name requestVerify, and its source has the name jwtVerifyName.',
    in: 'lib/infer/code/function-errors.ts'
  },
  scopes: { on: 'fastify', behavior: 'The prototype of a scope is its outer scope.', in: 'lib/fastify/scopes.ts' },
  errorHandlerFlag: {
    on: 'fastify',
    behavior: 'The symbol fastify.errorHandlerAlreadySet of a scope shows whether an error handler was set on it.'
  },
  errorHandlerChain: {
    on: 'fastify',
    behavior:
      'If an error handler throws, the handler that was set before it receives the error, even on the same scope.',
    in: 'lib/fastify/set-error-handler.ts'
  },
  initialization: {
    on: 'fastify',
    behavior: 'Fastify publishes each new instance on the channel fastify.initialization before it is returned.',
    in: 'lib/fastify/early-routes.ts'
  },
  routeOptions: {
    on: 'fastify',
    behavior:
      'Fastify reads the hooks of a route from the object that onRoute hooks receive, after the callbacks of after() and before onReady.',
    in: 'lib/fastify/guard-hooks.ts'
  },
  routeConfig: {
    on: 'fastify',
    behavior: 'Fastify copies config of a route, with its symbols, after the onRoute hooks.',
    in: 'lib/fastify/early-routes.ts'
  },
  errorHandlerBinding: {
    on: 'fastify',
    behavior: 'A route uses the error handler that its scope has when the callbacks of after() run.',
    in: 'lib/fastify/early-routes.ts'
  },
  hookOrder: {
    on: 'fastify',
    behavior:
      'Fastify adds a hook to a scope after it has loaded the plugins that were registered before addHook() was called.',
    in: 'lib/fastify/guard-hooks.ts'
  },
  displayName: {
    on: 'fastify',
    behavior: 'fastify-plugin stores the name of a plugin under the symbol fastify.display-name.',
    in: 'lib/fastify/early-routes.ts'
  },
  requestListener: {
    on: 'fastify',
    behavior: 'The listener for requests on each server of an application is app.routing.'
  },
  rewriteUrl: {
    on: 'fastify',
    behavior: 'Fastify calls rewriteUrl for every request, before it does anything else.',
    in: 'lib/server/early-rejections.ts'
  },
  longParameter: {
    on: 'fastify',
    behavior:
      'For a parameter that is too long, findRoute() returns a handler without searchParams. A route always has searchParams.',
    in: 'lib/respond/allow-header.ts'
  },
  initialConfig: {
    on: 'fastify',
    behavior: 'initialConfig.routerOptions shows the constraint strategies that were given to Fastify.',
    in: 'lib/respond/allow-header.ts'
  },
  moduleCache: {
    on: 'node',
    behavior: 'Module._cache has the paths of the CommonJS modules that are loaded.',
    in: 'lib/infer/find-database.ts'
  },
  replySend: {
    on: 'fastify',
    behavior: 'If a hook throws while a response is sent, Fastify passes the error to reply.send().',
    in: 'lib/respond/send-response.ts'
  },
  replySerializer: {
    on: 'fastify',
    behavior: 'If the reply has a serializer, Fastify does not change the content type of a string.',
    in: 'lib/respond/send-response.ts'
  },
  listenChannel: {
    on: 'node',
    behavior: 'Node publishes each server that starts to listen on the channel tracing:net.server.listen:asyncStart.'
  },
  secureConnecting: {
    on: 'node',
    behavior: 'secureConnecting of a TLS socket is true until the handshake is done.',
    in: 'lib/server/malformed-http.ts'
  },
  httpMessage: {
    on: 'node',
    behavior: '_httpMessage of a socket is the response that is being sent on it.',
    in: 'lib/server/malformed-http.ts'
  },
  rateLimitHook: {
    on: '@fastify/rate-limit',
    behavior: 'The source of its hook has the names onExceeded and addHeadersOnExceeding.',
    in: 'lib/infer/known-plugins.ts'
  },
  rateLimitFunction: {
    on: '@fastify/rate-limit',
    behavior: 'The function of the plugin refers to itself as fastifyRateLimit.',
    in: 'lib/fastify/rate-limit-plugin-options.ts'
  },
  compressHook: {
    on: '@fastify/compress',
    behavior: 'The source of its hook for request bodies has the names onUnsupportedRequestEncoding and decompressStream.',
    in: 'lib/infer/known-plugins.ts'
  },
  credentialFunctions: {
    on: '@fastify/jwt',
    behavior: 'The functions of jwt and basic-auth refer to themselves as fastifyJwt and fastifyBasicAuth.',
    in: 'lib/fastify/guard-plugin-options.ts'
  },
  objectMode: {
    on: 'node',
    behavior: '_writableState of a stream has objectMode, and that of readable-stream, too.',
    in: 'lib/fastify/guard-streams.ts'
  },
  credentialHooks: {
    on: '@fastify/bearer-auth',
    behavior:
      'The hooks of bearer-auth, basic-auth and csrf-protection have the names and messages that are used to find them.',
    in: 'lib/infer/known-plugins.ts'
  },
  pressureHook: {
    on: '@fastify/under-pressure',
    behavior: 'The source of its onRequest hook reads routeOptions.config.pressureHandler.',
    in: 'lib/infer/known-plugins.ts'
  },
  swaggerTransform: {
    on: '@fastify/swagger',
    behavior: 'Unknown x- properties of a schema stay on its operation until transformObject is called.',
    in: 'lib/openapi/swagger-options.ts'
  },
  swaggerHeadRoutes: {
    on: '@fastify/swagger',
    behavior: 'The options of some HEAD routes are copied, and keep the handler.',
    in: 'lib/infer/route-errors.ts'
  }
}

/**
 * Returns a symbol that Fastify uses on every scope, by its description; `undefined` if this version of Fastify does
 * not have it.
 */
function findSymbol (scope: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(scope).find(symbol => symbol.description === description)
}

/** The objects on which decorators are looked up. */
export type DecoratorOwner = 'request' | 'reply' | 'app'

/**
 * Returns the value of a decorator by name: on the requests of a scope, its replies, or the scope itself. Getters are
 * not called. Returns `undefined` if there is no such decorator.
 */
export function getDecorator (scope: object, owner: DecoratorOwner, name: string): unknown {
  const target = owner === 'app'
    ? scope
    : getPrototypeOf(scope, owner === 'request' ? 'fastify.Request' : 'fastify.Reply')
  if (target === undefined) return undefined
  for (const current of scopesAround(target)) {
    const property = Object.getOwnPropertyDescriptor(current, name)
    if (property !== undefined) return property.value
  }
  return undefined
}

function getPrototypeOf (scope: object, description: string): object | undefined {
  for (const current of scopesAround(scope)) {
    const symbol = findSymbol(current, description)
    if (symbol !== undefined) return (current as Record<symbol, { readonly prototype: object }>)[symbol]?.prototype
  }
  return undefined
}

/** The options of `Fastify()` that are read here. */
interface ServerOptions {
  readonly frameworkErrors?: unknown
  readonly routerOptions?: { readonly onMaxParamLength?: unknown, readonly maxParamLength?: unknown }
}

/**
 * Returns the options of Fastify, with its defaults. Returns an empty object if this version of Fastify does not store
 * them.
 */
export function getServerOptions (scope: object): ServerOptions {
  for (const current of scopesAround(scope)) {
    const symbol = findSymbol(current, 'fastify.options')
    if (symbol !== undefined) return (current as Record<symbol, ServerOptions>)[symbol] as ServerOptions
  }
  return {}
}

/** Returns the hooks with a name that run on the routes of a scope, as Fastify stores them. */
export function getEffectiveHooks (scope: object, name: HookName): readonly object[] {
  for (const current of scopesAround(scope)) {
    const symbol = findSymbol(current, 'fastify.hooks')
    if (symbol !== undefined) {
      return (current as Record<symbol, Partial<Record<HookName, readonly object[]>>>)[symbol]?.[name] ?? []
    }
  }
  return []
}

const errorHandlerFlag = 'fastify.errorHandlerAlreadySet'

/** Returns the error handler that was set on a scope itself, not an inherited one. */
export function getOwnErrorHandler (scope: FastifyInstance): FastifyInstance['errorHandler'] | undefined {
  const flag = findSymbol(scope, errorHandlerFlag)
  return flag !== undefined && (scope as unknown as Record<symbol, unknown>)[flag] === true
    ? scope.errorHandler
    : undefined
}

/**
 * Resets Fastify's mark that an error handler was set on a scope, so that another handler replaces it without a
 * warning.
 */
export function resetErrorHandler (scope: FastifyInstance): void {
  const flag = findSymbol(scope, errorHandlerFlag)
  if (flag !== undefined) Object.assign(scope, { [flag]: false })
}

const listenChannel = channel('tracing:net.server.listen:asyncStart')

/**
 * Calls a function with each additional server of an application. Fastify creates one for each address of `localhost`.
 * It does not expose these servers and sets no error handlers on them.
 */
export function onAdditionalServer (app: FastifyInstance, onServer: (server: Server) => void): void {
  const notice = (message: unknown): void => {
    const { server } = message as { readonly server: Server }
    if (server.listeners('request').includes(app.routing)) onServer(server)
  }
  app.server.once('listening', () => listenChannel.subscribe(notice))
  app.addHook('onListen', done => {
    listenChannel.unsubscribe(notice)
    done()
  })
}
