/** Models queries that are built step by step with Knex, Kysely and Drizzle. */
import { types } from 'node:util'
import type { Node } from 'typescript'
import { externalError } from '../error-values.js'
import type { LibraryCall, LibraryContext } from '../library-context.js'
import {
  isStored,
  native,
  object,
  promise,
  listTexts,
  unknown,
  type PromiseValue,
  type ObjectValue,
  type Query,
  type ThrownError,
  type Value,
  type Values
} from '../values.js'

/** The methods of Objection that write. The data of some of them follows the key: `patchAndFetchById(id, data)`. */
const objectionVerbs: Readonly<Record<string, Query['verb']>> = {
  insert: 'insert',
  insertAndFetch: 'insert',
  insertGraph: 'insert',
  insertGraphAndFetch: 'insert',
  patch: 'update',
  patchAndFetch: 'update',
  patchAndFetchById: 'update',
  update: 'update',
  updateAndFetch: 'update',
  updateAndFetchById: 'update',
  delete: 'delete',
  deleteById: 'delete'
}

const verbs: Readonly<Record<string, Query['verb']>> = {
  insertInto: 'insert',
  replaceInto: 'insert',
  updateTable: 'update',
  deleteFrom: 'delete',
  selectFrom: 'select',
  insert: 'insert',
  update: 'update',
  delete: 'delete',
  del: 'delete',
  select: 'select'
}

const builders: Readonly<Record<string, string>> = {
  knex: 'knex',
  kysely: 'kysely',
  'drizzle-orm': 'drizzle',
  '@fastify/knex': 'knex',
  'fastify-knexjs': 'knex'
}

/** Returns a query if the call starts one, otherwise `undefined`. */
export function startQuery (
  machine: LibraryContext,
  { callee, self, args, node, live }: LibraryCall,
  name: string
): Values | undefined {
  if (node === undefined) return undefined
  const [first = []] = args
  const { ts } = machine.project
  if (
    callee.from === 'drizzle-orm' && /^find(First|Many)$/.test(name) && ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) && ts.isPropertyAccessExpression(node.expression.expression)
  ) {
    const query: Query = {
      dialect: '',
      table: node.expression.expression.name.text,
      verb: 'select',
      columns: undefined,
      isInput: false,
      isConflictHandled: false,
      where: new Set(comparedColumns(node)),
      compared: new Map()
    }
    addWhere(query, [machine.read(first, 'where', node)])
    return [promise(
      [createRows(machine, node)],
      machine.catch(() => {
        machine.throwValues(machine.externalErrors.listErrors(machine, query), node)
      })
    )]
  }
  if (callee.from === 'objection' && name === 'query') return startObjection(machine, self, node)
  const tables = first.flatMap(value =>
    value.kind === 'live' ? machine.externalErrors.findTable(value.value) ?? [] : listTexts([value])
  )
  const dialect = builders[callee.from]
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (
    dialect === undefined &&
    !(verb !== undefined && kyselyStarts.test(name) && tables.length > 0)
  ) return undefined
  // Drizzle also defines columns with functions that receive a name: `varchar('status')`.
  const isTable = name === 'from' || name === 'into' || name === 'table' ||
    (dialect === 'knex' && live !== undefined) || callee.from === 'knex'
  if (verb === undefined && !(isTable && tables.length > 0) && name !== 'selectNoFrom') return undefined
  const { nested } = runExpressions(machine, args, node)
  const query: Query = {
    dialect: '',
    table: tables[0],
    verb: verb ?? 'select',
    columns: undefined,
    isInput: false,
    isConflictHandled: false,
    where: new Set(),
    compared: new Map(),
    isOfKysely: dialect === 'kysely' || kyselyStarts.test(name),
    returnsAggregate: name === 'select' && isAggregated(machine, node),
    nested
  }
  return [promise([createRows(machine, node)], nested, query)]
}

/**
 * Returns the query that `User.query()` of Objection starts. The model has the name of its table, and can have a schema
 * of its records.
 */
function startObjection (machine: LibraryContext, self: Values, node: Node): Values | undefined {
  const [table] = listTexts(machine.read(self, 'tableName', node))
  if (table === undefined) return undefined
  // A getter of a live class is not called.
  const hasSchema = self.some(value =>
    value.kind === 'live'
      ? Object.hasOwn(value.value, 'jsonSchema')
      : machine.read([value], 'jsonSchema', node).some(({ kind }) => kind === 'object')
  )
  const query: Query = {
    dialect: 'objection',
    table,
    verb: 'select',
    columns: undefined,
    isInput: false,
    isConflictHandled: false,
    where: new Set(),
    compared: new Map(),
    hasSchema
  }
  return [promise([createRows(machine, node)], [], query)]
}

function createRows (machine: LibraryContext, node: Node): Value {
  const { checker } = machine.project
  return { ...unknown(() => checker.getAwaitedType(checker.getTypeAtLocation(node))), isStored: true }
}

