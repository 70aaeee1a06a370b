/** Makes errors without a stack. To capture ten frames costs ten times what the rest of an error costs. */

/**
 * Sets how many frames the stack of a new error has, if that can be set: under `node --frozen-intrinsics` it cannot.
 * Stacks only cost time, so a limit that cannot be set is left as it is.
 */
export function setStackTraceLimit (frames: number): void {
  try {
    Error.stackTraceLimit = frames
  } catch {}
}

/** Calls a function that makes an error, whose stack stays empty. */
export function withoutStack<T> (create: () => T): T {
  const limit = Error.stackTraceLimit
  setStackTraceLimit(0)
  try {
    return create()
  } finally {
    setStackTraceLimit(limit)
  }
}
