/** The translator type and `defineTranslator`. A translator turns the errors of one source into errors of the catalog. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError } from '../catalog/api-error.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { expectOption } from '../support/expect-option.js'
import type { ValidationStatus } from './validation/validation-status.js'
import { isObject } from '../support/is-object.js'

/** The field and the messages for a database constraint. */
export interface NamedConstraint {
  /** The field of the body that the constraint is about: `email`, `address.city`. Absent: the column, if the database names it. */
  readonly field?: string
  /** The message of the response. Absent: the message of the code. A NOT NULL column, which has no constraint of this name, always has the message of the code. */
  readonly message?: string
  /** The message if a record cannot be deleted because a foreign key of this name still refers to it. Absent: a general message. */
  readonly onDelete?: string
}

/** The `database` option. */
export interface DatabaseOptions {
  /**
   * Constraints, unique indexes and foreign keys by their names in the database. SQLite does not name unique constraints:
   * use the column there, `users.email`. For MongoDB, use the index, `email_1`.
   */
  readonly constraints?: Readonly<Record<string, NamedConstraint>>
}

/** The values that a translator can read, in addition to the error. */
export interface TranslateContext {
  /** The standard codes. A code that the application redefined has its definition. */
  readonly errors: typeof standardErrors
  /** The request that failed. */
  readonly request: FastifyRequest
  /** Its reply, with the status and the headers that were set so far. */
  readonly reply: FastifyReply
  /** The `database` option. Absent: no constraint has a field or message. */
  readonly database?: DatabaseOptions | undefined
  /** The `validationStatus` option. @default 422 */
  readonly validationStatus?: ValidationStatus | undefined
}

/** Turns errors of one source into catalog errors. */
export interface Translator {
  readonly name: string
  /** Returns the catalog error, or `undefined` if the error comes from another source. It may read the error and must not change it. */
  readonly translate: (error: unknown, context: TranslateContext) => ApiError | undefined
}

/**
 * Defines a translator for the `translators` option. It is called before the built-in translators. If it throws, this is
 * logged, and the response is `internal_error`.
 *
 * @throws TypeError that names the invalid property
 * @example
 * const quota = defineTranslator({
 *   name: 'quota',
 *   translate: (error, { errors }) => error instanceof QuotaError
 *     ? errors.payment_required({ cause: error })
 *     : undefined
 * })
 */
export function defineTranslator (translator: Translator): Translator {
  expectOption('defineTranslator', 'translator', isObject(translator), 'an object with name and translate', translator)
  const { name, translate } = translator
  expectOption('defineTranslator', 'name', typeof name === 'string' && name !== '', 'a name for messages', name)
  expectOption('defineTranslator', `${name}.translate`, typeof translate === 'function', 'a function of (error, { errors, request, reply }) that returns an ApiError or undefined', translate)
  return Object.freeze({ name, translate })
}
