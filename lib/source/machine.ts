/**
 * Runs the source of an application on values that are only partly known, and collects the errors that leave each function.
 * Branches that a literal decides are left out; every other branch is taken. What the source does not say, the objects
 * of the running application do: their properties and the variables that their functions have closed over.
 */
import { types } from 'node:util'
import type {
  ArrayBindingPattern, Block, CallExpression, ClassLikeDeclaration, Declaration, Expression, Identifier, NewExpression, Node, ObjectBindingPattern,
  ParameterDeclaration, Statement, Symbol as TypeScriptSymbol, Type
} from 'typescript'
import type { Inspector, LiveScope } from './inspect.js'
import { callLibrary, libraryMember } from './libraries.js'
import { effectError, type LibraryContext, type Status } from './library-context.js'
import { callGlobal, deferring, memberOfBuiltin } from './builtins.js'
import { queryStep } from './queries.js'
import { isFunctionNode, packageOf, type FunctionNode, type Project, type Site } from './project.js'
import {
  dedupe, keyOf, literal, native, nextId, nothing, numbersIn, object, promise, textsIn, union, unknown,
  type Cls, type Env, type External, type Fn, type Frame, type Live, type Obj, type Sent, type Thrown, type Value, type Values
} from './values.js'

/** What a call came to. */
export interface Outcome {
  readonly returns: Values
  readonly throws: readonly Thrown[]
  readonly sent: readonly Sent[]
  /** The tables and columns that it reads. */
  readonly reads: ReadonlySet<string>
  /** The statuses that the reply has after it. */
  readonly statuses: readonly Status[]
}

/** A route, by what its requests have in common. */
export interface SourcePlace {
  readonly method: string
  readonly path: string
}

/** Something that could not be followed. */
export interface NotFollowed extends Site {
  readonly reason: string
}

/** One run of one function. */
interface Activation {
  readonly frame: Frame
  readonly self: Values
  readonly home: Cls | undefined
  readonly node: FunctionNode | undefined
  /** Where errors go: to the function's caller, or to the `catch` around. */
  throws: Thrown[]
  /** Where the errors of a returned promise go: no `catch` in the function gets them. */
  readonly outer: Thrown[]
  readonly sent: Sent[]
  readonly reads: Set<string>
  /** The statuses that the reply has at each `return`. */
  endings: Array<readonly Status[]>
  /** Whether it depends on the path of the route. */
  readsRoute: boolean
  returns: Values
  yields: Values
  /** The states at each `break`, for the statement that it leaves. */
  breaks: State[]
  readonly isAsync: boolean
}

/** What statements change. */
interface State {
  readonly vars: Map<TypeScriptSymbol, Values>
  readonly statuses: readonly Status[]
}

/** Calls deeper than this are a circle that the arguments hide. */
const maxDepth = 60

/** Runs functions of an application. */
export class Machine implements LibraryContext {
  readonly project: Project
  readonly inspector: Inspector
  readonly notFollowed: Map<string, NotFollowed> = new Map()
  /** Namespaces and exports of the loaded files, by file. */
  readonly exportsOf: ReadonlyMap<string, object>
  readonly effects: LibraryContext['effects']
  private readonly liveValues = new WeakMap<object, Live>()
  private readonly liveNodes = new WeakMap<object, Fn | Cls | null>()
  private readonly liveEnvs = new WeakMap<object, Env>()
  private readonly moduleScopes = new Map<string, LiveScope[]>()
  private readonly moduleFrames = new Map<string, Frame>()
  private readonly statics = new Map<Node, Fn | Cls>()
  private readonly initials = new Map<Node, Values | 'running'>()
  private readonly memo = new Map<string, { readonly outcome: Outcome, readonly route: SourcePlace | undefined } | 'running'>()
  private readonly reassigned = new Map<Node, ReadonlySet<TypeScriptSymbol>>()
  private readonly origins = new Map<Value, Thrown[]>()
  private readonly roles = new Map<string, Obj>()
  private readonly implementations = new Map<TypeScriptSymbol, readonly Fn[]>()
  private depth = 0
  private lastReadsRoute = false
  /** The route that is run: some functions decide by its path. */
  route: SourcePlace = { method: '', path: '' }
  private possible = 0
  private act: Activation
  statuses: readonly Status[] = []

  constructor (project: Project, inspector: Inspector, exportsOf: ReadonlyMap<string, object>, effects: LibraryContext['effects']) {
    this.project = project
    this.inspector = inspector
    this.exportsOf = exportsOf
    this.effects = effects
    this.act = this.activation(undefined, { id: nextId(), vars: new Map(), parent: undefined }, [], undefined)
  }

  // -- the entry points ---------------------------------------------------------------------------------------------

  /** Calls a function of the application from outside, and gives all that comes of it, what it promises included. */
  run (callees: Values, self: object, args: readonly Values[], node?: Node): Outcome {
    const before = this.act
    const act = this.act = this.activation(undefined, { id: nextId(), vars: new Map(), parent: undefined }, [], undefined)
    const returns = this.settle(this.call(callees, [this.live(self)], args, node))
    this.act = before
    return { returns, throws: dedupe(act.throws), sent: dedupe(act.sent), reads: act.reads, statuses: this.statuses }
  }

  /** A property of a value, as far as it is known without evaluating anything. */
  read (value: Value, name: string): Values {
    if (value.kind === 'live') {
      const own = ownValue(value.value, name)
      return own === undefined ? [] : [this.liveValue(own)]
    }
    const [anywhere] = this.project.program.getSourceFiles()
    return value.kind === 'object' ? this.memberOfObject(value, name, anywhere as Node) : []
  }

  /** Errors that a handler returns: Fastify answers them as if they were thrown. */
  throwsOf (values: Values): Thrown[] {
    return values.map(value => ({
      value, site: this.returnSites.get(value) ?? { file: '', line: 0 }, via: [], isPossible: value.kind === 'object' && value.error?.isPossible === true, statuses: this.statuses.map(({ status }) => status)
    }))
  }

  private readonly returnSites = new Map<Value, Site>()

  /** The value of an object of the application. */
  live (value: object): Live {
    let known = this.liveValues.get(value)
    if (known === undefined) this.liveValues.set(value, known = { kind: 'live', id: nextId(), value })
    return known
  }

  /** The value of anything of the application. */
  liveValue (value: unknown): Value {
    return (typeof value === 'object' && value !== null) || typeof value === 'function' ? this.live(value) : typeof value === 'symbol' ? unknown() : literal(value as string, false)
  }

  /** The request or the reply of a scope: one for all requests, so that what a hook puts on it is there in the handler. */
  roleObject (role: 'request' | 'reply', scope: Live, prototype: Live | undefined): Obj {
    const key = `${role} ${scope.id}`
    let known = this.roles.get(key)
    if (known === undefined) this.roles.set(key, known = object({ role, ...(prototype !== undefined && { base: prototype }), fields: new Map([['server', [scope]]]) }))
    return known
  }

  /** Notes a thrown value. */
  throwValues (values: Values, node: Node, isPossible = false): void {
    for (const value of values) {
      const earlier = this.origins.get(value)
      if (earlier !== undefined) {
        // What a database throws may be what the `catch` was written for.
        const isEffect = value.kind === 'object' && value.error?.origin === 'effect'
        this.act.throws.push(...isEffect ? earlier.map(thrown => ({ ...thrown, isPossible: true })) : earlier)
        continue
      }
      if (value.kind === 'unknown' && value.isCaught) {
        for (const held of value.held) this.act.throws.push({ value: held, site: this.project.siteOf(node), via: [], isPossible: true, statuses: [] })
        continue
      }
      this.act.throws.push({
        value, site: this.project.siteOf(node), via: [], isPossible: isPossible || this.possible > 0 || (value.kind === 'object' && value.error?.isPossible === true), statuses: this.statuses.map(({ status }) => status)
      })
    }
  }

  /** Notes a response with a status and no error. */
  send (statuses: readonly Status[], isPossible = false): void {
    for (const { status, site } of statuses) {
      if (status >= 400) this.act.sent.push({ status, site, via: [], isPossible: isPossible || this.possible > 0 })
    }
  }

  /** Throws on behalf of errors that were found before. */
  rethrow (throws: readonly Thrown[]): void {
    this.act.throws.push(...throws)
  }

  siteOf (node: Node): Site {
    return this.project.siteOf(node)
  }

  /** Runs something whose errors the request does not wait for. What it sends is sent. */
  detached (body: () => void): void {
    this.caught(body)
  }

  /** Runs something and gives the errors that it throws. */
  caught (body: () => void): Thrown[] {
    const before = this.act.throws
    const throws = this.act.throws = []
    const { statuses } = this
    body()
    this.act.throws = before
    this.statuses = unionStatuses(statuses, this.statuses)
    return throws
  }

  /** Runs something that may not happen. */
  maybe<T> (body: () => T): T {
    this.possible++
    const result = body()
    this.possible--
    return result
  }

  /** The error of a query that found no record. */
  notFound (): Obj {
    return effectError('resource_not_found', {})
  }

  note (read: string): void {
    this.act.reads.add(read)
  }

  /** What is known of the URL of a request: each parameter is a `?`. */
  readRoute (): SourcePlace {
    this.act.readsRoute = true
    return this.route
  }

  missed (node: Node | undefined, reason: string): void {
    if (node === undefined || !this.project.owns(node.getSourceFile())) return
    const site = this.project.siteOf(node)
    this.notFollowed.set(`${site.file}:${site.line} ${reason}`, { ...site, reason })
  }

  // -- calls --------------------------------------------------------------------------------------------------------

  /** Calls whatever the values are. */
  call (callees: Values, self: Values, args: readonly Values[], node?: Node): Values {
    return union(...callees.map(callee => this.callOne(callee, self, args, node)))
  }

  private callOne (callee: Value, self: Values, args: readonly Values[], node: Node | undefined): Values {
    switch (callee.kind) {
      case 'native': return callee.call(args, self, node as Node)
      case 'function': return this.callFunction(callee, callee.self ?? self, args)
      case 'live': return this.callLive(callee, self, args, node)
      case 'external': return this.callExternal(callee, self, args, node)
      case 'class': return this.construct([callee], args, node)
      default: return this.callUnknown(args, node)
    }
  }

  private callLive (callee: Live, self: Values, args: readonly Values[], node: Node | undefined): Values {
    if (typeof callee.value !== 'function' || types.isProxy(callee.value)) return this.callUnknown(args, node)
    const factory = this.errorOfFactory(callee.value)
    if (factory !== undefined) return [factory]
    const bound = this.inspector.boundOf(callee.value)
    if (bound !== undefined) {
      return this.call([this.live(bound.target)], [this.liveValue(bound.self)], [...bound.args.map(arg => [this.liveValue(arg)]), ...args], node)
    }
    const found = this.nodeOf(callee)
    if (found === undefined) return this.callExternal(this.externalOf(callee), self, args, node, callee)
    return found.kind === 'class' ? this.construct([found], args, node) : this.callFunction(found, found.self ?? self, args)
  }

  /** A function of a package, or of the language: what is known of it, else its callbacks are taken to be called. */
  private callExternal (callee: External, self: Values, args: readonly Values[], node: Node | undefined, live?: Live): Values {
    const known = callLibrary(this, { callee, self, args, node, live }) ?? (callee.from === '' ? callGlobal(this, callee.path, args, node) : undefined)
    if (known !== undefined) return known
    if (live !== undefined) {
      // A function of the application that a package has wrapped.
      const [inner] = this.inspector.scopesOf(live.value)
      const wrapped = inner === undefined ? [] : Object.values(inner).filter((value): value is object => typeof value === 'function' && value !== live.value && this.isOwn(value))
      if (wrapped.length > 0) return union(...wrapped.map(fn => this.call([this.live(fn)], self, args, node)))
    }
    return this.callUnknown(args, node)
  }

  /** A call that is not followed: functions among the arguments are called, and what they throw comes out of it. */
  callUnknown (args: readonly Values[], node: Node | undefined): Values {
    const held: Value[] = []
    const promised: Thrown[] = []
    let hasCallback = false
    const isLater = node !== undefined && this.runsLater(node)
    for (const arg of args) {
      for (const value of arg) {
        if (isErrorLike(value)) held.push(value)
        if (value.kind === 'promise') promised.push(...value.throws)
        for (const fn of this.functionsIn(value)) {
          hasCallback = true
          if (isLater || isNodeCallback(this.project.ts, fn)) {
            this.detached(() => { this.callFunction(fn, [], []) })
            continue
          }
          const throws = this.caught(() => {
            const returned = this.callFunction(fn, [], parametersOf(fn.node).map(parameter => [this.unknownOf(parameter)]))
            for (const value of returned) {
              if (value.kind === 'promise') promised.push(...value.throws)
              else if (isErrorLike(value)) held.push(value)
            }
          })
          promised.push(...throws)
        }
      }
    }
    const type = node === undefined ? undefined : () => this.typeOf(node)
    const result = unknown(type, held)
    if (promised.length === 0) return [result]
    const kind = hasCallback && node !== undefined ? this.promiseKind(node) : 'promise'
    if (kind === 'value') {
      this.rethrow(promised)
      return [result]
    }
    return [promise([unknown(type === undefined ? undefined : () => this.awaitedType(type()), held)], promised)]
  }

  /** Whether callbacks of a call run after the request no longer waits for them: those of emitters, timers and workers. */
  private runsLater (node: Node): boolean {
    const { ts } = this.project
    if (ts.isNewExpression(node)) return true
    if (!ts.isCallExpression(node)) return false
    const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : ts.isIdentifier(node.expression) ? node.expression.text : ''
    return deferring.has(name)
  }

