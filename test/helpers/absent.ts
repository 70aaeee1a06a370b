/** Skips tests whose server is not installed. */
import type { Test } from 'tap'

/** Skips a test whose server or tool is not installed, with the reason. In CI the test fails, because all of them must be installed. */
export function absent (t: Test, reason: string): void {
  if (process.env.CI === 'true') t.fail(reason)
  else t.pass(reason, { skip: reason })
}
