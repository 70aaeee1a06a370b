/** Models queries of TypeORM. The decorators of its entities register their columns in the running application. */
import type { Node } from 'typescript'
import { normalizeName, type Constraints } from './constraints.js'
import { isInput } from '../interpreter/compare-values.js'
import type { LibraryCall, LibraryContext } from '../library-context.js'
import { unknown, type Query, type Value, type Values } from '../values.js'

/** The parts of TypeORM's global storage that are read. */
interface Storage {
  readonly tables: ReadonlyArray<{ readonly target: unknown, readonly name?: string }>
  readonly columns: ReadonlyArray<OfProperty & { readonly mode: string, readonly options: ColumnOptions }>
  readonly generations: readonly OfProperty[]
  readonly indices: readonly Index[]
  readonly uniques: readonly Index[]
  readonly relations: ReadonlyArray<
    OfProperty & {
      readonly relationType: string,
      readonly type: unknown,
      readonly options: { readonly onDelete?: string }
    }
  >
  readonly joinColumns: ReadonlyArray<OfProperty & { readonly name?: string }>
}

interface OfProperty {
  readonly target: unknown
  readonly propertyName: string
}

interface ColumnOptions {
  readonly primary?: boolean
  readonly unique?: boolean
  readonly nullable?: boolean
  readonly default?: unknown
}

interface Index {
  readonly target: unknown
  readonly columns?: unknown
  /** Whether an index is unique. A unique constraint does not have this property. */
  readonly unique?: boolean
}

const verbs: Readonly<Record<string, Query['verb']>> = {
  save: 'update',
  insert: 'insert',
  upsert: 'insert',
  update: 'update',
  delete: 'delete',
  remove: 'delete',
  find: 'select',
  findBy: 'select',
  findAndCount: 'select',
  findOne: 'select',
  findOneBy: 'select',
  count: 'select',
  countBy: 'select',
  exists: 'select',
  existsBy: 'select'
}

/** The methods that return one record. */
const ofRecord: ReadonlySet<string> = new Set(['findOne', 'findOneBy', 'save'])

/** A query of an entity, and the entity if the call returns one of its records. */
export interface TypeormQuery {
  readonly query: Query
  readonly record: object | undefined
}

/**
 * Models the functions that send no query: `getRepository(User)` returns the repository of an entity, and
 * `create(data)` an object.
 */
export function callTypeorm (machine: LibraryContext, call: LibraryCall, name: string): Values | undefined {
  const { args: [first = [], second = []], node, self } = call
  const storage = getStorage()
  if (node === undefined || storage === undefined) return undefined
  const type = (): ReturnType<typeof machine.project.checker.getTypeAtLocation> =>
    machine.project.checker.getTypeAtLocation(node)
  if (/^get\w*Repository$/.test(name)) {
    const entity = first.flatMap(value => findEntity(storage, value) ?? [])[0]
    return entity === undefined ? undefined : [{ ...unknown(type), model: entity }]
  }
  if (name !== 'create') return undefined
  const [entity] = first.flatMap(value => findEntity(storage, value) ?? [])
  const data = entity === undefined ? first : second
  const model = entity ?? self.flatMap(value => findEntity(storage, value) ?? [])[0]
  return data.length === 0 ? [{ ...unknown(type), ...(model !== undefined && { model }), fields: new Map() }] : data
}

/**
 * Returns the query of `users.save(user)`, or of `manager.save(User, user)`. Adds the tables of all entities to the
 * constraints. `undefined` for other calls.
 *
 * @param known the storages that were read already
 */
export function readTypeormQuery (
  machine: LibraryContext,
  { callee, self, args, node }: LibraryCall,
  name: string,
  constraints: Constraints,
  known: WeakSet<object>
): TypeormQuery | undefined {
  const storage = getStorage()
  if (callee.from !== 'typeorm' || !Object.hasOwn(verbs, name) || storage === undefined || node === undefined) {
    return undefined
  }
  const named = args[0]?.flatMap(value =>
    value.kind === 'live' || value.kind === 'class' ? findEntity(storage, value) ?? [] : []
  )[0]
  const given = named === undefined ? args : args.slice(1)
  const [first = [], second = []] = given
  const firstEntity = (values: Values): object | undefined =>
    values.flatMap(value => findEntity(storage, value) ?? [])[0]
  const entity = named ?? firstEntity(self) ?? entityOfType(machine, storage, node) ?? firstEntity(first)
  if (entity === undefined) return undefined
  if (!known.has(storage)) readEntities(storage, constraints)
  known.add(storage)
  const data = name === 'update' ? second : first
  // `save` adds a new object, and updates a record that a query returned.
  const verb = name === 'save' && data.some(value => value.kind === 'object') ? 'insert' : verbs[name] as Query['verb']
  const columns = verb === 'insert' || verb === 'update' ? getFields(data) : undefined
  const ofCriteria = name === 'update' || name === 'delete'
    ? getFields(first) ?? new Map<string, Values>([['id', first]])
    : new Map<string, Values>()
  const where = verb === 'select' ? readWhere(first) : ofCriteria
  return {
    record: ofRecord.has(name) ? entity : undefined,
    query: {
      dialect: 'typeorm',
      table: getTableName(storage, entity),
      verb,
      columns,
      isInput: isInput(data),
      isConflictHandled: name === 'upsert',
      // `save` updates a record with the same key.
      ...(name === 'save' && { handledColumns: new Set(listKeyProperties(storage, entity)) }),
      where: new Set(where.keys()),
      compared: new Map(where)
    }
  }
}

