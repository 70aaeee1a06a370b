/** Evaluates binary operators and the conditional operator. */
import type { Expression, Node } from 'typescript'
import { type Values, union, unknown } from '../values.js'
import { assignTo } from './assignments.js'
import { toBooleans, computeBinary, equals, isInstance, isNullish, pairValues, getTruth } from './compare-values.js'
import { runBranches } from './conditions.js'
import type { Machine } from './machine.js'
import { mergeProgress, saveProgress } from './progress.js'

export function evaluateBinary (machine: Machine, node: Expression & { readonly left: Expression, readonly right: Expression, readonly operatorToken: Node }): Values {
  const { ts } = machine.project
  const { SyntaxKind } = ts
  const operator = node.operatorToken.kind
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
    case SyntaxKind.BarBarToken: {
      const left = machine.evaluate(node.left)
      const isAnd = operator === SyntaxKind.AmpersandAmpersandToken
      const stays = left.filter(value => getTruth(value) !== isAnd)
      let right: Values = []
      runBranches(machine, node.left,
        () => { if (isAnd) right = machine.evaluate(node.right); return true },
        () => { if (!isAnd) right = machine.evaluate(node.right); return true })
      return union(stays, right)
    }
    case SyntaxKind.QuestionQuestionToken: {
      const left = machine.evaluate(node.left)
      const stays = left.filter(value => !isNullish(value))
      if (left.length > 0 && stays.length === left.length && left.every(value => value.kind === 'literal' ? value.isInSource : value.kind !== 'unknown')) return left
      const before = saveProgress(machine)
      const right = machine.evaluate(node.right)
      mergeProgress(machine, [before, saveProgress(machine)])
      return union(stays, right)
    }
    case SyntaxKind.EqualsEqualsToken:
    case SyntaxKind.EqualsEqualsEqualsToken:
      return toBooleans(pairValues(machine.evaluate(node.left), machine.evaluate(node.right)).map(([a, b]) => equals(a, b)))
    case SyntaxKind.ExclamationEqualsToken:
    case SyntaxKind.ExclamationEqualsEqualsToken:
      return toBooleans(pairValues(machine.evaluate(node.left), machine.evaluate(node.right)).map(([a, b]) => equals(a, b))
        .map(result => result === undefined ? undefined : !result))
    case SyntaxKind.InstanceOfKeyword:
      return toBooleans(pairValues(machine.evaluate(node.left), machine.evaluate(node.right)).map(([a, b]) => isInstance(machine, a, b)))
    case SyntaxKind.InKeyword: {
      const names = machine.evaluate(node.left)
      return toBooleans(pairValues(names, machine.evaluate(node.right)).map(([name, owner]) => {
        if (owner.kind !== 'object' || owner.error === undefined || owner.error.origin === 'effect' || name.kind !== 'literal') return undefined
        return owner.fields.has(String(name.value)) || ['message', 'stack'].includes(String(name.value)) ? true : undefined
      }))
    }
    default: {
      const left = machine.evaluate(node.left)
      const right = machine.evaluate(node.right)
      const results = pairValues(left, right).map(([a, b]) => computeBinary(ts, operator, a, b))
      if (operator >= SyntaxKind.FirstCompoundAssignment && operator <= SyntaxKind.LastCompoundAssignment) {
        assignTo(machine, node.left, [unknown()])
        return [unknown()]
      }
      return union(results)
    }
  }
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
  runBranches(machine, node.condition,
    () => { results.push(machine.evaluate(node.whenTrue)); return true },
    () => { results.push(machine.evaluate(node.whenFalse)); return true })
  return union(...results)
}
