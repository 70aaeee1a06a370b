/** The limits of a route and the errors that they cause, for its documentation. */
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { StandardCode } from '../catalog/standard-errors.js'
import { createRoutePolicy, createRoutePolicyName, getPoliciesOfRegistration, type RateLimitOptions, type RateLimitPolicy } from './policies.js'

/** A route, with the scope in which it was registered. */
interface ScopedRoute {
  readonly route: RouteOptions
  readonly scope: FastifyInstance
}

/** One limit of a route. */
interface RouteLimit {
  readonly name: string
  readonly policy: RateLimitPolicy
  /** Whether this plugin counts it. Otherwise @fastify/rate-limit does, which the application registered itself. */
  readonly isOurs: boolean
}

/**
 * Returns the limits of a route in one registration: the policies that count it, and its `config.rateLimit`, which the
 * nearest registration counts.
 *
 * @param nearer the options of the registrations between this one and the route
 */
export function getRouteLimits ({ route, scope }: ScopedRoute, options: RateLimitOptions | undefined, nearer: readonly RateLimitOptions[] = []): RouteLimit[] {
  const names = options === undefined ? [] : getPoliciesOfRegistration(route, options, nearer)
  const limits = names.map(name => ({ name, policy: options?.policies[name] as RateLimitPolicy, isOurs: true }))
  const settings = nearer.length === 0 && route.config?.rateLimit
  const hasFastifyRateLimit = scope.hasPlugin('@fastify/rate-limit')
  if (settings && (options !== undefined || hasFastifyRateLimit)) {
    limits.push({ name: createRoutePolicyName(route), policy: createRoutePolicy(settings), isOurs: !hasFastifyRateLimit })
  }
  return limits
}

/** Returns the codes that the limits of a route can answer with besides `rate_limit_exceeded`, with the reason for each. */
export function getLimitErrors (
  route: ScopedRoute, options: RateLimitOptions | undefined, nearer: readonly RateLimitOptions[] = []
): Array<{ readonly code: StandardCode, readonly reason: string }> {
  return getRouteLimits(route, options, nearer).flatMap(({ name, policy, isOurs }) => {
    const { redis, onStoreError = 'allow', ban, banStatus, skipOnError = onStoreError === 'allow' } = { ...isOurs && options, ...policy }
    const hasBan = ban !== undefined && banStatus !== 429
    return [
      ...hasBan ? [{ code: 'forbidden', reason: `The limit '${name}' bans callers who go on beyond it.` } as const] : [],
      ...redis !== undefined && !skipOnError ? [{ code: 'service_unavailable', reason: `The limit '${name}' lets nobody pass while Redis fails.` } as const] : []
    ]
  })
}
