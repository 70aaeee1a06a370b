/** Adds the errors of each route to a finished OpenAPI document, with the components that they refer to. */
import { findDeclaredHeaders, type DeclaredHeaders, type RequestHeader } from '../infer/declared/declared-headers.js'
import type { Occurrence } from '../infer/declared/declared-examples.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { CoveredRoute, ErrorStream, RouteErrors } from '../infer/route-errors.js'
import type { RouteRecord } from '../infer/route-record.js'
import { requiresCredentials } from '../infer/rules.js'
import type { JsonObject } from '../support/is-object.js'
import { createOccurrence } from '../samples/response-examples.js'
import { createComponentsContext, type ComponentsContext } from './components.js'
import { addStatusSchemasOfCatalog } from './error-schemas.js'
import {
  createSharedResponse,
  defaultDescription,
  splitGroups,
  withoutErrorContent,
  type SplitGroups
} from './declared-responses.js'
import {
  createErrorResponse,
  createErrorResponses,
  createHeaderObjects,
  describeErrors,
  type Occurrences,
  type ResponseFacts
} from './error-responses.js'
import { describeSuccessHeaders, withExamples } from './headers.js'
import { statusNames } from './component-names.js'
import { addStreamedErrors } from './streamed-errors.js'
import {
  describeContent,
  getDocumentSettings,
  sections,
  type ComponentReference,
  type Components,
  type DocumentSettings,
  type Section
} from './settings.js'
import { getOpenApiVersion } from './to-openapi-schema.js'

/** The part of an OpenAPI document that is read and changed here. */
export interface OpenApiDocument extends JsonObject {
  openapi?: string
  paths?: Record<string, PathItem>
  components?: Partial<Components>
  security?: unknown
}

type PathItem = Record<string, JsonObject>

/** An operation with the errors that its route can return. */
interface ErrorOperation {
  readonly routeErrors: RouteErrors
  readonly operation: JsonObject
  /** The method in upper case. */
  readonly method: string
  readonly record: RouteRecord
  readonly groups: readonly StatusErrors[]
  /** The errors of statuses that the route declares itself. */
  readonly shared: SplitGroups['shared']
  /** The links of error responses, by status. */
  readonly links: JsonObject
  /** The headers that hooks declare for the operation. */
  readonly declaredHeaders: DeclaredHeaders
  readonly stream: ErrorStream | undefined
  readonly facts: ResponseFacts
}

/** The property with which a `transform` marks an operation with its route. It is removed later. */
export const operationMark = 'x-fastify-api-errors'

/**
 * Returns the routes of an operation whose errors the plugin handles. They are several if routes differ by a
 * constraint, such as a version. The document has the schemas of the last one.
 */
export type FindRoutes = (
  operation: { readonly mark: unknown, readonly path: string, readonly method: string }
) => readonly CoveredRoute[]

/** Adds the errors of routes to their operations. */
export function addErrors (document: OpenApiDocument, findRoutes: FindRoutes): void {
  const isSecured = requiresCredentials(document.security)
  const byRegistration = new Map<RouteErrors, ErrorOperation[]>()
  for (const { path, item, name } of listOperations(document)) {
    const method = name.toUpperCase()
    // The methods of one route share one object, and deleting a property makes an object slow.
    const { [operationMark]: mark, ...operation } = item[name] as JsonObject
    const covered = findRoutes({ mark, path, method })
    const last = covered.at(-1)
    if (last === undefined) continue
    item[name] = operation
    const [declared, links] = takeLinks(operation.responses as JsonObject)
    const responses = method === 'HEAD' ? withoutErrorContent(declared) : declared
    operation.responses = responses
    for (const [routeErrors, records] of groupByRegistration(covered)) {
      const statuses = routeErrors.listStatusesOfRoutes(records, method, isSecured)
      const { groups, shared } = splitGroups(
        statuses,
        responses,
        { records, declaring: last.record },
        getDocumentSettings(routeErrors),
        routeErrors.listSentBodies
      )
      const declaredHeaders = findDeclaredHeaders([...new Set(records.flatMap(routeErrors.getTargets))], method)
      addParameters(operation, declaredHeaders.request)
      const operations = byRegistration.get(routeErrors) ?? []
      byRegistration.set(routeErrors, operations)
      const record = records.at(-1) as RouteRecord
      const stream = routeErrors.findStream(record, method)
      if (groups.length + shared.length === 0 && stream === undefined) continue
      const occurrences = findOccurrences(routeErrors, record, method, [
        ...groups,
        ...shared.map(({ group }) => group),
        ...stream?.groups ?? []
      ])
      const facts = { record, method, headers: routeErrors.getHeaders(record), occurrences }
      operations.push({ routeErrors, operation, method, record, groups, shared, links, declaredHeaders, stream, facts })
    }
  }
  for (const group of groupRegistrations(byRegistration)) addOperations(document, group)
}

