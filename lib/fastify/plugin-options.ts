/** Keeps the options that an application gave @fastify/rate-limit, because the plugin does not show them. */
import { isRecord } from '../support/is-object.js'
import { scopesAround } from './scopes.js'

/** The options of @fastify/rate-limit that a document depends on. */
export interface RateLimitPluginOptions {
  readonly ban?: number
  readonly enableDraftSpec?: boolean
}

const optionsByScope = new WeakMap<object, RateLimitPluginOptions>()

/** Keeps the options if a plugin is @fastify/rate-limit, whose function refers to itself. `fp()` can change its name. */
export function keepPluginOptions (scope: object, plugin: unknown, options: unknown): void {
  for (const candidate of [plugin, (plugin as { readonly default?: unknown } | undefined)?.default]) {
    const isRateLimit = typeof candidate === 'function' && (candidate as { readonly fastifyRateLimit?: unknown }).fastifyRateLimit === candidate
    if (isRateLimit && isRecord(options)) optionsByScope.set(scope, options)
  }
}

/** Returns the options of the nearest @fastify/rate-limit around a scope; an empty object if they are not known. */
export function getRateLimitPluginOptions (scope: object): RateLimitPluginOptions {
  for (const at of scopesAround(scope)) {
    const options = optionsByScope.get(at)
    if (options !== undefined) return options
  }
  return {}
}
