/** The error responses of routes, as references to components of a document. */
import type { ErrorDefinition } from '../catalog/definition.js'
import { describeDeprecation } from '../catalog/deprecation.js'
import {
  acceptHeaderOfMethod,
  carriesAccept,
  carriesChallenge,
  formatShouldRetry,
  getDefaultRetryAfter,
  listErrorHeaders,
  shouldRetryHeader
} from '../catalog/error-headers.js'
import { idempotencyCodes } from '../catalog/standard-errors.js'
import type { Format, TextFormat } from '../formats/format.js'
import type { Occurrence } from '../infer/declared/declared-examples.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'
import type { RouteRecord } from '../infer/route-record.js'
import type { JsonObject } from '../support/is-object.js'
import { createBodyExample } from './bodies.js'
import { addComponent, formatSuffix, nameComponent, type ComponentsContext } from './components.js'
import { createGroupSchema, isNarrowed } from './error-schemas.js'
import { describeErrorHeaders, withExamples, type HeaderUse } from './headers.js'
import { statusNames, toCodeName, toComponentName } from './component-names.js'
import { describeDefinitionHeaders, describeFormatHeaders } from './custom-headers.js'
import type { ComponentReference } from './settings.js'

/** The facts of an operation, in addition to its errors, that its responses depend on. */
export interface ResponseFacts {
  readonly record: RouteRecord
  readonly method: string
  readonly headers: RouteHeaders
  readonly occurrences: Occurrences
}

/** The examples of errors on a route that are not the example of their definition. */
export interface Occurrences {
  readonly byCode: ReadonlyMap<string, Occurrence>
  /** The examples as JSON, by code. */
  readonly texts: ReadonlyMap<string, string>
  /** Differs from the keys of all other examples. */
  readonly key: string
}

/** Returns the responses of some groups by status. For HEAD, they have no content. */
export function createErrorResponses (
  context: ComponentsContext,
  groups: readonly StatusErrors[],
  facts: ResponseFacts
): JsonObject {
  const { headers, method, occurrences } = facts
  const values = [
    ...context.examples.getLimitExample(facts.record)?.fields.values() ?? [],
    ...context.examples.getAcceptedMediaTypes(facts.record)
  ].join()
  const variant = `${describeVariant(context, headers, method)} ${acceptHeaderOfMethod[method]} ${values} ${occurrences.key}`
  let byVariant = context.responses.get(groups)
  if (byVariant === undefined) context.responses.set(groups, byVariant = new Map())
  let json = byVariant.get(variant)
  if (json === undefined) {
    byVariant.set(
      variant,
      json = JSON.stringify(
        Object.fromEntries(groups.map(group => [group.status, referToResponse(context, group, facts)]))
      )
    )
  }
  // This is the fastest way to create thousands of equal objects. In YAML, a shared object would become an anchor and
  // aliases.
  return JSON.parse(json) as JsonObject
}

/** Returns the response of one group, without references to other responses. */
export function createErrorResponse (
  context: ComponentsContext,
  group: StatusErrors,
  facts: ResponseFacts
): JsonObject {
  const { method, occurrences } = facts
  return {
    description: describeErrors(group.definitions),
    headers: createHeaderObjects(context, listHeaders(context, group, facts)),
    ...(method !== 'HEAD' && { content: createContents(context, group, occurrences) })
  }
}

/**
 * Returns all headers of an error response. A header of the format replaces the same header of the plugin, which
 * replaces that of a definition.
 */
export function listHeaders (
  context: ComponentsContext,
  group: StatusErrors,
  facts: ResponseFacts
): readonly HeaderUse[] {
  const uses = [
    ...describeDefinitionHeaders(group),
    ...listPluginHeaders(context, group, facts),
    ...describeFormatHeaders(group, context)
  ]
  return [...new Map(uses.map(use => [use.header.name.toLowerCase(), use])).values()]
}

/** Returns the headers of the plugin in the responses of a group, with their values in an example. */
function listPluginHeaders (
  context: ComponentsContext,
  group: StatusErrors,
  { record, headers, method, occurrences }: ResponseFacts
): HeaderUse[] {
  const { status, definitions } = group
  const uses = describeErrorHeaders(group, headers, context, method)
  const { getLimitExample, getChallenge, getAcceptedMediaTypes } = context.examples
  // A request with a parameter that is too long reaches no route.
  const limit = getLimitExample(status === 414 ? undefined : record)
  const examples = new Map<string, string | number>(status === 429 ? limit?.exceededFields : limit?.fields)
  const [first] = definitions
  if (first !== undefined) examples.set(shouldRetryHeader.name, formatShouldRetry(first.retry))
  for (const definition of definitions) {
    const { retryAfter, headers: own, meta } = occurrences.byCode.get(definition.code) as Occurrence | undefined ??
      definition.example as Occurrence
    const seconds = retryAfter ?? getDefaultRetryAfter(definition)
    if (seconds !== undefined && !examples.has('Retry-After')) examples.set('Retry-After', seconds)
    if (carriesChallenge(definition)) {
      const challenge = String(own?.['www-authenticate'] ?? getChallenge({ code: definition.code, meta }))
      // The challenge of a request without a credential is the shortest one.
      const before = examples.get('WWW-Authenticate')
      if (before === undefined || challenge.length < String(before).length) examples.set('WWW-Authenticate', challenge)
    }
  }
  if (carriesAccept(group)) {
    for (const name of ['Accept', 'Accept-Patch', 'Accept-Query']) {
      examples.set(name, getAcceptedMediaTypes(record).join(', '))
    }
  }
  return withExamples(uses, examples)
}

