/** Reads the HTTP status of an error. */
import type { FastifyRequest } from 'fastify'
import { isObject, type ReadonlyJsonObject } from '../support/is-object.js'

/** The properties in which libraries store the status of an error. */
export const statusProperties = ['statusCode', 'status', 'httpStatusCode', 'httpStatus'] as const

/**
 * Returns the status of an error: the first number in one of {@link statusProperties}, or Boom's `output.statusCode`.
 * Returns `undefined` if the value is not an error status.
 */
export function getStatus (error: ReadonlyJsonObject): number | undefined {
  const { output } = error
  const status = [
    ...statusProperties.map(name => error[name]),
    error.isBoom === true && isObject(output) && output.statusCode
  ].find(value => typeof value === 'number') as number | undefined
  return status !== undefined && Number.isInteger(status) && status >= 400 && status <= 599 ? status : undefined
}

/**
 * Returns the status that the application set on an error of a library or of JavaScript itself. @fastify/basic-auth
 * sets 401 or 407 on each error of its function `validate`, so these statuses do not count in applications with this
 * plugin.
 */
export function getIntendedStatus (error: ReadonlyJsonObject, request: FastifyRequest): number | undefined {
  const status = getStatus(error)
  return (status === 401 || status === 407) && request.server.hasDecorator('basicAuth') ? undefined : status
}
