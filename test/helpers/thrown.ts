/** Returns the error of a call as `TypeError: the message`, so that a test compares all of it. A call that throws nothing fails the test. */
export function thrown (call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return String(error)
  }
  throw new Error('nothing was thrown')
}
