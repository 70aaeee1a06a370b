import type { FastifyInstance, FastifySchema, RouteOptions } from 'fastify'
import { describeValue, refuseOption } from '../support/describe-value.js'
import { statusNames } from './names.js'
import { getSecurityRequirements } from '../infer/security.js'
import { documentedRoute, type DocumentedRoute, type Documenter } from '../infer/documenter.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import { createComponents, type ComponentBuilder } from './components.js'
import { getDocumentSettings, sections, type Components, type DocumentSettings, type Section } from './settings.js'
import { ownSchemaOf, type RouteRecord } from '../infer/route-record.js'
import { getOpenApiVersion } from './to-openapi-schema.js'
import { withSecurity } from './security.js'
import { isRecord, type JsonObject } from '../support/is-object.js'

/** The part of an OpenAPI document that is read and written here. */
interface Document extends JsonObject {
  openapi?: string
  paths?: Record<string, Record<string, JsonObject>>
  components?: Partial<Components>
  security?: unknown
}

/** The part of the options of @fastify/swagger that is composed here; structural, so that any version of it fits. */
interface SwaggerOptions {
  openapi?: unknown
  swagger?: unknown
  transform?: unknown
  transformObject?: unknown
  refResolver?: { buildLocalReference?: unknown }
}

interface TransformPart {
  readonly schema: FastifySchema | undefined
  readonly url: string
  readonly route: RouteOptions
  readonly openapiObject: Document
  readonly [more: string]: unknown
}

type Transform = (part: TransformPart) => { schema: FastifySchema | undefined, url: string }
type TransformObject = (part: { openapiObject: Document }) => JsonObject

/** Marks an operation with its route between the two steps in which a document is made; it is taken out again. */
const mark = 'x-fastify-api-errors'

/**
 * Options for @fastify/swagger that put the errors of each route into the document, as shared components. A
 * `transform`, `transformObject` or `refResolver` of yours is called, too; `transformObject` before the errors are
 * added, so that the components are those of the operations that it leaves. Components are named by the `$id` of their
 * schema instead of `def-0`.
 *
 * @param options those of @fastify/swagger. Without `openapi`: an OpenAPI 3.0 document with the name and the version of the package
 * @throws TypeError with one sentence where an option is wrong; `swagger`, a document of Swagger 2.0, has no place for the errors
 * @example
 * await app.register(swagger, swaggerOptions({ openapi: { info: { title: 'Launch API', version: '1.0.0' } } }))
 */
export function swaggerOptions<Options extends object = { openapi: { info: { title: string, version: string } } }> (options?: Options): Options {
  const given: SwaggerOptions = { openapi: {}, ...options }
  checkOptions(options, given)
  const userTransform = given.transform as Transform | undefined
  const userTransformObject = given.transformObject as TransformObject | undefined
  let marked: DocumentedRoute[] = []

  const transform: Transform = part => {
    const found = documentedRoute(part.route)
    const own = ownSchemaOf(part.route)
    const secured = found === undefined ? own : withSecurity(own, getSecurityRequirements(found.documenter.targetsOf(found.record)), part.openapiObject)
    const { schema, url } = userTransform?.({ ...part, schema: secured }) ?? { schema: secured, url: part.url }
    // An empty schema, for without one @fastify/swagger would take the route's own, which may have been exchanged.
    if (found === undefined) return { schema: schema ?? {}, url }
    return { schema: { ...schema, [mark]: marked.push(found) } as FastifySchema, url }
  }

  const transformObject: TransformObject = part => {
    const routes = marked
    marked = []
    const document = (userTransformObject?.(part) ?? part.openapiObject) as Document
    addErrors(document, number => routes[number - 1])
    return document
  }

  return {
    ...given,
    refResolver: { buildLocalReference, ...given.refResolver },
    transform,
    transformObject
  } as Options
}

function checkOptions (options: unknown, { swagger, transform, transformObject, refResolver }: SwaggerOptions): void {
  if (options !== undefined && !isRecord(options)) throw new TypeError(`swaggerOptions: the options are ${describeValue(options)}; it takes those of @fastify/swagger.`)
  if (swagger !== undefined) refuseOption('swaggerOptions', 'swagger', swagger, "nothing, for a document of Swagger 2.0 cannot have the errors: 'openapi' makes one of OpenAPI 3")
  if (transform !== undefined && typeof transform !== 'function') refuseOption('swaggerOptions', 'transform', transform, 'a function, as @fastify/swagger calls it')
  if (transformObject !== undefined && typeof transformObject !== 'function') refuseOption('swaggerOptions', 'transformObject', transformObject, 'a function, as @fastify/swagger calls it')
  if (refResolver !== undefined && !isRecord(refResolver)) refuseOption('swaggerOptions', 'refResolver', refResolver, 'an object with buildLocalReference')
}

