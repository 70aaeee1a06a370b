import type { StandardCode } from '../../catalog/standard-errors.js'
import { declaringTargets } from '../../infer/declare-errors.js'
import type { RouteRecord } from '../../infer/route-record.js'
import { getSecurityRequirements } from '../../infer/security.js'
import { createSampleValue } from './sample-value.js'
import { isRecord } from '../../support/is-object.js'

/** A request that documentation shows as giving an error. */
export interface SampleRequest {
  readonly method: string
  /** The path, with the query. */
  readonly path: string
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  /** In place of `body`: so many bytes, too many to be shown. */
  readonly bodyBytes?: number | undefined
  /** A further header with a value of so many bytes, too many to be shown. */
  readonly longHeader?: { readonly name: string, readonly bytes: number } | undefined
  /** How often it is sent; the last answer is the error. */
  readonly times: number
  /** Whether the request alone gives the error; otherwise what the server has stored decides. */
  readonly certain: boolean
}

/** One method of a route, and what is known of its errors. */
export interface SampleRoute {
  readonly method: string
  readonly record: RouteRecord
  /** The codes that it can answer with. */
  readonly codes: ReadonlySet<string>
  /** How many requests its tightest rate limit allows; `undefined` where it has none. */
  readonly limit: number | undefined
}

export const jsonContent = { 'content-type': 'application/json' } as const

/** The codes that tell of a route that it takes a credential. */
const credentialCodes: readonly StandardCode[] = ['missing_api_key', 'invalid_api_key', 'unauthorized', 'invalid_token']

/** The headers with the credential that a route takes: where its guard says so, else in `Authorization`; none for an open route. */
export function credentialHeaders ({ record, codes }: SampleRoute, credential: string): Record<string, string> {
  const schemes = getSecurityRequirements(declaringTargets(record)).map(({ scheme }) => scheme)
  if (schemes.length === 0) return credentialCodes.some(code => codes.has(code)) ? { authorization: `Bearer ${credential}` } : {}
  return Object.fromEntries(schemes.map(scheme => scheme.type === 'apiKey'
    ? [scheme.name.toLowerCase(), credential]
    : ['authorization', `${scheme.scheme.charAt(0).toUpperCase()}${scheme.scheme.slice(1)} ${credential}`]))
}

/** A request with everything that the schemas of the route ask for. */
export function validRequest (route: SampleRoute): SampleRequest {
  const { body, headers, querystring } = route.record.route.schema ?? {}
  const query = new URLSearchParams(sampleStrings(querystring, route)).toString()
  return {
    method: route.method,
    path: samplePath(route) + (query === '' ? '' : `?${query}`),
    headers: {
      ...credentialHeaders(route, 'YOUR_KEY'),
      ...sampleStrings(headers, route),
      ...(body !== undefined && jsonContent)
    },
    ...(body !== undefined && { body: JSON.stringify(sample(body, route)) }),
    times: 1,
    certain: false
  }
}

/** A parameter in the pattern of a route, with the expression that may follow its name; `::` is a colon. */
const parameter = /(?<!:):(\w+)(?:\([^/]*\))?\??/g

/** The names of the parameters in the path of a route. */
export function listParameters ({ record }: SampleRoute): string[] {
  return [...record.route.url.matchAll(parameter)].map(([, name]) => name as string)
}

/** The path of a route with a value for each of its parameters; those that are not given are sampled. */
export function samplePath (route: SampleRoute, values: Readonly<Record<string, string>> = {}): string {
  const samples = sampleStrings(route.record.route.schema?.params, route)
  return route.record.route.url
    .replace(parameter, (_match, name: string) => encodeURIComponent(values[name] ?? samples[name] ?? '1'))
    .replaceAll('::', ':')
    .replace('*', 'example')
}

/** A value that the schema accepts; what it refers to is looked up in the scope of the route. */
export function sample (schema: unknown, { record }: SampleRoute): unknown {
  return createSampleValue(schema, ref => record.scope.getSchema(ref.split('#', 1).join()))
}

/** The properties of an object's schema. */
export function listProperties (schema: unknown): Array<[name: string, schema: unknown]> {
  return isRecord(schema) && isRecord(schema.properties) ? Object.entries(schema.properties) : []
}

function sampleStrings (schema: unknown, route: SampleRoute): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...sample(schema, route) as object }).map(([name, member]) => [name, String(member)]))
}
