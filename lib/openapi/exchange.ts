import { findDiscriminator, createBodyExample, createCodeSchema } from './bodies.js'
import type { Documenter } from '../infer/documenter.js'
import type { StatusErrors } from '../infer/group-by-status.js'
import type { RouteHeaders } from '../infer/route-headers.js'
import { headersOfErrors, headersOfSuccess, type HeaderUse } from './headers.js'
import { describeErrors } from './components.js'
import { getDocumentSettings, type DocumentSettings } from './settings.js'
import { exchangeSchema, ownSchemaOf, schemaOf, type RouteRecord } from '../infer/route-record.js'
import { isObject, type JsonObject } from '../support/is-object.js'

const ofRoute: unique symbol = Symbol('the route of an exchanged schema')

/**
 * Puts the errors into the routes' own schemas, for an application that registers @fastify/swagger without
 * `swaggerOptions()`. To be called when Fastify has compiled the schemas: what is exchanged then is read by the
 * documentation alone, and no request pays for it. Schema objects are shared between routes, so they are copied.
 *
 * The responses are made when a document reads them. With `swaggerOptions()` none does, and they cost no memory.
 *
 * Not in an application with schemas of another kind, such as zod's: its `transform` takes no JSON Schema beside them,
 * so that there the errors come in by `swaggerOptions()` alone.
 */
export function exchangeSchemas (documenter: Documenter): void {
  const settings = getDocumentSettings(documenter)
  if (documenter.routes.some(({ route }) => Object.values(schemaOf(route) ?? {}).some(isForeign))) return
  const shared = new Map<StatusErrors, Map<string, JsonObject>>()

  function responseOf (group: StatusErrors, headers: RouteHeaders, isHead: boolean): JsonObject {
    const variant = JSON.stringify({ ...headers, isHead })
    const variants = shared.get(group) ?? new Map<string, JsonObject>()
    shared.set(group, variants)
    const response = variants.get(variant) ?? inlineResponse(group, headers, isHead, settings)
    variants.set(variant, response)
    return response
  }

  // What a route answers with is made when a document is: with `swaggerOptions()` nobody reads it, and a dozen statuses
  // are 5 kB. The getter is one for all routes, for V8 keeps a hidden class for each object with a getter of its own.
  const made = new Map<RouteRecord, JsonObject>()
  const response = {
    enumerable: true,
    get (this: { readonly [ofRoute]: RouteRecord }) {
      const record = this[ofRoute]
      let responses = made.get(record)
      if (responses === undefined) made.set(record, responses = responsesOf(record))
      return responses
    }
  }
  for (const record of documenter.routes) {
    if (!documenter.isUnderContract(record)) continue
    exchangeSchema(record.route, own => {
      const { response: _, ...others } = own ?? {}
      return Object.defineProperty({ ...others, [ofRoute]: record }, 'response', response)
    })
  }

  function responsesOf (record: RouteRecord): JsonObject {
    const headers = documenter.headersOf(record)
    const isHead = record.methods.every(method => method === 'HEAD')
    const responses = successResponses(ownSchemaOf(record.route)?.response, headers, settings)
    for (const group of documenter.statusesOfAll(record)) responses[group.status] ??= responseOf(group, headers, isHead)
    return responses
  }
}

/** What the route itself declares, or what @fastify/swagger says of one that declares nothing. */
function successResponses (declared: unknown, headers: RouteHeaders, settings: DocumentSettings): JsonObject {
  const responses = (declared ?? { 200: { description: 'Default Response', type: 'null' } }) as JsonObject
  const added = inlineHeaders(headersOfSuccess(headers, settings.rateLimitHeaders, settings.requestIdOnAll))
  if (Object.keys(added).length === 0) return { ...responses }
  return Object.fromEntries(Object.entries(responses).map(([status, response]) =>
    [status, status.startsWith('2') && isObject(response) ? { ...response, headers: { ...added, ...response.headers as JsonObject } } : response]))
}

/** Whether a schema, or one among the responses, belongs to a validator of its own (Standard Schema, section "the interface"). */
function isForeign (schema: unknown): boolean {
  return isObject(schema) && ('~standard' in schema || Object.values(schema).some(inner => isObject(inner) && '~standard' in inner))
}

/** One response with everything in place, for documents that take no shared components from us. */
function inlineResponse (group: StatusErrors, headers: RouteHeaders, isHead: boolean, settings: DocumentSettings): JsonObject {
  const { definitions, issues } = group
  const { formats, docUrl } = settings
  const shown = { description: describeErrors(definitions), headers: inlineHeaders(headersOfErrors(group, headers, settings.rateLimitHeaders)) }
  if (isHead) return { ...shown, type: 'null' }
  return {
    ...shown,
    content: Object.fromEntries(formats.map(format => {
      const schemas = new Map(definitions.map(definition => {
        const schema = createCodeSchema(definition, format, docUrl, issues.get(definition.code), 'either')
        return [JSON.stringify(schema), schema]
      }))
      const members = [...schemas.values()]
      const schema = members.length === 1 ? members[0] : { [findDiscriminator(members) === undefined ? 'anyOf' : 'oneOf']: members }
      const examples = Object.fromEntries(definitions.map(definition => {
        const { summary, value } = createBodyExample(definition, format, docUrl, issues.get(definition.code))
        return [definition.code, { summary, value }]
      }))
      return [format.contentType, { schema, examples }]
    }))
  }
}

/** As @fastify/swagger takes headers. It would move `required` into the schema, where it is not valid. */
function inlineHeaders (uses: readonly HeaderUse[]): JsonObject {
  return Object.fromEntries(uses.map(({ header: { name, description, schema } }) => [name, { ...schema, description }]))
}
