import type { FastifyRequest } from 'fastify'

/**
 * The methods that the address of a request answers, for `Allow`; none where nothing is at the address.
 *
 * Costs nothing until a request has found no route: the router is then asked once for each method. An `OPTIONS` route
 * for everything (`OPTIONS *`, as CORS plugins add one) says nothing about the address and does not count by itself.
 */
export function allowedMethods (request: FastifyRequest): string[] {
  const { server, raw } = request
  const url = withoutQuery(raw.url as string)
  const constraints = {
    ...(raw.headers.host !== undefined && { host: raw.headers.host }),
    ...(raw.headers['accept-version'] !== undefined && { version: raw.headers['accept-version'] })
  }
  const allowed: string[] = []
  let onlyCatchAllOptions = true
  for (const method of server.supportedMethods) {
    const route = server.findRoute({ method: method as 'GET', url, constraints } as Parameters<typeof server.findRoute>[0])
    if (route === null) continue
    allowed.push(method)
    if (method !== 'OPTIONS' || (route.params as Record<string, string | undefined>)['*'] !== url.slice(1)) onlyCatchAllOptions = false
  }
  return onlyCatchAllOptions ? [] : allowed.sort()
}

/** The path of a URL as a request line has it. */
export function withoutQuery (url: string): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}
