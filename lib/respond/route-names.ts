/** The name of a route, `GET /queues/:id`; `null` where no route was found. */
export type RouteName = (method: string | null, url: string | null) => string | null

/** Names each route once: a text that is put together anew for each answer is hashed anew by each Map that it is looked up in. */
export function createRouteNames (): RouteName {
  const names = new Map<string, Map<string | null, string>>()
  return (method, url) => {
    if (url === null) return null
    let ofUrl = names.get(url)
    if (ofUrl === undefined) names.set(url, ofUrl = new Map())
    let name = ofUrl.get(method)
    if (name === undefined) ofUrl.set(method, name = `${method} ${url}`)
    return name
  }
}
