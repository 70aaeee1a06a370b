/** Collects the rejections that no code handles. Without the test, each would end the process. */
import type { Test } from 'tap'

/** Starts to collect, until the test ends. The returned function waits until Node has reported them, and returns their reasons. */
export function watchRejections (t: Pick<Test, 'teardown'>): () => Promise<readonly unknown[]> {
  const reasons: unknown[] = []
  const note = (reason: unknown): void => { reasons.push(reason) }
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  return async () => {
    await new Promise(resolve => setImmediate(resolve))
    return reasons
  }
}
