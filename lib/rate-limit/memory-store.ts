/** Counts requests in the memory of the process. */
import { maxBackoff, type Count, type CountingOptions, type Store } from './store.js'

/** The current window of a client, in a list ordered by the time of the last request. */
interface Window {
  readonly storeKey: string
  older: Window | undefined
  newer: Window | undefined
  used: number
  exceeding: number
  /** Milliseconds since 1970. */
  startedAt: number
  endsAt: number
}

/** The default maximum number of tracked clients. */
const defaultCache = 5000

/**
 * Milliseconds. If the system clock is set back by more, windows restart. Otherwise, clients would be limited for the
 * duration of the change.
 */
const clockTolerance = 1000

/** The windows of the tracked clients. */
interface Windows {
  readonly byKey: Map<string, Window>
  oldest: Window | undefined
  newest: Window | undefined
}

/**
 * Returns a store in the memory of the process. If there are more clients than it can track, the least recently seen
 * ones are evicted.
 */
export function createMemoryStore (): Store {
  return (_groupId, cache = defaultCache) => {
    const windows: Windows = { byKey: new Map(), oldest: undefined, newest: undefined }
    return (storeKey, max, timeWindow, cost, behavior) => {
      const now = Date.now()
      let window = windows.byKey.get(storeKey)
      if (window === undefined) {
        window = {
          storeKey,
          older: undefined,
          newer: undefined,
          used: 0,
          exceeding: 0,
          startedAt: now,
          endsAt: now + timeWindow
        }
        windows.byKey.set(storeKey, window)
        append(windows, window)
        if (windows.byKey.size > cache) forgetOldest(windows)
      } else {
        moveToEnd(windows, window)
        if (hasEnded(window, now, behavior)) {
          window.used = window.exceeding = 0
          window.startedAt = now
          window.endsAt = now + timeWindow
        }
      }
      return count(window, now, max, timeWindow, cost, behavior)
    }
  }
}

function append (windows: Windows, window: Window): void {
  window.older = windows.newest
  window.newer = undefined
  if (windows.newest === undefined) windows.oldest = window
  else windows.newest.newer = window
  windows.newest = window
}

function moveToEnd (windows: Windows, window: Window): void {
  const { older, newer } = window
  if (newer === undefined) return
  newer.older = older
  if (older === undefined) windows.oldest = newer
  else older.newer = newer
  append(windows, window)
}

function forgetOldest (windows: Windows): void {
  const { storeKey, newer } = windows.oldest as Window
  windows.byKey.delete(storeKey)
  const oldest = newer as Window // the request's own window is newer
  oldest.older = undefined
  windows.oldest = oldest
}

function hasEnded (window: Window, now: number, { exponentialBackoff }: CountingOptions): boolean {
  if (now >= window.endsAt) return true
  const isAhead = now < window.startedAt - clockTolerance
  // Backoff computes the window again with each request beyond the limit, so a change of the clock does not end the
  // penalty.
  return isAhead && !(exponentialBackoff === true && window.exceeding > 0)
}

function count (
  window: Window,
  now: number,
  max: number,
  timeWindow: number,
  cost: number,
  { continueExceeding, exponentialBackoff }: CountingOptions
): Count {
  window.used += cost
  if (window.used > max) {
    window.exceeding++
    if (continueExceeding === true || exponentialBackoff === true) {
      window.startedAt = now
      window.endsAt = now + (continueExceeding === true ? timeWindow : getBackoff(timeWindow, window.exceeding))
    }
  }
  return { used: window.used, exceeding: window.exceeding, ttl: window.endsAt - now }
}

/** Returns the milliseconds of a window that every request beyond the limit has doubled, except the first. */
function getBackoff (timeWindow: number, exceeding: number): number {
  return Math.min(timeWindow * 2 ** (exceeding - 1), Math.max(timeWindow, maxBackoff))
}
