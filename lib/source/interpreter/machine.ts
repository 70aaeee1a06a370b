/** The state of the interpreter, and the functions that its files share. Sharing them here avoids import cycles. */
import type { ArrayBindingPattern, Block, ClassLikeDeclaration, Declaration, Expression, Node, ObjectBindingPattern, Symbol as TypeScriptSymbol } from 'typescript'
import type { LiveScope } from '../inspect.js'
import type { LibraryContext, Progress } from '../library-context.js'
import type { FunctionNode, Site } from '../project.js'
import type { Cls, Env, External, Fn, Frame, Live, Obj, Sent, Thrown, Value, Values } from '../values.js'

/** The result of a call. */
export interface Outcome {
  readonly returns: Values
  readonly throws: readonly Thrown[]
  readonly sent: readonly Sent[]
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
  readonly home: Cls | undefined
  readonly node: FunctionNode | undefined
  /** The errors that go to the caller of the function, or to the surrounding `catch`. */
  throws: Thrown[]
  /** The errors of a returned promise. No `catch` in the function receives them. */
  readonly outer: Thrown[]
  readonly sent: Sent[]
  readonly reads: Set<string>
  /** The state of the request and the reply at each `return`. */
  endings: Progress[]
  /** Whether the run depends on the path of the route. */
  readsRoute: boolean
  returns: Values
  yields: Values
  /** The states at each `break` of the statement that it leaves. */
  breaks: State[]
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
  readonly exportsOf: ReadonlyMap<string, object>
  readonly liveValues: WeakMap<object, Live>
  readonly liveNodes: WeakMap<object, Fn | Cls | null>
  readonly liveEnvs: WeakMap<object, Env>
  readonly moduleScopes: Map<string, LiveScope[]>
  readonly moduleFrames: Map<string, Frame>
  readonly statics: Map<Node, Fn | Cls>
  readonly initials: Map<Node, Values | 'running'>
  readonly memo: Map<string, KnownCall | 'running'>
  readonly reassigned: Map<Node, ReadonlySet<TypeScriptSymbol>>
  readonly origins: Map<Value, Thrown[]>
  readonly roles: Map<string, Obj>
  readonly implementations: Map<TypeScriptSymbol, readonly Fn[]>
  readonly returnSites: Map<Value, Site>
  readonly constructing: Array<{ readonly instance: Obj, readonly callBase: (args: readonly Values[]) => void }>
  readonly staticFields: Map<string, Values>
  depth: number
  /** How often each function runs for the current route, and how many of its runs have not returned yet. */
  runs: Map<Node, { total: number, active: number }>
  lastReadsRoute: boolean
  /** The current route, because some functions depend on its path. */
  route: SourcePlace
  possible: number
  /** The line of the current hook or handler. */
  entry: Site
  /** The current function. */
  act: Activation

  readonly evaluate: (node: Expression) => Values
  readonly runBlock: (node: Block) => boolean
  readonly callFunction: (fn: Fn, self: Values, args: readonly Values[]) => Values
  readonly runFunction: (fn: Fn, self: Values, args: readonly Values[]) => Outcome
  readonly applyOutcome: (fn: Fn, outcome: Outcome) => Values
  readonly callOne: (callee: Value, self: Values, args: readonly Values[], node: Node | undefined) => Values
  readonly callExternal: (callee: External, self: Values, args: readonly Values[], node: Node | undefined, live?: Live) => Values
  readonly classOfNode: (node: ClassLikeDeclaration, env: Env | undefined) => Cls
  readonly exportedClass: (declaration: ClassLikeDeclaration) => Value | undefined
  readonly exportedValue: (declaration: Declaration, name: string) => Value | undefined
  readonly requiredBy: (expression: Expression) => Values | undefined
  readonly propertyName: (name: Node) => string | undefined
  readonly findInPattern: (pattern: ObjectBindingPattern | ArrayBindingPattern, values: Values, wanted: Node) => Values | undefined
  readonly memberOfNode: (node: Node, name: string) => Values
  readonly memberOfType: (owner: Value & { readonly kind: 'unknown' }, name: string, node: Node) => Values
  readonly methodOf: (cls: Cls, name: string, owner: Obj) => Values | undefined
  readonly staticMember: (cls: Cls, name: string, node: Node) => Values
  readonly baseOf: (cls: Cls) => Value | undefined
}