function getStorage (): Storage | undefined {
  const { typeormMetadataArgsStorage: storage } = globalThis as { readonly typeormMetadataArgsStorage?: Storage }
  return storage
}

/** Returns the entity of a value: an entity class, its repository, or one of its records. */
function findEntity (storage: Storage, value: Value): object | undefined {
  const candidate = value.kind === 'live'
    ? typeof value.value === 'function'
      ? value.value
      : Object.getOwnPropertyDescriptor(value.value, 'target')?.value as unknown
    : value.kind === 'class'
      ? value.live?.value
      : value.kind === 'object'
        ? value.cls?.live?.value
        : value.kind === 'unknown'
          ? value.model
          : undefined
  return storage.tables.some(({ target }) => target === candidate) ? candidate as object : undefined
}

/** Returns the entity of a repository whose type is `Repository<User>`. */
function entityOfType ({ project: { ts, checker } }: LibraryContext, storage: Storage, node: Node): object | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
  const type = checker.getTypeAtLocation(node.expression.expression) as {
    readonly typeArguments?: ReadonlyArray<{ readonly symbol?: { readonly name: string } }>
  }
  const name = type.typeArguments?.[0]?.symbol?.name
  return storage.tables.map(({ target }) => target).find((target): target is () => void =>
    typeof target === 'function' && target.name === name
  )
}

function getTableName (storage: Storage, entity: unknown): string {
  return storage.tables.find(({ target }) => target === entity)?.name ?? (entity as { readonly name: string }).name
}

/** Returns the properties of the primary key of an entity. */
function listKeyProperties ({ columns }: Storage, entity: unknown): string[] {
  return columns.filter(({ target, options }) => target === entity && options.primary === true)
    .map(({ propertyName }) => normalizeName(propertyName))
}

/** Returns the fields of a record or of the first record of a list. A related record has the value of its key. */
function getFields (values: Values): ReadonlyMap<string, Values> | undefined {
  const [only] = values
  const record = only?.kind === 'object' && only.isArray ? (only.fields.get('0') ?? only.elements)[0] : only
  if (record?.kind === 'unknown') return record.fields
  if (record?.kind !== 'object' || record.elements.length > 0) return undefined
  return new Map(
    [...record.fields].map(([name, value]) => [
      name,
      value.flatMap(each => each.kind === 'object' ? each.fields.get('id') ?? [each] : [each])
    ])
  )
}

/** Returns the compared values of `{ where: { email } }` or `{ email }`. */
function readWhere (options: Values): ReadonlyMap<string, Values> {
  const fields = getFields(options) ?? new Map<string, Values>()
  const where = options.flatMap(value => value.kind === 'object' ? value.fields.get('where') ?? [] : [])
  return where.length === 0 ? fields : getFields(where) ?? new Map<string, Values>()
}

function readEntities (storage: Storage, constraints: Constraints): void {
  for (const { target } of storage.tables) {
    const table = getTableName(storage, target)
    const ofEntity = <T extends { readonly target: unknown }>(list: readonly T[]): T[] =>
      list.filter(each => each.target === target)
    const generated = new Set(ofEntity(storage.generations).map(({ propertyName }) => propertyName))
    constraints.addUnique(table, listKeyProperties(storage, target), true)
    for (
      const { propertyName: name, mode, options: { primary, unique, nullable, default: ofColumn } } of ofEntity(
        storage.columns
      )
    ) {
      if (unique === true) constraints.addUnique(table, [name])
      const isRequired = mode === 'regular' && primary !== true && nullable !== true && ofColumn === undefined &&
        !generated.has(name)
      constraints.addColumn(table, name, {
        isTyped: false,
        ...constraints.table(table).columns.get(normalizeName(name)),
        isRequired
      })
    }
    for (
      const { columns } of [
        ...ofEntity(storage.uniques),
        ...ofEntity(storage.indices).filter(({ unique }) => unique === true)
      ]
    ) {
      if (Array.isArray(columns)) constraints.addUnique(table, columns.map(String))
    }
    for (const { propertyName, relationType, type, options } of ofEntity(storage.relations)) {
      const [join] = ofEntity(storage.joinColumns).filter(each => each.propertyName === propertyName)
      const to = typeof type === 'function' && !storage.tables.some(each => each.target === type)
        ? callSafely(type as () => unknown)
        : type
      if (
        (relationType === 'one-to-one' && join === undefined) || !/^(many|one)-to-one$/.test(relationType) ||
        !storage.tables.some(each => each.target === to)
      ) continue
      const isRestricting = !/^(cascade|set null|set default)$/i.test(options.onDelete ?? '')
      for (const column of [propertyName, join?.name ?? `${propertyName}Id`]) {
        constraints.addForeign(table, [column], getTableName(storage, to), isRestricting)
        if (relationType === 'one-to-one') constraints.addUnique(table, [column])
      }
    }
  }
}

/** Returns the entity of a relation. A reference to a class that is not defined yet throws. */
function callSafely (type: () => unknown): unknown {
  try {
    return type()
  } catch {
    return undefined
  }
}
