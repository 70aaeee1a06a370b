/** Lists the media types that a route accepts. A 415 has them in `Accept`, `Accept-Patch` or `Accept-Query`. */
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { getParsedMediaTypes } from '../fastify/reply-internals.js'
import { isObject } from '../support/is-object.js'

/**
 * Returns the media types that a route accepts. They come from its body schema, from `consumes`, or from the parsers,
 * in this order of precedence. A parser for a pattern accepts the media types and ranges that match the pattern.
 */
export function acceptedMediaTypes (request: FastifyRequest): string[] {
  const { schema } = request.routeOptions
  const body = schema?.body as { readonly content?: object } | undefined
  if (typeof body?.content === 'object' && body.content !== null) return Object.keys(body.content)
  const consumes = (schema as { readonly consumes?: unknown } | undefined)?.consumes
  if (Array.isArray(consumes)) return consumes.map(String)
  const parsed = getParsedMediaTypes(request)
  if (parsed === undefined) return commonMediaTypes.filter(type => request.server.hasContentTypeParser(type))
  if (parsed.hasCatchAll) return ['*/*']
  return [...new Set([...parsed.types, ...parsed.patterns.flatMap(listMediaTypes)])]
}

/** A route and its scope, whose parsers decide which bodies it accepts. */
interface AcceptingRoute {
  readonly route: RouteOptions
  readonly scope: FastifyInstance
}

/** Returns a function that returns the media types that a route accepts. The parsers of a scope are read once. */
export function createAcceptedMediaTypes (): (record: AcceptingRoute) => readonly string[] {
  const known = new WeakMap<FastifyInstance, readonly string[]>()
  return ({ route: { schema }, scope }) => {
    const list = (schema: unknown): string[] =>
      acceptedMediaTypes({ routeOptions: { schema }, server: scope } as FastifyRequest)
    const { body, consumes } = (schema ?? {}) as {
      readonly body?: { readonly content?: unknown },
      readonly consumes?: unknown
    }
    if (isObject(body?.content) || isObject(consumes)) return list(schema)
    let types = known.get(scope)
    if (types === undefined) known.set(scope, types = list(undefined))
    return types
  }
}

/** Common media types. Each is tested against a pattern, because a pattern cannot be sent in an HTTP header. */
const commonMediaTypes: readonly string[] = [
  'application/json', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data',
  'application/octet-stream', 'application/xml', 'text/xml', 'application/merge-patch+json',
  'application/json-patch+json', 'application/vnd.api+json', 'application/ld+json', 'application/hal+json',
  'application/problem+json', 'application/geo+json', 'application/fhir+json', 'application/scim+json',
  'application/cloudevents+json', 'application/graphql', 'application/graphql-response+json', 'application/x-ndjson',
  'application/jsonl', 'application/json-seq', 'application/cbor', 'application/msgpack', 'application/x-protobuf',
  'application/protobuf', 'application/grpc', 'application/yaml', 'text/yaml', 'text/csv', 'text/html', 'text/markdown',
  'text/calendar', 'text/vcard', 'application/soap+xml', 'application/atom+xml', 'application/pdf', 'application/zip',
  'application/gzip', 'application/jwt', 'application/jose', 'application/sql', 'application/csp-report',
  'application/reports+json', 'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/svg+xml',
  'audio/mpeg', 'audio/ogg', 'audio/wav', 'video/mp4', 'video/webm'
]

/** A subtype that no application registers. If a pattern matches it, the pattern matches all subtypes. */
const unlikelySubtype = 'x.unlikely-7d1f'

/**
 * Returns the media types that match a parser's pattern: first ranges, then types that the pattern spells out, then
 * common types.
 */
function listMediaTypes (pattern: RegExp): string[] {
  const fits = (type: string): boolean => {
    pattern.lastIndex = 0 // for patterns with the flags g or y
    return pattern.test(type)
  }
  if (fits(`x-unlikely/${unlikelySubtype}`)) return ['*/*']
  const ranges = ['application', 'audio', 'font', 'image', 'message', 'model', 'multipart', 'text', 'video'].filter(
    type => fits(`${type}/${unlikelySubtype}`)
  )
  const literalType =
    /^\^?((?:[\w-]|\\[./+-]|\.(?![*+?{]))+)(?:\$|\(;|;|$)/.exec(pattern.source)?.[1]?.replaceAll('\\', '') ?? ''
  const own = /^[\w.+-]+\/[\w.+-]+$/.test(literalType) && fits(literalType) ? [literalType.toLowerCase()] : []
  return [
    ...ranges.map(type => `${type}/*`),
    ...[...own, ...commonMediaTypes.filter(fits)].filter(type => !ranges.includes(type.slice(0, type.indexOf('/'))))
  ]
}

/** A parameter of a media type: a name, and a token or quoted string (RFC 9110, section 5.6.6). */
const mediaTypeParameter = /;\s*([^\s;=]+)=("(?:[^"\\]|\\.)*"|[^\s;"]*)/g

/**
 * Returns media types as a Structured Fields list, the syntax of `Accept-Query` (RFC 10008, section 3). A type is a
 * token, or a string if it is not a valid token. Its parameters are parameters of the list member (RFC 9651, section
 * 3.1.2).
 */
export function formatAcceptQuery (types: readonly string[]): string {
  return types.map(type => {
    const range = type.replace(/\s*;.*/s, '')
    const parameters = [...type.matchAll(mediaTypeParameter)] as unknown as Array<[string, string, string]>
    return [
      /^[a-z*][\w!#$%&'*+.^`|~:/-]*$/i.test(range) ? range : JSON.stringify(range),
      ...parameters.map(([, name, value]) =>
        `${name.toLowerCase()}=${JSON.stringify(value.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1'))}`
      )
    ].join(';')
  }).join(', ')
}
