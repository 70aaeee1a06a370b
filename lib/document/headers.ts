import type { ErrorHeader } from '../catalog/headers.js'
import { errorHeaders, textHeader } from '../catalog/headers.js'
import type { StatusErrors } from './groups.js'

/** A response header as a document describes it. */
export type DocumentedHeader = Pick<ErrorHeader, 'name' | 'description' | 'schema' | 'example'>

/** The headers that answers of a route can carry beside those that HTTP asks for on errors. */
export interface RouteHeaders {
  /** Whether the fields of a rate limit are on its answers. */
  readonly limited: boolean
  /** Whether other origins may read its answers. */
  readonly cors: boolean
}

const variants: ReadonlyMap<string, RouteHeaders> = new Map(
  [true, false].flatMap(limited => [true, false].map(cors => [`${limited} ${cors}`, { limited, cors }]))
)

/** One object for routes with the same headers. */
export function routeHeaders (limited: boolean, cors: boolean): RouteHeaders {
  return variants.get(`${limited} ${cors}`) as RouteHeaders
}

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
export function headersOfErrors ({ status, definitions }: StatusErrors, { limited, cors }: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[]): HeaderUse[] {
  const uses = errorHeaders.flatMap(header => {
    const codes = definitions.filter(({ code }) => header.on({ code, status }))
    return codes.length === 0 ? [] : [{ header, always: codes.length === definitions.length }]
  })
  const optional = [...limited && status < 500 ? rateLimitHeaders : [], ...cors ? [corsHeader] : []]
  return [...uses, ...optional.map(header => ({ header, always: false }))]
}

/** The headers of a response that is no error. */
export function headersOfSuccess ({ limited, cors }: RouteHeaders, rateLimitHeaders: readonly DocumentedHeader[], hasRequestId: boolean): HeaderUse[] {
  const requestId = errorHeaders.filter(({ name }) => hasRequestId && name === 'X-Request-Id')
  const optional = [...limited ? rateLimitHeaders : [], ...cors ? [corsHeader] : []]
  return [...requestId.map(header => ({ header, always: true })), ...optional.map(header => ({ header, always: false }))]
}
