/** Merges error definitions into a catalog: an object with a factory for each code. */
import { ApiError, type ErrorInit } from './api-error.js'
import { completeDefinition } from './complete-definition.js'
import type { Checked, DefinitionShape, ErrorDefinition, ErrorStatus, MetaOf } from './definition.js'
import { describeValue } from '../support/describe-value.js'
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { isRecord } from '../support/is-object.js'
import { withoutStack } from '../support/without-stack.js'

type InitOf<Meta> = Omit<ErrorInit<Meta>, 'meta'> &
  ([Meta] extends [undefined] ? { readonly meta?: undefined } : Partial<Record<never, never>> extends Meta ? { readonly meta?: Meta } : { readonly meta: Meta })

/** The arguments of a factory. They are optional, unless the definition's `meta` has required properties. */
type FactoryArguments<Meta> =
  [Meta] extends [undefined]
    ? [init?: InitOf<Meta>]
    : Partial<Record<never, never>> extends Meta ? [init?: InitOf<Meta>] : [init: InitOf<Meta>]

/**
 * Creates errors of one code, and has the properties of the code's definition: `errors.resource_not_found.status` is 404.
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

/** A catalog: an object whose keys are codes and whose values are factories. An editor leads from a code to its definition. */
export type Catalog<D> = {
  readonly [C in keyof D]: D[C] extends AnyErrorFactory
    ? D[C]
    : D[C] extends { readonly status: infer S extends ErrorStatus } ? ErrorFactory<C & string, S, MetaOf<D[C]>> : never
}

/** Any catalog. */
export type AnyCatalog = Readonly<Record<string, AnyErrorFactory>>

type Part = Readonly<Record<string, DefinitionShape | AnyErrorFactory>>
/** The type of two merged objects. If both have a key, the value of the second object is used. */
type Merge<A, B> = keyof B extends never ? A : keyof A & keyof B extends never ? A & B : Without<A, keyof B> & B

type Without<A, Keys> = { readonly [K in keyof A as K extends Keys ? never : K]: A[K] }

/**
 * Merges definitions into a catalog. Each argument is an object of definitions, or another catalog. Later arguments
 * override the codes of earlier ones. To merge more than five arguments, merge some of them first.
 *
 * @throws TypeError if a definition is invalid; the message contains the code and the property
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
export function defineErrors<
  const A extends Part, const B extends Part = {}, const C extends Part = {}, const D extends Part = {}, const E extends Part = {}
> (
  a: A & Checked<A>, b?: B & Checked<B>, c?: C & Checked<C>, d?: D & Checked<D>, e?: E & Checked<E>
): Merge<Catalog<A>, Merge<Catalog<B>, Merge<Catalog<C>, Merge<Catalog<D>, Catalog<E>>>>>
export function defineErrors (...parts: readonly Part[]): AnyCatalog {
  return mergeParts(parts)
}

/** The option of {@link defineErrorsWith}. */
export interface CatalogOptions {
  /**
   * The pattern of codes that are not in lower snake case. It must match the whole code. A code consists of letters and digits, with
   * single `_`, `.`, `:`, `/` or `-` between them, and begins with a letter.
   */
  readonly codes: RegExp
}

/**
 * Returns a function like {@link defineErrors} that also accepts codes that are not in lower snake case. Use it if the clients of
 * an API already depend on such codes.
 *
 * @throws TypeError if `codes` is not a regular expression
 * @example
 * const errors = defineErrorsWith({ codes: /[A-Z][A-Za-z0-9]+/ })(standardErrors, {
 *   NoSuchBucket: {
 *     status: 404,
 *     type: 'not_found_error',
 *     message: 'The bucket does not exist.',
 *     description: 'No bucket has this name.',
 *     action: 'Check the name of the bucket.'
 *   }
 * })
 * throw errors.NoSuchBucket()
 */
export function defineErrorsWith (options: CatalogOptions): typeof defineErrors {
  const owner = 'defineErrorsWith'
  expectOption(owner, 'options', isRecord(options), 'an object with codes', options)
  expectKnownOptions(owner, '', options, ['codes'])
  const { codes } = options
  expectOption(owner, 'codes', codes instanceof RegExp, 'a regular expression, like /[A-Z][A-Za-z0-9]+/', codes)
  return ((...parts: readonly Part[]) => mergeParts(parts, codes)) as typeof defineErrors
}

function mergeParts (parts: readonly Part[], codes?: RegExp): AnyCatalog {
  const catalog: Record<string, AnyErrorFactory> = {}
  for (const part of parts) {
    expectOption('defineErrors', 'definitions', isRecord(part), 'an object of definitions by code, or a catalog', part)
    for (const [code, definition] of Object.entries(part)) {
      catalog[code] = typeof definition === 'function' ? checkFactory(code, definition) : createFactory(completeDefinition(code, definition, codes))
    }
  }
  return Object.freeze(catalog)
}

/** Checks a factory from another catalog. Its key must be its code. */
function checkFactory (key: string, factory: Partial<AnyErrorFactory>): AnyErrorFactory {
  if (factory.code === key && factory.status !== undefined) return factory as AnyErrorFactory
  const got = factory.code === undefined ? 'a function' : `the factory of ${describeValue(factory.code)}`
  throw new TypeError(`defineErrors: ${key}: expected a definition, or the factory of this code, got ${got}.`)
}

function createFactory (definition: ErrorDefinition): AnyErrorFactory {
  // Capturing ten frames takes ten times as long as creating the rest of an error, and an expected 404 needs no stack.
  const create = definition.stack
    ? (init?: ErrorInit) => new ApiError(definition, init)
    : (init?: ErrorInit) => withoutStack(() => new ApiError(definition, init))
  Object.defineProperties(create, { name: { value: definition.code }, toJSON: { value: rejectAsBody } })
  return Object.freeze(Object.assign(create, definition))
}

/** Throws if a handler sends a factory, as in `return errors.forbidden`. The response would be an empty 200. Inside other values, JSON omits the factory. */
function rejectAsBody (this: AnyErrorFactory, key?: string): undefined {
  if (key === undefined || key === '') throw createFactoryError(this)
}

/** Returns whether a value is the factory of a code. */
export function isErrorFactory (value: unknown): value is AnyErrorFactory {
  return typeof value === 'function' && Object.hasOwn(value, 'code') && Object.hasOwn(value, 'toJSON')
}

/** Returns the error for a factory in a place where an error is expected. */
export function createFactoryError ({ code }: AnyErrorFactory): TypeError {
  return new TypeError(`Expected an error, got the factory of '${code}'. Call the factory, as in errors.${code}().`)
}
