/** Lists the errors of an application in an object. The reference pages, the lockfile and tests use this object. */
import { codeTitle, createExampleContent, reasonPhrase } from '../catalog/response-content.js'
import type { ErrorDefinition, ErrorStatus, HeaderValues } from '../catalog/definition.js'
import type { RetryAdvice } from '../catalog/retry-advice.js'
import type { Deprecation } from '../catalog/deprecation.js'
import {
  carriesAccept,
  carriesChallenge,
  exampleRequestId,
  formatShouldRetry,
  getDefaultRetryAfter,
  headerValue,
  listErrorHeaders
} from '../catalog/error-headers.js'
import type { StandardCode } from '../catalog/standard-errors.js'
import type { Occurrence } from '../infer/declared/declared-examples.js'
import type { RouteErrors } from '../infer/route-errors.js'
import { createBodyExample } from '../openapi/bodies.js'
import { getDocumentSettings, type DocumentSettings } from '../openapi/settings.js'
import type { RouteRecord } from '../infer/route-record.js'
import { bodySchema, headersLister, type Format } from '../formats/format.js'
import { listFields, type FieldFacts } from './body-fields.js'
import type { Changelog } from './read-changelog.js'
import { findOperationUrl, getOperationUrl } from './operation-urls.js'
import type { OperationUrl, ReferenceOptions, ResolvedReference } from './reference-options.js'
import { mergeFields } from '../support/merge-fields.js'
import { createFailingRequest } from '../samples/failing-request.js'
import { createOccurrence, type ExampleRoute } from '../samples/response-examples.js'
import type { SampleRequest, SampleRoute } from '../samples/sample-request.js'

/** The errors of an application as plain data. */
export interface Reference {
  readonly title: string
  /** The logo, the colors and the support link of the pages. */
  readonly branding: Pick<ReferenceOptions, 'logo' | 'colors' | 'support'>
  /** The body formats: the format in the `format` option and, with `negotiate`, a second format. */
  readonly formats: readonly ReferenceFormat[]
  /** The rate limits by name. */
  readonly limits: readonly ReferenceLimit[]
  /** The documented routes, as `GET /queues/:id`, sorted. */
  readonly routes: readonly string[]
  /** The URLs of these routes in the API documentation, for routes that have one. */
  readonly operations: Readonly<Record<string, string>>
  /** The changes of the errors, the latest first. Absent without the option `reference.changelog`. */
  readonly changelog?: Changelog
  /** Every code of the catalog, by status, then by name. */
  readonly codes: readonly ReferenceCode[]
}

/** A body format. */
export interface ReferenceFormat {
  readonly name: string
  readonly contentType: string
  /** The fields that the bodies of all codes have together, without the fields of `meta`, which belong to each code. */
  readonly fields: readonly FieldFacts[]
}

/** A rate limit. */
export interface ReferenceLimit {
  readonly name: string
  /** Requests in one window. Absent if the number depends on the client. */
  readonly max?: number
  /** The length of the window in words: `1 minute`, `500 ms`. Absent if it depends on the client. */
  readonly window?: string
  /** The routes whose requests it counts. */
  readonly routes: readonly string[]
}

/** The data of one code. */
export interface ReferenceCode {
  readonly code: string
  readonly title: string
  readonly status: ErrorStatus
  /** The reason phrase of the status. */
  readonly phrase: string
  readonly type: string
  /** The message of the definition. The example can have a message of its route. */
  readonly message: string
  /** When it happens, in CommonMark. */
  readonly description: string
  /** What the client should do, in CommonMark. */
  readonly action: string
  readonly retry: RetryAdvice
  /** Absent if the code is not deprecated. */
  readonly deprecated?: Deprecation
  /**
   * The headers of the example response except `content-type`. Names are in lower case. Several cookies are an array.
   */
  readonly headers: HeaderValues
  /** One example response for each of the formats. */
  readonly responses: readonly ReferenceResponse[]
  /** The fields of `meta`. Empty if the error has no `meta`. */
  readonly meta: readonly FieldFacts[]
  /** The routes that can return the code, sorted. */
  readonly routes: readonly string[]
  /** Why a request that reaches no documented route can get the code. Absent if only routes return it. */
  readonly elsewhere?: string
  /** A request that triggers the code. Absent if no single request does. */
  readonly request?: SampleRequest
}

/** The body of a code in one format. */
export interface ReferenceResponse {
  readonly format: string
  readonly contentType: string
  readonly fields: readonly FieldFacts[]
  readonly body: Readonly<Record<string, unknown>>
}

