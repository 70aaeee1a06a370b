/** The stores that keep counts: the memory of the process, or Redis. */
import type { FastifyRateLimitStore } from '@fastify/rate-limit'
import LocalStore from '@fastify/rate-limit/store/LocalStore.js'
import RedisStore from '@fastify/rate-limit/store/RedisStore.js'
import type { RateLimitBehaviour } from './policies.js'

/** The count of a caller after a request, and the milliseconds until it starts again. */
export interface Count {
  readonly current: number
  readonly ttl: number
}

/**
 * Counts a request `cost` times.
 *
 * @param storeKey the key of the caller, as `toStoreKey` returns it
 * @param timeWindow milliseconds
 * @throws what the store failed with, or a time-out
 */
export type Counter = (storeKey: string, max: number, timeWindow: number, cost: number) => Count | Promise<Count>

/** Makes the counter for a name. */
export type Store = (name: string, behaviour: RateLimitBehaviour) => Counter

/** Milliseconds. If the wall clock went back by more, callers would be limited for as long as the jump. */
const clockTolerance = 1000

/** Counts in the memory of the process. */
export function createMemoryStore (): Store {
  return (_name, { continueExceeding = false, exponentialBackoff = false, cache }) => {
    const create = (): FastifyRateLimitStore => new LocalStore(continueExceeding, exponentialBackoff, cache)
    let store = create()
    return (storeKey, max, timeWindow, cost) => {
      let count: Count = { current: 0, ttl: 0 }
      const increment = (): void => incrementTimes(cost, store, storeKey, timeWindow, max, (_error, counted) => { count = counted as Count })
      increment()
      if (!exponentialBackoff && count.ttl > timeWindow + clockTolerance) {
        store = create()
        increment()
      }
      return { current: count.current, ttl: count.ttl }
    }
  }
}

/**
 * How many commands that timed out may be unanswered while more are sent. One server answers in order: while a response
 * is overdue, more commands would only make requests wait. In a cluster the other nodes may well answer.
 */
const maxUnanswered = { server: 0, cluster: 1000 } as const

/** The part of a client of ioredis that is used here. @fastify/rate-limit uses the rest. */
interface RedisClient {
  readonly isCluster?: boolean
}

/**
 * Counts in Redis. The commands of one request are sent in one turn of the event loop, so that they share a round trip.
 * In a cluster the commands for one caller go to one node.
 *
 * @param nameSpace the beginning of the keys
 * @param timeout milliseconds after which an unanswered command has failed
 */
export function createRedisStore (redis: RedisClient, nameSpace: string, timeout: number): Store {
  const call = createTimeout(timeout, maxUnanswered[redis.isCluster === true ? 'cluster' : 'server'])
  return (name, { continueExceeding = false, exponentialBackoff = false }) => {
    const store = new RedisStore(continueExceeding, exponentialBackoff, redis, nameSpace)
    return (storeKey, max, timeWindow, cost) => call<Count>(done => incrementTimes(cost, store, `{${storeKey}}-${name}`, timeWindow, max, done))
  }
}

/** The store counts one at a time, so a higher cost is counted as often, and the last count is the result. */
function incrementTimes (cost: number, store: FastifyRateLimitStore, key: string, timeWindow: number, max: number, done: Callback<Count>): void {
  for (let counted = 1; counted < cost; counted++) store.incr(key, () => {}, timeWindow, max)
  store.incr(key, done, timeWindow, max)
}

type Callback<T> = (error: Error | null, value?: T) => void

/** Returns a function that rejects if a command takes too long, and at once if too many commands are unanswered. */
function createTimeout (milliseconds: number, maxUnanswered: number): <T>(send: (done: Callback<T>) => void) => Promise<T> {
  let unanswered = 0
  return send => new Promise((resolve, reject) => {
    if (unanswered > maxUnanswered) {
      reject(new Error('Redis has not answered earlier commands yet.'))
      return
    }
    let isTimedOut = false
    const timeOut = (): void => {
      isTimedOut = true
      unanswered++
      reject(new Error(`Redis did not answer within ${milliseconds} ms.`))
    }
    // A busy process may find that the time has passed before it read the response: it reads before it gives up.
    let immediate: NodeJS.Immediate | undefined
    const timer = setTimeout(() => { immediate = setImmediate(timeOut) }, milliseconds)
    send((error, value) => {
      clearTimeout(timer)
      clearImmediate(immediate)
      if (isTimedOut) unanswered--
      if (error === null) resolve(value as never)
      else reject(error)
    })
  })
}
