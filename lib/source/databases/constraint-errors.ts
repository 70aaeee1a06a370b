/** Lists the errors of a query: violated constraints, and values that the database rejects. */
import { Constraints, describeLookup, normalizeName, type Column, type Table } from './constraints.js'
import { externalError, httpError } from '../error-values.js'
import { areDefined, isFreeText, isNullish, isUrlParameter } from '../interpreter/compare-values.js'
import { validated, type LibraryContext } from '../library-context.js'
import { isRandom, isStored, type ObjectValue, type Query, type Value, type Values } from '../values.js'

/**
 * A failure of a query: a violated constraint, a missing or malformed value of a column, or a value that cannot be
 * compared with a column.
 */
type Failure = 'unique' | 'foreign' | 'missing' | 'malformed' | 'compared'

/** The properties of an error. A property is `undefined` if the error does not have it. */
type ErrorFields = Readonly<Record<string, string | number | undefined>>

/** The properties of the errors of each driver. A `catch` of the application can test them. */
const errorFields: Readonly<Record<string, Readonly<Partial<Record<Failure, ErrorFields>>>>> = {
  postgres: {
    unique: { code: '23505' },
    foreign: { code: '23503' },
    missing: { code: '23502' },
    malformed: { code: '22P02' },
    compared: { code: '22P02' }
  },
  mysql: {
    unique: { code: 'ER_DUP_ENTRY' },
    foreign: { code: 'ER_NO_REFERENCED_ROW_2' },
    missing: { code: 'ER_BAD_NULL_ERROR' },
    malformed: { code: 'ER_DATA_TOO_LONG' }
  },
  sqlite: {
    unique: { code: 'SQLITE_CONSTRAINT_UNIQUE' },
    foreign: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' },
    missing: { code: 'SQLITE_CONSTRAINT_NOTNULL' }
  },
  prisma: { unique: { code: 'P2002' }, foreign: { code: 'P2003' }, compared: { code: 'P2023' } },
  sequelize: {
    unique: { name: 'SequelizeUniqueConstraintError' },
    foreign: { name: 'SequelizeForeignKeyConstraintError' },
    missing: { name: 'SequelizeValidationError' },
    malformed: { name: 'SequelizeDatabaseError' }
  },
  objection: {
    unique: { name: 'UniqueViolationError' },
    foreign: { name: 'ForeignKeyViolationError' },
    compared: { name: 'DataError' }
  },
  typeorm: {
    unique: { name: 'QueryFailedError' },
    foreign: { name: 'QueryFailedError' },
    missing: { name: 'QueryFailedError' },
    compared: { name: 'QueryFailedError' }
  },
  mongoose: {
    unique: { name: 'MongoServerError', code: 11000 },
    missing: { name: 'ValidationError', code: undefined },
    malformed: { name: 'ValidationError', code: undefined },
    compared: { name: 'CastError', code: undefined }
  }
}

/** The dialects of SQL, by the package of the driver. */
export const dialects: Readonly<Record<string, string>> = {
  pg: 'postgres',
  'pg-pool': 'postgres',
  postgres: 'postgres',
  '@electric-sql/pglite': 'postgres',
  '@fastify/postgres': 'postgres',
  mysql2: 'mysql',
  mysql: 'mysql',
  mariadb: 'mysql',
  '@fastify/mysql': 'mysql',
  'better-sqlite3': 'sqlite',
  sqlite: 'sqlite',
  sqlite3: 'sqlite'
}

/**
 * A query, the errors of its driver and the table that it uses. The table is `undefined` if its constraints are
 * unknown.
 */
interface CheckedQuery {
  readonly query: Query
  readonly name: string
  readonly table: Table | undefined
  readonly getFields: (failure: Failure) => ErrorFields
}

/**
 * Returns the errors of a query, and records the tables that it reads and writes.
 *
 * @param written the tables to which the application adds records. The table of an `insert` is added.
 */
export function listQueryErrors (
  machine: LibraryContext,
  constraints: Constraints,
  written: Set<string>,
  query: Query
): ObjectValue[] {
  if (query.table === undefined) return []
  const name = normalizeName(query.table)
  const table = constraints.find(name) ?? constraints.find(`${name}s`) ?? constraints.find(name.replace(/s$/, ''))
  const checked: CheckedQuery = {
    query,
    name,
    table,
    getFields: failure => errorFields[query.dialect]?.[failure] ?? {}
  }
  recordReads(machine, query, name)
  if (query.verb === 'insert') written.add(name)
  return [
    ...query.hasSchema === true && query.isUnchecked === true ? [httpError(400, 'ValidationError')] : [],
    ...listComparisonErrors(checked),
    ...query.verb === 'delete'
      ? listDeletionErrors(checked, constraints)
      : query.verb === 'select' || table === undefined
        ? []
        : listWriteErrors(checked, table)
  ]
}