/** The values that a reference depends on, in addition to the routes. */
export interface ReferenceSettings {
  /** The `reference` option. @default the pages are not served */
  readonly options?: ResolvedReference | undefined
  /** Whether the plugin responds to requests without a route. */
  readonly notFound: boolean
  /** Returns the paths of all routes, also of those whose errors the plugin does not handle. */
  readonly listUrls: () => readonly string[]
  /** The rate limits of a route. */
  readonly getLimits: (
    record: RouteRecord
  ) => ReadonlyArray<
    { readonly name: string, readonly policy: { readonly max: unknown, readonly timeWindow: unknown } }
  >
}

/** The codes that can be returned before a request reaches a route, each with its reason. */
export const codesWithoutRoute: Readonly<Partial<Record<StandardCode, string>>> = {
  invalid_request: 'The request is not valid HTTP, or its URL is invalid.',
  route_not_found: 'No route has this path.',
  method_not_allowed: 'The path does not support the method.',
  request_timeout: 'The request does not arrive in time.',
  uri_too_long: 'A parameter in the path is too long.',
  expectation_failed: 'The request has an `Expect` header that the server does not support.',
  request_header_fields_too_large: 'The headers are larger than the server accepts.',
  service_unavailable: 'The server is shutting down.'
}

/** The codes that the not-found handler returns. */
const notFoundCodes: ReadonlySet<string> = new Set<StandardCode>(['route_not_found', 'method_not_allowed'])

/** Collects the errors of an application. Call it when all routes are registered. */
export function createReference (routeErrors: RouteErrors, settings: ReferenceSettings): Reference {
  const { errors, formats } = getDocumentSettings(routeErrors)
  const routes = listDocumentedRoutes(routeErrors, settings)
  const codes = Object.values(errors)
    .sort((a, b) => a.status - b.status || (a.code < b.code ? -1 : 1))
    .map(definition => createReferenceCode(definition, routes, routeErrors, settings))
  const { title = 'Errors', logo, colors, support, changelog } = settings.options ?? {}
  return {
    title,
    branding: {
      ...(logo !== undefined && { logo }),
      ...(colors !== undefined && { colors }),
      ...(support !== undefined && { support })
    },
    formats: formats.map(({ name, contentType }, index) => {
      const bodies = codes.map(({ responses }) => (responses[index] as ReferenceResponse).fields)
      return { name, contentType, fields: mergeFields(bodies).map(describeMeta) }
    }),
    limits: listLimits(routes, settings),
    routes: listRouteNames(routes),
    operations: listOperations(routes, settings.options?.operationUrl ?? findOperationUrl(settings.listUrls())),
    ...(changelog !== undefined && { changelog }),
    codes
  }
}

/** Describes `meta`. Its schema, and so its description, belongs to a code. */
function describeMeta (field: FieldFacts): FieldFacts {
  return /(^|\.)meta$/.test(field.name)
    ? { ...field, description: 'The data of the code. The page of the code lists its fields.' }
    : field
}

/** Returns the URLs of routes in the API documentation, by the names of the routes. */
function listOperations (routes: readonly SampleRoute[], getUrl: OperationUrl | undefined): Record<string, string> {
  if (getUrl === undefined) return {}
  return Object.fromEntries(routes.flatMap(route => {
    const url = getOperationUrl(getUrl, route)
    return url === undefined ? [] : [[getRouteName(route), url]]
  }))
}

function listLimits (routes: readonly SampleRoute[], { getLimits }: ReferenceSettings): ReferenceLimit[] {
  const limited = routes.flatMap(route => getLimits(route.record).map(limit => ({ ...limit, route })))
  const policies = new Map(limited.map(({ name, policy }) => [name, policy]))
  return [...policies].map(([name, { max, timeWindow }]) => ({
    name,
    ...(typeof max === 'number' && { max }),
    ...(typeof timeWindow !== 'function' &&
      { window: typeof timeWindow === 'number' ? formatDuration(timeWindow) : String(timeWindow) }),
    routes: listRouteNames(limited.filter(limit => limit.name === name).map(({ route }) => route))
  }))
}

const units = [[86_400_000, 'day'], [3_600_000, 'hour'], [60_000, 'minute'], [1000, 'second']] as const

function formatDuration (milliseconds: number): string {
  const [length, unit] = units.find(([length]) => milliseconds % length === 0) ?? [1, 'ms']
  const count = milliseconds / length
  return `${count} ${unit}${count === 1 || unit === 'ms' ? '' : 's'}`
}

