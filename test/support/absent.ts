import type { Test } from 'tap'

/** For a part that this machine does not have: the test is skipped with the reason, and under CI it fails, for there every part must be. */
export function absent (t: Test, reason: string): void {
  if (process.env.CI === 'true') t.fail(reason)
  else t.pass(reason, { skip: reason })
}
