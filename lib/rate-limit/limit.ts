/** A limit: a policy with its store, which counts requests and says whether the limit is exceeded. */
import type { FastifyRequest } from 'fastify'
import { serializeItem } from 'structured-headers'
import { createKeyGenerator, toStoreKey } from './keys.js'
import type { RateLimitHook, RateLimitOptions, RateLimitPolicy } from './policies.js'
import { createNumberSource, resolveNumber } from './policy-numbers.js'
import { createMemoryStore, createRedisStore, type Count, type Counter } from './stores.js'

/** A policy that is ready to count. */
export interface Limit {
  readonly name: string
  /** The name as an item of a structured field (RFC 9651, section 3.3.3). */
  readonly item: string
  readonly policy: RateLimitPolicy
  /** Counts a request. Returns `undefined` if the policy skips it, and a promise only if there is something to wait for. */
  readonly check: (request: FastifyRequest) => LimitOutcome | undefined | Promise<LimitOutcome | undefined>
}

/** The outcome of counting a request. */
export type LimitOutcome = LimitResult | StoreFailure

/** The state of a limit after it counted a request. */
export interface LimitResult {
  readonly limit: Limit
  /** The key of the caller, as the functions of the policy get it. */
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

/** The store failed, so that the count is unknown. */
export interface StoreFailure {
  readonly limit: Limit
  readonly cause: unknown
}

/** Returns whether the outcome is a failure of the store. */
export function isStoreFailure (outcome: LimitOutcome): outcome is StoreFailure {
  return 'cause' in outcome
}

/** Returns the hook in which a policy counts. */
export function getPolicyHook ({ hook, key }: RateLimitPolicy): RateLimitHook {
  return hook ?? (key === 'api-key' ? 'preValidation' : 'onRequest')
}

/** Returns the function that turns policies into limits, each with a count under its own name, in the store that the options select. */
export function createLimitFactory (
  { redis, nameSpace = 'fastify-api-errors-', storeTimeout = 200, policies, default: _, headers, onStoreError, ...behaviour }: RateLimitOptions
): (name: string, policy: RateLimitPolicy) => Limit {
  const createCounter = redis === undefined ? createMemoryStore() : createRedisStore(redis, nameSpace, storeTimeout)
  const counters = new Map<string, Counter>()
  return (name, policy) => {
    const completePolicy = { ...behaviour, ...policy }
    const { groupId = name } = policy
    const counter = counters.get(groupId) ?? createCounter(groupId, completePolicy)
    counters.set(groupId, counter)
    return createLimit(name, completePolicy, counter)
  }
}

function createLimit (name: string, policy: RateLimitPolicy, counter: Counter): Limit {
  const limit = { name, item: serializeItem(name), policy }
  return Object.assign(limit, { check: createCheck(limit as Limit, counter) })
}

/** Returns the function that counts a request under a limit. */
function createCheck (limit: Limit, counter: Counter): Limit['check'] {
  const { name, policy } = limit
  const { key: keyOption, ipv6Subnet, skip, allowList } = policy
  const max = createNumberSource(name, 'max', policy.max)
  const timeWindow = createNumberSource(name, 'timeWindow', policy.timeWindow)
  const cost = createNumberSource(name, 'cost', policy.cost ?? 1)
  // Without a function in the policy there is nothing to wait for, and a promise costs more than a count in memory.
  if (skip === undefined && typeof keyOption !== 'function' && typeof allowList !== 'function' &&
    typeof max === 'number' && typeof timeWindow === 'number' && typeof cost === 'number') {
    const getKey = createKeyGenerator(keyOption, ipv6Subnet)
    return request => {
      const key = getKey(request)
      return allowList?.includes(key) === true ? undefined : count(limit, counter, key, max, timeWindow, cost)
    }
  }
  const getKey = createKeyGenerator(keyOption, ipv6Subnet)
  return async request => {
    if (skip !== undefined && await skip(request)) return undefined
    const key = await getKey(request)
    if (typeof allowList === 'function' ? await allowList(request, key) : allowList?.includes(key)) return undefined
    return count(limit, counter, key, await resolveNumber(max, request, key), await resolveNumber(timeWindow, request, key), await resolveNumber(cost, request, key))
  }
}

function count (limit: Limit, counter: Counter, key: string, max: number, timeWindow: number, cost: number): LimitOutcome | undefined | Promise<LimitOutcome> {
  if (cost === 0) return undefined
  const { ban = Infinity } = limit.policy
  const createResult = ({ current, ttl }: Count): LimitResult => ({
    limit, key, max, timeWindow, remaining: Math.max(0, max - current), ttl, isExceeded: current > max, isBanned: current - max > ban
  })
  const counted = counter(toStoreKey(key), max, timeWindow, cost)
  return counted instanceof Promise ? counted.then(createResult, (cause: unknown) => ({ limit, cause })) : createResult(counted)
}
