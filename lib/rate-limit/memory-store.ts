/** Counts in the memory of the process. */
import { maxBackoff, type Count, type CountingBehaviour, type Store } from './store.js'

/** The current window of a caller. */
interface Window {
  used: number
  exceeding: number
  /** Milliseconds since 1970. */
  startedAt: number
  endsAt: number
}

/** How many callers are remembered by default. */
const defaultCache = 5000

/** Milliseconds. If the wall clock went back by more, callers would be limited for as long as the jump. */
const clockTolerance = 1000

/** Returns a store in the memory of the process. If there are more callers than it remembers, it forgets those that were quiet longest. */
export function createMemoryStore (): Store {
  return (_groupId, cache = defaultCache) => {
    // A Map has the order in which its keys were set, so that the first one was quiet longest.
    const windows = new Map<string, Window>()
    return (storeKey, max, timeWindow, cost, behaviour) => {
      const now = Date.now()
      const window = findWindow(windows, storeKey, now, behaviour) ?? { used: 0, exceeding: 0, startedAt: now, endsAt: now + timeWindow }
      windows.delete(storeKey)
      windows.set(storeKey, window)
      if (windows.size > cache) windows.delete(windows.keys().next().value as string)
      return count(window, now, max, timeWindow, cost, behaviour)
    }
  }
}

/** Returns the window of a caller, unless it has ended. */
function findWindow (windows: ReadonlyMap<string, Window>, storeKey: string, now: number, { exponentialBackoff }: CountingBehaviour): Window | undefined {
  const window = windows.get(storeKey)
  if (window === undefined || now >= window.endsAt) return undefined
  const isAhead = now < window.startedAt - clockTolerance
  // Back-off computes the window anew with each request beyond the limit, so that a jump of the clock ends no penalty.
  return isAhead && !(exponentialBackoff === true && window.exceeding > 0) ? undefined : window
}

function count (window: Window, now: number, max: number, timeWindow: number, cost: number, { continueExceeding, exponentialBackoff }: CountingBehaviour): Count {
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

/** Returns the milliseconds of a window that each request beyond the limit doubled, except the first. */
function getBackoff (timeWindow: number, exceeding: number): number {
  return Math.min(timeWindow * 2 ** (exceeding - 1), Math.max(timeWindow, maxBackoff))
}
