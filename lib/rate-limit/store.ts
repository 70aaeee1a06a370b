/** What a store of counts has to do. There are two: the memory of the process, and Redis. */
import type { RateLimitBehaviour } from './policies.js'

/** The count of a caller after a request. */
export interface Count {
  /** What the requests of the window cost. */
  readonly used: number
  /** The requests of the window that were beyond the limit. Redis counts them only if {@link CountingBehaviour} needs them. */
  readonly exceeding: number
  /** Milliseconds until the window ends. */
  readonly ttl: number
}

/** The part of the behaviour of a limit on which its count depends. */
export type CountingBehaviour = Pick<RateLimitBehaviour, 'ban' | 'continueExceeding' | 'exponentialBackoff'>

/**
 * Counts a request of a caller.
 *
 * @param storeKey the key of the caller in the store
 * @param timeWindow milliseconds
 * @param cost a positive integer
 * @throws what the store failed with, or a time-out
 */
export type Counter = (storeKey: string, max: number, timeWindow: number, cost: number, behaviour: CountingBehaviour) => Count | Promise<Count>

/**
 * Returns the counter for the limits that share a count.
 *
 * @param cache how many callers are remembered, if the store is the memory
 */
export type Store = (groupId: string, cache: number | undefined) => Counter

/** Milliseconds. `exponentialBackoff` makes no window longer, because a caller could otherwise be locked out for years. */
export const maxBackoff: number = 24 * 60 * 60 * 1000
