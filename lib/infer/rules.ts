/** The built-in rules. Each rule checks one fact about a route and returns the codes that follow from it. */
import type { Finding } from './finding.js'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { StandardCode } from '../catalog/standard-errors.js'
import { getCode, findDeclarations, type DeclaringTarget } from './declared/declare-errors.js'
import { isTokenCheck, type FunctionError } from './code/function-errors.js'
import { catchesAll, checksAccess, queriesDatabase } from './code/missing-records.js'
import { takesArguments } from './code/parse-function.js'
import { buildsNoStatus, checksContentEncoding, isLimitedByPlugin, isWebsocketRoute } from './known-plugins.js'
import { inferIssueCodes, type RequestPart } from './schemas/issue-codes.js'
import type { FindInferredErrors } from './read-inferred-file.js'
import { canLackFieldStandard, canStringsFailStandard } from './schemas/standard-schemas.js'
import { canLackField, canStringsFail, isZodSchema } from './schemas/zod-schemas.js'
import { canUseProperty } from './code/request-properties.js'
import type { RouteRecord } from './route-record.js'
import type { ScopeFacts } from './scope-facts.js'
import { getOriginalHandler } from '../fastify/early-routes.js'
import { getDecorator } from '../fastify/internals.js'
import { getRateLimitPluginOptions } from '../fastify/rate-limit-plugin-options.js'
import { databaseFailures, type FailureResponse } from '../translate/databases/database-failures.js'
import {
  isValidationCode,
  toValidationCode,
  type ValidationCode,
  type ValidationStatus
} from '../translate/validation/validation-status.js'
import { isObject } from '../support/is-object.js'
import { listPathParameters } from '../support/path-parameters.js'
import { listDeclaredResponses } from './declared/typed-responses.js'
import { getValidatorTraits } from './schemas/validator-traits.js'

/** The issue codes of values that a database rejects, by the code of the response. */
const issuesOfDatabase: Readonly<Record<ValidationCode, readonly string[]>> = {
  validation_error: listDatabaseIssues('validation_error'),
  missing_required_field: listDatabaseIssues('missing_required_field')
}

function listDatabaseIssues (code: ValidationCode): string[] {
  return [
    ...new Set(
      Object.values(databaseFailures).flatMap(failure =>
        failure.code === code && failure.issue !== undefined ? [failure.issue.code] : []
      )
    )
  ].sort()
}

/**
 * The failure of a value in the URL. Without a body schema, a request of any method can have values only in its URL.
 */
const invalidParameter: ReadonlyArray<Pick<FailureResponse, 'code' | 'issue'>> = [{ code: 'invalid_parameter' }]

/** Database failures whose status a route can also document for another reason, by method. */
const failuresOfMethod: Readonly<Record<string, ReadonlyArray<Pick<FailureResponse, 'code' | 'issue'>>>> = {
  GET: invalidParameter,
  HEAD: invalidParameter,
  DELETE: [...invalidParameter, databaseFailures.still_referenced]
}

/** These failures for all other methods. */
const failuresOfWrite: ReadonlyArray<Pick<FailureResponse, 'code' | 'issue'>> =
  (['unique', 'still_referenced', 'missing', 'malformed', 'too_long'] as const).map(failure =>
    databaseFailures[failure]
  )

/** Returns findings with the codes for the validation status of the API. */
function withValidationStatus (findings: readonly Finding[], status: ValidationStatus | undefined): readonly Finding[] {
  return findings.map(finding =>
    isValidationCode(finding.code) ? { ...finding, code: toValidationCode(finding.code, status) } : finding
  )
}

