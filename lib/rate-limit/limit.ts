import type { FastifyRequest } from 'fastify'
import { serializeItem } from 'structured-headers'
import { resolveNumber, createNumberSource } from './policy-numbers.js'
import { toStoreKey, createKeyGenerator } from './keys.js'
import type { RateLimitHook, RateLimitOptions, RateLimitPolicy } from './policies.js'
import { memoryStore, redisStore, type Count, type Counter } from './stores.js'

/** A policy that is ready to count. */
export interface Limit {
  readonly name: string
  /** The name as an item of a structured field (RFC 9651, section 3.3.3). */
  readonly item: string
  readonly policy: RateLimitPolicy
  /** Counts a request; `undefined` where the policy leaves it out. It returns a promise only where there is something to wait for. */
  readonly check: (request: FastifyRequest) => Outcome | undefined | Promise<Outcome | undefined>
}

/** What came of counting a request. */
export type Outcome = LimitResult | StoreFailure

/** What a limit says of a request that it counted. */
export interface LimitResult {
  readonly limit: Limit
  /** The caller, as callbacks get it. */
  readonly key: string
  readonly max: number
  /** Milliseconds. */
  readonly timeWindow: number
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly ttl: number
  readonly isExceeded: boolean
  readonly isBanned: boolean
}

/** The store failed, so that nothing is known of the caller. */
export interface StoreFailure {
  readonly limit: Limit
  readonly cause: unknown
}

export function isStoreFailure (outcome: Outcome): outcome is StoreFailure {
  return 'cause' in outcome
}

/** The hook that a policy counts in. */
export function getPolicyHook ({ hook, key }: RateLimitPolicy): RateLimitHook {
  return hook ?? (key === 'api-key' ? 'preValidation' : 'onRequest')
}

/** Makes policies ready to count, each under its own name, in the store that the options ask for. */
export function createLimits (
  { redis, nameSpace = 'fastify-api-errors-', storeTimeout = 200, policies, default: _, headers, onStoreError, ...behaviour }: RateLimitOptions
): (name: string, policy: RateLimitPolicy) => Limit {
  const store = redis === undefined ? memoryStore() : redisStore(redis, nameSpace, storeTimeout)
  const counters = new Map<string, Counter>()
  return (name, policy) => {
    const whole = { ...behaviour, ...policy }
    const { groupId = name } = policy
    const counter = counters.get(groupId) ?? store(groupId, whole)
    counters.set(groupId, counter)
    return createLimit(name, whole, counter)
  }
}

/** Makes a policy ready to count. */
function createLimit (name: string, policy: RateLimitPolicy, counter: Counter): Limit {
  const { key: kind, ipv6Subnet, skip, allowList, ban = Infinity } = policy
  const max = createNumberSource(name, 'max', policy.max)
  const timeWindow = createNumberSource(name, 'timeWindow', policy.timeWindow)
  const cost = createNumberSource(name, 'cost', policy.cost ?? 1)

  const count = (key: string, max: number, timeWindow: number, cost: number): Outcome | undefined | Promise<Outcome> => {
    if (cost === 0) return undefined
    const verdict = ({ current, ttl }: Count): LimitResult => ({
      limit, key, max, timeWindow, remaining: Math.max(0, max - current), ttl, isExceeded: current > max, isBanned: current - max > ban
    })
    const counted = counter(toStoreKey(key), max, timeWindow, cost)
    return counted instanceof Promise ? counted.then(verdict, (cause: unknown) => ({ limit, cause })) : verdict(counted)
  }

  const checkOf = (): Limit['check'] => {
    // Without a function in the policy there is nothing to wait for, and a promise costs more than a count in memory.
    if (skip === undefined && typeof kind !== 'function' && typeof allowList !== 'function' &&
      typeof max === 'number' && typeof timeWindow === 'number' && typeof cost === 'number') {
      const keyOfRequest = createKeyGenerator(kind, ipv6Subnet)
      return request => {
        const key = keyOfRequest(request)
        return allowList?.includes(key) === true ? undefined : count(key, max, timeWindow, cost)
      }
    }
    const keyOfRequest = createKeyGenerator(kind, ipv6Subnet)
    return async request => {
      if (skip !== undefined && await skip(request)) return undefined
      const key = await keyOfRequest(request)
      if (typeof allowList === 'function' ? await allowList(request, key) : allowList?.includes(key)) return undefined
      return count(key, await resolveNumber(max, request, key), await resolveNumber(timeWindow, request, key), await resolveNumber(cost, request, key))
    }
  }

  const limit: Limit = { name, item: serializeItem(name), policy, check: checkOf() }
  return limit
}
