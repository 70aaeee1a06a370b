/** Translates errors of MySQL and MariaDB by their error numbers. */
import {
  connectionErrors,
  databaseTranslator,
  findSentence,
  type DatabaseFailure,
  type FailureDetails
} from './database-failures.js'
import type { Translator } from '../translator.js'

/** The failure of an error number, and the kind of name in the message. */
export interface MysqlError {
  readonly failure: DatabaseFailure
  /** The required SQLSTATE, because MySQL and MariaDB use some numbers for different errors. */
  readonly sqlState?: string
  /** The kind of name in the message: a column, a column after a value, a key after a value, or a constraint. */
  readonly names?: 'column' | 'column_at_row' | 'key' | 'constraint' | 'foreign_key'
}

/**
 * The error numbers of MySQL and MariaDB that a request or an outage can cause. Any other number, such as for a wrong
 * password, invalid SQL or a missing table, indicates a bug. Drivers derive `code` from the number with different
 * tables, so the number is used.
 */
export const mysqlErrors: Readonly<Record<number, MysqlError>> = {
  1022: { failure: 'unique' }, // ER_DUP_KEY
  1062: { failure: 'unique', names: 'key' }, // ER_DUP_ENTRY
  1169: { failure: 'unique' }, // ER_DUP_UNIQUE
  1586: { failure: 'unique', names: 'key' }, // ER_DUP_ENTRY_WITH_KEY_NAME
  1216: { failure: 'unknown_reference' }, // ER_NO_REFERENCED_ROW
  1452: { failure: 'unknown_reference', names: 'foreign_key' }, // ER_NO_REFERENCED_ROW_2
  1217: { failure: 'still_referenced' }, // ER_ROW_IS_REFERENCED
  1451: { failure: 'still_referenced', names: 'foreign_key' }, // ER_ROW_IS_REFERENCED_2
  1048: { failure: 'missing', names: 'column' }, // ER_BAD_NULL_ERROR
  1364: { failure: 'missing', names: 'column' }, // ER_NO_DEFAULT_FOR_FIELD
  3819: { failure: 'check', names: 'constraint' }, // MySQL: ER_CHECK_CONSTRAINT_VIOLATED
  4025: { failure: 'check', sqlState: '23000', names: 'constraint' }, // MariaDB: ER_CONSTRAINT_FAILED
  1406: { failure: 'too_long', names: 'column' }, // ER_DATA_TOO_LONG
  1264: { failure: 'out_of_range', names: 'column' }, // ER_WARN_DATA_OUT_OF_RANGE
  1690: { failure: 'out_of_range' }, // ER_DATA_OUT_OF_RANGE
  1265: { failure: 'malformed', names: 'column' }, // WARN_DATA_TRUNCATED
  1292: { failure: 'malformed', names: 'column_at_row' }, // ER_TRUNCATED_WRONG_VALUE
  1300: { failure: 'malformed' }, // ER_INVALID_CHARACTER_STRING
  1366: { failure: 'malformed', names: 'column_at_row' }, // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
  1411: { failure: 'malformed' }, // ER_WRONG_VALUE_FOR_TYPE
  3140: { failure: 'malformed' }, // MySQL: ER_INVALID_JSON_TEXT
  1020: { failure: 'concurrent' }, // ER_CHECKREAD
  1213: { failure: 'concurrent' }, // ER_LOCK_DEADLOCK
  1614: { failure: 'concurrent' }, // ER_XA_RBDEADLOCK
  1021: { failure: 'unavailable' }, // ER_DISK_FULL
  1037: { failure: 'unavailable' }, // ER_OUTOFMEMORY
  1040: { failure: 'unavailable' }, // ER_CON_COUNT_ERROR
  1041: { failure: 'unavailable' }, // ER_OUT_OF_RESOURCES
  1053: { failure: 'unavailable' }, // ER_SERVER_SHUTDOWN
  1158: { failure: 'unavailable' }, // ER_NET_READ_ERROR
  1159: { failure: 'unavailable' }, // ER_NET_READ_INTERRUPTED
  1160: { failure: 'unavailable' }, // ER_NET_ERROR_ON_WRITE
  1161: { failure: 'unavailable' }, // ER_NET_WRITE_INTERRUPTED
  1203: { failure: 'unavailable' }, // ER_TOO_MANY_USER_CONNECTIONS
  1205: { failure: 'unavailable' }, // ER_LOCK_WAIT_TIMEOUT
  1226: { failure: 'unavailable' }, // ER_USER_LIMIT_REACHED
  1317: { failure: 'unavailable' }, // ER_QUERY_INTERRUPTED
  1927: { failure: 'unavailable' }, // MariaDB: ER_CONNECTION_KILLED
  1969: { failure: 'unavailable' }, // MariaDB: ER_STATEMENT_TIMEOUT
  3024: { failure: 'unavailable' }, // MySQL: ER_QUERY_TIMEOUT
  3572: { failure: 'unavailable' }, // MySQL: ER_LOCK_NOWAIT
  4031: { failure: 'unavailable' }, // MySQL: ER_CLIENT_INTERACTION_TIMEOUT
  // Numbers of the mariadb driver for an unavailable connection.
  45001: { failure: 'unavailable' }, // ER_CONNECTION_ALREADY_CLOSED
  45004: { failure: 'unavailable' }, // ER_CMD_NOT_EXECUTED_DESTROYED
  45009: { failure: 'unavailable' }, // ER_SOCKET_UNEXPECTED_CLOSE
  45012: { failure: 'unavailable' }, // ER_CONNECTION_TIMEOUT
  45013: { failure: 'unavailable' }, // ER_CMD_CONNECTION_CLOSED
  45019: { failure: 'unavailable' }, // ER_SOCKET
  45026: { failure: 'unavailable' }, // ER_SOCKET_TIMEOUT
  45027: { failure: 'unavailable' }, // ER_POOL_ALREADY_CLOSED
  45028: { failure: 'unavailable' }, // ER_GET_CONNECTION_TIMEOUT
  45035: { failure: 'unavailable' }, // ER_ADD_CONNECTION_CLOSED_POOL
  45037: { failure: 'unavailable' }, // ER_CLOSING_POOL
  45042: { failure: 'unavailable' }, // ER_PING_TIMEOUT
  45061: { failure: 'unavailable' } // ER_POOL_NO_CONNECTION
}

