/** Reads how long the client must wait before a retry. */

/**
 * Returns the wait time in seconds: `Retry-After-Ms`, which can be less than a second, or `Retry-After` as seconds or
 * as a date (RFC 9110, section 10.2.3). If the headers are missing, returns `meta.retry_after`, because a browser hides
 * the headers from other origins. A date is compared with the `Date` header of the response, if it has one.
 */
export function parseRetryAfter (headers: Headers, meta: unknown): number | undefined {
  const milliseconds = headers.get('retry-after-ms')?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds) / 1000
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d+$/.test(value)) return Number(value)
  // all dates in HTTP are GMT
  const date = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value.endsWith('GMT') ? value : `${value} GMT`) : NaN
  if (!Number.isNaN(date)) {
    return Math.max(0, Math.ceil((date - (Date.parse(headers.get('date') ?? '') || Date.now())) / 1000))
  }
  const seconds = (meta as { readonly retry_after?: unknown } | null | undefined)?.retry_after
  return typeof seconds === 'number' && seconds >= 0 ? seconds : undefined
}
