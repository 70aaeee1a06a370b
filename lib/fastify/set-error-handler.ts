/**
 * Sets the error handler of the plugin. The application's own handlers take precedence, no matter when they are set.
 */
import type { FastifyInstance } from 'fastify'
import { resetErrorHandler, getOwnErrorHandler } from './internals.js'

type ErrorHandler = Parameters<FastifyInstance['setErrorHandler']>[0]

/**
 * Sets an error handler on a scope. The scope may already have a handler, because the plugin is loaded later than
 * `app.register()` is called. That handler then runs first, and our handler receives the errors that it throws.
 *
 * @returns the handler as bound by Fastify
 */
export function setErrorHandler (app: FastifyInstance, handler: ErrorHandler): unknown {
  const present = getOwnErrorHandler(app)
  // Fastify warns about a second handler in one scope, or rejects it. Here, the replacement is intended.
  resetErrorHandler(app)
  app.setErrorHandler(handler)
  const bound = app.errorHandler
  resetErrorHandler(app)
  if (present !== undefined) app.setErrorHandler(present)
  return bound
}
