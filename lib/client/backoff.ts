/** Computes the wait before the next attempt, and waits. */

/**
 * Returns the milliseconds to wait after an attempt: a random time up to a limit that doubles with each attempt ("full
 * jitter"). So clients that failed at the same time do not retry at the same time.
 *
 * @param attempt 1 after the first attempt
 */
export function backoff (attempt: number, baseDelay: number, maxDelay: number): number {
  return Math.random() * Math.min(maxDelay, baseDelay * 2 ** Math.min(attempt - 1, maxDoublings))
}

/** The maximum number of doublings. Without this limit, 0 times Infinity would be NaN. */
const maxDoublings = 50

/** The longest delay that `setTimeout` supports. With a longer delay, it does not wait at all. */
const maxTimeout = 2 ** 31 - 1

/** Waits for some milliseconds. Rejects with the reason of the signal as soon as it is aborted. */
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
