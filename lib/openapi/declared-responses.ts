/** Documents statuses that a route declares itself, if the sent errors do not match the declared schema. */
import { findDeclaredKey } from '../fastify/declared-statuses.js'
import { withDeclaredStatuses } from '../infer/declared-schemas.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'
import type { RouteRecord } from '../infer/route-record.js'
import { isRecord, type JsonObject } from '../support/is-object.js'
import type { ComponentsContext } from './components.js'
import { createErrorResponse, createHeaderObjects } from './error-responses.js'
import { headersOfErrors } from './headers.js'
import type { DocumentSettings } from './settings.js'

/** The errors of an operation. */
export interface SplitGroups {
  /** Errors whose statuses the route does not declare. If it declares none of the statuses, this is the original list. */
  readonly groups: readonly StatusErrors[]
  /** Errors that share a status with a declared response of the route, each with this response. */
  readonly shared: ReadonlyArray<{ readonly group: StatusErrors, readonly declared: JsonObject }>
}

/**
 * Splits the errors of an operation by the responses that its route declares. If a declared schema matches the errors, the status
 * is documented as declared. Otherwise, both are documented, because a handler can still send the declared body. The same applies
 * to a status of a declared class (`4xx`) or of `default`, and to bodies that a handler sends without a declaration.
 */
export function splitGroups (
  groups: readonly StatusErrors[], responses: JsonObject, record: RouteRecord, { errors, matchesDeclared }: Pick<DocumentSettings, 'errors' | 'matchesDeclared'>,
  sentBodies: ReadonlyMap<number, readonly JsonObject[]>
): SplitGroups {
  const shared: Array<SplitGroups['shared'][number]> = []
  const own: StatusErrors[] = []
  for (const group of matchesDeclared === undefined ? groups : withDeclaredStatuses(groups, record, errors)) {
    const { status, definitions } = group
    const key = findDeclaredKey(responses, status)
    const sent = sentBodies.get(status)
    if (key === undefined && sent !== undefined) {
      shared.push({ group, declared: createSentResponse(sent) })
      continue
    }
    const declared = key === undefined ? undefined : responses[key]
    const isExact = key === String(status)
    const fits = isRecord(declared) ? definitions.map(({ code }) => matchesDeclared?.(record, status, code)) : []
    if (isRecord(declared) && (isExact ? fits.includes(false) : fits.some(fit => fit !== undefined))) shared.push({ group, declared })
    else if (!isExact) own.push(group)
  }
  return { groups: own.length === groups.length ? groups : own, shared }
}

/** Returns the response for bodies that a handler sends. */
function createSentResponse (bodies: readonly JsonObject[]): JsonObject {
  const schemas = [...new Map(bodies.map(body => [JSON.stringify(body), body])).values()]
  return { description: defaultDescription, content: { 'application/json': { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } } } }
}

/** The description that @fastify/swagger adds to a response without one. */
const defaultDescription = 'Default Response'

/** Returns one response for the errors of a group and the declared response. */
export function createSharedResponse (context: ComponentsContext, { group, declared }: SplitGroups['shared'][number], headers: RouteHeaders, method: string): JsonObject {
  const ours = createErrorResponse(context, group, headers, method)
  // A response that a handler sends itself lacks the headers of the API's errors.
  const optional = createHeaderObjects(context, headersOfErrors(group, headers, context, method).map(({ header }) => ({ header, always: false })))
  const description = String(declared.description)
  return {
    ...ours,
    ...declared,
    description: description === defaultDescription ? ours.description : description,
    headers: { ...optional, ...declared.headers as JsonObject | undefined },
    ...(method !== 'HEAD' && { content: mergeContent(declared.content as Content | undefined, ours.content as Content) })
  }
}

type Content = Readonly<Record<string, JsonObject>>

function mergeContent (declared: Content = {}, ours: Content): Content {
  const merged: Record<string, JsonObject> = { ...declared }
  for (const [type, content] of Object.entries(ours)) {
    const same = declared[type]
    if (same?.schema === undefined) {
      merged[type] = content
      continue
    }
    const { example, examples, ...rest } = same
    const ownExamples = example === undefined ? examples as JsonObject | undefined : { declared: { value: example } }
    merged[type] = { ...rest, schema: { anyOf: [same.schema, content.schema] }, examples: { ...ownExamples, ...content.examples as JsonObject } }
  }
  return merged
}