function listDocumentedRoutes (routeErrors: RouteErrors, { getLimits }: ReferenceSettings): SampleRoute[] {
  const routes: SampleRoute[] = []
  // A `/` below a prefix has two paths: Fastify changes its URL after the route was added.
  const withGet = new Set(
    routeErrors.routes.filter(({ methods }) => methods.includes('GET')).flatMap(({ url, route }) => [url, route.url])
  )
  for (const record of routeErrors.routes) {
    if (!routeErrors.isDocumented(record)) continue
    const limits = getLimits(record).map(({ policy }) => policy.max).filter(max => typeof max === 'number')
    for (const method of record.methods) {
      if (method === 'HEAD' && withGet.has(record.route.url)) continue // Fastify adds HEAD to each GET
      const codes = new Set(routeErrors.listErrors(record, method).map(({ code }) => code))
      routes.push({ method, record, codes, limit: limits.length === 0 ? undefined : Math.min(...limits) })
    }
  }
  return routes
}

/** Returns the names of routes, sorted. Routes that differ only by a constraint have one name. */
function listRouteNames (routes: readonly SampleRoute[]): string[] {
  return [...new Set(routes.map(getRouteName))].sort()
}

function getRouteName ({ method, record }: SampleRoute): string {
  return `${method} ${record.route.url}`
}

function createReferenceCode (
  definition: ErrorDefinition,
  routes: readonly SampleRoute[],
  routeErrors: RouteErrors,
  settings: ReferenceSettings
): ReferenceCode {
  const { code, status, type, description, action, retry, deprecated } = definition
  const documentSettings = getDocumentSettings(routeErrors)
  const { formats, docUrl, examples: exampleSettings } = documentSettings
  const candidates = routes.filter(({ codes }) => codes.has(code))
  const isPossible = Object.hasOwn(codesWithoutRoute, code) && (settings.notFound || !notFoundCodes.has(code))
  const reason = isPossible ? codesWithoutRoute[code as StandardCode] : undefined
  const failing = candidates.length > 0 || isPossible
    ? createFailingRequest(definition, candidates, routes, exampleSettings)
    : undefined
  const { request, route = candidates[0] } = failing ?? {}
  const example = route === undefined
    ? definition.example
    : createOccurrence(definition, toExampleRoute(routeErrors, route), exampleSettings, undefined)
  const examples = formats.map(format => createBodyExample(definition, format, docUrl, example))
  return {
    code,
    title: codeTitle(code),
    status,
    phrase: reasonPhrase(status),
    type,
    message: createBodyExample(definition, formats[0], docUrl).summary,
    description,
    action,
    retry,
    ...(deprecated !== undefined && { deprecated }),
    headers: createExampleHeaders(definition, example, route, documentSettings),
    responses: formats.map((format, index) => ({
      format: format.name,
      contentType: format.contentType,
      fields: listBodyFields(format, definition, docUrl(code) !== undefined),
      body: examples[index]?.value as ReferenceResponse['body']
    })),
    meta: listFields(definition.meta),
    routes: listRouteNames(candidates),
    ...(reason !== undefined && { elsewhere: reason }),
    ...(request !== undefined && { request })
  }
}

function toExampleRoute (routeErrors: RouteErrors, { record, method }: SampleRoute): ExampleRoute {
  return {
    record,
    method,
    targets: routeErrors.getTargets(record),
    findMessage: code => routeErrors.findMessage(record, method, code)
  }
}

function listBodyFields (format: Format, definition: ErrorDefinition, hasDocUrl: boolean): FieldFacts[] {
  return listFields(bodySchema(format, definition, { hasDocUrl }))
}

function createExampleHeaders (
  definition: ErrorDefinition,
  example: Occurrence,
  route: SampleRoute | undefined,
  settings: DocumentSettings
): HeaderValues {
  const { formats: [format], docUrl, requestIdHeader, retryHeaders, examples } = settings
  const { code, headers } = definition
  const retryAfter = example.retryAfter ?? getDefaultRetryAfter(definition)
  const always = listErrorHeaders(requestIdHeader).filter(({ on, method, isOptional }) =>
    on(definition) && method === undefined && isOptional !== true
  )
  return {
    ...Object.fromEntries(always.map(({ name, example }) => [name.toLowerCase(), String(example)] as const)),
    ...(carriesChallenge(definition) && { 'www-authenticate': examples.getChallenge({ code, meta: example.meta }) }),
    ...(carriesAccept(definition) && route !== undefined &&
      { accept: examples.getAcceptedMediaTypes(route.record).join(', ') }),
    ...(retryHeaders && { 'x-should-retry': formatShouldRetry(definition.retry) }),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    ...Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), headerValue(name, value)] as const)
    ),
    ...example.headers,
    ...headersLister(format.headers ?? {}, definition)(
      createExampleContent(definition, docUrl(definition.code), { requestId: exampleRequestId, instance: '/' })
    )
  }
}
