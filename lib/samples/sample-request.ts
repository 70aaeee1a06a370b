/** Creates valid requests from the schemas of a route. The requests on the reference pages are based on them. */
import type { StandardCode } from '../catalog/standard-errors.js'
import { listTargets } from '../infer/declared/declare-errors.js'
import { findDeclaredHeaders } from '../infer/declared/declared-headers.js'
import type { RouteRecord } from '../infer/route-record.js'
import { getSecurityRequirements } from '../infer/declared/security.js'
import { getPartSchema, describeSchema } from './invalid-parts.js'
import { createSampleValue } from './sample-value.js'
import { isRecord } from '../support/is-object.js'

/** A request in the documentation that triggers an error. */
export interface SampleRequest {
  readonly method: string
  /** The path, with the query. */
  readonly path: string
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** Instead of `body`: the number of bytes, if the body is too large to be shown. */
  readonly bodyBytes?: number | undefined
  /** Another header, with the number of bytes of a value that is too long to be shown. */
  readonly longHeader?: { readonly name: string, readonly bytes: number } | undefined
  /** How often the request is sent. The last response is the error. */
  readonly times: number
  /** Whether the request always triggers the error. Otherwise, this depends on the stored data. */
  readonly certain: boolean
}

/** One method of a route, with its errors. */
export interface SampleRoute {
  readonly method: string
  readonly record: RouteRecord
  /** The codes that it can return. */
  readonly codes: ReadonlySet<string>
  /** The number of requests that its lowest rate limit allows; `undefined` if it has no fixed limit. */
  readonly limit: number | undefined
}

/** The header of a JSON body. */
export const jsonContent = { 'content-type': 'application/json' } as const

/** The codes that show that a route needs a credential. */
const credentialCodes: readonly StandardCode[] = ['missing_api_key', 'invalid_api_key', 'unauthorized', 'invalid_token']

/**
 * Returns the headers with the credential of a route: the headers of its security schemes, or otherwise
 * `Authorization`. Empty for a public route.
 */
export function credentialHeaders ({ record, codes }: SampleRoute, credential: string): Record<string, string> {
  const schemes = getSecurityRequirements(listTargets(record)).map(({ scheme }) => scheme)
  if (schemes.length === 0) {
    return credentialCodes.some(code => codes.has(code))
      ? { authorization: `Bearer ${credential}` }
      : {}
  }
  return Object.fromEntries(schemes.map(scheme =>
    scheme.type === 'apiKey'
      ? [scheme.name.toLowerCase(), credential]
      : ['authorization', `${scheme.scheme.charAt(0).toUpperCase()}${scheme.scheme.slice(1)} ${credential}`]
  ))
}

/** Returns the headers that the hooks and scopes of a route require. */
export function requiredHeaders ({ method, record }: SampleRoute): Record<string, string> {
  const { request } = findDeclaredHeaders(listTargets(record), method)
  return Object.fromEntries(
    request.filter(({ required }) => required).map(({ name, example }) => [name.toLowerCase(), String(example)])
  )
}

/** Returns a request that the schemas of the route accept. */
export function validRequest (route: SampleRoute): SampleRequest {
  const [body, headers, querystring] = (['body', 'headers', 'querystring'] as const).map(part =>
    getPartSchema(route.record, part)
  )
  const query = new URLSearchParams(sampleStrings(querystring, route)).toString()
  return {
    method: route.method,
    path: samplePath(route) + (query === '' ? '' : `?${query}`),
    headers: {
      ...credentialHeaders(route, 'YOUR_KEY'),
      ...requiredHeaders(route),
      ...sampleStrings(headers, route),
      ...(body !== undefined && jsonContent)
    },
    ...(body !== undefined && { body: JSON.stringify(sample(body, route)) }),
    times: 1,
    certain: false
  }
}

/** Matches a parameter in the pattern of a route, with the expression that may follow its name. `::` is a colon. */
export const parameter: RegExp = /(?<!:):(\w+)(?:\([^/]*\))?\??/g

/** Returns the names of the parameters in the path of a route. */
export function listParameters ({ record }: SampleRoute): string[] {
  return [...record.route.url.matchAll(parameter)].map(([, name]) => name as string)
}

/** Returns the path of a route with a value for each parameter: the given value, or a sample. */
export function samplePath (route: SampleRoute, values: Readonly<Record<string, string>> = {}): string {
  const samples = sampleStrings(route.record.route.schema?.params, route)
  return route.record.route.url
    .replace(parameter, (_match, name: string) => encodeURIComponent(values[name] ?? samples[name] ?? '1'))
    .replaceAll('::', ':')
    .replace('*', 'example')
}

/** Returns a value that a schema accepts. A `$ref` is looked up in the scope of the route. */
export function sample (schema: unknown, { record }: SampleRoute): unknown {
  return createSampleValue(describeSchema(schema), ref => record.scope.getSchema(ref.split('#', 1).join()))
}

/** Returns the properties that the schema of an object describes. */
export function listProperties (schema: unknown): Array<[name: string, schema: unknown]> {
  return isRecord(schema) && isRecord(schema.properties) ? Object.entries(schema.properties) : []
}

function sampleStrings (schema: unknown, route: SampleRoute): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...sample(schema, route) as object }).map(([name, member]) => [name, String(member)])
  )
}
