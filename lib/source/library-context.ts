/** The types by which the machine and the tables of libraries, queries and effects call each other. */
import type { Node } from 'typescript'
import type { Inspector } from './inspect.js'
import type { Project, Site } from './project.js'
import type { Cls, External, Fn, Live, Obj, Query, Thrown, Value, Values } from './values.js'

/** A status that the reply was given, and where. */
export interface Status {
  readonly status: number
  readonly site: Site
}

/** Knows what statements and requests can fail with. */
export interface Effects {
  /** A call that sends SQL, or one of Prisma. `undefined`: it does neither. */
  readonly ofCall: (machine: LibraryContext, call: LibraryCall, name: string) => Values | undefined
  /** A request to another service. */
  readonly upstream: (machine: LibraryContext, node: Node) => Values
  /** The name of the table that an object of Drizzle stands for. */
  readonly tableOf: (value: object) => string | undefined
  /** The errors of a query, and what it reads and writes. */
  readonly errorsOf: (machine: LibraryContext, query: Query) => Obj[]
  /** The tables that something writes records to. */
  readonly written: ReadonlySet<string>
}

/** The part of the machine that the tables of libraries need. */
export interface LibraryContext {
  readonly project: Project
  readonly inspector: Inspector
  readonly effects: Effects
  statuses: readonly Status[]
  readonly call: (callees: Values, self: Values, args: readonly Values[], node?: Node) => Values
  readonly construct: (callees: Values, args: readonly Values[], node: Node | undefined) => Values
  readonly callUnknown: (args: readonly Values[], node: Node | undefined) => Values
  readonly member: (owners: Values, name: string | undefined, node: Node) => Values
  readonly elementsOf: (values: Values, node: Node) => Values
  readonly settle: (values: Values) => Values
  readonly throwValues: (values: Values, node: Node, isPossible?: boolean) => void
  readonly rethrow: (throws: readonly Thrown[]) => void
  readonly caught: (body: () => void) => Thrown[]
  readonly caughtValues: (throws: readonly Thrown[]) => Values
  readonly detached: (body: () => void) => void
  readonly maybe: <T>(body: () => T) => T
  readonly live: (value: object) => Live
  readonly liveValue: (value: unknown) => Value
  readonly nodeOf: (live: Live) => Fn | Cls | undefined
  readonly setStatus: (numbers: readonly number[], node: Node) => void
  readonly send: (statuses: readonly Status[], isPossible?: boolean) => void
  readonly missed: (node: Node | undefined, reason: string) => void
  readonly readRoute: () => { readonly method: string, readonly path: string }
  /** Notes that a table, or a column of one, is read. */
  readonly note: (read: string) => void
}

/** A call of something outside of the application. */
export interface LibraryCall {
  readonly callee: External
  readonly self: Values
  readonly args: readonly Values[]
  readonly node: Node | undefined
  /** The function itself, if the running application has it. */
  readonly live: Live | undefined
}
