/** Errors on their way: the line that throws them, and which of them a `catch` gets. */
import type { Block, ClassLikeDeclaration, Expression, Node, Statement, Type } from 'typescript'
import { catalogError } from '../error-values.js'
import { type Status } from '../library-context.js'
import { type Thrown, type Value, type Values, union, unknown } from '../values.js'
import { bindName } from './assignments.js'
import { isErrorLike, unionStatuses } from './compare-values.js'
import type { Machine, State } from './machine.js'
import { siteOf, typeOf } from './nodes.js'
import { mergeStates, saveState } from './states.js'
import { shorten } from './syntax.js'

/** Notes a thrown value. */
export function throwValues (machine: Machine, values: Values, node: Node, isPossible = false): void {
  for (const value of values) {
    const earlier = machine.origins.get(value)
    if (earlier !== undefined) {
      // What a database throws may be what the `catch` was written for.
      const isEffect = value.kind === 'object' && value.error?.origin === 'effect'
      machine.act.throws.push(...isEffect ? earlier.map(thrown => ({ ...thrown, isPossible: true })) : earlier)
      continue
    }
    if (value.kind === 'unknown' && value.isCaught) {
      for (const held of value.held) machine.act.throws.push({ value: held, site: siteOf(machine, node), via: [], isPossible: true, statuses: [] })
      continue
    }
    machine.act.throws.push({
      value, site: siteOf(machine, node), via: [], isPossible: isPossible || machine.possible > 0 || (value.kind === 'object' && value.error?.isPossible === true), statuses: machine.statuses.map(({ status }) => status)
    })
  }
}

/** Notes a response with a status and no error. */
export function send (machine: Machine, statuses: readonly Status[], isPossible = false): void {
  for (const { status, site } of statuses) {
    if (status >= 400) machine.act.sent.push({ status, site, via: [], isPossible: isPossible || machine.possible > 0 })
  }
}

/** Throws on behalf of errors that were found before. */
export function rethrow (machine: Machine, throws: readonly Thrown[]): void {
  machine.act.throws.push(...throws)
}

/** Runs something whose errors the request does not wait for. What it sends is sent. */
export function detached (machine: Machine, body: () => void): void {
  machine.caught(body)
}

/** Runs something and gives the errors that it throws. */
export function caught (machine: Machine, body: () => void): Thrown[] {
  const before = machine.act.throws
  const throws = machine.act.throws = []
  const { statuses } = machine
  body()
  machine.act.throws = before
  machine.statuses = unionStatuses(statuses, machine.statuses)
  return throws
}

/** Runs something that may not happen. */
export function maybe<T> (machine: Machine, body: () => T): T {
  machine.possible++
  const result = body()
  machine.possible--
  return result
}

/** What a `catch` gets: the errors that are known, and any other. */
export function caughtValues (machine: Machine, throws: readonly Thrown[]): Values {
  const values: Value[] = []
  for (const thrown of throws) {
    const known = machine.origins.get(thrown.value)
    if (known === undefined) machine.origins.set(thrown.value, [thrown])
    else if (!known.includes(thrown)) known.push(thrown)
    values.push(thrown.value)
  }
  return union(values.slice(0, 36), [unknown(undefined, [], true)])
}

/** What is thrown; of an error whose value is not known, the type can say the class. */
export function thrownValues (machine: Machine, expression: Expression): Values {
  const { ts } = machine.project
  return machine.evaluate(expression).flatMap(value => {
    if (value.kind !== 'unknown' || value.isCaught) return [value]
    if (value.held.length > 0) return value.held
    const made = errorsOfType(machine, value.type?.() ?? typeOf(machine, expression), expression)
    if (made.length === 0 && !ts.isIdentifier(expression)) machine.missed(expression, `It is not known what '${shorten(expression.getText())}' is.`)
    return made
  })
}

/** The errors that a type stands for: instances of classes of the application, or of a catalog. */
function errorsOfType (machine: Machine, type: Type | undefined, node: Node): Values {
  const { ts, checker } = machine.project
  const parts = type === undefined ? [] : type.isUnion() ? type.types : [type]
  return parts.flatMap(part => {
    const literalOf = (name: string): string | number | undefined => {
      const symbol = part.getProperty(name)
      const found = symbol === undefined ? undefined : checker.getTypeOfSymbolAtLocation(symbol, node)
      return found?.isStringLiteral() === true || found?.isNumberLiteral() === true ? found.value : undefined
    }
    if (part.symbol?.name === 'ApiError') {
      const code = literalOf('code')
      return typeof code === 'string' ? [catalogError(code, undefined)] : []
    }
    const declaration = part.symbol?.declarations?.find((found): found is ClassLikeDeclaration => ts.isClassLike(found) && machine.project.owns(found.getSourceFile()))
    if (declaration === undefined) return []
    const cls = machine.exportedClass(declaration) ?? machine.classOfNode(declaration, undefined)
    return machine.construct([cls], [], node).filter(isErrorLike)
  })
}

export function runTry (machine: Machine, node: Statement & {
  readonly tryBlock: Block,
  readonly catchClause?: {
    readonly variableDeclaration?: { readonly name: Node } | undefined,
    readonly block: Block
  } | undefined,
  readonly finallyBlock?: Block | undefined
}): boolean {
  const { act } = machine
  const outside = act.throws
  const before = saveState(machine)
  const caught: Thrown[] = act.throws = []
  let completes = machine.runBlock(node.tryBlock)
  act.throws = outside
  const ends: State[] = completes ? [saveState(machine)] : []
  if (node.catchClause === undefined) {
    outside.push(...afterFinally(machine, node.finallyBlock, caught))
  } else {
    mergeStates(machine, [before, saveState(machine)])
    machine.statuses = unionStatuses(before.statuses, machine.statuses)
    const inCatch: Thrown[] = act.throws = []
    if (node.catchClause.variableDeclaration !== undefined) bindName(machine, node.catchClause.variableDeclaration.name, machine.caughtValues(caught))
    if (machine.runBlock(node.catchClause.block)) ends.push(saveState(machine))
    act.throws = outside
    outside.push(...afterFinally(machine, node.finallyBlock, inCatch))
  }
  if (ends.length > 0) mergeStates(machine, ends)
  completes = ends.length > 0
  if (node.finallyBlock !== undefined && !machine.runBlock(node.finallyBlock)) {
    return false
  }
  return completes
}

/** A `finally` that returns swallows what was thrown. */
function afterFinally (machine: Machine, block: Block | undefined, throws: readonly Thrown[]): readonly Thrown[] {
  const { ts } = machine.project
  return block?.statements.some(statement => ts.isReturnStatement(statement)) === true ? [] : throws
}