const ignoring: ReadonlySet<string> = new Set([
  'onConflictDoNothing', 'onConflictDoUpdate', 'ignore', 'merge', 'onConflict', 'onDuplicateKeyUpdate', 'doNothing'
])

/** The methods that start a query of Kysely. No other package has these names. */
const kyselyStarts = /^(insertInto|updateTable|deleteFrom|selectFrom)$/

/** Adds one step to a query. */
export function createQueryMethod (machine: LibraryContext, owner: PromiseValue, name: string): Value {
  return native(name, (given, _, node) => {
    const { args, nested } = runExpressions(machine, given, node)
    const { query: before } = owner as { readonly query: Query }
    // A step of Kysely creates another query.
    const query: Query = before.isOfKysely === true
      ? {
          ...before,
          where: new Set(before.where),
          compared: new Map(before.compared),
          nested: [...before.nested as readonly ThrownError[], ...nested]
        }
      : before
    if (query.isOfKysely === true && /^(select|groupBy)$/.test(name)) {
      query.returnsAggregate = isAggregated(machine, node)
    }
    const [first = [], second = []] = args
    if (query.dialect === 'objection' && Object.hasOwn(objectionVerbs, name)) {
      query.verb = objectionVerbs[name] as Query['verb']
      setColumns(query, name.endsWith('FetchById') ? second : first, [])
      query.isUnchecked = query.verb !== 'delete' && (name.endsWith('FetchById') ? second : first).some(isUnchecked)
      if (name === 'deleteById') query.where.add('id')
    } else if (['insert', 'update', 'delete', 'del'].includes(name)) query.verb = verbs[name] as Query['verb']
    if (['from', 'into', 'table'].includes(name)) {
      query.table = first.flatMap(value =>
        value.kind === 'live' ? machine.externalErrors.findTable(value.value) ?? [] : listTexts([value])
      )[0] ?? query.table
    }
    if (query.dialect !== 'objection' && ['insert', 'update', 'values', 'set'].includes(name) && first.length > 0) {
      setColumns(query, first, second)
    }
    if (ignoring.has(name)) query.isConflictHandled = true
    if (name === 'onConflict' && /\bdoNothing\b/.test(node.getText())) query.ignoresConflicts = true
    if (/^(and|or)?where/i.test(name)) {
      addWhere(query, args)
      for (const column of comparedColumns(node)) query.where.add(column)
    }
    if (
      name === 'executeTakeFirstOrThrow'
        ? canReturnNothing(machine, query)
        : name === 'orFail' || name === 'throwIfNotFound'
    ) return orThrow(machine, owner, args, node)
    const throws = machine.catch(() => {
      machine.throwValues(machine.externalErrors.listErrors(machine, query), node)
    })
    return [promise([createRows(machine, node)], [...query.nested ?? [], ...throws], query)]
  })
}

/** Returns whether a query can return no row. An insert always returns one, unless it ignores a conflict. */
function canReturnNothing (machine: LibraryContext, query: Query): boolean {
  if (query.verb !== 'insert') return query.returnsAggregate !== true
  return query.ignoresConflicts === true &&
    machine.externalErrors.listErrors(machine, { ...query, isConflictHandled: false }).some(({ error }) =>
      error?.code === 'resource_already_exists'
    )
}

/** Returns whether `select` of Kysely has an aggregate function, such as `eb => eb.fn.countAll().as('count')`. */
function isAggregated ({ project: { ts } }: LibraryContext, node: Node): boolean {
  const [selected] = ts.isCallExpression(node) ? node.arguments : []
  if (selected === undefined || !ts.isArrowFunction(selected)) return false
  const body = ts.isParenthesizedExpression(selected.body) ? selected.body.expression : selected.body
  return (ts.isArrayLiteralExpression(body) ? [...body.elements] : [body]).some(element => {
    let at: Node = element
    while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
      if (
        /^(count|countAll|sum|avg|min|max)$/.test(at.expression.name.text) &&
        /\bfn$/.test(at.expression.expression.getText())
      ) return true
      at = at.expression.expression
    }
    return false
  })
}

/**
 * Replaces each function that receives an expression builder of Kysely with what it returns, and lists the errors of
 * the queries in it.
 */
function runExpressions (
  machine: LibraryContext,
  args: readonly Values[],
  node: Node
): { readonly args: readonly Values[], readonly nested: readonly ThrownError[] } {
  const nested: ThrownError[] = []
  const { checker } = machine.project
  const run = (value: Value): Values => {
    const [parameter] = value.kind === 'function' ? value.node.parameters : []
    const type = parameter === undefined ? undefined : checker.getTypeAtLocation(parameter)
    if (type?.symbol?.name !== 'ExpressionBuilder' && type?.aliasSymbol?.name !== 'ExpressionBuilder') return [value]
    const returned = machine.call([value], [], [[unknown(() => type)]], node)
    nested.push(...listThrows(returned))
    return returned
  }
  return { args: args.map(values => values.flatMap(run)), nested }
}

