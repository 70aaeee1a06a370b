/** Translates errors of SQLite by their result codes. */
import type { FastifyRequest } from 'fastify'
import {
  databaseTranslator,
  foreignKeyFailure,
  findSentence,
  type DatabaseFailure,
  type FailureDetails
} from './database-failures.js'
import type { Translator } from '../translator.js'

/** A result code of SQLite, as a name (better-sqlite3) and as a number (node:sqlite). */
export interface SqliteError {
  readonly number: number
  readonly failure: DatabaseFailure | 'foreign_key' | 'trigger'
}

/**
 * The result codes of SQLite that a request or an outage can cause (sqlite.org/rescode.html). Any other code, such as
 * for invalid SQL, a missing table or a damaged file, indicates a bug.
 */
export const sqliteErrors: Readonly<Record<string, SqliteError>> = {
  SQLITE_CONSTRAINT_UNIQUE: { number: 2067, failure: 'unique' },
  SQLITE_CONSTRAINT_PRIMARYKEY: { number: 1555, failure: 'unique' },
  SQLITE_CONSTRAINT_ROWID: { number: 2579, failure: 'unique' },
  SQLITE_CONSTRAINT_FOREIGNKEY: { number: 787, failure: 'foreign_key' },
  SQLITE_CONSTRAINT_TRIGGER: { number: 1811, failure: 'trigger' },
  SQLITE_CONSTRAINT_NOTNULL: { number: 1299, failure: 'missing' },
  SQLITE_CONSTRAINT_CHECK: { number: 275, failure: 'check' },
  SQLITE_CONSTRAINT_DATATYPE: { number: 3091, failure: 'malformed' },
  SQLITE_MISMATCH: { number: 20, failure: 'malformed' },
  SQLITE_TOOBIG: { number: 18, failure: 'too_long' },
  SQLITE_BUSY_SNAPSHOT: { number: 517, failure: 'concurrent' },
  SQLITE_BUSY: { number: 5, failure: 'unavailable' },
  SQLITE_BUSY_RECOVERY: { number: 261, failure: 'unavailable' },
  SQLITE_BUSY_TIMEOUT: { number: 773, failure: 'unavailable' },
  SQLITE_LOCKED: { number: 6, failure: 'unavailable' },
  SQLITE_LOCKED_SHAREDCACHE: { number: 262, failure: 'unavailable' },
  SQLITE_INTERRUPT: { number: 9, failure: 'unavailable' },
  SQLITE_NOMEM: { number: 7, failure: 'unavailable' },
  SQLITE_FULL: { number: 13, failure: 'unavailable' },
  SQLITE_PROTOCOL: { number: 15, failure: 'unavailable' }
}

const nameOfNumber: ReadonlyMap<unknown, string> = new Map(
  Object.entries(sqliteErrors).map(([name, { number }]) => [number, name])
)

/** Translates errors of SQLite from better-sqlite3, sqlite3 and node:sqlite. */
export const sqliteTranslator: Translator = databaseTranslator('sqlite', ({ code, errcode, message }, request) => {
  if (typeof code !== 'string') return undefined
  if (code === 'ERR_SQLITE_ERROR') {
    return readSqlite(nameOfNumber.get(errcode) ?? '', findSentence(message) ?? '', request)
  }
  return code.startsWith('SQLITE_') ? readSqlite(code, findSentence(message) ?? '', request) : undefined
})

/**
 * The messages of SQLite, which are not translated. Knex puts the statement and its values before the message, so the
 * last match counts: a value can contain the same words.
 */
const violation = /^.*(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: (.+))?$/s
const wrongType = /^.*cannot store \w+ value in \w+ column (.+)$/s

/** Reads an error. */
export function readSqlite (code: string, message: string, request: FastifyRequest): FailureDetails {
  const [, kind, name] = violation.exec(message) ?? []
  const wrong = wrongType.exec(message)?.[1]
  // The driver sqlite3 reports only this code for each constraint.
  const fullCode = code === 'SQLITE_CONSTRAINT'
    ? `${code}_${kind?.replace(' ', '') ?? (wrong === undefined ? 'TRIGGER' : 'DATATYPE')}`
    : code
  const failure = sqliteErrors[fullCode]?.failure ?? 'fault'
  switch (failure) {
    case 'unique':
      // For an expression index, the message has the name of the index instead of columns: index 'users_lower'.
      if (name?.startsWith("index '") === true) return { failure, constraint: name.slice(7, -1) }
      return { failure, constraint: name, columns: readColumns(name) }
    case 'missing':
      return { failure, constraint: name, columns: readColumns(name) }
    case 'check':
      // A check without a name is identified by its expression.
      return { failure, constraint: name }
    case 'malformed':
      return { failure, columns: readColumns(wrong) }
    case 'foreign_key':
      return { failure: foreignKeyFailure(request) }
    case 'trigger':
      // RESTRICT is implemented as a trigger, with the message of a foreign key. A trigger of the application can have
      // any message.
      return { failure: kind === 'FOREIGN KEY' ? 'still_referenced' : 'check' }
    default:
      return { failure }
  }
}

/** Returns the columns of `users.org, users.name`. */
function readColumns (list: string | undefined): readonly string[] {
  return list === undefined ? [] : list.split(', ').map(name => name.slice(name.lastIndexOf('.') + 1))
}
