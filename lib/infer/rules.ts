/** The built-in rules. Each rule checks one fact about a route and returns the codes that it leads to. */
import type { Finding } from './finding.js'
import type { FastifySchema } from 'fastify'
import type { AnyCatalog } from '../catalog/define-errors.js'
import type { StandardCode } from '../catalog/standard-errors.js'
import { getCode, findDeclarations, type DeclaringTarget } from './declare-errors.js'
import { inferIssueCodes, type RequestPart } from './issue-codes.js'
import type { FindInferred } from './inferred-errors.js'
import type { RouteRecord } from './route-record.js'
import type { ScopeFacts } from './scope-facts.js'
import { listDeclaredResponses } from './typed-responses.js'
import { getValidatorTraits } from './validator-traits.js'

/** The data that a rule receives. */
export interface Facts {
  readonly record: RouteRecord
  /** The facts that all routes of its scope share. */
  readonly scope: ScopeFacts
  /** The scopes and hooks that can declare errors or security for the route. */
  readonly targets: readonly DeclaringTarget[]
  /** One of the methods of the route. */
  readonly method: string
  /** The schema of the route; an empty object if it has none. */
  readonly schema: FastifySchema & { readonly query?: unknown, readonly security?: unknown }
  /** The names of the rate-limit policies of the route. */
  readonly policies: readonly string[]
  /** The errors of these policies, except `rate_limit_exceeded`. */
  readonly limitErrors: readonly Finding[]
  /** Whether a document requires credentials on routes that do not say otherwise. */
  readonly isSecured: boolean
  /** Returns the errors of a route that were found in the source of the application. */
  readonly findInferred: FindInferred
  /** The catalog. */
  readonly errors: AnyCatalog
  /** The findings of the previous rules. */
  readonly found: readonly Finding[]
}

/** A rule: it returns the codes that a fact about a route leads to. */
export type Rule = (facts: Facts) => readonly Finding[]

const createFindings = (reason: string, ...codes: readonly StandardCode[]): Finding[] => codes.map(code => ({ code, reason, issues: [] }))

/** The methods for which Fastify reads a body. It also reads one if a route has a schema for it. */
const methodsWithBody: ReadonlySet<string> = new Set(['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY'])

/** The name of a built-in rule. */
export type RuleName =
  'handler' | 'body' | 'bodySchema' | 'parameters' | 'headers' | 'resource' | 'rateLimit' | 'timeout' | 'pressure' | 'proxy' | 'declared' | 'responses' | 'config' | 'source' | 'security'

