import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest, HTTPMethods } from 'fastify'

/**
 * The methods that the address of a request answers, for `Allow`; none where nothing is at the address.
 *
 * Costs nothing until a request has found no route: the router is then asked once for each method. An `OPTIONS` route
 * with a wildcard (`OPTIONS *`, as CORS plugins add one) says nothing about the address and does not count by itself.
 */
export function allowedMethods ({ server, raw }: FastifyRequest): string[] {
  const constraints = getConstraints(raw, server)
  const allowed: string[] = []
  let isAddress = false
  for (const method of server.supportedMethods as HTTPMethods[]) {
    const route = server.findRoute({ method, url: raw.url as string, constraints } as Parameters<typeof server.findRoute>[0])
    if (route === null) continue
    allowed.push(method)
    if (method !== 'OPTIONS' || !('*' in route.params)) isAddress = true
  }
  return isAddress ? allowed.sort() : []
}

/** A constraint strategy of the router, as Fastify's `routerOptions.constraints` takes it. */
interface Strategy {
  readonly name: string
  readonly deriveConstraint: (request: unknown, context: undefined) => unknown
}

/**
 * What the router knows a request by beside method and URL. Strategies that answer by a callback, and those that were
 * added by `addConstraintStrategy`, are not at hand: a route under one of them is not found for another method.
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
