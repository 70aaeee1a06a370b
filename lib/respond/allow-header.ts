/** Finds out which methods the routes of a path take, for the `Allow` header. */
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'

/**
 * Returns the methods that the path of a request has routes for; none if there is no route for the path.
 *
 * It costs nothing until a request has found no route. Then the router is asked once for each method. A catch-all route says
 * nothing about a single path: `/*`, as @fastify/static adds it, takes every path and finds out later what exists. It counts
 * neither as a route of the path nor as a method. An `OPTIONS` route with a wildcard (`OPTIONS *`, as CORS plugins add it)
 * answers for every path that exists: it counts as a method of a path that has another route.
 */
export function allowedMethods ({ server, raw }: FastifyRequest): string[] {
  const constraints = getConstraints(raw, server)
  const find = (method: string, url: string): ReturnType<typeof server.findRoute> =>
    server.findRoute({ method, url, constraints } as Parameters<typeof server.findRoute>[0])
  const url = raw.url as string
  const allowed: string[] = []
  let isPath = false
  for (const method of server.supportedMethods as HTTPMethods[]) {
    const route = find(method, url)
    if (route === null) continue
    const hasWildcard = '*' in route.params
    if (method !== 'OPTIONS' && hasWildcard && isCatchAll(route.params, find(method, unlikelySegment + getPath(url))?.params)) continue
    allowed.push(method)
    if (method !== 'OPTIONS' || !hasWildcard) isPath = true
  }
  return isPath ? allowed.sort() : []
}

/** A first segment that no route has. A path after it can be matched by a catch-all route only. */
const unlikelySegment = '/unlikely-7d1f0c'

/**
 * Returns whether the wildcard of a matched route takes the whole path. Then the same path behind another segment is matched by
 * the same route, and its wildcard takes that segment as well. The wildcard of `*` has the slash in front, that of `/*` has not.
 */
function isCatchAll (params: object, paramsBehindSegment: object | undefined): boolean {
  const [wildcard, whole] = [params, paramsBehindSegment ?? {}].map(matched => String((matched as Record<string, unknown>)['*']))
  return whole === `${unlikelySegment.slice(1)}/${wildcard}` || whole === `${unlikelySegment}${wildcard}`
}

/** Returns the path of a request target: an absolute URL, as a proxy receives it, has its origin in front (RFC 9112, section 3.2.2). */
function getPath (url: string): string {
  return url.startsWith('/') ? url : `/${url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*\/?/i, '')}`
}

/** A constraint strategy of the router, as Fastify's `routerOptions.constraints` takes it. */
interface Strategy {
  readonly name: string
  readonly deriveConstraint: (request: unknown, context: undefined) => unknown
}

/**
 * Returns what the router looks at beside method and URL. Strategies that answer by a callback, and those that were added by
 * `addConstraintStrategy`, cannot be asked here: a route under one of them is not found for another method.
 */
function getConstraints (raw: IncomingMessage, server: FastifyInstance): Record<string, unknown> {
  const constraints: Record<string, unknown> = {
    host: raw.headers.host ?? raw.headers[':authority'],
    version: raw.headers['accept-version']
  }
  const { routerOptions } = server.initialConfig as { readonly routerOptions?: { readonly constraints?: Readonly<Record<string, Strategy>> } }
  for (const { name, deriveConstraint } of Object.values(routerOptions?.constraints ?? {})) {
    if (deriveConstraint.length < 3) constraints[name] = deriveConstraint(raw, undefined)
  }
  return constraints
}
