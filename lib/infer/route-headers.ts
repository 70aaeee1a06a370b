/** The headers that the plugins and limits of a route add to its responses. */

/** The header fields of @fastify/rate-limit: its own, or those of draft 6 with `enableDraftSpec`. */
export type PluginLimitFields = 'x-ratelimit' | 'draft-6'

/** The headers that responses of a route can have, in addition to the headers that HTTP requires on errors. */
export interface RouteHeaders {
  /** Whether its responses have rate limit header fields. */
  readonly limited: boolean
  /** The fields of @fastify/rate-limit, if the application registered it and it limits the route. */
  readonly pluginLimit: PluginLimitFields | undefined
  /** Whether other origins can read its responses. */
  readonly cors: boolean
}

const variants: readonly RouteHeaders[] = [true, false].flatMap(limited =>
  [true, false].flatMap(cors =>
    ([undefined, 'x-ratelimit', 'draft-6'] as const).map(pluginLimit => ({ limited, pluginLimit, cors }))
  )
)

/** Returns one object for all routes with the same headers. */
export function getRouteHeaders (
  limited: boolean,
  cors: boolean,
  pluginLimit: PluginLimitFields | undefined
): RouteHeaders {
  return variants.find(variant =>
    variant.limited === limited && variant.cors === cors && variant.pluginLimit === pluginLimit
  ) as RouteHeaders
}
