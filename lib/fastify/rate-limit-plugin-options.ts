/** Stores the options that an application passed to @fastify/rate-limit, because the plugin does not expose them. */
import { isRecord } from '../support/is-object.js'
import { findPluginFunction } from './find-plugin-function.js'
import { scopesAround } from './scopes.js'

/** The options of @fastify/rate-limit that a document depends on. */
export interface RateLimitPluginOptions {
  readonly ban?: number | null
  readonly enableDraftSpec?: boolean
  readonly errorResponseBuilder?: unknown
}

const optionsByScope = new WeakMap<object, RateLimitPluginOptions>()

/** Stores the options if a plugin is @fastify/rate-limit. */
export function keepPluginOptions (scope: object, plugin: unknown, options: unknown): void {
  if (findPluginFunction(plugin, 'fastifyRateLimit') !== undefined && isRecord(options)) {
    optionsByScope.set(scope, options)
  }
}

/** Returns the options of the nearest @fastify/rate-limit around a scope, or an empty object if they are unknown. */
export function getRateLimitPluginOptions (scope: object): RateLimitPluginOptions {
  for (const current of scopesAround(scope)) {
    const options = optionsByScope.get(current)
    if (options !== undefined) return options
  }
  return {}
}
