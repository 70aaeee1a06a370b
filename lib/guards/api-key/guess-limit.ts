/** Limits IP addresses that guess API keys. */
import { expectOption } from '../../support/expect-option.js'
import { normalizeAddress } from '../../support/normalize-address.js'

/** The options of {@link guessLimit}. */
export interface GuessLimitOptions {
  /** The number of wrong keys that an address may send in one window. A positive integer. */
  readonly max: number
  /** The length of the window in milliseconds. It starts with the first wrong key. */
  readonly timeWindow: number
}

/** Counts the wrong keys from each address, and returns how long an address has to wait. */
export interface GuessLimit extends GuessLimitOptions {
  /** Returns the milliseconds until keys from the address are checked again; 0 if they are checked now. */
  readonly wait: (ip: string | undefined) => number
  /** Counts a wrong key. */
  readonly count: (ip: string | undefined) => void
  /**
   * Counts a key as wrong before it is checked. If the keys that are being checked could use up the limit, it waits for
   * at most 10 seconds.
   *
   * @returns the function to call when the key is checked, or the milliseconds until keys from the address are checked
   * again
   */
  readonly begin: (ip: string | undefined) => EndCheck | number | Promise<EndCheck | number>
}

/** Ends the check of a key. A valid key is not counted. */
export type EndCheck = (isWrong: boolean) => void

/**
 * The maximum number of tracked addresses, which take about 1 MB. If there are more, the addresses with the oldest
 * windows are evicted.
 */
const maxAddresses = 10_000

/** The maximum number of requests of one address that wait for its keys to be checked. */
const maxWaiting = 1000

/** Milliseconds that a request waits for other keys of its address to be checked. */
const maxWait = 10_000

/** The keys from an address in one window. */
interface Guesses {
  /** Keys that were wrong. */
  wrong: number
  /** Keys that are being checked. */
  pending: number
  readonly ends: number
  /** Requests that wait for a check to end. */
  readonly waiting: Set<() => void>
}

/**
 * Creates a limit for the `guessLimit` option. An address that sent too many wrong keys gets 429 `rate_limit_exceeded`
 * until the window ends, even for a valid key, and `lookup` is not called. Keys for which `lookup` fails count as
 * wrong. Guards that share a limit share its count. Each process has its own count. All addresses of an IPv6 /64
 * network count as one.
 *
 * @throws TypeError if an option is invalid
 * @example
 * const guard = apiKey({ lookup, guessLimit: guessLimit({ max: 10, timeWindow: 60_000 }) })
 */
export function guessLimit (options: GuessLimitOptions): GuessLimit {
  const { max, timeWindow } = options ?? {}
  expectOption('guessLimit', 'max', isPositiveInteger(max), 'a positive integer', max)
  expectOption(
    'guessLimit',
    'timeWindow',
    isPositiveInteger(timeWindow),
    'a positive integer (milliseconds)',
    timeWindow
  )
  const windows = new Map<string, Guesses>()
  const find = (ip: string | undefined): Guesses => findWindow(windows, normalizeAddress(ip ?? ''), timeWindow)
  return {
    max,
    timeWindow,
    wait: ip => getWait(windows.get(normalizeAddress(ip ?? '')), max),
    count (ip) {
      find(ip).wrong++
    },
    begin: ip => beginCheck(() => find(ip), max)
  }
}

/** Returns the milliseconds until the window ends, if the limit is used up. */
function getWait (guesses: Guesses | undefined, max: number): number {
  return guesses === undefined || guesses.wrong < max ? 0 : Math.max(0, guesses.ends - performance.now())
}

/** Returns the current window of an address. A new window is stored. */
function findWindow (windows: Map<string, Guesses>, address: string, timeWindow: number): Guesses {
  const found = windows.get(address)
  if (found !== undefined && found.ends > performance.now()) return found
  const created: Guesses = { wrong: 0, pending: 0, ends: performance.now() + timeWindow, waiting: new Set() }
  windows.delete(address) // so that it becomes the newest entry when it is set again
  windows.set(address, created)
  if (windows.size > maxAddresses) windows.delete(windows.keys().next().value as string)
  return created
}

function beginCheck (find: () => Guesses, max: number): EndCheck | number | Promise<EndCheck | number> {
  const guesses = find()
  const wait = getWait(guesses, max)
  if (wait > 0) return wait
  if (guesses.wrong + guesses.pending < max) return reserve(guesses, max)
  return waitForCheck(guesses).then(hasTime => hasTime ? beginCheck(find, max) : 1000)
}

/** Counts a key as pending, until its check ends. */
function reserve (guesses: Guesses, max: number): EndCheck {
  guesses.pending++
  return isWrong => {
    guesses.pending--
    if (isWrong) guesses.wrong++
    // After a valid key, one waiting request continues. If the limit is used up, all waiting requests are rejected.
    const wakeCount = guesses.wrong >= max ? guesses.waiting.size : max - guesses.wrong - guesses.pending
    for (const wake of [...guesses.waiting].slice(0, wakeCount)) wake()
  }
}

/** Waits until a check or the window ends. Resolves with false if this takes too long, or if too many requests wait. */
function waitForCheck ({ waiting, ends }: Guesses): Promise<boolean> {
  if (waiting.size >= maxWaiting) return Promise.resolve(false)
  return new Promise(resolve => {
    const remaining = ends - performance.now()
    const timer = setTimeout(() => settle(remaining <= maxWait), Math.min(remaining, maxWait))
    const wake = (): void => settle(true)
    const settle = (hasTime: boolean): void => {
      clearTimeout(timer)
      waiting.delete(wake)
      resolve(hasTime)
    }
    waiting.add(wake)
  })
}

function isPositiveInteger (value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1
}
