/**
 * Sets the not-found handler of the plugin. A scope can have only one, so the errors about a second handler mention the
 * option.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { getDecorator } from './internals.js'
import { findOwner, isInside } from './registrations.js'

type SetHandler = (this: FastifyInstance, hooks: object, handler: (...args: never[]) => unknown) => unknown

/** The scopes whose handler belongs to the plugin, by server and prefix. */
const handled = new WeakMap<object, Map<string, FastifyInstance>>()

/**
 * Returns whether another registration responds to requests without a route below the prefix of a scope. This happens
 * if a scope without a prefix registers the plugin again. Then the outer registration responds, or the first of two
 * sibling scopes.
 */
export function isNotFoundHandledElsewhere (app: FastifyInstance): boolean {
  const owner = findOwner(Object.getPrototypeOf(app) as object) as FastifyInstance | undefined
  const scope = handled.get(app.server)?.get(getPrefix(app))
  return (owner !== undefined && getPrefix(owner) === getPrefix(app)) || (scope !== undefined && !isInside(scope, app))
}

/**
 * Sets a not-found handler on a scope.
 *
 * @throws Error if a nested scope without a prefix has the handler of the plugin
 * @throws Error if the scope already has a not-found handler. After this call, `app.setNotFoundHandler()` also throws.
 */
export function setNotFoundHandler (app: FastifyInstance, hooks: object, handler: (...args: never[]) => unknown): void {
  const setHandler = app.setNotFoundHandler as SetHandler
  const prefix = getPrefix(app)
  const scopes = handled.get(app.server) ?? new Map<string, FastifyInstance>()
  if (scopes.has(prefix)) {
    throw new Error(
      `fastify-api-errors: a nested scope without a prefix registered the plugin first and responds to unknown paths below '${prefix}'. Register the plugin in the outer scope first, or set notFound to false in the nested scope.`
    )
  }
  try {
    setHandler.call(app, hooks, handler)
  } catch (cause) {
    throw new Error(
      `fastify-api-errors: the prefix '${prefix}' already has a not-found handler. Set notFound to false to keep it.`,
      { cause }
    )
  }
  handled.set(app.server, scopes.set(prefix, app))
  app.setNotFoundHandler = function (this: FastifyInstance, ...args: unknown[]) {
    try {
      return Reflect.apply(setHandler, this, args)
    } catch (cause) {
      if (this.prefix !== app.prefix) throw cause
      throw new Error(
        `fastify-api-errors: the plugin is the not-found handler of the prefix '${prefix}'. To use your own handler, set the option notFound to false.`,
        { cause }
      )
    }
  }
}

/**
 * Guards `reply.callNotFound()`. If a not-found handler calls it, Fastify would send a string. The given function
 * responds instead.
 */
export function guardCallNotFound (
  scope: FastifyInstance,
  respond: (request: FastifyRequest, reply: FastifyReply) => void
): void {
  const callNotFound = getDecorator(scope, 'reply', 'callNotFound') as FastifyReply['callNotFound']
  scope.decorateReply('callNotFound', function (this: FastifyReply) {
    if (!this.request.is404) return callNotFound.call(this)
    respond(this.request, this)
    return this
  })
}

/** Returns the prefix of a scope, without a slash at the end. */
function getPrefix ({ prefix }: FastifyInstance): string {
  return prefix.replace(/\/$/, '') || '/'
}
