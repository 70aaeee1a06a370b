/** Evaluates binary operators and the conditional operator. */
import type { Expression, Node } from 'typescript'
import { type Value, type Values, union, unknown } from '../values.js'
import { assignTo } from './assignments.js'
import { toBooleans, computeBinary, equals, isInstance, isNullish, pairValues, getTruth } from './compare-values.js'
import { runBranches } from './conditions.js'
import type { Machine } from './state/machine.js'
import { mergeProgress, saveProgress } from './state/progress.js'

type Binary = Expression & { readonly left: Expression, readonly right: Expression, readonly operatorToken: Node }

export function evaluateBinary (machine: Machine, node: Binary): Values {
  const { ts } = machine.project
  const { SyntaxKind } = ts
  const operator = node.operatorToken.kind
  const pairs = (): ReadonlyArray<readonly [Value, Value]> =>
    pairValues(machine.evaluate(node.left), machine.evaluate(node.right))
  switch (operator) {
    case SyntaxKind.EqualsToken: {
      const values = machine.evaluate(node.right)
      assignTo(machine, node.left, values)
      return values
    }
    case SyntaxKind.QuestionQuestionEqualsToken:
    case SyntaxKind.BarBarEqualsToken:
    case SyntaxKind.AmpersandAmpersandEqualsToken: {
      const values = union(machine.evaluate(node.left), machine.evaluate(node.right))
      assignTo(machine, node.left, values)
      return values
    }
    case SyntaxKind.CommaToken:
      machine.evaluate(node.left)
      return machine.evaluate(node.right)
    case SyntaxKind.AmpersandAmpersandToken:
    case SyntaxKind.BarBarToken:
      return evaluateLogical(machine, node, operator === SyntaxKind.AmpersandAmpersandToken)
    case SyntaxKind.QuestionQuestionToken:
      return evaluateCoalescing(machine, node)
    case SyntaxKind.EqualsEqualsToken:
    case SyntaxKind.EqualsEqualsEqualsToken:
      return toBooleans(pairs().map(([a, b]) => equals(a, b)))
    case SyntaxKind.ExclamationEqualsToken:
    case SyntaxKind.ExclamationEqualsEqualsToken:
      return toBooleans(pairs().map(([a, b]) => equals(a, b)).map(result => result === undefined ? undefined : !result))
    case SyntaxKind.InstanceOfKeyword:
      return toBooleans(pairs().map(([a, b]) => isInstance(machine, a, b)))
    case SyntaxKind.InKeyword:
      return toBooleans(pairs().map(([name, owner]) => hasField(owner, name)))
    default: {
      const results = pairs().map(([a, b]) => computeBinary(ts, operator, a, b))
      if (operator < SyntaxKind.FirstCompoundAssignment || operator > SyntaxKind.LastCompoundAssignment) {
        return union(results)
      }
      assignTo(machine, node.left, [unknown()])
      return [unknown()]
    }
  }
}

/** Evaluates `a && b` and `a || b`. */
function evaluateLogical (machine: Machine, node: Binary, isAnd: boolean): Values {
  const stays = machine.evaluate(node.left).filter(value => getTruth(value) !== isAnd)
  let right: Values = []
  runBranches(machine, node.left, () => {
    if (isAnd) right = machine.evaluate(node.right)
    return true
  }, () => {
    if (!isAnd) right = machine.evaluate(node.right)
    return true
  })
  return union(stays, right)
}

/** Evaluates `a ?? b`. */
function evaluateCoalescing (machine: Machine, node: Binary): Values {
  const left = machine.evaluate(node.left)
  const stays = left.filter(value => !isNullish(value))
  if (
    left.length > 0 && stays.length === left.length &&
    left.every(value => value.kind === 'literal' ? value.isInSource : value.kind !== 'unknown')
  ) return left
  const before = saveProgress(machine)
  const right = machine.evaluate(node.right)
  mergeProgress(machine, [before, saveProgress(machine)])
  return union(stays, right)
}

/** Returns whether an error has a field, for `'code' in error`. `undefined` if that is unknown. */
function hasField (owner: Value, name: Value): boolean | undefined {
  if (
    owner.kind !== 'object' || owner.error === undefined || owner.error.origin === 'external' || name.kind !== 'literal'
  ) return undefined
  return owner.fields.has(String(name.value)) || ['message', 'stack'].includes(String(name.value)) ? true : undefined
}

interface Conditional {
  readonly condition: Expression
  readonly whenTrue: Expression
  readonly whenFalse: Expression
}

/** Evaluates `condition ? a : b`. */
export function evaluateConditional (machine: Machine, node: Expression & Conditional): Values {
  machine.evaluate(node.condition)
  const results: Values[] = []
  runBranches(machine, node.condition, () => {
    results.push(machine.evaluate(node.whenTrue))
    return true
  }, () => {
    results.push(machine.evaluate(node.whenFalse))
    return true
  })
  return union(...results)
}
