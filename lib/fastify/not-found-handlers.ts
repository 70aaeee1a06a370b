/** Sets the not-found handler of the plugin. A scope can have only one, so the errors about a second handler mention the option. */
import type { FastifyInstance } from 'fastify'

type SetHandler = (this: FastifyInstance, hooks: object, handler: (...args: never[]) => unknown) => unknown

/**
 * Sets a not-found handler on a scope.
 *
 * @throws Error if the scope already has a not-found handler. After this call, `app.setNotFoundHandler()` also throws.
 */
export function setNotFoundHandler (app: FastifyInstance, hooks: object, handler: (...args: never[]) => unknown): void {
  const setHandler = app.setNotFoundHandler as SetHandler
  const prefix = app.prefix === '' ? '/' : app.prefix
  try {
    setHandler.call(app, hooks, handler)
  } catch (cause) {
    throw new Error(`fastify-api-errors: the prefix '${prefix}' already has a not-found handler. Set notFound to false to keep it.`, { cause })
  }
  app.setNotFoundHandler = function (this: FastifyInstance, ...args: unknown[]) {
    try {
      return Reflect.apply(setHandler, this, args)
    } catch (cause) {
      if (this.prefix !== app.prefix) throw cause
      throw new Error(`fastify-api-errors: the plugin is the not-found handler of the prefix '${prefix}'. To use your own handler, set the option notFound to false.`, { cause })
    }
  }
}
