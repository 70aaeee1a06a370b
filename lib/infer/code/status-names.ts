/** Lists the statuses of error names, such as those of http-errors. The rules about code and `infer` both use it. */
import { STATUS_CODES } from 'node:http'

/**
 * The statuses by their names in lower case: the phrases of HTTP, the other names in http-errors, @fastify/sensible,
 * Boom and Nest, and the usual names of an application's own errors.
 */
const statusByName: ReadonlyMap<string, number> = new Map([
  ...Object.entries(STATUS_CODES).map(([status, phrase]) =>
    [(phrase as string).replace(/[^A-Za-z]/g, '').toLowerCase(), Number(status)] as const
  ).filter(([, status]) => status >= 400),
  ['proxyauthrequired', 407],
  ['clienttimeout', 408],
  ['resourcegone', 410],
  ['entitytoolarge', 413],
  ['uritoolong', 414],
  ['requestedrangenotsatisfiable', 416],
  ['teapot', 418],
  ['baddata', 422],
  ['illegal', 451],
  ['internal', 500],
  ['internalserver', 500],
  ['badimplementation', 500],
  ['servertimeout', 503],
  ['serverunavailable', 503],
  ['notauthorized', 401],
  ['notauthenticated', 401],
  ['unauthenticated', 401],
  ['permission', 403],
  ['permissiondenied', 403],
  ['accessdenied', 403]
])

/** Returns the status that a name has: `notFound`, `NotFoundError`, `NOT_FOUND`. */
export function getNamedStatus (name: string): number | undefined {
  return statusByName.get(name.replace(/(Error|Exception)$|_/g, '').toLowerCase())
}
