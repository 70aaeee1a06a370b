/** Calls functions of the application without waiting for their result, and handles promises that they throw. */
import { types } from 'node:util'
import { describeValue } from './describe-value.js'

/**
 * Calls a function of the application without waiting for its result. If it throws or rejects, `onError` receives the
 * error. Otherwise, the response would fail, or an unhandled rejection would end the process.
 */
export function callSafely (call: () => unknown, onError: (error: unknown) => void): void {
  try {
    const result = call()
    if (isPromiseLike(result)) result.then(undefined, onError)
  } catch (thrown) {
    onError(handleThrownPromise(thrown))
  }
}

/**
 * Returns the value that a function of the application threw. A thrown promise is replaced by an error and its
 * rejection is handled, because an unhandled rejection would end the process.
 */
export function handleThrownPromise (thrown: unknown): unknown {
  if (!isPromiseLike(thrown)) return thrown
  callSafely(() => thrown.then(undefined, () => {}), () => {})
  return new Error('A function threw a promise. Return the promise instead.')
}

/**
 * Handles the rejection of a promise whose result is not used, because an unhandled rejection would end the process.
 */
export function ignoreRejection (thrown: unknown): void {
  if (!types.isPromise(thrown)) return
  try {
    Promise.prototype.then.call(thrown, undefined, () => {})
  } catch {} // a malicious promise whose constructor throws
}

/**
 * Returns the result of a function of the application that is used immediately. Handles the rejection of a promise.
 *
 * @param name the name of the function, which the message contains
 * @throws TypeError if the result is a promise
 */
export function expectResult<Result> (name: string, result: Result): Result {
  if (!(result instanceof Promise)) return result
  ignoreRejection(result)
  throw new TypeError(`${name}: expected the function to return its result, got a promise.`)
}

/**
 * Returns the text that a function of the application returned.
 *
 * @param name the name of the function, which the message contains
 * @throws TypeError if the result is not a string
 */
export function expectText (name: string, result: unknown): string {
  if (typeof result === 'string') return result
  ignoreRejection(result)
  throw new TypeError(`${name}: expected the function to return a string, got ${describeValue(result)}.`)
}

/**
 * Returns whether a value has a `then` method, like a promise. A value whose properties cannot be read, such as a
 * revoked proxy, has none.
 */
export function isPromiseLike (value: unknown): value is PromiseLike<unknown> {
  return typeof readProperty(value, 'then') === 'function'
}

/** Returns a property of any value; `undefined` if reading it throws. */
export function readProperty (value: unknown, name: string): unknown {
  try {
    return (value as Readonly<Record<string, unknown>> | null | undefined)?.[name]
  } catch {
    return undefined
  }
}
