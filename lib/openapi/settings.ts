/** The settings and types that the parts of an OpenAPI document share. */
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { Format } from '../formats/format.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'
import type { JsonObject } from '../support/is-object.js'
import type { DocumentedHeader } from './headers.js'
import type { OpenApiVersion } from './to-openapi-schema.js'

/** What gives the page about a code. */
export type DocUrl = (code: string) => string | undefined

/** What the documentation of error answers depends on. */
export interface DocumentSettings {
  readonly errors: AnyCatalog
  /** The formats that an answer can have: one, or with `negotiate` two. */
  readonly formats: readonly Format[]
  readonly docUrl: DocUrl
  /** The fields that answers of a limited route carry; none where none are sent. */
  readonly rateLimitHeaders: readonly DocumentedHeader[]
  /** Whether answers that are no errors carry `X-Request-Id`, too. */
  readonly requestIdOnAll: boolean
  /** Whether the schemas of all statuses are shown, used or not. */
  readonly addSchemas: boolean
}

/** The kinds of components that error answers use. */
export const sections = ['schemas', 'responses', 'headers', 'examples'] as const

/** One of {@link sections}. */
export type Section = (typeof sections)[number]

/** The shared parts of a document. */
export type Components = Readonly<Record<Section, Record<string, JsonObject>>>

/** A reference to a component. */
export interface ComponentReference {
  readonly $ref: string
}

/** Gives the reference to a component, which is made where it is not there yet. */
export type Refer = (section: Section, name: string, make: () => JsonObject) => ComponentReference

/** What a builder needs to know of the document. */
export interface DocumentContext {
  readonly version: OpenApiVersion
  /** The names that components of others have. */
  readonly taken: Readonly<Record<Section, ReadonlySet<string>>>
  /** Every group of codes that the document shows. */
  readonly groups: ReadonlySet<StatusErrors>
  /** What routes of the application usually carry; responses of the others have a name that says so. */
  readonly usual: RouteHeaders
}

const settingsByDocumenter = new WeakMap<object, DocumentSettings>()

/** Sets how the errors of a documenter's routes are written into a document. */
export function setDocumentSettings (documenter: object, settings: DocumentSettings): void {
  settingsByDocumenter.set(documenter, settings)
}

/** Returns how the errors of a documenter's routes are written into a document. */
export function getDocumentSettings (documenter: object): DocumentSettings {
  return settingsByDocumenter.get(documenter) as DocumentSettings
}
