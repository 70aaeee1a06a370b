/** Throws errors that a function of the application returns, because Fastify would treat the call as successful. */
import { types } from 'node:util'
import { isApiError } from '../catalog/api-error.js'

/** Returns the result of a function. If the result is an error, or a promise of an error, it is thrown instead. */
export function checkReturned (result: unknown): unknown {
  if (result instanceof Promise) return result.then(throwError)
  // A reply is also thenable.
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