  /** The functions of the application in a value: itself, or the methods of an object of options. */
  private functionsIn (value: Value): Fn[] {
    if (value.kind === 'function') return [value]
    if (value.kind === 'live' && typeof value.value === 'function') {
      const found = this.isOwn(value.value) ? this.nodeOf(value) : undefined
      return found?.kind === 'function' ? [found] : []
    }
    if (value.kind === 'object' && value.cls === undefined && value.role === undefined && value.error === undefined) {
      return [...value.fields.values(), value.elements].flat().flatMap(field => field.kind === 'function' ? [field] : [])
    }
    return []
  }

  /** Calls a function of the source. */
  callFunction (fn: Fn, self: Values, args: readonly Values[]): Values {
    if (this.depth >= maxDepth) return [unknown()]
    const key = this.memoKey(fn, self, args)
    const known = key === undefined ? undefined : this.memo.get(key)
    if (known === 'running') return [unknown()]
    if (known !== undefined && (known.route === undefined || known.route === this.route)) {
      if (known.route !== undefined) this.act.readsRoute = true
      return this.finish(fn, known.outcome)
    }
    if (key !== undefined) this.memo.set(key, 'running')
    const outcome = this.execute(fn, self, args)
    if (key !== undefined) this.memo.set(key, { outcome, route: this.lastReadsRoute ? this.route : undefined })
    return this.finish(fn, outcome)
  }

  /** Takes over what came of a call. */
  private finish (fn: Fn, outcome: Outcome): Values {
    const name = this.nameOf(fn)
    const isPossible = this.possible > 0
    const onTheWay = <T extends Thrown | Sent>(entry: T): T => ({
      ...entry,
      via: name === undefined ? entry.via : [name, ...entry.via].slice(0, 12),
      isPossible: entry.isPossible || isPossible
    })
    this.statuses = outcome.statuses
    this.act.sent.push(...outcome.sent.map(onTheWay))
    for (const read of outcome.reads) this.act.reads.add(read)
    const throws = outcome.throws.map(onTheWay)
    if (isAsync(this.project.ts, fn.node) || isGenerator(fn.node)) return [promise(outcome.returns, throws)]
    this.act.throws.push(...throws)
    if (outcome.returns.some(value => value.kind === 'promise' && value.throws.length > 0)) {
      return outcome.returns.map(value => value.kind === 'promise' ? promise(value.value, value.throws.map(onTheWay)) : value)
    }
    return outcome.returns
  }

  private memoKey (fn: Fn, self: Values, args: readonly Values[]): string | undefined {
    if (fn.env !== undefined && 'vars' in fn.env && fn.env.parent !== undefined) return undefined // it sees variables of a function that still runs
    const list = [self, ...args].map((values, index) => index > 0 && values.every(value => value.kind === 'unknown' && value.held.length === 0) && this.hasOwnType(parametersOf(fn.node)[index - 1])
      ? isInput(values) ? '!' : '?'
      : values.map(keyOf).join('|'))
    return `${fn.node.pos} ${fn.node.getSourceFile().fileName} ${fn.env?.id ?? ''} ${list.join(',')} ${this.statuses.map(({ status }) => status).join()}`
  }

  /** Whether the type of a parameter says as much as that of the argument. */
  private hasOwnType (parameter: ParameterDeclaration | undefined): boolean {
    return parameter === undefined || (parameter.type !== undefined && parameter.type.kind !== this.project.ts.SyntaxKind.AnyKeyword)
  }

  private execute (fn: Fn, self: Values, args: readonly Values[]): Outcome {
    const { ts } = this.project
    const before = this.act
    const { possible } = this
    const frame: Frame = { id: nextId(), vars: new Map(), parent: fn.env ?? this.moduleFrame(fn.node) }
    const act = this.act = this.activation(fn, frame, self, fn.home)
    this.depth++
    this.possible = 0
    this.bindParameters(fn.node, args)
    const { body } = fn.node
    if (body !== undefined && ts.isBlock(body)) {
      if (this.block(body)) {
        act.returns = union(act.returns, nothing)
        act.endings.push(this.statuses)
      }
      if (act.endings.length > 0) this.statuses = unionStatuses(...act.endings)
    } else if (body !== undefined) {
      act.returns = this.returned(this.evaluate(body as Expression), act, body)
    }
    this.depth--
    this.possible = possible
    this.act = before
    this.lastReadsRoute = act.readsRoute
    if (act.readsRoute) before.readsRoute = true
    const returns = isGenerator(fn.node) ? [object({ isArray: true, elements: act.yields })] : act.returns
    return { returns, throws: dedupe([...act.throws, ...act.outer]), sent: dedupe(act.sent), reads: act.reads, statuses: this.statuses }
  }

  private activation (fn: Fn | undefined, frame: Frame, self: Values, home: Cls | undefined): Activation {
    return {
      frame,
      self,
      home,
      node: fn?.node,
      throws: [],
      outer: [],
      sent: [],
      reads: new Set(),
      endings: [],
      readsRoute: false,
      returns: [],
      yields: [],
      breaks: [],
      isAsync: fn !== undefined && isAsync(this.project.ts, fn.node)
    }
  }

  /** What a `return` gives: an async function waits for a promise, and no `catch` of its own gets what it rejects with. */
  private returned (values: Values, act: Activation, node: Node): Values {
    for (const value of values) if (isErrorLike(value) && !this.returnSites.has(value)) this.returnSites.set(value, this.project.siteOf(node))
    if (!act.isAsync) return values
    return union(...values.map(value => {
      if (value.kind !== 'promise') return [value]
      act.outer.push(...value.throws)
      return this.returned(value.value, act, node)
    }))
  }

  /** Waits for promises: what they reject with is thrown here. */
  settle (values: Values): Values {
    return union(...values.map(value => {
      if (value.kind !== 'promise') {
        if (value.kind === 'unknown' && value.type !== undefined) return [{ ...value, type: () => this.awaitedType(value.type?.()) }]
        return [value]
      }
      this.rethrow(value.throws)
      return this.settle(value.value)
    }))
  }

  private bindParameters (node: FunctionNode, args: readonly Values[]): void {
    parametersOf(node).forEach((parameter, index) => {
      let values: Values
      if (parameter.dotDotDotToken !== undefined) {
        const rest = args.slice(index)
        values = [object({ isArray: true, elements: union(...rest), fields: new Map(rest.map((value, at) => [String(at), value])) })]
      } else {
        values = args[index] ?? nothing
        if (values.length > 0 && values.every(value => value.kind === 'unknown' && value.held.length === 0) && this.hasOwnType(parameter)) values = [this.unknownOf(parameter, isInput(values))]
        if (parameter.initializer !== undefined) {
          const given = values.filter(value => !(value.kind === 'literal' && value.value === undefined))
          const isOpen = given.length < values.length || given.some(value => value.kind === 'unknown')
          values = isOpen ? union(given, this.evaluate(parameter.initializer)) : given
        }
      }
      this.bind(parameter.name, values)
    })
  }

  /** Creates an instance of a class. */
  construct (callees: Values, args: readonly Values[], node: Node | undefined): Values {
    return union(...callees.map(callee => {
      if (callee.kind === 'live') {
        const bound = typeof callee.value === 'function' ? this.inspector.boundOf(callee.value) : undefined
        if (bound !== undefined) return this.construct([this.live(bound.target)], args, node)
        const found = this.nodeOf(callee)
        if (found?.kind === 'class') return this.construct([found], args, node)
        if (found?.kind === 'function') return this.constructFunction(callee, found, args)
        return this.callExternal(this.externalOf(callee), [], args, node, callee)
      }
      if (callee.kind === 'external') return this.callExternal(callee, [], args, node)
      if (callee.kind === 'native') return callee.call(args, [], node as Node)
      if (callee.kind === 'function') return this.constructFunction(undefined, callee, args)
      if (callee.kind !== 'class') return this.callUnknown(args, node)
      const names = this.externalBases(callee)
      const instance = object({
        cls: callee, ...(names.includes('Error') && { error: { origin: 'thrown' as const, names, isPossible: false } })
      })
      this.initialize(callee, instance, args, node)
      if (instance.error !== undefined && !instance.fields.has('message')) instance.fields.set('message', [unknown()])
      return [instance]
    }))
  }

  /** `function Failure () { this.statusCode = 404 }`, as it is written before classes. */
  private constructFunction (live: Live | undefined, fn: Fn, args: readonly Values[]): Values {
    const isError = live !== undefined && Object.prototype.isPrototypeOf.call(Error.prototype, (live.value as { readonly prototype?: object }).prototype ?? {})
    const cls: Cls = { kind: 'class', id: fn.id, node: undefined, env: undefined, live }
    const instance = object({ cls, ...(isError && { error: { origin: 'thrown' as const, names: ['Error'], isPossible: false } }) })
    const returned = this.callFunction(fn, [instance], args).filter(value => value.kind !== 'literal')
    return returned.length > 0 ? returned : [instance]
  }

  /** Runs the constructors and field initializers of a class on an instance. */
  private initialize (cls: Cls, instance: Obj, args: readonly Values[], node: Node | undefined): void {
    const { ts } = this.project
    if (cls.node === undefined) return
    const own = cls.node.members.find(member => ts.isConstructorDeclaration(member) && member.body !== undefined)
    const base = this.baseOf(cls)
    const fields = (): void => {
      for (const member of (cls.node as ClassLikeDeclaration).members) {
        if (!ts.isPropertyDeclaration(member) || isStatic(ts, member)) continue
        const name = this.propertyName(member.name)
        if (name === undefined) continue
        if (member.initializer === undefined) {
          if (!instance.fields.has(name)) continue
        } else {
          instance.fields.set(name, this.inClass(cls, [instance], () => this.evaluate(member.initializer as Expression)))
        }
      }
    }
    const callBase = (given: readonly Values[]): void => {
      if (base?.kind === 'class') this.initialize(base, instance, given, node)
      else if (base !== undefined) this.initializeExternal(base, instance, given, node)
      fields()
    }
    if (own === undefined || !ts.isConstructorDeclaration(own)) {
      callBase(args)
      return
    }
    const fn: Fn = { kind: 'function', id: nextId(), node: own, env: cls.env, self: [instance], home: cls }
    if (base === undefined) fields()
    this.constructing.push({ instance, callBase })
    for (const [index, parameter] of parametersOf(own).entries()) {
      if (ts.isParameterPropertyDeclaration(parameter, own) && ts.isIdentifier(parameter.name)) {
        const given = args[index] ?? (parameter.initializer === undefined ? nothing : this.inClass(cls, [instance], () => this.evaluate(parameter.initializer as Expression)))
        instance.fields.set(parameter.name.text, given.every(value => value.kind === 'unknown') ? [this.unknownOf(parameter)] : given)
      }
    }
    const outcome = this.execute(fn, [instance], args)
    this.constructing.pop()
    this.finish(fn, outcome)
  }

  private readonly constructing: Array<{ readonly instance: Obj, readonly callBase: (args: readonly Values[]) => void }> = []

  /** A base class of the language or of a package: an instance of it has the fields of an error. */
  private initializeExternal (base: Value, instance: Obj, args: readonly Values[], node: Node | undefined): void {
    if (base.kind === 'external' && base.from === '' && args[0] !== undefined) instance.fields.set('message', args[0])
    const made = this.callOne(base, [], args, node)
    for (const value of made) {
      if (value.kind !== 'object') continue
      for (const [name, values] of value.fields) if (!instance.fields.has(name)) instance.fields.set(name, values)
      if (value.error !== undefined) instance.error = { ...value.error, names: [...new Set([...instance.error?.names ?? [], ...value.error.names])] }
    }
  }

  /** The names of the classes above a class that are not in the source; `Error` is among them for any error. */
  private externalBases (cls: Cls): readonly string[] {
    const live = cls.live?.value as { readonly prototype?: object } | undefined
    if (live?.prototype !== undefined) {
      const names: string[] = []
      for (let at: object | null = Object.getPrototypeOf(live.prototype); at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
        const name = Object.getOwnPropertyDescriptor(at, 'constructor')?.value?.name
        if (typeof name === 'string') names.push(name)
      }
      return names
    }
    const base = this.baseOf(cls)
    if (base === undefined) return []
    if (base.kind === 'class') return this.externalBases(base)
    if (base.kind === 'live' && typeof base.value === 'function') return this.externalBases({ kind: 'class', id: base.id, node: undefined, env: undefined, live: base }).concat((base.value as { name: string }).name)
    if (base.kind === 'external') return /Error$/.test(base.path) ? [base.path.split('.').at(-1) as string, 'Error'] : [base.path.split('.').at(-1) as string]
    return base.kind === 'unknown' ? this.errorNames(base.type?.()) : []
  }

  private errorNames (type: Type | undefined): readonly string[] {
    const names = (type?.getConstructSignatures() ?? []).flatMap(signature => {
      const made = signature.getReturnType()
      return made.getProperty('stack') !== undefined && made.getProperty('message') !== undefined ? ['Error'] : []
    })
    return names
  }

  /** The class that a class extends. */
  baseOf (cls: Cls): Value | undefined {
    const { ts } = this.project
    const live = cls.live === undefined ? undefined : Object.getPrototypeOf(cls.live.value) as object | null
    if (typeof live === 'function' && live !== Function.prototype) return this.nodeOf(this.live(live)) ?? this.live(live)
    const clause = cls.node?.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
    if (clause === undefined) return undefined
    const [found] = this.inClass(cls, [], () => this.evaluate(clause.expression))
    if (found?.kind === 'live') return this.nodeOf(found) ?? found
    return found
  }