/** The data that a rule receives. */
export interface Facts {
  readonly record: RouteRecord
  /** The facts that all routes of its scope share. */
  readonly scope: ScopeFacts
  /** The scopes and hooks that can declare errors or security requirements for the route. */
  readonly declarationTargets: readonly DeclaringTarget[]
  /** One of the methods of the route. */
  readonly method: string
  /** The schema of the route; an empty object if it has none. */
  readonly schema: FastifySchema & { readonly query?: unknown, readonly security?: unknown }
  /** The names of the rate-limit policies of the route. */
  readonly policies: readonly string[]
  /** The errors of these policies, except `rate_limit_exceeded`. */
  readonly limitErrors: readonly Finding[]
  /** Whether a document has a top-level `security`, which applies to routes without their own. */
  readonly isSecured: boolean
  /** Returns the errors of a route that were found in the source of the application. */
  readonly findInferredErrors: FindInferredErrors
  /** Whether the errors in the source are known, so that rules do not have to guess them. */
  readonly hasInferredFile: boolean
  /** Returns the errors in the code of a hook or a handler. */
  readonly readErrors: (fn: object, scope: FastifyInstance) => readonly FunctionError[]
  /** Whether an error that a handler sends is converted to the format of the API. */
  readonly convertsSent: boolean
  /** Whether this plugin responds with 400 to a path with malformed percent-encoding. */
  readonly respondsToMalformedUrls: boolean
  /**
   * The maximum length of a parameter. For a longer parameter, this plugin responds with 414. `undefined` if it does
   * not.
   */
  readonly maxParamLength: number | undefined
  /** Whether the response to a parameter that is too long is the 404 of an unknown path, as before Fastify 5.12. */
  readonly isLongParameterUnrouted: boolean
  /** The status of the response to an invalid body. @default 422 */
  readonly validationStatus: ValidationStatus | undefined
  /** The catalog. */
  readonly errors: AnyCatalog
  /** The findings of the previous rules. */
  readonly found: readonly Finding[]
}

/** A rule: returns the codes that follow from a fact about a route. */
export type Rule = (facts: Facts) => readonly Finding[]

const createFindings = (reason: string, ...codes: readonly StandardCode[]): Finding[] =>
  codes.map(code => ({ code, reason, issues: [] }))

/** The methods for which Fastify reads a body. Fastify also reads a body if the route has a body schema. */
const methodsWithBody: ReadonlySet<string> = new Set(['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY'])

/** The name of a built-in rule. */
export type RuleName =
  | 'handler'
  | 'body'
  | 'bodySchema'
  | 'database'
  | 'parameters'
  | 'parameterLength'
  | 'percentEncoding'
  | 'headers'
  | 'resource'
  | 'rateLimit'
  | 'timeout'
  | 'pressure'
  | 'proxy'
  | 'websocket'
  | 'databaseOutage'
  | 'declared'
  | 'hooks'
  | 'thrown'
  | 'responses'
  | 'config'
  | 'source'
  | 'security'
  | 'databaseStatus'
  | 'longParameter'
  | 'token'

/** The built-in rules that are off unless `documentation.rules` turns them on. */
export const optionalRules: ReadonlySet<string> = new Set<RuleName>(['databaseOutage'])

/** The built-in rules that depend on the findings of all other rules, including custom rules. */
export const dependentRules: ReadonlySet<string> = new Set<RuleName>([
  'security',
  'databaseStatus',
  'longParameter',
  'token'
])

