/**
 * Calls a function of the application whose outcome nobody waits for. What it throws, or rejects with where it is
 * asynchronous, goes to `onFault`: an answer must not fail with it, and a rejection without a handler ends the process.
 */
export function callSafely (call: () => unknown, onFault: (fault: unknown) => void): void {
  try {
    const outcome = call()
    if (outcome instanceof Promise) outcome.catch(onFault)
  } catch (fault) {
    onFault(fault)
  }
}
