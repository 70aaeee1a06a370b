/**
 * Applies the option `transform` of @fastify/swagger, or `config.swaggerTransform` of a route, to a route, and decides
 * whether it is hidden.
 */
import type { FastifySchema, RouteOptions } from 'fastify'
import { findCoveredRoute, type CoveredRoute } from '../infer/route-errors.js'
import type { OpenApiDocument } from './add-errors.js'

/** The argument that @fastify/swagger passes to a transform. */
export interface TransformInput {
  readonly schema: FastifySchema | undefined
  readonly url: string
  readonly route: RouteOptions
  readonly openapiObject: OpenApiDocument
  readonly [more: string]: unknown
}

/** A transform of @fastify/swagger. */
export type Transform = (input: TransformInput) => { schema: FastifySchema | undefined, url: string }

/** Returns whether a route has its own transform, or excludes itself from the document's transform. */
export function hasOwnTransform ({ config }: RouteOptions): boolean {
  return getOwnTransform(config) !== undefined
}

function getOwnTransform (config: RouteOptions['config']): false | Transform | undefined {
  return (config as { readonly swaggerTransform?: false | Transform } | undefined)?.swaggerTransform
}

/** Returns the schema and the URL of a route in a document. */
export function transformRoute (
  route: RouteOptions,
  transform: Transform | undefined,
  openapiObject: OpenApiDocument
): ReturnType<Transform> {
  const { schema, url } = route
  const applied = getOwnTransform(route.config) ?? transform
  const result: { schema?: FastifySchema | undefined, url?: string } = typeof applied === 'function'
    ? applied({ schema, url, route, openapiObject })
    : {}
  return { schema: result.schema ?? schema, url: result.url ?? url }
}

/** The options of @fastify/swagger that hide routes. */
export interface HidingOptions {
  readonly hiddenTag?: unknown
  readonly hideUntagged?: unknown
}

/** Returns whether @fastify/swagger hides a route with a schema (its README, "Hide a route"). */
export function isHiddenSchema (
  schema: FastifySchema | undefined,
  { hiddenTag = 'X-HIDDEN', hideUntagged }: HidingOptions
): boolean {
  const { hide, tags = [] } = (schema ?? {}) as { readonly hide?: unknown, readonly tags?: readonly unknown[] }
  return Boolean(hide) || (Boolean(hideUntagged) && tags.length === 0) || tags.includes(hiddenTag)
}

/**
 * Returns the routes with their own transform that an operation of a document belongs to: several if they differ by a
 * constraint.
 */
export function findTransformedRoutes (
  routes: readonly RouteOptions[],
  path: string,
  method: string,
  document: OpenApiDocument
): CoveredRoute[] {
  const shape = path.replace(/\{[^}]*\}/g, '{}')
  return routes
    .filter(route =>
      [route.method].flat().includes(method) &&
      listShapes(transformRoute(route, undefined, document).url, document).includes(shape)
    )
    .flatMap(route => findCoveredRoute(route) ?? [])
}

/**
 * Returns the paths under which a document can show a URL: unchanged, or without the path of a server. Parameters have
 * no names.
 */
function listShapes (url: string, { servers }: OpenApiDocument): string[] {
  const shape = url.replace(/::|:\w+(\((?:[^()]|\([^()]*\))*\))?\??|\*/g, match => match === '::' ? ':' : '{}')
  const basePaths = (Array.isArray(servers) ? servers : []).map(server =>
    new URL(String(server.url), 'http://localhost').pathname
  )
  return [shape, ...basePaths.filter(base => shape.startsWith(base)).map(base => shape.slice(base.length))]
}