/** Returns the examples of the errors of a route that are not the examples of their definitions. */
function findOccurrences (
  routeErrors: RouteErrors,
  record: RouteRecord,
  method: string,
  groups: readonly StatusErrors[]
): Occurrences {
  const route = {
    record,
    method,
    targets: routeErrors.getTargets(record),
    findMessage: (code: string) => routeErrors.findMessage(record, method, code)
  }
  const { examples } = getDocumentSettings(routeErrors)
  const byCode = new Map<string, Occurrence>()
  const texts = new Map<string, string>()
  for (const { definitions, issues } of groups) {
    for (const definition of definitions) {
      const { code } = definition
      const occurrence = createOccurrence(definition, route, examples, issues.get(code))
      if (occurrence === definition.example) continue
      const text = JSON.stringify(occurrence)
      if (text === JSON.stringify(definition.example)) continue
      byCode.set(code, occurrence)
      texts.set(code, text)
    }
  }
  return { byCode, texts, key: [...texts].map(entry => entry.join(' ')).join(' ') }
}

function groupByRegistration (covered: readonly CoveredRoute[]): Map<RouteErrors, RouteRecord[]> {
  const groups = new Map<RouteErrors, RouteRecord[]>()
  for (const { routeErrors, record } of covered) groups.set(routeErrors, [...groups.get(routeErrors) ?? [], record])
  return groups
}

/** Adds request headers to an operation. A parameter that the route describes itself is kept. */
function addParameters (operation: JsonObject, headers: readonly RequestHeader[]): void {
  const parameters = [...operation.parameters as readonly JsonObject[] | undefined ?? []]
  for (const { name, description, required, schema, example } of headers) {
    const isSame = (parameter: JsonObject): boolean =>
      parameter.in === 'header' && String(parameter.name).toLowerCase() === name.toLowerCase()
    if (!parameters.some(isSame)) {
      parameters.push({ name, in: 'header', description, required, schema: { ...schema }, example })
    }
  }
  if (headers.length > 0) operation.parameters = parameters
}

function * listOperations (
  { paths }: OpenApiDocument
): Generator<{ readonly path: string, readonly item: PathItem, readonly name: string }> {
  for (const [path, item] of Object.entries(paths ?? {})) {
    // In OpenAPI 3.2, the operations of other methods are in a separate object.
    for (const operations of [item, item.additionalOperations as PathItem | undefined ?? {}]) {
      for (const name of Object.keys(operations)) {
        if (name !== 'additionalOperations') yield { path, item: operations, name }
      }
    }
  }
}

/** Returns the responses of an operation without the responses that only contain links, and these links by status. */
function takeLinks (responses: JsonObject): readonly [others: JsonObject, links: JsonObject] {
  const isPlace = (response: unknown): boolean => (response as JsonObject).description === operationMark
  if (!Object.values(responses).some(isPlace)) return [responses, {}]
  const entries = Object.entries(responses)
  return [
    Object.fromEntries(entries.filter(([, response]) => !isPlace(response))),
    Object.fromEntries(
      entries.filter(([, response]) => isPlace(response))
        .map(([status, response]) => [status, (response as JsonObject).links])
    )
  ]
}

/** The operations of one registration, or of several registrations with the same components. */
interface OperationGroup {
  readonly settings: DocumentSettings
  readonly operations: readonly [ErrorOperation, ...ErrorOperation[]]
}

/** Groups operations whose components differ. The order does not depend on the order of registration. */
function groupRegistrations (byRegistration: ReadonlyMap<RouteErrors, readonly ErrorOperation[]>): OperationGroup[] {
  const groups = new Map<string, OperationGroup>()
  for (const [routeErrors, operations] of byRegistration) {
    const [first, ...others] = operations
    if (first === undefined) continue
    const settings = getDocumentSettings(routeErrors)
    const content = byRegistration.size === 1
      ? ''
      : JSON.stringify([settings.componentPrefix, describeContent(settings)])
    const known = groups.get(content)
    groups.set(
      content,
      known === undefined
        ? { settings, operations: [first, ...others] }
        : { settings, operations: [...known.operations, ...operations] }
    )
  }
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1).map(([, group]) => group)
}

