/** Reads properties of the syntax tree that do not depend on values. */
import type { Declaration, Expression, Node, ParameterDeclaration } from 'typescript'
import type { FunctionNode, Project } from '../project.js'
import type { FunctionValue } from '../values.js'

export function isStatic (ts: Project['ts'], node: Declaration): boolean {
  return ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword)
}

export function isReadonly (ts: Project['ts'], node: Declaration): boolean {
  return ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword)
}

export function isAsync (ts: Project['ts'], node: FunctionNode): boolean {
  return ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
}

export function isGenerator (node: FunctionNode): boolean {
  return node.asteriskToken !== undefined
}

/**
 * Returns whether a function is a Node callback, `(error, result) => ...`. Node calls it later, and the request does
 * not wait for its errors.
 */
export function isNodeCallback (ts: Project['ts'], { node }: FunctionValue): boolean {
  const [first, ...others] = getParameters(node)
  return first !== undefined && others.length > 0 && ts.isIdentifier(first.name) &&
    /^(e|err|error|_err|_error)$/.test(first.name.text)
}

/** Returns the parameters that receive arguments. The `this` parameter of TypeScript is not one of them. */
export function getParameters (node: FunctionNode): readonly ParameterDeclaration[] {
  return node.parameters.filter(({ name }) => !('text' in name && name.text === 'this'))
}

/** Returns an expression without surrounding parentheses and type assertions. */
export function unwrap (ts: Project['ts'], node: Expression): Expression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) ||
      ts.isSatisfiesExpression(node)
    ? unwrap(ts, node.expression)
    : node
}

/** Returns the closest surrounding node of a kind. It can be the node itself. */
export function findUp<T extends Node> (node: Node, is: (node: Node) => node is T): T | undefined

export function findUp (node: Node, is: (node: Node) => boolean): Node | undefined

export function findUp (node: Node, is: (node: Node) => boolean): Node | undefined {
  for (let at: Node | undefined = node; at !== undefined; at = at.parent) if (is(at)) return at
  return undefined
}

export function shorten (text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 60 ? `${line.slice(0, 57)}...` : line
}
