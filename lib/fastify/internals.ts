/**
 * Lists the undocumented behaviors that this package relies on, each in one sentence. Each has a test of the same name in
 * test/fastify/internals.test.ts, which fails if the behavior changes. `in` names the file if the code cannot be here.
 */
import { channel } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** An undocumented behavior that this package relies on. */
export interface Reliance {
  readonly on: 'fastify' | 'node' | '@fastify/swagger' | '@fastify/rate-limit'
  readonly behaviour: string
  readonly in?: string
}

/** Every reliance, by the name of its test. */
export const reliances: Readonly<Record<string, Reliance>> = {
  scopes: { on: 'fastify', behaviour: 'The prototype of a scope is its outer scope.', in: 'lib/fastify/scopes.ts' },
  errorHandlerFlag: { on: 'fastify', behaviour: 'The symbol fastify.errorHandlerAlreadySet of a scope says whether an error handler was set on it.' },
  errorHandlerChain: {
    on: 'fastify', behaviour: 'If an error handler throws, the handler that was set before it gets the error, also on the same scope.', in: 'lib/fastify/error-handlers.ts'
  },
  initialization: { on: 'fastify', behaviour: 'Fastify publishes each new instance on the channel fastify.initialization before it is returned.', in: 'lib/fastify/early-routes.ts' },
  routeOptions: {
    on: 'fastify', behaviour: 'Fastify reads the hooks of a route from the object that onRoute hooks receive, after the callbacks of after() and before onReady.', in: 'lib/fastify/hooks.ts'
  },
  routeConfig: { on: 'fastify', behaviour: 'Fastify copies config of a route, with its symbols, after the onRoute hooks.', in: 'lib/fastify/early-routes.ts' },
  errorHandlerBinding: { on: 'fastify', behaviour: 'A route uses the error handler that its scope has when the callbacks of after() run.', in: 'lib/fastify/early-routes.ts' },
  hookOrder: { on: 'fastify', behaviour: 'Fastify adds a hook to a scope after it has loaded the plugins that were registered before addHook() was called.', in: 'lib/fastify/hooks.ts' },
  displayName: { on: 'fastify', behaviour: 'fastify-plugin stores the name of a plugin under the symbol fastify.display-name.', in: 'lib/fastify/early-routes.ts' },
  requestListener: { on: 'fastify', behaviour: 'The listener for requests on each server of an application is app.routing.' },
  rewriteUrl: { on: 'fastify', behaviour: 'Fastify calls rewriteUrl for every request, before it does anything else.', in: 'lib/server/early-rejections.ts' },
  initialConfig: { on: 'fastify', behaviour: 'initialConfig.routerOptions shows the constraint strategies that were given to Fastify.', in: 'lib/respond/allow-header.ts' },
  replySend: { on: 'fastify', behaviour: 'If a hook throws while a response is sent, Fastify passes the error to reply.send().', in: 'lib/respond/send-response.ts' },
  replySerializer: { on: 'fastify', behaviour: 'If the reply has a serializer, Fastify does not change the content type of a string.', in: 'lib/respond/send-response.ts' },
  listenChannel: { on: 'node', behaviour: 'Node publishes each server that starts to listen on the channel tracing:net.server.listen:asyncStart.' },
  secureConnecting: { on: 'node', behaviour: 'secureConnecting of a TLS socket is true until the handshake is done.', in: 'lib/server/malformed-http.ts' },
  httpMessage: { on: 'node', behaviour: '_httpMessage of a socket is the response that is being sent on it.', in: 'lib/server/malformed-http.ts' },
  swaggerTransform: { on: '@fastify/swagger', behaviour: 'Unknown x- properties of a schema stay on its operation until transformObject is called.', in: 'lib/openapi/swagger-options.ts' },
  swaggerHeadRoutes: { on: '@fastify/swagger', behaviour: 'The options of some HEAD routes are copied, and keep the handler.', in: 'lib/infer/documenter.ts' }
}

/** Returns a symbol that Fastify uses on every scope, by its description; `undefined` if this version of Fastify does not have it. */
function findSymbol (scope: object, description: string): symbol | undefined {
  return Object.getOwnPropertySymbols(scope).find(symbol => symbol.description === description)
}

const errorHandlerFlag = 'fastify.errorHandlerAlreadySet'

/** Returns the error handler that was set on a scope itself, not an inherited one. */
export function getOwnErrorHandler (scope: FastifyInstance): FastifyInstance['errorHandler'] | undefined {
  const flag = findSymbol(scope, errorHandlerFlag)
  return flag !== undefined && (scope as unknown as Record<symbol, unknown>)[flag] === true ? scope.errorHandler : undefined
}

/** Resets Fastify's mark that an error handler was set on a scope, so that another one replaces it without a warning. */
export function forgetErrorHandler (scope: FastifyInstance): void {
  const flag = findSymbol(scope, errorHandlerFlag)
  if (flag !== undefined) Object.assign(scope, { [flag]: false })
}

const listens = channel('tracing:net.server.listen:asyncStart')

/**
 * Calls a function with each additional server of an application. Fastify creates one for each address of `localhost`. It
 * does not expose these servers and sets no error handlers on them.
 */
export function watchListeningServers (app: FastifyInstance, onServer: (server: Server) => void): void {
  const notice = (message: unknown): void => {
    const { server } = message as { readonly server: Server }
    if (server.listeners('request').includes(app.routing)) onServer(server)
  }
  app.server.once('listening', () => listens.subscribe(notice))
  app.addHook('onListen', done => {
    listens.unsubscribe(notice)
    done()
  })
}
