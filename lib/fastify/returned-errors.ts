/** Errors that a function of the application returns, where Fastify takes what is returned for a success. */
import { types } from 'node:util'
import { isApiError } from '../catalog/api-error.js'

/** Returns what a function returned, unless it is an error, or a promise of one: that is thrown. */
export function checkReturned (result: unknown): unknown {
  if (result instanceof Promise) return result.then(throwError)
  // A reply is used like a promise, too.
  if (typeof (result as { readonly then?: unknown } | null | undefined)?.then === 'function') return Promise.resolve(result).then(throwError)
  return throwError(result)
}

/** Returns whether a value is an error, of this realm or another, or of another copy of this package. */
export function isError (value: unknown): boolean {
  return typeof value === 'object' && value !== null && (value instanceof Error || types.isNativeError(value) || isApiError(value))
}

function throwError (value: unknown): unknown {
  if (isError(value)) throw value
  return value
}
