/** Merges error definitions into a catalog: an object with a factory for each code. */
import { ApiError, type ErrorInit } from './api-error.js'
import { completeDefinition } from './complete-definition.js'
import type { Checked, DefinitionShape, ErrorDefinition, ErrorStatus, MetaOf, MetaOfFactory } from './definition.js'
import { describeValue } from '../support/describe-value.js'
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { isRecord } from '../support/is-object.js'
import { withoutStack } from '../support/without-stack.js'

type InitOf<Meta> =
  & Omit<ErrorInit<Meta>, 'meta'>
  & ([Meta] extends [undefined] ? { readonly meta?: undefined }
    : Partial<Record<never, never>> extends Meta ? { readonly meta?: Meta }
      : { readonly meta: Meta })

/**
 * The arguments of a factory: a message, or several values. They are optional, unless the definition's `meta` has
 * required properties.
 */
type FactoryArguments<Meta> = [Meta] extends [undefined] ? [init?: InitOf<Meta> | string]
  : Partial<Record<never, never>> extends Meta ? [init?: InitOf<Meta> | string]
    : [init: InitOf<Meta>]

/**
 * Creates errors of one code, and has the properties of the code's definition: `errors.resource_not_found.status` is
 * 404.
 *
 * @example
 * throw errors.resource_not_found()
 * throw errors.resource_not_found('No queue has this id.')
 * return errors.rate_limit_exceeded({ retryAfter: 30 })
 */
export interface ErrorFactory<
  Code extends string = string,
  Status extends ErrorStatus = ErrorStatus,
  Meta = unknown,
  Message extends ErrorDefinition['message'] = ErrorDefinition['message']
> extends ErrorDefinition<Code, Status> {
  readonly message: Message
  (...args: FactoryArguments<Meta>): ApiError<Code, Meta, Status>
}

/** Any factory of any catalog. */
export type AnyErrorFactory = ErrorDefinition & ((...args: never[]) => ApiError)

/**
 * A catalog: an object whose keys are codes and whose values are factories. An editor leads from a code to its
 * definition.
 */
export type Catalog<D> = {
  readonly [C in keyof D]: D[C] extends AnyErrorFactory ? D[C]
    // Most messages are strings. One check for both properties creates fewer types.
    : D[C] extends { readonly status: infer S extends ErrorStatus, readonly message: infer Message extends string }
      ? ErrorFactory<C & string, S, MetaOf<D[C]>, Message>
      : D[C] extends { readonly status: infer S extends ErrorStatus } ? ErrorFactory<C & string, S, MetaOf<D[C]>>
        : never
}

/**
 * A catalog of definitions that change codes of an earlier catalog. Absent properties come from the earlier factory.
 */
type ChangedCatalog<D, Earlier> = {
  readonly [C in keyof D]: D[C] extends AnyErrorFactory ? D[C]
    : C extends keyof Earlier
      ? ErrorFactory<
        C & string,
        'status' extends keyof D[C] ? StatusOf<D[C]> : StatusOf<Earlier[C]>,
        D[C] extends { readonly meta: unknown } ? MetaOf<D[C]> : MetaOfFactory<Earlier[C]>,
        MessageOf<'message' extends keyof D[C] ? D[C] : Earlier[C]>
      >
      : Catalog<D>[C]
}

/** The message of a definition, which an editor shows with the type of the factory. */
type MessageOf<D> = D extends { readonly message: infer Message extends string } ? Message : ErrorDefinition['message']

type StatusOf<D> = D['status' & keyof D] & ErrorStatus

/** Any catalog. */
export type AnyCatalog = Readonly<Record<string, AnyErrorFactory>>

type Part = Readonly<Record<string, Partial<DefinitionShape> | AnyErrorFactory>>

/** A catalog with the definitions of one more argument. */
type Extend<Earlier, D> = keyof D extends never ? Earlier
  : keyof Earlier & keyof D extends never ? Earlier & Catalog<D>
    : Without<Earlier, keyof D> & ChangedCatalog<D, Earlier>

