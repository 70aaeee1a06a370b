/** Evaluates expressions that consist of literals, and finds the code that such an expression excludes. */
import type { AnyNode, Statement } from 'acorn'
import type { LocalVariables } from './local-variables.js'
import { listChildren } from './parse-function.js'

/**
 * Returns the value of an expression of literals, such as `!1` or a constant with a literal; `undefined` for any other
 * expression.
 */
export function evaluateLiteral (node: AnyNode, variables: LocalVariables): { readonly value: unknown } | undefined {
  switch (node.type) {
    case 'Literal':
      return { value: node.value }
    case 'TemplateLiteral':
      return node.expressions.length === 0 ? { value: node.quasis[0]?.value.cooked } : undefined
    case 'Identifier': {
      const value = variables.getOnlyValue(node.name, node.start)
      return value && evaluateLiteral(value, variables)
    }
    case 'UnaryExpression': {
      const argument = node.operator === '!' ? evaluateLiteral(node.argument, variables) : undefined
      return argument && { value: !argument.value }
    }
    case 'LogicalExpression': {
      const left = evaluateLiteral(node.left, variables)
      return left && (takesRight(node.operator, left.value) ? evaluateLiteral(node.right, variables) : left)
    }
    case 'BinaryExpression': {
      const compare = comparisons[node.operator]
      const [left, right] = [evaluateLiteral(node.left, variables), evaluateLiteral(node.right, variables)]
      return compare && left && right && { value: compare(left.value, right.value) }
    }
    default:
      return undefined
  }
}

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b
}

function takesRight (operator: string, left: unknown): boolean {
  if (operator === '??') return left === null || left === undefined
  return operator === '&&' ? Boolean(left) : !left
}

/**
 * Returns the nodes directly below a node that can run: a literal can exclude a branch, and code after `return` does
 * not run.
 */
export function listReachable (node: AnyNode, variables: LocalVariables): readonly AnyNode[] {
  switch (node.type) {
    case 'IfStatement':
    case 'ConditionalExpression': {
      const test = evaluateLiteral(node.test, variables)
      return listChildren(node).filter(child =>
        test === undefined || child !== (test.value ? node.alternate : node.consequent)
      )
    }
    case 'LogicalExpression': {
      const left = evaluateLiteral(node.left, variables)
      return left === undefined || takesRight(node.operator, left.value) ? [node.left, node.right] : [node.left]
    }
    case 'WhileStatement': {
      const test = evaluateLiteral(node.test, variables)
      return test === undefined || test.value ? [node.test, node.body] : []
    }
    case 'BlockStatement':
      return listUntilExit(node.body, variables)
    default:
      return listChildren(node)
  }
}

function listUntilExit (statements: readonly Statement[], variables: LocalVariables): readonly AnyNode[] {
  const last = statements.findIndex(statement => exits(statement, variables))
  return last === -1
    ? statements
    : statements.filter((statement, index) => index <= last || statement.type === 'FunctionDeclaration')
}

/** Returns whether the statements after a statement do not run. */
function exits (node: AnyNode, variables: LocalVariables): boolean {
  switch (node.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
      return true
    case 'BlockStatement':
      return node.body.some(statement => exits(statement, variables))
    case 'IfStatement': {
      const branches = listReachable(node, variables).filter(child => child !== node.test)
      const isComplete = evaluateLiteral(node.test, variables) !== undefined || node.alternate
      return branches.length > 0 && Boolean(isComplete) && branches.every(branch => exits(branch, variables))
    }
    default:
      return false
  }
}
