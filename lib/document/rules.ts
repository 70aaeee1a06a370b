import type { FastifyInstance } from 'fastify'
import type { AnyCatalog, AnyErrorFactory } from '../catalog/define-errors.js'
import type { StandardCode } from '../catalog/standard-errors.js'
import { declaredErrors, type RouteRecord } from './route-record.js'

/** A code that a route can answer with, and why. */
export interface RouteError {
  readonly code: string
  /** A sentence that names the fact about the route. */
  readonly reason: string
}

/** What the rules may ask beside the route. */
export interface RuleContext {
  readonly errors: AnyCatalog
  /** The rate-limit policies of the route; none where it is not limited. */
  readonly policiesOf: (record: RouteRecord) => readonly string[]
  /** What the limits of the route answer with beside `rate_limit_exceeded`. @default nothing */
  readonly limitErrorsOf?: (record: RouteRecord) => readonly RouteError[]
}

/** One fact about routes, and the codes that follow from it. */
export interface Rule {
  readonly name: string
  readonly infer: (record: RouteRecord, context: RuleContext) => readonly RouteError[]
}

const because = (reason: string, ...codes: readonly StandardCode[]): RouteError[] => codes.map(code => ({ code, reason }))

/** The methods for which Fastify reads a body. */
const methodsWithBody: ReadonlySet<string> = new Set(['DELETE', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY'])

/** The hooks that a route can have of its own, and that can answer the request. */
export const hooksOfRoute = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const

/** The facts that codes are inferred from. */
export const rules: readonly Rule[] = [
  {
    name: 'any',
    infer: () => because('Any handler can fail.', 'internal_error')
  },
  {
    name: 'body',
    infer: ({ methods }) => methods.some(method => methodsWithBody.has(method))
      ? because('The method takes a body, which can be malformed, too large or of another media type.',
        'invalid_request', 'payload_too_large', 'unsupported_media_type')
      : []
  },
  {
    name: 'body-schema',
    infer: ({ route }) => {
      if (route.schema?.body === undefined || route.attachValidation === true) return []
      return because('The body has a schema.', 'validation_error', ...(canMissField(route.schema.body) ? ['missing_required_field'] as const : []))
    }
  },
  {
    name: 'parameters',
    infer: ({ route }) => (route.schema?.params !== undefined || route.schema?.querystring !== undefined) && route.attachValidation !== true
      ? because('The path or the query has a schema.', 'invalid_parameter')
      : []
  },
  {
    name: 'headers',
    infer: ({ route }) => route.schema?.headers !== undefined && route.attachValidation !== true
      ? because('The headers have a schema.', 'invalid_request')
      : []
  },
  {
    name: 'resource',
    infer: ({ route }) => /(^|[^:]):\w/.test(route.url) ? because('A parameter of the path names a resource.', 'resource_not_found') : []
  },
  {
    name: 'rate-limit',
    infer: (record, { policiesOf, limitErrorsOf }) => {
      const policies = policiesOf(record)
      if (policies.length === 0) return []
      return [
        ...because(`The route is limited by ${policies.map(name => `'${name}'`).join(', ')}.`, 'rate_limit_exceeded'),
        ...limitErrorsOf?.(record) ?? []
      ]
    }
  },
  {
    name: 'declared',
    infer: ({ route, scope }) => {
      const found: RouteError[] = []
      for (const target of scopesAbove(scope)) {
        found.push(...declaredErrors(target).map(error => ({ code: codeOf(error), reason: 'The scope of the route declares it.' })))
      }
      for (const name of hooksOfRoute) {
        for (const hook of [route[name] ?? []].flat()) {
          found.push(...declaredErrors(hook).map(error => ({ code: codeOf(error), reason: `A ${name} hook of the route declares it.` })))
        }
      }
      return found
    }
  },
  {
    name: 'config',
    infer: ({ route }) => {
      const declared = route.config?.errors
      return Array.isArray(declared) ? declared.map(error => ({ code: codeOf(error), reason: 'config.errors of the route names it.' })) : []
    }
  }
]

/** The code that a code or a factory stands for. */
export function codeOf (error: string | AnyErrorFactory): string {
  return typeof error === 'string' ? error : error.code
}

/** A scope and those around it: a Fastify scope is made with its parent as prototype. */
export function * scopesAbove (scope: FastifyInstance): Generator<object> {
  for (let at: object | null = scope; at !== null; at = Object.getPrototypeOf(at)) yield at
}

/** Whether a schema requires a field anywhere; where only required fields are missing, the code is `missing_required_field`. */
function canMissField (schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  if (Array.isArray(schema)) return schema.some(canMissField)
  if (Array.isArray((schema as { readonly required?: unknown }).required)) return true
  return Object.values(schema).some(canMissField)
}

/** The codes that a route can answer with, each with the reasons in the order of the rules. */
export function inferErrors (record: RouteRecord, context: RuleContext): RouteError[] {
  return rules.flatMap(rule => rule.infer(record, context)).filter(({ code }) => Object.hasOwn(context.errors, code))
}
