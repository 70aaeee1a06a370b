/**
 * Runs branches. A condition with a literal value skips one branch. Any other condition narrows the variables in it.
 */
import type { Expression, Node, PropertyAccessExpression, Symbol as TypeScriptSymbol } from 'typescript'
import type { TypeScript } from '../typescript.js'
import { type Value, type Values, literal, nextId, object } from '../values.js'
import { getTruth } from './compare-values.js'
import type { Machine, State } from './state/machine.js'
import { mergeStates, restoreState, saveState, withoutErrors } from './state/save-state.js'
import { unwrap } from './syntax.js'

/**
 * Runs both branches of a condition, except a branch that a literal rules out. Returns false if neither branch reaches
 * its end.
 */
export function runBranches (
  machine: Machine,
  condition: Expression,
  whenTrue: () => boolean,
  whenFalse: () => boolean
): boolean {
  const before = saveState(machine)
  const ends: State[] = []
  for (const [truth, body] of [[true, whenTrue], [false, whenFalse]] as const) {
    restoreState(machine, before)
    if (narrow(machine, condition, truth) && body()) ends.push(saveState(machine))
  }
  if (ends.length === 0) {
    restoreState(machine, before)
    return false
  }
  mergeStates(machine, ends)
  return true
}

/** Narrows variables to their values if a condition holds. Returns false if the condition can never hold. */
export function narrow (machine: Machine, condition: Expression, truth: boolean): boolean {
  const { ts } = machine.project
  if (ts.isParenthesizedExpression(condition)) return narrow(machine, condition.expression, truth)
  if (ts.isPrefixUnaryExpression(condition) && condition.operator === ts.SyntaxKind.ExclamationToken) {
    return narrow(machine, condition.operand, !truth)
  }
  if (ts.isBinaryExpression(condition)) {
    const operator = condition.operatorToken.kind
    if (operator === ts.SyntaxKind.AmpersandAmpersandToken || operator === ts.SyntaxKind.BarBarToken) {
      const both = (operator === ts.SyntaxKind.AmpersandAmpersandToken) === truth
      if (both) return narrow(machine, condition.left, truth) && narrow(machine, condition.right, truth)
      const before = saveState(machine)
      const states: State[] = []
      if (narrow(machine, condition.left, truth)) states.push(saveState(machine))
      restoreState(machine, before)
      if (narrow(machine, condition.left, !truth) && narrow(machine, condition.right, truth)) {
        states.push(saveState(machine))
      }
      if (states.length === 0) return false
      mergeStates(machine, states)
      return true
    }
  }
  const test = findNamedTest(machine, condition)
  if (test !== undefined && !narrow(machine, test, truth)) return false
  const property = truth ? findRequestProperty(machine, condition) : undefined
  const isPossible = narrowVariable(machine, condition, truth)
  if (property !== undefined && isPossible) machine.setProperty(property.name, property.values)
  return isPossible
}

/**
 * Returns the property of the request that is set if a condition holds: `user` in `request.user` and in
 * `request.user?.id`.
 */
function findRequestProperty (
  machine: Machine,
  condition: Expression
): { readonly name: string, readonly values: Values } | undefined {
  const { ts } = machine.project
  let at = condition
  while (ts.isPropertyAccessExpression(at)) {
    const owners = withoutErrors(machine, () => machine.evaluate((at as PropertyAccessExpression).expression))
    if (owners.length === 1 && owners[0]?.kind === 'object' && owners[0].role === 'request') {
      return {
        name: at.name.text,
        values: toTested(machine.project.ts, withoutErrors(machine, () => machine.evaluate(at)), condition, at)
      }
    }
    at = unwrap(ts, at.expression)
  }
  return undefined
}

/** Returns the values of a property of the request if a condition holds that tests it or one of its own properties. */
function toTested (ts: TypeScript, values: Values, condition: Expression, property: Expression): Values {
  const present = values.filter(value => getTruth(value) !== false).map(toPresent)
  return ts.isPropertyAccessExpression(condition) && unwrap(ts, condition.expression) === property
    ? present.map(value => withDefined(value, condition.name.text))
    : present
}

