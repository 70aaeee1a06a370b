import { Kind, type TSchema } from '@sinclair/typebox'
import { Value, ValueErrorType } from '@sinclair/typebox/value'
import { ApiError, type ErrorInit } from './api-error.js'
import {
  errorStatuses, retryAdvices,
  type Checked, type DefinitionShape, type ErrorDefinition, type ErrorStatus, type MetaOf, type RetryAdvice
} from './definition.js'

type InitOf<Meta> = Omit<ErrorInit<Meta>, 'meta'> &
  ([Meta] extends [undefined] ? { readonly meta?: undefined } : Partial<Record<never, never>> extends Meta ? { readonly meta?: Meta } : { readonly meta: Meta })

/** The arguments of a factory: optional, unless the definition's `meta` has required properties. */
type FactoryArguments<Meta> =
  [Meta] extends [undefined]
    ? [init?: InitOf<Meta>]
    : Partial<Record<never, never>> extends Meta ? [init?: InitOf<Meta>] : [init: InitOf<Meta>]

/**
 * Makes errors of one code, and carries the code's definition: `errors.resource_not_found.status` is 404.
 *
 * @example
 * throw errors.resource_not_found()
 * return errors.rate_limit_exceeded({ retryAfter: 30 })
 */
export interface ErrorFactory<Code extends string = string, Status extends ErrorStatus = ErrorStatus, Meta = unknown>
  extends ErrorDefinition<Code, Status> {
  (...args: FactoryArguments<Meta>): ApiError<Code, Meta>
}

/** Any factory of any catalog. */
export type AnyErrorFactory = ErrorDefinition & ((...args: never[]) => ApiError)

/** A catalog: an object whose keys are codes and whose values are factories. */
export type Catalog<D> = {
  readonly [C in keyof D & string]: D[C] extends AnyErrorFactory
    ? D[C]
    : D[C] extends { readonly status: infer S extends ErrorStatus } ? ErrorFactory<C, S, MetaOf<D[C]>> : never
}

/** Any catalog. */
export type AnyCatalog = Readonly<Record<string, AnyErrorFactory>>

type Part = Readonly<Record<string, DefinitionShape | AnyErrorFactory>>
type Merge<A, B> = Omit<A, keyof B> & B
type Flat<T> = { [K in keyof T]: T[K] }

/**
 * Merges definitions, left to right, into a catalog; a part is an object of definitions, or a catalog. A code that
 * a later part defines again is replaced.
 *
 * @throws TypeError at once, naming the code and the fault, where a definition is wrong
 * @example
 * const errors = defineErrors(standardErrors, {
 *   already_in_queue: {
 *     status: 409,
 *     type: 'conflict_error',
 *     message: 'You are already in this queue.',
 *     description: 'The user joined this queue before.',
 *     action: 'Read the existing entry instead of joining again.'
 *   }
 * })
 */
export function defineErrors<const A extends Part> (a: A & Checked<A>): Catalog<A>
export function defineErrors<const A extends Part, const B extends Part> (
  a: A & Checked<A>, b: B & Checked<B>
): Flat<Merge<Catalog<A>, Catalog<B>>>
export function defineErrors<const A extends Part, const B extends Part, const C extends Part> (
  a: A & Checked<A>, b: B & Checked<B>, c: C & Checked<C>
): Flat<Merge<Merge<Catalog<A>, Catalog<B>>, Catalog<C>>>
export function defineErrors (...parts: readonly Part[]): AnyCatalog
export function defineErrors (...parts: readonly Part[]): AnyCatalog {
  const catalog: Record<string, AnyErrorFactory> = {}
  for (const part of parts) {
    if (typeof part !== 'object' || part === null) {
      throw new TypeError(`defineErrors: a part is ${describe(part)}; it takes an object of definitions by code, or a catalog.`)
    }
    for (const [code, definition] of Object.entries(part)) {
      catalog[code] = isFactory(definition) ? definition : createFactory(complete(code, definition))
    }
  }
  return Object.freeze(catalog)
}

function isFactory (value: DefinitionShape | AnyErrorFactory): value is AnyErrorFactory {
  return typeof value === 'function'
}

function createFactory (definition: ErrorDefinition): AnyErrorFactory {
  // Capturing ten frames costs ten times what the rest of an error costs, and nobody reads the stack of an expected 404.
  const create = definition.stack
    ? (init?: ErrorInit) => new ApiError(definition, init)
    : (init?: ErrorInit) => {
        const limit = Error.stackTraceLimit
        Error.stackTraceLimit = 0
        try {
          return new ApiError(definition, init)
        } finally {
          Error.stackTraceLimit = limit
        }
      }
  Object.defineProperty(create, 'name', { value: definition.code })
  return Object.freeze(Object.assign(create, definition))
}

