/** Runs `try` statements: the errors that a `catch` receives, replaces or swallows. */
import type { Block, CallExpression, Expression, Node, Statement } from 'typescript'
import type { ThrownError } from '../values.js'
import { bindName } from './assignments.js'
import { getTruth, isInput } from './compare-values.js'
import { runUncertain } from './errors.js'
import type { Machine, State } from './state/machine.js'
import { mergeStates, saveState, withoutErrors } from './state/save-state.js'

/** Runs a `try` statement. Returns whether the code behind it can run. */
export function runTry (
  machine: Machine,
  node: Statement & {
    readonly tryBlock: Block,
    readonly catchClause?: {
      readonly variableDeclaration?: { readonly name: Node } | undefined,
      readonly block: Block
    } | undefined,
    readonly finallyBlock?: Block | undefined
  }
): boolean {
  const { current } = machine
  const outside = current.throws
  const before = saveState(machine)
  const caught: ThrownError[] = current.throws = []
  let completes = machine.runBlock(node.tryBlock)
  current.throws = outside
  const ends: State[] = completes ? [saveState(machine)] : []
  if (node.catchClause === undefined) {
    outside.push(...applyFinally(machine, node.finallyBlock, caught))
  } else if (caught.length > 0 || mayThrow(machine, node.tryBlock)) {
    mergeStates(machine, [before, saveState(machine)])
    const inCatch: ThrownError[] = current.throws = []
    const values = machine.getCaughtValues(caught)
    if (node.catchClause.variableDeclaration !== undefined) {
      bindName(machine, node.catchClause.variableDeclaration.name, values)
    }
    const { block } = node.catchClause
    const isUnlikely = caught.every(({ isUncertain }) => isUncertain) && failsOnlyInOutage(machine, node.tryBlock)
    if (isUnlikely ? runUncertain(machine, () => machine.runBlock(block)) : machine.runBlock(block)) {
      ends.push(saveState(machine))
    }
    current.throws = outside
    outside.push(...applyFinally(machine, node.finallyBlock, inCatch))
  }
  if (ends.length > 0) mergeStates(machine, ends)
  completes = ends.length > 0
  if (node.finallyBlock !== undefined && !machine.runBlock(node.finallyBlock)) {
    return false
  }
  return completes
}

/**
 * Returns whether a block can throw. A block cannot throw if it only calls functions of the reply, and only reads
 * properties of values that are neither null nor undefined.
 */
function mayThrow (machine: Machine, block: Node): boolean {
  const { ts } = machine.project
  const isSafe = (node: Expression): boolean => {
    const values = withoutErrors(machine, () => machine.evaluate(node))
    return values.length > 0 && values.every(value => getTruth(value) === true)
  }
  const isOfReply = (node: Expression): boolean =>
    withoutErrors(machine, () => machine.evaluate(node)).every(value =>
      value.kind === 'object' && value.role === 'reply'
    )
  const visit = (node: Node): boolean => {
    if (ts.isFunctionLike(node)) return false
    const isUnsafe = ts.isCallExpression(node)
      ? !(ts.isPropertyAccessExpression(node.expression) && isOfReply(node.expression.expression))
      : ts.isPropertyAccessExpression(node)
        ? node.questionDotToken === undefined && !isSafe(node.expression)
        : ts.isNewExpression(node) || ts.isThrowStatement(node) || ts.isElementAccessExpression(node) ||
        ts.isTaggedTemplateExpression(node) || ts.isSpreadElement(node) ||
        ts.isForOfStatement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node) ||
        ts.isDeleteExpression(node) || ts.isYieldExpression(node)
    return isUnsafe || ts.forEachChild(node, child => visit(child) || undefined) === true
  }
  return visit(block)
}

/** The functions that do not throw, or only for values that a client cannot send to them. */
const harmlessCalls =
  /^(JSON\.stringify|Number|String|Boolean|Date\.now|(\w+\.)*(log|logger|console)\.\w+|.*\.(getTime|toISOString))$/

/** Returns whether a block sends queries that fail only during an outage, and nothing else in it fails. */
function failsOnlyInOutage (machine: Machine, block: Node): boolean {
  const { ts } = machine.project
  let hasQuery = false
  const isHarmless = ({ expression, arguments: args }: CallExpression): boolean => {
    const text = expression.getText()
    return harmlessCalls.test(text) ||
      (text === 'JSON.parse' &&
        args.every(argument => !isInput(withoutErrors(machine, () => machine.evaluate(argument)))))
  }
  const visit = (node: Node): boolean => {
    if (ts.isCallExpression(node)) {
      if (machine.externalErrors.failsOnlyInOutage(node)) hasQuery = true
      else if (!isHarmless(node)) return true
    } else if (
      ts.isFunctionLike(node) || (ts.isNewExpression(node) && node.expression.getText() !== 'Date') ||
      ts.isThrowStatement(node) || ts.isTaggedTemplateExpression(node)
    ) {
      return true
    }
    return ts.forEachChild(node, child => visit(child) || undefined) === true
  }
  return !visit(block) && hasQuery
}

/** Returns the errors after a `finally` block. A `finally` block that returns discards them. */
function applyFinally (
  machine: Machine,
  block: Block | undefined,
  throws: readonly ThrownError[]
): readonly ThrownError[] {
  const { ts } = machine.project
  return block?.statements.some(statement => ts.isReturnStatement(statement)) === true ? [] : throws
}
