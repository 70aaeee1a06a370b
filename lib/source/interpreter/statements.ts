/** Runs statements, and returns whether the following code is reached. */
import type {
  BindingName,
  Block,
  DoStatement,
  Expression,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  ReturnStatement,
  Statement,
  SwitchStatement,
  Symbol as TypeScriptSymbol,
  VariableDeclarationList,
  WhileStatement
} from 'typescript'
import { type Value, type Values, nextId, undefinedValues, union, unknown } from '../values.js'
import { assignTo, bindName, declareVariable } from './assignments.js'
import { equals } from './compare-values.js'
import { findSubject, isAlwaysTrue, narrow, narrowByAssertion, runBranches } from './conditions.js'
import { evaluateThrown } from './errors.js'
import { runTry } from './try-statements.js'
import type { Machine, State } from './state/machine.js'
import { getType, createUnknown } from './nodes.js'
import { saveProgress } from './state/progress.js'
import { recordRejections } from './promises.js'
import { mergeStates, restoreState, saveState, withoutErrors } from './state/save-state.js'
import { readVariable } from './variables.js'

export function runBlock (machine: Machine, node: Block): boolean {
  return runStatements(machine, node.statements)
}

function runStatements (machine: Machine, list: readonly Statement[]): boolean {
  const { ts, checker } = machine.project
  for (const statement of list) {
    if (ts.isFunctionDeclaration(statement) && statement.body !== undefined && statement.name !== undefined) {
      const symbol = checker.getSymbolAtLocation(statement.name)
      if (symbol !== undefined) {
        machine.current.frame.vars.set(symbol, [{
          kind: 'function',
          id: nextId(),
          node: statement,
          env: machine.current.frame,
          self: undefined,
          home: undefined
        }])
      }
    }
  }
  return list.every(statement => runStatement(machine, statement))
}

/** Runs a statement. Returns false if the following code is not reached. */
function runStatement (machine: Machine, node: Statement): boolean {
  const { ts } = machine.project
  if (ts.isExpressionStatement(node)) {
    machine.evaluate(node.expression)
    narrowByAssertion(machine, node.expression)
    return !neverReturns(machine, node.expression)
  }
  if (ts.isVariableStatement(node)) {
    for (const declaration of node.declarationList.declarations) declareVariable(machine, declaration)
    return true
  }
  if (ts.isReturnStatement(node)) return runReturn(machine, node)
  if (ts.isThrowStatement(node)) {
    machine.throwValues(evaluateThrown(machine, node.expression), node)
    return false
  }
  if (ts.isIfStatement(node)) {
    machine.evaluate(node.expression)
    return runBranches(
      machine,
      node.expression,
      () => runStatement(machine, node.thenStatement),
      () => node.elseStatement === undefined || runStatement(machine, node.elseStatement)
    )
  }
  if (ts.isBlock(node)) return machine.runBlock(node)
  if (ts.isTryStatement(node)) return runTry(machine, node)
  if (ts.isForOfStatement(node)) return runForOf(machine, node)
  if (ts.isForStatement(node)) return runFor(machine, node)
  if (ts.isForInStatement(node)) return runForIn(machine, node)
  if (ts.isWhileStatement(node)) return runWhile(machine, node)
  if (ts.isDoStatement(node)) return runDo(machine, node)
  if (ts.isSwitchStatement(node)) return runSwitch(machine, node)
  if (ts.isBreakStatement(node) || ts.isContinueStatement(node)) {
    machine.current.breakStates.push(saveState(machine))
    return false
  }
  if (ts.isLabeledStatement(node)) return runStatement(machine, node.statement)
  if (ts.isClassDeclaration(node) && node.name !== undefined) {
    const symbol = machine.project.checker.getSymbolAtLocation(node.name)
    if (symbol !== undefined) {
      machine.current.frame.vars.set(symbol, [machine.getClassValue(node, machine.current.frame)])
    }
  }
  return true
}

/** Returns whether a call never returns. Such a call ends the block, as in the compiler. */
function neverReturns (machine: Machine, expression: Expression): boolean {
  const { ts } = machine.project
  const call = ts.isAwaitExpression(expression) ? expression.expression : expression
  if (!ts.isCallExpression(call)) return false
  const { callees } = ts.isIdentifier(call.expression)
    ? { callees: readVariable(machine, call.expression) }
    : { callees: [] as Values }
  const declared = callees.some(callee =>
    callee.kind === 'function' && callee.node.type?.kind === ts.SyntaxKind.NeverKeyword
  )
  if (declared) return true
  const type = getType(machine, call)
  return type !== undefined && (type.flags & ts.TypeFlags.Never) !== 0
}

function runReturn (machine: Machine, node: ReturnStatement): false {
  const values = node.expression === undefined ? undefinedValues : machine.evaluate(node.expression)
  machine.current.returns = union(machine.current.returns, recordRejections(machine, values, machine.current, node))
  machine.current.returnStates.push(saveProgress(machine))
  return false
}

function runForOf (machine: Machine, { awaitModifier, expression, initializer, statement }: ForOfStatement): boolean {
  const values = machine.evaluate(expression)
  const each = machine.listElements(awaitModifier === undefined ? values : machine.await(values), expression)
  return runLoop(machine, () => {
    const element = awaitModifier === undefined ? each : machine.await(each)
    if (machine.project.ts.isVariableDeclarationList(initializer)) bindNames(machine, initializer, () => element)
    else assignTo(machine, initializer, element)
    return runStatement(machine, statement)
  }, true)
}

