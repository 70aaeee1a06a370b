/** The limits of a route and the errors that they cause, for its documentation. */
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { StandardCode } from '../catalog/standard-errors.js'
import { completePolicy } from './inherit-limits.js'
import { createRoutePolicy, createRoutePolicyName, getRoutePolicies, type RateLimitOptions, type RateLimitPolicy } from './policies.js'

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
  const names = options === undefined ? [] : getRoutePolicies(route, options)
  const limits = names.map(name => ({ name, policy: options?.policies[name] as RateLimitPolicy, isOurs: true }))
  const settings = route.config?.rateLimit
  const hasFastifyRateLimit = scope.hasPlugin('@fastify/rate-limit')
  if (settings && (options !== undefined || hasFastifyRateLimit)) {
    const routePolicy = createRoutePolicy(settings, route)
    const policy = options === undefined || hasFastifyRateLimit ? routePolicy : completePolicy(routePolicy, options)
    limits.push({ name: createRoutePolicyName(route), policy, isOurs: !hasFastifyRateLimit })
  }
  return limits
}

/** Returns the codes of a route's limits except `rate_limit_exceeded`, with the reason for each. */
export function getLimitErrors (route: ScopedRoute, options: RateLimitOptions | undefined): Array<{ readonly code: StandardCode, readonly reason: string }> {
  return getRouteLimits(route, options).flatMap(({ name, policy, isOurs }) => {
    const { ban, banStatus, skipOnError } = policy
    return [
      ...ban !== undefined && banStatus !== 429 ? [{ code: 'forbidden', reason: `The limit '${name}' bans clients that keep exceeding it.` } as const] : [],
      ...isOurs && skipOnError === false ? [{ code: 'service_unavailable', reason: `The limit '${name}' rejects all requests while Redis fails.` } as const] : []
    ]
  })
}
