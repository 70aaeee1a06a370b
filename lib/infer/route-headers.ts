/** The headers that the plugins and limits of a route add to its responses. */

/** The headers that responses of a route can have, in addition to those that HTTP requires on errors. */
export interface RouteHeaders {
  /** Whether its responses have rate limit header fields. */
  readonly limited: boolean
  /** Whether other origins can read its responses. */
  readonly cors: boolean
}

const variants: ReadonlyMap<string, RouteHeaders> = new Map(
  [true, false].flatMap(limited => [true, false].map(cors => [`${limited} ${cors}`, { limited, cors }]))
)

/** Returns one object for all routes with the same headers. */
export function getRouteHeaders (limited: boolean, cors: boolean): RouteHeaders {
  return variants.get(`${limited} ${cors}`) as RouteHeaders
}
