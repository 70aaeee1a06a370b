/**
 * The header fields that show how many requests a client may still send. This file defines their complete syntax.
 * `ratelimit` is draft-ietf-httpapi-ratelimit-headers-11 of 23 May 2026, with the same names as -08 to -10: `q` and
 * `w`, `r` and `t`. `draft-6` is draft-ietf-httpapi-ratelimit-headers-06.
 */
import { numberHeader, textHeader } from '../catalog/error-headers.js'
import type { LimitResult } from './limit.js'
import type { HeaderFamily, RateLimitOptions } from './policies.js'

/** A header field about the state of a limit. */
export interface HeaderField {
  readonly name: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly example: string | number
  /** Returns the value for a request that at least one limit counted. */
  readonly value: (results: readonly [LimitResult, ...LimitResult[]]) => string | number
}

/**
 * The schema of a structured list of names with integer parameters (RFC 9651, section 3.1): `"general";r=99;t=60`.
 * `[!-#]` is the quote, because a literal quote has another meaning in engines such as brics.
 */
const listHeader = textHeader('^[!-#][ -~]*[!-#](;[a-z]=[0-9]+)+$')

/** The fields of each family. */
export const headerFields: Readonly<Record<HeaderFamily, readonly HeaderField[]>> = {
  ratelimit: [
    {
      name: 'RateLimit-Policy',
      description: 'The limits of this route (RFC 9651): name, quota of requests (q), window in seconds (w).',
      schema: listHeader,
      example: '"general";q=100;w=60',
      value: results =>
        results.map(({ limit, max, timeWindow }) =>
          `${limit.item};q=${integer(max)};w=${integer(toSeconds(timeWindow))}`
        ).join(', ')
    },
    {
      name: 'RateLimit',
      description: 'The state of each limit (RFC 9651): name, remaining requests (r), effective window in seconds (t).',
      schema: listHeader,
      example: '"general";r=99;t=60',
      value: results =>
        results.map(({ limit, remaining, ttl }) => `${limit.item};r=${integer(remaining)};t=${integer(toSeconds(ttl))}`)
          .join(', ')
    }
  ],
  'x-ratelimit': separateFields('X-RateLimit'),
  'draft-6': separateFields('RateLimit')
}

/**
 * Returns the fields on responses of limited routes; none if the application has no limits or turned the fields off.
 */
export function getHeaderFields (options: Pick<RateLimitOptions, 'headers'> | undefined): readonly HeaderField[] {
  const { headers = 'ratelimit' } = options ?? { headers: false }
  return headers === false ? [] : headerFields[headers]
}

/** Returns three fields about one limit. If there are several limits, it is the limit that will be reached first. */
function separateFields (prefix: string): HeaderField[] {
  return [
    {
      name: `${prefix}-Limit`,
      description: 'The number of requests that the limit allows in one window.',
      schema: numberHeader(0),
      example: 100,
      value: results => findClosest(results).max
    },
    {
      name: `${prefix}-Remaining`,
      description: 'The number of requests left in the window.',
      schema: numberHeader(0),
      example: 99,
      value: results => findClosest(results).remaining
    },
    {
      name: `${prefix}-Reset`,
      description: 'Seconds until the window ends.',
      schema: numberHeader(1),
      example: 60,
      value: results => toSeconds(findClosest(results).ttl)
    }
  ]
}

/**
 * Returns the result of the limit that will be reached first. It is the exceeded limit with the longest wait. If no
 * limit is exceeded, it is the limit with the fewest remaining requests.
 */
export function findClosest (results: readonly [LimitResult, ...LimitResult[]]): LimitResult {
  return results.reduce((first, next) => {
    if (next.isExceeded !== first.isExceeded) return next.isExceeded ? next : first
    if (next.isExceeded) return next.ttl > first.ttl ? next : first
    return next.remaining < first.remaining ? next : first
  })
}

/** Integers of structured fields have at most 15 digits (RFC 9651, section 3.3.1). */
function integer (number: number): number {
  return Math.min(number, 999_999_999_999_999)
}

/** Returns whole seconds, rounded up, so that a client does not retry too early. */
export function toSeconds (milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000))
}