  /** Evaluates something in the place of a class. */
  private inClass<T> (cls: Cls, self: Values, body: () => T): T {
    const before = this.act
    this.act = {
      ...this.activation(undefined, { id: nextId(), vars: new Map(), parent: cls.env ?? (cls.node === undefined ? undefined : this.moduleFrame(cls.node)) },
        self, cls),
      throws: before.throws,
      sent: before.sent,
      reads: before.reads,
      endings: []
    }
    const result = body()
    if (this.act.readsRoute) before.readsRoute = true
    this.act = before
    return result
  }

  // -- live functions ------------------------------------------------------------------------------------------------

  /** The function or class of the source that a live function is; `undefined` for one of a package or of the language. */
  nodeOf (live: Live): Fn | Cls | undefined {
    if (typeof live.value !== 'function' || types.isProxy(live.value)) return undefined
    let found = this.liveNodes.get(live.value)
    if (found === undefined) this.liveNodes.set(live.value, found = this.findNode(live) ?? null)
    return found ?? undefined
  }

  private findNode (live: Live): Fn | Cls | undefined {
    const place = this.inspector.locate(live.value)
    if (place === undefined || packageOf(place.file) !== undefined) return undefined
    const isClass = /^class\b/.test(Function.prototype.toString.call(live.value))
    const node = this.project.nodeAt(place, isClass)
    if (node === undefined || !this.project.owns(node.getSourceFile())) return undefined
    const env = this.liveEnv(live.value, node)
    if (this.project.ts.isClassLike(node)) return { kind: 'class', id: live.id, node, env, live }
    const home = this.project.ts.isClassLike(node.parent) ? this.classOfNode(node.parent, env) : undefined
    return { kind: 'function', id: live.id, node, env, self: undefined, home }
  }

  private liveEnv (fn: object, node: Node): Env {
    let env = this.liveEnvs.get(fn)
    if (env === undefined) {
      const scopes = this.inspector.scopesOf(fn)
      this.liveEnvs.set(fn, env = { id: nextId(), scopes })
      const { fileName } = node.getSourceFile()
      const known = this.moduleScopes.get(fileName) ?? []
      const [last] = scopes.filter(scope => !('module' in scope && 'require' in scope && Object.keys(scope).length <= 5)).slice(-1)
      if (last !== undefined && !known.includes(last)) this.moduleScopes.set(fileName, [...known, last])
    }
    return env
  }

  private isOwn (fn: object): boolean {
    return !types.isProxy(fn) && this.nodeOf(this.live(fn)) !== undefined
  }

  private externalOf (live: Live): External {
    const place = this.inspector.locate(live.value)
    const name = Object.getOwnPropertyDescriptor(live.value, 'name')?.value
    return { kind: 'external', from: place === undefined ? '' : packageOf(place.file) ?? 'unknown', path: typeof name === 'string' ? name : '', node: undefined }
  }

  /** The error that a factory of a catalog makes; `undefined` when the function is no such factory. */
  private errorOfFactory (fn: object): Obj | undefined {
    const code = ownValue(fn, 'code')
    const status = ownValue(fn, 'status')
    if (typeof code !== 'string' || typeof status !== 'number' || ownValue(fn, 'type') === undefined || ownValue(fn, 'message') === undefined) return undefined
    return this.catalogError(code, status)
  }

  catalogError (code: string, status: number | undefined): Obj {
    return object({
      fields: new Map<string, Values>([['code', [literal(code)]], ...(status === undefined ? [] : [['status', [literal(status)]], ['statusCode', [literal(status)]]] as const)]),
      error: { origin: 'catalog', names: ['ApiError', 'Error'], isPossible: false }
    })
  }

  // -- the source ----------------------------------------------------------------------------------------------------

  private moduleFrame (node: Node): Frame {
    const { fileName } = node.getSourceFile()
    let frame = this.moduleFrames.get(fileName)
    if (frame === undefined) this.moduleFrames.set(fileName, frame = { id: nextId(), vars: new Map(), parent: undefined })
    return frame
  }

  classOfNode (node: ClassLikeDeclaration, env: Env | undefined): Cls {
    const known = env === undefined ? this.statics.get(node) as Cls | undefined : undefined
    if (known !== undefined) return known
    const made: Cls = { kind: 'class', id: nextId(), node, env, live: undefined }
    if (env === undefined) this.statics.set(node, made)
    return made
  }

  private functionOfNode (node: FunctionNode, home?: Cls): Fn {
    let known = this.statics.get(node) as Fn | undefined
    if (known === undefined) this.statics.set(node, known = { kind: 'function', id: nextId(), node, env: undefined, self: undefined, home })
    return known
  }

  typeOf (node: Node): Type | undefined {
    return this.project.checker.getTypeAtLocation(node)
  }

  awaitedType (type: Type | undefined): Type | undefined {
    return type === undefined ? undefined : this.project.checker.getAwaitedType(type) ?? type
  }

  private unknownOf (node: Node, isInput = false): Value {
    return unknown(() => this.typeOf(node), [], false, isInput)
  }

  private promiseKind (node: Node): 'promise' | 'value' {
    const type = this.typeOf(node)
    if (type === undefined || (type.flags & this.project.ts.TypeFlags.Any) !== 0) return 'promise'
    return [type, ...(type.isUnion() ? type.types : [])].some(each => each.getProperty('then') !== undefined || each.getProperty('next') !== undefined) ? 'promise' : 'value'
  }

  private nameOf (fn: Fn): string | undefined {
    const { ts } = this.project
    const { node } = fn
    const of = fn.home?.node?.name?.text ?? (ts.isClassLike(node.parent) ? node.parent.name?.text : undefined)
    if (ts.isConstructorDeclaration(node)) return of === undefined ? undefined : `new ${of}`
    const named = node.name ?? (ts.isVariableDeclaration(node.parent) || ts.isPropertyDeclaration(node.parent) ||
      ts.isPropertyAssignment(node.parent)
      ? node.parent.name
      : undefined)
    if (named === undefined || !(ts.isIdentifier(named) || ts.isStringLiteral(named) || ts.isPrivateIdentifier(named))) return undefined
    const owner = of ?? (ts.isPropertyDeclaration(node.parent) && ts.isClassLike(node.parent.parent) ? node.parent.parent.name?.text : undefined)
    return owner === undefined ? named.text : `${owner}.${named.text}`
  }

  // -- variables -----------------------------------------------------------------------------------------------------

  /** The values of a variable. */
  private lookUp (node: Identifier): Values {
    const { ts, checker } = this.project
    const symbol = ts.isShorthandPropertyAssignment(node.parent) &&
      node.parent.name === node
      ? checker.getShorthandAssignmentValueSymbol(node.parent)
      : checker.getSymbolAtLocation(node)
    const name = node.text
    if (name === 'undefined') return nothing
    const live: Array<readonly LiveScope[]> = []
    for (let env: Env | undefined = this.act.frame; env !== undefined; env = 'vars' in env ? env.parent : undefined) {
      if ('vars' in env) {
        const values = symbol === undefined ? undefined : env.vars.get(symbol)
        if (values !== undefined) return values
      } else {
        live.push(env.scopes)
      }
    }
    if (symbol === undefined) return this.fromScopes(live.flat(), name) ?? [this.global(name, node)]
    const declaration = symbol.declarations?.find(found => found.kind !== ts.SyntaxKind.InterfaceDeclaration &&
      found.kind !== ts.SyntaxKind.TypeAliasDeclaration) ?? symbol.declarations?.[0]
    const fixed = declaration === undefined ? undefined : this.fixedValue(declaration)
    if (fixed !== undefined) return fixed
    const isModuleLevel = declaration !== undefined && this.isModuleLevel(declaration)
    const scopes = [...live.flat(), ...(isModuleLevel ? this.moduleScopes.get(declaration.getSourceFile().fileName) ?? [] : [])]
    const closed = declaration !== undefined && this.project.owns(declaration.getSourceFile()) ? this.fromScopes(scopes, name, this.isConstant(declaration)) : undefined
    if (closed !== undefined) return closed
    return this.ofSymbol(symbol, node)
  }

  /** The value of a constant that a literal says. */
  private fixedValue (declaration: Declaration): Values | undefined {
    const { ts } = this.project
    if (!ts.isVariableDeclaration(declaration) || declaration.initializer === undefined || !this.isConstant(declaration)) return undefined
    const { initializer } = declaration
    const isLiteral = ts.isStringLiteralLike(initializer) || ts.isNumericLiteral(initializer) || initializer.kind === ts.SyntaxKind.TrueKeyword ||
      initializer.kind === ts.SyntaxKind.FalseKeyword
    return isLiteral ? this.evaluate(initializer) : undefined
  }

  private fromScopes (scopes: readonly LiveScope[], name: string, isConstant = false): Values | undefined {
    for (const scope of scopes) {
      if (!Object.hasOwn(scope, name)) continue
      const value = scope[name]
      if (value === undefined || (value === null && !isConstant)) return undefined
      if (!isConstant && typeof value !== 'object' && typeof value !== 'function') return undefined
      return [this.liveValue(value)]
    }
    return undefined
  }

  private isModuleLevel (node: Declaration): boolean {
    const { ts } = this.project
    for (let at: Node = node.parent; at !== undefined; at = at.parent) {
      if (ts.isSourceFile(at)) return true
      if (isFunctionNode(ts, at) || ts.isClassLike(at)) return false
    }
    return false
  }

  private isConstant (node: Declaration): boolean {
    const { ts } = this.project
    const list = ts.isVariableDeclaration(node) ? node.parent : ts.isBindingElement(node) ? findUp(node, ts.isVariableDeclarationList) : undefined
    if (list === undefined) return true
    return (list.flags & ts.NodeFlags.Const) !== 0
  }

  /** The values of what a symbol stands for, outside of any function that runs. */
  ofSymbol (symbol: TypeScriptSymbol, node: Node): Values {
    const { ts, checker } = this.project
    if ((symbol.flags & ts.SymbolFlags.Alias) !== 0) {
      const target = checker.getAliasedSymbol(symbol)
      const imported = this.importOf(symbol)
      const declaration = target.declarations?.[0]
      if (declaration !== undefined && this.project.owns(declaration.getSourceFile())) {
        if (ts.isSourceFile(declaration)) return [{ kind: 'module', symbol: target }]
        return this.ofSymbol(target, node)
      }
      if (imported !== undefined) return [this.external(imported.from, imported.path, node)]
    }
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
    if (declaration === undefined) return [unknown(() => this.typeOf(node))]
    if (!this.project.owns(declaration.getSourceFile())) return [this.global(symbol.name, node)]
    return this.ofDeclaration(declaration, node)
  }

  private external (from: string, path: string, node: Node | undefined): Value {
    return { kind: 'external', from, path, node }
  }

  private global (name: string, node: Node): Value {
    return this.external('', name, node)
  }

  /** The package and export that an import names. */
  private importOf (symbol: TypeScriptSymbol): { readonly from: string, readonly path: string } | undefined {
    const { ts } = this.project
    const declaration = symbol.declarations?.[0]
    const statement = declaration === undefined ? undefined : findUp(declaration, ts.isImportDeclaration)
    if (declaration === undefined || statement === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) return undefined
    const from = statement.moduleSpecifier.text
    if (ts.isImportSpecifier(declaration)) return { from, path: (declaration.propertyName ?? declaration.name).text }
    return { from, path: ts.isNamespaceImport(declaration) ? '' : 'default' }
  }

  private ofDeclaration (declaration: Declaration, node: Node): Values {
    const { ts } = this.project
    if (ts.isFunctionDeclaration(declaration)) {
      const body = declaration.body !== undefined
        ? declaration
        : this.project.checker.getSymbolAtLocation(declaration.name as Node)?.declarations?.find((found): found is typeof declaration =>
          ts.isFunctionDeclaration(found) && found.body !== undefined)
      return body === undefined ? [unknown()] : [this.functionOfNode(body)]
    }
    if (ts.isClassLike(declaration)) return [this.liveExport(declaration) ?? this.classOfNode(declaration, undefined)]
    if (ts.isEnumDeclaration(declaration)) {
      return [object({
        fields: new Map(declaration.members.map(member => {
          const value = this.project.checker.getConstantValue(member)
          return [this.propertyName(member.name) ?? '', [value === undefined ? unknown() : literal(value)]]
        }))
      })]
    }
    if (ts.isExportAssignment(declaration)) return this.initial(declaration, declaration.expression)
    if (ts.isVariableDeclaration(declaration) && ts.isIdentifier(declaration.name)) {
      const live = this.isModuleLevel(declaration) ? this.exportedValue(declaration, declaration.name.text) : undefined
      if (live !== undefined) return [live]
      const require = declaration.initializer !== undefined ? this.requiredBy(declaration.initializer) : undefined
      if (require !== undefined) return require
      if (declaration.initializer === undefined) return [this.unknownOf(declaration)]
      if (!this.isConstant(declaration) && this.isModuleLevel(declaration)) {
        const values = this.initial(declaration, declaration.initializer)
        return values.every(value => value.kind === 'literal') ? [this.unknownOf(declaration)] : values
      }
      return this.initial(declaration, declaration.initializer)
    }
    if (ts.isBindingElement(declaration)) {
      const owner = findUp(declaration, ts.isVariableDeclaration)
      if (owner?.initializer === undefined) return [this.unknownOf(declaration)]
      const whole = this.requiredBy(owner.initializer) ?? this.initial(owner, owner.initializer)
      const found = this.destructured(owner.name as ObjectBindingPattern, whole, declaration)
      return found ?? [this.unknownOf(declaration)]
    }
    if (ts.isPropertyAssignment(declaration)) return this.initial(declaration, declaration.initializer)
    if (ts.isMethodDeclaration(declaration) && declaration.body !== undefined) return [this.functionOfNode(declaration)]
    if (ts.isBinaryExpression(declaration)) return this.initial(declaration, declaration.right) // exports.x = ...
    if (ts.isPropertyAccessExpression(declaration) && ts.isBinaryExpression(declaration.parent)) return this.initial(declaration, declaration.parent.right)
    if (ts.isSourceFile(declaration)) return this.commonJs(declaration) ?? [{ kind: 'module', symbol: this.project.checker.getSymbolAtLocation(declaration) as TypeScriptSymbol }]
    return [unknown(() => this.typeOf(node))]
  }