const properties = {
  status: true, type: true, message: true, description: true, action: true, retry: true, meta: true, headers: true, stack: true, example: true
} satisfies Record<keyof DefinitionShape, true>

function complete (code: string, definition: DefinitionShape): ErrorDefinition {
  const fault = (property: string, got: unknown, takes: string): never => {
    throw new TypeError(`defineErrors: ${code}: '${property}' is ${describe(got)}; it takes ${takes}.`)
  }
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(code)) {
    throw new TypeError(`defineErrors: the code ${describe(code)} is not lower snake case, like 'resource_not_found'.`)
  }
  if (typeof definition !== 'object' || definition === null) {
    throw new TypeError(`defineErrors: ${code} is ${describe(definition)}; it takes a definition, an object with status, type, message, description and action.`)
  }
  for (const property of Object.keys(definition)) {
    if (!Object.hasOwn(properties, property)) {
      throw new TypeError(`defineErrors: ${code}: '${property}' is not a property of a definition; it takes ${Object.keys(properties).join(', ')}.`)
    }
  }
  const { status, type, message, description, action, retry, meta, headers, stack, example = {} } = definition
  if (!errorStatuses.includes(status)) fault('status', status, `one of ${errorStatuses.join(', ')}`)
  if (typeof type !== 'string' || type === '') fault('type', type, "a group such as 'conflict_error'")
  if (!(typeof message === 'string' && message !== '') && typeof message !== 'function') fault('message', message, 'a sentence, or a function of meta that returns one')
  if (typeof description !== 'string' || description === '') fault('description', description, 'a sentence that says when the error happens')
  if (typeof action !== 'string' || action === '') fault('action', action, 'a sentence that says what the caller does')
  if (retry !== undefined && !retryAdvices.includes(retry)) fault('retry', retry, `one of ${retryAdvices.map(describe).join(', ')}`)
  if (stack !== undefined && typeof stack !== 'boolean') fault('stack', stack, 'true or false')
  if (headers !== undefined && !isRecordOfStrings(headers)) fault('headers', headers, 'an object of header names and string values')
  if (meta !== undefined && !isObjectSchema(meta)) fault('meta', meta, 'the schema of an object, like Type.Object({ id: Type.String() })')
  if (typeof example !== 'object' || example === null) fault('example', example, 'an object with message, meta, issues, param or retryAfter')
  if (meta !== undefined) checkExample(code, meta, example.meta)

  const complete: ErrorDefinition = {
    code,
    status,
    type,
    message: message as ErrorDefinition['message'],
    description,
    action,
    retry: retry ?? defaultRetry(status),
    meta,
    headers,
    stack: stack ?? status >= 500,
    example
  }
  const shown = typeof message === 'function' ? describeMessage(complete) : message
  if (typeof shown !== 'string' || shown === '') fault('message', shown, 'a function that returns a sentence for example.meta')
  return complete
}

function describeMessage (definition: ErrorDefinition): unknown {
  try {
    return (definition.message as (meta: unknown) => unknown)(definition.example.meta)
  } catch (cause) {
    throw new TypeError(`defineErrors: ${definition.code}: 'message' fails for example.meta (${describe(definition.example.meta)}): ${String(cause)}.`)
  }
}

function checkExample (code: string, schema: TSchema, meta: unknown): void {
  const required: readonly string[] = Array.isArray(schema.required) ? schema.required : []
  if (meta === undefined) {
    if (required.length === 0) return
    throw new TypeError(`defineErrors: ${code}: 'example.meta' is missing; it takes a value for each of ${required.join(', ')}, which 'meta' requires.`)
  }
  if (!(Kind in schema)) return
  // TypeBox knows only the formats that somebody registered with it; for others the example is taken at its word.
  const [first] = [...Value.Errors(schema, meta)].filter(({ type }) => type !== ValueErrorType.StringFormatUnknown)
  if (first !== undefined) throw new TypeError(`defineErrors: ${code}: 'example.meta' does not fit 'meta': ${first.path === '' ? '/' : first.path}: ${first.message}.`)
}

function defaultRetry (status: ErrorStatus): RetryAdvice {
  if (status === 429 || status === 503) return 'retry-after'
  return status >= 500 ? 'backoff' : 'never'
}

function isObjectSchema (value: unknown): value is TSchema {
  return typeof value === 'object' && value !== null && (value as TSchema).type === 'object'
}

function isRecordOfStrings (value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(item => typeof item === 'string')
}

function describe (value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}
