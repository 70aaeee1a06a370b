/** Creates errors without a stack. Capturing ten frames takes ten times as long as creating the rest of an error. */

/**
 * Sets the number of frames in the stacks of new errors. With `node --frozen-intrinsics`, this is not possible, and the
 * limit remains unchanged. The stacks then only cost time.
 */
export function setStackTraceLimit (frames: number): void {
  try {
    Error.stackTraceLimit = frames
  } catch {}
}

/** Calls a function that creates an error, without capturing a stack. */
export function withoutStack<T> (create: () => T): T {
  const limit = Error.stackTraceLimit
  setStackTraceLimit(0)
  try {
    return create()
  } finally {
    setStackTraceLimit(limit)
  }
}