/** The built-in rules, in the order in which they run. */
export const rules: Readonly<Record<RuleName, Rule>> = {
  handler: () => createFindings('Any handler can fail.', 'internal_error'),

  body ({ declarationTargets, method, schema, scope }) {
    if (!methodsWithBody.has(method) && schema.body === undefined) {
      return checksContentEncoding(declarationTargets)
        ? createFindings(
          '@fastify/compress rejects requests with an unknown Content-Encoding.',
          'unsupported_media_type'
        )
        : []
    }
    // A proxy passes on bodies without reading them.
    if (scope.isProxy) {
      return createFindings(
        'The request can have a body, whose Content-Type can be malformed.',
        'unsupported_media_type'
      )
    }
    return createFindings(
      'The request can have a body, which can be malformed, too large or of an unsupported media type.',
      'invalid_request',
      'payload_too_large',
      'unsupported_media_type'
    )
  },

  bodySchema (facts) {
    const issues = inferIssues(facts, 'body', facts.schema.body)
    if (issues === 'any') {
      return withValidationStatus([
        { code: 'validation_error', reason: 'The body is validated.' },
        ...canMissField(facts.schema.body)
          ? [{ code: 'missing_required_field' as const, reason: 'The body is validated.', issues: ['required'] }]
          : []
      ], facts.validationStatus)
    }
    const findings: Array<Finding & { code: ValidationCode }> = []
    if (issues.some(code => code !== 'required')) {
      findings.push({ code: 'validation_error', reason: `The body can fail its schema: ${issues.join(', ')}.`, issues })
    }
    if (issues.includes('required')) {
      findings.push({ code: 'missing_required_field', reason: 'The body has a required field.', issues: ['required'] })
    }
    return withValidationStatus(findings, facts.validationStatus)
  },

  database (facts) {
    const { method, scope, validationStatus } = facts
    // If the validation of a body cannot fail, the body may not be written to a database.
    if (
      scope.database === undefined || !methodsWithBody.has(method) ||
      inferIssues(facts, 'body', facts.schema.body).length === 0
    ) return []
    const reason = `A database can reject a value of the body. The application uses ${scope.database}.`
    return withValidationStatus(
      Object.entries(issuesOfDatabase).map(([code, issues]) => ({ code: code as ValidationCode, reason, issues })),
      validationStatus
    )
  },

  parameters (facts) {
    const { schema } = facts
    return [
      ...createFailureFindings('invalid_parameter', 'The path', inferIssues(facts, 'params', schema.params)),
      ...createFailureFindings(
        'invalid_parameter',
        'The query',
        inferIssues(facts, 'querystring', schema.querystring ?? schema.query)
      )
    ]
  },

  headers: facts =>
    createFailureFindings('invalid_request', 'A header', inferIssues(facts, 'headers', facts.schema.headers)),

  parameterLength: facts =>
    facts.maxParamLength !== undefined && readsParameter(facts)
      ? createFindings(`A path parameter can be longer than ${facts.maxParamLength} characters.`, 'uri_too_long')
      : [],

  percentEncoding: facts =>
    facts.respondsToMalformedUrls && readsParameter(facts)
      ? createFindings('A path parameter can have malformed percent-encoding.', 'invalid_request')
      : [],

  // The source shows which routes look something up.
  resource: facts =>
    !facts.hasInferredFile && namesResource(facts) && !showsMissing(getOriginalHandler(facts.record.route))
      ? createFindings('A path parameter identifies a resource.', 'resource_not_found')
      : [],

  rateLimit ({ record, declarationTargets, policies, limitErrors }) {
    const isLimited = isLimitedByPlugin(declarationTargets)
    const options = isLimited ? getRateLimitPluginOptions(record.scope) : {}
    const reason = policies.length > 0
      ? `The route is limited by ${policies.map(name => `'${name}'`).join(', ')}.`
      : '@fastify/rate-limit limits the route.'
    // The errors of the limits include the 403 of policies of this plugin.
    const { ban } = policies.length === 0 ? options : {}
    return [
      ...policies.length > 0 || (isLimited && !buildsNoStatus(options.errorResponseBuilder))
        ? createFindings(reason, 'rate_limit_exceeded')
        : [],
      ...limitErrors,
      ...(ban ?? -1) >= 0 ? createFindings('@fastify/rate-limit bans clients that keep exceeding the limit.', 'forbidden') : []
    ]
  },

  timeout ({ record: { route, scope } }) {
    // Early versions of Fastify 5 have no `handlerTimeout`, and `undefined > 0` is false.
    const timeout = route.handlerTimeout ?? (scope.initialConfig as { readonly handlerTimeout: number }).handlerTimeout
    return timeout > 0 ? createFindings(`The handler times out after ${timeout} ms.`, 'service_unavailable') : []
  },

  pressure: ({ scope }) =>
    scope.hasPressure
      ? createFindings('@fastify/under-pressure rejects requests when the server is overloaded.', 'service_unavailable')
      : [],

  proxy: ({ scope }) =>
    scope.isProxy
      ? createFindings(
        '@fastify/http-proxy forwards the request to an upstream service.',
        'expectation_failed',
        'bad_gateway',
        'gateway_timeout'
      )
      : [],

  websocket: ({ record: { route, scope }, method, convertsSent }) =>
    method === 'GET' && convertsSent && isWebsocketRoute(route, scope)
      ? createFindings('@fastify/websocket responds to requests that do not open a websocket.', 'resource_not_found')
      : [],

  databaseOutage: ({ scope: { database } }) =>
    database === undefined
      ? []
      : createFindings(`A database can be unreachable. The application uses ${database}.`, 'service_unavailable'),

  declared: ({ declarationTargets, method }) => findDeclarations(declarationTargets, [method]),

  hooks: facts =>
    facts.hasInferredFile
      ? []
      : findHookErrors(facts, ({ requestFunctions: names }, hook) =>
        names === undefined || requiresSecurity(facts) || callsAnyFunction(facts, names, hook)),

  thrown (facts) {
    const { record: { route, scope }, hasInferredFile, readErrors } = facts
    // The handler of a websocket gets a socket.
    if (hasInferredFile || isWebsocketRoute(route, scope)) return []
    // A token that a hook has verified is valid.
    const found = readErrors(getOriginalHandler(route), scope).filter(({ by }) =>
      by !== 'verifies a token' || !verifiesToken(facts)
    )
    return toFindings('The handler', found)
  },

  responses: ({ schema }) =>
    listDeclaredResponses(schema.response).map(code => ({ code, reason: 'schema.response of the route lists it.' })),

  config ({ record }) {
    const declared = record.route.config?.errors
    return Array.isArray(declared)
      ? declared.map(error => ({ code: getCode(error), reason: 'config.errors of the route lists it.' }))
      : []
  },

  source: ({ findInferredErrors, method, record }) => findInferredErrors(method, record.url),

  security (facts) {
    const { schema, declarationTargets, method, errors, found, record, findInferredErrors } = facts
    if (!requiresSecurity(facts)) return []
    // A 401 or 403 that a hook declares or visibly throws, or that `infer` has found, is more precise.
    const guards = [
      ...findDeclarations(declarationTargets, [method]),
      ...findHookErrors(facts),
      ...findInferredErrors(method, record.url)
    ]
    const isGuarded = hasStatus(guards, 401, errors) || hasStatus(guards, 403, errors)
    return createFindings(
      Array.isArray(schema.security) ? securityReasons.route : securityReasons.document,
      'unauthorized',
      'forbidden'
    )
      .filter(({ code }) => !isGuarded && !hasStatus(found, errors[code]?.status as number, errors))
  },

  databaseStatus (facts) {
    const { method, scope: { database }, hasInferredFile, errors, found, validationStatus } = facts
    // The source shows which tables a route writes to.
    if (hasInferredFile || database === undefined) return []
    const reason = `A database error can also cause this status. The application uses ${database}.`
    const explicit = [...rules.declared(facts), ...rules.responses(facts), ...rules.config(facts)]
    const isDocumented = (status: number): boolean =>
      !hasStatus(explicit, status, errors) && (declaresStatus(facts, status) || hasStatus(found, status, errors))
    const failures = failuresOfMethod[method] ??
      [...failuresOfWrite, ...(hasParameter(facts.record.url) ? invalidParameter : [])]
    const findings = failures.map(({ code, issue }) => ({
      code,
      reason,
      issues: issue === undefined ? [] : [issue.code]
    }))
    const isNew = ({ code, issues }: Finding): boolean =>
      issues?.length !== 0 || !found.some(known => known.code === code)
    return withValidationStatus(findings, validationStatus).filter(finding =>
      isDocumented(errors[finding.code]?.status as number) && isNew(finding)
    )
  },

  longParameter ({ record: { url }, errors, found, isLongParameterUnrouted }) {
    const isDocumented = isLongParameterUnrouted && hasParameter(url) && hasStatus(found, 404, errors)
    return isDocumented
      ? createFindings('A path parameter can be so long that the router does not find the route.', 'route_not_found')
      : []
  },

  token (facts) {
    const { record: { scope }, errors, found } = facts
    const ofStatus = found.filter(({ code }) => errors[code]?.status === 401)
    // Errors in the code of the route show whether it verifies a token.
    const isUnexplained = ofStatus.length === 0
      ? declaresStatus(facts, 401)
      : ofStatus.every(({ reason }) => Object.values<string>(securityReasons).includes(reason))
    if (!isUnexplained || !isTokenCheck(getDecorator(scope, 'request', 'jwtVerify'))) return []
    return createFindings(
      'The route documents a 401, and @fastify/jwt verifies tokens.',
      'unauthorized',
      'invalid_token',
      'token_expired'
    )
  }
}

