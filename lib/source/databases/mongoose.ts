/** Models queries of Mongoose. Its models are functions of the running application, which hold their schema. */
import type { Node } from 'typescript'
import { isRecord } from '../../support/is-object.js'
import type { Constraints } from './constraints.js'
import { isInput, isUnchecked } from '../interpreter/compare-values.js'
import type { LibraryCall, LibraryContext } from '../library-context.js'
import { native, undefinedValues, unknown, type Query, type UnknownValue, type Value, type Values } from '../values.js'

/** The properties of a model that are read. */
interface Model {
  readonly modelName: string
  readonly schema: {
    readonly paths: Readonly<Record<string, Path>>,
    readonly _indexes?: ReadonlyArray<readonly [Readonly<Record<string, unknown>>, { readonly unique?: unknown }?]>,
    readonly s?: { readonly hooks?: Middleware }
  }
}

/** The middleware of a schema, by operation. */
interface Middleware {
  readonly _pres?: ReadonlyMap<string, readonly Hook[]>
  readonly _posts?: ReadonlyMap<string, readonly Hook[]>
}

interface Hook {
  readonly fn: object
  /** Whether it runs for `document.deleteOne()`, and not for `Model.deleteOne()`. */
  readonly document?: boolean
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
const methodsReturningDocuments: ReadonlySet<string> = new Set([
  'create', 'findOne', 'findById', 'findOneAndUpdate', 'findByIdAndUpdate', 'save'
])

/** The types to which Mongoose does not convert every string. */
const strictTypes: ReadonlySet<string> = new Set([
  'ObjectId', 'ObjectID', 'Number', 'Date', 'Boolean', 'UUID', 'Decimal128', 'BigInt', 'Int32', 'Double'
])

/** The methods of a document that send a query. */
const methodsOfDocument: ReadonlySet<string> = new Set(['save', 'deleteOne'])

/** The operations whose middleware a method runs, if their names differ from the method. */
const operations: Readonly<Record<string, readonly string[]>> = {
  create: ['validate', 'save'],
  save: ['validate', 'save'],
  insertMany: ['validate', 'insertMany'],
  insertOne: ['validate', 'save'],
  findById: ['findOne'],
  exists: ['findOne'],
  findByIdAndUpdate: ['findOneAndUpdate'],
  findByIdAndDelete: ['findOneAndDelete']
}

/** A query of a model, and the model if the call returns one of its documents. */
export interface MongooseQuery {
  readonly query: Query
  readonly document: object | undefined
  /** Runs the middleware around the query. */
  readonly runMiddleware: (machine: LibraryContext, node: Node, body: () => void) => void
}

export function isMongooseModel (value: unknown): value is Model & object {
  if (typeof value !== 'function' || typeof Object.getOwnPropertyDescriptor(value, 'modelName')?.value !== 'string') {
    return false
  }
  const schema = Object.getOwnPropertyDescriptor(value, 'schema')?.value as unknown
  return isRecord(schema) && isRecord(schema.paths)
}

/** Returns the document that `new User({ email })` creates. */
export function createDocument (model: object, [data = []]: readonly Values[], type: UnknownValue['type']): Value {
  return {
    ...unknown(type),
    isPresent: true,
    model,
    fields: new Map(getFields(data) ?? []),
    isNew: true,
    isInputDocument: holds(data, value => isInput([value])),
    isUnchecked: holds(data, value => isUnchecked([value]))
  }
}

/**
 * Returns the query of `User.findById(id)`, or of `user.save()` for a document. Adds the schema of the model to the
 * constraints. `undefined` for other calls.
 */
export function readMongooseQuery (
  { self, args }: LibraryCall,
  name: string,
  constraints: Constraints
): MongooseQuery | undefined {
  const owner = self.find(value =>
    isMongooseModel(value.kind === 'live' ? value.value : value.kind === 'unknown' ? value.model : undefined)
  )
  if (owner === undefined || !Object.hasOwn(verbs, name)) return undefined
  const model = (owner.kind === 'live' ? owner.value : (owner as UnknownValue).model) as Model & object
  const isOfModel = owner.kind === 'live'
  if (isOfModel ? name === 'save' : !methodsOfDocument.has(name)) return undefined
  readModel(model, constraints)
  const isUpdate = owner.kind === 'unknown' ? name === 'save' && owner.isNew !== true : verbs[name] === 'update'
  const [first = [], second = []] = args
  const where = isOfModel && !name.startsWith('insert') && name !== 'create'
    ? readWhere(name, first)
    : new Map<string, Values>()
  const data = isUpdate ? second : first
  // A property of a document whose name is not known.
  const unnamed = owner.kind === 'unknown' ? owner.fields?.get('') : undefined
  const columns = owner.kind === 'unknown'
    ? owner.isInputDocument === true || unnamed !== undefined ? undefined : owner.fields
    : isUpdate
      ? readUpdate(data)
      : getFields(data)
  const isWritten = (test: (value: Value) => boolean): boolean =>
    holds(unnamed ?? (owner.kind === 'unknown' ? [owner] : data), test)
  const verb = isUpdate ? 'update' : verbs[name] as Query['verb']
  const isOfDocument = !isOfModel || ['validate', 'save'].includes(operations[name]?.[0] as string)
  const target: Value = isOfDocument
    ? { ...unknown(), isPresent: true, model, fields: new Map(columns) }
    : { kind: 'external', from: 'mongoose', path: 'Query', node: undefined }
  return {
    document: methodsReturningDocuments.has(name) ? model : undefined,
    runMiddleware: (machine, node, body) => {
      runMiddleware(
        { machine, node, self: [target], isOfDocument: !isOfModel },
        model.schema.s?.hooks ?? {},
        operations[name] ?? [name],
        body
      )
    },
    query: {
      dialect: 'mongoose',
      table: model.modelName,
      verb,
      columns: verb === 'insert' || verb === 'update' ? flattenFields(columns, model) : undefined,
      isInput: owner.kind === 'unknown' && owner.isInputDocument === true ? true : isWritten(value => isInput([value])),
      isUnchecked: isWritten(value => isUnchecked([value])),
      isConflictHandled: false,
      where: new Set(where.keys()),
      compared: where
    }
  }
}

/** Returns whether a value, or a value that is spread into an object, meets a condition. */
function holds (values: Values, test: (value: Value) => boolean): boolean {
  return values.some(value => test(value) || (value.kind === 'object' && value.elements.some(test)))
}

/** Returns the fields of a document or of the first document of a list. `undefined` if they are unknown. */
function getFields (values: Values): ReadonlyMap<string, Values> | undefined {
  const [only] = values
  const record = only?.kind === 'object' && only.isArray ? (only.fields.get('0') ?? only.elements)[0] : only
  return record?.kind === 'object' && record.elements.length === 0 ? record.fields : undefined
}

/** Returns the fields that an update sets, directly or with operators such as `$set`. */
function readUpdate (values: Values): ReadonlyMap<string, Values> | undefined {
  const fields = getFields(values)
  if (fields === undefined) return undefined
  return new Map(
    [...fields].flatMap(([name, value]): Array<readonly [string, Values]> =>
      name.startsWith('$') ? [...getFields(value) ?? []] : [[name, value]]
    )
  )
}

/** Returns the fields of nested objects by path: `address.city`. */
function flattenFields (
  fields: ReadonlyMap<string, Values> | undefined,
  { schema: { paths } }: Model
): ReadonlyMap<string, Values> | undefined {
  if (fields === undefined) return undefined
  const flatten = (prefix: string, map: ReadonlyMap<string, Values>): Array<readonly [string, Values]> =>
    [...map].flatMap(([name, values]) => {
      const path = `${prefix}${name}`
      const inner = Object.hasOwn(paths, path) ? undefined : getFields(values)
      return inner === undefined ? [[path, values] as const] : flatten(`${path}.`, inner)
    })
  return new Map(flatten('', fields))
}

/**
 * Returns the compared values by path. `findById` compares the key, which can be in an object. The other properties of
 * the object can be unknown.
 */
function readWhere (name: string, first: Values): Map<string, Values> {
  const [only] = first
  const fields = only?.kind === 'object' && !only.isArray ? only.fields : new Map<string, Values>()
  return new Map(/ById/.test(name) ? [['_id', fields.get('_id') ?? first]] : fields)
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
    constraints.addColumn(modelName, name, {
      isRequired: isRequired && options.default === undefined,
      isTyped: instance !== 'Mixed',
      isStrict: strictTypes.has(instance)
    })
  }
  for (const [fields, { unique } = {}] of indexes) {
    if (unique === true) constraints.addUnique(modelName, Object.keys(fields))
  }
}

