import type { FastifyRateLimitStore } from '@fastify/rate-limit'
import LocalStore from '@fastify/rate-limit/store/LocalStore.js'
import RedisStore from '@fastify/rate-limit/store/RedisStore.js'
import type { RateLimitBehaviour } from './policies.js'

/** The count of a caller after a request, and the milliseconds until it starts anew. */
export interface Count {
  readonly current: number
  readonly ttl: number
}

/**
 * Counts a request `cost` times.
 *
 * @param identity the caller, as `identityOf` writes it
 * @param timeWindow milliseconds
 * @throws whatever the store failed with, or a time-out
 */
export type Counter = (identity: string, max: number, timeWindow: number, cost: number) => Count | Promise<Count>

/** Where counts are kept; makes one counter for each name. */
export type Store = (name: string, behaviour: RateLimitBehaviour) => Counter

/** A wall clock that went back by more than this would hold callers for as long as it did. */
const clockTolerance = 1000

/** Counts in the memory of the process. */
export function memoryStore (): Store {
  return (_name, { continueExceeding = false, exponentialBackoff = false, cache }) => {
    const create = (): FastifyRateLimitStore => new LocalStore(continueExceeding, exponentialBackoff, cache)
    let store = create()
    return (identity, max, timeWindow, cost) => {
      let count: Count = { current: 0, ttl: 0 }
      const increment = (): void => incrementTimes(cost, store, identity, timeWindow, max, (_error, counted) => { count = counted as Count })
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
 * How many commands that were given up may be unanswered while more are sent. One server answers in order: while it owes
 * an answer, asking more would only make requests wait and commands pile up. Of a cluster the other nodes may well answer.
 */
const tolerated = { server: 0, cluster: 1000 } as const

/** The part of a client of ioredis that is looked at here; the rest is up to @fastify/rate-limit. */
interface RedisClient {
  readonly isCluster?: boolean
}

/**
 * Counts in Redis. The commands of one request leave in one turn of the event loop, so that they share a round trip;
 * in a cluster the ones about one caller go to one node.
 *
 * @param nameSpace what the keys begin with
 * @param timeout milliseconds until a command that is not answered counts as failed
 */
export function redisStore (redis: RedisClient, nameSpace: string, timeout: number): Store {
  const ask = createTimeout(timeout, tolerated[redis.isCluster === true ? 'cluster' : 'server'])
  return (name, { continueExceeding = false, exponentialBackoff = false }) => {
    const store = new RedisStore(continueExceeding, exponentialBackoff, redis, nameSpace)
    return (identity, max, timeWindow, cost) => ask<Count>(answer => incrementTimes(cost, store, `{${identity}}-${name}`, timeWindow, max, answer))
  }
}

/** The store counts one at a time: what costs more is counted as often, and the last count is the one that holds. */
function incrementTimes (cost: number, store: FastifyRateLimitStore, key: string, timeWindow: number, max: number, done: Callback<Count>): void {
  for (let counted = 1; counted < cost; counted++) store.incr(key, () => {}, timeWindow, max)
  store.incr(key, done, timeWindow, max)
}

type Callback<T> = (error: Error | null, value?: T) => void

/** Rejects what takes too long, and at once what would come on top of too much that is still unanswered. */
function createTimeout (milliseconds: number, tolerated: number): <T>(ask: (answer: Callback<T>) => void) => Promise<T> {
  let unanswered = 0
  return ask => new Promise((resolve, reject) => {
    if (unanswered > tolerated) {
      reject(new Error('Redis has not answered earlier commands yet.'))
      return
    }
    let givenUp = false
    const giveUp = (): void => {
      givenUp = true
      unanswered++
      reject(new Error(`Redis did not answer within ${milliseconds} ms.`))
    }
    // A busy process may find the time elapsed and the answer not yet read: it reads before it gives up.
    let turn: NodeJS.Immediate | undefined
    const timer = setTimeout(() => { turn = setImmediate(giveUp) }, milliseconds)
    ask((error, value) => {
      clearTimeout(timer)
      clearImmediate(turn)
      if (givenUp) unanswered--
      if (error === null) resolve(value as never)
      else reject(error)
    })
  })
}
