/** Warns about mistakes in an application that cause no error, but do not have the intended effect. */
import type { RouteOptions } from 'fastify'
import { getOriginalHandler } from '../fastify/early-routes.js'
import { hooksBeforeHandler } from '../fastify/hook-names.js'
import { getRouteHooks, isInternalHook } from '../fastify/guard-hooks.js'
import { getEffectiveHooks } from '../fastify/internals.js'
import { listRouteNames } from '../fastify/routes.js'
import { ignoresCredentials } from './code/request-properties.js'
import { handlesEveryError } from './code/rethrowing-handlers.js'
import type { RouteRecord } from './route-record.js'
import { requiresCredentials } from './rules.js'

/** Warns about routes with `config.rateLimit` that no limiter reads. */
export function warnOfUnenforcedLimits (routes: readonly RouteOptions[]): void {
  const names = listRouteNames(routes)
  if (names === '') return
  process.emitWarning(
    `Nothing enforces config.rateLimit of ${names}. Set the option rateLimit of fastify-api-errors, or register @fastify/rate-limit before these routes.`,
    { code: 'FASTIFY_API_ERRORS_UNLIMITED' }
  )
}

/** Warns about a `rateLimit` option that limits no route. */
export function warnOfUnusedPolicies (policies: readonly string[]): void {
  process.emitWarning(
    `The option rateLimit limits no route. Set rateLimit.default, or config.rateLimitPolicy of the routes, to ${policies.map(name => `'${name}'`).join(', ')} or false.`,
    { code: 'FASTIFY_API_ERRORS_UNUSED_LIMITS' }
  )
}

/** Warns about routes that are outside of the scope in which the plugin is registered. */
export function warnOfRoutesOutside (routes: readonly RouteOptions[]): void {
  const names = listRouteNames(routes)
  if (names === '') return
  process.emitWarning(
    `fastify-api-errors is registered in a scope, so it does not handle the errors of the routes outside it: ${names}. ` +
      'Wrap the function that registers it in fastify-plugin, or set config.errors to false on these routes.',
    { code: 'FASTIFY_API_ERRORS_OUTSIDE' }
  )
}

/** Warns about an error handler that replaces that of the plugin in its own scope, and responds to every error. */
export function warnOfReplacedErrorHandler (handler: object): void {
  if (!handlesEveryError(handler)) return
  process.emitWarning(
    "An error handler of the application responds to every error, so fastify-api-errors neither handles nor documents the errors of routes. Delete the handler, or end it with 'throw error'.",
    { code: 'FASTIFY_API_ERRORS_REPLACED' }
  )
}

/**
 * Warns about routes that require credentials in their schema, but have neither a hook nor a handler that can check
 * them.
 */
export function warnOfUncheckedSecurity (records: readonly RouteRecord[]): void {
  const unchecked = records.filter(({ route, scope }) =>
    requiresCredentials((route.schema as { readonly security?: unknown } | undefined)?.security) &&
    hooksBeforeHandler.every(name =>
      getRouteHooks(route, name).length === 0 && getEffectiveHooks(scope, name).every(isInternalHook)
    ) && ignoresCredentials(getOriginalHandler(route))
  )
  const names = listRouteNames(unchecked.map(({ route }) => route))
  if (names === '') return
  process.emitWarning(
    `schema.security of ${names} requires credentials, but no hook and no handler can check them. Add a hook that rejects requests without credentials, or delete security.`,
    { code: 'FASTIFY_API_ERRORS_UNCHECKED_SECURITY' }
  )
}

const properties = ['errors', 'rateLimitPolicy']

/**
 * Warns about properties of `config` that differ from those of the plugin only in the case of letters or the plural.
 */
export function warnOfMisspelledConfig (routes: readonly RouteOptions[]): void {
  for (const { method, url, config = {} } of routes.filter(({ method }) => method !== 'HEAD')) {
    for (const name of Object.keys(config)) {
      const meant = properties.includes(name)
        ? undefined
        : properties.find(property => simplify(property) === simplify(name))
      if (meant === undefined) continue
      process.emitWarning(`config.${name} of ${String(method)} ${url} has no effect. Use config.${meant}.`, {
        code: 'FASTIFY_API_ERRORS_CONFIG'
      })
    }
  }
}

function simplify (name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '').replace(/ies$/, 'y').replace(/s$/, '')
}
