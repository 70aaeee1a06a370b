/** The data of a route that inference uses. */
import type { FastifyInstance, RouteOptions } from 'fastify'

/** A route, recorded when it was registered. */
export interface RouteRecord {
  readonly route: RouteOptions & { readonly url: string }
  /** The pattern at the time of registration. Fastify later changes the pattern of a `/` below a prefix. */
  readonly url: string
  /** The scope in which the route was registered. */
  readonly scope: FastifyInstance
  /** The methods, in upper case. */
  readonly methods: readonly string[]
}

/**
 * Returns whether a route excludes itself from the documentation: by `config.errors: false`, or by `hide` in its schema
 * (@fastify/swagger).
 */
export function isExcluded (route: RouteOptions): boolean {
  return route.config?.errors === false || (route.schema as { readonly hide?: boolean } | undefined)?.hide === true
}

/** Returns the names of a route, such as `GET /users`, without the HEAD route that Fastify adds to a GET route. */
export function listMethodNames ({ methods, route }: RouteRecord): string[] {
  return methods.filter(method => method !== 'HEAD').map(method => `${method} ${route.url}`)
}