function toPresent (value: Value): Value {
  return value.kind === 'unknown' && value.isPresent !== true ? { ...value, id: nextId(), isPresent: true } : value
}

function narrowVariable (machine: Machine, condition: Expression, truth: boolean): boolean {
  const { ts } = machine.project
  const subject = findSubject(machine, condition)
  if (subject === undefined) return canBe(withoutErrors(machine, () => machine.evaluate(condition)), truth)
  const { vars } = machine.current.frame
  const values = vars.get(subject) as Values
  const kept = values.filter(value => {
    vars.set(subject, [value])
    return canBe(withoutErrors(machine, () => machine.evaluate(condition)), truth)
  })
  const tested = ts.isIdentifier(condition) ? undefined : findTestedProperty(machine, condition, subject)
  const isAbsent = (absent: Value): boolean => {
    vars.set(subject, [tested === undefined ? absent : object({ fields: new Map([[tested, [absent]]]) })])
    return canBe(withoutErrors(machine, () => machine.evaluate(condition)), truth)
  }
  const isTested = kept.some(value => value.kind === 'unknown' && value.isUnchecked === true) &&
    !isAbsent(literal(undefined)) && !isAbsent(literal(null))
  const toDefined = (value: Value): Value =>
    value.kind !== 'unknown'
      ? value
      : tested === undefined
        ? { ...value, id: nextId(), isDefined: true }
        : withDefined(value, tested)
  const texts = usesAsText(machine.project, condition, subject) ? kept.map(toText) : kept
  const narrowed = truth && ts.isIdentifier(condition)
    ? kept.map(toPresent)
    : truth && isFormatTest(ts, condition)
      ? kept.map(toChecked)
      : texts
  vars.set(subject, isTested ? narrowed.map(toDefined) : narrowed)
  return kept.length > 0
}

/**
 * Returns the name of the only property of a variable that a condition reads: `email` in
 * `typeof body.email === 'string'`.
 */
function findTestedProperty (machine: Machine, condition: Expression, subject: TypeScriptSymbol): string | undefined {
  const { ts, checker } = machine.project
  const names = new Set<string | undefined>()
  const visit = (node: Node): void => {
    if (ts.isIdentifier(node) && checker.getSymbolAtLocation(node) === subject) {
      names.add(
        ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node
          ? node.parent.name.text
          : undefined
      )
    }
    ts.forEachChild(node, visit)
  }
  visit(condition)
  return names.size === 1 ? [...names][0] : undefined
}

function withDefined (value: Value, name: string): Value {
  return value.kind === 'unknown' ? { ...value, id: nextId(), defined: new Set([...value.defined ?? [], name]) } : value
}

/** Returns the test of a format that a constant holds, as in `const isInvalid = !isValidObjectId(id)`. */
function findNamedTest ({ project: { ts, checker } }: Machine, condition: Expression): Expression | undefined {
  const declaration = ts.isIdentifier(condition) ? checker.getSymbolAtLocation(condition)?.valueDeclaration : undefined
  if (
    declaration === undefined || !ts.isVariableDeclaration(declaration) ||
    (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) === 0
  ) return undefined
  const { initializer } = declaration
  if (initializer === undefined) return undefined
  return isFormatTest(ts, ts.isPrefixUnaryExpression(initializer) ? initializer.operand : initializer)
    ? initializer
    : undefined
}

/**
 * Returns whether a condition tests the format of its argument, such as `isValidObjectId(id)` or `validate(id)` of
 * uuid.
 */
function isFormatTest (ts: TypeScript, condition: Expression): boolean {
  if (!ts.isCallExpression(condition)) return false
  const name = ts.isPropertyAccessExpression(condition.expression)
    ? condition.expression.name.text
    : condition.expression.getText()
  return /^(is)?(valid|uuid|object_?id|mongo_?id|numeric|integer)|validate|^test$/i.test(name)
}