/** Returns the headers of a response. A header that every error has is a component. */
export function createHeaderObjects (
  context: ComponentsContext,
  uses: readonly HeaderUse[]
): Record<string, JsonObject | ComponentReference> {
  const requiredByErrors = new Set(
    [...listErrorHeaders(context.requestIdHeader), shouldRetryHeader].map(({ name }) => name)
  )
  return Object.fromEntries(
    uses.map(({ header: { name, description, schema, example: usual }, always, isInFull = false, example = usual }) => {
      const create = (): JsonObject => ({
        description,
        ...(always && { required: true }),
        schema: structuredClone(schema),
        example
      })
      // The component of a header that errors can require has `required`. If only some codes of a status have the
      // header, it is written in full.
      const isShared = !isInFull && (always || !requiredByErrors.has(name))
      return [
        name,
        isShared
          ? addComponent(
            context,
            'headers',
            nameComponent(context, 'headers', name, `${name} ${example}`, example === usual ? '' : String(example)),
            create
          )
          : create()
      ]
    })
  )
}

/** Returns the description of some codes: when each error happens, and what to do. */
export function describeErrors (definitions: readonly ErrorDefinition[]): string {
  const lines = definitions.map(({ code, description, action, deprecated }) =>
    `\`${code}\`: ${deprecated === undefined ? '' : `${describeDeprecation(deprecated)} `}${description} ${action}`
  )
  return lines.length === 1 ? lines.join() : lines.map(line => `- ${line}`).join('\n')
}

function createContents (context: ComponentsContext, group: StatusErrors, occurrences: Occurrences): JsonObject {
  const { formats, textFormats } = context
  return Object.fromEntries([
    ...formats.map(format =>
      [format.contentType, {
        schema: createGroupSchema(context, group, format),
        examples: createExamples(context, group, format, occurrences)
      }] as const
    ),
    ...textFormats.map(format =>
      [format.contentType, {
        schema: { type: 'string' },
        examples: createExamples(context, group, format, occurrences)
      }] as const
    )
  ])
}

function createExamples (
  context: ComponentsContext,
  group: StatusErrors,
  format: Format | TextFormat,
  { byCode, texts }: Occurrences
): JsonObject {
  return Object.fromEntries(group.definitions.map(definition => {
    const { code } = definition
    const text = texts.get(code) ?? ''
    const name = nameComponent(
      context,
      'examples',
      toCodeName(code),
      `${code} ${text} ${format.name}`,
      text,
      formatSuffix(context, format)
    )
    return [
      code,
      addComponent(
        context,
        'examples',
        name,
        () => ({ ...createBodyExample(definition, format, context.docUrl, byCode.get(code)) })
      )
    ]
  }))
}

/** Returns the header examples that depend only on the route. They are part of the name of a response. */
function listRouteExamples (context: ComponentsContext, group: StatusErrors, facts: ResponseFacts): string {
  const ofErrors: ReadonlySet<string> = new Set([shouldRetryHeader.name, 'Retry-After', 'WWW-Authenticate'])
  return listHeaders(context, group, facts).flatMap(({ header: { name }, example }) =>
    example === undefined || ofErrors.has(name) ? [] : [`${name}: ${example}`]
  ).join()
}

function referToResponse (context: ComponentsContext, group: StatusErrors, facts: ResponseFacts): ComponentReference {
  const { headers, method, occurrences } = facts
  const headerExamples = listRouteExamples(context, group, facts)
  const codes = group.definitions.map(({ code }) => code)
  const narrowed = isNarrowed(context, group) ? JSON.stringify([...group.issues]) : ''
  const examples = codes.map(code => occurrences.texts.get(code) ?? '').join('') + headerExamples
  const methodVariant = carriesAccept(group) && Object.hasOwn(acceptHeaderOfMethod, method)
    ? toComponentName(method.toLowerCase())
    : ''
  const variant = describeVariant(context, headers, method) + methodVariant
  // A name depends only on the codes and examples, so that a new route does not rename the responses of other routes.
  const base = codes.length === 1 ? toCodeName(codes.join()) : statusNames[group.status]
  const text = (hasPlainName(context, group) ? '' : codes.join()) + narrowed + examples
  const name = nameComponent(
    context,
    'responses',
    base,
    `${codes.join()} ${narrowed} ${examples} ${variant}`,
    text,
    variant
  )
  return addComponent(context, 'responses', name, () => createErrorResponse(context, group, facts))
}

/**
 * Returns whether a group has a plain name: the name of its only code, or of its status if no code of the status is
 * missing. Codes of idempotency keys are not counted, because most routes do not use them.
 */
function hasPlainName ({ errors }: ComponentsContext, { status, definitions }: StatusErrors): boolean {
  if (definitions.length === 1) return true
  const ofStatus = Object.values(errors).filter(error => error.status === status && !idempotencyCodes.has(error.code))
  return definitions.length === ofStatus.length && !definitions.some(({ code }) => idempotencyCodes.has(code)) &&
    !ofStatus.some(({ code }) => toCodeName(code) === statusNames[status])
}

/**
 * Returns how the responses of a route differ from those of most routes, by their headers and because they have no
 * content.
 */
function describeVariant (
  { commonHeaders }: ComponentsContext,
  { limited, pluginLimit, cors }: RouteHeaders,
  method: string
): string {
  const limit = pluginLimit === undefined ? 'Uncounted' : toComponentName(pluginLimit)
  return (limited === commonHeaders.limited ? '' : 'Unlimited') +
    (pluginLimit === commonHeaders.pluginLimit ? '' : limit) + (cors === commonHeaders.cors ? '' : 'Cors') +
    (method === 'HEAD' ? 'Head' : '')
}
