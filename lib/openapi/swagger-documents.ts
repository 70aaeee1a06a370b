/**
 * Records the documents of an application by the options of each @fastify/swagger registration. The security of a
 * document and its hidden routes are read from these options, without creating a document.
 */
import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { scopesAround } from '../fastify/scopes.js'
import type { RouteRecord } from '../infer/route-record.js'
import { requiresCredentials } from '../infer/rules.js'
import { isRecord } from '../support/is-object.js'
import { isHiddenSchema, transformRoute, type Transform } from './route-transforms.js'
import type { SwaggerOptions } from './swagger-options.js'

/** A registration of @fastify/swagger. */
export interface SwaggerDocument {
  /** The options that the application passed. */
  readonly options: SwaggerOptions
  /** Whether it hides a route, by route. */
  readonly hidden: WeakMap<RouteOptions, boolean>
}

const documents = new WeakMap<object, SwaggerDocument[]>()

/** Adds a document of a scope and of its nested scopes. */
export function addDocument (scope: FastifyInstance, options: SwaggerOptions): void {
  documents.set(scope, [...documents.get(scope) ?? [], { options, hidden: new WeakMap() }])
}

/** Returns the documents of a scope and of its outer scopes. */
export function findDocuments (scope: FastifyInstance): readonly SwaggerDocument[] {
  return [...scopesAround(scope)].flatMap(around => documents.get(around) ?? [])
}

/** Returns the documents that show a route. */
export function findDocumentsWithRoute ({ route, scope }: RouteRecord): readonly SwaggerDocument[] {
  return findDocuments(scope).filter(document => !hidesRoute(document, route))
}

/** Returns whether a document that shows a route requires credentials on every route. */
export function isSecuredByDocument ({ route, scope }: RouteRecord): boolean {
  return findDocuments(scope).some(document => {
    const { openapi } = document.options
    return isRecord(openapi) && requiresCredentials(openapi.security) && !hidesRoute(document, route)
  })
}

/** Returns whether an application has documents, and each of them hides a route. */
export function isHiddenByDocuments ({ route, scope }: RouteRecord): boolean {
  const found = findDocuments(scope)
  return found.length > 0 && found.every(document => hidesRoute(document, route))
}

function hidesRoute ({ options, hidden }: SwaggerDocument, route: RouteOptions): boolean {
  let isHidden = hidden.get(route)
  if (isHidden === undefined) hidden.set(route, isHidden = isHiddenSchema(transformSchema(route, options), options))
  return isHidden
}

/**
 * Returns the schema of a route in a document. If the transform fails, the document fails as well, so it hides no route
 * here.
 */
function transformSchema (route: RouteOptions, { transform, openapi }: SwaggerOptions): FastifySchema | undefined {
  try {
    const openapiObject = { openapi: '3.0.3', ...openapi as object, components: { schemas: {} }, paths: {} }
    return transformRoute(route, typeof transform === 'function' ? transform as Transform : undefined, openapiObject)
      .schema
  } catch {
    return route.schema
  }
}