/** Makes the document of an application where that can be done: what it says about `security` is known from then on. */
export function makeDocument (app: FastifyInstance): void {
  try {
    (app as { readonly swagger?: () => unknown }).swagger?.()
  } catch {
    // Too early, or a transform of the user's fails: whoever asks for the document gets told.
  }
}

/** It is asked about schemas with an `$id` alone. */
function buildLocalReference ({ $id }: { readonly $id: string }): string {
  return $id
}

/** An operation of a document with what can go wrong in it. */
interface ErrorOperation {
  readonly operation: JsonObject
  readonly isHead: boolean
  readonly record: RouteRecord
  readonly groups: readonly StatusErrors[]
}

/** Adds the errors of each marked operation to a document, and the components that they refer to. */
function addErrors (document: Document, routeOf: (mark: number) => DocumentedRoute | undefined): void {
  const operations = new Map<Documenter, ErrorOperation[]>()
  const visit = (item: Record<string, JsonObject>): void => {
    for (const name of Object.keys(item)) {
      // OpenAPI 3.2 has the operations of further methods in a group of their own.
      if (name === 'additionalOperations') visit(item[name] as Record<string, JsonObject>)
      const marked = item[name]
      const route = typeof marked?.[mark] === 'number' ? routeOf(marked[mark]) : undefined
      if (route === undefined) continue
      // The methods of one route share one object; and to delete a property would make an object slow.
      const { [mark]: _, ...operation } = marked as JsonObject
      item[name] = operation
      const { record, documenter } = route
      let ofDocumenter = operations.get(documenter)
      if (ofDocumenter === undefined) {
        documenter.setSecurity(document.security)
        operations.set(documenter, ofDocumenter = [])
      }
      const method = name.toUpperCase()
      const groups = withoutDeclared(documenter.statusesOf(record, method), operation.responses as JsonObject)
      if (groups.length > 0) ofDocumenter.push({ operation, isHead: method === 'HEAD', record, groups })
    }
  }
  for (const path of Object.values(document.paths ?? {})) visit(path)
  for (const [documenter, some] of operations) if (some.length > 0) addComponents(document, documenter, some)
}

function addComponents (document: Document, documenter: Documenter, operations: readonly ErrorOperation[]): void {
  const settings = getDocumentSettings(documenter)
  const others = { ...document.components }
  // The schemas of the statuses that were added to the application are replaced by the shorter ones made here.
  if (settings.addSchemas) others.schemas = withoutStatuses(others.schemas, settings)
  const builder = createComponents(settings, {
    version: getOpenApiVersion(document.openapi),
    taken: Object.fromEntries(sections.map(section => [section, new Set(Object.keys(others[section] ?? {}))])) as unknown as Record<Section, Set<string>>,
    groups: new Set([...new Set(operations.map(({ groups }) => groups))].flat()),
    usual: documenter.usualHeaders()
  })
  for (const operation of operations) addResponses(operation, documenter, builder)
  document.components = {
    ...others,
    ...Object.fromEntries(sections.map(section => [section, { ...others[section], ...builder.components[section] }] as const)
      .filter(([, components]) => Object.keys(components).length > 0))
  }
}

function withoutStatuses (schemas: Components['schemas'] = {}, { errors }: DocumentSettings): Components['schemas'] {
  const added = new Set<string>(Object.values(errors).map(({ status }) => statusNames[status]))
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => !added.has(name)))
}

function addResponses ({ operation, isHead, record, groups }: ErrorOperation, documenter: Documenter, builder: ComponentBuilder): void {
  const headers = documenter.headersOf(record)
  const responses = operation.responses = builder.responses(operation.responses as JsonObject, groups, headers, isHead)
  const added = builder.successHeaders(headers)
  if (added === undefined) return
  for (const [status, response] of Object.entries(responses) as ReadonlyArray<[string, JsonObject]>) {
    if (!status.startsWith('2') || '$ref' in response) continue
    responses[status] = { ...response, headers: { ...added, ...response.headers as JsonObject } }
  }
}

/** The groups of statuses that the route does not declare itself; the list itself where it declares none of them. */
function withoutDeclared (groups: readonly StatusErrors[], responses: JsonObject): readonly StatusErrors[] {
  return groups.some(({ status }) => status in responses) ? groups.filter(({ status }) => !(status in responses)) : groups
}
