/** The shared part of all database translators. It converts a kind of failure to an error from the catalog. */
import type { FastifyRequest } from 'fastify'
import type { ApiError } from '../../catalog/api-error.js'
import { formatField, formatPointer, type Issue, type IssueCode } from '../../catalog/issues.js'
import { specificMessages, specificPhrases } from '../../catalog/specific-messages.js'
import { codeForStatus, type StandardCode } from '../../catalog/standard-errors.js'
import { getIntendedStatus } from '../error-status.js'
import type { NamedConstraint, TranslateContext, Translator } from '../translator.js'
import { getValidationMessage, isValidationCode, toValidationCode } from '../validation/validation-status.js'
import { maxIssues } from '../validation/validation.js'
import { isObject, type ReadonlyJsonObject } from '../../support/is-object.js'

/** A kind of database failure, the same for all databases. */
export type DatabaseFailure =
  | 'unique'
  | 'overlap'
  | 'unknown_reference'
  | 'still_referenced'
  | 'missing'
  | 'check'
  | 'too_long'
  | 'out_of_range'
  | 'malformed'
  | 'no_row'
  | 'concurrent'
  | 'unavailable'
  | 'fault'

/** The response to a failure. */
export interface FailureResponse {
  readonly code: StandardCode
  /** A message that replaces the message of the code, if that is too general. */
  readonly message?: string
  /**
   * The issue, if the failure concerns fields. It has one message for a field, and another for the body if the database
   * reports no field.
   */
  readonly issue?: { readonly code: IssueCode, readonly ofField: string, readonly ofBody: string }
}

/** The response to each failure. */
export const databaseFailures: Readonly<Record<DatabaseFailure, FailureResponse>> = {
  unique: {
    code: 'resource_already_exists',
    issue: { code: 'unique', ofField: 'is already in use', ofBody: specificPhrases.body_in_use }
  },
  overlap: { code: 'resource_conflict', message: specificMessages.record_overlap },
  unknown_reference: {
    code: 'validation_error',
    issue: { code: 'invalid', ofField: specificPhrases.unknown_reference, ofBody: specificPhrases.unknown_reference }
  },
  still_referenced: { code: 'resource_conflict', message: specificMessages.still_referenced },
  missing: {
    code: 'missing_required_field',
    issue: { code: 'required', ofField: 'is required', ofBody: specificPhrases.body_required }
  },
  check: {
    code: 'validation_error',
    issue: { code: 'invalid', ofField: 'is invalid', ofBody: specificPhrases.body_invalid }
  },
  too_long: {
    code: 'validation_error',
    issue: { code: 'max_length', ofField: specificPhrases.too_long, ofBody: specificPhrases.body_too_long }
  },
  out_of_range: {
    code: 'validation_error',
    issue: { code: 'invalid', ofField: specificPhrases.out_of_range, ofBody: specificPhrases.body_out_of_range }
  },
  malformed: {
    code: 'validation_error',
    issue: { code: 'invalid', ofField: 'is invalid', ofBody: specificPhrases.body_invalid }
  },
  no_row: { code: 'resource_not_found' },
  concurrent: { code: 'concurrent_modification' },
  unavailable: { code: 'service_unavailable' },
  fault: { code: 'internal_error' }
}

/** The details of a failure that a translator reads from an error. */
export interface FailureDetails {
  readonly failure: DatabaseFailure
  /** The invalid columns, if the database reports them. */
  readonly columns?: readonly string[] | undefined
  /**
   * A column that is known only from the name of a constraint. It is ignored if the body has no field with this name.
   */
  readonly likelyColumn?: string | undefined
  /** The name of the constraint, for the `database` option. */
  readonly constraint?: string | undefined
  /** Issues that replace those of the failure. */
  readonly issues?: readonly Issue[]
  /** Returns whether the error is about a parameter of the URL with this value and name. */
  readonly rejects?: (value: string, name: string) => boolean
}

/** Reads an error of one source. Returns `undefined` for any other error. */
export type ReadError = (
  error: Readonly<Record<string, unknown>>,
  request: FastifyRequest
) => FailureDetails | undefined

/**
 * Returns the translator of one source. It uses the innermost known error in the chain of causes, because a pool
 * timeout may hide a wrong password.
 */
export function databaseTranslator (name: string, read: ReadError): Translator {
  return {
    name,
    translate (error, context) {
      const { errors, request } = context
      const status = isObject(error) ? getOwnStatus(error, request) : undefined
      // The application set the status, but did not write the message of the database.
      if (status !== undefined) {
        return read(error as ReadonlyJsonObject, request) &&
          errors[codeForStatus(status) as 'resource_conflict']({ cause: error })
      }
      let found: FailureDetails | undefined
      let current = error
      for (
        let depth = 0; depth < maxDepth && isObject(current) && getOwnStatus(current, request) === undefined; depth++
      ) {
        found = read(current, request) ?? found
        // `cause`, or the property of Sequelize, TypeORM or Objection
        current = current.cause ?? current.original ?? current.driverError ?? current.nativeError
      }
      return found === undefined ? undefined : createDatabaseError(found, error, context)
    }
  }
}

