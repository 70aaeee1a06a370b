/** Timers that end immediately, so that a test compares a delay instead of measuring it. */
import type { Test } from 'tap'

/** Until the test ends, each timer ends immediately. Returns the milliseconds that were asked for, in order. */
export function skipDelays (t: Test): number[] {
  const delays: number[] = []
  const { setTimeout } = globalThis
  t.intercept(globalThis, 'setTimeout', {
    value: (run: () => void, milliseconds: number) => {
      delays.push(milliseconds)
      return setTimeout(run, 0)
    }
  })
  return delays
}