function runFor (machine: Machine, { initializer, condition, incrementor, statement }: ForStatement): boolean {
  if (initializer !== undefined) {
    if (machine.project.ts.isVariableDeclarationList(initializer)) {
      bindNames(machine, initializer, name => [createUnknown(machine, name)])
    } else machine.evaluate(initializer)
  }
  if (condition !== undefined) machine.evaluate(condition)
  return runLoop(machine, () => {
    const completes = runStatement(machine, statement)
    if (incrementor !== undefined) machine.evaluate(incrementor)
    return completes
  }, condition !== undefined && !isAlwaysTrue(machine, condition))
}

function runForIn (machine: Machine, { expression, initializer, statement }: ForInStatement): boolean {
  machine.evaluate(expression)
  return runLoop(machine, () => {
    if (machine.project.ts.isVariableDeclarationList(initializer)) bindNames(machine, initializer, () => [unknown()])
    return runStatement(machine, statement)
  }, true)
}

function runWhile (machine: Machine, { expression, statement }: WhileStatement): boolean {
  machine.evaluate(expression)
  return runLoop(machine, () => runStatement(machine, statement), !isAlwaysTrue(machine, expression))
}

function runDo (machine: Machine, { expression, statement }: DoStatement): boolean {
  const completes = runLoop(machine, () => runStatement(machine, statement), false)
  machine.evaluate(expression)
  return completes || !isAlwaysTrue(machine, expression)
}

function bindNames (
  machine: Machine,
  { declarations }: VariableDeclarationList,
  createValues: (name: BindingName) => Values
): void {
  for (const { name } of declarations) bindName(machine, name, createValues(name))
}

/** Runs a loop twice, because the second round can see variables that the first round set. */
function runLoop (machine: Machine, body: () => boolean, mayEnd: boolean): boolean {
  const { current } = machine
  const outer = current.breakStates
  current.breakStates = []
  const before = saveState(machine)
  const ends: State[] = mayEnd ? [before] : []
  const first = body()
  const hasMore = first || current.breakStates.length > 0
  if (first) ends.push(saveState(machine))
  ends.push(...current.breakStates)
  current.breakStates = outer
  if (ends.length === 0 && !hasMore) {
    restoreState(machine, before)
    return false
  }
  mergeStates(machine, ends)
  return mayEnd || first || ends.length > 0
}

function runSwitch (machine: Machine, node: SwitchStatement): boolean {
  const { ts } = machine.project
  const { current } = machine
  const values = machine.evaluate(node.expression)
  const isTrue = values.every(value => value.kind === 'literal' && value.value === true)
  const subject = isTrue ? undefined : findSubject(machine, node.expression)
  const outer = current.breakStates
  current.breakStates = []
  let before = saveState(machine)
  const ends: State[] = []
  let left = isTrue || subject === undefined
    ? values.map(value => ({ of: value, value }))
    : listCases(machine, subject, node.expression)
  let isReached = false
  let hasDefault = false
  for (const clause of node.caseBlock.clauses) {
    const reached = isReached ? saveState(machine) : undefined
    restoreState(machine, before)
    let matched = left
    if (ts.isCaseClause(clause)) {
      const wanted = machine.evaluate(clause.expression)
      if (isTrue) {
        matched = narrow(machine, clause.expression, true) ? left : []
      } else {
        matched = left.filter(({ value }) => wanted.some(each => equals(value, each) !== false))
        left = left.filter(({ value }) => !wanted.every(each => equals(value, each) === true))
      }
    } else {
      hasDefault = true
    }
    if (subject !== undefined && matched.length > 0) current.frame.vars.set(subject, union(matched.map(({ of }) => of)))
    const entered = saveState(machine)
    if (ts.isCaseClause(clause) && isTrue) {
      restoreState(machine, before)
      if (narrow(machine, clause.expression, false)) before = saveState(machine)
      else left = []
    }
    const states = [
      ...(matched.length > 0 || values.length === 0 ? [entered] : []),
      ...(reached === undefined ? [] : [reached])
    ]
    if (states.length === 0) continue
    mergeStates(machine, states)
    isReached = runStatements(machine, clause.statements)
  }
  if (isReached) ends.push(saveState(machine))
  ends.push(...current.breakStates)
  if (!hasDefault && left.length > 0) ends.push(before)
  current.breakStates = outer
  if (ends.length === 0) {
    restoreState(machine, before)
    return false
  }
  mergeStates(machine, ends)
  return true
}

/** Returns the values of an expression for each value of a variable in it. */
function listCases (
  machine: Machine,
  subject: TypeScriptSymbol,
  expression: Expression
): Array<{ readonly of: Value, readonly value: Value }> {
  const { vars } = machine.current.frame
  const all = vars.get(subject) as Values
  const cases = all.flatMap(of => {
    vars.set(subject, [of])
    return withoutErrors(machine, () => machine.evaluate(expression)).map(value => ({ of, value }))
  })
  vars.set(subject, all)
  return cases
}