/**
 * Returns the status that the application set on an error. A 500 does not count, because the cause has more
 * information.
 */
function getOwnStatus (error: ReadonlyJsonObject, request: FastifyRequest): number | undefined {
  const status = getIntendedStatus(error, request)
  return status === 500 ? undefined : status
}

const maxDepth = 8

/**
 * The failures that concern a single value. The value comes from the URL if the error has the value of a parameter, or
 * if the body is absent or empty.
 */
const valueFailures: ReadonlySet<DatabaseFailure> = new Set(['too_long', 'out_of_range', 'malformed'])

/** The methods whose handlers read no body, unless the route has a schema for it. */
const withoutBody: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD'])

/** Returns whether a request has values in its body, which a handler can also read as a stream. */
function hasBodyValues ({ body, headers, method, routeOptions }: FastifyRequest): boolean {
  if (withoutBody.has(method) && routeOptions.schema?.body === undefined) return false
  if (body === undefined || body === null) {
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  }
  return isObject(body) ? Object.keys(body).length > 0 : body !== ''
}

/**
 * Returns a function for {@link FailureDetails.rejects}. It rejects invalid values of parameters whose name ends with
 * `id`.
 */
export function createKeyTest (format: RegExp): (value: string, name: string) => boolean {
  return (value, name) => /id$/i.test(name) && !format.test(value)
}

function isOfParameter ({ rejects }: FailureDetails, { params, query }: FastifyRequest): boolean {
  return rejects !== undefined &&
    Object.entries({ ...query as object, ...params as object }).some(([name, value]) =>
      value !== '' && rejects(String(value), name)
    )
}

function createDatabaseError (
  reading: FailureDetails,
  cause: unknown,
  { errors, request, database, validationStatus }: TranslateContext
): ApiError {
  const { failure, constraint } = reading
  if (valueFailures.has(failure) && (!hasBodyValues(request) || isOfParameter(reading, request))) {
    return errors.invalid_parameter({ cause })
  }
  const { code, message } = databaseFailures[failure]
  const named = constraint !== undefined && Object.hasOwn(database?.constraints ?? {}, constraint)
    ? database?.constraints?.[constraint]
    : undefined
  const sentence =
    (failure === 'still_referenced' ? named?.onDelete : failure === 'missing' ? undefined : named?.message) ?? message
  const issues = reading.issues ??
    listPaths(reading, named, request).flatMap(path => createFailureIssues(path, failure))
  const [codeOfStatus, ofStatus] = isValidationCode(code)
    ? [toValidationCode(code, validationStatus), getValidationMessage(code, errors, validationStatus)]
    : [code, {}]
  return errors[codeOfStatus]({
    cause,
    ...ofStatus,
    ...(sentence !== undefined && { message: sentence }),
    ...(issues.length > 0 && { issues })
  })
}

/** Returns the issue of a failure for a path; none if the failure does not concern fields. */
export function createFailureIssues (path: readonly string[], failure: DatabaseFailure): Issue[] {
  const { issue } = databaseFailures[failure]
  if (issue === undefined) return []
  return [{
    in: 'body',
    field: formatField(path),
    pointer: formatPointer(path),
    code: issue.code,
    message: path.length === 0 ? issue.ofBody : issue.ofField
  }]
}

function listPaths (
  { columns, likelyColumn }: FailureDetails,
  named: NamedConstraint | undefined,
  { body }: FastifyRequest
): readonly string[][] {
  if (named?.field !== undefined) return [named.field.split('.')]
  if (columns !== undefined && columns.length > 0) return columns.map(column => column.split('.'))
  return likelyColumn === undefined || (isObject(body) && !Object.hasOwn(body, likelyColumn)) ? [[]] : [[likelyColumn]]
}

/**
 * Returns the failure of a foreign key if the error does not show which side was changed. A DELETE request is treated
 * as a deletion, and any other request as a write.
 */
export function foreignKeyFailure ({ method }: FastifyRequest): DatabaseFailure {
  return method === 'DELETE' ? 'still_referenced' : 'unknown_reference'
}

/** Returns the failure of a model that an object mapper rejected before it called the database. */
export function createValidationFailure (issues: readonly Issue[]): FailureDetails {
  const missing = issues.length > 0 && issues.every(({ code }) => code === 'required')
  return { failure: missing ? 'missing' : 'check', issues: issues.slice(0, maxIssues) }
}

/** Node's codes for a connection that failed or was lost. */
export const connectionErrors: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN',
  'ENOTFOUND', 'EAI_AGAIN', 'ENOENT'
])

/** Returns a property if it is a non-empty string. */
export function findSentence (value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
