/**
 * What a caller does about a failure: `never` (change the request first), `backoff` (send it again, waiting longer
 * each time), `retry-after` (send it again after the seconds that `Retry-After` names).
 */
export type RetryAdvice = 'never' | 'backoff' | 'retry-after'

/** The standard codes whose advice is another than that of their status. */
const adviceOfCode: Readonly<Record<string, RetryAdvice>> = { concurrent_modification: 'backoff' }

/** The statuses whose advice is another than that of their class: nothing for a 4xx, `backoff` for a 5xx. */
const adviceOfStatus: Readonly<Record<number, RetryAdvice>> = {
  408: 'backoff', 421: 'backoff', 423: 'backoff', 425: 'backoff', 429: 'retry-after', 501: 'never', 503: 'retry-after', 507: 'never'
}

/** The advice for an error: of its code where the API says it, else as the standard catalog has it. */
export function getRetryAdvice ({ code, status }: { readonly code: string | undefined, readonly status: number }, own: Readonly<Record<string, RetryAdvice>>): RetryAdvice {
  if (code !== undefined) {
    if (Object.hasOwn(own, code)) return own[code] as RetryAdvice
    if (Object.hasOwn(adviceOfCode, code)) return adviceOfCode[code] as RetryAdvice
  }
  return adviceOfStatus[status] ?? (status >= 500 ? 'backoff' : 'never')
}
