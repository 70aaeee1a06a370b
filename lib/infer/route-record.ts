import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { withoutDeclaredResponses } from './typed-responses.js'

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

/** The schema of a route before {@link exchangeSchema}. */
interface Original {
  readonly schema: FastifySchema | undefined
  /** The same without the responses that are documented from the catalog. */
  readonly own: FastifySchema | undefined
}

const originals = new WeakMap<RouteOptions, Original>()

/**
 * Gives a route another schema, for what reads it from now on; {@link schemaOf} still knows the first one.
 *
 * @param exchange makes it of the schema without the responses that are documented from the catalog
 */
export function exchangeSchema (route: RouteOptions, exchange: (own: FastifySchema | undefined) => FastifySchema): void {
  let original = originals.get(route)
  if (original === undefined) originals.set(route, original = { schema: route.schema, own: withoutDeclaredResponses(route.schema) })
  route.schema = exchange(original.own)
}

/** The schema of a route as it was registered. */
export function schemaOf (route: RouteOptions): FastifySchema | undefined {
  const original = originals.get(route)
  return original === undefined ? route.schema : original.schema
}

/** Whether a route is kept out of the documentation: by `config.errors: false`, or by `hide` in the schema, as @fastify/swagger has it. */
export function isExcluded (route: RouteOptions): boolean {
  return route.config?.errors === false || (schemaOf(route) as { readonly hide?: boolean } | undefined)?.hide === true
}

/** The schema of a route as it was registered, without the responses that are documented from the catalog. */
export function ownSchemaOf (route: RouteOptions): FastifySchema | undefined {
  const original = originals.get(route)
  return original === undefined ? withoutDeclaredResponses(route.schema) : original.own
}
