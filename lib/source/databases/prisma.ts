/** Models queries of Prisma, including the queries for related records in `data`. */
import type { Node } from 'typescript'
import { describeLookup, normalizeName, type Constraints } from './constraints.js'
import type { LibraryCall, LibraryContext } from '../library-context.js'
import { isStored, type ErrorFacts, type Query, type Values } from '../values.js'

const verbs: Readonly<Record<string, Query['verb']>> = {
  create: 'insert',
  createMany: 'insert',
  createManyAndReturn: 'insert',
  update: 'update',
  updateMany: 'update',
  updateManyAndReturn: 'update',
  delete: 'delete',
  deleteMany: 'delete',
  upsert: 'update',
  findUnique: 'select',
  findFirst: 'select',
  findMany: 'select',
  count: 'select'
}

/** One query of a call. */
export interface PrismaQuery {
  readonly query?: Query
  /** Set if the query fails with P2025 because a record does not exist. */
  readonly missing?: Partial<ErrorFacts>
}

/**
 * Returns the queries of `prisma.user.create({ data })`. The model is the name before the method. `undefined` for other
 * calls.
 */
export function readPrismaQueries (
  machine: LibraryContext,
  { callee, node, args }: LibraryCall,
  name: string,
  constraints: Constraints
): PrismaQuery[] | undefined {
  const { ts } = machine.project
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (
    verb === undefined || node === undefined || callee.from === 'drizzle-orm' || !ts.isCallExpression(node) ||
    !ts.isPropertyAccessExpression(node.expression)
  ) return undefined
  const model = modelAt(machine, node.expression.expression, callee.path, constraints)
  return model === undefined ? undefined : readQueries({ machine, node, constraints }, model, name, args[0] ?? [])
}

/** Returns the model of `prisma.user`, or of a variable whose type is `UserDelegate`. */
function modelAt (
  { project: { ts } }: LibraryContext,
  owner: Node,
  path: string,
  constraints: Constraints
): string | undefined {
  const ofType = /^(\w+)Delegate\./.exec(path)?.[1]
  if (ofType !== undefined && constraints.find(ofType) !== undefined) return ofType
  if (!ts.isPropertyAccessExpression(owner) || constraints.find(owner.name.text) === undefined) return undefined
  return /prisma|tx|trx|transaction|client|db|database/i.test(owner.expression.getText()) ? owner.name.text : undefined
}

interface Context {
  readonly machine: LibraryContext
  readonly node: Node
  readonly constraints: Constraints
}

function readQueries (context: Context, model: string, name: string, options: Values): PrismaQuery[] {
  const { machine, node } = context
  const part = (key: string): Values => machine.read(options, key, node)
  const where = listConditions(part('where'))
  const verb = verbs[name] as Query['verb']
  const isSkipping = part('skipDuplicates').some(value => value.kind === 'literal' && value.value === true)
  if (name === 'upsert') {
    const handledColumns = new Set([...where.keys()].map(normalizeName))
    return [
      ...readWrite(context, model, 'update', part('update'), {
        where: new Set(where.keys()),
        compared: new Map(where),
        handledColumns
      }),
      ...readWrite(context, model, 'insert', part('create'), { handledColumns })
    ]
  }
  const queries = readWrite(context, model, verb, part('data'), {
    where: new Set(where.keys()),
    compared: new Map(where),
    isConflictHandled: name.startsWith('createMany') && isSkipping
  })
  return name === 'update' || name === 'delete' ? [...queries, { missing: missingBy(model, where) }] : queries
}

/**
 * Returns the facts about an error for a missing record. It is unlikely if the application looked up the record before.
 */
function missingBy (model: string, where: ReadonlyMap<string, Values>): Partial<ErrorFacts> {
  return {
    isUncertain: isStored([...where.values()].flat()),
    uncertainIfRead: [...where.keys()].map(column => describeLookup(normalizeName(model), column))
  }
}

/**
 * Returns the columns of a condition. A key of several columns is in an object:
 * `{ userId_postId: { userId, postId } }`.
 */
function listConditions (values: Values): ReadonlyMap<string, Values> {
  return new Map(
    [...getFields(values) ?? []].flatMap(([name, compared]) =>
      name.includes('_') && getFields(compared) !== undefined
        ? [...getFields(compared) ?? []]
        : [[name, compared] as const]
    )
  )
}

/** Returns the fields of an object, or of the first object in a list. `undefined` if they are unknown. */
function getFields (values: Values): ReadonlyMap<string, Values> | undefined {
  const [only] = values
  const record = only?.kind === 'object' && only.isArray ? only.elements[0] : only
  return values.length === 1 && record?.kind === 'object' && record.elements.length === 0 ? record.fields : undefined
}

/** Returns the query that writes a record, and the queries for its related records. */
function readWrite (
  context: Context,
  model: string,
  verb: Query['verb'],
  data: Values,
  settings: Partial<Query>
): PrismaQuery[] {
  const columns = getFields(data)
  const related = context.constraints.find(model)?.relations ?? new Map<string, string>()
  return [
    {
      query: {
        dialect: 'prisma',
        table: model,
        verb,
        columns,
        isInput: data.some(value =>
          (value.kind === 'unknown' && value.isInput) ||
          (value.kind === 'object' && value.elements.some(each => each.kind === 'unknown' && each.isInput))
        ),
        isConflictHandled: false,
        where: new Set(),
        ...settings
      }
    },
    ...[...columns ?? []].flatMap(([field, values]) => {
      const target = related.get(field)
      return target === undefined ? [] : readRelation(context, target, values)
    })
  ]
}

/** Returns the queries of `author: { create: { ... } }`, `{ connect: { id } }` and similar objects. */
function readRelation (context: Context, model: string, values: Values): PrismaQuery[] {
  return [...getFields(values) ?? []].flatMap(([operation, given]): PrismaQuery[] => {
    const part = (key: string): Values => context.machine.read(listElements(given), key, context.node)
    switch (operation) {
      case 'connect':
      case 'delete':
        return given.every(value => value.kind === 'literal')
          ? []
          : [{ missing: missingBy(model, listConditions(given)) }]
      case 'create':
        return readWrite(context, model, 'insert', given, {})
      case 'createMany':
        return readQueries(context, model, 'createMany', listElements(given))
      case 'connectOrCreate':
        return readWrite(context, model, 'insert', part('create'), {
          handledColumns: new Set([...listConditions(part('where')).keys()].map(normalizeName))
        })
      case 'upsert':
        return readQueries(context, model, 'upsert', listElements(given))
      // A relation to one record has no condition: `profile: { update: { name } }`.
      case 'update':
        return getFields(given)?.has('data') === true
          ? readQueries(context, model, 'update', listElements(given))
          : readWrite(context, model, 'update', given, {})
      default:
        return []
    }
  })
}

function listElements (values: Values): Values {
  return values.flatMap(value => value.kind === 'object' && value.isArray ? value.elements : [value])
}