  /** What `require()` of a file or package gives. */
  private requiredBy (expression: Expression): Values | undefined {
    const { ts, checker } = this.project
    if (!ts.isCallExpression(expression) || !ts.isIdentifier(expression.expression) || expression.expression.text !== 'require') return undefined
    const [name] = expression.arguments
    if (name === undefined || !ts.isStringLiteral(name)) return undefined
    const symbol = checker.getSymbolAtLocation(name)
    const file = symbol?.declarations?.find(ts.isSourceFile)
    if (file !== undefined && this.project.owns(file)) {
      const live = this.exportsOf.get(file.fileName)
      if (live !== undefined) return [this.live(live)]
      return this.commonJs(file) ?? [{ kind: 'module', symbol: symbol as TypeScriptSymbol }]
    }
    return [this.external(name.text, '', expression)]
  }

  private commonJs (file: Node & { readonly fileName: string }): Values | undefined {
    const live = this.exportsOf.get(file.fileName)
    return live === undefined ? undefined : [this.live(live)]
  }

  private exportedValue (declaration: Declaration, name: string): Value | undefined {
    const { fileName } = declaration.getSourceFile()
    const own = this.fromScopes(this.moduleScopes.get(fileName) ?? [], name, this.isConstant(declaration))?.[0]
    if (own !== undefined) return own
    const exports = this.exportsOf.get(fileName) as Record<string, unknown> | undefined
    const value = exports !== undefined && Object.hasOwn(exports, name) ? exports[name] : undefined
    return typeof value === 'object' || typeof value === 'function' ? value === null ? undefined : this.live(value) : undefined
  }

  private liveExport (declaration: ClassLikeDeclaration): Value | undefined {
    const name = declaration.name?.text ?? 'default'
    const value = this.isModuleLevel(declaration) ? this.exportedValue(declaration, name) : undefined
    return value?.kind === 'live' ? this.nodeOf(value) : undefined
  }

  /** The value that a variable starts with; the one of a variable that needs itself is not known. */
  private initial (declaration: Node, expression: Expression): Values {
    const known = this.initials.get(declaration)
    if (known === 'running') return [unknown()]
    if (known !== undefined) return known
    this.initials.set(declaration, 'running')
    const before = this.act
    this.act = this.activation(undefined, { id: nextId(), vars: new Map(), parent: this.moduleFrame(expression) }, [], undefined)
    const values = this.evaluate(expression)
    this.act = before
    this.initials.set(declaration, values)
    return values
  }

  /** Gives a name, or each name of a pattern, its values. */
  private bind (name: Node, values: Values): void {
    const { ts, checker } = this.project
    if (ts.isIdentifier(name)) {
      const symbol = checker.getSymbolAtLocation(name)
      if (symbol !== undefined) this.act.frame.vars.set(symbol, values)
      return
    }
    if (!ts.isObjectBindingPattern(name) && !ts.isArrayBindingPattern(name)) return
    name.elements.forEach((element, index) => {
      if (!ts.isBindingElement(element)) return
      let part = this.partOf(name, element, index, values)
      if (element.initializer !== undefined) {
        const given = part.filter(value => !(value.kind === 'literal' && value.value === undefined))
        if (given.length < part.length || given.some(value => value.kind === 'unknown')) part = union(given, this.evaluate(element.initializer))
      }
      this.bind(element.name, part)
    })
  }

  private partOf (pattern: ObjectBindingPattern | ArrayBindingPattern, element: ObjectBindingPattern['elements'][number], index: number, values: Values): Values {
    const { ts } = this.project
    if (element.dotDotDotToken !== undefined) return ts.isArrayBindingPattern(pattern) ? values : values.map(value => value.kind === 'unknown' ? this.unknownOf(element) : value)
    const key = ts.isArrayBindingPattern(pattern) ? String(index) : this.propertyName(element.propertyName ?? element.name as Identifier)
    return this.member(values, key, element)
  }

  private destructured (pattern: ObjectBindingPattern | ArrayBindingPattern, values: Values, wanted: Node): Values | undefined {
    const { ts } = this.project
    for (const [index, element] of pattern.elements.entries()) {
      if (!ts.isBindingElement(element)) continue
      const part = this.partOf(pattern, element, index, values)
      if (element === wanted) return part
      if (ts.isObjectBindingPattern(element.name) || ts.isArrayBindingPattern(element.name)) {
        const found = this.destructured(element.name, part, wanted)
        if (found !== undefined) return found
      }
    }
    return undefined
  }

  private assign (target: Node, values: Values): void {
    const { ts, checker } = this.project
    if (ts.isIdentifier(target)) {
      const symbol = checker.getSymbolAtLocation(target)
      if (symbol === undefined) return
      for (let env: Env | undefined = this.act.frame; env !== undefined; env = 'vars' in env ? env.parent : undefined) {
        if (!('vars' in env) || !env.vars.has(symbol)) continue
        // Of a variable around, it is not known when the function that sets it runs.
        env.vars.set(symbol, env === this.act.frame ? values : union(env.vars.get(symbol) as Values, values))
        return
      }
      if (this.act.frame.parent !== undefined) return
      this.act.frame.vars.set(symbol, values)
      return
    }
    if (ts.isPropertyAccessExpression(target)) {
      for (const owner of this.evaluate(target.expression)) this.setField(owner, target.name.text, values, target)
      return
    }
    if (ts.isElementAccessExpression(target)) {
      const keys = this.evaluate(target.argumentExpression)
      for (const owner of this.evaluate(target.expression)) {
        if (owner.kind !== 'object') continue
        const [key] = textsIn(keys)
        if (keys.length === 1 && keys[0]?.kind === 'literal') owner.fields.set(String(key), values)
        else owner.elements = union(owner.elements, values)
      }
      return
    }
    if (ts.isObjectLiteralExpression(target)) {
      for (const property of target.properties) {
        if (ts.isShorthandPropertyAssignment(property)) this.assign(property.name, this.member(values, property.name.text, property))
        else if (ts.isPropertyAssignment(property)) this.assign(property.initializer, this.member(values, this.propertyName(property.name), property))
      }
      return
    }
    if (ts.isArrayLiteralExpression(target)) target.elements.forEach((element, index) => { this.assign(element, this.member(values, String(index), element)) })
  }

  private setField (owner: Value, name: string, values: Values, node: Node): void {
    if (owner.kind === 'object') {
      if (owner.role === 'reply' && name === 'statusCode') {
        this.setStatus(numbersIn(values), node)
        return
      }
      const isFresh = this.constructing.some(({ instance }) => instance === owner) || owner.role === undefined
      owner.fields.set(name, isFresh ? values : union(owner.fields.get(name) ?? [], values))
    } else if (owner.kind === 'function' || owner.kind === 'class') {
      this.staticFields.set(`${owner.id} ${name}`, values)
    }
  }

  private readonly staticFields = new Map<string, Values>()

  /** Gives the reply a status. */
  setStatus (numbers: readonly number[], node: Node): void {
    const site = this.project.siteOf(node)
    this.statuses = numbers.map(status => ({ status, site }))
  }

  // -- members -------------------------------------------------------------------------------------------------------

