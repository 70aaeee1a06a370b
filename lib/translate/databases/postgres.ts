/** Translates errors of Postgres by their SQLSTATE. */
import {
  connectionErrors,
  databaseTranslator,
  findSentence,
  type DatabaseFailure,
  type FailureDetails
} from './database-failures.js'
import type { Translator } from '../translator.js'

/**
 * The SQLSTATEs of Postgres that a request or an outage can cause, and SQLSTATE classes by their first two characters
 * (Postgres manual, appendix A). Any other SQLSTATE, such as for a wrong password, invalid SQL or a missing table,
 * indicates a bug.
 */
export const sqlStates: Readonly<Record<string, DatabaseFailure>> = {
  23001: 'still_referenced', // restrict_violation
  23502: 'missing', // not_null_violation
  23503: 'unknown_reference', // foreign_key_violation; for a deletion: still_referenced
  23505: 'unique', // unique_violation
  23514: 'check', // check_violation
  '23P01': 'overlap', // exclusion_violation
  22001: 'too_long', // string_data_right_truncation
  22003: 'out_of_range', // numeric_value_out_of_range
  22007: 'malformed', // invalid_datetime_format
  22008: 'out_of_range', // datetime_field_overflow
  22015: 'out_of_range', // interval_field_overflow
  22018: 'malformed', // invalid_character_value_for_cast
  22021: 'malformed', // character_not_in_repertoire
  22026: 'too_long', // string_data_length_mismatch
  22030: 'malformed', // duplicate_json_object_key_value
  22032: 'malformed', // invalid_json_text
  '22P02': 'malformed', // invalid_text_representation
  '22P03': 'malformed', // invalid_binary_representation
  '22P05': 'malformed', // untranslatable_character
  40000: 'concurrent', // transaction_rollback
  40001: 'concurrent', // serialization_failure
  '40P01': 'concurrent', // deadlock_detected
  '08': 'unavailable', // connection exceptions
  53: 'unavailable', // insufficient resources, too many connections
  '25P03': 'unavailable', // idle_in_transaction_session_timeout
  '25P04': 'unavailable', // transaction_timeout
  '55P03': 'unavailable', // lock_not_available
  57014: 'unavailable', // query_canceled
  '57P01': 'unavailable', // admin_shutdown
  '57P02': 'unavailable', // crash_shutdown
  '57P03': 'unavailable', // cannot_connect_now
  '57P05': 'unavailable' // idle_session_timeout
}

/**
 * The drivers' messages for an unavailable connection. These errors have no code. Knex puts the statement and a dash
 * before the message.
 */
export const driverMessages: ReadonlySet<string> = new Set([
  'timeout exceeded when trying to connect', 'Connection terminated due to connection timeout',
  'Connection terminated unexpectedly', 'Connection terminated', 'Query read timeout',
  'Client has encountered a connection error and is not queryable', 'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool', 'PGlite is closed'
])

/** The codes of postgres.js for an unavailable connection. */
export const driverCodes: ReadonlySet<unknown> = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT'
])

/** The fields of a server error, with the names of the protocol. */
export interface PostgresError {
  readonly code: string
  readonly message?: string | undefined
  readonly detail?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
  readonly constraint?: string | undefined
}

/** Translates errors of Postgres from pg, postgres.js, PGlite and other drivers. */
export const postgresTranslator: Translator = databaseTranslator('postgres', error => {
  const { code, message, severity } = error
  if (typeof severity === 'string' && typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
    return readPostgres({
      code,
      message: findSentence(message),
      detail: findSentence(error.detail),
      table: findSentence(error.table) ?? findSentence(error.table_name),
      column: findSentence(error.column) ?? findSentence(error.column_name),
      constraint: findSentence(error.constraint) ?? findSentence(error.constraint_name)
    })
  }
  return isLostConnection(error) ? { failure: 'unavailable' } : undefined
})

