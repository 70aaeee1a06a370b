/** Determines when to retry a failed request, from the code and status of its error. */

/**
 * The retry advice of an error: `never` (change the request first), `backoff` (retry, and wait longer after each
 * attempt), `retry-after` (retry after the seconds in `Retry-After`).
 */
export type RetryAdvice = 'never' | 'backoff' | 'retry-after'

/** The standard codes whose advice differs from that of their status. */
const adviceByCode: Readonly<Record<string, RetryAdvice>> = {
  concurrent_modification: 'backoff',
  idempotency_in_progress: 'backoff'
}

/** The status of {@link adviceByCode}. */
const statusOfCodes = 409

/** The statuses whose advice differs from that of their class, which is `never` for a 4xx and `backoff` for a 5xx. */
const adviceByStatus: Readonly<Record<number, RetryAdvice>> = {
  408: 'backoff',
  421: 'backoff',
  423: 'backoff',
  425: 'backoff',
  429: 'retry-after',
  501: 'never',
  503: 'retry-after',
  505: 'never',
  506: 'never',
  507: 'never',
  508: 'never',
  510: 'never',
  511: 'never'
}

/** Returns the advice for an error: the API's own advice for the code, or the advice of the standard catalog. */
export function getRetryAdvice (
  { code, status }: { readonly code?: string | undefined, readonly status: number },
  own: Readonly<Record<string, RetryAdvice>>
): RetryAdvice {
  return new Map(Object.entries({ ...adviceByCode, ...own })).get(code as string) ??
    adviceByStatus[status] ??
    (status >= 500 ? 'backoff' : 'never')
}

/** Returns whether the advice for a status can depend on the code, which only the body has. */
export function dependsOnCode (status: number, own: Readonly<Record<string, RetryAdvice>>): boolean {
  return status === statusOfCodes || Object.keys(own).length > 0
}