  propertyName (name: Node): string | undefined {
    const { ts } = this.project
    if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) || ts.isPrivateIdentifier(name)) return name.text
    if (ts.isComputedPropertyName(name)) return textsIn(this.evaluate(name.expression))[0]
    return undefined
  }

  /** The property of each value. */
  member (owners: Values, name: string | undefined, node: Node): Values {
    return union(...owners.map(owner => this.memberOf(owner, name, node)))
  }

  private memberOf (owner: Value, name: string | undefined, node: Node): Values {
    if (name === undefined) return this.anyMember(owner, node)
    const builtin = memberOfBuiltin(this, owner, name)
    if (builtin !== undefined) return builtin
    switch (owner.kind) {
      case 'live': return this.memberOfLive(owner, name, node)
      case 'object': return this.memberOfObject(owner, name, node)
      case 'class': return this.staticMember(owner, name, node)
      case 'function': return this.staticFields.get(`${owner.id} ${name}`) ?? (name === 'name' ? [literal(this.nameOf(owner) ?? '')] : [unknown()])
      case 'module': {
        const symbol = this.project.checker.getExportsOfModule(owner.symbol).find(each => each.name === name)
        return symbol === undefined ? [unknown()] : this.ofSymbol(symbol, node)
      }
      case 'external': return libraryMember(owner, name) ?? [this.external(owner.from, owner.path === '' ? name : `${owner.path}.${name}`, node)]
      case 'promise': return owner.query === undefined ? [unknown(() => this.typeOf(node))] : [queryStep(this, owner, name)]
      case 'unknown': return this.memberOfType(owner, name, node)
      default: return [unknown()]
    }
  }

  /** A property whose name is not known: it can be any. */
  private anyMember (owner: Value, node: Node): Values {
    if (owner.kind === 'object') return union(...owner.fields.values(), owner.elements)
    if (owner.kind === 'live' && !types.isProxy(owner.value)) {
      const names = this.keysOf(node)
      const found = Object.entries(Object.getOwnPropertyDescriptors(owner.value)).flatMap(([name, { value }]) =>
        (names === undefined || names.includes(name)) && ((typeof value === 'object' && value !== null) || typeof value === 'function') ? [this.live(value as object)] : [])
      if (found.length > 0 && found.length <= 100) return found
    }
    return [unknown(() => this.typeOf(node), owner.kind === 'unknown' ? owner.held : [])]
  }

  /** The names that a computed key can have, by its type. */
  private keysOf (node: Node): readonly string[] | undefined {
    const { ts } = this.project
    if (!ts.isElementAccessExpression(node)) return undefined
    const type = this.typeOf(node.argumentExpression)
    const parts = type === undefined ? [] : type.isUnion() ? type.types : [type]
    const names = parts.flatMap(part => part.isStringLiteral() ? [part.value] : [])
    return names.length > 0 && names.length === parts.length ? names : undefined
  }

  private memberOfLive (owner: Live, name: string, node: Node): Values {
    if (types.isProxy(owner.value)) return libraryMember(owner, name, this) ?? this.memberOfNode(node, name)
    if (name.startsWith('#')) {
      const held = this.inspector.privateOf(owner.value, name)
      return held === undefined ? this.memberOfNode(node, name) : [this.liveValue(held)]
    }
    for (let at: object | null = owner.value; at !== null; at = types.isProxy(at) ? null : Object.getPrototypeOf(at)) {
      const descriptor = Object.getOwnPropertyDescriptor(at, name)
      if (descriptor === undefined) continue
      if (descriptor.get !== undefined) return this.readAccessor(owner, name, descriptor.get, node)
      const { value } = descriptor
      if (value === undefined || value === null) return this.memberOfNode(node, name)
      const found = this.liveValue(value)
      return [this.withSelf(found, owner)]
    }
    return this.memberOfNode(node, name)
  }

  /** Getters are not called; those that a compiler wrote for the exports of a module only name a variable. */
  private readAccessor (owner: Live, name: string, get: () => unknown, node: Node): Values {
    if (isModuleExports(owner.value)) return [this.liveValue(get.call(owner.value))]
    const known = libraryMember(owner, name, this)
    if (known !== undefined) return known
    const found = this.nodeOf(this.live(get))
    return found?.kind === 'function' ? this.callFunction(found, [owner], []) : this.memberOfNode(node, name)
  }

  /** An arrow function of an object sees the object as `this`, if it was written in its class. */
  private withSelf (value: Value, owner: Live): Value {
    if (value.kind !== 'live' || typeof value.value !== 'function') return value
    const found = this.nodeOf(value)
    const { ts } = this.project
    if (found?.kind !== 'function' || !ts.isArrowFunction(found.node) || findUp(found.node.parent, ts.isClassLike) === undefined) return value
    return { ...found, self: [owner] }
  }

  private memberOfObject (owner: Obj, name: string, node: Node): Values {
    const own = owner.fields.get(name)
    if (own !== undefined) {
      return own
    }
    if (owner.isArray && /^\d+$/.test(name)) return owner.elements.length > 0 ? owner.elements : nothing
    if (owner.role !== undefined) {
      const known = libraryMember(owner, name, this)
      if (known !== undefined) return known
      const decorated = owner.base === undefined ? undefined : this.decorated(owner, owner.base, name)
      return decorated ?? this.memberOfNode(node, name)
    }
    if (owner.cls !== undefined) {
      const found = this.methodOf(owner.cls, name, owner)
      if (found !== undefined) return found
    }
    if (owner.elements.length > 0) return owner.elements
    if (owner.error !== undefined) {
      if (name === 'name') return owner.cls?.node?.name === undefined ? owner.error.names.slice(0, 1).map(each => literal(each)) : [literal('Error')]
      return owner.error.origin === 'effect' || !['statusCode', 'status', 'code', 'expose', 'output', 'isBoom'].includes(name) ? [unknown()] : nothing
    }
    return owner.cls === undefined && !owner.isArray ? nothing : [unknown(() => this.typeOf(node))]
  }

  private decorated (owner: Obj, prototype: Live, name: string): Values | undefined {
    for (let at: object | null = prototype.value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
      const descriptor = Object.getOwnPropertyDescriptor(at, name)
      if (descriptor === undefined) continue
      if (descriptor.get !== undefined) {
        const getter = this.nodeOf(this.live(descriptor.get))
        return getter?.kind === 'function' ? this.callFunction(getter, [owner], []) : undefined
      }
      const value = descriptor.value as unknown
      return (typeof value === 'object' && value !== null) || typeof value === 'function' ? [this.live(value)] : undefined
    }
    return undefined
  }

  /** A method, getter or inherited field of a class. */
  private methodOf (cls: Cls, name: string, owner: Obj): Values | undefined {
    const { ts } = this.project
    for (let at: Value | undefined = cls; at?.kind === 'class'; at = this.baseOf(at)) {
      for (const member of at.node?.members ?? []) {
        if (member.name === undefined || isStatic(ts, member) || this.propertyName(member.name) !== name) continue
        if (ts.isMethodDeclaration(member) && member.body !== undefined) return [{ kind: 'function', id: nextId(), node: member, env: at.env, self: [owner], home: at }]
        if (ts.isGetAccessor(member) && member.body !== undefined) return this.callFunction({ kind: 'function', id: nextId(), node: member, env: at.env, self: [owner], home: at }, [owner], [])
      }
    }
    const prototype = (cls.live?.value as { readonly prototype?: object } | undefined)?.prototype
    if (prototype !== undefined && name !== 'constructor') {
      for (let at: object | null = prototype; at !== null && at !== Object.prototype && at !== Error.prototype; at = Object.getPrototypeOf(at)) {
        const descriptor = Object.getOwnPropertyDescriptor(at, name)
        if (descriptor?.value !== undefined) return [typeof descriptor.value === 'object' || typeof descriptor.value === 'function' ? this.live(descriptor.value as object) : literal(descriptor.value as string)]
      }
    }
    if (name === 'constructor') return [cls.live ?? cls]
    return undefined
  }

  private staticMember (cls: Cls, name: string, node: Node): Values {
    const { ts } = this.project
    const set = this.staticFields.get(`${cls.id} ${name}`)
    if (set !== undefined) return set
    for (let at: Value | undefined = cls; at !== undefined; at = at.kind === 'class' ? this.baseOf(at) : undefined) {
      if (at.kind !== 'class') return this.memberOf(at, name, node)
      for (const member of at.node?.members ?? []) {
        if (member.name === undefined || !isStatic(ts, member) || this.propertyName(member.name) !== name) continue
        const home = at
        if (ts.isMethodDeclaration(member) && member.body !== undefined) return [{ kind: 'function', id: nextId(), node: member, env: at.env, self: [cls], home }]
        if (ts.isGetAccessor(member)) return this.callFunction({ kind: 'function', id: nextId(), node: member, env: at.env, self: [cls], home }, [cls], [])
        if (ts.isPropertyDeclaration(member) && member.initializer !== undefined) {
          const live = at.live === undefined ? undefined : ownValue(at.live.value, name)
          if ((typeof live === 'object' && live !== null) || typeof live === 'function') return [this.live(live)]
          return this.inClass(at, [at], () => this.evaluate(member.initializer as Expression))
        }
      }
    }
    if (name === 'name') return [literal(cls.node?.name?.text ?? '')]
    return cls.live === undefined ? [unknown(() => this.typeOf(node))] : this.memberOfLive(cls.live, name, node)
  }

  /** A member of which only the source knows. */
  private memberOfNode (node: Node, name: string): Values {
    const { ts } = this.project
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) return this.memberOfType(unknown(() => this.typeOf(node.expression)), name, node)
    return [unknown(() => this.typeOf(node))]
  }

  private memberOfType (owner: Value & { readonly kind: 'unknown' }, name: string, node: Node): Values {
    const { ts, checker } = this.project
    if (owner.held.length > 0 && !owner.isCaught) return union(owner.held, [unknown(() => this.typeOf(node), owner.held)])
    const type = owner.type?.()
    const symbol = type === undefined || (type.flags & ts.TypeFlags.Any) !== 0 ? undefined : checker.getPropertyOfType(checker.getNonNullableType(type), name)
    if (symbol === undefined) return [unknown(owner.isCaught ? undefined : () => this.typeOf(node), [], false, owner.isInput)]
    const found = this.ofMemberSymbol(symbol, owner, node)
    return owner.isInput ? found.map(value => value.kind === 'unknown' ? { ...value, isInput: true } : value) : found
  }

  /** What a property of a type can be: a method with a body, any implementation of one without, or something of a type. */
  private ofMemberSymbol (symbol: TypeScriptSymbol, owner: Value, node: Node): Values {
    const { ts, checker } = this.project
    const typed = (): Values => {
      const type = checker.getTypeOfSymbolAtLocation(symbol, node)
      return type.isStringLiteral() || type.isNumberLiteral() ? [literal(type.value)] : [unknown(() => type)]
    }
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
    if (declaration === undefined) return typed()
    if (!this.project.owns(declaration.getSourceFile())) {
      const from = packageOf(declaration.getSourceFile().fileName)
      const called = ts.isCallExpression(node.parent) && node.parent.expression === node
      if (!called) return typed()
      const parent = declaration.parent as Node & { readonly name?: { readonly text?: string } }
      return [this.external(from === undefined ? '' : from.replace(/^@types\//, ''), `${parent?.name?.text ?? ''}.${symbol.name}`, node)]
    }
    if (isFunctionNode(ts, declaration)) {
      const home = ts.isClassLike(declaration.parent) ? this.classOfNode(declaration.parent, undefined) : undefined
      if (ts.isGetAccessor(declaration)) return typed()
      return [{ ...this.functionOfNode(declaration, home), self: [owner] }]
    }
    if ((ts.isPropertyDeclaration(declaration) || ts.isPropertyAssignment(declaration)) && declaration.initializer !== undefined && ts.isFunctionLike(declaration.initializer)) {
      const home = ts.isClassLike(declaration.parent) ? this.classOfNode(declaration.parent, undefined) : undefined
      return [{ kind: 'function', id: nextId(), node: declaration.initializer as FunctionNode, env: undefined, self: [owner], home }]
    }
    if (ts.isPropertyAssignment(declaration) || ts.isShorthandPropertyAssignment(declaration)) {
      const values = ts.isPropertyAssignment(declaration) && this.isModuleLevel(declaration) ? this.initial(declaration, declaration.initializer) : typed()
      return values
    }
    const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node
    if (isCalled) {
      const found = this.implementationsOf(symbol, declaration)
      if (found.length > 0) {
        const isPossible = found.length > 1
        return found.map(fn => isPossible
          ? native(symbol.name, (args, self) => this.maybe(() => this.callFunction(fn, self, args)))
          : { ...fn, self: [unknown(() => fn.home?.node === undefined ? undefined : this.typeOf(fn.home.node))] })
      }
      if (ts.isMethodSignature(declaration) || ts.isMethodDeclaration(declaration)) this.missed(node, `No implementation of '${symbol.name}' was found.`)
    }
    return typed()
  }

  /** The methods of the application that implement a method without a body. */
  private implementationsOf (symbol: TypeScriptSymbol, declaration: Declaration): readonly Fn[] {
    let found = this.implementations.get(symbol)
    if (found === undefined) this.implementations.set(symbol, found = this.findImplementations(symbol.name, declaration.parent))
    return found
  }

  private findImplementations (name: string, of: Node): Fn[] {
    const { ts, program, checker } = this.project
    const wanted = ts.isInterfaceDeclaration(of) || ts.isClassLike(of) ? checker.getSymbolAtLocation(of.name as Node) : undefined
    const wantedType = this.typeOf(of)
    const found: Fn[] = []
    const visit = (node: Node): void => {
      if (ts.isClassLike(node) && node !== of && wanted !== undefined && this.isBelow(node, wanted, 0)) {
        for (const member of node.members) {
          if (member.name !== undefined && this.propertyName(member.name) === name) {
            const home = this.classOfNode(node, undefined)
            if (ts.isMethodDeclaration(member) && member.body !== undefined) found.push({ ...this.functionOfNode(member, home) })
            if (ts.isPropertyDeclaration(member) && member.initializer !== undefined && isFunctionNode(ts,
              member.initializer)) found.push(this.functionOfNode(member.initializer, home))
          }
        }
      } else if (ts.isObjectLiteralExpression(node) && wantedType !== undefined) {
        const property = node.properties.find(each => each.name !== undefined && this.propertyName(each.name) === name)
        const value = property === undefined ? undefined : ts.isMethodDeclaration(property) ? property : ts.isPropertyAssignment(property) ? property.initializer : undefined
        if (value !== undefined && isFunctionNode(ts, value)) {
          const context = checker.getContextualType(node)
          if (context !== undefined && (context === wantedType || context.symbol === wantedType.symbol)) found.push(this.functionOfNode(value))
        }
      }
      ts.forEachChild(node, visit)
    }
    for (const file of program.getSourceFiles()) if (this.project.owns(file)) visit(file)
    return found
  }

  private isBelow (node: ClassLikeDeclaration, wanted: TypeScriptSymbol, depth: number): boolean {
    const { checker, ts } = this.project
    if (depth > 8) return false
    return (node.heritageClauses ?? []).some(clause => clause.types.some(({ expression }) => {
      let symbol = checker.getSymbolAtLocation(expression)
      if (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0) symbol = checker.getAliasedSymbol(symbol)
      if (symbol === wanted) return true
      const above = symbol?.declarations?.find((found): found is ClassLikeDeclaration => ts.isClassLike(found))
      const extended = symbol?.declarations?.find(ts.isInterfaceDeclaration)
      if (above !== undefined) return this.isBelow(above, wanted, depth + 1)
      return extended !== undefined && this.isBelow(extended as unknown as ClassLikeDeclaration, wanted, depth + 1)
    }))
  }

  // -- expressions ---------------------------------------------------------------------------------------------------

  /** The values of an expression; what its evaluation throws is noted. */
  evaluate (node: Expression): Values {
    const { ts } = this.project
    if (ts.isIdentifier(node)) return this.lookUp(node)
    if (ts.isStringLiteralLike(node)) return [literal(node.text)]
    if (ts.isNumericLiteral(node)) return [literal(Number(node.text))]
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node) || ts.isTypeAssertionExpression(node)) {
      return this.evaluateAs(node)
    }
    if (ts.isCallExpression(node)) return this.evaluateCall(node)
    if (ts.isNewExpression(node)) return this.evaluateNew(node)
    if (ts.isAwaitExpression(node)) return this.settle(this.evaluate(node.expression))
    if (ts.isPropertyAccessExpression(node)) {
      if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return this.superMember(node.name.text, node)
      if (ts.isMetaProperty(node.expression)) return [unknown()]
      return this.member(this.evaluate(node.expression), node.name.text, node)
    }
    if (ts.isElementAccessExpression(node)) {
      const owners = this.evaluate(node.expression)
      const keys = this.evaluate(node.argumentExpression)
      const firm = keys.filter(key => key.kind === 'literal' && (typeof key.value === 'string' || typeof key.value === 'number'))
      if (firm.length === keys.length && keys.length > 0) return union(...firm.map(key => this.member(owners, String((key as { value: unknown }).value), node)))
      return this.member(owners, undefined, node)
    }
    if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
      return [{ kind: 'function', id: nextId(), node, env: this.act.frame.parent === undefined && this.act.frame.vars.size === 0 ? undefined : this.act.frame, self: ts.isArrowFunction(node) ? this.act.self : undefined, home: this.act.home }]
    }
    if (ts.isObjectLiteralExpression(node)) return [this.objectLiteral(node)]
    if (ts.isArrayLiteralExpression(node)) return [this.arrayLiteral(node.elements)]
    if (ts.isConditionalExpression(node)) return this.evaluateConditional(node)
    if (ts.isBinaryExpression(node)) return this.evaluateBinary(node)
    if (ts.isPrefixUnaryExpression(node)) {
      const values = this.evaluate(node.operand)
      if (node.operator !== ts.SyntaxKind.ExclamationToken) {
        return values.map(value => node.operator === ts.SyntaxKind.MinusToken && value.kind === 'literal' && typeof value.value === 'number' ? literal(-value.value, value.firm) : unknown())
      }
      return this.booleans(values.map(truth => truthOf(truth)).map(truth => truth === undefined ? undefined : !truth))
    }
    if (ts.isTemplateExpression(node)) return this.template(node.head.text, node.templateSpans)
    if (ts.isTaggedTemplateExpression(node)) {
      const parts = ts.isNoSubstitutionTemplateLiteral(node.template) ? [literal(node.template.text)] : this.template(node.template.head.text, node.template.templateSpans, true)
      const { callees, self } = this.callee(node.tag)
      return this.call(callees, self, [parts], node)
    }
    if (ts.isTypeOfExpression(node)) return this.evaluate(node.expression).map(value => typeName(value))
    if (ts.isVoidExpression(node) || ts.isDeleteExpression(node)) {
      this.evaluate(node.expression)
      return nothing
    }
    if (ts.isYieldExpression(node)) {
      const values = node.expression === undefined ? nothing : this.evaluate(node.expression)
      const given = node.asteriskToken === undefined ? (this.act.isAsync ? this.settle(values) : values) : this.elementsOf(values, node)
      this.act.yields = union(this.act.yields, given)
      return [unknown()]
    }
    if (ts.isClassExpression(node)) return [this.classOfNode(node, this.act.frame)]
    if (ts.isSpreadElement(node)) return this.evaluate(node.expression)
    switch (node.kind) {
      case ts.SyntaxKind.TrueKeyword: return [literal(true)]
      case ts.SyntaxKind.FalseKeyword: return [literal(false)]
      case ts.SyntaxKind.NullKeyword: return [literal(null)]
      case ts.SyntaxKind.ThisKeyword: return this.act.self.length > 0 ? this.act.self : [this.unknownOf(node)]
      default: return [this.unknownOf(node)]
    }
  }

  private evaluateAs (node: Expression & { readonly expression: Expression }): Values {
    const values = this.evaluate(node.expression)
    const { ts } = this.project
    if (!ts.isAsExpression(node) || ts.isConstTypeReference(node.type)) return values
    return values.map(value => value.kind === 'unknown' && value.held.length === 0 && !value.isCaught ? this.unknownOf(node, value.isInput) : value)
  }

  private template (head: string, spans: readonly { readonly expression: Expression, readonly literal: { readonly text: string } }[], isTagged = false): Values {
    let text = head
    let isKnown = true
    for (const span of spans) {
      const values = this.evaluate(span.expression)
      const [only] = values
      if (values.length === 1 && only?.kind === 'literal' && !isTagged) text += String(only.value)
      else {
        isKnown = false
        text += textsIn(values)[0] ?? (values.some(value => value.kind !== 'unknown' && value.kind !== 'literal') && isTagged ? this.nameOfTable(values) : '?')
      }
      text += span.literal.text
    }
    return isKnown ? [literal(text)] : [{ kind: 'text', text }]
  }

  /** The table that an object of an ORM stands for, in a template of SQL. */
  private nameOfTable (values: Values): string {
    return values.flatMap(value => value.kind === 'live' ? this.effects.tableOf(value.value) ?? [] : [])[0] ?? '?'
  }

  private objectLiteral (node: Expression & { readonly properties: Iterable<Node> }): Obj {
    const { ts } = this.project
    const made = object()
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        for (const value of this.evaluate(property.expression)) this.spread(made, value)
      } else if (ts.isShorthandPropertyAssignment(property)) {
        made.fields.set(property.name.text, this.lookUp(property.name))
      } else if (ts.isPropertyAssignment(property)) {
        const name = this.propertyName(property.name)
        const values = this.evaluate(property.initializer)
        if (name === undefined) made.elements = union(made.elements, values)
        else made.fields.set(name, values)
      } else if (ts.isMethodDeclaration(property)) {
        const name = this.propertyName(property.name)
        if (name !== undefined) made.fields.set(name, [{ kind: 'function', id: nextId(), node: property, env: this.act.frame, self: undefined, home: undefined }])
      }
    }
    return made
  }

  private spread (target: Obj, value: Value): void {
    if (value.kind === 'object') {
      for (const [name, values] of value.fields) target.fields.set(name, values)
      target.elements = union(target.elements, value.elements)
    } else if (value.kind === 'live' && !types.isProxy(value.value)) {
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value.value))) {
        if (descriptor.get === undefined) target.fields.set(name, [this.liveValue(descriptor.value)])
      }
    } else {
      target.elements = union(target.elements, [value.kind === 'unknown' ? value : unknown()])
    }
  }

  private arrayLiteral (elements: readonly Expression[]): Obj {
    const { ts } = this.project
    const made = object({ isArray: true })
    elements.forEach((element, index) => {
      const values = ts.isSpreadElement(element) ? this.elementsOf(this.evaluate(element.expression), element) : this.evaluate(element)
      if (!ts.isSpreadElement(element)) made.fields.set(String(index), values)
      made.elements = union(made.elements, values)
    })
    return made
  }

  /** What iterating over values gives; a generator throws while somebody iterates. */
  elementsOf (values: Values, node: Node): Values {
    return union(...values.map(value => {
      if (value.kind === 'object') {
        if (value.isArray || value.fields.size === 0) return value.elements.length > 0 ? value.elements : value.isArray ? [] : [unknown()]
        const iterate = this.memberOf(value, '__@iterator', node)
        return iterate
      }
      if (value.kind === 'promise') {
        this.rethrow(value.throws)
        return this.elementsOf(value.value, node)
      }
      if (value.kind === 'live' && !types.isProxy(value.value)) {
        if (Array.isArray(value.value)) return value.value.slice(0, 40).map(each => this.liveValue(each))
        if (value.value instanceof Map) return [...value.value.entries()].slice(0, 40).map(([key, each]) => object({ isArray: true, fields: new Map([['0', [this.liveValue(key)]], ['1', [this.liveValue(each)]]]) }))
        if (value.value instanceof Set) return [...value.value].slice(0, 40).map(each => this.liveValue(each))
      }
      if (value.kind === 'unknown') {
        return [unknown(() => {
          const type = value.type?.()
          return type === undefined ? undefined : this.project.checker.getIndexTypeOfType(type, this.project.ts.IndexKind.Number) ?? undefined
        }, value.held)]
      }
      return [unknown()]
    }))
  }

  private evaluateConditional (node: Expression & { readonly condition: Expression, readonly whenTrue: Expression, readonly whenFalse: Expression }): Values {
    this.evaluate(node.condition)
    const results: Values[] = []
    this.branch(node.condition,
      () => { results.push(this.evaluate(node.whenTrue)); return true },
      () => { results.push(this.evaluate(node.whenFalse)); return true })
    return union(...results)
  }

  private evaluateBinary (node: Expression & { readonly left: Expression, readonly right: Expression, readonly operatorToken: Node }): Values {
    const { ts } = this.project
    const { SyntaxKind } = ts
    const operator = node.operatorToken.kind
    switch (operator) {
      case SyntaxKind.EqualsToken: {
        const values = this.evaluate(node.right)
        this.assign(node.left, values)
        return values
      }
      case SyntaxKind.QuestionQuestionEqualsToken:
      case SyntaxKind.BarBarEqualsToken:
      case SyntaxKind.AmpersandAmpersandEqualsToken: {
        const values = union(this.evaluate(node.left), this.evaluate(node.right))
        this.assign(node.left, values)
        return values
      }
      case SyntaxKind.CommaToken:
        this.evaluate(node.left)
        return this.evaluate(node.right)
      case SyntaxKind.AmpersandAmpersandToken:
      case SyntaxKind.BarBarToken: {
        const left = this.evaluate(node.left)
        const isAnd = operator === SyntaxKind.AmpersandAmpersandToken
        const stays = left.filter(value => truthOf(value) !== isAnd)
        let right: Values = []
        this.branch(node.left, () => { if (isAnd) right = this.evaluate(node.right); return true }, () => { if (!isAnd) right = this.evaluate(node.right); return true })
        return union(stays, right)
      }
      case SyntaxKind.QuestionQuestionToken: {
        const left = this.evaluate(node.left)
        const stays = left.filter(value => !isNullish(value))
        if (left.length > 0 && stays.length === left.length && left.every(value => value.kind !== 'unknown' && value.kind !== 'literal')) return left
        const { statuses } = this
        const right = this.evaluate(node.right)
        this.statuses = unionStatuses(statuses, this.statuses)
        return union(stays, right)
      }
      case SyntaxKind.EqualsEqualsToken:
      case SyntaxKind.EqualsEqualsEqualsToken:
        return this.booleans(pairs(this.evaluate(node.left), this.evaluate(node.right)).map(([a, b]) => equals(a, b)))
      case SyntaxKind.ExclamationEqualsToken:
      case SyntaxKind.ExclamationEqualsEqualsToken:
        return this.booleans(pairs(this.evaluate(node.left), this.evaluate(node.right)).map(([a, b]) => equals(a, b)).map(result => result === undefined ? undefined : !result))
      case SyntaxKind.InstanceOfKeyword:
        return this.booleans(pairs(this.evaluate(node.left), this.evaluate(node.right)).map(([a, b]) => this.isInstance(a, b)))
      case SyntaxKind.InKeyword: {
        const names = this.evaluate(node.left)
        return this.booleans(pairs(names, this.evaluate(node.right)).map(([name, owner]) => {
          if (owner.kind !== 'object' || owner.error === undefined || owner.error.origin === 'effect' || name.kind !== 'literal') return undefined
          return owner.fields.has(String(name.value)) || ['message', 'stack'].includes(String(name.value)) ? true : undefined
        }))
      }
      default: {
        const left = this.evaluate(node.left)
        const right = this.evaluate(node.right)
        const results = pairs(left, right).map(([a, b]) => compute(ts, operator, a, b))
        if (operator >= SyntaxKind.FirstCompoundAssignment && operator <= SyntaxKind.LastCompoundAssignment) {
          this.assign(node.left, [unknown()])
          return [unknown()]
        }
        return union(results)
      }
    }
  }

  private booleans (results: ReadonlyArray<boolean | undefined>): Values {
    if (results.length === 0 || results.some(result => result === undefined)) return [unknown()]
    return union(results.map(result => literal(result as boolean)))
  }

  /** Whether a value is an instance of a class; `undefined` when both can be. */
  private isInstance (value: Value, of: Value): boolean | undefined {
    if (value.kind === 'unknown' || value.kind === 'external' || value.kind === 'native') return undefined
    if (value.kind === 'live') {
      const target = of.kind === 'live' ? of.value : of.kind === 'class' ? of.live?.value : undefined
      const prototype = target === undefined ? undefined : ownValue(target, 'prototype')
      return typeof prototype === 'object' && prototype !== null && !types.isProxy(value.value) ? Object.prototype.isPrototypeOf.call(prototype, value.value) : undefined
    }
    if (value.kind !== 'object') return false
    const name = of.kind === 'external' ? of.path.split('.').at(-1) : of.kind === 'live' ? ownValue(of.value, 'name') as string : undefined
    const node = of.kind === 'class' ? of.node : of.kind === 'live' ? this.nodeOf(of)?.node : undefined
    for (let at: Value | undefined = value.cls; at !== undefined; at = at.kind === 'class' ? this.baseOf(at) : undefined) {
      if (at.kind === 'class' && node !== undefined && at.node === node) return true
      if (at.kind === 'class' && of.kind === 'live' && at.live === of) return true
      if (at.kind === 'class' && at.node === undefined && at.live !== undefined && of.kind === 'live' && Object.prototype.isPrototypeOf.call(of.value, at.live.value)) return true
    }
    if (value.error === undefined) return of.kind === 'unknown' ? undefined : false
    if (node !== undefined) return value.error.origin === 'effect' ? false : value.cls === undefined ? false : value.error.names.includes((node as { name?: { text: string } }).name?.text ?? '')
    if (of.kind === 'unknown') return undefined
    return name === undefined ? undefined : value.error.names.includes(name) ? true : value.error.origin === 'effect' && !['ApiError', 'HttpError'].includes(name) ? undefined : false
  }

  private evaluateCall (node: CallExpression): Values {
    const { ts } = this.project
    if (node.expression.kind === ts.SyntaxKind.SuperKeyword) {
      this.constructing.at(-1)?.callBase(this.argumentsOf(node.arguments))
      return nothing
    }
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [name] = node.arguments
      const symbol = name === undefined ? undefined : this.project.checker.getSymbolAtLocation(name)
      const file = symbol?.declarations?.find(ts.isSourceFile)
      if (symbol === undefined || file === undefined || !this.project.owns(file)) return [this.unknownOf(node)]
      return [promise([{ kind: 'module', symbol }], [])]
    }
    const required = this.requiredBy(node)
    if (required !== undefined) return required
    const { callees, self } = this.callee(node.expression)
    const args = this.argumentsOf(node.arguments)
    const known = callees.filter(callee => callee.kind !== 'unknown' && callee.kind !== 'object' && callee.kind !== 'literal' && callee.kind !== 'text')
    if (known.length > 0) return this.call(known, self, args, node)
    return this.callBySignature(node, callees, self, args)
  }

  /** A callee that is not known by value: what its type says. */
  private callBySignature (node: CallExpression, callees: Values, self: Values, args: readonly Values[]): Values {
    const { ts, checker } = this.project
    const factory = this.typedFactory(node)
    if (factory.length > 0) return factory
    const declaration = checker.getResolvedSignature(node)?.declaration
    if (declaration !== undefined && this.project.owns(declaration.getSourceFile())) {
      if (isFunctionNode(ts, declaration)) return this.callFunction(this.functionOfNode(declaration), self, args)
    } else if (declaration === undefined && callees.every(callee => callee.kind === 'unknown') && !node.arguments.some(argument => ts.isSpreadElement(argument))) {
      const type = this.typeOf(node.expression)
      const isAny = type === undefined || (type.flags & ts.TypeFlags.Any) !== 0
      if (isAny && !this.isOfPackage(node.expression)) this.missed(node, `The function '${shorten(node.expression.getText())}' is not known.`)
    }
    const from = declaration === undefined ? undefined : packageOf(declaration.getSourceFile().fileName)
    if (declaration !== undefined && !this.project.owns(declaration.getSourceFile())) {
      const owner = (declaration.parent as Node & { readonly name?: { readonly text?: string } } | undefined)?.name?.text ?? ''
      const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : ''
      const called = callLibrary(this, { callee: { kind: 'external', from: from?.replace(/^@types\//, '') ?? '', path: `${owner}.${name}`, node }, self, args, node, live: undefined })
      if (called !== undefined) return called
    }
    return this.callUnknown(args, node)
  }

  /** Whether an expression starts at something of a package, whose functions are not followed. */
  private isOfPackage (node: Expression): boolean {
    const { ts } = this.project
    let at: Expression = node
    while (ts.isPropertyAccessExpression(at) || ts.isCallExpression(at) || ts.isElementAccessExpression(at) || ts.isNonNullExpression(at) ||
      ts.isParenthesizedExpression(at) || ts.isAwaitExpression(at)) {
      at = at.expression
      const values = ts.isIdentifier(at) ? this.lookUp(at) : []
      if (values.some(value => value.kind === 'external' || value.kind === 'native' || (value.kind === 'live' && !this.isOwn(value.value)) || value.kind === 'object' || value.kind === 'promise')) return true
    }
    return ts.isArrayLiteralExpression(at) || ts.isStringLiteralLike(at) || ts.isNewExpression(at) || ts.isTemplateExpression(at) || ts.isRegularExpressionLiteral(at)
  }

  /** A factory of a catalog of which only the type is known: the type of its code says which. */
  private typedFactory (node: CallExpression): Values {
    const { ts, checker } = this.project
    const type = this.typeOf(node.expression)
    const parts = type === undefined ? [] : type.isUnion() ? type.types : [type]
    return parts.flatMap(part => {
      const code = part.getProperty('code')
      const status = part.getProperty('status')
      if (code === undefined || status === undefined || part.getCallSignatures().length === 0) return []
      const literalOf = (symbol: TypeScriptSymbol): ReadonlyArray<string | number> => {
        const found = checker.getTypeOfSymbolAtLocation(symbol, node)
        return (found.isUnion() ? found.types : [found]).flatMap(each => each.isStringLiteral() || each.isNumberLiteral() ? [each.value] : [])
      }
      const [only] = literalOf(status)
      return literalOf(code).map(each => this.catalogError(String(each), typeof only === 'number' ? only : undefined))
    }).filter(() => (type?.flags ?? 0 & ts.TypeFlags.Any) !== 0 || true)
  }

  private argumentsOf (nodes: readonly Expression[] | undefined): Values[] {
    const { ts } = this.project
    const args: Values[] = []
    for (const node of nodes ?? []) {
      if (!ts.isSpreadElement(node)) {
        args.push(this.evaluate(node))
        continue
      }
      const values = this.evaluate(node.expression)
      const [only] = values
      if (values.length === 1 && only?.kind === 'object' && only.isArray && only.fields.size > 0) args.push(...[...only.fields.values()])
      else {
        const elements = this.elementsOf(values, node)
        args.push(...Array.from({ length: 4 }, () => elements))
      }
    }
    return args
  }

  /** The function of a call, and what it is called on. */
  private callee (node: Expression): { readonly callees: Values, readonly self: Values } {
    const { ts } = this.project
    const inner = unwrap(ts, node)
    if (ts.isPropertyAccessExpression(inner)) {
      if (inner.expression.kind === ts.SyntaxKind.SuperKeyword) return { callees: this.superMember(inner.name.text, inner), self: this.act.self }
      const owners = this.evaluate(inner.expression)
      return { callees: this.member(owners, inner.name.text, inner), self: owners }
    }
    if (ts.isElementAccessExpression(inner)) {
      const owners = this.evaluate(inner.expression)
      return { callees: this.evaluate(inner), self: owners }
    }
    return { callees: this.evaluate(inner), self: [] }
  }

  private superMember (name: string, node: Node): Values {
    const { act } = this
    const base = act.home === undefined ? undefined : this.baseOf(act.home)
    const [self] = act.self
    if (base === undefined) return [unknown()]
    if (base.kind !== 'class') return [unknown(() => this.typeOf(node))]
    if (self?.kind === 'class') return this.staticMember(base, name, node)
    const found = this.methodOf(base, name, object())
    return (found ?? [unknown()]).map(value => value.kind === 'function' ? { ...value, self: act.self } : value)
  }

  private evaluateNew (node: NewExpression): Values {
    const { callees } = this.callee(node.expression)
    const args = this.argumentsOf(node.arguments)
    const [only] = callees
    if (callees.length === 1 && only?.kind === 'unknown') {
      const symbol = only.type?.()?.symbol
      const declaration = symbol?.declarations?.find((found): found is ClassLikeDeclaration => this.project.ts.isClassLike(found))
      if (declaration !== undefined && this.project.owns(declaration.getSourceFile())) return this.construct([this.classOfNode(declaration, undefined)], args, node)
    }
    const special = only?.kind === 'external' && only.from === '' ? callGlobal(this, `new ${only.path}`, args, node) : undefined
    if (special !== undefined) return special
    return this.construct(callees, args, node)
  }

  // -- statements ----------------------------------------------------------------------------------------------------

  private block (node: Block): boolean {
    return this.statements(node.statements)
  }

  private statements (list: readonly Statement[]): boolean {
    const { ts, checker } = this.project
    for (const statement of list) {
      if (ts.isFunctionDeclaration(statement) && statement.body !== undefined && statement.name !== undefined) {
        const symbol = checker.getSymbolAtLocation(statement.name)
        if (symbol !== undefined) this.act.frame.vars.set(symbol, [{ kind: 'function', id: nextId(), node: statement, env: this.act.frame, self: undefined, home: undefined }])
      }
    }
    return list.every(statement => this.statement(statement))
  }

  /** Runs a statement; false when what comes after it is not reached. */
  private statement (node: Statement): boolean {
    const { ts } = this.project
    if (ts.isExpressionStatement(node)) {
      this.evaluate(node.expression)
      this.narrowByAssertion(node.expression)
      return !this.neverReturns(node.expression)
    }
    if (ts.isVariableStatement(node)) {
      for (const declaration of node.declarationList.declarations) this.declare(declaration)
      return true
    }
    if (ts.isReturnStatement(node)) {
      const values = node.expression === undefined ? nothing : this.evaluate(node.expression)
      this.act.returns = union(this.act.returns, this.returned(values, this.act, node))
      this.act.endings.push(this.statuses)
      return false
    }
    if (ts.isThrowStatement(node)) {
      this.throwValues(this.thrownValues(node.expression), node)
      return false
    }
    if (ts.isIfStatement(node)) {
      this.evaluate(node.expression)
      return this.branch(node.expression, () => this.statement(node.thenStatement), () => node.elseStatement === undefined || this.statement(node.elseStatement))
    }
    if (ts.isBlock(node)) return this.block(node)
    if (ts.isTryStatement(node)) return this.tryStatement(node)
    if (ts.isForOfStatement(node)) {
      const values = this.evaluate(node.expression)
      const each = this.elementsOf(node.awaitModifier === undefined ? values : this.settle(values), node.expression)
      return this.loop(() => {
        const { initializer } = node
        const element = node.awaitModifier === undefined ? each : this.settle(each)
        if (ts.isVariableDeclarationList(initializer)) initializer.declarations.forEach(({ name }) => { this.bind(name, element) })
        else this.assign(initializer, element)
        return this.statement(node.statement)
      }, true)
    }
    if (ts.isForStatement(node)) {
      if (node.initializer !== undefined) {
        if (ts.isVariableDeclarationList(node.initializer)) {
          node.initializer.declarations.forEach(declaration => {
            this.bind(declaration.name,
              [this.unknownOf(declaration.name)])
          })
        } else this.evaluate(node.initializer)
      }
      if (node.condition !== undefined) this.evaluate(node.condition)
      return this.loop(() => {
        const completes = this.statement(node.statement)
        if (node.incrementor !== undefined) this.evaluate(node.incrementor)
        return completes
      }, node.condition !== undefined && !this.isAlwaysTrue(node.condition))
    }
    if (ts.isForInStatement(node)) {
      this.evaluate(node.expression)
      return this.loop(() => {
        if (ts.isVariableDeclarationList(node.initializer)) node.initializer.declarations.forEach(({ name }) => { this.bind(name, [unknown()]) })
        return this.statement(node.statement)
      }, true)
    }
    if (ts.isWhileStatement(node)) {
      this.evaluate(node.expression)
      return this.loop(() => this.statement(node.statement), !this.isAlwaysTrue(node.expression))
    }
    if (ts.isDoStatement(node)) {
      const completes = this.loop(() => this.statement(node.statement), false)
      this.evaluate(node.expression)
      return completes || !this.isAlwaysTrue(node.expression)
    }
    if (ts.isSwitchStatement(node)) return this.switchStatement(node)
    if (ts.isBreakStatement(node)) {
      this.act.breaks.push(this.state())
      return false
    }
    if (ts.isContinueStatement(node)) {
      this.act.breaks.push(this.state())
      return false
    }
    if (ts.isLabeledStatement(node)) return this.statement(node.statement)
    if (ts.isClassDeclaration(node) && node.name !== undefined) {
      const symbol = this.project.checker.getSymbolAtLocation(node.name)
      if (symbol !== undefined) this.act.frame.vars.set(symbol, [this.classOfNode(node, this.act.frame)])
    }
    return true
  }

  private declare (declaration: Node & { readonly name: Node, readonly initializer?: Expression | undefined }): void {
    const { ts } = this.project
    const list = declaration.parent
    const isConst = ts.isVariableDeclarationList(list) && (list.flags & ts.NodeFlags.Const) !== 0
    if (declaration.initializer === undefined) {
      this.bind(declaration.name, [isConst || !this.isSetInside(declaration.name) ? literal(undefined) : this.unknownOf(declaration.name)])
      return
    }
    const values = this.evaluate(declaration.initializer)
    this.bind(declaration.name, !isConst && ts.isIdentifier(declaration.name) && this.isSetInside(declaration.name) ? union(values, [this.unknownOf(declaration.name)]) : values)
  }

  /** Whether a function inside of the one that runs sets a variable: then its value is not known in between. */
  private isSetInside (name: Node): boolean {
    const { ts, checker } = this.project
    const owner = findUp(name, node => isFunctionNode(ts, node) || ts.isSourceFile(node))
    if (owner === undefined) return false
    let set = this.reassigned.get(owner)
    if (set === undefined) {
      const found = new Set<TypeScriptSymbol>()
      const visit = (node: Node, depth: number): void => {
        const inner = isFunctionNode(ts, node) ? depth + 1 : depth
        if (depth > 1 && ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
          node.operatorToken.kind <= ts.SyntaxKind.LastAssignment && ts.isIdentifier(node.left)) {
          const symbol = checker.getSymbolAtLocation(node.left)
          if (symbol !== undefined) found.add(symbol)
        }
        ts.forEachChild(node, child => { visit(child, inner) })
      }
      visit(owner, 0)
      this.reassigned.set(owner, set = found)
    }
    const symbol = checker.getSymbolAtLocation(name)
    return symbol !== undefined && set.has(symbol)
  }

  /** What is thrown; of an error whose value is not known, the type can say the class. */
  private thrownValues (expression: Expression): Values {
    const { ts } = this.project
    return this.evaluate(expression).flatMap(value => {
      if (value.kind !== 'unknown' || value.isCaught) return [value]
      if (value.held.length > 0) return value.held
      const made = this.errorsOfType(value.type?.() ?? this.typeOf(expression), expression)
      if (made.length === 0 && !ts.isIdentifier(expression)) this.missed(expression, `It is not known what '${shorten(expression.getText())}' is.`)
      return made
    })
  }

  /** The errors that a type stands for: instances of classes of the application, or of a catalog. */
  private errorsOfType (type: Type | undefined, node: Node): Values {
    const { ts, checker } = this.project
    const parts = type === undefined ? [] : type.isUnion() ? type.types : [type]
    return parts.flatMap(part => {
      const literalOf = (name: string): string | number | undefined => {
        const symbol = part.getProperty(name)
        const found = symbol === undefined ? undefined : checker.getTypeOfSymbolAtLocation(symbol, node)
        return found?.isStringLiteral() === true || found?.isNumberLiteral() === true ? found.value : undefined
      }
      if (part.symbol?.name === 'ApiError') {
        const code = literalOf('code')
        return typeof code === 'string' ? [this.catalogError(code, undefined)] : []
      }
      const declaration = part.symbol?.declarations?.find((found): found is ClassLikeDeclaration => ts.isClassLike(found) && this.project.owns(found.getSourceFile()))
      if (declaration === undefined) return []
      const cls = this.liveExport(declaration) ?? this.classOfNode(declaration, undefined)
      return this.construct([cls], [], node).filter(isErrorLike)
    })
  }

  /** `assert(value)` of a function with `asserts value`: afterwards the value is true. */
  private narrowByAssertion (expression: Expression): void {
    const { ts } = this.project
    const call = ts.isAwaitExpression(expression) ? expression.expression : expression
    if (!ts.isCallExpression(call) || call.arguments[0] === undefined || !ts.isIdentifier(call.arguments[0])) return
    const signature = this.project.checker.getResolvedSignature(call)
    const predicate = signature === undefined ? undefined : this.project.checker.getTypePredicateOfSignature(signature)
    if (predicate?.kind === ts.TypePredicateKind.AssertsIdentifier && predicate.type === undefined) this.refine(call.arguments[0], true)
  }

  /** A call of a function that never returns ends the block, as the compiler sees it, too. */
  private neverReturns (expression: Expression): boolean {
    const { ts } = this.project
    const call = ts.isAwaitExpression(expression) ? expression.expression : expression
    if (!ts.isCallExpression(call)) return false
    const { callees } = ts.isIdentifier(call.expression) ? { callees: this.lookUp(call.expression) } : { callees: [] as Values }
    const declared = callees.some(callee => callee.kind === 'function' && callee.node.type?.kind === ts.SyntaxKind.NeverKeyword)
    if (declared) return true
    const type = this.typeOf(call)
    return type !== undefined && (type.flags & ts.TypeFlags.Never) !== 0
  }

  private isAlwaysTrue (condition: Expression): boolean {
    return this.evaluate(condition).every(value => value.kind === 'literal' && value.firm && value.value === true)
  }

  private state (): State {
    return { vars: new Map(this.act.frame.vars), statuses: this.statuses }
  }

  private enter ({ vars, statuses }: State): void {
    this.act.frame.vars = new Map(vars)
    this.statuses = statuses
  }

  private merge (states: readonly State[]): void {
    const vars = new Map<TypeScriptSymbol, Values>()
    for (const state of states) {
      for (const [symbol, values] of state.vars) {
        const known = vars.get(symbol)
        vars.set(symbol, known === undefined ? values : union(known, values))
      }
    }
    this.act.frame.vars = vars
    this.statuses = states.length === 0 ? this.statuses : unionStatuses(...states.map(({ statuses }) => statuses))
  }

  /** Runs both sides of a condition, without those that a literal rules out; false when neither comes to its end. */
  private branch (condition: Expression, whenTrue: () => boolean, whenFalse: () => boolean): boolean {
    const before = this.state()
    const ends: State[] = []
    for (const [truth, body] of [[true, whenTrue], [false, whenFalse]] as const) {
      this.enter(before)
      if (this.refine(condition, truth) && body()) ends.push(this.state())
    }
    if (ends.length === 0) {
      this.enter(before)
      return false
    }
    this.merge(ends)
    return true
  }

  /** Narrows variables to what they are when a condition holds; false when it cannot. */
  private refine (condition: Expression, truth: boolean): boolean {
    const { ts } = this.project
    if (ts.isParenthesizedExpression(condition)) return this.refine(condition.expression, truth)
    if (ts.isPrefixUnaryExpression(condition) && condition.operator === ts.SyntaxKind.ExclamationToken) return this.refine(condition.operand, !truth)
    if (ts.isBinaryExpression(condition)) {
      const operator = condition.operatorToken.kind
      if (operator === ts.SyntaxKind.AmpersandAmpersandToken || operator === ts.SyntaxKind.BarBarToken) {
        const both = (operator === ts.SyntaxKind.AmpersandAmpersandToken) === truth
        if (both) return this.refine(condition.left, truth) && this.refine(condition.right, truth)
        const before = this.state()
        const states: State[] = []
        if (this.refine(condition.left, truth)) states.push(this.state())
        this.enter(before)
        if (this.refine(condition.left, !truth) && this.refine(condition.right, truth)) states.push(this.state())
        if (states.length === 0) return false
        this.merge(states)
        return true
      }
    }
    const subject = this.subjectOf(condition)
    if (subject === undefined) return this.mayBe(this.quietly(() => this.evaluate(condition)), truth)
    const { vars } = this.act.frame
    const values = vars.get(subject) as Values
    const kept = values.filter(value => {
      vars.set(subject, [value])
      return this.mayBe(this.quietly(() => this.evaluate(condition)), truth)
    })
    vars.set(subject, kept)
    return kept.length > 0
  }

  /** The variable that a condition is about. */
  private subjectOf (condition: Expression): TypeScriptSymbol | undefined {
    const { ts, checker } = this.project
    let found: TypeScriptSymbol | undefined
    const visit = (node: Node): void => {
      if (found !== undefined || ts.isFunctionLike(node)) return
      if (ts.isIdentifier(node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)) {
        const symbol = checker.getSymbolAtLocation(node)
        const values = symbol === undefined ? undefined : this.act.frame.vars.get(symbol)
        if (values !== undefined && values.length > 0 && values.length <= 12 && !(ts.isCallExpression(node.parent) && node.parent.expression === node)) found = symbol
      }
      ts.forEachChild(node, visit)
    }
    visit(condition)
    return found
  }

  private mayBe (values: Values, truth: boolean): boolean {
    return values.length === 0 || values.some(value => truthOf(value) !== !truth)
  }

  /** Evaluates a condition once more, without its errors. */
  private quietly<T> (body: () => T): T {
    const { act, statuses } = this
    const { throws, sent } = act
    const counts = [sent.length, act.outer.length] as const
    act.throws = []
    const result = body()
    act.throws = throws
    act.sent.length = counts[0]
    act.outer.length = counts[1]
    this.statuses = statuses
    return result
  }

  /** A loop runs never, once or often: twice shows what a variable of the first round does in the second. */
  private loop (body: () => boolean, mayEnd: boolean): boolean {
    const { act } = this
    const outer = act.breaks
    act.breaks = []
    const before = this.state()
    const ends: State[] = mayEnd ? [before] : []
    const first = body()
    const hasMore = first || act.breaks.length > 0
    if (first) ends.push(this.state())
    ends.push(...act.breaks)
    act.breaks = outer
    if (ends.length === 0 && !hasMore) {
      this.enter(before)
      return false
    }
    this.merge(ends)
    return mayEnd || first || ends.length > 0
  }

  private switchStatement (node: Statement & { readonly expression: Expression, readonly caseBlock: { readonly clauses: readonly Node[] } }): boolean {
    const { ts } = this.project
    const { act } = this
    const values = this.evaluate(node.expression)
    const symbol = ts.isIdentifier(node.expression) ? this.project.checker.getSymbolAtLocation(node.expression) : undefined
    const outer = act.breaks
    act.breaks = []
    const before = this.state()
    const ends: State[] = []
    let left = values
    let isReached = false
    let hasDefault = false
    for (const clause of node.caseBlock.clauses) {
      if (!ts.isCaseClause(clause) && !ts.isDefaultClause(clause)) continue
      let matched: Values
      if (ts.isCaseClause(clause)) {
        const wanted = this.evaluate(clause.expression)
        const isTrue = values.every(value => value.kind === 'literal' && value.value === true)
        matched = left.filter(value => wanted.some(each => isTrue ? truthOf(each) !== false : equals(value, each) !== false))
        if (!isTrue) left = left.filter(value => !wanted.every(each => equals(value, each) === true))
      } else {
        hasDefault = true
        matched = left
      }
      const falls = isReached
      if (matched.length === 0 && !falls && values.length > 0) continue
      const reached = this.state()
      this.enter(before)
      if (falls) this.merge([before, reached])
      if (symbol !== undefined && this.act.frame.vars.has(symbol) && matched.length > 0) this.act.frame.vars.set(symbol, matched)
      isReached = this.statements(clause.statements as unknown as readonly Statement[])
    }
    if (isReached) ends.push(this.state())
    ends.push(...act.breaks)
    if (!hasDefault && left.length > 0) ends.push(before)
    act.breaks = outer
    if (ends.length === 0) {
      this.enter(before)
      return false
    }
    this.merge(ends)
    return true
  }

  private tryStatement (node: Statement & {
    readonly tryBlock: Block,
    readonly catchClause?: {
      readonly variableDeclaration?: { readonly name: Node } | undefined,
      readonly block: Block
    } | undefined,
    readonly finallyBlock?: Block | undefined
  }): boolean {
    const { act } = this
    const outside = act.throws
    const before = this.state()
    const caught: Thrown[] = act.throws = []
    let completes = this.block(node.tryBlock)
    act.throws = outside
    const ends: State[] = completes ? [this.state()] : []
    if (node.catchClause === undefined) {
      outside.push(...this.afterFinally(node.finallyBlock, caught))
    } else {
      this.merge([before, this.state()])
      this.statuses = unionStatuses(before.statuses, this.statuses)
      const inCatch: Thrown[] = act.throws = []
      if (node.catchClause.variableDeclaration !== undefined) this.bind(node.catchClause.variableDeclaration.name, this.caughtValues(caught))
      if (this.block(node.catchClause.block)) ends.push(this.state())
      act.throws = outside
      outside.push(...this.afterFinally(node.finallyBlock, inCatch))
    }
    if (ends.length > 0) this.merge(ends)
    completes = ends.length > 0
    if (node.finallyBlock !== undefined && !this.block(node.finallyBlock)) {
      return false
    }
    return completes
  }

  /** A `finally` that returns swallows what was thrown. */
  private afterFinally (block: Block | undefined, throws: readonly Thrown[]): readonly Thrown[] {
    const { ts } = this.project
    return block?.statements.some(statement => ts.isReturnStatement(statement)) === true ? [] : throws
  }

  /** What a `catch` gets: the errors that are known, and any other. */
  caughtValues (throws: readonly Thrown[]): Values {
    const values: Value[] = []
    for (const thrown of throws) {
      const known = this.origins.get(thrown.value)
      if (known === undefined) this.origins.set(thrown.value, [thrown])
      else if (!known.includes(thrown)) known.push(thrown)
      values.push(thrown.value)
    }
    return union(values.slice(0, 36), [unknown(undefined, [], true)])
  }
}

// -- what values are -------------------------------------------------------------------------------------------------

/** Whether a value is true in a condition; `undefined` when it can be both. */
export function truthOf (value: Value): boolean | undefined {
  if (value.kind === 'unknown' || value.kind === 'external') return undefined
  if (value.kind === 'literal') return value.firm ? Boolean(value.value) : undefined
  return value.kind === 'text' ? undefined : true
}

function isInput (values: Values): boolean {
  return values.some(value => value.kind === 'unknown' && value.isInput)
}

function isNullish (value: Value): boolean {
  return value.kind === 'literal' && (value.value === undefined || value.value === null)
}

function equals (a: Value, b: Value): boolean | undefined {
  if (a.kind === 'literal' && b.kind === 'literal') return a.firm && b.firm ? Object.is(a.value, b.value) || (isNullish(a) && isNullish(b)) : undefined
  const [first, second] = a.kind === 'literal' ? [a, b] : [b, a]
  if (first.kind === 'literal' && (second.kind === 'object' || second.kind === 'live' || second.kind === 'function' || second.kind === 'promise' || second.kind === 'class')) return false
  if (first.kind === 'literal' && typeof first.value === 'string' && second.kind === 'text' && !first.value.startsWith(second.text.split('?', 1).join())) return false
  return keyOf(a) === keyOf(b) && a.kind !== 'unknown' && a.kind !== 'text' ? true : undefined
}

function typeName (value: Value): Value {
  switch (value.kind) {
    case 'literal': return literal(value.value === null ? 'object' : typeof value.value, value.firm)
    case 'text': return literal('string')
    case 'function':
    case 'class':
    case 'native': return literal('function')
    case 'live': return literal(typeof value.value)
    case 'object':
    case 'promise': return literal('object')
    default: return unknown()
  }
}

function compute (ts: Project['ts'], operator: number, a: Value, b: Value): Value {
  const { SyntaxKind } = ts
  if (operator === SyntaxKind.PlusToken && textsIn([a, b]).length > 0) {
    const parts = [a, b].map(part => part.kind === 'literal' ? String(part.value) : part.kind === 'text' ? part.text : '?')
    const isKnown = a.kind === 'literal' && b.kind === 'literal'
    return isKnown ? literal(parts.join('')) : { kind: 'text', text: parts.join('') }
  }
  if (a.kind !== 'literal' || b.kind !== 'literal' || typeof a.value !== 'number' || typeof b.value !== 'number') return unknown()
  const firm = a.firm && b.firm
  switch (operator) {
    case SyntaxKind.PlusToken: return literal(a.value + b.value, firm)
    case SyntaxKind.MinusToken: return literal(a.value - b.value, firm)
    case SyntaxKind.LessThanToken: return literal(a.value < b.value, firm)
    case SyntaxKind.LessThanEqualsToken: return literal(a.value <= b.value, firm)
    case SyntaxKind.GreaterThanToken: return literal(a.value > b.value, firm)
    case SyntaxKind.GreaterThanEqualsToken: return literal(a.value >= b.value, firm)
    default: return unknown()
  }
}

function pairs (left: Values, right: Values): ReadonlyArray<readonly [Value, Value]> {
  return left.slice(0, 12).flatMap(a => right.slice(0, 12).map(b => [a, b] as const))
}

/** Whether a value is an error as far as the source says. */
export function isErrorLike (value: Value): boolean {
  return value.kind === 'object' && value.error !== undefined
}

function unionStatuses (...lists: ReadonlyArray<readonly Status[]>): readonly Status[] {
  const [first = []] = lists
  if (lists.every(list => list === first)) return first
  const seen = new Map<string, Status>()
  for (const status of lists.flat()) seen.set(`${status.status} ${status.site.file}:${status.site.line}`, status)
  return [...seen.values()]
}

function isStatic (ts: Project['ts'], node: Declaration): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)
}

function isAsync (ts: Project['ts'], node: FunctionNode): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
}

