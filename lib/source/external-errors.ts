/**
 * Finds errors that come from the database or from upstream services, so that no line of the application throws them.
 */
import { types } from 'node:util'
import type { Node } from 'typescript'
import { isCallable } from './builtins.js'
import { dialects, listQueryErrors } from './databases/constraint-errors.js'
import type { Constraints } from './databases/constraints.js'
import { externalError } from './error-values.js'
import type { ExternalErrors, LibraryCall, LibraryContext } from './library-context.js'
import { readMongooseQuery, type MongooseQuery } from './databases/mongoose.js'
import { readPrismaQueries } from './databases/prisma.js'
import { readSequelizeQuery } from './databases/sequelize.js'
import { isStatement, parseQueries } from './databases/sql.js'
import { readTypeormQuery } from './databases/typeorm.js'
import {
  literal,
  native,
  undefinedValues,
  object,
  promise,
  listTexts,
  unknown,
  type ObjectValue,
  type Values
} from './values.js'

/**
 * Creates the functions that list the errors of queries and upstream calls. The constraints are those of the
 * application's database.
 */
export function createExternalErrors (constraints: Constraints): ExternalErrors {
  const written = new Set<string>()
  const knownModels = new WeakSet<object>()
  const outageOnly = new WeakSet<Node>()
  const listErrors: ExternalErrors['listErrors'] = (machine, query) =>
    listQueryErrors(machine, constraints, written, query)
  const recordOutages = (node: Node, { args }: LibraryCall, found: Values | undefined): Values | undefined => {
    if (found?.every(value => value.kind === 'promise' && value.throws.length === 0) === true && isFixed(args)) {
      outageOnly.add(node)
    }
    return found
  }
  return {
    written,
    listErrors,
    failsOnlyInOutage: node => outageOnly.has(node),
    callUpstream: (machine, node) =>
      returnPromise(machine, [externalError('bad_gateway', {}), externalError('gateway_timeout', {})], node),
    findTable: getDrizzleName,
    callQuery (machine, call, name) {
      const { node } = call
      if (node === undefined) return undefined
      // The same line can send another value the next time.
      outageOnly.delete(node)
      if (usesCache(call, name)) {
        outageOnly.add(node)
        return returnPromise(machine, [], node)
      }
      const modelQuery = readModelQuery(machine, call, name, constraints, knownModels, listErrors)
      return recordOutages(
        node,
        call,
        modelQuery === undefined
          ? callSql(machine, call, name, node, listErrors)
          : returnPromise(machine, modelQuery.errors, node, modelQuery.record, modelQuery.runMiddleware)
      )
    }
  }
}

/** The clients of Redis. */
const caches: ReadonlySet<string> = new Set(['ioredis', 'redis', '@redis/client', '@fastify/redis'])

/** The commands of Redis that accept any key and value. */
const cacheCommands: ReadonlySet<string> = new Set([
  'get', 'set', 'setex', 'getdel', 'mget', 'hget', 'hgetall', 'exists', 'ttl', 'keys', 'scan', 'smembers', 'sismember',
  'del', 'ping'
])

function usesCache ({ callee }: LibraryCall, name: string): boolean {
  return caches.has(callee.from) && cacheCommands.has(name.toLowerCase())
}

/**
 * Returns whether a client cannot change the arguments of a query: they are constants, or from records of the database.
 */
function isFixed (args: readonly Values[], depth = 0): boolean {
  return depth < 6 &&
    args.flat().every(value =>
      value.kind === 'literal' || (value.kind === 'unknown' && value.isStored === true) ||
      (value.kind === 'object' && isFixed([...value.fields.values(), value.elements], depth + 1))
    )
}

/** The errors and the record of a query that an ORM sends for one of its models. */
interface ModelQuery {
  readonly errors: readonly ObjectValue[]
  /** The object of the ORM for the returned record. */
  readonly record?: object | undefined
  readonly runMiddleware?: MongooseQuery['runMiddleware']
}

/** Reads a call of Prisma, Sequelize, Mongoose or TypeORM. Returns `undefined` for other calls. */
function readModelQuery (
  machine: LibraryContext,
  call: LibraryCall,
  name: string,
  constraints: Constraints,
  knownModels: WeakSet<object>,
  listErrors: ExternalErrors['listErrors']
): ModelQuery | undefined {
  const prisma = readPrismaQueries(machine, call, name, constraints)
  const sequelize = readSequelizeQuery(call, name, constraints, knownModels)
  const mongoose = readMongooseQuery(call, name, constraints)
  const typeorm = readTypeormQuery(machine, call, name, constraints, knownModels)
  if (typeorm !== undefined) return { errors: listErrors(machine, typeorm.query), record: typeorm.record }
  if (mongoose !== undefined) {
    return {
      errors: listErrors(machine, mongoose.query),
      record: mongoose.document,
      runMiddleware: mongoose.runMiddleware
    }
  }
  if (sequelize !== undefined) return { errors: listErrors(machine, sequelize.query), record: sequelize.record }
  if (prisma === undefined) return undefined
  return {
    errors: prisma.flatMap(({ query, missing }) => [
      ...query === undefined ? [] : listErrors(machine, query),
      ...missing === undefined ? [] : [externalError('resource_not_found', { code: 'P2025' }, missing)]
    ])
  }
}

