/**
 * The shared components of the error responses of one registration in one document: their names, and the references to
 * them.
 */
import type { ErrorDefinition, ErrorStatus } from '../catalog/definition.js'
import { mergeIssues, type StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'
import type { Format } from '../formats/format.js'
import type { JsonObject } from '../support/is-object.js'
import { createSchemaNames, hashedNames, toComponentName } from './component-names.js'
import type { ComponentReference, Components, DocumentSettings, Section } from './settings.js'
import type { OpenApiVersion } from './to-openapi-schema.js'

/** The schema of the bodies of a code: the general schema, or a schema for routes with fewer issue codes. */
export interface CodeSchema {
  readonly code: string
  /** The name of its component. */
  readonly name: string
  /** Differs from the keys of all other schemas. */
  readonly key: string
  /** The schema as written in its component. */
  readonly schema: JsonObject
  /** The schema of the bodies, without references to components. */
  readonly body: JsonObject
  /** {@link body} as JSON. */
  readonly json: string
}

/** The data that the functions that write components share. */
export interface ComponentsContext extends DocumentSettings {
  readonly version: OpenApiVersion
  /** Returns the schema that was added to the application under an id. */
  readonly getSchema: (id: string) => unknown
  /** The names of components that the document already has. */
  readonly existingNames: Readonly<Record<Section, ReadonlySet<string>>>
  /** The headers of most routes. A response with other headers has a suffix in its name, such as `Unlimited`. */
  readonly commonHeaders: RouteHeaders
  /** The codes in the document, each with all its issue codes in the document. */
  readonly issuesByCode: ReadonlyMap<string, readonly string[] | undefined>
  /** The codes in the document by status, sorted. */
  readonly definitionsByStatus: ReadonlyMap<ErrorStatus, readonly ErrorDefinition[]>
  readonly schemaNames: ReadonlyMap<string, string>
  /** The components that were added. */
  readonly components: Components
  /** The names of components by section and key, and the keys by section and name. */
  readonly names: Map<string, string>
  readonly keys: Map<string, string>
  /** The codes that have a component in each format, as far as they were listed. */
  readonly identifiedCodes: Map<Format, ReadonlySet<string>>
  /** Schemas that were created, by format, code and issues. */
  readonly codeSchemas: Map<string, CodeSchema>
  /** References to the responses of groups as JSON, by the headers of the route. */
  readonly responses: Map<readonly StatusErrors[], Map<string, string>>
}

/** The data of a document about its other components and its routes. */
export interface DocumentFacts {
  readonly version: OpenApiVersion
  readonly getSchema: ComponentsContext['getSchema']
  readonly existingNames: ComponentsContext['existingNames']
  /** Every group of codes that the document shows. */
  readonly groups: ReadonlySet<StatusErrors>
  readonly commonHeaders: RouteHeaders
}

/** Creates the context for the components of a registration in a document. */
export function createComponentsContext (
  settings: DocumentSettings,
  { groups, ...facts }: DocumentFacts
): ComponentsContext {
  const { errors, addSchemas } = settings
  const issuesByCode = mergeIssues(
    [...groups].flatMap(({ issues }) => [...issues].map(([code, codes]) => ({ code, issues: codes })))
  )
  const definitionsByStatus = new Map<ErrorStatus, ErrorDefinition[]>()
  for (const [code, definition] of Object.entries(errors)) {
    if (addSchemas && !issuesByCode.has(code)) issuesByCode.set(code, undefined)
    if (!issuesByCode.has(code)) continue
    definitionsByStatus.set(definition.status, [...definitionsByStatus.get(definition.status) ?? [], definition])
  }
  return {
    ...settings,
    ...facts,
    issuesByCode,
    definitionsByStatus,
    schemaNames: createSchemaNames(Object.keys(errors)),
    components: { schemas: {}, responses: {}, headers: {}, examples: {} },
    names: new Map(),
    keys: new Map(),
    identifiedCodes: new Map(),
    codeSchemas: new Map(),
    responses: new Map()
  }
}

/**
 * Returns the name of a component. If several components have the same plain name, only the first one gets it.
 *
 * @param name the plain name, without the prefix of the registration
 * @param key differs from the keys of all other components of the section
 * @param hashed the string whose hash is part of the name; empty for a plain name
 * @param suffix the end of the name
 */
export function nameComponent (
  context: ComponentsContext,
  section: Section,
  name: string,
  key: string,
  hashed: string = '',
  suffix: string = ''
): string {
  const sectionKey = `${section} ${key}`
  let chosen = context.names.get(sectionKey)
  if (chosen === undefined) {
    const prefixed = context.componentPrefix + name
    for (const candidate of listCandidates(prefixed, hashed, key, suffix)) {
      const sectionName = `${section} ${candidate}`
      if (context.existingNames[section].has(candidate) || context.keys.has(sectionName)) continue
      context.keys.set(sectionName, key)
      context.names.set(sectionKey, chosen = candidate)
      break
    }
  }
  return chosen as string
}

function * listCandidates (name: string, hashed: string, key: string, suffix: string): Generator<string> {
  if (hashed === '') yield * [name + suffix, `Api${name}${suffix}`]
  for (const candidate of hashedNames(name, hashed === '' ? key : hashed)) yield candidate + suffix
}

/** Adds a component if it is missing, and returns the reference to it. */
export function addComponent (
  context: ComponentsContext,
  section: Section,
  name: string,
  create: () => JsonObject
): ComponentReference {
  const components = context.components[section]
  if (!Object.hasOwn(components, name)) {
    components[name] = {} // a schema can refer to itself
    components[name] = create()
  }
  return { $ref: `#/components/${section}/${name}` }
}

/** Returns the end of component names for a format; empty for the main format. */
export function formatSuffix ({ formats }: Pick<DocumentSettings, 'formats'>, format: Pick<Format, 'name'>): string {
  return format === formats[0] ? '' : toComponentName(format.name)
}
