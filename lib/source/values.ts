/**
 * The possible values of an expression in source inference. A value is a value of the running application, a function
 * or class of the source, or an object that the code would create. Of other values, only the type is known.
 */
import type { ClassLikeDeclaration, Node, Symbol as TypeScriptSymbol, Type } from 'typescript'
import type { StandardCode } from '../catalog/standard-errors.js'
import type { LiveScope } from './inspector.js'
import type { FunctionNode, Site } from './project.js'

/** All possible values of an expression. If the list is empty, the expression throws. */
export type Values = readonly Value[]

/** One possible value of an expression. */
export type Value =
  | LiteralValue
  | TextValue
  | LiveValue
  | FunctionValue
  | ClassValue
  | ObjectValue
  | NativeFunction
  | PromiseValue
  | ExternalValue
  | ModuleValue
  | UnknownValue

/** A primitive value. */
export interface LiteralValue {
  readonly kind: 'literal'
  readonly value: string | number | boolean | bigint | null | undefined
  /**
   * Whether the value is a literal in the source, which decides a branch. A value in the running application can
   * change.
   */
  readonly isInSource: boolean
}

/** A string with unknown parts. Each of them is a `?`. */
export interface TextValue {
  readonly kind: 'text'
  readonly text: string
  /** Whether an unknown part is random. */
  readonly isRandom?: boolean
}

/** An object or function of the running application. */
export interface LiveValue {
  readonly kind: 'live'
  readonly id: number
  readonly value: object
}

/** A function of the source. */
export interface FunctionValue {
  readonly kind: 'function'
  readonly id: number
  readonly node: FunctionNode
  readonly env: Environment | undefined
  /** The `this` of an arrow function, or of a method that was read from an object. */
  readonly self: Values | undefined
  /** The class of a method, for `super`. */
  readonly home: ClassValue | undefined
}

/** A class of the source, of the running application, or both. */
export interface ClassValue {
  readonly kind: 'class'
  readonly id: number
  readonly node: ClassLikeDeclaration | undefined
  readonly env: Environment | undefined
  readonly live: LiveValue | undefined
}

/** An object that the code would create: a literal, an array, an instance of a class, or an error. */
export interface ObjectValue {
  readonly kind: 'object'
  readonly id: number
  readonly fields: Map<string, Values>
  /** The values under unknown keys of an array or a collection. */
  elements: Values
  readonly cls: ClassValue | undefined
  readonly isArray: boolean
  /** Set on errors: an error of a catalog, of JavaScript, of a library, of the database or of an upstream service. */
  error?: ErrorFacts
  /** Set on the request and the reply: the scope whose decorators they have. */
  readonly base?: LiveValue
  readonly role?: 'request' | 'reply'
}

/** The known properties of an error, except its fields. */
export interface ErrorFacts {
  /** The origin of the error. */
  readonly origin: 'catalog' | 'thrown' | 'external'
  /** The names of its classes that are not in the source. */
  readonly names: readonly string[]
  /** Whether the error may not occur even if its line is reached. */
  readonly isUncertain: boolean
  /** The standard code of the response, if the database or an upstream service throws the error. */
  readonly code?: StandardCode
  /** Whether it concerns one value, which is in the URL if the request has no body. */
  readonly isOfValue?: true
  /** A table that must have rows before the error can occur. */
  readonly requiresWriteTo?: string
  /** Whether the error occurs only if the tokens of the application expire. */
  readonly requiresTokenLifetime?: true
  /** Tables and columns. If the application has read one of them before, the error is unlikely. */
  readonly uncertainIfRead?: readonly string[]
}

/** A built-in function that is modeled. */
export interface NativeFunction {
  readonly kind: 'native'
  readonly id: number
  readonly name: string
  readonly call: (args: readonly Values[], self: Values, node: Node) => Values
}

/** A promise or a generator: its value, and the errors when code awaits it or iterates over it. */
export interface PromiseValue {
  readonly kind: 'promise'
  readonly id: number
  value: Values
  throws: ThrownError[]
  /** Set on a query that is built step by step. */
  readonly query?: Query
  /** Returns a method that a package adds to the promise. */
  readonly members?: (name: string) => Values | undefined
}

