/** Creates requests that fail with a given code. The reference pages show them. */
import type { StandardCode } from '../../catalog/standard-errors.js'
import { credentialHeaders, jsonContent, listParameters, samplePath, listProperties, requiredHeaders, sample, validRequest, type SampleRequest, type SampleRoute } from './sample-request.js'
import { isRecord } from '../../support/is-object.js'

/** Returns the changes to a valid request of a route that make it fail, or `undefined` if the route cannot fail in this way. */
type Change = (route: SampleRoute) => Partial<SampleRequest> | undefined

/** The changes that make a route return a code. */
const changesOfRoutes: Readonly<Partial<Record<StandardCode, Change>>> = {
  invalid_request: route => hasBody(route) ? { headers: { ...validRequest(route).headers, ...jsonContent }, body: '{' } : undefined,
  invalid_parameter: withWrongParameter,
  idempotency_key_missing: withoutRequiredHeaders,
  missing_api_key: withoutCredential,
  unauthorized: withoutCredential,
  invalid_api_key: withWrongCredential,
  invalid_token: withWrongCredential,
  resource_not_found: withAbsentResource,
  payload_too_large: route => {
    const { route: { bodyLimit }, scope } = route.record
    return { headers: { ...validRequest(route).headers, ...jsonContent }, body: undefined, bodyBytes: (bodyLimit ?? scope.initialConfig.bodyLimit as number) + 1 }
  },
  unsupported_media_type: route => ({ headers: { ...validRequest(route).headers, 'content-type': 'application/x-unknown' }, body: 'example' }),
  validation_error: withWrongField,
  missing_required_field: ({ record }) => requiresField(record.route.schema?.body) ? { body: '{}' } : undefined,
  rate_limit_exceeded: ({ limit }) => limit === undefined ? undefined : { times: limit + 1 }
}

/** The requests that trigger a code at any path. */
const requestsAtAnyPath: Readonly<Partial<Record<StandardCode, (routes: readonly SampleRoute[]) => SampleRequest | undefined>>> = {
  route_not_found: () => ({ method: 'GET', path: '/no-such-route', headers: {}, times: 1, certain: true }),
  method_not_allowed: routes => createFirst(routes, route => {
    const supported = new Set(routes.filter(({ record }) => record.route.url === route.record.route.url).map(({ method }) => method))
    const method = ['DELETE', 'PUT', 'PATCH', 'GET'].find(name => !supported.has(name))
    return method === undefined || route.record.route.url.includes('*') ? undefined : { method, headers: {}, body: undefined }
  }),
  uri_too_long: routes => createFirst(routes, route => {
    const [name] = listParameters(route)
    return name === undefined ? undefined : { path: samplePath(route, { [name]: 'x'.repeat(route.record.scope.initialConfig.maxParamLength as number + 1) }) }
  }),
  expectation_failed: routes => createFirst(routes, () => ({ headers: { expect: 'nothing' } })),
  request_header_fields_too_large: routes => createFirst(routes, () => ({ longHeader: { name: 'x-long', bytes: 20_000 } }))
}

/**
 * Returns a request that triggers a code, or otherwise a valid request for a route that can return the code. Returns `undefined`
 * for a code that no route has, and for server errors, because a request cannot trigger them.
 *
 * @param candidates the routes that can return the code
 * @param routes all routes
 */
export function createFailingRequest (
  { code, status }: { readonly code: string, readonly status: number }, candidates: readonly SampleRoute[], routes: readonly SampleRoute[]
): SampleRequest | undefined {
  if (status >= 500) return undefined
  // A request that only reads is a better example.
  const ordered = [...candidates].sort((a, b) => Number(hasBody(a)) - Number(hasBody(b)))
  const standard = code as StandardCode
  const create = Object.hasOwn(requestsAtAnyPath, code) ? requestsAtAnyPath[standard] : undefined
  const change = Object.hasOwn(changesOfRoutes, code) ? changesOfRoutes[standard] : undefined
  const [first] = candidates
  return create?.(routes) ??
    (change === undefined ? undefined : createFirst(ordered, change)) ??
    (first === undefined ? undefined : validRequest(first))
}

function createFirst (routes: readonly SampleRoute[], change: Change): SampleRequest | undefined {
  for (const route of routes) {
    const changed = change(route)
    if (changed !== undefined) return { ...validRequest(route), certain: true, ...changed }
  }
  return undefined
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
  return { headers: Object.fromEntries(Object.entries(validRequest(route).headers).filter(([name]) => !Object.hasOwn(removed, name))) }
}

function withWrongCredential (route: SampleRoute): Partial<SampleRequest> {
  return { headers: { ...validRequest(route).headers, ...credentialHeaders(route, 'wrong') } }
}

/** Replaces the ids in the path with ids that do not exist: a high number, a UUID of zeros, or a string. */
function withAbsentResource (route: SampleRoute): Partial<SampleRequest> {
  const schemas = new Map(listProperties(route.record.route.schema?.params))
  return {
    path: samplePath(route, Object.fromEntries(listParameters(route).map(name => {
      const schema = schemas.get(name)
      if (!isRecord(schema)) return [name, 'no-such-id']
      return [name, String(schema.type === 'integer' || schema.type === 'number' ? schema.maximum ?? 999_999_999 : sample(schema, route))]
    })))
  }
}

function withWrongParameter (route: SampleRoute): Partial<SampleRequest> | undefined {
  const { params, querystring } = route.record.route.schema ?? {}
  const [inQuery] = listProperties(querystring).filter(([, schema]) => rejectsString(schema))
  if (inQuery !== undefined) {
    const url = new URL(validRequest(route).path, 'http://localhost')
    url.searchParams.set(inQuery[0], 'wrong')
    return { path: url.pathname + url.search }
  }
  const [inPath] = listProperties(params).filter(([, schema]) => rejectsString(schema))
  return inPath === undefined ? undefined : { path: samplePath(route, { [inPath[0]]: 'wrong' }) }
}

function withWrongField (route: SampleRoute): Partial<SampleRequest> | undefined {
  const { body } = validRequest(route)
  const fields = listProperties(route.record.route.schema?.body)
  const [name, schema] = fields.find(([, schema]) => rejectsString(schema)) ?? fields[0] ?? []
  if (body === undefined || name === undefined) return undefined
  // A validator that converts types cannot convert an object to a string or a number.
  return { body: JSON.stringify({ ...JSON.parse(body), [name]: rejectsString(schema) ? 'wrong' : {} }) }
}

/** Returns whether a schema rejects the string `wrong`. */
function rejectsString (schema: unknown): boolean {
  if (!isRecord(schema)) return false
  return ['integer', 'number', 'boolean'].includes(String(schema.type)) || typeof schema.format === 'string' || Array.isArray(schema.enum)
}

function requiresField (body: unknown): boolean {
  return isRecord(body) && Array.isArray(body.required) && body.required.length > 0
}
