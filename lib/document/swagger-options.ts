import type { FastifySchema, RouteOptions } from 'fastify'
import { documentedRoute, originalSchema, type Documenter } from './documenter.js'
import { createComponents, type Components } from './responses.js'
import type { RouteRecord } from './route-record.js'
import { versionOf } from './schema.js'
import { securityOf, withSecurity } from './security.js'

type Json = Record<string, unknown>

/** The part of an OpenAPI document that is read and written here. */
interface Document extends Json {
  openapi?: string
  paths?: Record<string, Record<string, Json>>
  components?: Partial<Record<keyof Components, Json>>
}

/** The part of the options of @fastify/swagger that is composed here; structural, so that any version of it fits. */
interface SwaggerOptions {
  transform?: unknown
  transformObject?: unknown
  refResolver?: { buildLocalReference?: unknown }
}

interface Transformed { schema: FastifySchema | undefined, url: string }
type Transform = (part: Transformed & { route: RouteOptions, openapiObject?: Document, [more: string]: unknown }) => Transformed
type TransformObject = (part: { openapiObject?: Document, swaggerObject?: Json }) => Json

/** Marks an operation with its route between the two steps in which a document is made; it is taken out again. */
const mark = 'x-fastify-api-errors'

/**
 * Options for @fastify/swagger that put the errors of each route into the document, as shared components. A
 * `transform`, `transformObject` or `refResolver` of yours is called, too. Components are named by the `$id` of their
 * schema instead of `def-0`.
 *
 * @example
 * await app.register(swagger, swaggerOptions({ openapi: { info: { title: 'Launch API', version: '1.0.0' } } }))
 */
export function swaggerOptions<Options extends object = { openapi: { info: { title: string, version: string } } }> (options?: Options): Options {
  const given = (options ?? { openapi: {} }) as SwaggerOptions
  const userTransform = given.transform as Transform | undefined
  const userTransformObject = given.transformObject as TransformObject | undefined
  const marked: Array<{ readonly record: RouteRecord, readonly documenter: Documenter }> = []

  const transform: Transform = part => {
    const found = documentedRoute(part.route)
    const original = originalSchema(part.route, part.schema)
    const schema = found === undefined || part.openapiObject === undefined ? original : withSecurity(original, securityOf(found.record), part.openapiObject)
    const transformed = userTransform?.({ ...part, schema }) ?? { schema, url: part.url }
    if (found === undefined) return { ...transformed, schema: transformed.schema ?? {} }
    return { ...transformed, schema: { ...transformed.schema ?? schema, [mark]: marked.push(found) - 1 } as FastifySchema }
  }

  const transformObject: TransformObject = part => {
    const { openapiObject } = part
    if (openapiObject !== undefined) document(openapiObject, marked)
    marked.length = 0
    return userTransformObject?.(part) ?? openapiObject ?? part.swaggerObject as Json
  }

  return {
    ...given,
    refResolver: { buildLocalReference, ...given.refResolver },
    transform,
    transformObject
  } as Options
}

function buildLocalReference (schema: { readonly $id?: string, readonly title?: string }, _base: unknown, _fragment: unknown, index: number): string {
  return schema.$id ?? schema.title ?? `def-${index}`
}

/** Adds the errors of each marked operation to a document, and the components that they refer to. */
function document (openapi: Document, marked: ReadonlyArray<{ readonly record: RouteRecord, readonly documenter: Documenter }>): void {
  const builders = new Map<Documenter, ReturnType<typeof createComponents>>()
  for (const item of Object.values(openapi.paths ?? {})) {
    for (const [method, operation] of Object.entries(item)) {
      if (typeof operation[mark] !== 'number') continue
      const found = marked[operation[mark]]
      const { [mark]: _, ...unmarked } = operation
      item[method] = unmarked // several methods of a route share one object
      if (found === undefined) continue
      const { record, documenter } = found
      let builder = builders.get(documenter)
      if (builder === undefined) {
        builder = createComponents(documenter.settings, versionOf(openapi.openapi), Object.keys(openapi.components?.schemas ?? {}))
        builders.set(documenter, builder)
      }
      const responses = { ...unmarked.responses as Json }
      for (const group of documenter.statusesOf({ ...record, methods: [method.toUpperCase()] })) {
        responses[group.status] ??= builder.refer(group)
      }
      unmarked.responses = responses
    }
  }
  const components = { ...openapi.components }
  for (const { components: added } of builders.values()) {
    for (const section of ['schemas', 'responses', 'headers', 'examples'] as const) {
      components[section] = { ...added[section], ...components[section] }
    }
  }
  if (builders.size > 0) openapi.components = components
}
