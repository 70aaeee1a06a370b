import { normalizeIP } from '@fastify/rate-limit'
import { refuseOption } from '../support/describe-value.js'

/** What {@link guessLimit} takes. */
export interface GuessLimitOptions {
  /** Wrong keys that an address may send in one window. */
  readonly max: number
  /** The length of the window in milliseconds. It starts with the first wrong key. */
  readonly timeWindow: number
}

/** Wrong keys by address, and how long an address that sent too many of them waits. */
export interface GuessLimit extends GuessLimitOptions {
  /** Milliseconds until keys of the address are looked at again; 0 where they are. */
  readonly wait: (ip: string | undefined) => number
  /** Counts a wrong key. */
  readonly count: (ip: string | undefined) => void
}

/** So many addresses are remembered; of more, the ones that began first are forgotten. About 1 MB. */
const maxAddresses = 10_000

/**
 * A limit on guessing, for the `guessLimit` option: an address that sent too many wrong keys gets 429
 * `rate_limit_exceeded` until the window ends, whatever key it sends, and `lookup` is not asked. Guards that share a
 * limit share its count; each process counts for itself. The addresses of an IPv6 /64 count as one.
 *
 * @throws TypeError with one sentence where an option is wrong
 * @example
 * const guard = apiKey({ lookup, guessLimit: guessLimit({ max: 10, timeWindow: 60_000 }) })
 */
export function guessLimit (options: GuessLimitOptions): GuessLimit {
  const { max, timeWindow } = options ?? {}
  if (!Number.isInteger(max) || max < 1) refuseOption('guessLimit', 'max', max, 'a whole number of 1 or more')
  if (!Number.isInteger(timeWindow) || timeWindow < 1) refuseOption('guessLimit', 'timeWindow', timeWindow, 'a whole number of milliseconds, 1 or more')
  const guesses = new Map<string, { count: number, readonly ends: number }>()

  function current (address: string): { count: number, readonly ends: number } | undefined {
    const found = guesses.get(address)
    return found !== undefined && found.ends > performance.now() ? found : undefined
  }

  return {
    max,
    timeWindow,
    wait (ip) {
      const found = current(normalizeAddress(ip))
      return found === undefined || found.count < max ? 0 : found.ends - performance.now()
    },
    count (ip) {
      const address = normalizeAddress(ip)
      const found = current(address)
      if (found !== undefined) {
        found.count++
        return
      }
      guesses.delete(address) // set again, it is the youngest
      guesses.set(address, { count: 1, ends: performance.now() + timeWindow })
      if (guesses.size > maxAddresses) guesses.delete(guesses.keys().next().value as string)
    }
  }
}

/** Callers over a Unix socket are one. */
function normalizeAddress (ip: string | undefined): string {
  return ip === undefined ? '' : normalizeIP(ip)
}
