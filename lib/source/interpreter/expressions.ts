/** Evaluates expressions to their possible values. */
import type { Expression } from 'typescript'
import { type Values, literal, nextId, nothing, union, unknown } from '../values.js'
import { evaluateCall, evaluateCallee, evaluateNew } from './call-expressions.js'
import { superMember } from './classes.js'
import { booleans, truthOf, typeName } from './compare-values.js'
import { evaluateArray, evaluateAs, evaluateObject, evaluateTemplate } from './literals.js'
import type { Machine } from './machine.js'
import { readOptionally } from './members.js'
import { unknownOf } from './nodes.js'
import { evaluateBinary, evaluateConditional } from './operators.js'
import { readVariable } from './variables.js'

/** Returns the values of an expression, and records errors that its evaluation throws. */
export function evaluate (machine: Machine, node: Expression): Values {
  const { ts } = machine.project
  if (ts.isIdentifier(node)) return readVariable(machine, node)
  if (ts.isStringLiteralLike(node)) return [literal(node.text)]
  if (ts.isNumericLiteral(node)) return [literal(Number(node.text))]
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) || ts.isSatisfiesExpression(node) || ts.isTypeAssertionExpression(node)) {
    return evaluateAs(machine, node)
  }
  if (ts.isCallExpression(node)) return evaluateCall(machine, node)
  if (ts.isNewExpression(node)) return evaluateNew(machine, node)
  if (ts.isAwaitExpression(node)) return machine.settle(machine.evaluate(node.expression))
  if (ts.isPropertyAccessExpression(node)) {
    if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return superMember(machine, node.name.text, node)
    if (ts.isMetaProperty(node.expression)) return [unknown()]
    const owners = machine.evaluate(node.expression)
    const read = (present: Values): Values => machine.member(present, node.name.text, node)
    return ts.isOptionalChain(node) ? readOptionally(owners, read) : read(owners)
  }
  if (ts.isElementAccessExpression(node)) {
    const owners = machine.evaluate(node.expression)
    const keys = machine.evaluate(node.argumentExpression)
    const firm = keys.filter(key => key.kind === 'literal' && (typeof key.value === 'string' || typeof key.value === 'number'))
    const known = firm.map(key => machine.member(owners, String((key as { value: unknown }).value), node))
    return firm.length === keys.length && keys.length > 0 ? union(...known) : union(...known, machine.member(owners, undefined, node))
  }
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
    return [{ kind: 'function', id: nextId(), node, env: machine.act.frame.parent === undefined && machine.act.frame.vars.size === 0 ? undefined : machine.act.frame, self: ts.isArrowFunction(node) ? machine.act.self : undefined, home: machine.act.home }]
  }
  if (ts.isObjectLiteralExpression(node)) return [evaluateObject(machine, node)]
  if (ts.isArrayLiteralExpression(node)) return [evaluateArray(machine, node.elements)]
  if (ts.isConditionalExpression(node)) return evaluateConditional(machine, node)
  if (ts.isBinaryExpression(node)) return evaluateBinary(machine, node)
  if (ts.isPrefixUnaryExpression(node)) {
    const values = machine.evaluate(node.operand)
    if (node.operator !== ts.SyntaxKind.ExclamationToken) {
      return values.map(value => node.operator === ts.SyntaxKind.MinusToken && value.kind === 'literal' && typeof value.value === 'number' ? literal(-value.value, value.firm) : unknown())
    }
    return booleans(values.map(truth => truthOf(truth)).map(truth => truth === undefined ? undefined : !truth))
  }
  if (ts.isTemplateExpression(node)) return evaluateTemplate(machine, node.head.text, node.templateSpans)
  if (ts.isTaggedTemplateExpression(node)) {
    const { template } = node
    const parts = ts.isNoSubstitutionTemplateLiteral(template) ? [literal(template.text)] : evaluateTemplate(machine, template.head.text, template.templateSpans, true)
    const { callees, self } = evaluateCallee(machine, node.tag)
    return machine.call(callees, self, [parts], node)
  }
  if (ts.isTypeOfExpression(node)) return machine.evaluate(node.expression).map(value => typeName(value))
  if (ts.isVoidExpression(node) || ts.isDeleteExpression(node)) {
    machine.evaluate(node.expression)
    return nothing
  }
  if (ts.isYieldExpression(node)) {
    const values = node.expression === undefined ? nothing : machine.evaluate(node.expression)
    const given = node.asteriskToken === undefined ? (machine.act.isAsync ? machine.settle(values) : values) : machine.elementsOf(values, node)
    machine.act.yields = union(machine.act.yields, given)
    return [unknown()]
  }
  if (ts.isClassExpression(node)) return [machine.classOfNode(node, machine.act.frame)]
  if (ts.isSpreadElement(node)) return machine.evaluate(node.expression)
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword: return [literal(true)]
    case ts.SyntaxKind.FalseKeyword: return [literal(false)]
    case ts.SyntaxKind.NullKeyword: return [literal(null)]
    case ts.SyntaxKind.ThisKeyword: return machine.act.self.length > 0 ? machine.act.self : [unknownOf(machine, node)]
    default: return [unknownOf(machine, node)]
  }
}