function isGenerator (node: FunctionNode): boolean {
  return node.asteriskToken !== undefined
}

/** `(error, result) => ...`: Node calls it later, and the request does not wait for what it throws. */
function isNodeCallback (ts: Project['ts'], { node }: Fn): boolean {
  const [first, ...others] = parametersOf(node)
  return first !== undefined && others.length > 0 && ts.isIdentifier(first.name) && /^(e|err|error|_err|_error)$/.test(first.name.text)
}

/** The parameters of a function that arguments belong to: TypeScript's `this` is none of them. */
function parametersOf (node: FunctionNode): readonly ParameterDeclaration[] {
  return node.parameters.filter(({ name }) => !('text' in name && name.text === 'this'))
}

/** An expression without brackets, assertions and the like around it. */
function unwrap (ts: Project['ts'], node: Expression): Expression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node) ? unwrap(ts, node.expression) : node
}

/** The closest node around that is of a kind, itself included. */
export function findUp<T extends Node> (node: Node, is: (node: Node) => node is T): T | undefined
export function findUp (node: Node, is: (node: Node) => boolean): Node | undefined
export function findUp (node: Node, is: (node: Node) => boolean): Node | undefined {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) if (is(at)) return at
  return undefined
}

function ownValue (value: object, name: string): unknown {
  return types.isProxy(value) ? undefined : Object.getOwnPropertyDescriptor(value, name)?.value
}

/** Whether a value is what a module exports: a namespace, or what a compiler made for CommonJS. */
function isModuleExports (value: object): boolean {
  return types.isModuleNamespaceObject(value) || ownValue(value, '__esModule') === true
}

function shorten (text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}
