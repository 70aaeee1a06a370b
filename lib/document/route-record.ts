import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'

/** A route as the documentation knows it, noted when it was registered. */
export interface RouteRecord {
  readonly route: RouteOptions & { readonly url: string }
  /** Its pattern at that time: of a `/` below a prefix, Fastify changes it later. */
  readonly url: string
  /** The scope that the route was registered in. */
  readonly scope: FastifyInstance
  /** The methods, in capitals. */
  readonly methods: readonly string[]
}

const originals = new WeakMap<RouteOptions, FastifySchema | undefined>()

/** Gives a route another schema, for what reads it from now on; {@link schemaOf} still knows the first one. */
export function exchangeSchema (route: RouteOptions, schema: FastifySchema): void {
  if (!originals.has(route)) originals.set(route, route.schema)
  route.schema = schema
}

/** The schema of a route as it was registered. */
export function schemaOf (route: RouteOptions): FastifySchema | undefined {
  return originals.has(route) ? originals.get(route) : route.schema
}
