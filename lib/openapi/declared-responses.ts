/** Documents statuses that a route declares itself, if the sent errors do not match the declared schema. */
import { declaresErrors, findDeclaredKey } from '../fastify/declared-statuses.js'
import { withDeclaredStatuses } from '../infer/declared/declared-schemas.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteErrors } from '../infer/route-errors.js'
import type { RouteRecord } from '../infer/route-record.js'
import { isRecord, type JsonObject } from '../support/is-object.js'
import type { ComponentsContext } from './components.js'
import { createErrorResponse, createHeaderObjects, listHeaders, type ResponseFacts } from './error-responses.js'
import type { DocumentSettings } from './settings.js'

/** The errors of an operation. */
export interface SplitGroups {
  /**
   * Errors whose statuses the route does not declare. If it declares none of the statuses, this is the original list.
   */
  readonly groups: readonly StatusErrors[]
  /** Errors that share a status with a declared response of the route, each with this response. */
  readonly shared: ReadonlyArray<{ readonly group: StatusErrors, readonly declared: JsonObject }>
}

/** The routes of an operation. */
export interface OperationRoutes {
  /** The routes of one registration. */
  readonly records: readonly RouteRecord[]
  /** The route whose declared responses the document has. It can belong to another registration. */
  readonly declaring: RouteRecord
}

/**
 * Splits the errors of an operation by the responses that its route declares. If a declared schema matches the errors,
 * the status is documented as declared. Otherwise, both are documented, because a handler can still send the declared
 * body. The same applies to a status of a declared class (`4xx`) or of `default`, and to bodies that a handler sends
 * without a declaration.
 */
export function splitGroups (
  groups: readonly StatusErrors[],
  responses: JsonObject,
  { records, declaring }: OperationRoutes,
  { errors, matchesDeclared }: Pick<DocumentSettings, 'errors' | 'matchesDeclared'>,
  listSentBodies: RouteErrors['listSentBodies']
): SplitGroups {
  const sentBodies = records.map(record => listSentBodies(record))
  // Most routes declare only their successes.
  if (
    ![responses, ...records.map(({ route }) => route.schema?.response)].some(declaresErrors) &&
    sentBodies.every(({ size }) => size === 0)
  ) return { groups, shared: [] }
  const shared: Array<SplitGroups['shared'][number]> = []
  const own: StatusErrors[] = []
  for (const group of records.reduce((all, record) => withDeclaredStatuses(all, record, errors), groups)) {
    const { status, definitions } = group
    const key = findDeclaredKey(responses, status)
    const sent = sentBodies.flatMap(byStatus => byStatus.get(status) ?? [])
    if (key === undefined && sent.length > 0) {
      shared.push({ group, declared: createSentResponse(sent) })
      continue
    }
    const declared = key === undefined ? undefined : responses[key]
    const isExact = key === String(status)
    const fits = isRecord(declared) ? definitions.map(({ code }) => matchesDeclared(declaring, status, code)) : []
    if (isRecord(declared) && (isExact ? fits.includes(false) : fits.some(fit => fit !== undefined))) {
      shared.push({ group, declared })
    } else if (!isExact) own.push(group)
  }
  return { groups: own.length === groups.length ? groups : own, shared }
}

/** Returns the response for bodies that a handler sends. */
function createSentResponse (bodies: readonly JsonObject[]): JsonObject {
  const schemas = [...new Map(bodies.map(body => [JSON.stringify(body), body])).values()]
  return {
    description: defaultDescription,
    content: { 'application/json': { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } } }
  }
}

/** The description that @fastify/swagger adds to a response without one. */
export const defaultDescription = 'Default Response'

/** Returns one response for the errors of a group and the declared response. */
export function createSharedResponse (
  context: ComponentsContext,
  { group, declared }: SplitGroups['shared'][number],
  facts: ResponseFacts
): JsonObject {
  const { method } = facts
  const ours = createErrorResponse(context, group, facts)
  // A response that a handler sends itself lacks the headers of the API's errors.
  const optional = createHeaderObjects(
    context,
    listHeaders(context, group, facts).map(use => ({ ...use, always: false }))
  )
  const { content, ...described } = declared
  const description = String(declared.description)
  return {
    ...ours,
    ...described,
    description: description === defaultDescription ? ours.description : description,
    headers: { ...optional, ...declared.headers as JsonObject | undefined },
    ...(method !== 'HEAD' && { content: mergeContent(content as Content | undefined, ours.content as Content) })
  }
}

/** Returns the responses of a HEAD operation: its error responses have no content (RFC 9110, section 9.3.2). */
export function withoutErrorContent (responses: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const { content, ...described } = response as JsonObject
      return [status, /^[45]|^default$/i.test(status) && content !== undefined ? described : response]
    })
  )
}

type Content = Readonly<Record<string, JsonObject>>

function mergeContent (declared: Content = {}, ours: Content): Content {
  const { 'application/json': json } = declared
  // Fastify sends a string as text.
  const isText = isRecord(json?.schema) && json.schema.type === 'string'
  const merged: Record<string, JsonObject> = { ...isText && { 'text/plain': json }, ...declared }
  for (const [type, content] of Object.entries(ours)) {
    const same = declared[type]
    if (same?.schema === undefined) {
      merged[type] = content
      continue
    }
    const { example, examples, ...rest } = same
    const ownExamples = example === undefined ? examples as JsonObject | undefined : { declared: { value: example } }
    merged[type] = {
      ...rest,
      schema: { anyOf: [same.schema, content.schema] },
      examples: { ...ownExamples, ...content.examples as JsonObject }
    }
  }
  return merged
}
