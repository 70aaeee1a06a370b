/** Creates requests that fail with a given code. The reference pages show them. */
import type { StandardCode } from '../catalog/standard-errors.js'
import {
  credentialHeaders,
  jsonContent,
  listParameters,
  samplePath,
  listProperties,
  requiredHeaders,
  sample,
  validRequest,
  type SampleRequest,
  type SampleRoute
} from './sample-request.js'
import {
  canHaveMalformedPath,
  findInvalidPart,
  getPartSchema,
  type InvalidPart,
  type ValidationSettings
} from './invalid-parts.js'
import { isRecord } from '../support/is-object.js'

/**
 * Returns the changes to a valid request of a route that make it fail, or `undefined` if the route cannot fail in this
 * way.
 */
type Change = (route: SampleRoute, settings: ValidationSettings) => Partial<SampleRequest> | undefined

/** The changes that make a route return a code. */
const changesOfRoutes: Readonly<Partial<Record<StandardCode, Change>>> = {
  invalid_request: (route, settings) =>
    withInvalidPart('invalid_request')(route, settings) ??
      (hasBody(route) ? { headers: { ...validRequest(route).headers, ...jsonContent }, body: '{' } : undefined),
  invalid_parameter: withInvalidPart('invalid_parameter'),
  idempotency_key_missing: withoutRequiredHeaders,
  missing_api_key: withoutCredential,
  unauthorized: withoutCredential,
  invalid_api_key: withWrongCredential,
  invalid_token: withWrongCredential,
  resource_not_found: withAbsentResource,
  payload_too_large: route => {
    const { route: { bodyLimit }, scope } = route.record
    return {
      headers: { ...validRequest(route).headers, ...jsonContent },
      body: undefined,
      bodyBytes: (bodyLimit ?? scope.initialConfig.bodyLimit as number) + 1
    }
  },
  // Without a body, only @fastify/compress rejects a request with a 415.
  unsupported_media_type: route =>
    hasBody(route)
      ? { headers: { ...validRequest(route).headers, 'content-type': 'application/x-unknown' }, body: 'example' }
      : { headers: { ...validRequest(route).headers, 'content-encoding': 'unknown' } },
  validation_error: withInvalidPart('validation_error'),
  missing_required_field: withInvalidPart('missing_required_field'),
  rate_limit_exceeded: ({ limit }) => limit === undefined ? undefined : { times: limit + 1 }
}

/** The requests that trigger a code at any path. */
const requestsAtAnyPath: Readonly<
  Partial<Record<StandardCode, (routes: readonly SampleRoute[]) => FailingRequest | undefined>>
> = {
  route_not_found: () => ({ request: { method: 'GET', path: '/no-such-route', headers: {}, times: 1, certain: true } }),
  method_not_allowed: routes =>
    createFirst(routes, route => {
      const supported = new Set(
        routes.filter(({ record }) => record.route.url === route.record.route.url).map(({ method }) => method)
      )
      const method = ['DELETE', 'PUT', 'PATCH', 'GET'].find(name => !supported.has(name))
      return method === undefined || route.record.route.url.includes('*')
        ? undefined
        : { method, headers: {}, body: undefined }
    }),
  uri_too_long: routes =>
    createFirst(routes, route => {
      const [name] = listParameters(route)
      return name === undefined
        ? undefined
        : {
            path: samplePath(route, {
              [name]: 'x'.repeat(route.record.scope.initialConfig.maxParamLength as number + 1)
            })
          }
    }),
  expectation_failed: routes => createFirst(routes, () => ({ headers: { expect: 'nothing' } })),
  request_header_fields_too_large: routes =>
    createFirst(routes, () => ({ longHeader: { name: 'x-long', bytes: 20_000 } }))
}

/** A request that fails, and the route that returns the error. */
export interface FailingRequest {
  readonly request: SampleRequest
  /** Absent if the request reaches no route. */
  readonly route?: SampleRoute
}

/**
 * Returns a request that triggers a code, or otherwise a valid request for a route that can return the code. Returns
 * `undefined` for a code that no route has, and for server errors, because a request cannot trigger them.
 *
 * @param candidates the routes that can return the code
 * @param routes all routes
 */
