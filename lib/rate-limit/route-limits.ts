/** The limits of a route and the errors that they cause, for its documentation. */
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { ErrorExample } from '../catalog/definition.js'
import type { StandardCode } from '../catalog/standard-errors.js'
import { getHeaderFields, toSeconds, type HeaderField } from './header-fields.js'
import type { LimitResult } from './limit.js'
import { completePolicy } from './inherit-limits.js'
import {
  createRoutePolicy,
  createRoutePolicyName,
  formatPolicyName,
  getRoutePolicies,
  listPolicyNames,
  type RateLimitOptions,
  type RateLimitPolicy
} from './policies.js'
import { createNumberSource } from './policy-numbers.js'

/** A route, with the scope in which it was registered. */
interface ScopedRoute {
  readonly route: RouteOptions
  readonly scope: FastifyInstance
}

/** One limit of a route. */
interface RouteLimit {
  readonly name: string
  readonly policy: RateLimitPolicy
  /** Whether this plugin counts it. Otherwise, the application registered @fastify/rate-limit, which counts it. */
  readonly isOurs: boolean
}

/**
 * Returns the limits of a route: the policies that apply to it, and its `config.rateLimit`.
 *
 * @param options as `inheritRateLimit` returns them
 */
export function getRouteLimits ({ route, scope }: ScopedRoute, options: RateLimitOptions | undefined): RouteLimit[] {
  const limits = listNamedLimits(options === undefined ? [] : getRoutePolicies(route, options), options)
  const settings = route.config?.rateLimit
  const hasFastifyRateLimit = scope.hasPlugin('@fastify/rate-limit')
  if (settings && (options !== undefined || hasFastifyRateLimit)) {
    const routePolicy = createRoutePolicy(settings, route)
    const policy = options === undefined || hasFastifyRateLimit ? routePolicy : completePolicy(routePolicy, options)
    limits.push({ name: createRoutePolicyName(route), policy, isOurs: !hasFastifyRateLimit })
  }
  return limits
}

function listNamedLimits (names: readonly string[], options: RateLimitOptions | undefined): RouteLimit[] {
  return names.map(name => ({ name, policy: options?.policies[name] as RateLimitPolicy, isOurs: true }))
}

/** Returns the codes of a route's limits except `rate_limit_exceeded`, with the reason for each. */
export function getLimitErrors (
  route: ScopedRoute,
  options: RateLimitOptions | undefined
): Array<{ readonly code: StandardCode, readonly reason: string }> {
  return getRouteLimits(route, options).flatMap(({ name, policy, isOurs }) => {
    const { ban, banStatus, skipOnError } = policy
    return [
      ...ban !== undefined && banStatus !== 429
        ? [{ code: 'forbidden', reason: `The limit '${name}' bans clients that keep exceeding it.` } as const]
        : [],
      ...isOurs && skipOnError === false
        ? [
            {
              code: 'service_unavailable',
              reason: `The limit '${name}' rejects all requests while Redis fails.`
            } as const
          ]
        : []
    ]
  })
}

/** The example of a request beyond the limits of a route, and the header fields of its responses. */
export interface LimitExample {
  readonly example: ErrorExample
  /** The fields of a response to the first request, by name. */
  readonly fields: ReadonlyMap<string, string | number>
  /** The fields of the 429. */
  readonly exceededFields: ReadonlyMap<string, string | number>
}

/**
 * Returns a function that creates the example of a request beyond the limits of a route. The request is sent right
 * after the requests that the limits allow. The function returns `undefined` if a limit depends on the client, or if
 * another plugin counts it.
 */
export function createLimitExamples (
  options: RateLimitOptions | undefined
): (route: ScopedRoute | undefined) => LimitExample | undefined {
  const known = new Map<string, LimitExample | undefined>()
  return route => {
    const limits = route === undefined
      ? listNamedLimits(listPolicyNames(options?.default), options)
      : getRouteLimits(route, options)
    const key = limits.map(({ name }) => name).join('\n')
    if (!known.has(key)) known.set(key, createLimitExample(limits, getHeaderFields(options)))
    return known.get(key)
  }
}

function createLimitExample (limits: readonly RouteLimit[], fields: readonly HeaderField[]): LimitExample | undefined {
  const numbers = limits.map(({ name, policy, policy: { max, timeWindow }, isOurs }) => ({
    name,
    policy,
    max,
    timeWindow: createNumberSource(name, 'timeWindow', timeWindow),
    isOurs
  }))
  const fixed = numbers.flatMap(({ name, policy, max, timeWindow, isOurs }) =>
    isOurs && typeof max === 'number' && typeof timeWindow === 'number' ? [{ name, policy, max, timeWindow }] : []
  )
  if (fixed.length < limits.length) return undefined
  const least = Math.min(...fixed.map(({ max }) => max))
  // If several limits are exceeded, the response has the one with the longest wait.
  const exceeded = fixed.filter(({ max }) => max === least)
  const [first] = [...exceeded].sort((a, b) => b.timeWindow - a.timeWindow)
  if (first === undefined) return undefined
  const window = toSeconds(first.timeWindow)
  const createFields = (used: number): LimitExample['fields'] => {
    const results = fixed.map(({ name, policy, max, timeWindow }): LimitResult => ({
      limit: { name, policy, item: formatPolicyName(name), check: () => undefined },
      key: '',
      max,
      timeWindow,
      remaining: Math.max(0, max - used),
      ttl: timeWindow,
      isExceeded: used > max,
      isBanned: false
    }))
    return new Map(fields.map(({ name, value }) => [name, value(results as [LimitResult, ...LimitResult[]])]))
  }
  return {
    example: {
      meta: {
        policy: first.name,
        ...(exceeded.length > 1 && { policies: exceeded.map(({ name }) => name) }),
        limit: least,
        window,
        retry_after: window
      },
      retryAfter: window
    },
    fields: createFields(1),
    exceededFields: createFields(least + 1)
  }
}
