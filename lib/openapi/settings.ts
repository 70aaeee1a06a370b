/** The settings and types that the parts of an OpenAPI document share. */
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { Format, TextFormat } from '../formats/format.js'
import type { DocumentedHeader } from '../infer/declared/declared-headers.js'
import type { MatchesDeclared } from '../infer/declared/declared-schemas.js'
import type { ExampleSettings } from '../samples/response-examples.js'
import type { JsonObject } from '../support/is-object.js'
import type { RateLimitHeaders } from './headers.js'

/** Returns the URL of a code's error page; `undefined` if it has none. */
export type DocUrl = (code: string) => string | undefined

/** The values that the documentation of error responses depends on, in addition to the routes. */
export interface DocumentSettings {
  readonly errors: AnyCatalog
  /** The settings that the examples of a route depend on. */
  readonly examples: ExampleSettings
  /** The JSON formats that a response can have: one, or two with `negotiate`. */
  readonly formats: readonly [Format, ...Format[]]
  /** The additional formats of a response whose bodies are text. */
  readonly textFormats: readonly TextFormat[]
  readonly docUrl: DocUrl
  /** The header fields of responses of a limited route; empty if none are sent. */
  readonly rateLimitHeaders: readonly DocumentedHeader[]
  /** The fields that @fastify/rate-limit can set. @default none are documented */
  readonly pluginRateLimitHeaders?: RateLimitHeaders['pluginRateLimitHeaders']
  /** Whether errors have `X-Should-Retry`, and rate limit errors have `Retry-After-Ms`. */
  readonly retryHeaders: boolean
  /** Compares error bodies with the schemas that routes declare. */
  readonly matchesDeclared: MatchesDeclared
  /** Whether successful responses have the header with the request id as well. */
  readonly requestIdOnAll: boolean
  /** The name of that header. */
  readonly requestIdHeader: string
  /** The tags of the languages of responses, with the default language first; empty without the option `languages`. */
  readonly languages: readonly string[]
  /** Whether the document has the schemas of all statuses, used or not. */
  readonly addSchemas: boolean
  /** The prefix of component names; empty if there is none. */
  readonly componentPrefix: string
}

/** The kinds of components that error responses use. */
export const sections = ['schemas', 'responses', 'headers', 'examples'] as const

/** One of {@link sections}. */
export type Section = (typeof sections)[number]

/** The shared parts of a document. */
export type Components = Readonly<Record<Section, Record<string, JsonObject>>>

/** A reference to a component. */
export interface ComponentReference {
  readonly $ref: string
}

const settingsByRouteErrors = new WeakMap<object, DocumentSettings>()

/** Stores the settings with which the errors of a registration are written into a document. */
export function setDocumentSettings (routeErrors: object, settings: DocumentSettings): void {
  settingsByRouteErrors.set(routeErrors, settings)
}

/** Returns the settings with which the errors of a registration are written into a document. */
export function getDocumentSettings (routeErrors: object): DocumentSettings {
  return settingsByRouteErrors.get(routeErrors) as DocumentSettings
}

/** Returns the values that the components of a registration depend on, as a string. */
export function describeContent (
  { errors, formats, textFormats, docUrl, rateLimitHeaders, retryHeaders, requestIdHeader, languages }: DocumentSettings
): string {
  const definitions = Object.values(errors).map(definition => [{ ...definition }, docUrl(definition.code)])
  return JSON.stringify([formats, textFormats, rateLimitHeaders, retryHeaders, requestIdHeader, languages, definitions])
}
