/** Calls functions of the application whose result nobody waits for, and handles promises that they throw. */

/**
 * Calls a function of the application whose result nobody waits for. What it throws, or rejects with if it is
 * asynchronous, goes to `onError`: a response must not fail with it, and a rejection without a handler ends the process.
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
 * Returns what a function of the application threw; an error in place of a promise. A rejected promise that is thrown, and
 * not returned, would end the process, because nothing handles it.
 */
export function handleThrownPromise (thrown: unknown): unknown {
  if (!isPromiseLike(thrown)) return thrown
  thrown.then(undefined, () => {})
  return new Error('A function threw a promise. Let it return the promise.')
}

function isPromiseLike (value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function'
}