/** The built-in rules, in the order in which they run. */
export const rules: Readonly<Record<RuleName, Rule>> = {
  handler: () => createFindings('Any handler can fail.', 'internal_error'),

  body ({ method, schema, scope }) {
    if (!methodsWithBody.has(method) && schema.body === undefined) return []
    // A proxy passes on bodies without reading them.
    if (scope.isProxy) return createFindings('The method has a body, whose Content-Type can be malformed.', 'unsupported_media_type')
    return createFindings('The method has a body, which can be malformed, too large or of an unsupported media type.',
      'invalid_request', 'payload_too_large', 'unsupported_media_type')
  },

  bodySchema (facts) {
    const issues = inferIssues(facts, 'body', facts.schema.body)
    if (issues === 'any') {
      return [
        { code: 'validation_error', reason: 'The body is validated.' },
        { code: 'missing_required_field', reason: 'The body is validated.', issues: ['required'] }
      ]
    }
    const findings: Finding[] = []
    if (issues.some(code => code !== 'required')) findings.push({ code: 'validation_error', reason: `The body can fail its schema: ${issues.join(', ')}.`, issues })
    if (issues.includes('required')) findings.push({ code: 'missing_required_field', reason: 'The body has a required field.', issues: ['required'] })
    return findings
  },

  parameters (facts) {
    const { schema } = facts
    return [
      ...createFailureFindings('invalid_parameter', 'The path', inferIssues(facts, 'params', schema.params)),
      ...createFailureFindings('invalid_parameter', 'The query', inferIssues(facts, 'querystring', schema.querystring ?? schema.query))
    ]
  },

  headers: facts => createFailureFindings('invalid_request', 'A header', inferIssues(facts, 'headers', facts.schema.headers)),

  resource: ({ record }) => /:\w/.test(record.url.replaceAll('::', '')) ? createFindings('A parameter of the path names a resource.', 'resource_not_found') : [],

  rateLimit: ({ policies, limitErrors }) => policies.length === 0
    ? []
    : [...createFindings(`The route is limited by ${policies.map(name => `'${name}'`).join(', ')}.`, 'rate_limit_exceeded'), ...limitErrors],

  timeout ({ record: { route, scope } }) {
    // Early versions of Fastify 5 have neither, and `undefined > 0` is false.
    const timeout = route.handlerTimeout ?? (scope.initialConfig as { readonly handlerTimeout: number }).handlerTimeout
    return timeout > 0 ? createFindings(`The handler times out after ${timeout} ms.`, 'service_unavailable') : []
  },

  pressure: ({ scope }) => scope.hasPressure
    ? createFindings('@fastify/under-pressure rejects requests when the server is overloaded.', 'service_unavailable')
    : [],

  proxy: ({ scope }) => scope.isProxy
    ? createFindings('@fastify/http-proxy passes the request on to an upstream.', 'bad_gateway', 'gateway_timeout')
    : [],

  declared: ({ targets }) => findDeclarations(targets),

  responses: ({ schema }) => listDeclaredResponses(schema.response).map(code => ({ code, reason: 'schema.response of the route names it.' })),

  config ({ record }) {
    const declared = record.route.config?.errors
    return Array.isArray(declared) ? declared.map(error => ({ code: getCode(error), reason: 'config.errors of the route names it.' })) : []
  },

  source: ({ findInferred, method, record }) => findInferred(method, record.url),

  security ({ schema, isSecured, errors, found }) {
    const required = Array.isArray(schema.security) ? requiresCredentials(schema.security) : isSecured
    // The code of a guard that declares its errors is more precise.
    if (!required || found.some(({ code }) => errors[code]?.status === 401 || errors[code]?.status === 403)) return []
    return createFindings(`The ${Array.isArray(schema.security) ? 'route' : 'document'} requires authentication.`, 'unauthorized', 'forbidden')
  }
}

/** Returns whether security requirements (OpenAPI, Security Requirement Object) require a credential. An empty one does not. */
export function requiresCredentials (security: unknown): boolean {
  return Array.isArray(security) && security.some(requirement => Object.keys(requirement as object).length > 0)
}

function createFailureFindings (code: StandardCode, subject: string, issues: readonly string[] | 'any'): Finding[] {
  if (issues === 'any') return [{ code, reason: `${subject} is validated.` }]
  return issues.length === 0 ? [] : [{ code, reason: `${subject} can fail its schema: ${issues.join(', ')}.`, issues }]
}

/** Returns the codes of the issues that a part of the request can have. */
function inferIssues (facts: Facts, part: RequestPart, schema: unknown): readonly string[] | 'any' {
  return schema === undefined ? [] : inferIssuesOfSchema(facts.record, part, schema)
}

function inferIssuesOfSchema ({ route, scope, url }: RouteRecord, part: RequestPart, schema: unknown): readonly string[] | 'any' {
  if (route.attachValidation === true) return []
  const compiler = route.validatorCompiler ?? scope.validatorCompiler
  const traits = compiler === undefined ? undefined : getValidatorTraits(compiler as Parameters<typeof getValidatorTraits>[0])
  if (traits === undefined) return 'any'
  const alwaysPresent: ReadonlySet<string> = part === 'params' ? new Set(requiredParameters(url)) : none
  const codes = listSchemas(schema).map(body => inferIssueCodes(body, { part, traits, alwaysPresent, getSchema: id => scope.getSchema(id) }))
  const [only] = codes
  if (codes.length === 1) return only ?? 'any'
  return codes.includes(undefined) ? 'any' : [...new Set(codes.flat() as string[])].sort()
}

const none: ReadonlySet<string> = new Set()

/** Returns a schema as a list. A body can have one for each media type. */
function listSchemas (schema: unknown): readonly unknown[] {
  const { content } = schema as { readonly content?: unknown }
  return typeof content === 'object' && content !== null ? Object.values(content as Record<string, { readonly schema?: unknown }>).map(({ schema }) => schema) : [schema]
}

/** Returns the names of the parameters that every path of the pattern has. `::` is a literal colon. */
function requiredParameters (url: string): string[] {
  return [...url.replaceAll('::', '').matchAll(/:(\w+)(?:\([^)]*\))?(\?)?/g)].filter(([, , optional]) => optional === undefined).map(([, name]) => name as string)
}
