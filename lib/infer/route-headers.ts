/** Which headers the responses of a route carry because of its plugins and limits. */

/** The headers that answers of a route can carry beside those that HTTP asks for on errors. */
export interface RouteHeaders {
  /** Whether the fields of a rate limit are on its answers. */
  readonly limited: boolean
  /** Whether other origins may read its answers. */
  readonly cors: boolean
}

const variants: ReadonlyMap<string, RouteHeaders> = new Map(
  [true, false].flatMap(limited => [true, false].map(cors => [`${limited} ${cors}`, { limited, cors }]))
)

/** One object for routes with the same headers. */
export function routeHeaders (limited: boolean, cors: boolean): RouteHeaders {
  return variants.get(`${limited} ${cors}`) as RouteHeaders
}
