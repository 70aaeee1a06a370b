import type { ErrorDefinition } from '../catalog/definition.js'
import { errorHeaders } from '../catalog/error-headers.js'
import type { Format } from '../formats/format.js'
import { createBodyExample } from './bodies.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'
import { headersOfErrors, headersOfSuccess, type HeaderUse } from './headers.js'
import { componentName, createHashedNames, statusNames } from './names.js'
import type { ComponentReference, Components, DocumentContext, DocumentSettings, Refer } from './settings.js'
import { createSchemas } from './error-schemas.js'
import type { JsonObject } from '../support/is-object.js'

/** Puts the error answers of one application into one document. */
export interface ComponentBuilder {
  readonly components: Components
  /** The responses of a route, its own and those of errors, in a new object. For HEAD the errors have no content. */
  readonly responses: (own: JsonObject, groups: readonly StatusErrors[], headers: RouteHeaders, isHead: boolean) => JsonObject
  /** The headers of the other responses of a route; `undefined` where they have none of ours. */
  readonly successHeaders: (headers: RouteHeaders) => Record<string, JsonObject | ComponentReference> | undefined
}

/** Makes the builder for the error answers of an application in a document. */
export function createComponents (settings: DocumentSettings, context: DocumentContext): ComponentBuilder {
  const { errors, formats, docUrl, rateLimitHeaders, requestIdOnAll } = settings
  const { taken, usual } = context
  const components: Components = { schemas: {}, responses: {}, headers: {}, examples: {} }
  const usesOnSuccess = new Map<RouteHeaders, readonly HeaderUse[]>()
  const hashedName = createHashedNames()
  const texts = new Map<readonly StatusErrors[], Map<string, string>>()

  const refer: Refer = (section, name, make) => {
    let free = name
    while (taken[section].has(free)) free = `Api${free}`
    components[section][free] ??= make()
    return { $ref: `#/components/${section}/${free}` }
  }
  const schemas = createSchemas(settings, context, refer)

  function contentOf (group: StatusErrors, format: Format): JsonObject {
    const suffix = format === formats[0] ? '' : componentName(format.name)
    const examples = Object.fromEntries(group.definitions.map(definition => {
      const { variant, summary, value } = createBodyExample(definition, format, docUrl, group.issues.get(definition.code))
      const name = componentName(definition.code) + componentName(variant) + suffix
      return [definition.code, refer('examples', name, () => ({ summary, value }))]
    }))
    return { schema: schemas.ofGroup(group, format), examples }
  }

  function headersObject (uses: readonly HeaderUse[]): Record<string, JsonObject | ComponentReference> {
    return Object.fromEntries(uses.map(({ header: { name, description, schema, example }, always }) => {
      const object = (): JsonObject => ({ description, ...(always && { required: true }), schema: { ...schema }, example })
      // The shared header says `required` of one that errors always have; where only some codes of a status have it, it stands apart.
      return [name, always || !errorHeaders.some(header => header.name === name) ? refer('headers', name, object) : object()]
    }))
  }

  const build = (group: StatusErrors, headers: RouteHeaders, isHead: boolean): JsonObject => ({
    description: describeErrors(group.definitions),
    headers: headersObject(headersOfErrors(group, headers, rateLimitHeaders)),
    ...(!isHead && { content: Object.fromEntries(formats.map(format => [format.contentType, contentOf(group, format)])) })
  })

  function responseOf (group: StatusErrors, headers: RouteHeaders, isHead: boolean): ComponentReference {
    const narrowed = schemas.isNarrowed(group) ? JSON.stringify([...group.issues]) : ''
    const name = nameOf(group, narrowed) + variantOf(headers, usual, isHead)
    return refer('responses', name, () => build(group, headers, isHead))
  }

  /** The name depends on the codes alone, so that a new route does not rename the responses of the others. */
  function nameOf ({ status, definitions }: StatusErrors, narrowed: string): string {
    const codes = definitions.map(({ code }) => code)
    const isWhole = codes.length === Object.values(errors).filter(error => error.status === status).length
    const name = codes.length === 1 ? componentName(codes.join()) : statusNames[status]
    const told = (codes.length === 1 || isWhole ? '' : codes.join()) + narrowed
    return told === '' ? name : hashedName(name, told)
  }

  return {
    components,
    responses (own, groups, headers, isHead) {
      const variant = variantOf(headers, usual, isHead)
      let variants = texts.get(groups)
      if (variants === undefined) texts.set(groups, variants = new Map())
      let text = variants.get(variant)
      if (text === undefined) variants.set(variant, text = JSON.stringify(Object.fromEntries(groups.map(group => [group.status, responseOf(group, headers, isHead)]))))
      // The fastest way to thousands of equal objects. One object in many places would be written as an anchor and aliases in YAML.
      return Object.assign(JSON.parse(text) as JsonObject, own)
    },
    successHeaders (headers) {
      const uses = usesOnSuccess.get(headers) ?? headersOfSuccess(headers, rateLimitHeaders, requestIdOnAll)
      usesOnSuccess.set(headers, uses)
      return uses.length === 0 ? undefined : headersObject(uses)
    }
  }
}

/** How the responses of a route differ from those of most routes, by their headers and by having no content. */
function variantOf ({ limited, cors }: RouteHeaders, usual: RouteHeaders, isHead: boolean): string {
  return (limited === usual.limited ? '' : 'Unlimited') + (cors === usual.cors ? '' : 'Cors') + (isHead ? 'Head' : '')
}

/** What a reader sees of some codes: when each happens, and what to do about it. */
export function describeErrors (definitions: readonly ErrorDefinition[]): string {
  const sentence = ({ description, action }: ErrorDefinition): string => `${description} ${action}`
  const [first, ...others] = definitions
  if (first !== undefined && others.length === 0) return sentence(first)
  return definitions.map(definition => `- \`${definition.code}\`: ${sentence(definition)}`).join('\n')
}
