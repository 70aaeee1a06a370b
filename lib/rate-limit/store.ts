/** The interface of stores that count requests. There are two stores: the memory of the process, and Redis. */
import type { SharedLimitOptions } from './policies.js'

/** The count of a client after a request. */
export interface Count {
  /** The total cost of the requests in the window. */
  readonly used: number
  /**
   * The number of requests beyond the limit in the window. Redis counts them only if {@link CountingOptions} requires
   * it.
   */
  readonly exceeding: number
  /** Milliseconds until the window ends. */
  readonly ttl: number
}

/** The settings of a limit that its count depends on. */
export type CountingOptions = Pick<SharedLimitOptions, 'ban' | 'continueExceeding' | 'exponentialBackoff'>

/**
 * Counts a request of a client.
 *
 * @param storeKey the key of the client in the store
 * @param timeWindow milliseconds
 * @param cost a positive integer
 * @throws the error of the store, or a timeout error
 */
export type Counter = (
  storeKey: string,
  max: number,
  timeWindow: number,
  cost: number,
  behavior: CountingOptions
) => Count | Promise<Count>

/**
 * Returns the counter for the limits that share a count.
 *
 * @param cache the maximum number of tracked clients in the memory store
 */
export type Store = (groupId: string, cache: number | undefined) => Counter

/**
 * The longest window with `exponentialBackoff`, in milliseconds. Without a maximum, a client could be locked out for
 * years.
 */
export const maxBackoff: number = 24 * 60 * 60 * 1000
