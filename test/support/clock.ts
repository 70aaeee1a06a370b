import type { Test } from 'tap'

/** Stops the wall clock until the test ends; it then goes when it is told to, by milliseconds, back and forth. */
export function stopClock (t: Test): { readonly go: (milliseconds: number) => void } {
  const { now } = Date
  let time = now()
  Date.now = () => time
  t.teardown(() => { Date.now = now })
  return { go: milliseconds => { time += milliseconds } }
}
