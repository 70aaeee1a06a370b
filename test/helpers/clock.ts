/** A wall clock that a test controls. */
import type { Test } from 'tap'

/** Stops the wall clock until the test ends. The test moves it by milliseconds, forward or backward. */
export function stopClock (t: Test): { readonly go: (milliseconds: number) => void } {
  const { now } = Date
  let time = now()
  Date.now = () => time
  t.teardown(() => { Date.now = now })
  return { go: milliseconds => { time += milliseconds } }
}
