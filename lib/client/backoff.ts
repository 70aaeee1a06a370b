/**
 * Milliseconds to wait after an attempt: any time up to a bound that doubles with each attempt ("full jitter"), so that
 * callers who failed together do not come back together.
 *
 * @param attempt 1 after the first
 */
export function backoff (attempt: number, baseDelay: number, maxDelay: number): number {
  return Math.random() * Math.min(maxDelay, baseDelay * 2 ** Math.min(attempt - 1, maxDoublings))
}

/** Beyond any wait; without an end, 0 would be doubled to no number at all. */
const maxDoublings = 50

/** `setTimeout` takes no more, and would not wait at all. */
const maxTimeout = 2 ** 31 - 1

/** Waits; rejects with the reason of the signal as soon as it is aborted. */
export async function sleep (milliseconds: number, signal: AbortSignal | null | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, Math.min(milliseconds, maxTimeout))
    function stop (): void {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', stop, { once: true })
  })
}