/** The messages of mysql2 for an unavailable connection. These errors have no number. */
export const driverMessages: ReadonlySet<unknown> = new Set([
  'No connections available.',
  'Queue limit reached.',
  'Pool is closed.',
  "Can't add new command when connection is in closed state"
])

/** Translates errors of MySQL and MariaDB from mysql2 and mariadb. */
export const mysqlTranslator: Translator = databaseTranslator('mysql', error => {
  const { errno, sqlState, code, fatal, message } = error
  if (code === 'PROTOCOL_CONNECTION_LOST' || code === 'PROTOCOL_SEQUENCE_TIMEOUT' || driverMessages.has(message)) {
    return { failure: 'unavailable' }
  }
  // Both drivers mark a socket error as fatal and otherwise pass on Node's error.
  if (fatal === true && connectionErrors.has(code)) return { failure: 'unavailable' }
  if (typeof errno !== 'number' || typeof sqlState !== 'string') return undefined
  return readMysql({ errno, sqlState, message: findSentence(error.sqlMessage) ?? '' })
})

/** Reads an error of the server or of the mariadb driver. */
export function readMysql (
  { errno, sqlState, message }: { readonly errno: number, readonly sqlState: string, readonly message: string }
): FailureDetails {
  const known = mysqlErrors[errno]
  if (known === undefined || (known.sqlState ?? sqlState) !== sqlState) return { failure: 'fault' }
  const { failure, names } = known
  const [, name, column] = names === undefined ? [] : namePatterns[names].exec(message) ?? []
  switch (names) {
    case 'column':
    case 'column_at_row':
      return { failure, columns: readColumns(name) }
    case 'key':
    case 'constraint': {
      const constraint = name?.split('.').at(-1) // the table may precede it
      return { failure, constraint, likelyColumn: constraint === 'PRIMARY' ? undefined : constraint }
    }
    case 'foreign_key':
      return { failure, constraint: name, columns: readColumns(column) }
    default:
      return { failure }
  }
}

/**
 * The position of the name in a message, also in MariaDB's translations. A value from the request cannot match as a
 * name. The name of a key is the last quoted string, and a value is followed by a quote, never by the row.
 */
const namePatterns: Readonly<Record<NonNullable<MysqlError['names']>, RegExp>> = {
  column: /'([^']+)'/,
  column_at_row: /[`']([^`']+)[`'] at row \d+$/,
  key: /'([^']*)'[^']*$/,
  constraint: /[`']([^`']+)[`']/,
  foreign_key: /CONSTRAINT `([^`]+)` FOREIGN KEY \(`([^`]+)`/
}

function readColumns (name: string | undefined): readonly string[] {
  return name === undefined ? [] : [name]
}