function toChecked (value: Value): Value {
  return value.kind === 'unknown' ? { ...value, id: nextId(), isUnchecked: false, isFreeText: false } : value
}

/** The methods that only strings have. */
const textMethods =
  /^(trim\w*|to\w+Case|split|startsWith|endsWith|pad(Start|End)|char(At|CodeAt)|normalize|replace(All)?|match(All)?|substr(ing)?|localeCompare)$/

/**
 * Returns the variable on which a call uses a method of strings, such as `email.trim()`. For any other value than a
 * string, the call throws a TypeError.
 */
function findText ({ ts, checker }: Machine['project'], node: Node): TypeScriptSymbol | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined
  const { expression: owner, name, questionDotToken } = node.expression
  return questionDotToken === undefined && textMethods.test(name.text) && ts.isIdentifier(owner)
    ? checker.getSymbolAtLocation(owner)
    : undefined
}

function usesAsText (project: Machine['project'], condition: Node, variable: TypeScriptSymbol): boolean {
  if (findText(project, condition) === variable) return true
  return project.ts.forEachChild(
    condition,
    child => project.ts.isFunctionLike(child) || !usesAsText(project, child, variable) ? undefined : true
  ) === true
}

/** Returns a value that the client sends as a string. */
function toText (value: Value): Value {
  return value.kind === 'unknown' && value.isUnchecked === true
    ? { ...value, id: nextId(), isUnchecked: false, isFreeText: true, isDefined: true }
    : value
}

/** Narrows a variable to strings after a call of one of their methods. */
export function narrowToText ({ project, current: { frame: { vars } } }: Machine, call: Node): void {
  const variable = findText(project, call)
  const values = variable === undefined ? undefined : vars.get(variable)
  if (variable !== undefined && values !== undefined) vars.set(variable, values.map(toText))
}

/** Returns the variable that a condition tests. */
export function findSubject (machine: Machine, condition: Expression): TypeScriptSymbol | undefined {
  const { ts, checker } = machine.project
  let found: TypeScriptSymbol | undefined
  const visit = (node: Node): void => {
    if (found !== undefined || ts.isFunctionLike(node)) return
    if (ts.isIdentifier(node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)) {
      const symbol = checker.getSymbolAtLocation(node)
      const values = symbol === undefined ? undefined : machine.current.frame.vars.get(symbol)
      if (
        values !== undefined && values.length > 0 && values.length <= 12 &&
        !(ts.isCallExpression(node.parent) && node.parent.expression === node)
      ) found = symbol
    }
    ts.forEachChild(node, visit)
  }
  visit(condition)
  return found
}

function canBe (values: Values, truth: boolean): boolean {
  return values.length === 0 || values.some(value => getTruth(value) !== !truth)
}

export function isAlwaysTrue (machine: Machine, condition: Expression): boolean {
  return machine.evaluate(condition).every(value =>
    value.kind === 'literal' && value.isInSource && value.value === true
  )
}

/** Narrows the argument of `assert(value)`, a function with `asserts value`, to true. */
export function narrowByAssertion (machine: Machine, expression: Expression): void {
  const { ts } = machine.project
  const call = ts.isAwaitExpression(expression) ? expression.expression : expression
  if (
    !ts.isCallExpression(call) || call.arguments[0] === undefined ||
    !(ts.isIdentifier(call.arguments[0]) || ts.isPropertyAccessExpression(call.arguments[0]))
  ) return
  const signature = machine.project.checker.getResolvedSignature(call)
  const predicate = signature === undefined ? undefined : machine.project.checker.getTypePredicateOfSignature(signature)
  if (predicate?.kind === ts.TypePredicateKind.AssertsIdentifier && predicate.type === undefined) {
    narrow(machine, call.arguments[0], true)
  }
}
