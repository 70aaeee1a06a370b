/** The error responses of routes, as references to components of a document. */
import type { ErrorDefinition } from '../catalog/definition.js'
import { carriesAccept, acceptHeaderOfMethod, listErrorHeaders, shouldRetryHeader } from '../catalog/error-headers.js'
import { idempotencyCodes } from '../catalog/standard-errors.js'
import type { Format, TextFormat } from '../formats/format.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'
import type { JsonObject } from '../support/is-object.js'
import { createBodyExample } from './bodies.js'
import { addComponent, formatSuffix, nameComponent, type ComponentsContext } from './components.js'
import { createGroupSchema, isNarrowed } from './error-schemas.js'
import { headersOfErrors, type HeaderUse } from './headers.js'
import { statusNames, toCodeName, toComponentName } from './names.js'
import { describeDefinitionHeaders, describeFormatHeaders } from './own-headers.js'
import type { ComponentReference } from './settings.js'

/** Returns the responses of some groups by status. For HEAD, they have no content. */
export function createErrorResponses (context: ComponentsContext, groups: readonly StatusErrors[], headers: RouteHeaders, method: string): JsonObject {
  const variant = `${describeVariant(context, headers, method)} ${acceptHeaderOfMethod[method]}`
  let byVariant = context.responses.get(groups)
  if (byVariant === undefined) context.responses.set(groups, byVariant = new Map())
  let json = byVariant.get(variant)
  if (json === undefined) byVariant.set(variant, json = JSON.stringify(Object.fromEntries(groups.map(group => [group.status, referToResponse(context, group, headers, method)]))))
  // This is the fastest way to create thousands of equal objects. In YAML, a shared object would become an anchor and aliases.
  return JSON.parse(json) as JsonObject
}

/** Returns the response of one group, without references to other responses. */
export function createErrorResponse (context: ComponentsContext, group: StatusErrors, headers: RouteHeaders, method: string): JsonObject {
  return {
    description: describeErrors(group.definitions),
    headers: createHeaderObjects(context, listHeaders(context, group, headers, method)),
    ...(method !== 'HEAD' && { content: createContents(context, group) })
  }
}

/** Returns all headers of an error response. A header of the format replaces the same header of the plugin, which replaces that of a definition. */
export function listHeaders (context: ComponentsContext, group: StatusErrors, headers: RouteHeaders, method: string): readonly HeaderUse[] {
  const uses = [...describeDefinitionHeaders(group), ...headersOfErrors(group, headers, context, method), ...describeFormatHeaders(group, context)]
  return [...new Map(uses.map(use => [use.header.name.toLowerCase(), use])).values()]
}

/** Returns the headers of a response. A header that every error has is a component. */
export function createHeaderObjects (context: ComponentsContext, uses: readonly HeaderUse[]): Record<string, JsonObject | ComponentReference> {
  return Object.fromEntries(uses.map(({ header: { name, description, schema, example }, always, isInFull = false }) => {
    const create = (): JsonObject => ({ description, ...(always && { required: true }), schema: { ...schema }, example })
    // The component of a header that errors can require has `required`. If only some codes of a status have the header, it is written in full.
    const isShared = !isInFull && (always || ![...listErrorHeaders(context.requestIdHeader), shouldRetryHeader].some(header => header.name === name))
    return [name, isShared ? addComponent(context, 'headers', nameComponent(context, 'headers', name, name), create) : create()]
  }))
}

/** Returns the description of some codes: when each error happens, and what to do. */
export function describeErrors (definitions: readonly ErrorDefinition[]): string {
  const describe = ({ description, action }: ErrorDefinition): string => `${description} ${action}`
  const [first, ...others] = definitions
  if (first !== undefined && others.length === 0) return describe(first)
  return definitions.map(definition => `- \`${definition.code}\`: ${describe(definition)}`).join('\n')
}

function createContents (context: ComponentsContext, group: StatusErrors): JsonObject {
  const { formats, textFormats } = context
  return Object.fromEntries([
    ...formats.map(format => [format.contentType, { schema: createGroupSchema(context, group, format), examples: createExamples(context, group, format) }] as const),
    ...textFormats.map(format => [format.contentType, { schema: { type: 'string' }, examples: createExamples(context, group, format) }] as const)
  ])
}

function createExamples (context: ComponentsContext, group: StatusErrors, format: Format | TextFormat): JsonObject {
  return Object.fromEntries(group.definitions.map(definition => {
    const { code } = definition
    const { variant, summary, value } = createBodyExample(definition, format, context.docUrl, group.issues.get(code))
    const name = nameComponent(context, 'examples', toCodeName(code) + toComponentName(variant) + formatSuffix(context, format), `${code} ${variant} ${format.name}`)
    return [code, addComponent(context, 'examples', name, () => ({ summary, value }))]
  }))
}

function referToResponse (context: ComponentsContext, group: StatusErrors, headers: RouteHeaders, method: string): ComponentReference {
  const codes = group.definitions.map(({ code }) => code)
  const narrowed = isNarrowed(context, group) ? JSON.stringify([...group.issues]) : ''
  const methodVariant = carriesAccept(group) && Object.hasOwn(acceptHeaderOfMethod, method) ? toComponentName(method.toLowerCase()) : ''
  const variant = describeVariant(context, headers, method) + methodVariant
  // A name depends only on the codes, so that a new route does not rename the responses of other routes.
  const base = codes.length === 1 ? toCodeName(codes.join()) : statusNames[group.status]
  const text = (hasPlainName(context, group) ? '' : codes.join()) + narrowed
  const name = nameComponent(context, 'responses', base, `${codes.join()} ${narrowed} ${variant}`, text, variant)
  return addComponent(context, 'responses', name, () => createErrorResponse(context, group, headers, method))
}

/**
 * Returns whether a group has a plain name: the name of its only code, or of its status if no code of the status is missing.
 * Codes of idempotency keys are not counted, because most routes do not use them.
 */
function hasPlainName ({ errors }: ComponentsContext, { status, definitions }: StatusErrors): boolean {
  if (definitions.length === 1) return true
  const ofStatus = Object.values(errors).filter(error => error.status === status && !idempotencyCodes.has(error.code))
  return definitions.length === ofStatus.length && !definitions.some(({ code }) => idempotencyCodes.has(code)) &&
    !ofStatus.some(({ code }) => toCodeName(code) === statusNames[status])
}

/** Returns how the responses of a route differ from those of most routes, by their headers and because they have no content. */
function describeVariant ({ commonHeaders }: ComponentsContext, { limited, pluginLimit, cors }: RouteHeaders, method: string): string {
  const limit = pluginLimit === undefined ? 'Uncounted' : toComponentName(pluginLimit)
  return (limited === commonHeaders.limited ? '' : 'Unlimited') + (pluginLimit === commonHeaders.pluginLimit ? '' : limit) + (cors === commonHeaders.cors ? '' : 'Cors') + (method === 'HEAD' ? 'Head' : '')
}
