/** Models queries of Mongoose. Its models are functions of the running application, which hold their schema. */
import { isRecord } from '../support/is-object.js'
import type { Constraints } from './constraints.js'
import { isInput } from './interpreter/compare-values.js'
import type { LibraryCall } from './library-context.js'
import { unknown, type Query, type Unknown, type Value, type Values } from './values.js'

/** The properties of a model that are read. */
interface Model {
  readonly modelName: string
  readonly schema: {
    readonly paths: Readonly<Record<string, Path>>
    readonly _indexes?: ReadonlyArray<readonly [Readonly<Record<string, unknown>>, { readonly unique?: unknown }?]>
  }
}

interface Path {
  readonly instance?: string
  readonly isRequired?: boolean
  readonly options?: { readonly unique?: unknown, readonly default?: unknown }
}

const verbs: Readonly<Record<string, Query['verb']>> = {
  create: 'insert',
  insertMany: 'insert',
  insertOne: 'insert',
  save: 'insert',
  findOneAndUpdate: 'update',
  findByIdAndUpdate: 'update',
  findOneAndReplace: 'update',
  updateOne: 'update',
  updateMany: 'update',
  replaceOne: 'update',
  deleteOne: 'delete',
  deleteMany: 'delete',
  findByIdAndDelete: 'delete',
  findOneAndDelete: 'delete',
  find: 'select',
  findOne: 'select',
  findById: 'select',
  exists: 'select',
  count: 'select',
  countDocuments: 'select'
}

/** The methods that return one document. */
const ofDocument: ReadonlySet<string> = new Set(['create', 'findOne', 'findById', 'findOneAndUpdate', 'findByIdAndUpdate', 'save'])

/** The types to which Mongoose does not convert every string. */
const strictTypes: ReadonlySet<string> = new Set(['ObjectId', 'ObjectID', 'Number', 'Date', 'Boolean', 'UUID', 'Decimal128', 'BigInt', 'Int32', 'Double'])

/** A query of a model, and the model if the call returns one of its documents. */
export interface MongooseQuery {
  readonly query: Query
  readonly document: object | undefined
}

export function isMongooseModel (value: unknown): value is Model & object {
  if (typeof value !== 'function' || typeof Object.getOwnPropertyDescriptor(value, 'modelName')?.value !== 'string') return false
  const schema = Object.getOwnPropertyDescriptor(value, 'schema')?.value as unknown
  return isRecord(schema) && isRecord(schema.paths)
}

/** Returns the document that `new User({ email })` creates. */
export function createDocument (model: object, [data = []]: readonly Values[], type: Unknown['type']): Value {
  return { ...unknown(type), isPresent: true, model, fields: new Map(fieldsOf(data) ?? []), isNew: true, isInputDocument: isInput(data) }
}

/**
 * Returns the query of `User.findById(id)`, or of `user.save()` for a document. Adds the schema of the model to the constraints.
 * `undefined` for other calls.
 */
export function readMongooseQuery ({ self, args }: LibraryCall, name: string, constraints: Constraints): MongooseQuery | undefined {
  const owner = self.find(value => isMongooseModel(value.kind === 'live' ? value.value : value.kind === 'unknown' ? value.model : undefined))
  if (owner === undefined || !Object.hasOwn(verbs, name)) return undefined
  const model = (owner.kind === 'live' ? owner.value : (owner as Unknown).model) as Model & object
  const isOfModel = owner.kind === 'live'
  if (isOfModel === (name === 'save')) return undefined
  readModel(model, constraints)
  const isUpdate = owner.kind === 'unknown' ? owner.isNew !== true : verbs[name] === 'update'
  const [first = [], second = []] = args
  const where = isOfModel && !name.startsWith('insert') && name !== 'create' ? readWhere(name, first) : new Map<string, Values>()
  const data = isUpdate ? second : first
  const columns = owner.kind === 'unknown' ? owner.isInputDocument === true ? undefined : owner.fields : isUpdate ? readUpdate(data) : fieldsOf(data)
  const verb = isUpdate ? 'update' : verbs[name] as Query['verb']
  return {
    document: ofDocument.has(name) ? model : undefined,
    query: {
      dialect: 'mongoose',
      table: model.modelName,
      verb,
      columns: verb === 'insert' || verb === 'update' ? flattenFields(columns, model) : undefined,
      isInput: owner.kind === 'unknown' ? owner.isInputDocument === true : isInput(data),
      isConflictHandled: false,
      where: new Set(where.keys()),
      compared: where
    }
  }
}

/** Returns the fields of a document or of the first document of a list. `undefined` if they are unknown. */
function fieldsOf (values: Values): ReadonlyMap<string, Values> | undefined {
  const [only] = values
  const record = only?.kind === 'object' && only.isArray ? (only.fields.get('0') ?? only.elements)[0] : only
  return record?.kind === 'object' && record.elements.length === 0 ? record.fields : undefined
}

/** Returns the fields that an update sets, directly or with operators such as `$set`. */
function readUpdate (values: Values): ReadonlyMap<string, Values> | undefined {
  const fields = fieldsOf(values)
  if (fields === undefined) return undefined
  return new Map([...fields].flatMap(([name, value]): Array<readonly [string, Values]> => name.startsWith('$') ? [...fieldsOf(value) ?? []] : [[name, value]]))
}

/** Returns the fields of nested objects by path: `address.city`. */
function flattenFields (fields: ReadonlyMap<string, Values> | undefined, { schema: { paths } }: Model): ReadonlyMap<string, Values> | undefined {
  if (fields === undefined) return undefined
  const flatten = (prefix: string, map: ReadonlyMap<string, Values>): Array<readonly [string, Values]> => [...map].flatMap(([name, values]) => {
    const path = `${prefix}${name}`
    const inner = Object.hasOwn(paths, path) ? undefined : fieldsOf(values)
    return inner === undefined ? [[path, values] as const] : flatten(`${path}.`, inner)
  })
  return new Map(flatten('', fields))
}

/** Returns the compared values by path. `findById` compares the key. */
function readWhere (name: string, first: Values): Map<string, Values> {
  return new Map(/ById/.test(name) ? [['_id', first]] : fieldsOf(first) ?? [])
}

/** Adds the unique indexes and the paths of a model to the constraints. */
function readModel ({ modelName, schema: { paths, _indexes: indexes = [] } }: Model, constraints: Constraints): void {
  constraints.addUnique(modelName, ['_id'], true)
  for (const [name, { instance = '', isRequired = false, options = {} }] of Object.entries(paths)) {
    if (name === '_id' || name === '__v') {
      constraints.addColumn(modelName, name, { isRequired: false, isTyped: true, isStrict: strictTypes.has(instance) })
      continue
    }
    if (options.unique === true || isRecord(options.unique)) constraints.addUnique(modelName, [name])
    constraints.addColumn(modelName, name, { isRequired: isRequired && options.default === undefined, isTyped: instance !== 'Mixed', isStrict: strictTypes.has(instance) })
  }
  for (const [fields, { unique } = {}] of indexes) if (unique === true) constraints.addUnique(modelName, Object.keys(fields))
}
