/**
 * The translator type and `defineTranslator`. A translator converts the errors of one source to errors from the
 * catalog.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiError, LocalizedMessage } from '../catalog/api-error.js'
import type { standardErrors } from '../catalog/standard-errors.js'
import { expectOption } from '../support/expect-option.js'
import type { ValidationStatus } from './validation/validation-status.js'
import { isObject } from '../support/is-object.js'

/** The field and the messages for a database constraint. */
export interface NamedConstraint {
  /**
   * The field in the body that the constraint applies to, such as `email` or `address.city`. If absent, it is the
   * column that the database reports.
   */
  readonly field?: string
  /**
   * The message of the response, or a message for each language of `languages`. If absent, it is the message of the
   * code. For a NOT NULL column, the message of the code is always used.
   */
  readonly message?: string | LocalizedMessage
  /**
   * The message if a record cannot be deleted because a foreign key with this name still refers to it. If absent, a
   * general message is used.
   */
  readonly onDelete?: string | LocalizedMessage
}

/** The `database` option. */
export interface DatabaseOptions {
  /**
   * Constraints, unique indexes and foreign keys by their names in the database. SQLite does not report the names of
   * unique constraints, so use the column, such as `users.email`. For MongoDB, use the name of the index, such as
   * `email_1`.
   */
  readonly constraints?: Readonly<Record<string, NamedConstraint>>
}

/** The values that a translator can read, in addition to the error. */
export interface TranslateContext {
  /** The standard codes. If the application redefines a code, its definition is used. */
  readonly errors: typeof standardErrors
  /** The request that failed. */
  readonly request: FastifyRequest
  /** The reply to the request, with the status and the headers that have been set. */
  readonly reply: FastifyReply
  /** The `database` option. If absent, no constraint has a field or message. */
  readonly database?: DatabaseOptions | undefined
  /** The `validationStatus` option. @default 422 */
  readonly validationStatus?: ValidationStatus | undefined
}

/** Converts errors of one source to catalog errors. */
export interface Translator {
  readonly name: string
  /** Returns the catalog error, or `undefined` if the error comes from another source. It must not change the error. */
  readonly translate: (error: unknown, context: TranslateContext) => ApiError | undefined
}

/**
 * Defines a translator for the `translators` option. It is called before the built-in translators. If it throws, the
 * failure is logged, and the response is `internal_error`.
 *
 * @throws TypeError with the name of the invalid property
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
  expectOption(
    'defineTranslator',
    `${name}.translate`,
    typeof translate === 'function',
    'a function of (error, { errors, request, reply }) that returns an ApiError or undefined',
    translate
  )
  return Object.freeze({ name, translate })
}