const securityReasons = {
  route: 'The route requires authentication.',
  document: 'The document requires authentication.'
} as const

function hasStatus (findings: readonly Finding[], status: number, errors: AnyCatalog): boolean {
  return findings.some(({ code }) => errors[code]?.status === status)
}

/** Returns whether a route declares a status by number in `schema.response`. */
function declaresStatus ({ schema }: Facts, status: number): boolean {
  return isObject(schema.response) && Object.hasOwn(schema.response, status)
}

/** Returns whether a pattern has a parameter that is not a wildcard. `::` is a literal colon. */
function hasParameter (url: string): boolean {
  return listPathParameters(url).length > 0
}

/** Returns whether a route can read a parameter of its path. A handler without arguments cannot. */
function readsParameter ({ record: { route, url }, schema }: Facts): boolean {
  return hasParameter(url) && (schema.params !== undefined || takesArguments(getOriginalHandler(route)))
}

/** Returns whether a 404 for a missing record is visible in the code of a handler. */
function showsMissing (handler: object): boolean {
  return queriesDatabase(handler) || catchesAll(handler)
}

/**
 * Returns whether a path parameter identifies a resource that can be missing. It does not if its schema lists its
 * values, or if the route creates a missing resource (a PUT that responds with 201). It also does not if the route
 * responds with a list, because a list can be empty. The parameter of a tenant does not count, because only members of
 * the tenant have access to it. Nor does a parameter whose missing resource has another status in the code of the
 * handler.
 */
