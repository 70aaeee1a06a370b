/** Creates the example of an error on a route: the response to a request that the route rejects with it. */
import type { ErrorDefinition, ErrorExample } from '../catalog/definition.js'
import { defaultMessage } from '../catalog/definition.js'
import { carriesIssues } from '../catalog/response-content.js'
import { parsePointer, type Issue, type IssueLocation } from '../catalog/issues.js'
import { standardErrors, type StandardCode } from '../catalog/standard-errors.js'
import { findDeclaredExample, type Occurrence } from '../infer/declared/declared-examples.js'
import type { DeclaringTarget } from '../infer/declared/declare-errors.js'
import type { RequestPart } from '../infer/schemas/issue-codes.js'
import type { RouteRecord } from '../infer/route-record.js'
import { createFailureIssues } from '../translate/databases/database-failures.js'
import { fastifyErrors } from '../translate/fastify-errors.js'
import type { NamedConstraint } from '../translate/translator.js'
import { isRecord } from '../support/is-object.js'
import { listPathParameters } from '../support/path-parameters.js'
import {
  canHaveMalformedPath,
  findInvalidPart,
  getPartSchema,
  describeSchema,
  type ValidationSettings
} from './invalid-parts.js'

/** The settings of an API that its examples depend on. */
export interface ExampleSettings extends ValidationSettings {
  /**
   * Returns the example of a request beyond the limits of a route, or of requests that reach no route; `undefined` if
   * the limits depend on the client.
   */
  readonly getLimitExample: (record: RouteRecord | undefined) => LimitExample | undefined
  /** Returns `WWW-Authenticate` of an error. */
  readonly getChallenge: (error: { readonly code: string, readonly meta: unknown }) => string
  /** Returns the media types that a route accepts. */
  readonly getAcceptedMediaTypes: (record: RouteRecord) => readonly string[]
  /** The constraints of the option `database`. */
  readonly constraints?: Readonly<Record<string, NamedConstraint>> | undefined
  /** The tag of the default language. Absent if there is only one language. */
  readonly language?: string | undefined
}

/** The example of a request beyond the limits of a route, and the header fields of its responses. */
export interface LimitExample {
  readonly example: ErrorExample
  /** The fields of a response within the limits, by name. */
  readonly fields: ReadonlyMap<string, string | number>
  /** The fields of the 429. */
  readonly exceededFields: ReadonlyMap<string, string | number>
}

/** A method of a route, with everything that its examples depend on. */
export interface ExampleRoute {
  readonly record: RouteRecord
  readonly method: string
  /** The scopes and hooks of the route. */
  readonly targets: readonly DeclaringTarget[]
  /** Returns the message that the code of the route gives to an error. */
  readonly findMessage: (code: string) => string | undefined
}

type FindExample = (
  route: ExampleRoute,
  settings: ExampleSettings,
  issues: readonly string[] | undefined
) => Occurrence | undefined

/** The examples that depend on the route, by code. */
const examplesOfRoutes: Readonly<Partial<Record<StandardCode, FindExample>>> = {
  invalid_request: route => acceptsJson(route) ? getFastifyExample('FST_ERR_CTP_INVALID_JSON_BODY') : undefined,
  uri_too_long: ({ record }) =>
    listPathParameters(record.url).length > 0 ? getFastifyExample('FST_ERR_MAX_PARAM_LENGTH') : undefined,
  rate_limit_exceeded: ({ record }, { getLimitExample }) => getLimitExample(record)?.example,
  resource_already_exists: findConstraintExample
}

/**
 * Returns the example of an error on a route. It is the example of the definition itself, the same object, if the route
 * has no other.
 *
 * @param issues the codes that the issues can have. @default any
 */
