/**
 * What an expression can be, as far as source inference knows it: a value of the running application, a function or class
 * of the source, an object that the code would make, or something of which only the type is known.
 */
import type { ClassLikeDeclaration, Node, Symbol as TypeScriptSymbol, Type } from 'typescript'
import type { StandardCode } from '../catalog/standard-errors.js'
import type { LiveScope } from './inspect.js'
import type { FunctionNode, Site } from './project.js'

/** All that an expression can be; empty: it has no value, because it throws. */
export type Values = readonly Value[]

/** One thing that an expression can be. */
export type Value = Literal | Text | Live | Fn | Cls | Obj | Native | Deferred | External | Module | Unknown

/** A primitive value. */
export interface Literal {
  readonly kind: 'literal'
  readonly value: string | number | boolean | bigint | null | undefined
  /** Whether the source itself says so, so that a branch on it is decided. A value of the running application can change. */
  readonly firm: boolean
}

/** A string of which only parts are known; each other part is a `?`. */
export interface Text {
  readonly kind: 'text'
  readonly text: string
}

/** An object or function of the running application. */
export interface Live {
  readonly kind: 'live'
  readonly id: number
  readonly value: object
}

/** A function of the source. */
export interface Fn {
  readonly kind: 'function'
  readonly id: number
  readonly node: FunctionNode
  readonly env: Env | undefined
  /** `this` of an arrow function, or of a method that was read from an object. */
  readonly self: Values | undefined
  /** The class that a method belongs to, for `super`. */
  readonly home: Cls | undefined
}

/** A class: of the source, of the running application, or both. */
export interface Cls {
  readonly kind: 'class'
  readonly id: number
  readonly node: ClassLikeDeclaration | undefined
  readonly env: Env | undefined
  readonly live: Live | undefined
}

/** An object that the code would make: a literal, an array, an instance of a class, an error. */
export interface Obj {
  readonly kind: 'object'
  readonly id: number
  readonly fields: Map<string, Values>
  /** Of an array or a collection, what it holds under keys that are not known. */
  elements: Values
  readonly cls: Cls | undefined
  readonly isArray: boolean
  /** Set on errors: an error of a catalog, of the language or of a library, or what the database or an upstream would throw. */
  error?: ErrorFacts
  /** Set on the request and the reply: the scope whose decorators they have. */
  readonly base?: Live
  readonly role?: 'request' | 'reply'
}

/** What is known of an error beside its fields. */
export interface ErrorFacts {
  /** Where it comes from. */
  readonly origin: 'catalog' | 'thrown' | 'effect'
  /** The names of its classes that are not in the source. */
  readonly names: readonly string[]
  /** Whether it may not happen although the line is reached. */
  readonly isPossible: boolean
  /** The standard code that it is answered with, if the database or an upstream throws it. */
  readonly code?: StandardCode
  /** A table that has to have rows before it can happen. */
  readonly needsRowsIn?: string
  /** Tables and columns that the application may have looked up before, which makes it unlikely. */
  readonly unlessRead?: readonly string[]
}

/** A function that the engine itself knows. */
export interface Native {
  readonly kind: 'native'
  readonly id: number
  readonly name: string
  readonly call: (args: readonly Values[], self: Values, node: Node) => Values
}

/** A promise or a generator: its value, and what it rejects with when somebody waits for it. */
export interface Deferred {
  readonly kind: 'promise'
  readonly id: number
  value: Values
  throws: Thrown[]
  /** Set on a query that is built step by step. */
  readonly query?: Query
}

/** A query that is built step by step. */
export interface Query {
  readonly dialect: string
  table: string | undefined
  verb: 'select' | 'insert' | 'update' | 'delete'
  /** The values by column; `undefined`: not known. */
  columns: ReadonlyMap<string, Values> | undefined
  /** Whether the values as a whole come from the request. */
  isInput: boolean
  /** Whether conflicts are ignored or merged. */
  isConflictHandled: boolean
  readonly where: Set<string>
}

/** Something of a package, by name. */
export interface External {
  readonly kind: 'external'
  /** The package, or 'node:x', or '' for a global of the language. */
  readonly from: string
  /** The way to it from the package's exports: `default.NotFound`. */
  readonly path: string
  readonly node: Node | undefined
}

/** The exports of a file of the application. */
export interface Module {
  readonly kind: 'module'
  readonly symbol: TypeScriptSymbol
}