/** A query that is built step by step. */
export interface Query {
  readonly dialect: string
  table: string | undefined
  verb: 'select' | 'insert' | 'update' | 'delete'
  /** The values by column. `undefined` if they are unknown. */
  columns: ReadonlyMap<string, Values> | undefined
  /** Whether all values come from the request. */
  isInput: boolean
  /** Whether conflicts are ignored or merged. */
  isConflictHandled: boolean
  /** The columns of a unique key whose conflicts the query handles, as with `upsert`. */
  readonly handledColumns?: ReadonlySet<string>
  readonly where: Set<string>
  /** Whether the model of Objection has a schema, which rejects invalid values before the query is sent. */
  readonly hasSchema?: boolean
  /** Whether no schema of the route checks a written value. */
  isUnchecked?: boolean
  /** The compared values by column, if they are known. */
  readonly compared?: Map<string, Values>
  /** Whether Kysely builds it. */
  readonly isOfKysely?: boolean
  /** Whether conflicts add no record, as with `doNothing()` of Kysely. */
  ignoresConflicts?: boolean
  /** Whether it always returns one row, as with `count` of Kysely without groups. */
  returnsAggregate?: boolean
  /** The errors of the queries in its parts. */
  readonly nested?: readonly ThrownError[]
}

/** A value from a package, identified by its name. */
export interface ExternalValue {
  readonly kind: 'external'
  /** The package, `node:x`, or an empty string for a global variable. */
  readonly from: string
  /** The path from the exports of the package: `default.NotFound`. */
  readonly path: string
  readonly node: Node | undefined
}

/** The exports of a file of the application. */
export interface ModuleValue {
  readonly kind: 'module'
  readonly symbol: TypeScriptSymbol
}

/** A value of which only the type is known, or of which nothing is known. */
export interface UnknownValue {
  readonly kind: 'unknown'
  readonly id: number
  readonly type: (() => Type | undefined) | undefined
  /** Arguments of the call that returned the value. The value may contain them. */
  readonly contents: Values
  /** Whether a `catch` received it from code that is not followed. */
  readonly isCaught: boolean
  /** Whether the client sent it: it is part of the body, the query, the path or the headers. */
  readonly isInput: boolean
  /** Whether the client sent it, and no schema of the route checks it. */
  readonly isUnchecked?: boolean
  /** Whether it is from a record of the database, or a hook has put it on the request. */
  readonly isStored?: boolean
  /** Whether a condition has shown that it is neither null nor empty. */
  readonly isPresent?: boolean
  /** Whether a condition has shown that it is neither null nor undefined. */
  readonly isDefined?: boolean
  /** The names of its properties that a condition has shown to be neither null nor undefined. */
  readonly defined?: ReadonlySet<string>
  /** The part of the request that it is: `params`, `query`, `body` or `cookies`. */
  readonly part?: string
  /** Whether the client sent it, and a schema only checks that it is a string. */
  readonly isFreeText?: boolean
  /** Whether it is a parameter of the path or of the query. */
  readonly isUrlParameter?: boolean
  /** Set on a schema of zod that accepts any string, or all parameters of the path. */
  readonly accepts?: 'string' | 'path'
  /** The model of Sequelize or Mongoose of which it is a record. */
  readonly model?: object
  /** The fields that the application has set on a document of Mongoose. */
  readonly fields?: Map<string, Values>
  /** Whether a document of Mongoose is not stored yet. */
  readonly isNew?: boolean
  /** Whether the client sent all fields of a document of Mongoose. */
  readonly isInputDocument?: boolean
  /** Whether it is random, so that it does not equal any stored value. */
  readonly isRandom?: boolean
}

/** The variables in scope of a function. */
export interface Frame {
  readonly id: number
  vars: Map<TypeScriptSymbol, Values>
  readonly parent: Environment | undefined
}

/** The variables of a function that runs in the application. */
export interface LiveEnvironment {
  readonly id: number
  readonly scopes: readonly LiveScope[]
}

export type Environment = Frame | LiveEnvironment

/** A thrown error. */
export interface ThrownError {
  readonly value: Value
  readonly site: Site
  /** The functions from the called function to the function that throws. */
  readonly via: readonly string[]
  readonly isUncertain: boolean
  /** The statuses that had been set on the reply. */
  readonly statuses: readonly number[]
  /** Whether it was passed to `reply.send` or `done`, so that no `catch` receives it. */
  readonly isSent?: true
  /** Whether the application has read something before that makes the error unlikely. */
  readonly isUnlikely?: true
}

/** A status that was sent without an error. */
export interface SentStatus {
  readonly status: number
  /** Set if its body has more than a message, so that it is sent unchanged. `any` if the body can be a list. */
  readonly body?: 'object' | 'any' | undefined
  readonly site: Site
  readonly via: readonly string[]
  readonly isUncertain: boolean
}

let last = 0

/** Returns a unique number. */
export function nextId (): number {
  return ++last
}

export const undefinedValues: Values = [{ kind: 'literal', value: undefined, isInSource: true }]

