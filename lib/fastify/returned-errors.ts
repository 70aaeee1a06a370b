/** Throws errors that a function of the application returns, because Fastify would treat the call as successful. */
import { types } from 'node:util'
import { isApiError } from '../catalog/api-error.js'
import { createMissingCallError, isErrorFactory } from '../catalog/define-errors.js'
import { isPromiseLike } from '../support/call-safely.js'

/** Returns the result of a function. If the result is an error, or a promise of an error, it is thrown instead. */
export function checkReturned (result: unknown): unknown {
  if (result instanceof Promise) return result.then(throwError)
  // A reply is also thenable.
  if (isPromiseLike(result)) return Promise.resolve(result).then(throwError)
  return throwError(result)
}

/**
 * Returns the error for a value that a function passed on as its result: the error itself, or an error about an
 * uncalled factory. Any other value leads to `undefined`.
 */
export function findError (value: unknown): unknown {
  if (isError(value)) return value
  return isErrorFactory(value) ? createMissingCallError(value) : undefined
}

/** Returns a callback that passes on an error that the application passed as the result. */
export function guardDone (done: Done): Done {
  return (error, result) => {
    const found = error ?? findError(result)
    return found === undefined ? done(error, result) : done(found)
  }
}

/** A callback of Fastify that receives an error, or null and a result. */
export type Done = (error: unknown, result?: unknown) => unknown

/** Returns whether a value is an error, of this realm or another, or of another copy of this package. */
export function isError (value: unknown): boolean {
  return typeof value === 'object' && value !== null &&
    (value instanceof Error || types.isNativeError(value) || isApiError(value))
}

function throwError (value: unknown): unknown {
  const error = findError(value)
  if (error !== undefined) throw error
  return value
}
