/** The types that connect the interpreter with the models of libraries, queries and external errors. */
import type { Node } from 'typescript'
import type { Inspector } from './inspector.js'
import type { Project, Site } from './project.js'
import type {
  ClassValue,
  ExternalValue,
  FunctionValue,
  LiveValue,
  ObjectValue,
  Query,
  ThrownError,
  Value,
  Values
} from './values.js'

/** The note that a package has validated values of the request. */
export const validated = 'request.validated'

/** A status that was set on the reply, and its line. */
export interface Status {
  readonly status: number
  readonly site: Site
}

/** What has happened to the request and the reply on the current path. */
export interface Progress {
  /** The statuses that were set on the reply. */
  readonly statuses: readonly Status[]
  /**
   * The properties of the request that are set and neither null nor empty. `undefined` if the response is sent, so that
   * no later hook runs.
   */
  readonly properties: ReadonlyMap<string, Values> | undefined
}

/** Finds the possible errors of SQL statements and of requests to other services. */
export interface ExternalErrors {
  /** Models a call that sends SQL or uses Prisma. Returns `undefined` for other calls. */
  readonly callQuery: (machine: LibraryContext, call: LibraryCall, name: string) => Values | undefined
  /** Returns whether a call fails only during an outage, because a client cannot make it fail. */
  readonly failsOnlyInOutage: (node: Node) => boolean
  /** Models a request to another service. */
  readonly callUpstream: (machine: LibraryContext, node: Node) => Values
  /** Returns the table name of a Drizzle object. */
  readonly findTable: (value: object) => string | undefined
  /** Returns the errors of a query, and records the tables that it reads and writes. */
  readonly listErrors: (machine: LibraryContext, query: Query) => ObjectValue[]
  /** The tables to which the application adds records. */
  readonly written: ReadonlySet<string>
}

/** The tokens that an application signs. */
export interface Tokens {
  /** Records a call that signs a token. */
  readonly add: (inspector: Inspector, call: LibraryCall) => void
  /**
   * Returns whether a token can expire. True if the application signs no token, because another application signs them.
   */
  readonly canExpire: () => boolean
}

/** The part of the interpreter that the models of libraries use. */
export interface LibraryContext {
  readonly project: Project
  readonly inspector: Inspector
  readonly externalErrors: ExternalErrors
  readonly tokens: Tokens
  /** The values that code adds to the maps of the running application. */
  readonly stored: WeakMap<object, Values>
  statuses: Progress['statuses']
  properties: Progress['properties']
  readonly call: (callees: Values, self: Values, args: readonly Values[], node?: Node) => Values
  readonly construct: (callees: Values, args: readonly Values[], node: Node | undefined) => Values
  readonly callUnknown: (args: readonly Values[], node: Node | undefined) => Values
  readonly read: (owners: Values, name: string | undefined, node: Node) => Values
  readonly listElements: (values: Values, node: Node) => Values
  readonly await: (values: Values) => Values
  readonly throwValues: (values: Values, node: Node, isUncertain?: boolean) => void
  /** Throws errors that are passed to `reply.send` or `done`. No `catch` receives them. */
  readonly sendErrors: (values: Values, node: Node) => void
  readonly rethrow: (throws: readonly ThrownError[]) => void
  /** Throws the errors that were passed to `reply.send`, and returns the others. */
  readonly rethrowSent: (throws: readonly ThrownError[]) => ThrownError[]
  readonly catch: (body: () => void) => ThrownError[]
  readonly getCaughtValues: (throws: readonly ThrownError[]) => Values
  readonly runDetached: (body: () => void) => void
  readonly runUncertain: <T>(body: () => T) => T
  readonly live: (value: object) => LiveValue
  readonly liveValue: (value: unknown) => Value
  readonly findSource: (live: LiveValue) => FunctionValue | ClassValue | undefined
  readonly setStatus: (numbers: readonly number[], node: Node) => void
  /** Records that a property of the request is set, unless it can be null or empty. */
  readonly setProperty: (name: string, values: Values) => void
  /** Continues after several paths: with the statuses of any path, and with the properties that every path has set. */
  readonly mergeProgress: (list: readonly Progress[]) => void
  readonly sendStatuses: (statuses: readonly Status[], payload: Values) => void
  readonly reportNotFollowed: (node: Node | undefined, reason: string) => void
  readonly readRoute: () => {
    readonly method: string,
    readonly path: string,
    readonly config: object,
    readonly unchecked: ReadonlySet<string>,
    readonly freeText: ReadonlySet<string>
  }
  /** Records that a table or a column is read. */
  readonly recordRead: (read: string) => void
}

/** A call of a function outside the application. */
export interface LibraryCall {
  readonly callee: ExternalValue
  readonly self: Values
  readonly args: readonly Values[]
  readonly node: Node | undefined
  /** The function itself, if it exists in the running application. */
  readonly live: LiveValue | undefined
}
