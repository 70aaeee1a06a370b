/** Merges the `rateLimit` option of a scope with the `rateLimit` option of the outer registration. */
import { findOwner } from '../fastify/registrations.js'
import type { GivenRateLimit, RateLimitOptions, RateLimitPolicy } from './policies.js'

/** The effective `rateLimit` options of the scopes with a registration, including inherited ones. */
const optionsByScope = new WeakMap<object, RateLimitOptions | undefined>()

/**
 * Returns the effective `rateLimit` options of a scope: its own options, the outer policies with other names, and every
 * outer option that the scope does not set.
 *
 * @param app the scope with the registration
 * @param own the `rateLimit` option of the registration
 */
export function inheritRateLimit (app: object, own: GivenRateLimit | undefined): RateLimitOptions | undefined {
  const options = mergeOptions(own, getOuterRateLimit(app))
  optionsByScope.set(app, options)
  return options
}

/** Returns the effective `rateLimit` options outside a scope with a registration. */
export function getOuterRateLimit (app: object): RateLimitOptions | undefined {
  const outerScope: object = Object.getPrototypeOf(app)
  const owner = findOwner(outerScope)
  return owner === undefined ? undefined : optionsByScope.get(owner)
}

function mergeOptions (
  own: GivenRateLimit | undefined,
  outer: RateLimitOptions | undefined
): RateLimitOptions | undefined {
  if (own === undefined) return outer
  const options = { ...outer, ...own, policies: own.policies ?? {} }
  const policies = Object.entries(options.policies).map(([name, policy]) => [name, completePolicy(policy, options)])
  return {
    ...options,
    policies: { ...outer?.policies, ...Object.fromEntries(policies) as Record<string, RateLimitPolicy> }
  }
}

/**
 * Returns a policy with the settings that the `rateLimit` option defines for all policies, so that the policy is the
 * same in every scope.
 */
export function completePolicy (policy: RateLimitPolicy, options: RateLimitOptions): RateLimitPolicy {
  const { policies, default: _, headers, nameSpace, storeTimeout, redis, onStoreError = 'allow', ...behavior } = options
  return {
    skipOnError: onStoreError === 'allow',
    ...behavior,
    ...policy,
    ...redis === undefined && { skipOnError: true } // the memory store does not fail
  }
}