/** Reads an error of the server. */
export function readPostgres (
  { code, message = '', detail = '', table, column, constraint }: PostgresError
): FailureDetails {
  const failure = sqlStates[code] ?? sqlStates[code.slice(0, 2)] ?? 'fault'
  switch (failure) {
    case 'unique':
      return { failure, constraint, columns: keyColumns(detail), likelyColumn: columnIn(constraint, table, 'key') }
    case 'unknown_reference': {
      const names = quotedNames(message)
      if (isDeletion(names, constraint)) return { failure: 'still_referenced', constraint }
      return {
        failure,
        constraint,
        columns: keyColumns(detail),
        likelyColumn: columnIn(constraint, table ?? names[0], 'fkey')
      }
    }
    case 'missing':
      return { failure, constraint, columns: column === undefined ? [] : [column] }
    case 'check': {
      const names = quotedNames(message)
      const check = constraint ?? names.at(-1)
      return { failure, constraint: check, likelyColumn: columnIn(check, table ?? names[0], 'check') }
    }
    default:
      return { failure, constraint, rejects: value => value.includes('\0') || quotedNames(message).includes(value) }
  }
}

/**
 * Returns the columns of `Key (org_id, name)=(1, x) already exists.` The names precede the values, and this part has
 * the same form in all of Postgres's translations. Returns none if an expression is indexed.
 */
function keyColumns (detail: string): readonly string[] {
  const list = /^[^(]*\(((?:"[^"]+"|[^"(),]+)(?:, (?:"[^"]+"|[^"(),]+))*)\)=\(/.exec(detail)?.[1]
  return list === undefined ? [] : list.split(', ').map(name => name.replaceAll('"', ''))
}

/** Returns the names in a message. In every language, only names are in quotes. A table precedes its constraint. */
function quotedNames (message: string): readonly string[] {
  return [...message.matchAll(/["«»„“”「」『』]\s?([^"«»„“”「」『』]+?)\s?["«»„“”「」『』]/g)].map(([, name]) =>
    name as string
  )
}

/**
 * Returns whether a foreign key failed because of a deletion. Postgres has one SQLSTATE for writing an unknown
 * reference and for deleting a referenced record. In all translations, the message for the write contains a table and
 * the constraint. The message for the deletion also contains the other table: after the constraint, or before it in
 * Japanese and Chinese.
 */
function isDeletion (names: readonly string[], constraint: string | undefined): boolean {
  return names.at(-1) === constraint ? names.length === 3 : names.length > 0
}

/** Returns the column in a default constraint name of Postgres: `users_email_key` for the table `users`. */
function columnIn (constraint: string | undefined, table: string | undefined, suffix: string): string | undefined {
  const start = `${table}_`
  const end = `_${suffix}`
  if (constraint === undefined || !constraint.startsWith(start) || !constraint.endsWith(end)) return undefined
  return findSentence(constraint.slice(start.length, -end.length))
}

function isLostConnection (error: Readonly<Record<string, unknown>>): boolean {
  const { code, message } = error
  if (typeof message !== 'string') return false
  const dash = message.lastIndexOf(' - ')
  if (driverMessages.has(dash === -1 ? message : message.slice(dash + 3))) return true
  if (driverCodes.has(code)) return true
  return (connectionErrors.has(code) || message === 'timeout expired') && isFromDriver(error)
}

/**
 * Returns whether a socket error of Node came from a Postgres driver. Drivers and HTTP clients pass on such errors
 * unchanged. A driver's error is recognized by the driver's additions: the query (postgres.js), or its own file as the
 * first frame of the stack (pg). It is also recognized by the target of the connection: the socket or the registered
 * port of Postgres.
 */
function isFromDriver (error: Readonly<Record<string, unknown>>): boolean {
  const { address, port, stack } = error
  return port === 5432 ||
    (typeof address === 'string' && /\/\.s\.PGSQL\.\d+$/.test(address)) ||
    ('query' in error && 'parameters' in error && 'types' in error) ||
    (typeof stack === 'string' && /^[^\n]*\n +at [^\n]*[\\/]node_modules[\\/]pg(?:-pool)?[\\/]/.test(stack))
}
