/** Responds to requests without a route: 404, or 405 with `Allow`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import { allowedMethods } from './allow-header.js'
import type { Responder } from './error-handler.js'

/**
 * Returns the handler for requests without a route: 405 with `Allow` if the path has routes for other methods (RFC 9110,
 * section 15.5.6), otherwise 404 `route_not_found`. It also runs if a handler calls `reply.callNotFound()`.
 */
export function createNotFoundHandler (responder: Responder) {
  const { errors } = responder.settings
  // Such errors differ only by their methods, so each is created once.
  const notFound = errors.route_not_found()
  const notAllowed = new Map<string, ApiError>()
  return (request: FastifyRequest, reply: FastifyReply): void => {
    const allowed = allowedMethods(request)
    if (allowed.length === 0 || allowed.includes(request.method)) {
      responder.handle(notFound, request, reply, 'routeNotFound')
      return
    }
    const allow = allowed.join(', ')
    let error = notAllowed.get(allow)
    if (error === undefined) notAllowed.set(allow, error = errors.method_not_allowed({ meta: { allowed }, headers: { allow } }))
    responder.handle(error, request, reply, 'routeNotFound')
  }
}