function recordReads (machine: LibraryContext, { verb, where }: Query, name: string): void {
  if (verb !== 'select' && where.size === 0) return
  machine.recordRead(name)
  for (const column of where) machine.recordRead(`${name}.${normalizeName(column)}`)
  if (verb === 'select') { for (const column of where) machine.recordRead(describeLookup(name, column)) }
}

/**
 * Returns the errors of a condition that compares a column with a value of another format, such as a UUID with free
 * text.
 */
function listComparisonErrors ({ query, table, getFields }: CheckedQuery): ObjectValue[] {
  const compared = [...query.compared ?? []].filter(([column, values]) =>
    table?.columns.get(normalizeName(column))?.isStrict === true && isFreeText(values)
  )
  if (compared.length === 0) return listObjectErrors(query, table, getFields('compared'))
  return listFormatErrors(compared.map(([, values]) => values), getFields('compared'))
}

/** Returns the errors of values of another format: of a parameter of the URL, and of the body. */
export function listFormatErrors (
  compared: readonly Values[],
  fields: ErrorFields,
  uncertainIfRead: readonly string[] = []
): ObjectValue[] {
  return [
    ...compared.some(isUrlParameter) ? [externalError('invalid_parameter', fields, { uncertainIfRead })] : [],
    ...compared.every(isUrlParameter)
      ? []
      : [externalError('validation_error', fields, { isOfValue: true, uncertainIfRead })]
  ]
}

/** Returns the error of Mongoose for an object from an unchecked body, which it cannot convert to a string. */
function listObjectErrors (query: Query, table: Table | undefined, fields: ErrorFields): ObjectValue[] {
  const canBeObject = (value: Value): boolean =>
    value.kind === 'unknown' && value.isUnchecked === true && value.isUrlParameter !== true
  const isCompared = query.dialect === 'mongoose' &&
    [...query.compared ?? []].some(([column, values]) =>
      table?.columns.get(normalizeName(column))?.isTyped === true && values.some(canBeObject)
    )
  return isCompared
    ? [externalError('validation_error', fields, { isOfValue: true, uncertainIfRead: [validated] })]
    : []
}

/** Returns at most two errors, because the errors of further tables differ only in their table. */
function listDeletionErrors ({ name, getFields }: CheckedQuery, constraints: Constraints): ObjectValue[] {
  const errors: ObjectValue[] = []
  for (const [other, { foreign }] of constraints.tables) {
    if (foreign.some(key => key.table === name && key.isRestricting)) {
      errors.push(externalError('resource_conflict', getFields('foreign'), { requiresWriteTo: other }))
    }
  }
  return errors.slice(0, 2)
}

function listWriteErrors (checked: CheckedQuery, table: Table): ObjectValue[] {
  const { columns } = checked.query
  const values = columns === undefined
    ? undefined
    : new Map([...columns].map(([column, values]) => [normalizeName(column), values]))
  return [
    ...listUniqueErrors(checked, table, values),
    ...listForeignErrors(checked, table, values),
    ...listColumnErrors(checked, table, values)
  ]
}

/** The written values by column. `undefined` if they are unknown. */
type WrittenValues = ReadonlyMap<string, Values> | undefined

function listUniqueErrors (
  { query, name, getFields }: CheckedQuery,
  table: Table,
  written: WrittenValues
): ObjectValue[] {
  if (query.isConflictHandled) return []
  const errors: ObjectValue[] = []
  for (const { columns: key, isPrimary, name: constraint } of table.unique) {
    if (query.handledColumns !== undefined && key.every(column => query.handledColumns?.has(column))) continue
    // The database creates the missing part of the key. A relation of an ORM can write a foreign key.
    const isGenerated = isPrimary && query.verb === 'insert' &&
      key.some(column =>
        written?.has(column) === false && !table.foreign.some(({ columns }) => columns.includes(column))
      )
    if (isGenerated) continue
    const isWritten = written === undefined
      ? !isPrimary
      : key.some(column => written.has(column)) &&
        !key.some(column => cannotConflict(written.get(column), query.dialect))
    // An update usually writes the value of a record to the same record.
    const isUncertain = query.verb === 'update' && key.every(column => isStored(written?.get(column) ?? []))
    if (isWritten) {
      errors.push(
        externalError('resource_already_exists', {
          ...getFields('unique'),
          ...(constraint !== undefined && { constraint })
        }, { uncertainIfRead: key.map(column => `${name}.${column}`), isUncertain })
      )
    }
  }
  return errors
}

