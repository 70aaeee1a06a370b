import type { ErrorHeader } from '../catalog/error-headers.js'
import { errorHeaders, textHeader } from '../catalog/error-headers.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'

/** A response header as a document describes it. */
export type DocumentedHeader = Pick<ErrorHeader, 'name' | 'description' | 'schema' | 'example'>

/** Set by @fastify/cors, on errors, too. */
export const corsHeader: DocumentedHeader = {
  name: 'Access-Control-Allow-Origin',
  description: 'The origin that may read this answer (Fetch, CORS protocol).',
  schema: textHeader('^(\\*|null|[a-z][a-z0-9+.-]*://\\S+)$'),
  example: '*'
}

/** A header on a response, and whether every answer of that response has it. */
export interface HeaderUse {
  readonly header: DocumentedHeader
  readonly always: boolean
}

/** The headers of an error response. */
export function headersOfErrors ({ status, definitions }: StatusErrors, headers: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[]): HeaderUse[] {
  const uses = errorHeaders.flatMap(header => {
    const codes = definitions.filter(({ code }) => header.on({ code, status }))
    return codes.length === 0 ? [] : [{ header, always: codes.length === definitions.length }]
  })
  return [...uses, ...headersOfRoute(headers, rateLimitHeaders)]
}

/** The headers of a response that is no error. */
export function headersOfSuccess (headers: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[], hasRequestId: boolean): HeaderUse[] {
  const requestId = errorHeaders.filter(({ name }) => hasRequestId && name === 'X-Request-Id')
  return [...requestId.map(header => ({ header, always: true })), ...headersOfRoute(headers, rateLimitHeaders)]
}

/** An answer of a hook before the limiter lacks the fields of the limit, and one to the same origin needs no CORS. */
function headersOfRoute ({ limited, cors }: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[]): HeaderUse[] {
  return [...limited ? rateLimitHeaders : [], ...cors ? [corsHeader] : []].map(header => ({ header, always: false }))
}
