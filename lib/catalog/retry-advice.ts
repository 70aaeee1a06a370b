/** The retry advice of errors, and its default for each status. */

/** Whether the same request may be sent again, and when. */
export const retryAdvices = ['never', 'backoff', 'retry-after'] as const

/**
 * The retry advice of an error: `never` (change the request first), `backoff` (retry, and wait
 * longer after each attempt), `retry-after` (retry after the seconds in `Retry-After`).
 */
export type RetryAdvice = (typeof retryAdvices)[number]

/** Returns the retry advice of definitions without `retry`. */
export function getDefaultRetry (status: number): RetryAdvice {
  if (status === 429 || status === 503) return 'retry-after'
  return status >= 500 ? 'backoff' : 'never'
}
