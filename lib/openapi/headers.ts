/** Describes the headers of responses for a document. */
import { listErrorHeaders, retryAfterMsHeader, shouldRetryHeader, textHeader } from '../catalog/error-headers.js'
import type { DocumentedHeader } from '../infer/declared/declared-headers.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { PluginLimitFields, RouteHeaders } from '../infer/route-headers.js'

/** The header that @fastify/cors sets on every response. */
export const corsHeader: DocumentedHeader = {
  name: 'Access-Control-Allow-Origin',
  description: 'The origin that may read this response (Fetch, CORS protocol).',
  schema: textHeader('^([*]|null|[a-z][a-z0-9+.-]*://[!-~]+)$'),
  example: '*'
}

/** The fields of rate limits. */
export interface RateLimitHeaders {
  /** The fields of this plugin's limits. */
  readonly rateLimitHeaders: readonly DocumentedHeader[]
  /** The fields that @fastify/rate-limit can set. @default none are documented */
  readonly pluginRateLimitHeaders?: Readonly<Record<PluginLimitFields, readonly DocumentedHeader[]>> | undefined
}

/** The options that decide which headers errors have. */
export interface ErrorHeaderSettings extends RateLimitHeaders {
  /** Whether errors have `X-Should-Retry`, and rate limit errors have `Retry-After-Ms`. */
  readonly retryHeaders: boolean
  /** The name of the header with the request id. */
  readonly requestIdHeader: string
  /** The tags of the languages of responses, with the default language first; empty without the option `languages`. */
  readonly languages: readonly string[]
  /** The formats that a response can have. */
  readonly formats: readonly unknown[]
  readonly textFormats: readonly unknown[]
}

/** A header of a response, and whether it is always present. */
export interface HeaderUse {
  readonly header: DocumentedHeader
  readonly always: boolean
  /** Whether it differs between statuses, so that it is not a component. @default false */
  readonly isInFull?: boolean
  /** The example in this place. @default the example of the header */
  readonly example?: string | number
}

/** The values of headers in the responses of a route, by the name of the header. */
export type HeaderExamples = ReadonlyMap<string, string | number>

/** Returns headers with the examples of a route. */
export function withExamples (uses: readonly HeaderUse[], examples: HeaderExamples): HeaderUse[] {
  return uses.map(use => {
    const example = examples.get(use.header.name)
    return example === undefined || example === use.header.example ? use : { ...use, example }
  })
}

/** Returns the headers of an error response to a request with a method. */
export function describeErrorHeaders (
  { status, definitions }: StatusErrors,
  headers: RouteHeaders,
  settings: ErrorHeaderSettings,
  method: string
): HeaderUse[] {
  const uses = listErrorHeaders(settings.requestIdHeader).filter(header =>
    header.method === undefined || header.method === method
  ).flatMap(header => {
    const codes = definitions.filter(({ code }) => header.on({ code, status }))
    return codes.length === 0
      ? []
      : [{ header, always: codes.length === definitions.length && header.isOptional !== true }]
  })
  const advice = settings.retryHeaders
    ? [
        { header: shouldRetryHeader, always: true },
        ...status === 429 ? [{ header: retryAfterMsHeader, always: false }] : []
      ]
    : []
  return [...uses, ...advice, ...describeLanguageHeaders(settings), ...describeRouteHeaders(headers, settings)]
}

/** Returns the headers about the language of a response. */
function describeLanguageHeaders ({ languages, formats, textFormats }: ErrorHeaderSettings): HeaderUse[] {
  const [example] = languages
  if (example === undefined) return []
  const language: DocumentedHeader = {
    name: 'Content-Language',
    description: 'The language of the messages (RFC 9110, section 8.5).',
    schema: { type: 'string', enum: languages },
    example
  }
  const vary: DocumentedHeader = {
    name: 'Vary',
    description: 'The request headers that the response depends on (RFC 9110, section 12.5.5).',
    schema: textHeader('^[!-~]+( *, *[!-~]+)*$'),
    example: formats.length + textFormats.length > 1 ? 'accept, accept-language' : 'accept-language'
  }
  return [{ header: language, always: true }, ...languages.length > 1 ? [{ header: vary, always: true }] : []]
}

/**
 * Returns the headers of a successful response.
 *
 * @param requestIdHeader the name of the header with the request id; `undefined` if only errors have it
 */
export function describeSuccessHeaders (
  headers: RouteHeaders,
  limits: RateLimitHeaders,
  requestIdHeader: string | undefined
): HeaderUse[] {
  const requestId = requestIdHeader === undefined
    ? []
    : listErrorHeaders(requestIdHeader).filter(({ name }) => name === requestIdHeader)
  return [...requestId.map(header => ({ header, always: true })), ...describeRouteHeaders(headers, limits)]
}

/**
 * Returns the headers of limits and CORS. They are optional, because a hook can respond before the limiter, and
 * same-origin requests need no CORS.
 */
function describeRouteHeaders (
  { limited, pluginLimit, cors }: RouteHeaders,
  { rateLimitHeaders, pluginRateLimitHeaders }: RateLimitHeaders
): HeaderUse[] {
  const fields = [
    ...limited ? rateLimitHeaders : [],
    ...pluginLimit === undefined ? [] : pluginRateLimitHeaders?.[pluginLimit] ?? [],
    ...cors ? [corsHeader] : []
  ]
  // Both limiters can have the same fields.
  return [...new Map(fields.map(header => [header.name, header])).values()].map(header => ({ header, always: false }))
}
