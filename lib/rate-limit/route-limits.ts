import type { FastifyInstance, RouteOptions } from 'fastify'
import type { StandardCode } from '../catalog/standard-errors.js'
import { getRoutePolicies, routePolicy, routePolicyName, type RateLimitOptions, type RateLimitPolicy } from './policies.js'

/** A route, with the scope that it was registered in. */
interface ScopedRoute {
  readonly route: RouteOptions
  readonly scope: FastifyInstance
}

/** One limit of a route, for its documentation. */
interface RouteLimit {
  readonly name: string
  readonly policy: RateLimitPolicy
  /** Whether it is counted here; else by @fastify/rate-limit, which the application registered itself. */
  readonly isOurs: boolean
}

/** The limits of a route: the policies that it is counted under, and its `config.rateLimit`. */
export function getRouteLimits ({ route, scope }: ScopedRoute, options: RateLimitOptions | undefined): RouteLimit[] {
  const named = options === undefined ? [] : getRoutePolicies(route, options)
  const limits = named.map(name => ({ name, policy: options?.policies[name] as RateLimitPolicy, isOurs: true }))
  const settings = route.config?.rateLimit
  const isForeign = scope.hasPlugin('@fastify/rate-limit')
  if (settings && (options !== undefined || isForeign)) limits.push({ name: routePolicyName(route), policy: routePolicy(settings), isOurs: !isForeign })
  return limits
}

/** The codes, beside `rate_limit_exceeded`, that the limits of a route answer with, and the reason for each. */
export function getLimitErrors (record: ScopedRoute, options: RateLimitOptions | undefined): Array<{ readonly code: StandardCode, readonly reason: string }> {
  return getRouteLimits(record, options).flatMap(({ name, policy, isOurs }) => {
    const { redis, onStoreError = 'allow', ban, banStatus, skipOnError = onStoreError === 'allow' } = { ...isOurs && options, ...policy }
    const bans = ban !== undefined && banStatus !== 429
    return [
      ...bans ? [{ code: 'forbidden', reason: `The limit '${name}' bans callers who go on beyond it.` } as const] : [],
      ...redis !== undefined && !skipOnError ? [{ code: 'service_unavailable', reason: `The limit '${name}' lets nobody pass while Redis fails.` } as const] : []
    ]
  })
}