function listForeignErrors ({ query, getFields }: CheckedQuery, table: Table, written: WrittenValues): ObjectValue[] {
  const sent = table.foreign.filter(({ columns: key }) =>
    key.some(column =>
      written === undefined
        ? query.isInput
        : written.get(column)?.some(value => value.kind === 'unknown' && value.isInput) === true
    )
  )
  return sent.map(({ table: to }) =>
    externalError('validation_error', getFields('foreign'), {
      uncertainIfRead: [to],
      isUncertain: written === undefined
    })
  )
}

/**
 * Returns the errors of single columns: a missing value, a value of another format, and a value that is too long or out
 * of range.
 */
function listColumnErrors ({ query, getFields }: CheckedQuery, table: Table, written: WrittenValues): ObjectValue[] {
  if (written === undefined && query.dialect === 'mongoose' && query.isUnchecked === true) {
    return listDocumentErrors(query, getFields, table)
  }
  const errors: ObjectValue[] = []
  for (const [column, { isRequired, isTyped, isStrict }] of listCheckedColumns(table, query.dialect)) {
    const values = written?.get(column) ?? []
    const unchecked = values.filter(value => value.kind === 'unknown' && value.isUnchecked === true)
    // A record that the application has looked up before has a valid key.
    const uncertainIfRead = [
      validated,
      ...table.foreign.filter(key => key.columns.includes(column)).map(key => key.table)
    ]
    if (
      isRequired && !(ignoresMissing.has(query.dialect) && query.verb === 'update') &&
      unchecked.some(value => !areDefined([value]))
    ) errors.push(externalError('missing_required_field', getFields('missing'), { uncertainIfRead }))
    if (isStrict === true && isFreeText(values) && !isTyped) {
      errors.push(...listFormatErrors([values], getFields('compared'), uncertainIfRead))
    }
    if (isTyped && unchecked.length > 0) {
      errors.push(externalError('validation_error', getFields('malformed'), { uncertainIfRead }))
    }
  }
  return errors
}

/** The paths that Mongoose adds to each document: `_id` and `__v`. */
const ownPaths: ReadonlySet<string> = new Set(['_id', '__v'].map(normalizeName))

/** Returns the errors of Mongoose for a document that is an unchecked body. */
function listDocumentErrors ({ verb }: Query, getFields: CheckedQuery['getFields'], { columns }: Table): ObjectValue[] {
  const list = [...columns].filter(([name]) => !ownPaths.has(name)).map(([, column]) => column)
  const uncertainIfRead = [validated]
  return [
    ...verb === 'insert' && list.some(({ isRequired }) => isRequired)
      ? [externalError('missing_required_field', getFields('missing'), { uncertainIfRead })]
      : [],
    ...list.some(({ isTyped }) => isTyped)
      ? [externalError('validation_error', getFields('malformed'), { uncertainIfRead })]
      : []
  ]
}

/**
 * Returns the columns whose values a dialect passes on to the database. SQLite stores values of any type. A query
 * builder, whose dialect is unknown, can use SQLite.
 */
function listCheckedColumns ({ columns, declared }: Table, dialect: string): Iterable<readonly [string, Column]> {
  if (!['', 'postgres', 'mysql', 'sqlite'].includes(dialect)) return columns
  const isLimited = dialect === 'postgres' || dialect === 'mysql'
  const names = new Set([...columns.keys(), ...declared.keys()])
  return [...names].map(name => {
    const { isRequired = false, isTyped = false } = declared.get(name) ?? {}
    return [name, { isRequired, isTyped: isTyped && isLimited, isStrict: columns.get(name)?.isStrict === true }]
  })
}

/**
 * Returns whether a value never equals a stored value of a unique key, because it is random or null. MongoDB indexes
 * null like any other value.
 */
function cannotConflict (values: Values | undefined, dialect: string): boolean {
  return values !== undefined && values.length > 0 &&
    values.every(value => isRandom(value) || (dialect !== 'mongoose' && isNullish(value)))
}

/** The dialects whose updates do not change a field without a value. */
const ignoresMissing: ReadonlySet<string> = new Set(['mongoose', 'typeorm'])
