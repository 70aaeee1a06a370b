/**
 * Responds to HTTP/2 requests with a method that Node does not know. Fastify has no route for them, and passes an error
 * to the outermost scope.
 */
import { METHODS } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findUnroutedHook } from '../fastify/unrouted-requests.js'
import { createNotFoundHandler } from '../respond/not-found-handler.js'
import { readProperty } from '../support/call-safely.js'
import { getResponder } from './server-state.js'

const knownMethods: ReadonlySet<string> = new Set(METHODS)

/** Returns whether Fastify created an error because it cannot route the method of a request. */
export function isUnknownMethod (error: unknown, { method }: FastifyRequest): boolean {
  return !knownMethods.has(method) && readProperty(error, 'code') === 'FST_ERR_NOT_FOUND'
}

/**
 * Responds like a request without a route, in the format and with the limits of the registration that the URL belongs
 * to.
 */
export function respondToUnknownMethod (request: FastifyRequest, reply: FastifyReply): void {
  const { server } = request.server
  const responder = getResponder(server, request.originalUrl)
  const respond = (rejection: Error | undefined): void => {
    if (rejection === undefined) createNotFoundHandler(responder)(request, reply)
    else responder.handle(rejection, request, reply)
  }
  const hook = findUnroutedHook(server, request.originalUrl)
  if (hook === undefined) respond(undefined)
  else hook(request, reply).then(respond, respond)
}
