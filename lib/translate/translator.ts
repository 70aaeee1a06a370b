import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import { describeValue } from '../support/describe-value.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { isObject } from '../support/is-object.js'

/** What a constraint of the database is called for people. */
export interface NamedConstraint {
  /** The field of the body that the constraint is about: `email`, `address.city`. Absent: the column, where the database names it. */
  readonly field?: string
  /** The sentence of the answer. Absent, or where a column is null that must not be, which is no constraint of this name: the one of the code. */
  readonly message?: string
  /** The sentence where a record cannot be deleted, because a foreign key of this name still refers to it. Absent: a general one. */
  readonly onDelete?: string
}

/** The `database` option. */
export interface DatabaseOptions {
  /**
   * Constraints, unique indexes and foreign keys by the name that the database has for them. SQLite names no unique
   * constraint: there it is the column, `users.email`. MongoDB: the index, `email_1`.
   */
  readonly constraints?: Readonly<Record<string, NamedConstraint>>
}

/** What a translator may look at, beside the error. */
export interface TranslateContext {
  /** The standard codes, with the definitions of the application where it redefined one. */
  readonly errors: typeof standardErrors
  /** The request that failed. */
  readonly request: FastifyRequest
  /** Its reply, with the headers that were set so far. */
  readonly reply: FastifyReply
  /** The `database` option. Absent: constraints have no names for people. */
  readonly database?: DatabaseOptions | undefined
}

/** Turns errors of one source into catalog errors. */
export interface Translator {
  readonly name: string
  /** The catalog error, or `undefined` where the value is not of this source. It may read the value and never changes it. */
  readonly translate: (error: unknown, context: TranslateContext) => ApiError | undefined
}

/**
 * Defines a translator for the `translators` option; it is asked before the built-in ones. A translator that throws is
 * logged, and its error becomes `internal_error`.
 *
 * @throws TypeError naming the property at fault
 * @example
 * const quota = defineTranslator({
 *   name: 'quota',
 *   translate: (error, { errors }) => error instanceof QuotaError
 *     ? errors.payment_required({ cause: error })
 *     : undefined
 * })
 */
export function defineTranslator (translator: Translator): Translator {
  if (!isObject(translator)) throw new TypeError(`defineTranslator: the translator is ${describeValue(translator)}; it takes an object with name and translate.`)
  const { name, translate } = translator
  if (typeof name !== 'string' || name === '') throw new TypeError(`defineTranslator: 'name' is ${describeValue(name)}; it takes a name for messages.`)
  if (typeof translate !== 'function') {
    throw new TypeError(`defineTranslator: ${name}: 'translate' is ${describeValue(translate)}; it takes a function of (error, { errors, request, reply }) that returns an ApiError or undefined.`)
  }
  return Object.freeze({ name, translate })
}