function addOperations (document: OpenApiDocument, { settings, operations }: OperationGroup): void {
  const others = { ...document.components }
  // If the application has schemas for statuses, the shorter schemas that are created here replace them.
  if (settings.addSchemas) others.schemas = withoutStatuses(others.schemas, settings)
  const context = createComponentsContext(settings, {
    version: getOpenApiVersion(document.openapi),
    getSchema: id => operations.map(({ record }) => record.scope.getSchema(id)).find(schema => schema !== undefined),
    existingNames: Object.fromEntries(
      sections.map(section => [section, new Set(Object.keys(others[section] ?? {}))])
    ) as unknown as Record<Section, Set<string>>,
    groups: new Set([
      ...[...new Set(operations.map(({ groups }) => groups))].flat(),
      ...operations.flatMap(({ shared, stream }) => [...shared.map(({ group }) => group), ...stream?.groups ?? []])
    ]),
    commonHeaders: operations[0].routeErrors.getCommonHeaders()
  })
  if (settings.addSchemas) addStatusSchemasOfCatalog(context)
  const successHeaders = new Map<string, JsonObject>()
  for (const operation of operations) addResponses(context, document, operation, successHeaders)
  document.components = {
    ...others,
    ...Object.fromEntries(
      sections.map(section => [section, { ...others[section], ...context.components[section] }] as const)
        .filter(([, components]) => Object.keys(components).length > 0)
    )
  }
}

function withoutStatuses (
  schemas: Components['schemas'] = {},
  { errors, componentPrefix }: DocumentSettings
): Components['schemas'] {
  const added = new Set<string>(Object.values(errors).map(({ status }) => componentPrefix + statusNames[status]))
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => !added.has(name)))
}

/** Returns the response that a reference refers to. */
function resolveResponse ({ components }: OpenApiDocument, response: JsonObject): JsonObject {
  const { $ref } = response
  if (typeof $ref !== 'string') return response
  return {
    description: defaultDescription,
    ...structuredClone(components?.responses?.[$ref.slice('#/components/responses/'.length)])
  }
}

function addResponses (
  context: ComponentsContext,
  document: OpenApiDocument,
  { operation, groups, shared, links, declaredHeaders, stream, facts }: ErrorOperation,
  successHeaders: Map<string, JsonObject>
): void {
  const { headers } = facts
  const present = operation.responses as JsonObject
  const own = groups.filter(({ status }) => !Object.hasOwn(present, status))
  const responses: JsonObject = {
    ...createErrorResponses(context, own.length === groups.length ? groups : own, facts),
    ...present
  }
  for (const both of shared) {
    const { status } = both.group
    const declared = Object.hasOwn(present, status)
      ? resolveResponse(document, present[status] as JsonObject)
      : both.declared
    responses[status] = createSharedResponse(context, { group: both.group, declared }, facts)
  }
  // Another registration added its errors to the same operation.
  for (const group of groups) {
    if (own.includes(group)) continue
    const other = resolveResponse(document, present[group.status] as JsonObject)
    const description = [...new Set([other.description, describeErrors(group.definitions)])].join('\n\n')
    responses[group.status] = { ...createSharedResponse(context, { group, declared: other }, facts), description }
  }
  operation.responses = responses
  if (stream !== undefined) addStreamedErrors(context, document.openapi, responses, stream, facts.occurrences)
  for (const group of own) {
    // A reference cannot have links next to it.
    if (group.status in links) {
      responses[group.status] = { ...createErrorResponse(context, group, facts), links: links[group.status] }
    }
  }
  const fields = context.examples.getLimitExample(facts.record)?.fields
  const key = JSON.stringify([headers, [...fields ?? []]])
  const uses = describeSuccessHeaders(headers, context, context.requestIdOnAll ? context.requestIdHeader : undefined)
  const added = successHeaders.get(key) ?? createHeaderObjects(context, withExamples(uses, fields ?? new Map()))
  successHeaders.set(key, added)
  const declared = createHeaderObjects(context, declaredHeaders.response.map(header => ({ header, always: false })))
  if (Object.keys(added).length + Object.keys(declared).length === 0) return
  for (
    const [status, response] of Object.entries(responses) as ReadonlyArray<[string, JsonObject | ComponentReference]>
  ) {
    if (!status.startsWith('2') || '$ref' in response) continue
    responses[status] = {
      ...response,
      headers: { ...structuredClone({ ...added, ...declared }), ...response.headers as JsonObject }
    }
  }
}
