/** Translates errors that query builders and ORMs throw themselves. */
import {
  databaseTranslator,
  createFailureIssues,
  createValidationFailure,
  type DatabaseFailure,
  type FailureDetails
} from './database-failures.js'
import type { Translator } from '../translator.js'
import { isObject } from '../../support/is-object.js'

/**
 * The errors that query builders and object mappers throw themselves, by name. The driver's translator handles errors
 * that they wrap.
 */
export const ormErrors: Readonly<Record<string, DatabaseFailure>> = {
  EntityNotFoundError: 'no_row', // TypeORM
  OptimisticLockVersionMismatchError: 'concurrent', // TypeORM
  KnexTimeoutError: 'unavailable', // Knex: the pool or the statement
  SequelizeEmptyResultError: 'no_row',
  SequelizeOptimisticLockError: 'concurrent',
  SequelizeTimeoutError: 'unavailable',
  SequelizeConnectionError: 'unavailable',
  SequelizeConnectionRefusedError: 'unavailable',
  SequelizeConnectionTimedOutError: 'unavailable',
  SequelizeConnectionAcquireTimeoutError: 'unavailable',
  SequelizeHostNotFoundError: 'unavailable',
  SequelizeHostNotReachableError: 'unavailable',
  SequelizeAccessDeniedError: 'fault',
  SequelizeInvalidConnectionError: 'fault'
}

/** The messages of query builders and object mappers for closed connections. These errors have no specific name. */
export const ormMessages: ReadonlySet<unknown> = new Set([
  'Unable to acquire a connection', // Knex
  'Driver not Connected', // TypeORM
  'ConnectionManager.getConnection was called after the connection manager was closed!' // Sequelize
])

/** Translates errors of TypeORM, Sequelize, Knex and Kysely that do not wrap a driver's error. */
export const ormTranslator: Translator = databaseTranslator('orm', error => {
  const { name, message, node, errors } = error
  if (name === 'SequelizeValidationError' && Array.isArray(errors)) return readValidation(errors)
  if (typeof name === 'string' && Object.hasOwn(ormErrors, name)) return { failure: ormErrors[name] as DatabaseFailure }
  if (ormMessages.has(message)) return { failure: 'unavailable' }
  // Kysely's NoResultError has no specific name, but it contains the query.
  if (message === 'no result' && isObject(node) && typeof node.kind === 'string') return { failure: 'no_row' }
  return undefined
})

/**
 * Reads the validation error of a Sequelize model. The message of a validator is not used, because it may repeat the
 * value.
 */
function readValidation (errors: readonly unknown[]): FailureDetails {
  return createValidationFailure(
    errors.filter(isObject).flatMap(failed =>
      createFailureIssues(
        isAttribute(failed) ? [String(failed.path)] : [],
        failed.type === 'notNull Violation' ? 'missing' : 'check'
      )
    )
  )
}

/**
 * Returns the attribute of a failed validator. A validator of the whole model has its own name instead of an attribute.
 */
function isAttribute ({ instance, path }: Readonly<Record<string, unknown>>): boolean {
  const model = isObject(instance) ? instance.constructor as { readonly rawAttributes?: object } : {}
  return typeof path === 'string' && Object.hasOwn(model.rawAttributes ?? {}, path)
}