function namesResource (facts: Facts): boolean {
  const { record: { url, route }, method, schema: { params, response } } = facts
  const names = listPathParameters(url)
  const properties = (params as { readonly properties?: Readonly<Record<string, unknown>> } | undefined)?.properties
  if (
    !names.some(name =>
      !isChoice(properties?.[name]) && !checksAccess(getOriginalHandler(route), name) && !hasOtherStatus(facts, name)
    )
  ) return false
  const responses = isObject(response) ? response : {}
  if (method === 'PUT') return !Object.hasOwn(responses, 201)
  return !(method === 'GET' || method === 'HEAD') || !isList(responses[200] ?? responses['2xx'])
}

/**
 * Returns whether the code of the handler responds to a missing resource with another status than 404. A 401 or 403 can
 * come from a check of permissions.
 */
function hasOtherStatus ({ record: { route, scope }, readErrors, errors }: Facts, parameter: string): boolean {
  const statuses = readErrors(getOriginalHandler(route), scope).flatMap(({ code, lookups }) =>
    lookups?.includes(parameter) === true ? [errors[code]?.status as number] : []
  )
  return !statuses.includes(404) && statuses.some(status => status !== 401 && status !== 403)
}

function isChoice (schema: unknown): boolean {
  return isObject(schema) &&
    (Array.isArray(schema.enum) || 'const' in schema || (Array.isArray(schema.anyOf) && schema.anyOf.every(isChoice)))
}

/** Returns whether a schema is a list, or an object that contains one list: `{ data: [...], total: 3 }`. */
function isList (schema: unknown): boolean {
  if (!isObject(schema)) return false
  if (schema.type === 'array') return true
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {})
  const lists = properties.filter(([, inner]) => isObject(inner) && inner.type === 'array')
  return lists.length === 1 && (properties.length === 1 || listNames.has(lists[0]?.[0]))
}

/** The usual names of the list in such an object. */
const listNames: ReadonlySet<unknown> = new Set([
  'data', 'items', 'results', 'rows', 'records', 'entries', 'list', 'content', 'edges', 'nodes'
])

/** Returns the errors in the code of the hooks of a route. */
function findHookErrors (
  { declarationTargets, record, readErrors }: Facts,
  select: (error: FunctionError, hook: object) => boolean = () => true
): Finding[] {
  return declarationTargets.flatMap(({ target, subject }) =>
    typeof target === 'function'
      ? toFindings(subject, readErrors(target, record.scope).filter(error => select(error, target)))
      : []
  )
}

/** Returns whether a hook verifies the token of a request, and responds with 401 if it is invalid. */
function verifiesToken (facts: Facts): boolean {
  return hasStatus(findHookErrors(facts, (_, hook) => canUseProperty(hook, 'jwtVerify')), 401, facts.errors)
}

