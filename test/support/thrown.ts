/** What a call throws, as `TypeError: the sentence`, so that a test compares the whole of it; a call that throws nothing fails the test. */
export function thrown (call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return String(error)
  }
  throw new Error('nothing was thrown')
}