interface MiddlewareContext {
  readonly machine: LibraryContext
  readonly node: Node
  /** The document or the query. */
  readonly self: Values
  readonly isOfDocument: boolean
}

/**
 * Runs the functions of the application before and after an operation. A function with three parameters receives the
 * error of the operation.
 */
function runMiddleware (
  context: MiddlewareContext,
  { _pres: before, _posts: after }: Middleware,
  names: readonly string[],
  body: () => void
): void {
  const { machine, isOfDocument } = context
  const list = (hooks: ReadonlyMap<string, readonly Hook[]> | undefined): object[] =>
    names.flatMap(name => hooks?.get(name) ?? [])
      .filter(({ fn, document }) =>
        (document === undefined || document === isOfDocument) && machine.findSource(machine.live(fn)) !== undefined
      )
      .map(({ fn }) => fn)
  for (const fn of list(before)) callMiddleware(context, fn, [])
  let throws = machine.catch(body)
  for (const fn of list(after)) {
    if ((fn as () => void).length < 3) {
      callMiddleware(context, fn, [[unknown()]])
      continue
    }
    throws = throws.flatMap(thrown => {
      const replaced = machine.catch(() => {
        callMiddleware(context, fn, [[thrown.value], [unknown()]])
      })
      return replaced.length === 0 || replaced.some(({ value }) => value === thrown.value) ? [thrown] : replaced
    })
  }
  machine.rethrow(throws)
}

/** Calls a function that can fail by passing an error to its last parameter. */
function callMiddleware ({ machine, node, self }: MiddlewareContext, fn: object, args: readonly Values[]): void {
  const next = native('next', ([error = []], _, at) => {
    machine.throwValues(error.filter(value => value.kind === 'object' || value.kind === 'live'), at)
    return undefinedValues
  })
  machine.await(machine.call([machine.live(fn)], self, [...args, [next]], node))
}
