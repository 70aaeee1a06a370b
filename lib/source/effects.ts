/** Finds errors that come from the database or from upstream services, so that no line of the application throws them. */
import { types } from 'node:util'
import type { Node } from 'typescript'
import { Constraints, foundBy, plainName, type Column, type Table } from './constraints.js'
import { isCallable } from './builtins.js'
import { effectError, httpError } from './error-values.js'
import { areDefined, isFreeText, isInput, isNullish, isOfUrl } from './interpreter/compare-values.js'
import { validated, type Effects, type LibraryContext } from './library-context.js'
import { readMongooseQuery, type MongooseQuery } from './mongoose.js'
import { readPrismaQueries } from './prisma.js'
import { readSequelizeQuery } from './sequelize.js'
import { readTypeormQuery } from './typeorm.js'
import { isRandom, native, undefinedValues, object, promise, listTexts, union, unknown, type ObjectValue, type Query, type Values } from './values.js'

/** A failure of a query: a violated constraint, a missing or malformed value of a column, or a value that cannot be compared with a column. */
type Failure = 'unique' | 'foreign' | 'missing' | 'malformed' | 'compared'

/** The properties of an error. A property is `undefined` if the error does not have it. */
type ErrorFields = Readonly<Record<string, string | number | undefined>>

/** The properties of the errors of each driver. A `catch` of the application can test them. */
const errorFields: Readonly<Record<string, Readonly<Partial<Record<Failure, ErrorFields>>>>> = {
  postgres: { unique: { code: '23505' }, foreign: { code: '23503' }, missing: { code: '23502' }, malformed: { code: '22P02' }, compared: { code: '22P02' } },
  mysql: { unique: { code: 'ER_DUP_ENTRY' }, foreign: { code: 'ER_NO_REFERENCED_ROW_2' }, missing: { code: 'ER_BAD_NULL_ERROR' }, malformed: { code: 'ER_DATA_TOO_LONG' } },
  sqlite: { unique: { code: 'SQLITE_CONSTRAINT_UNIQUE' }, foreign: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' }, missing: { code: 'SQLITE_CONSTRAINT_NOTNULL' } },
  prisma: { unique: { code: 'P2002' }, foreign: { code: 'P2003' }, compared: { code: 'P2023' } },
  sequelize: {
    unique: { name: 'SequelizeUniqueConstraintError' }, foreign: { name: 'SequelizeForeignKeyConstraintError' }, missing: { name: 'SequelizeValidationError' }, malformed: { name: 'SequelizeDatabaseError' }
  },
  objection: { unique: { name: 'UniqueViolationError' }, foreign: { name: 'ForeignKeyViolationError' }, compared: { name: 'DataError' } },
  typeorm: { unique: { name: 'QueryFailedError' }, foreign: { name: 'QueryFailedError' }, missing: { name: 'QueryFailedError' }, compared: { name: 'QueryFailedError' } },
  mongoose: { unique: { name: 'MongoServerError', code: 11000 }, missing: { name: 'ValidationError', code: undefined }, malformed: { name: 'ValidationError', code: undefined }, compared: { name: 'CastError', code: undefined } }
}

const dialects: Readonly<Record<string, string>> = {
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

/** Creates the effects of an application with the given constraints. */
export function createEffects (constraints: Constraints): Effects {
  const written = new Set<string>()
  const knownModels = new WeakSet<object>()

  function createQueryErrors (machine: LibraryContext, query: Query): ObjectValue[] {
    if (query.table === undefined) return []
    const invalid = query.hasSchema === true && query.isUnchecked === true ? [httpError(400, 'ValidationError')] : []
    return [...invalid, ...constraintErrors(machine, query, query.table)]
  }

  function constraintErrors (machine: LibraryContext, query: Query, of: string): ObjectValue[] {
    const name = plainName(of)
    const table = constraints.find(name) ?? constraints.find(`${name}s`) ?? constraints.find(name.replace(/s$/, ''))
    if (query.verb === 'select' || query.where.size > 0) {
      machine.recordRead(name)
      for (const column of query.where) machine.recordRead(`${name}.${plainName(column)}`)
      if (query.verb === 'select') for (const column of query.where) machine.recordRead(foundBy(name, column))
    }
    const fieldsOf = (failure: Failure): ErrorFields => errorFields[query.dialect]?.[failure] ?? {}
    const errors: ObjectValue[] = []
    const compared = [...query.compared ?? []].filter(([column, values]) => table?.columns.get(plainName(column))?.isStrict === true && isFreeText(values))
    if (compared.length > 0) {
      errors.push(effectError('validation_error', fieldsOf('compared'), { isOfValue: true, isWithoutBody: compared.some(([, values]) => isOfUrl(values)) && isSentWithoutBody(query) }))
    }
    if (query.verb === 'select') return errors
    if (query.verb === 'insert') written.add(name)
    if (query.verb === 'delete') {
      for (const [other, { foreign }] of constraints.tables) {
        if (foreign.some(key => key.table === name && key.isRestricting)) errors.push(effectError('resource_conflict', fieldsOf('foreign'), { requiresWriteTo: other }))
      }
      return errors.slice(0, 2)
    }
    if (table === undefined) return errors
    const columns = query.columns === undefined ? undefined : new Map([...query.columns].map(([column, values]) => [plainName(column), values]))
    if (!query.isConflictHandled) {
      for (const { columns: key, isPrimary, name: constraint } of table.unique) {
        if (query.handledColumns !== undefined && key.every(column => query.handledColumns?.has(column))) continue
        const touched = columns === undefined ? !isPrimary : key.some(column => columns.has(column)) && !key.some(column => cannotConflict(columns.get(column), query.dialect))
        if (touched) errors.push(effectError('resource_already_exists', { ...fieldsOf('unique'), ...(constraint !== undefined && { constraint }) }, { uncertainIfRead: key.map(column => `${name}.${column}`) }))
      }
    }
    for (const { columns: key, table: to } of table.foreign) {
      const isSent = key.some(column => columns === undefined ? query.isInput : columns.get(column)?.some(value => value.kind === 'unknown' && value.isInput) === true)
      if (isSent) errors.push(effectError('validation_error', fieldsOf('foreign'), { uncertainIfRead: [to], isUncertain: columns === undefined }))
    }
    for (const [column, { isRequired, isTyped, isStrict }] of listCheckedColumns(table, query.dialect)) {
      const values = (columns?.get(column) ?? []).filter(value => value.kind === 'unknown' && value.isUnchecked === true)
      // A record that the application has looked up before has a valid key.
      const uncertainIfRead = [validated, ...table.foreign.filter(key => key.columns.includes(column)).map(key => key.table)]
      if (isRequired && !(ignoresMissing.has(query.dialect) && query.verb === 'update') && values.some(value => !areDefined([value]))) errors.push(effectError('missing_required_field', fieldsOf('missing'), { uncertainIfRead }))
      if (isStrict === true && isFreeText(columns?.get(column) ?? []) && !isTyped) errors.push(effectError('validation_error', fieldsOf('compared'), { isOfValue: true, uncertainIfRead }))
      if (isTyped && values.length > 0) errors.push(effectError('validation_error', fieldsOf('malformed'), { uncertainIfRead }))
    }
    return errors
  }

  /** Runs a statement of a synchronous driver, which throws its errors and returns no promise. */
  function throwing (machine: LibraryContext, queries: readonly Query[], node: Node): Values {
    machine.throwValues(queries.flatMap(query => createQueryErrors(machine, query)), node)
    return [unknown()]
  }

  function rejecting (machine: LibraryContext, errors: readonly ObjectValue[], node: Node, model?: object, around: MongooseQuery['runMiddleware'] = (_, __, body) => { body() }): Values {
    const type = machine.project.checker
    const value = { ...unknown(() => type.getAwaitedType(type.getTypeAtLocation(node))), isStored: true, ...(model !== undefined && { model, fields: new Map<string, Values>() }) }
    return [promise([value], machine.catch(() => { around(machine, node, () => { machine.throwValues(errors, node) }) }))]
  }

  return {
    written,
    listErrors: createQueryErrors,
    callUpstream: (machine, node) => rejecting(machine, [effectError('bad_gateway', {}), effectError('gateway_timeout', {})], node),
    findTable (value) {
      if (types.isProxy(value)) return undefined
      const name = Object.getOwnPropertyDescriptor(value, Symbol.for('drizzle:Name'))?.value
      return typeof name === 'string' ? name : undefined
    },
    callQuery (machine, call, name) {
      const { node, args, callee } = call
      if (node === undefined) return undefined
      const prisma = readPrismaQueries(machine, call, name, constraints)
      const sequelize = readSequelizeQuery(call, name, constraints, knownModels)
      const mongoose = readMongooseQuery(call, name, constraints)
      const typeorm = readTypeormQuery(machine, call, name, constraints, knownModels)
      if (typeorm !== undefined) return rejecting(machine, createQueryErrors(machine, typeorm.query), node, typeorm.record)
      if (mongoose !== undefined) return rejecting(machine, createQueryErrors(machine, mongoose.query), node, mongoose.document, mongoose.runMiddleware)
      if (sequelize !== undefined) return rejecting(machine, createQueryErrors(machine, sequelize.query), node, sequelize.record)
      if (prisma !== undefined) return rejecting(machine, prisma.flatMap(({ query, missing }) => [...query === undefined ? [] : createQueryErrors(machine, query), ...missing === undefined ? [] : [effectError('resource_not_found', { code: 'P2025' }, missing)]]), node)
      const prepared = running.has(name) ? call.self.flatMap(value => value.kind === 'live' ? textOfStatement(value.value) ?? [] : []) : []
      if (prepared.length > 0) return throwing(machine, prepared.flatMap(text => parseQueries(text, 'sqlite', [object({ isArray: true, fields: new Map(args.map((each, index) => [String(index), each])) })])), node)
      const texts = listTexts([...args[0] ?? [], ...machine.read(args[0] ?? [], 'text', node), ...machine.read(args[0] ?? [], 'sql', node)]).filter(text => statement.test(text))
      if (texts.length === 0) return undefined
      const list = args[1] ?? machine.read(args[0] ?? [], 'values', node)
      const values = machine.project.ts.isTaggedTemplateExpression(node) ? [] : list
      const errors = texts.flatMap(text => parseQueries(text, dialects[callee.from] ?? '', values).flatMap(query => createQueryErrors(machine, query)))
      if (name === 'prepare') {
        const run = (given: readonly Values[], __: Values, at: Node): Values => throwing(machine, texts.flatMap(text => parseQueries(text, 'sqlite', [object({ isArray: true, fields: new Map(given.map((each, index) => [String(index), each])) })])), at)
        return [object({ fields: new Map([...running].map(each => [each, [native(each, run)]])) })]
      }
      const callback = args.length > 1 ? args.at(-1)?.filter(isCallable) ?? [] : []
      if (callback.length === 0) return rejecting(machine, errors, node)
      for (const failed of [errors, undefinedValues]) if (failed.length > 0) machine.runDetached(() => { machine.call(callback, [], [failed, [unknown()]], node) })
      return [unknown()]
    }
  }
}

/** The start of an SQL statement. Other text can start with the same word: `can('update', 'Project')`. */
const statement = /^\s*(with\s[^]*\bas\b|(insert|replace|merge)\s[^]*\binto\s|update\s[^]*\bset\s|delete\s+from\s|select\s)/i

/** Returns the columns whose values a dialect passes on to the database. SQLite stores values of any type. A query builder, whose dialect is unknown, can use SQLite. */
function listCheckedColumns ({ columns, declared }: Table, dialect: string): Iterable<readonly [string, Column]> {
  if (!['', 'postgres', 'mysql', 'sqlite'].includes(dialect)) return columns
  const isLimited = dialect === 'postgres' || dialect === 'mysql'
  const names = new Set([...columns.keys(), ...declared.keys()])
  return [...names].map(name => {
    const { isRequired = false, isTyped = false } = declared.get(name) ?? {}
    return [name, { isRequired, isTyped: isTyped && isLimited, isStrict: columns.get(name)?.isStrict === true }]
  })
}

/** Returns whether a value never equals a stored value of a unique key, because it is random or null. MongoDB indexes null like any other value. */
function cannotConflict (values: Values | undefined, dialect: string): boolean {
  return values !== undefined && values.length > 0 && values.every(value => isRandom(value) || (dialect !== 'mongoose' && isNullish(value)))
}

/** Returns whether a query is sent even if the client sends none of its values. Query builders reject an update without values. */
function isSentWithoutBody ({ dialect, verb, columns }: Query): boolean {
  return verb !== 'update' || [...Object.values(dialects), 'mongoose', 'prisma'].includes(dialect) || [...columns?.values() ?? []].some(values => !isInput(values))
}

/** The dialects whose updates do not change a field without a value. */
const ignoresMissing: ReadonlySet<string> = new Set(['mongoose', 'typeorm'])

/** The methods that run a prepared statement. */
const running: ReadonlySet<string> = new Set(['run', 'get', 'all', 'iterate', 'execute'])

/** Returns the SQL of a better-sqlite3 prepared statement. */
function textOfStatement (statement: object): string | undefined {
  const text = types.isProxy(statement) ? undefined : Object.getOwnPropertyDescriptor(statement, 'source')?.value as unknown
  return typeof text === 'string' ? text : undefined
}

/** Returns the queries in an SQL statement. */
export function parseQueries (sql: string, dialect: string, values: Values): Query[] {
  const text = sql.replace(/\s+/g, ' ')
  const where = new Set([.../\bwhere\b([^]*)$/i.exec(text)?.[1]?.matchAll(/([\w."`]+)\s*=\s*(?:[$?:@]|lower\()/gi) ?? []].map(([, column]) => column as string))
  const [parameters] = values
  const positions = dialect === 'postgres' ? [.../\bwhere\b([^]*)$/i.exec(text)?.[1]?.matchAll(/([\w."]+)\s*=\s*\$(\d+)/g) ?? []] : []
  const valueAt = (position: number): Values => parameters?.kind === 'object' ? parameters.fields.get(String(position - 1)) ?? parameters.elements : []
  const compared = new Map(positions.map(([, column, position]) => [column as string, valueAt(Number(position))]))
  let last = 0
  /** Returns the value of `$2`, of the next `?` or of `@name`. */
  const readPlaceholder = (placeholder: string): Values => {
    const count = dialect === 'postgres' ? 0 : placeholder.split('?').length - 1
    last += count
    if (placeholder === '?') return count === 0 ? [] : valueAt(last)
    const [, position, name] = /^(?:[$?](\d+)|[:@$](\w+))$/.exec(placeholder) ?? []
    if (position !== undefined) return valueAt(Number(position))
    return name === undefined ? [] : union(...[...values, ...valueAt(1)].map(each => each.kind === 'object' ? each.fields.get(name) ?? [] : []))
  }
  const common = { dialect, isInput: false, where, compared }
  const found: Query[] = []
  const insert = /(insert|replace)\s+(?:or\s+\w+\s+|ignore\s+)?into\s+([\w."`[\]]+)\s*(?:as\s+\w+\s*)?(?:\(([^)]*)\))?/i.exec(text)
  if (insert !== null) {
    const columns = insert[3]?.split(',').map(column => column.trim()).filter(column => column !== '' && column !== '?')
    const written = parseValues(text.slice(insert.index + insert[0].length))
    found.push({
      ...common,
      verb: 'insert',
      table: insert[2] as string,
      where: new Set(),
      compared: new Map(),
      columns: columns === undefined || columns.length === 0 ? undefined : new Map(columns.map((column, index) => [column, readPlaceholder(written[index] ?? '')])),
      isConflictHandled: /\bon (conflict|duplicate key)\b|\binsert (or )?(ignore|replace)\b|^\s*replace\b/i.test(text)
    })
  }
  const update = /\bupdate\s+([\w."`[\]]+)\s+(?:as\s+\w+\s+)?set\s+(.*?)(?=\bwhere\b|\breturning\b|$)/i.exec(text)
  if (update !== null && insert === null) {
    const written = splitList(update[2] as string).map(part => part.split('=', 2).map(side => side.trim()) as [string, string?])
    found.push({ ...common, verb: 'update', table: update[1] as string, columns: new Map(written.map(([column, value = '']) => [column, readPlaceholder(value.replace(/::.*$/, ''))])), isConflictHandled: false })
  }
  const removed = /\bdelete\s+from\s+([\w."`[\]]+)/i.exec(text)
  if (removed !== null) found.push({ ...common, verb: 'delete', table: removed[1] as string, columns: undefined, isConflictHandled: false })
  if (found.length === 0) {
    for (const [, table] of text.matchAll(/\b(?:from|join)\s+([\w."`[\]]+)/gi)) found.push({ ...common, verb: 'select', table: table as string, columns: undefined, isConflictHandled: false })
  }
  return found
}

/** Returns the values of `values ($1, lower($2), now())`, or of the first row of a `select`. */
function parseValues (text: string): readonly string[] {
  const list = /^\s*(?:values?\s*\(|select\s+)([^]*)/i.exec(text)?.[1] ?? ''
  return splitList(list).map(each => each.replace(/::.*$/, '').replace(/\s+as\s+\S+$/i, ''))
}

/** Splits a list at its commas, up to its closing parenthesis. */
function splitList (list: string): readonly string[] {
  const parts: string[] = []
  let depth = 0
  let part = ''
  for (const char of list) {
    if (char === '(') depth++
    if (char === ')' && depth-- === 0) break
    if (char === ',' && depth === 0) {
      parts.push(part)
      part = ''
    } else {
      part += char
    }
  }
  return [...parts, part].map(each => each.trim())
}