export function literal (value: LiteralValue['value'], firm = true): LiteralValue {
  return { kind: 'literal', value, isInSource: firm }
}

export function unknown (
  type?: () => Type | undefined,
  held: Values = [],
  isCaught = false,
  isInput = false
): UnknownValue {
  return { kind: 'unknown', id: nextId(), type, contents: held, isCaught, isInput }
}

/** Returns an unknown value that comes from the same place as another one, such as its property. */
export function createUnknownLike (
  { isInput, isUnchecked = false, isFreeText = false, isUrlParameter = false, isStored = false }: Pick<
    UnknownValue,
    'isInput' | 'isUnchecked' | 'isFreeText' | 'isUrlParameter' | 'isStored'
  >,
  type: UnknownValue['type']
): UnknownValue {
  return { ...unknown(type, [], false, isInput), isUnchecked, isFreeText, isUrlParameter, isStored }
}

/** Returns whether a part of the request is the URL, or from the URL. */
export function isInUrl ({ isUrlParameter, part }: UnknownValue): boolean {
  return isUrlParameter === true || part === 'params' || part === 'query'
}

/**
 * Returns whether values are from records of the database or from properties that hooks put on the request, and not
 * from the client.
 */
export function isStored (values: Values): boolean {
  return values.some(value => value.kind === 'unknown' && value.isStored === true) &&
    values.every(value => value.kind === 'unknown' && !value.isInput)
}

export function random (): UnknownValue {
  return { ...unknown(), isRandom: true }
}

/** Returns whether a value is random, or a string with a random part. */
export function isRandom (value: Value): boolean {
  return (value.kind === 'unknown' || value.kind === 'text') && value.isRandom === true
}

export function object (init: Partial<Omit<ObjectValue, 'kind' | 'id'>> = {}): ObjectValue {
  return { kind: 'object', id: nextId(), fields: new Map(), elements: [], cls: undefined, isArray: false, ...init }
}

export function native (name: string, call: NativeFunction['call']): NativeFunction {
  return { kind: 'native', id: nextId(), name, call }
}

export function promise (value: Values, throws: readonly ThrownError[], query?: Query): PromiseValue {
  return { kind: 'promise', id: nextId(), value, throws: [...throws], ...(query !== undefined && { query }) }
}

/** The maximum number of values. Above it, values are no longer distinguished. */
const maxValues = 40

/** Returns the values of both lists, each once. */
export function union (...lists: readonly Values[]): Values {
  const [first = [], ...others] = lists.filter(list => list.length > 0)
  if (others.every(list => list === first)) return first
  const seen = new Map<string, Value>()
  for (const list of [first, ...others]) {
    for (const value of list) {
      const key = getKey(value)
      if (!seen.has(key) && seen.size < maxValues) seen.set(key, value)
    }
  }
  return [...seen.values()]
}

/** Returns a string that equal values share. */
export function getKey (value: Value): string {
  switch (value.kind) {
    case 'literal':
      return `${value.isInSource ? '=' : '~'}${typeof value.value}:${String(value.value)}`
    case 'text':
      return `t${value.isRandom === true ? '*' : ''}${value.text}`
    case 'external':
      return `e${value.from}#${value.path}`
    case 'module':
      return `m${value.symbol.name}`
    default:
      return `#${value.id}`
  }
}

/** Returns the literal numbers among the values. */
export function listNumbers (values: Values): number[] {
  return values.flatMap(value => value.kind === 'literal' && typeof value.value === 'number' ? [value.value] : [])
}

/** Returns the strings among the values, with a `?` for each unknown part. */
export function listTexts (values: Values): string[] {
  return values.flatMap(value =>
    value.kind === 'text'
      ? [value.text]
      : value.kind === 'literal' && typeof value.value === 'string'
        ? [value.value]
        : []
  )
}

/** Returns whether two lists have the same errors, by line and value. */
export function dedupe<T extends ThrownError | SentStatus> (list: readonly T[]): T[] {
  const seen = new Map<string, T>()
  for (const entry of list) {
    const what = 'value' in entry ? getKey(entry.value) : String(entry.status)
    const key = `${what} ${entry.site.file}:${entry.site.line}`
    const known = seen.get(key)
    if (
      known === undefined || getDoubt(known) > getDoubt(entry) ||
      (getDoubt(known) === getDoubt(entry) && entry.via.length < known.via.length)
    ) seen.set(key, entry)
  }
  return [...seen.values()]
}

/** Returns 1 if an error may not occur even if its line is reached, otherwise 0. */
function getDoubt (entry: ThrownError | SentStatus): number {
  return Number(entry.isUncertain || ('isUnlikely' in entry && entry.isUnlikely === true))
}