/** Returns the errors of the promises in values. */
function listThrows (values: Values): ThrownError[] {
  return values.flatMap(value =>
    value.kind === 'promise'
      ? value.throws
      : value.kind === 'object' && value.error === undefined
        ? listThrows([...value.fields.values(), value.elements].flat())
        : []
  )
}

/**
 * Models expressions of Kysely: `eb('id', '=', id)` compares a column, `eb.and([...])` combines conditions, and
 * `eb.exists(query)` has the errors of the query.
 */
export function kyselyExpression (
  _: LibraryContext,
  { callee: { path }, args: [first = [], , value = []] }: LibraryCall
): Values | undefined {
  if (!path.startsWith('ExpressionBuilder.')) return undefined
  const name = path.slice('ExpressionBuilder.'.length)
  if (name === '') return [object({ fields: new Map(listTexts(first).map(column => [column, value])) })]
  if (name === 'exists' || name === 'not') return first
  if (name !== 'and' && name !== 'or') return undefined
  const conditions = first.flatMap(each =>
    each.kind === 'object' && each.isArray ? [...each.fields.values()].flat() : [each]
  )
  return [object({ fields: new Map(conditions.flatMap(each => each.kind === 'object' ? [...each.fields] : [])) })]
}

function orThrow (machine: LibraryContext, owner: PromiseValue, args: readonly Values[], node: Node): Values {
  const made = args.flatMap(values =>
    values.flatMap(value =>
      value.kind === 'function' || value.kind === 'native' || value.kind === 'live'
        ? machine.call([value], [], [[unknown()]], node)
        : value.kind === 'class'
          ? machine.construct([value], [], node)
          : []
    )
  )
    .filter(value => value.kind === 'object' && value.error !== undefined)
  const missing: Values = made.length > 0 ? made : [externalError('resource_not_found')]
  const { verb, compared = [] } = owner.query as Query
  // A record that the application has read before is only missing if it was deleted meanwhile.
  const isOfRecord = verb !== 'select' && [...compared].some(([, values]) => isStored(values))
  return [promise([createRows(machine, node)], [
    ...owner.throws,
    ...machine.catch(() => {
      machine.throwValues(missing, node, isOfRecord)
    })
  ])]
}

/** Returns whether the client sent a value, or a field of an object, that no schema of the route checks. */
function isUnchecked (value: Value): boolean {
  return (value.kind === 'unknown' && value.isUnchecked === true) ||
    (value.kind === 'object' && [...value.fields.values(), value.elements].some(values => values.some(isUnchecked)))
}

function setColumns (query: Query, values: Values, second: Values): void {
  const [only] = values
  const record = only?.kind === 'object' && only.isArray ? only.elements[0] : only
  if (record !== undefined && record.kind === 'literal' && typeof record.value === 'string') {
    query.columns = new Map([[record.value, second]])
  } else if (values.length === 1 && record?.kind === 'object') {
    query.columns = record.elements.length === 0 ? (record as ObjectValue).fields : undefined
    query.isInput = record.elements.some(each => each.kind === 'unknown' && each.isInput)
  } else {
    query.columns = undefined
    query.isInput = values.some(value => value.kind === 'unknown' && value.isInput)
  }
}

/** Models conditions of Drizzle: `eq(users.id, id)` compares a column, and `and(...)` combines conditions. */
export function drizzleCondition (_: LibraryContext, { args }: LibraryCall, name: string): Values | undefined {
  if (name === 'eq') {
    const [column = [], value = []] = args
    const names = column.flatMap(each => {
      const own: unknown = each.kind === 'live' && !types.isProxy(each.value)
        ? Object.getOwnPropertyDescriptor(each.value, 'name')?.value
        : undefined
      return typeof own === 'string' ? [own] : []
    })
    return names.length === 0 ? undefined : [object({ fields: new Map(names.map(each => [each, value])) })]
  }
  if (name !== 'and' && name !== 'or') return undefined
  return [
    object({
      fields: new Map(args.flatMap(values => values.flatMap(value => value.kind === 'object' ? [...value.fields] : [])))
    })
  ]
}

/** Returns the columns in conditions of Drizzle: `eq(users.email, email)`. */
export function comparedColumns (node: Node): string[] {
  return [...node.getText().matchAll(/\b(?:eq|ilike|like|inArray)\(\s*\w+\.(\w+)/g)].map(([, column]) =>
    column as string
  )
}

/** Adds the columns of `where('id', id)`, `where('id', '=', id)`, `where({ id })` and of conditions of Drizzle. */
function addWhere (query: Query, [first = [], ...others]: readonly Values[]): void {
  for (const value of first) {
    if (value.kind === 'literal' && typeof value.value === 'string') {
      query.where.add(value.value)
      query.compared?.set(value.value, others.at(-1) ?? [])
    }
    if (value.kind === 'object') {
      for (const [name, compared] of value.fields) {
        query.where.add(name)
        query.compared?.set(name, compared)
      }
    }
    if (value.kind === 'live' || value.kind === 'unknown' || value.kind === 'promise') query.where.add('?')
  }
}
