import { numberHeader, textHeader } from '../catalog/error-headers.js'
import type { LimitResult } from './limit.js'
import type { HeaderFamily, RateLimitOptions } from './policies.js'

/** A header field that tells callers what is left of a limit. */
export interface HeaderField {
  readonly name: string
  readonly description: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly example: string | number
  /** The value for a request, of which at least one policy said something. */
  readonly value: (verdicts: readonly [LimitResult, ...LimitResult[]]) => string | number
}

/** A list of names, each with whole numbers (RFC 9651, section 3.1). */
const item = '"([^"\\\\]|\\\\.)*"(;[a-z]=[0-9]+)+'
const listHeader = textHeader(`^${item}(, ${item})*$`)

/** The fields of each family. */
export const headerFields: Readonly<Record<HeaderFamily, readonly HeaderField[]>> = {
  ratelimit: [
    {
      name: 'RateLimit-Policy',
      description: 'The limits of this route, a list of structured fields (RFC 9651): the name of each with its quota of requests as q and its window in seconds as w.',
      schema: listHeader,
      example: '"general";q=100;w=60',
      value: verdicts => verdicts.map(({ limit, max, timeWindow }) => `${limit.item};q=${integer(max)};w=${integer(toSeconds(timeWindow))}`).join(', ')
    },
    {
      name: 'RateLimit',
      description: 'What is left of each limit, a list of structured fields (RFC 9651): the name of each with the remaining requests as r and the seconds until its window ends as t.',
      schema: listHeader,
      example: '"general";r=99;t=60',
      value: verdicts => verdicts.map(({ limit, remaining, ttl }) => `${limit.item};r=${integer(remaining)};t=${integer(toSeconds(ttl))}`).join(', ')
    }
  ],
  'x-ratelimit': separateFields('X-RateLimit'),
  'draft-6': separateFields('RateLimit')
}

/** The fields that answers of a limited route carry; none where the application limits nothing, or wants none. */
export function getHeaderFields (options: Pick<RateLimitOptions, 'headers'> | undefined): readonly HeaderField[] {
  const { headers = 'ratelimit' } = options ?? { headers: false }
  return headers === false ? [] : headerFields[headers]
}

/** Three fields about one limit: of several, the one that stops the caller first. */
function separateFields (prefix: string): HeaderField[] {
  return [
    {
      name: `${prefix}-Limit`,
      description: 'The requests that the limit allows in one window.',
      schema: numberHeader(0),
      example: 100,
      value: verdicts => findClosest(verdicts).max
    },
    {
      name: `${prefix}-Remaining`,
      description: 'The requests that are left in the window.',
      schema: numberHeader(0),
      example: 99,
      value: verdicts => findClosest(verdicts).remaining
    },
    {
      name: `${prefix}-Reset`,
      description: 'Seconds until the window ends.',
      schema: numberHeader(1),
      example: 60,
      value: verdicts => toSeconds(findClosest(verdicts).ttl)
    }
  ]
}

/** The verdict that stops the caller first: of exceeded ones that with the longest wait, else that with the fewest requests left. */
export function findClosest (verdicts: readonly [LimitResult, ...LimitResult[]]): LimitResult {
  return verdicts.reduce((first, next) => {
    if (next.isExceeded !== first.isExceeded) return next.isExceeded ? next : first
    if (next.isExceeded) return next.ttl > first.ttl ? next : first
    return next.remaining < first.remaining ? next : first
  })
}

/** Integers of structured fields have 15 digits at most (RFC 9651, section 3.3.1). */
function integer (number: number): number {
  return Math.min(number, 999_999_999_999_999)
}

/** Whole seconds, and never fewer than the milliseconds: who waits for them is not too early. */
export function toSeconds (milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / 1000))
}