/** Models a call that sends or prepares SQL. Returns `undefined` for other calls. */
function callSql (
  machine: LibraryContext,
  { args, callee, self }: LibraryCall,
  name: string,
  node: Node,
  listErrors: ExternalErrors['listErrors']
): Values | undefined {
  const list = (texts: readonly string[], dialect: string, values: Values): ObjectValue[] =>
    texts.flatMap(text => parseQueries(text, dialect, values)).flatMap(query => listErrors(machine, query))
  const prepared = running.has(name)
    ? self.flatMap(value => value.kind === 'live' ? getPreparedText(value.value) ?? [] : [])
    : []
  if (prepared.length > 0) {
    return throwErrors(machine, list(prepared, 'sqlite', createParameters(args)), node, countRows(prepared))
  }
  const [first = []] = args
  const texts = listTexts([...first, ...machine.read(first, 'text', node), ...machine.read(first, 'sql', node)]).filter(
    isStatement
  )
  if (texts.length === 0) return undefined
  const parameters = args[1] ?? machine.read(first, 'values', node)
  const errors = list(
    texts,
    dialects[callee.from] ?? '',
    machine.project.ts.isTaggedTemplateExpression(node) ? [] : parameters
  )
  const counts = countRows(texts)
  if (name === 'prepare') {
    const run = (given: readonly Values[], _: Values, at: Node): Values =>
      throwErrors(machine, list(texts, 'sqlite', createParameters(given)), at, counts)
    return [object({ fields: new Map([...running].map(each => [each, [native(each, run)]])) })]
  }
  const callback = args.length > 1 ? args.at(-1)?.filter(isCallable) ?? [] : []
  if (callback.length === 0) return returnPromise(machine, errors, node, undefined, undefined, counts)
  for (const failed of [errors, undefinedValues]) {
    if (failed.length > 0) {
      machine.runDetached(() => {
        machine.call(callback, [], [failed, [unknown()]], node)
      })
    }
  }
  return [unknown()]
}

/** Returns the arguments of a prepared statement as an array of parameters. */
function createParameters (args: readonly Values[]): Values {
  return [object({ isArray: true, fields: new Map(args.map((each, index) => [String(index), each])) })]
}

/** Throws the errors of a statement of a synchronous driver, which returns no promise. */
function throwErrors (machine: LibraryContext, errors: readonly ObjectValue[], node: Node, fields?: Fields): Values {
  machine.throwValues(errors, node)
  return [{ ...unknown(), ...(fields !== undefined && { fields }) }]
}

type Fields = Map<string, Values>

/** The number of inserted rows in the result of each driver. */
const oneRow: Fields = new Map(['changes', 'rowCount', 'affectedRows'].map(name => [name, [literal(1)]]))

const insert = /^\s*insert\s+into\b[^]*\bvalues\s*\(/i

/** The parts of an insert that can change no row, or several. */
const otherInsert = /\bon\s+(conflict|duplicate)\b|\bselect\b|\)\s*,\s*\(/i

/** Returns the number of rows that statements change if each inserts one row, or fails. */
function countRows (texts: readonly string[]): Fields | undefined {
  const insertsOne = texts.every(text => insert.test(text) && !otherInsert.test(text))
  return insertsOne ? oneRow : undefined
}

/** Returns the promise of a query, which can be rejected with each of the errors. */
function returnPromise (
  machine: LibraryContext,
  errors: readonly ObjectValue[],
  node: Node,
  model?: object,
  runMiddleware: MongooseQuery['runMiddleware'] = (_, __, body) => {
    body()
  },
  fields: Fields | undefined = model && new Map()
): Values {
  const type = machine.project.checker
  const value = {
    ...unknown(() => type.getAwaitedType(type.getTypeAtLocation(node))),
    isStored: true,
    ...(model !== undefined && { model }),
    ...(fields !== undefined && { fields })
  }
  return [promise(
    [value],
    machine.catch(() => {
      runMiddleware(machine, node, () => {
        machine.throwValues(errors, node)
      })
    })
  )]
}

function getDrizzleName (value: object): string | undefined {
  if (types.isProxy(value)) return undefined
  const name = Object.getOwnPropertyDescriptor(value, Symbol.for('drizzle:Name'))?.value
  return typeof name === 'string' ? name : undefined
}

/** The methods that run a prepared statement. */
const running: ReadonlySet<string> = new Set(['run', 'get', 'all', 'iterate', 'execute'])

/** Returns the SQL of a better-sqlite3 prepared statement. */
function getPreparedText (statement: object): string | undefined {
  const text = types.isProxy(statement)
    ? undefined
    : Object.getOwnPropertyDescriptor(statement, 'source')?.value as unknown
  return typeof text === 'string' ? text : undefined
}
