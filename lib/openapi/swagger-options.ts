/** `swaggerOptions()`: options for @fastify/swagger that add the errors of each route to its document. */
import type { FastifySchema, RouteOptions } from 'fastify'
import { findCoveredRoute, type CoveredRoute } from '../infer/route-errors.js'
import { getSecurityRequirements } from '../infer/declared/security.js'
import { withoutDeclaredResponses } from '../infer/declared/typed-responses.js'
import { expectOption } from '../support/expect-option.js'
import { isRecord, type JsonObject } from '../support/is-object.js'
import { hashText } from './component-names.js'
import { addErrors, operationMark, type OpenApiDocument } from './add-errors.js'
import { findTransformedRoutes, isHiddenSchema, type Transform } from './route-transforms.js'
import { withSecurity } from './security.js'

/** The options of @fastify/swagger that are read here. The type is structural, so that it matches every version. */
export interface SwaggerOptions {
  mode?: unknown
  decorator?: unknown
  openapi?: unknown
  swagger?: unknown
  transform?: unknown
  transformObject?: unknown
  hiddenTag?: unknown
  hideUntagged?: unknown
  refResolver?: { buildLocalReference?: unknown }
}

type TransformObject = (input: { openapiObject: OpenApiDocument }) => JsonObject

/** The original options of {@link composeOptions}, by the transform that it created. */
const givenOptions = new WeakMap<object, SwaggerOptions>()

/**
 * Returns options for @fastify/swagger that add the errors of each route to the document, as shared components. Your
 * own `transform`, `transformObject` and `refResolver` are also called. `transformObject` runs before the errors are
 * added, so errors are added only to the operations that it keeps. Components are named after the `$id` of their
 * schemas instead of `def-0`.
 *
 * @param options the options of @fastify/swagger. Without `openapi`, an OpenAPI 3.0 document is created with the name
 * and version of the package
 * @throws TypeError with one sentence if an option is invalid. `swagger` is invalid, because a Swagger 2.0 document
 * cannot contain the errors
 * @example
 * await app.register(swagger, swaggerOptions({ openapi: { info: { title: 'Launch API', version: '1.0.0' } } }))
 */
export function swaggerOptions<Options extends object = { openapi: { info: { title: string, version: string } } }> (
  options?: Options
): Options {
  const given: SwaggerOptions = { openapi: {}, ...options }
  checkOptions(options, given)
  return composeOptions({
    ...given,
    refResolver: { buildLocalReference: createReferenceNames(), ...given.refResolver }
  }) as Options
}

function checkOptions (options: unknown, { swagger, transform, transformObject, refResolver }: SwaggerOptions): void {
  const expect: (option: string, isExpected: boolean, expected: string, received: unknown) => void = (
    option,
    isExpected,
    expected,
    received
  ) => {
    expectOption('swaggerOptions', option, isExpected, expected, received)
  }
  expect('options', options === undefined || isRecord(options), 'the options of @fastify/swagger', options)
  expect(
    'swagger',
    swagger === undefined,
    "'openapi' instead, because a Swagger 2.0 document cannot contain the errors",
    swagger
  )
  expect('transform', transform === undefined || typeof transform === 'function', 'a function', transform)
  expect(
    'transformObject',
    transformObject === undefined || typeof transformObject === 'function',
    'a function',
    transformObject
  )
  expect(
    'refResolver',
    refResolver === undefined || isRecord(refResolver),
    'an object with buildLocalReference',
    refResolver
  )
}

/**
 * Returns a function that names the component of a schema after its `$id`. It is called only for schemas with an `$id`.
 */
function createReferenceNames (): (schema: { readonly $id: string }) => string {
  const owners = new Map<string, string>()
  return ({ $id }) => {
    // Component names may contain only these characters (OpenAPI 3.1.1, section 4.8.7).
    const name = $id.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-|-$/g, '')
    const owner = owners.get(name) ?? $id
    owners.set(name, owner)
    return owner === $id && name !== '' ? name : `${name}_${hashText($id).slice(0, 8)}`
  }
}

/**
 * Returns options whose document has the errors. The documents of applications without the plugin are not changed.
 *
 * @param given the original options of @fastify/swagger
 * @param routes routes with their own `swaggerTransform`, for which @fastify/swagger does not call `transform`
 */
export function composeOptions (given: SwaggerOptions, routes: readonly RouteOptions[] = []): SwaggerOptions {
  const userTransform = typeof given.transform === 'function' ? given.transform as Transform : undefined
  const userTransformObject = typeof given.transformObject === 'function'
    ? given.transformObject as TransformObject
    : undefined
  /** The routes that each document shows, by their mark. */
  const shown = new WeakMap<OpenApiDocument, Map<string, CoveredRoute[]>>()

  const transform: Transform = input => {
    const covered = findCoveredRoute(input.route)
    const own = withoutDeclaredResponses(input.schema)
    const secured = covered === undefined
      ? own
      : withSecurity(own, getSecurityRequirements(covered.routeErrors.getTargets(covered.record)), input.openapiObject)
    const { schema, url } = userTransform?.({ ...input, schema: secured }) ?? { schema: secured, url: input.url }
    // Without a schema, @fastify/swagger would use the route's schema, which has the responses of responses().
    if (covered === undefined) return { schema: schema ?? {}, url }
    const mark = url ?? input.url
    if (!isHiddenSchema(schema, given)) {
      const byMark = shown.get(input.openapiObject) ?? new Map<string, CoveredRoute[]>()
      shown.set(input.openapiObject, byMark.set(mark, [...byMark.get(mark) ?? [], covered]))
    }
    return { schema: { ...withLinkedStatuses(schema, covered), [operationMark]: mark } as FastifySchema, url }
  }

  const transformObject: TransformObject = input => {
    const byMark = shown.get(input.openapiObject)
    const document = (userTransformObject?.(input) ?? input.openapiObject) as OpenApiDocument
    addErrors(document, ({ mark, path, method }) => [
      ...findTransformedRoutes(routes, path, method, document),
      ...byMark?.get(String(mark))?.filter(({ record }) => record.methods.includes(method)) ?? []
    ])
    return document
  }

  givenOptions.set(transform, given)
  return { ...given, transform, transformObject }
}

/**
 * Returns a schema with a place for the links of error responses. @fastify/swagger adds the `links` of a route to the
 * responses that the schema has, and fails if one is missing.
 */
function withLinkedStatuses (
  schema: FastifySchema | undefined,
  { record, routeErrors }: CoveredRoute
): FastifySchema | undefined {
  const { links } = record.route as { readonly links?: object }
  if (links === undefined) return schema
  const documented = new Set(
    record.methods.flatMap(method => routeErrors.listStatuses(record, method)).map(({ status }) => String(status))
  )
  const response = (schema?.response ?? { 200: { description: 'Default Response', type: 'null' } }) as JsonObject
  const added = Object.keys(links).filter(status => documented.has(status) && !(status in response))
  return {
    ...schema,
    response: {
      ...response,
      ...Object.fromEntries(added.map(status => [status, { description: operationMark, type: 'null' }]))
    }
  }
}

/** Returns the original options of {@link composeOptions}, or the given options if it did not create them. */
export function getOriginalOptions (options: SwaggerOptions): SwaggerOptions {
  const given = typeof options.transform === 'function' ? givenOptions.get(options.transform) : undefined
  return given === undefined
    ? options
    : { ...options, transform: given.transform, transformObject: given.transformObject }
}
