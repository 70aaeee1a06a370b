/** The data of a route that inference uses. */
import type { FastifyInstance, RouteOptions } from 'fastify'

/** A route, recorded when it was registered. */
export interface RouteRecord {
  readonly route: RouteOptions & { readonly url: string }
  /** Its pattern at that time. Fastify later changes the pattern of a `/` below a prefix. */
  readonly url: string
  /** The scope that the route was registered in. */
  readonly scope: FastifyInstance
  /** The methods, in upper case. */
  readonly methods: readonly string[]
}

/** Returns whether a route excludes itself from the documentation: by `config.errors: false`, or by `hide` in its schema (@fastify/swagger). */
export function isExcluded (route: RouteOptions): boolean {
  return route.config?.errors === false || (route.schema as { readonly hide?: boolean } | undefined)?.hide === true
}
