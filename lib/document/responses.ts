import type { AnyCatalog } from '../catalog/define-errors.js'
import type { ErrorDefinition } from '../catalog/definition.js'
import { errorHeaders } from '../catalog/headers.js'
import type { Format } from '../formats/format.js'
import { exampleOf, type DocUrl } from './bodies.js'
import type { StatusErrors } from './groups.js'
import { headersOfErrors, headersOfSuccess, type DocumentedHeader, type HeaderUse, type RouteHeaders } from './headers.js'
import { componentName, shortHash, statusNames } from './names.js'
import type { OpenApiVersion } from './schema.js'
import { createSchemas } from './schemas.js'

type Json = Record<string, unknown>

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
export type Components = Readonly<Record<Section, Record<string, Json>>>

/** A reference to a component. */
export interface Reference {
  readonly $ref: string
}

/** Gives the reference to a component, which is made where it is not there yet. */
export type Refer = (section: Section, name: string, make: () => Json) => Reference

/** Puts the error answers of one application into one document. */
export interface ComponentBuilder {
  readonly components: Components
  /** An error response of a route. For HEAD it has no content. */
  readonly response: (group: StatusErrors, headers: RouteHeaders, isHead: boolean) => Reference
  /** The headers of the other responses of a route. */
  readonly successHeaders: (headers: RouteHeaders) => Record<string, Json | Reference>
}

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

/** Makes the builder for the error answers of an application in a document. */
export function createComponents (settings: DocumentSettings, context: DocumentContext): ComponentBuilder {
  const { errors, formats, docUrl, rateLimitHeaders, requestIdOnAll } = settings
  const { taken, usual } = context
  const components: Components = { schemas: {}, responses: {}, headers: {}, examples: {} }
  const made = new Map<StatusErrors, Map<string, Reference>>()

  const refer: Refer = (section, name, make) => {
    let free = name
    while (taken[section].has(free)) free = `Api${free}`
    components[section][free] ??= make()
    return { $ref: `#/components/${section}/${free}` }
  }
  const schemas = createSchemas(settings, context, refer)

  function contentOf (group: StatusErrors, format: Format): Json {
    const suffix = format === formats[0] ? '' : componentName(format.name)
    const examples = Object.fromEntries(group.definitions.map(definition => {
      const { variant, summary, value } = exampleOf(definition, format, docUrl, group.issues.get(definition.code))
      const name = componentName(definition.code) + componentName(variant) + suffix
      return [definition.code, refer('examples', name, () => ({ summary, value }))]
    }))
    return { schema: schemas.ofGroup(group, format), examples }
  }

  function headersObject (uses: readonly HeaderUse[]): Record<string, Json | Reference> {
    return Object.fromEntries(uses.map(({ header: { name, description, schema, example }, always }) => {
      const object = (): Json => ({ description, ...(always && { required: true }), schema: { ...schema }, example })
      // The shared header says `required` of one that errors always have; where only some codes of a status have it, it stands apart.
      return [name, always || !errorHeaders.some(header => header.name === name) ? refer('headers', name, object) : object()]
    }))
  }

  const build = (group: StatusErrors, headers: RouteHeaders, isHead: boolean): Json => ({
    description: descriptionOf(group.definitions),
    headers: headersObject(headersOfErrors(group, headers, rateLimitHeaders)),
    ...(!isHead && { content: Object.fromEntries(formats.map(format => [format.contentType, contentOf(group, format)])) })
  })

  return {
    components,
    response (group, headers, isHead) {
      const variant = variantOf(headers, usual, group.status) + (isHead ? 'Head' : '')
      const variants = made.get(group) ?? new Map<string, Reference>()
      made.set(group, variants)
      let response = variants.get(variant)
      if (response === undefined) {
        const name = responseName(group, errors) + (schemas.isNarrowed(group) ? `_${shortHash(JSON.stringify([...group.issues]))}` : '') + variant
        variants.set(variant, response = refer('responses', name, () => build(group, headers, isHead)))
      }
      return { ...response } // equal objects in one document would be written as anchors and aliases in YAML
    },
    successHeaders: headers => headersObject(headersOfSuccess(headers, rateLimitHeaders, requestIdOnAll))
  }
}

/** The name depends on the codes alone, so that a new route does not rename the responses of the others. */
function responseName ({ status, definitions }: StatusErrors, errors: AnyCatalog): string {
  const codes = definitions.map(({ code }) => code)
  if (codes.length === Object.values(errors).filter(error => error.status === status).length) return statusNames[status]
  return codes.length <= 2 ? codes.map(componentName).join('Or') : `${statusNames[status]}_${shortHash(codes.join())}`
}

/** How the responses of a route differ by their headers from those of most routes. */
function variantOf ({ limited, cors }: RouteHeaders, usual: RouteHeaders, status: number): string {
  return (limited === usual.limited || status >= 500 ? '' : limited ? 'Limited' : 'Unlimited') +
    (cors === usual.cors ? '' : cors ? 'Cors' : 'SameOrigin')
}

/** What a reader sees of some codes: when each happens, and what to do about it. */
export function descriptionOf (definitions: readonly ErrorDefinition[]): string {
  const sentence = ({ description, action }: ErrorDefinition): string => `${description} ${action}`
  const [first, ...others] = definitions
  if (first !== undefined && others.length === 0) return sentence(first)
  return definitions.map(definition => `- \`${definition.code}\`: ${sentence(definition)}`).join('\n')
}
