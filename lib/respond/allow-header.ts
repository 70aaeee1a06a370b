/** Finds the methods that the routes of a path support, for the `Allow` header. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'

/**
 * Returns the methods for which the path of a request has routes. The list is empty if the path has no route.
 *
 * It runs only if a request matches no route, and searches the router once for each method.
 *
 * Catch-all routes are ignored. The `/*` of @fastify/static, for example, matches every path and checks later whether
 * the file exists. An `OPTIONS` route with a wildcard (`OPTIONS *` of CORS plugins) applies to every existing path. So
 * it counts as a method of a path that has another route.
 */
export function allowedMethods ({ server, raw }: FastifyRequest): string[] {
  const url = raw.url as string
  const constraints = getConstraints(raw, server)
  const find = (method: HTTPMethods, path: string): ReturnType<typeof server.findRoute> =>
    server.findRoute({ method, url: path, constraints })
  const allowed: string[] = []
  let isPath = false
  for (const method of getSupportedMethods(server)) {
    const route = find(method, url)
    // For a parameter that is too long, the router returns a handler that responds with an error. It is not a route, so
    // it has no query.
    if (route === null || (route.searchParams as unknown) === undefined) continue
    const hasWildcard = '*' in route.params
    if (
      method !== 'OPTIONS' && hasWildcard &&
      isCatchAll(route.params, find(method, unlikelySegment + getPath(url))?.params)
    ) continue
    allowed.push(method)
    if (method !== 'OPTIONS' || !hasWildcard) isPath = true
  }
  return isPath ? allowed.sort() : []
}

/** The methods of each scope. Fastify creates a new list each time it is read. */
const supported = new WeakMap<FastifyInstance, readonly HTTPMethods[]>()

function getSupportedMethods (server: FastifyInstance): readonly HTTPMethods[] {
  let methods = supported.get(server)
  if (methods === undefined) supported.set(server, methods = server.supportedMethods as HTTPMethods[])
  return methods
}

/** A first path segment that no route has. Only catch-all routes match paths that begin with it. */
const unlikelySegment = '/unlikely-7d1f0c'

/**
 * Returns whether the wildcard of a matched route matches the whole path. In this case, the same route matches the path
 * with another segment in front, and its wildcard contains that segment. The wildcard of `*` includes the leading
 * slash, that of `/*` does not.
 */
function isCatchAll (params: object, paramsBehindSegment: object | undefined): boolean {
  const [wildcard, whole] = [params, paramsBehindSegment ?? {}].map(matched =>
    String((matched as Record<string, unknown>)['*'])
  )
  return whole === `${unlikelySegment.slice(1)}/${wildcard}` || whole === `${unlikelySegment}${wildcard}`
}

/**
 * Returns the path of a request target. A proxy receives absolute URLs, which start with an origin (RFC 9112, section
 * 3.2.2).
 */
function getPath (url: string): string {
  return url.startsWith('/') ? url : `/${url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*\/?/i, '')}`
}

/** A constraint strategy of the router, as in Fastify's `routerOptions.constraints`. */
interface Strategy {
  readonly name: string
  readonly deriveConstraint: (request: unknown, context: undefined) => unknown
}

/**
 * Returns the values that the router uses in addition to method and URL. Strategies with a callback, and those that
 * were added with `addConstraintStrategy`, cannot be evaluated here. So a route with such a constraint is not found for
 * another method.
 */
function getConstraints (raw: IncomingMessage, server: FastifyInstance): Record<string, unknown> {
  const constraints: Record<string, unknown> = {
    host: raw.headers.host ?? raw.headers[':authority'],
    version: raw.headers['accept-version']
  }
  const { routerOptions } = server.initialConfig as {
    readonly routerOptions?: { readonly constraints?: Readonly<Record<string, Strategy>> }
  }
  for (const { name, deriveConstraint } of Object.values(routerOptions?.constraints ?? {})) {
    if (deriveConstraint.length < 3) constraints[name] = deriveConstraint(raw, undefined)
  }
  return constraints
}