/** Something of which at most the type is known. */
export interface Unknown {
  readonly kind: 'unknown'
  readonly id: number
  readonly type: (() => Type | undefined) | undefined
  /** Values that went into the call that made it, and may come out again. */
  readonly held: Values
  /** Whether it is what a `catch` gets from code that is not followed. */
  readonly isCaught: boolean
  /** Whether the caller sent it: it is part of the body, the query, the path or the headers. */
  readonly isInput: boolean
}

/** The variables that a function sees. */
export interface Frame {
  readonly id: number
  vars: Map<TypeScriptSymbol, Values>
  readonly parent: Env | undefined
}

/** The variables of a function that runs in the application. */
export interface LiveEnv {
  readonly id: number
  readonly scopes: readonly LiveScope[]
}

export type Env = Frame | LiveEnv

/** An error on its way. */
export interface Thrown {
  readonly value: Value
  readonly site: Site
  /** The functions from the one that was called to the one that throws. */
  readonly via: readonly string[]
  readonly isPossible: boolean
  /** The statuses that the reply was given before. */
  readonly statuses: readonly number[]
}

/** A status that was sent without an error. */
export interface Sent {
  readonly status: number
  readonly site: Site
  readonly via: readonly string[]
  readonly isPossible: boolean
}

let last = 0

/** A number that no other value has. */
export function nextId (): number {
  return ++last
}

export const nothing: Values = [{ kind: 'literal', value: undefined, firm: true }]

export function literal (value: Literal['value'], firm = true): Literal {
  return { kind: 'literal', value, firm }
}

export function unknown (type?: () => Type | undefined, held: Values = [], isCaught = false, isInput = false): Unknown {
  return { kind: 'unknown', id: nextId(), type, held, isCaught, isInput }
}

export function object (init: Partial<Omit<Obj, 'kind' | 'id'>> = {}): Obj {
  return { kind: 'object', id: nextId(), fields: new Map(), elements: [], cls: undefined, isArray: false, ...init }
}

export function native (name: string, call: Native['call']): Native {
  return { kind: 'native', id: nextId(), name, call }
}

export function promise (value: Values, throws: readonly Thrown[], query?: Query): Deferred {
  return { kind: 'promise', id: nextId(), value, throws: [...throws], ...(query !== undefined && { query }) }
}

/** More values than this are too many to tell apart. */
const maxValues = 40

/** Values of both, each once. */
export function union (...lists: readonly Values[]): Values {
  const [first = [], ...others] = lists.filter(list => list.length > 0)
  if (others.every(list => list === first)) return first
  const seen = new Map<string, Value>()
  for (const list of [first, ...others]) {
    for (const value of list) {
      const key = keyOf(value)
      if (!seen.has(key) && seen.size < maxValues) seen.set(key, value)
    }
  }
  return [...seen.values()]
}

/** A string that two equal values share. */
export function keyOf (value: Value): string {
  switch (value.kind) {
    case 'literal': return `${value.firm ? '=' : '~'}${typeof value.value}:${String(value.value)}`
    case 'text': return `t${value.text}`
    case 'external': return `e${value.from}#${value.path}`
    case 'module': return `m${value.symbol.name}`
    default: return `#${value.id}`
  }
}

/** The literal numbers among values. */
export function numbersIn (values: Values): number[] {
  return values.flatMap(value => value.kind === 'literal' && typeof value.value === 'number' ? [value.value] : [])
}

/** The strings among values, with a `?` for each part that is not known. */
export function textsIn (values: Values): string[] {
  return values.flatMap(value => value.kind === 'text' ? [value.text] : value.kind === 'literal' && typeof value.value === 'string' ? [value.value] : [])
}

/** Whether each of two lists of errors has the same errors, by place and value. */
export function dedupe<T extends Thrown | Sent> (list: readonly T[]): T[] {
  const seen = new Map<string, T>()
  for (const entry of list) {
    const what = 'value' in entry ? keyOf(entry.value) : String(entry.status)
    const key = `${what} ${entry.site.file}:${entry.site.line}`
    const known = seen.get(key)
    if (known === undefined || (known.isPossible && !entry.isPossible) || (known.isPossible === entry.isPossible && entry.via.length < known.via.length)) seen.set(key, entry)
  }
  return [...seen.values()]
}