export function createFailingRequest (
  { code, status }: { readonly code: string, readonly status: number },
  candidates: readonly SampleRoute[],
  routes: readonly SampleRoute[],
  settings: ValidationSettings
): FailingRequest | undefined {
  if (status >= 500) return undefined
  // A request that only reads is a better example.
  const ordered = [...candidates].sort((a, b) => Number(hasBody(a)) - Number(hasBody(b)))
  const standard = code as StandardCode
  const create = Object.hasOwn(requestsAtAnyPath, code) ? requestsAtAnyPath[standard] : undefined
  const change = Object.hasOwn(changesOfRoutes, code) ? changesOfRoutes[standard] : undefined
  const [first] = candidates
  return create?.(routes) ??
    (change === undefined ? undefined : createFirst(ordered, route => change(route, settings))) ??
    (code === 'invalid_request' ? createFirst(ordered, route => withMalformedPath(route, settings)) : undefined) ??
    (first === undefined ? undefined : { request: validRequest(first), route: first })
}

function createFirst (
  routes: readonly SampleRoute[],
  change: (route: SampleRoute) => Partial<SampleRequest> | undefined
): FailingRequest | undefined {
  for (const route of routes) {
    const changed = change(route)
    if (changed !== undefined) return { request: { ...validRequest(route), certain: true, ...changed }, route }
  }
  return undefined
}

/** Does not encode a percent sign in the path. */
function withMalformedPath (route: SampleRoute, settings: ValidationSettings): Partial<SampleRequest> | undefined {
  const [name = ''] = listParameters(route)
  return canHaveMalformedPath(route.record, settings)
    ? { path: samplePath(route, { [name]: '100%' }).replace('100%25', '100%') }
    : undefined
}

function hasBody ({ method }: SampleRoute): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

function withoutCredential (route: SampleRoute): Partial<SampleRequest> {
  return withoutHeaders(route, credentialHeaders(route, ''))
}

function withoutRequiredHeaders (route: SampleRoute): Partial<SampleRequest> | undefined {
  const required = requiredHeaders(route)
  return Object.keys(required).length === 0 ? undefined : withoutHeaders(route, required)
}

function withoutHeaders (route: SampleRoute, removed: Readonly<Record<string, string>>): Partial<SampleRequest> {
  return {
    headers: Object.fromEntries(
      Object.entries(validRequest(route).headers).filter(([name]) => !Object.hasOwn(removed, name))
    )
  }
}

function withWrongCredential (route: SampleRoute): Partial<SampleRequest> {
  return { headers: { ...validRequest(route).headers, ...credentialHeaders(route, 'wrong') } }
}

/** Replaces the ids in the path with ids that do not exist: a high number, a UUID of zeros, or a string. */
function withAbsentResource (route: SampleRoute): Partial<SampleRequest> {
  const schemas = new Map(listProperties(route.record.route.schema?.params))
  return {
    path: samplePath(
      route,
      Object.fromEntries(
        listParameters(route).map(name => {
          const schema = schemas.get(name)
          if (!isRecord(schema)) return [name, 'no-such-id']
          return [
            name,
            String(
              schema.type === 'integer' || schema.type === 'number'
                ? schema.maximum ?? 999_999_999
                : sample(schema, route)
            )
          ]
        })
      )
    )
  }
}

/** Returns the change that sends a part of the request that the route rejects with a code. */
function withInvalidPart (code: StandardCode): Change {
  return (route, settings) => {
    const invalid = findInvalidPart(route.record, code, settings)
    return invalid === undefined ? undefined : replacePart(route, invalid)
  }
}

function replacePart (route: SampleRoute, { part, createValue }: InvalidPart): Partial<SampleRequest> {
  const value = createValue()
  const strings = value as Readonly<Record<string, string>>
  if (part === 'body') return { body: JSON.stringify(value) }
  const { headers, path } = validRequest(route)
  if (part === 'params') return { path: samplePath(route, strings) + getQuery(path) }
  if (part === 'querystring') {
    return { path: path.slice(0, path.length - getQuery(path).length) + `?${new URLSearchParams(strings).toString()}` }
  }
  // A header that is absent in the invalid headers is what is wrong with them.
  const own = listProperties(getPartSchema(route.record, 'headers')).map(([name]) => name)
  return {
    headers: { ...Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name))), ...strings }
  }
}

function getQuery (path: string): string {
  return path.includes('?') ? path.slice(path.indexOf('?')) : ''
}
