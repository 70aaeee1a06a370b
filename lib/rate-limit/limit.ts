/** A limit: a policy with its store. It counts requests and returns whether the limit is exceeded. */
import type { FastifyRequest } from 'fastify'
import { checkReturned } from '../fastify/returned-errors.js'
import { completePolicy } from './inherit-limits.js'
import { createAllowlist, createKeyGenerator, type ClientKey } from './client-keys.js'
import { createMemoryStore } from './memory-store.js'
import { formatPolicyName, type RateLimitHook, type RateLimitOptions, type RateLimitPolicy } from './policies.js'
import { createNumberSource, resolveNumber } from './policy-numbers.js'
import { createRedisStore } from './redis-store.js'
import type { Count, Counter } from './store.js'

/** A policy that is ready to count. */
export interface Limit {
  readonly name: string
  /** The name as an item of a structured field (RFC 9651, section 3.3.3). */
  readonly item: string
  readonly policy: RateLimitPolicy
  /**
   * Counts a request. Returns `undefined` if the policy skips it, and a promise only if there is something to wait for.
   */
  readonly check: (request: FastifyRequest) => LimitOutcome | undefined | Promise<LimitOutcome | undefined>
}

/** The outcome of counting a request. */
export type LimitOutcome = LimitResult | StoreFailure

/** The state of a limit after it counted a request. */
export interface LimitResult {
  readonly limit: Limit
  /** The key of the client that the functions of the policy receive. */
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

/** A failure of the store. The count is unknown. */
export interface StoreFailure {
  readonly limit: Limit
  readonly cause: unknown
}

/** Returns whether the outcome is a failure of the store. */
export function isStoreFailure (outcome: LimitOutcome): outcome is StoreFailure {
  return 'cause' in outcome
}

/** Returns the hook in which a policy counts requests. */
export function getPolicyHook ({ hook, key }: RateLimitPolicy): RateLimitHook {
  return hook ?? (key === 'api-key' ? 'preValidation' : 'onRequest')
}

/** The counts in memory by group, by server. Registrations on one server share them. */
const countersByServer = new WeakMap<object, Map<string, Counter>>()

/**
 * Returns a function that creates limits from policies. Each limit has a separate count in the store that the options
 * select, unless its `groupId` is that of another limit.
 *
 * @param own the policies of the registration, without inherited ones
 * @param groupPrefix the prefix of the names of their counts, to separate several registrations
 */
export function createLimitFactory (
  options: RateLimitOptions,
  own: Readonly<Record<string, RateLimitPolicy>> = options.policies,
  groupPrefix = '',
  server: object = {}
): (name: string, policy: RateLimitPolicy) => Limit {
  const { redis, nameSpace = 'fastify-api-errors-', storeTimeout = 200 } = options
  const createCounter = redis === undefined ? createMemoryStore() : createRedisStore(redis, nameSpace, storeTimeout)
  const counters = redis === undefined ? getCounters(server) : new Map<string, Counter>()
  return (name, policy) => {
    const complete = completePolicy(policy, options)
    const { groupId = name, cache } = complete
    const group = groupId === name || Object.hasOwn(own, groupId) ? groupPrefix + groupId : groupId
    const counter = counters.get(group) ?? createCounter(group, cache)
    counters.set(group, counter)
    return createLimit(name, complete, counter)
  }
}

function getCounters (server: object): Map<string, Counter> {
  const counters = countersByServer.get(server) ?? new Map<string, Counter>()
  countersByServer.set(server, counters)
  return counters
}

function createLimit (name: string, policy: RateLimitPolicy, counter: Counter): Limit {
  const limit = { name, item: formatPolicyName(name), policy }
  return Object.assign(limit, { check: createCheck(limit as Limit, counter) })
}

/** Returns the function that counts a request under a limit. */
function createCheck (limit: Limit, counter: Counter): Limit['check'] {
  const { name, policy } = limit
  const { key, ipv6Subnet, skip, allowList } = policy
  const isAllowed = typeof allowList === 'object' ? createAllowlist(allowList) : undefined
  const max = createNumberSource(name, 'max', policy.max)
  const timeWindow = createNumberSource(name, 'timeWindow', policy.timeWindow)
  const cost = createNumberSource(name, 'cost', policy.cost ?? 1)
  // If the policy has no function, no promise is needed. A promise costs more than a count in memory.
  if (
    skip === undefined && typeof key !== 'function' && typeof allowList !== 'function' &&
    typeof max === 'number' && typeof timeWindow === 'number' && typeof cost === 'number'
  ) {
    const getClient = createKeyGenerator(key, ipv6Subnet)
    return request => {
      const client = getClient(request)
      return isAllowed?.(client) === true ? undefined : count(limit, counter, client, max, timeWindow, cost)
    }
  }
  const getClient = createKeyGenerator(key, ipv6Subnet)
  return async request => {
    if (skip !== undefined && checkReturned(await skip(request))) return undefined
    const client = await getClient(request)
    if (typeof allowList === 'function' ? checkReturned(await allowList(request, client.key)) : isAllowed?.(client)) {
      return undefined
    }
    return count(
      limit,
      counter,
      client,
      await resolveNumber(max, request, client.key),
      await resolveNumber(timeWindow, request, client.key),
      await resolveNumber(cost, request, client.key)
    )
  }
}

function count (
  limit: Limit,
  counter: Counter,
  { key, storeKey }: ClientKey,
  max: number,
  timeWindow: number,
  cost: number
): LimitOutcome | undefined | Promise<LimitOutcome> {
  if (cost === 0) return undefined
  const { ban = Infinity } = limit.policy
  const createResult = ({ used, exceeding, ttl }: Count): LimitResult => {
    const isExceeded = used > max
    return {
      limit,
      key,
      max,
      timeWindow,
      remaining: Math.max(0, max - used),
      ttl,
      isExceeded,
      isBanned: isExceeded && exceeding > ban
    }
  }
  const counted = counter(storeKey, max, timeWindow, cost, limit.policy)
  return counted instanceof Promise
    ? counted.then(createResult, (cause: unknown) => ({ limit, cause }))
    : createResult(counted)
}
