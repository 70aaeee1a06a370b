/** Describes the headers of responses for a document. */
import type { ErrorHeader } from '../catalog/error-headers.js'
import { errorHeaders, textHeader } from '../catalog/error-headers.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'

/** The description of a response header in a document. */
export type DocumentedHeader = Pick<ErrorHeader, 'name' | 'description' | 'schema' | 'example'>

/** The header that @fastify/cors sets on every response. */
export const corsHeader: DocumentedHeader = {
  name: 'Access-Control-Allow-Origin',
  description: 'The origin that may read this response (Fetch, CORS protocol).',
  schema: textHeader('^(\\*|null|[a-z][a-z0-9+.-]*://\\S+)$'),
  example: '*'
}

/** A header of a response, and whether it is always there. */
export interface HeaderUse {
  readonly header: DocumentedHeader
  readonly always: boolean
}

/** Returns the headers of an error response. */
export function headersOfErrors ({ status, definitions }: StatusErrors, headers: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[]): HeaderUse[] {
  const uses = errorHeaders.flatMap(header => {
    const codes = definitions.filter(({ code }) => header.on({ code, status }))
    return codes.length === 0 ? [] : [{ header, always: codes.length === definitions.length }]
  })
  return [...uses, ...headersOfRoute(headers, rateLimitHeaders)]
}

/** Returns the headers of a successful response. */
export function headersOfSuccess (headers: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[], hasRequestId: boolean): HeaderUse[] {
  const requestId = errorHeaders.filter(({ name }) => hasRequestId && name === 'X-Request-Id')
  return [...requestId.map(header => ({ header, always: true })), ...headersOfRoute(headers, rateLimitHeaders)]
}

/** Returns the optional headers. A hook can respond before the limiter, and a request of the same origin needs no CORS. */
function headersOfRoute ({ limited, cors }: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[]): HeaderUse[] {
  return [...limited ? rateLimitHeaders : [], ...cors ? [corsHeader] : []].map(header => ({ header, always: false }))
}
