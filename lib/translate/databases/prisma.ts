/** Translates errors of Prisma by their codes. */
import type { FastifyRequest } from 'fastify'
import {
  databaseTranslator,
  foreignKeyFailure,
  findSentence,
  createKeyTest,
  type DatabaseFailure,
  type FailureDetails
} from './database-failures.js'
import { mysqlErrors, readMysql } from './mysql.js'
import { readPostgres } from './postgres.js'
import { readSqlite } from './sqlite.js'
import type { Translator } from '../translator.js'
import { isObject } from '../../support/is-object.js'

/**
 * The codes of Prisma that a request or an outage can cause (Prisma's error reference). Any other code, such as for a
 * missing table or a wrong password, indicates a bug.
 */
export const prismaCodes: Readonly<Record<string, DatabaseFailure | 'foreign_key'>> = {
  P2002: 'unique',
  P2003: 'foreign_key',
  P2014: 'still_referenced', // a required relation would be violated
  P2011: 'missing',
  P2012: 'missing',
  P2004: 'check',
  P2000: 'too_long',
  P2020: 'out_of_range',
  P2005: 'malformed',
  P2006: 'malformed',
  P2007: 'malformed',
  P2033: 'out_of_range', // a number with more than 64 bits
  P2001: 'no_row',
  P2015: 'no_row',
  P2017: 'no_row', // a record is not related
  P2018: 'no_row',
  P2025: 'no_row',
  P2034: 'concurrent',
  P1001: 'unavailable', // unreachable
  P1002: 'unavailable', // timed out
  P1008: 'unavailable', // operations timed out
  P1017: 'unavailable', // connection closed
  P2024: 'unavailable', // pool timed out
  P2028: 'unavailable', // transaction timed out
  P2037: 'unavailable' // too many connections
}

/**
 * The messages of driver adapters for errors that the database did not report. For raw queries, Prisma has only one
 * code.
 */
export const adapterKinds: Readonly<Record<string, DatabaseFailure | 'foreign_key'>> = {
  UniqueConstraintViolation: 'unique',
  ForeignKeyConstraintViolation: 'foreign_key',
  RestrictViolation: 'still_referenced',
  NullConstraintViolation: 'missing',
  LengthMismatch: 'too_long',
  ValueOutOfRange: 'out_of_range',
  InvalidInputValue: 'malformed',
  TransactionWriteConflict: 'concurrent',
  DatabaseNotReachable: 'unavailable',
  ConnectionClosed: 'unavailable',
  SocketTimeout: 'unavailable',
  TooManyConnections: 'unavailable'
}

/**
 * Translates errors of Prisma. If the driver adapter passes on the database's error, that error is used, because it has
 * more information than Prisma's code.
 */
export const prismaTranslator: Translator = databaseTranslator('prisma', (error, request) => {
  const { name, code, meta, message } = error
  if (typeof name !== 'string' || !name.startsWith('PrismaClient')) return undefined
  const adapter = isObject(meta) && isObject(meta.driverAdapterError) && isObject(meta.driverAdapterError.cause)
    ? meta.driverAdapterError.cause
    : {}
  const original = readOriginal(adapter, request)
  if (original !== undefined) return original
  const failure = adapterKinds[String(adapter.kind)] ??
    (code === 'P2023' && malformedKey.test(String(message)) ? 'malformed' : prismaCodes[String(code)]) ?? 'fault'
  return {
    failure: failure === 'foreign_key' ? foreignKeyFailure(request) : failure,
    ...readConstraint(adapter),
    ...(code === 'P2023' && { rejects: createKeyTest(validKey) })
  }
})

/**
 * The messages of P2023 for a value of a request. Other messages of P2023 are about a record that does not match the
 * Prisma schema.
 */
const malformedKey = /Malformed ObjectID|Error creating UUID/

const validKey = /^(?:[\da-f]{24}|[\da-f]{8}(?:-?[\da-f]{4}){4}[\da-f]{8})$/i

/** Reads the database's error: Postgres by SQLSTATE, MySQL by number, SQLite by the name of the result code. */
function readOriginal (
  adapter: Readonly<Record<string, unknown>>,
  request: FastifyRequest
): FailureDetails | undefined {
  const code = findSentence(adapter.originalCode)
  const message = findSentence(adapter.originalMessage) ?? ''
  if (code === undefined) return undefined
  if (code.startsWith('SQLITE_')) return readSqlite(code, message, request)
  if (Object.hasOwn(mysqlErrors, code)) {
    return readMysql({ errno: Number(code), sqlState: findSentence(adapter.state) ?? '', message })
  }
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined
  return readPostgres({
    code,
    message,
    table: findSentence(adapter.table),
    column: findSentence(adapter.column),
    detail: findSentence(adapter.detail),
    ...readConstraint(adapter)
  })
}

function readConstraint (
  { constraint }: Readonly<Record<string, unknown>>
): { readonly columns?: readonly string[], readonly constraint?: string | undefined } {
  if (!isObject(constraint)) return {}
  return Array.isArray(constraint.fields)
    ? { columns: constraint.fields.map(String) }
    : { constraint: findSentence(constraint.index) }
}
