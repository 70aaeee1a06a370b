/** The state of the interpreter, and the functions that its files share. Sharing them here avoids import cycles. */
import type {
  ArrayBindingPattern,
  Block,
  ClassLikeDeclaration,
  Declaration,
  Expression,
  Node,
  ObjectBindingPattern,
  Symbol as TypeScriptSymbol
} from 'typescript'
import type { LiveScope } from '../../inspector.js'
import type { LibraryContext, Progress } from '../../library-context.js'
import type { FunctionNode, Site } from '../../project.js'
import type {
  ClassValue,
  Environment,
  ExternalValue,
  FunctionValue,
  Frame,
  LiveValue,
  ObjectValue,
  SentStatus,
  ThrownError,
  Value,
  Values
} from '../../values.js'

/** The result of a call. */
export interface Outcome {
  readonly returns: Values
  readonly throws: readonly ThrownError[]
  readonly sent: readonly SentStatus[]
  /** The tables and columns that the call reads. */
  readonly reads: ReadonlySet<string>
  /** The state of the request and the reply after the call. */
  readonly progress: Progress
}

/** A route, identified by its method and path. */
export interface SourcePlace {
  readonly method: string
  readonly path: string
  readonly config: object
  /** The parts of a request that the route has no schema for. */
  readonly unchecked: ReadonlySet<string>
  /** The properties of the request for which the schema allows any string, such as `params.id`. */
  readonly freeText: ReadonlySet<string>
}

/** A call that could not be followed. */
export interface NotFollowed extends Site {
  readonly reason: string
}

/** One run of one function. */
export interface Activation {
  readonly frame: Frame
  readonly self: Values
  readonly home: ClassValue | undefined
  readonly node: FunctionNode | undefined
  /** The errors that go to the caller of the function, or to the surrounding `catch`. */
  throws: ThrownError[]
  /** The errors of a returned promise. No `catch` in the function receives them. */
  readonly rejections: ThrownError[]
  readonly sent: SentStatus[]
  readonly reads: Set<string>
  /** The state of the request and the reply at each `return`. */
  returnStates: Progress[]
  /** Whether the run depends on the path of the route. */
  readsRoute: boolean
  returns: Values
  yields: Values
  /** The states at each `break` of the statement that it leaves. */
  breakStates: State[]
  readonly isAsync: boolean
}

/** The state that statements change. */
export interface State {
  readonly vars: Map<TypeScriptSymbol, Values>
  readonly progress: Progress
}

/** The result of an earlier call. */
export interface KnownCall {
  readonly outcome: Outcome
  /** Set if the result depends on the route. */
  readonly route: SourcePlace | undefined
}

/** The interpreter. */
export interface Machine extends LibraryContext {
  readonly notFollowed: Map<string, NotFollowed>
  /** Namespaces and exports of the loaded files, by file. */
  readonly liveExports: ReadonlyMap<string, object>
  readonly liveValues: WeakMap<object, LiveValue>
  readonly liveNodes: WeakMap<object, FunctionValue | ClassValue | null>
  readonly liveEnvs: WeakMap<object, Environment>
  readonly moduleScopes: Map<string, LiveScope[]>
  readonly moduleFrames: Map<string, Frame>
  readonly statics: Map<Node, FunctionValue | ClassValue>
  readonly initials: Map<Node, Values | 'running'>
  readonly knownCalls: Map<string, KnownCall | 'running'>
  readonly reassigned: Map<Node, ReadonlySet<TypeScriptSymbol>>
  readonly origins: Map<Value, ThrownError[]>
  readonly roles: Map<string, ObjectValue>
  readonly implementations: Map<TypeScriptSymbol, readonly FunctionValue[]>
  readonly returnSites: Map<Value, Site>
  readonly constructing: Array<{ readonly instance: ObjectValue, readonly callBase: (args: readonly Values[]) => void }>
  readonly staticFields: Map<string, Values>
  depth: number
  /** How often each function runs for the current route, and how many of its runs have not returned yet. */
  runs: Map<Node, { total: number, active: number }>
  lastReadsRoute: boolean
  /** The current route, because some functions depend on its path. */
  route: SourcePlace
  uncertainDepth: number
  /** The line of the current hook or handler. */
  entry: Site
  /** The current function. */
  current: Activation

  readonly evaluate: (node: Expression) => Values
  readonly runBlock: (node: Block) => boolean
  readonly callFunction: (fn: FunctionValue, self: Values, args: readonly Values[]) => Values
  readonly runFunction: (fn: FunctionValue, self: Values, args: readonly Values[]) => Outcome
  readonly addOutcome: (fn: FunctionValue, outcome: Outcome) => Values
  readonly callValue: (callee: Value, self: Values, args: readonly Values[], node: Node | undefined) => Values
  readonly callExternal: (
    callee: ExternalValue,
    self: Values,
    args: readonly Values[],
    node: Node | undefined,
    live?: LiveValue
  ) => Values
  readonly getClassValue: (node: ClassLikeDeclaration, env: Environment | undefined) => ClassValue
  readonly findExportedClass: (declaration: ClassLikeDeclaration) => Value | undefined
  readonly findExport: (declaration: Declaration, name: string) => Value | undefined
  readonly evaluateRequire: (expression: Expression) => Values | undefined
  readonly toPropertyName: (name: Node) => string | undefined
  readonly findInPattern: (
    pattern: ObjectBindingPattern | ArrayBindingPattern,
    values: Values,
    wanted: Node
  ) => Values | undefined
  readonly readMemberByNode: (node: Node, name: string) => Values
  readonly readMemberByType: (owner: Value & { readonly kind: 'unknown' }, name: string, node: Node) => Values
  readonly readMethod: (cls: ClassValue, name: string, owner: ObjectValue) => Values | undefined
  readonly readStaticMember: (cls: ClassValue, name: string, node: Node) => Values
  readonly getBaseClass: (cls: ClassValue) => Value | undefined
}