/** Returns whether the handler or another hook can call one of the functions that a hook puts on the request. */
function callsAnyFunction (
  { declarationTargets, record: { route } }: Facts,
  names: readonly string[],
  hook: object
): boolean {
  const functions = [
    getOriginalHandler(route),
    ...declarationTargets.map(({ target }) => target).filter(target => typeof target === 'function' && target !== hook)
  ]
  return functions.some(fn => names.some(name => canUseProperty(fn, name)))
}

function toFindings (subject: string, found: readonly FunctionError[]): Finding[] {
  return found.filter(({ by }) => by !== 'writes to a stream').map(({ code, by }) => ({
    code,
    reason: `${subject} ${by}${by === 'throws' || by === 'sends' ? ' it' : ''}.`,
    ...(by !== 'throws' && { issues: [] })
  }))
}

/**
 * Returns whether security requirements (OpenAPI, Security Requirement Object) require a credential. If one of them is
 * empty, requests without a credential are also accepted.
 */
export function requiresCredentials (security: unknown): boolean {
  return Array.isArray(security) && security.length > 0 &&
    security.every(requirement => Object.keys(requirement as object).length > 0)
}

/** Returns whether the route or the document requires credentials for a route. */
function requiresSecurity ({ schema, isSecured }: Facts): boolean {
  return Array.isArray(schema.security) ? requiresCredentials(schema.security) : isSecured
}

function createFailureFindings (code: StandardCode, subject: string, issues: readonly string[] | 'any'): Finding[] {
  if (issues === 'any') return [{ code, reason: `${subject} is validated.` }]
  return issues.length === 0 ? [] : [{ code, reason: `${subject} can fail its schema: ${issues.join(', ')}.`, issues }]
}

/** Returns the codes of the issues that a part of the request can have. */
function inferIssues (facts: Facts, part: RequestPart, schema: unknown): readonly string[] | 'any' {
  return schema === undefined ? [] : inferIssuesOfSchema(facts.record, part, schema)
}

function inferIssuesOfSchema (
  { route, scope, url }: RouteRecord,
  part: RequestPart,
  schema: unknown
): readonly string[] | 'any' {
  if (route.attachValidation === true) return []
  const compiler = route.validatorCompiler ?? scope.validatorCompiler
  const traits = compiler === undefined
    ? undefined
    : getValidatorTraits(compiler as Parameters<typeof getValidatorTraits>[0])
  const alwaysPresent: ReadonlySet<string> = part === 'params' ? new Set(listRequiredParameters(url)) : none
  if (traits === undefined) return part === 'params' && !canStringFail(schema, alwaysPresent) ? [] : 'any'
  const codes = listSchemas(schema).map(body =>
    inferIssueCodes(body, { part, traits, alwaysPresent, getSchema: id => scope.getSchema(id) })
  )
  const [only] = codes
  if (codes.length === 1) return only ?? 'any'
  return codes.includes(undefined) ? 'any' : [...new Set(codes.flat() as string[])].sort()
}

/** Returns whether strings can fail a schema that is not a JSON Schema. */
function canStringFail (schema: unknown, names: ReadonlySet<string>): boolean {
  return isZodSchema(schema) ? canStringsFail(schema, names) : canStringsFailStandard(schema, names)
}

/** Returns whether a value of a schema that is not a JSON Schema can lack a required field. */
function canMissField (schema: unknown): boolean {
  return isZodSchema(schema) ? canLackField(schema) : canLackFieldStandard(schema)
}

const none: ReadonlySet<string> = new Set()

/** Returns a schema as a list. A body can have one for each media type. */
function listSchemas (schema: unknown): readonly unknown[] {
  const { content } = schema as { readonly content?: unknown }
  return typeof content === 'object' && content !== null
    ? Object.values(content as Record<string, { readonly schema?: unknown }>).map(({ schema }) => schema)
    : [schema]
}

/** Returns the names of the parameters that every path of the pattern has. `::` is a literal colon. */
function listRequiredParameters (url: string): string[] {
  return [...url.replaceAll('::', '').matchAll(/:(\w+)(?:\([^)]*\))?(\?)?/g)].filter(([, , optional]) =>
    optional === undefined
  ).map(([, name]) => name as string)
}
