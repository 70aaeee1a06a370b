/**
 * Models queries of Sequelize. Its models are classes of the running application, which hold their columns and
 * constraints.
 */
import type { Constraints } from './constraints.js'
import type { LibraryCall } from '../library-context.js'
import type { Query, Values } from '../values.js'
import { isRecord } from '../../support/is-object.js'

/** The properties of a model that are read. */
interface Model {
  readonly tableName: string
  readonly rawAttributes: Readonly<Record<string, Attribute>>
  readonly primaryKeyAttributes?: readonly string[]
  readonly uniqueKeys?: Readonly<Record<string, { readonly fields: readonly string[] }>>
  readonly sequelize?: { readonly models?: Readonly<Record<string, unknown>> }
}

interface Attribute {
  readonly allowNull?: boolean
  readonly autoIncrement?: boolean
  readonly type?: object
  readonly references?: { readonly model: string | { readonly tableName: string } }
  readonly onDelete?: string
}

const verbs: Readonly<Record<string, Query['verb']>> = {
  create: 'insert',
  bulkCreate: 'insert',
  upsert: 'insert',
  findOrCreate: 'insert',
  update: 'update',
  destroy: 'delete',
  findOne: 'select',
  findByPk: 'select',
  findAll: 'select',
  findAndCountAll: 'select',
  count: 'select'
}

/** The methods that return one record. */
const ofRecord: ReadonlySet<string> = new Set(['create', 'findOne', 'findByPk', 'update'])

/** The types without a length, a range or a format. */
const openTypes: ReadonlySet<string> = new Set(['TEXT', 'CITEXT', 'JSON', 'JSONB', 'JSONTYPE', 'BLOB', 'VIRTUAL'])

/** A query of a model, and the model if the call returns one of its records. */
export interface SequelizeQuery {
  readonly query: Query
  readonly record: object | undefined
}

/**
 * Returns the query of `User.create({ ... })`, or of `user.update({ ... })` for a record that a query returned. Adds
 * the tables of all models to the constraints. `undefined` for other calls.
 *
 * @param known the applications whose models were read already
 */
export function readSequelizeQuery (
  { callee, self, args }: LibraryCall,
  name: string,
  constraints: Constraints,
  known: WeakSet<object>
): SequelizeQuery | undefined {
  if (callee.from !== 'sequelize' || !Object.hasOwn(verbs, name)) return undefined
  const model = self.map(value =>
    value.kind === 'live' ? value.value : value.kind === 'unknown' ? value.model : undefined
  ).find(isSequelizeModel)
  if (model === undefined) return undefined
  // `User.update(values)` without `where` throws before it sends a query.
  const isStatic = self.some(value => value.kind === 'live')
  if (isStatic && name === 'update' && args.length < 2) return undefined
  readModels(model, constraints, known)
  const [first = []] = args
  const [only] = first
  const verb = verbs[name] as Query['verb']
  const given = only?.kind === 'object' && only.isArray ? only.elements[0] : only
  const columns = given?.kind === 'object' && given.elements.length === 0 ? given.fields : undefined
  return {
    record: ofRecord.has(name) ? model : undefined,
    query: {
      dialect: 'sequelize',
      table: model.tableName,
      verb,
      columns: verb === 'insert' || verb === 'update' ? columns : undefined,
      isInput: first.some(value => value.kind === 'unknown' && value.isInput),
      isConflictHandled: name === 'upsert' || name === 'findOrCreate',
      where: readWhere(name, first)
    }
  }
}

/** Returns the columns of `{ where: { email } }`. */
function readWhere (name: string, options: Values): Set<string> {
  if (name === 'findByPk') return new Set(['id'])
  if (!name.startsWith('find') && name !== 'count') return new Set()
  return new Set(
    options.flatMap(value => value.kind === 'object' ? value.fields.get('where') ?? [] : []).flatMap(value =>
      value.kind === 'object' ? [...value.fields.keys()] : []
    )
  )
}

export function isSequelizeModel (value: unknown): value is Model & object {
  return typeof value === 'function' &&
    typeof Object.getOwnPropertyDescriptor(value, 'tableName')?.value === 'string' &&
    isRecord(Object.getOwnPropertyDescriptor(value, 'rawAttributes')?.value)
}

/**
 * Adds the tables of an application to its constraints. A later association can have changed a model, so all are read
 * together.
 */
function readModels (model: Model & object, constraints: Constraints, known: WeakSet<object>): void {
  const all = Object.values(model.sequelize?.models ?? {}).filter(isSequelizeModel)
  for (const each of [model, ...all]) {
    if (known.has(each)) continue
    known.add(each)
    readModel(each, constraints)
  }
}

function readModel (
  { tableName, rawAttributes, primaryKeyAttributes = [], uniqueKeys = {} }: Model,
  constraints: Constraints
): void {
  constraints.addUnique(tableName, primaryKeyAttributes, true)
  for (const [name, { fields }] of Object.entries(uniqueKeys)) constraints.addUnique(tableName, fields, false, name)
  for (
    const [name, { allowNull, autoIncrement, type, references, onDelete = 'NO ACTION' }] of Object.entries(
      rawAttributes
    )
  ) {
    if (autoIncrement !== true) {
      constraints.addColumn(tableName, name, {
        isRequired: allowNull === false,
        isTyped: !openTypes.has(type?.constructor.name ?? '')
      })
    }
    if (references === undefined) continue
    const to = typeof references.model === 'string' ? references.model : references.model.tableName
    constraints.addForeign(tableName, [name], to, /^(no action|restrict)$/i.test(onDelete))
  }
}
