/** Responds to requests without a route: 404, or 405 with `Allow`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { allowedMethods } from './allow-header.js'
import type { Responder } from './error-handler.js'

/**
 * Returns the handler for requests without a route: 405 with `Allow` if the path has routes for other methods (RFC
 * 9110, section 15.5.6), otherwise 404 `route_not_found`. It also runs if a handler calls `reply.callNotFound()`.
 */
export function createNotFoundHandler (responder: Responder) {
  const { errors } = responder.settings
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const allowed = allowedMethods(request)
    const isNotFound = allowed.length === 0 || allowed.includes(request.method)
    const error = isNotFound
      ? errors.route_not_found()
      : errors.method_not_allowed({ meta: { allowed }, headers: { allow: allowed.join(', ') } })
    responder.handle(error, request, reply, 'routeNotFound')
  }
}