type Without<A, Keys> = { readonly [K in keyof A as K extends Keys ? never : K]: A[K] }

/**
 * Merges definitions into a catalog. Each argument is an object of definitions, or another catalog. To merge more than
 * five arguments, merge some of them first.
 *
 * A new code needs `status` and `message`. A definition for a code of an earlier argument changes only the properties
 * that it has. If it changes `meta`, the earlier `example` no longer applies.
 *
 * @throws TypeError if a definition is invalid; the message contains the code and the property
 * @example
 * const errors = defineErrors(standardErrors, {
 *   already_in_queue: {
 *     status: 409,
 *     message: 'You are already in this queue.',
 *     description: 'The user joined this queue before.',
 *     action: 'Read the existing entry instead of joining again.'
 *   },
 *   internal_error: { message: 'Something went wrong. We have been notified.' }
 * })
 */
export function defineErrors<
  const A extends Part,
  const B extends Part = {},
  const C extends Part = {},
  const D extends Part = {},
  const E extends Part = {}
> (
  a: A & Checked<A>,
  b?: B & Checked<B, keyof A>,
  c?: C & Checked<C, keyof A | keyof B>,
  d?: D & Checked<D, keyof A | keyof B | keyof C>,
  e?: E & Checked<E, keyof A | keyof B | keyof C | keyof D>
): Extend<Extend<Extend<Extend<Catalog<A>, B>, C>, D>, E>
export function defineErrors (...parts: readonly Part[]): AnyCatalog {
  return mergeParts(parts)
}

/** The option of {@link defineErrorsWith}. */
export interface CatalogOptions {
  /**
   * The pattern of codes that are not in lower snake case. It must match the whole code. A code consists of letters and
   * digits, with single `_`, `.`, `:`, `/` or `-` between them, and begins with a letter.
   */
  readonly codes: RegExp
}

/**
 * Returns a function like {@link defineErrors} that also accepts codes that are not in lower snake case. Use it if the
 * clients of an API already depend on such codes.
 *
 * @throws TypeError if `codes` is not a regular expression
 * @example
 * const errors = defineErrorsWith({ codes: /[A-Z][A-Za-z0-9]+/ })(standardErrors, {
 *   NoSuchBucket: {
 *     status: 404,
 *     message: 'The bucket does not exist.',
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
      catalog[code] = typeof definition === 'function'
        ? checkFactory(code, definition)
        : createFactory(
          completeDefinition(code, definition, codes, Object.hasOwn(catalog, code) ? catalog[code] : undefined)
        )
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
    ? (init?: ErrorInit | string) => new ApiError(definition, readInit(init))
    : (init?: ErrorInit | string) => withoutStack(() => new ApiError(definition, readInit(init)))
  Object.defineProperties(create, { name: { value: definition.code }, toJSON: { value: rejectAsBody } })
  return Object.freeze(Object.assign(create, definition))
}

/** Returns the values of an occurrence. A string is its message. */
function readInit (init: ErrorInit | string | undefined): ErrorInit | undefined {
  return typeof init === 'string' ? { message: init } : init
}

/**
 * Throws if a handler sends a factory, as in `return errors.forbidden`. The response would be an empty 200. Inside
 * other values, JSON omits the factory.
 */
function rejectAsBody (this: AnyErrorFactory, key?: string): undefined {
  if (key === undefined || key === '') throw createMissingCallError(this)
}

/** Returns whether a value is the factory of a code. */
export function isErrorFactory (value: unknown): value is AnyErrorFactory {
  return typeof value === 'function' && Object.hasOwn(value, 'code') && Object.hasOwn(value, 'toJSON')
}

/** Creates the error for a factory that was not called, in a place where an error is expected. */
export function createMissingCallError ({ code }: AnyErrorFactory): TypeError {
  return new TypeError(`Expected an error, got the factory of '${code}'. Call the factory, as in errors.${code}().`)
}
