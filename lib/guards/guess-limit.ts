/** Stops addresses that guess API keys. */
import { normalizeIP } from '@fastify/rate-limit'
import { expectOption } from '../support/expect-option.js'

/** The options of {@link guessLimit}. */
export interface GuessLimitOptions {
  /** Wrong keys that an address may send in one window. A positive integer. */
  readonly max: number
  /** The length of the window in milliseconds. It starts with the first wrong key. */
  readonly timeWindow: number
}

/** The wrong keys by address, and how long an address that sent too many of them has to wait. */
export interface GuessLimit extends GuessLimitOptions {
  /** Returns the milliseconds until keys from the address are checked again; 0 if they are. */
  readonly wait: (ip: string | undefined) => number
  /** Counts a wrong key. */
  readonly count: (ip: string | undefined) => void
}

/** How many addresses are remembered. If there are more, those whose window began first are forgotten. About 1 MB. */
const maxAddresses = 10_000

/** The wrong keys of an address in one window. */
interface Guesses {
  count: number
  readonly ends: number
}

/**
 * Makes a limit on guesses, for the `guessLimit` option: an address that sent too many wrong keys gets 429
 * `rate_limit_exceeded` until the window ends, whatever key it sends, and `lookup` is not called. Guards that share a
 * limit share its count; each process counts by itself. The addresses of an IPv6 /64 count as one.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const guard = apiKey({ lookup, guessLimit: guessLimit({ max: 10, timeWindow: 60_000 }) })
 */
export function guessLimit (options: GuessLimitOptions): GuessLimit {
  const { max, timeWindow } = options ?? {}
  expectOption('guessLimit', 'max', isPositiveInteger(max), 'a positive integer', max)
  expectOption('guessLimit', 'timeWindow', isPositiveInteger(timeWindow), 'a positive integer (milliseconds)', timeWindow)
  const guesses = new Map<string, Guesses>()
  return {
    max,
    timeWindow,
    wait (ip) {
      const found = findGuesses(guesses, normalizeAddress(ip))
      return found === undefined || found.count < max ? 0 : found.ends - performance.now()
    },
    count (ip) {
      const address = normalizeAddress(ip)
      const found = findGuesses(guesses, address)
      if (found !== undefined) {
        found.count++
        return
      }
      guesses.delete(address) // so that it is the youngest when it is set again
      guesses.set(address, { count: 1, ends: performance.now() + timeWindow })
      if (guesses.size > maxAddresses) guesses.delete(guesses.keys().next().value as string)
    }
  }
}

/** Returns the guesses of an address in its current window. */
function findGuesses (guesses: ReadonlyMap<string, Guesses>, address: string): Guesses | undefined {
  const found = guesses.get(address)
  return found !== undefined && found.ends > performance.now() ? found : undefined
}

function isPositiveInteger (value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1
}

/** Callers over a Unix socket count as one. */
function normalizeAddress (ip: string | undefined): string {
  return ip === undefined ? '' : normalizeIP(ip)
}
