/** Sets the error handler of the plugin so that the application's own handlers win over it, whenever they were set. */
import type { FastifyInstance } from 'fastify'
import { forgetErrorHandler, getOwnErrorHandler } from './internals.js'

type ErrorHandler = Parameters<FastifyInstance['setErrorHandler']>[0]

/**
 * Sets an error handler on a scope. If the scope has one already, because the plugin is loaded later than
 * `app.register()` was called, that one stays the first: what it throws goes to ours.
 *
 * @returns the handler as Fastify has bound it
 */
export function setErrorHandler (app: FastifyInstance, handler: ErrorHandler): unknown {
  const present = getOwnErrorHandler(app)
  // Fastify warns of a second handler in one scope, or refuses it. Here nobody replaces one by mistake.
  forgetErrorHandler(app)
  app.setErrorHandler(handler)
  const bound = app.errorHandler
  forgetErrorHandler(app)
  if (present !== undefined) app.setErrorHandler(present)
  return bound
}
