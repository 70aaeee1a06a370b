/** The types of error definitions, and the types that a catalog derives from them. */
import type { TSchema } from '@sinclair/typebox'
import { expectResult } from '../support/call-safely.js'
import type { SchemaValue, StandardJsonSchema } from '../support/json-schema.js'
import type { Deprecation } from './deprecation.js'
import type { Issue } from './issues.js'
import type { RetryAdvice } from './retry-advice.js'

/**
 * Every status that an error response may have: the 4xx and 5xx of IANA's HTTP Status Code Registry. Any other status
 * has no reason phrase, and clients treat it as the x00 of its class (RFC 9110, section 15).
 */
export const errorStatuses = [
  400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424,
  425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511
] as const

/** A status of {@link errorStatuses}. */
export type ErrorStatus = (typeof errorStatuses)[number]

/** The groups of the standard codes. A definition may use any other name. */
export const errorTypes = [
  'invalid_request_error', 'authentication_error', 'permission_error', 'not_found_error', 'conflict_error',
  'validation_error', 'rate_limit_error', 'api_error'
] as const

/** A group of {@link errorTypes}. */
export type ErrorType = (typeof errorTypes)[number]

/** The values of the example response. Omitted values come from the definition. */
export interface ErrorExample {
  readonly message?: string
  readonly meta?: unknown
  readonly issues?: readonly Issue[]
  readonly param?: string
  /** Seconds. */
  readonly retryAfter?: number
}

/**
 * Response headers by name. A list under `Set-Cookie` is sent as one header for each string. A list under any other
 * name is sent as one header, with the strings joined by commas (RFC 9110, section 5.3).
 */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>

/** The JSON Schema of an object, made by any library. */
export interface ObjectSchema {
  readonly type: 'object'
}

/** The properties of a definition, independent of the type of its `meta`. */
export interface DefinitionShape {
  /** The HTTP status, one of {@link errorStatuses}. */
  readonly status: ErrorStatus
  /**
   * The group: one of {@link errorTypes}, or any other name. @default the group of the status, such as 'conflict_error'
   * for 409
   */
  readonly type?: ErrorType | (string & {})
  /** The message for people, or a function of `meta` that returns it. */
  readonly message: unknown
  /** When the error happens. @default the message */
  readonly description?: string
  /** What the client can do. @default a sentence that follows from `retry` */
  readonly action?: string
  /**
   * Whether and when the same request may be sent again. @default 'retry-after' for 429 and 503, 'backoff' for the
   * other 5xx, 'never' for the rest
   */
  readonly retry?: RetryAdvice
  /**
   * The schema of the `meta` object: of TypeBox (`@sinclair/typebox` 0.34 or `typebox` 1), a JSON Schema, or a schema
   * that offers its JSON Schema (zod 4.2, ArkType, Valibot with `toStandardJsonSchema()`). It also defines the type of
   * `meta`. If it is absent, the error has no `meta`.
   */
  readonly meta?: StandardJsonSchema<object> | ObjectSchema
  /** Response headers that every response with this error has. */
  readonly headers?: HeaderValues
  /**
   * The dates of the deprecation, and the code that replaces this one. Responses with the code have the headers
   * `Deprecation` (RFC 9745) and `Sunset` (RFC 8594), and the documentation shows it.
   *
   * @default the code is not deprecated
   * @example
   * deprecated: { since: '2030-01-31', sunset: '2030-07-31', replacedBy: 'queue_full' }
   */
  readonly deprecated?: Deprecation
  /** Whether the error captures a stack. @default true for 5xx, false otherwise */
  readonly stack?: boolean
  /** The occurrence shown in documentation. `example.meta` is required if `meta` has required properties. */
  readonly example?: ErrorExample
}

/** The type of `meta` in errors of a definition; `undefined` if it has no `meta` schema. */
export type MetaOf<D> = D extends { readonly meta: infer S } ? SchemaValue<S>
  : undefined

/** The type of `meta` in the errors of a factory. */
export type MetaOfFactory<F> = F extends (...args: never[]) => { readonly meta: infer Meta } ? Meta : undefined

/**
 * Checks definitions property by property. A new code needs `status` and `message`. Only the properties of a definition
 * are allowed. A `message` function receives the `meta` of its own schema.
 */
export type Checked<D, EarlierCodes = never> = {
  // Most definitions have no function. Creating no type for them saves most of the compile time of a large catalog.
  [C in keyof D]: keyof D[C] extends keyof DefinitionShape
    ? D[C] extends { readonly status: unknown, readonly message: string } ? unknown
      // If a function in a definition has no types, TypeScript before 5.5 first checks an object with any codes.
      : CheckedDefinition<D[C]> & (string extends C ? unknown : C extends EarlierCodes ? unknown : NewDefinition)
    : D[C] extends (...args: never[]) => unknown ? unknown
      : CheckedDefinition<D[C]>
}

/** The properties that the definition of a new code needs. The compiler shows this name if one is missing. */
interface NewDefinition {
  readonly status: ErrorStatus
  readonly message: unknown
}

type CheckedDefinition<D> = {
  [P in keyof D]: P extends 'message' ? string | ((meta: MessageMeta<D>) => string)
    : P extends keyof DefinitionShape ? D[P]
      : UnknownProperty
}

/** The type of a property that definitions do not have. The compiler shows this name. */
interface UnknownProperty {
  readonly 'is not a property of a definition': never
}

/**
 * The `meta` that a message function receives. The definition of an earlier code cannot be inferred together with this
 * one.
 */
type MessageMeta<D> = D extends { readonly meta: unknown } | { readonly status: unknown } ? MetaOf<D> : any

/** A definition with its code and with every default filled in. */
export interface ErrorDefinition<Code extends string = string, Status extends ErrorStatus = ErrorStatus>
  extends CommonDefinition {
  readonly code: Code
  readonly status: Status
  readonly message: string | ((meta: never) => string)
}

/** The properties that have the same types in every definition. */
interface CommonDefinition {
  readonly type: string
  readonly description: string
  readonly action: string
  readonly retry: RetryAdvice
  readonly meta: TSchema | undefined
  readonly headers: HeaderValues | undefined
  /** Absent if the code is not deprecated. */
  readonly deprecated?: Deprecation
  readonly stack: boolean
  readonly example: ErrorExample
}

/** Returns the message of a definition for an occurrence that has no message. */
export function defaultMessage (definition: Pick<ErrorDefinition, 'message'>, meta: unknown): string {
  return typeof definition.message === 'function'
    ? expectResult('message', definition.message(meta as never))
    : definition.message
}