export function createOccurrence (
  definition: ErrorDefinition,
  route: ExampleRoute,
  settings: ExampleSettings,
  issues: readonly string[] | undefined
): Occurrence {
  const { code } = definition
  const invalid = issues?.length === 0 ? undefined : findInvalidPart(route.record, code, settings, issues)
  if (invalid !== undefined) {
    const { message, issues: found = [], param } = invalid.error
    return {
      ...(message !== defaultMessage(definition, undefined) && { message }),
      issues: found,
      ...(param !== undefined && { param })
    }
  }
  const find = Object.hasOwn(examplesOfRoutes, code) ? examplesOfRoutes[code as StandardCode] : undefined
  const specific = find?.(route, settings, issues) ?? findDeclaredExample(route.targets, code)
  if (specific !== undefined) return specific
  // The message of a server error is not sent.
  const message = definition.status < 500 ? route.findMessage(code) : undefined
  if (message === undefined) {
    return code === 'invalid_request' && canHaveMalformedPath(route.record, settings)
      ? getFastifyExample('FST_ERR_BAD_URL')
      : withPossibleIssues(definition, route.record, issues)
  }
  const { meta, retryAfter } = definition.example
  return { message, ...(meta !== undefined && { meta }), ...(retryAfter !== undefined && { retryAfter }) }
}

function getFastifyExample (code: string): ErrorExample {
  const message = fastifyErrors[code]?.message
  return { ...(message !== undefined && { message }) }
}

const jsonScopes = new WeakMap<object, boolean>()

/** Returns whether a route reads a JSON body. */
function acceptsJson ({ record: { scope, route }, method }: ExampleRoute): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(method) && route.schema?.body === undefined) return false
  let hasParser = jsonScopes.get(scope)
  if (hasParser === undefined) jsonScopes.set(scope, hasParser = scope.hasContentTypeParser('application/json'))
  return hasParser
}

/** Returns the example of the definition without the issues that the route cannot have. */
function withPossibleIssues (
  definition: ErrorDefinition,
  record: RouteRecord,
  codes: readonly string[] | undefined
): ErrorExample {
  const { example } = definition
  const given = carriesIssues(definition) ? example.issues ?? [] : []
  if (given.length === 0) return example
  const isStandard = Object.hasOwn(standardErrors, definition.code) &&
    standardErrors[definition.code as StandardCode].example.issues === example.issues
  const possible = given.filter(issue => (codes?.includes(issue.code) ?? true) && hasField(record, issue, !isStandard))
  if (possible.length === given.length) return example
  const { param, ...others } = example
  return {
    ...others,
    issues: possible,
    ...(param !== undefined && possible.some(({ field }) => field === param) && { param })
  }
}

const partOfLocation: Readonly<Record<IssueLocation, RequestPart>> = {
  body: 'body',
  query: 'querystring',
  path: 'params',
  header: 'headers'
}

/**
 * Returns whether a route has the field of an issue.
 *
 * @param otherwise the result for a route without a schema
 */
function hasField (record: RouteRecord, issue: Pick<Issue, 'in' | 'pointer'>, otherwise: boolean): boolean {
  let schema = describeSchema(getPartSchema(record, partOfLocation[issue.in]))
  if (schema === undefined) return otherwise
  for (const name of parsePointer(issue.pointer)) {
    if (!isRecord(schema)) return false
    schema = /^\d+$/.test(name) && schema.items !== undefined
      ? schema.items
      : isRecord(schema.properties)
        ? schema.properties[name]
        : undefined
  }
  return schema !== undefined
}

/**
 * Returns the example of a value that must be unique. The name of its constraint shows the table, which the path
 * usually has as well.
 */
function findConstraintExample (
  { record }: ExampleRoute,
  { constraints = {}, language = '' }: ExampleSettings,
  issues: readonly string[] | undefined
): Occurrence | undefined {
  if (issues?.includes('unique') === false) return undefined
  const words = record.url.split('/').filter(word => /^[a-z]/i.test(word))
  const found = Object.entries(constraints).find(([name, { field = '' }]) => {
    const pointer = `/${field.replaceAll('.', '/')}`
    return words.some(word => name.startsWith(word)) && hasField(record, { in: 'body', pointer }, false)
  })
  if (found === undefined) return undefined
  const [, { field = '', message: given }] = found
  const message = typeof given === 'object' ? given[language] : given
  return { ...(message !== undefined && { message }), issues: createFailureIssues(field.split('.'), 'unique') }
}
