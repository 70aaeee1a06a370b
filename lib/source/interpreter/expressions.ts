/** Evaluates expressions to their possible values. */
import type {
  ArrowFunction,
  ElementAccessExpression,
  Expression,
  FunctionExpression,
  PrefixUnaryExpression,
  PropertyAccessExpression,
  TaggedTemplateExpression,
  YieldExpression
} from 'typescript'
import { type FunctionValue, type Values, literal, nextId, undefinedValues, union, unknown } from '../values.js'
import { evaluateCall, evaluateCallee, evaluateNew } from './call-expressions.js'
import { readSuperMember } from './classes.js'
import { toBooleans, getTruth, getTypeName } from './compare-values.js'
import { evaluateArray, evaluateAs, evaluateObject, evaluateTemplate } from './literals.js'
import type { Machine } from './state/machine.js'
import { readOptionally } from './members.js'
import { createUnknown } from './nodes.js'
import { evaluateBinary, evaluateConditional } from './operators.js'
import { readVariable } from './variables.js'

/** Returns the values of an expression, and records errors that its evaluation throws. */
export function evaluate (machine: Machine, node: Expression): Values {
  const { ts } = machine.project
  if (ts.isIdentifier(node)) return readVariable(machine, node)
  if (ts.isStringLiteralLike(node)) return [literal(node.text)]
  if (ts.isNumericLiteral(node)) return [literal(Number(node.text))]
  if (
    ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node) ||
    ts.isSatisfiesExpression(node) || ts.isTypeAssertionExpression(node)
  ) {
    return evaluateAs(machine, node)
  }
  if (ts.isCallExpression(node)) return evaluateCall(machine, node)
  if (ts.isNewExpression(node)) return evaluateNew(machine, node)
  if (ts.isAwaitExpression(node)) return machine.await(machine.evaluate(node.expression))
  if (ts.isPropertyAccessExpression(node)) return evaluateProperty(machine, node)
  if (ts.isElementAccessExpression(node)) return evaluateElement(machine, node)
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return [createFunction(machine, node)]
  if (ts.isObjectLiteralExpression(node)) return [evaluateObject(machine, node)]
  if (ts.isArrayLiteralExpression(node)) return [evaluateArray(machine, node.elements)]
  if (ts.isConditionalExpression(node)) return evaluateConditional(machine, node)
  if (ts.isBinaryExpression(node)) return evaluateBinary(machine, node)
  if (ts.isPrefixUnaryExpression(node)) return evaluatePrefix(machine, node)
  if (ts.isTemplateExpression(node)) return evaluateTemplate(machine, node.head.text, node.templateSpans)
  if (ts.isTaggedTemplateExpression(node)) return callTag(machine, node)
  if (ts.isTypeOfExpression(node)) return machine.evaluate(node.expression).map(value => getTypeName(value))
  if (ts.isVoidExpression(node) || ts.isDeleteExpression(node)) {
    machine.evaluate(node.expression)
    return undefinedValues
  }
  if (ts.isYieldExpression(node)) return evaluateYield(machine, node)
  if (ts.isClassExpression(node)) return [machine.getClassValue(node, machine.current.frame)]
  if (ts.isSpreadElement(node)) return machine.evaluate(node.expression)
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return [literal(true)]
    case ts.SyntaxKind.FalseKeyword:
      return [literal(false)]
    case ts.SyntaxKind.NullKeyword:
      return [literal(null)]
    case ts.SyntaxKind.ThisKeyword:
      return machine.current.self.length > 0 ? machine.current.self : [createUnknown(machine, node)]
    default:
      return [createUnknown(machine, node)]
  }
}

function evaluateProperty (machine: Machine, node: PropertyAccessExpression): Values {
  const { ts } = machine.project
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) return readSuperMember(machine, node.name.text, node)
  if (ts.isMetaProperty(node.expression)) return [unknown()]
  const owners = machine.evaluate(node.expression)
  const read = (present: Values): Values => machine.read(present, node.name.text, node)
  return ts.isOptionalChain(node) ? readOptionally(owners, read) : read(owners)
}

/** Evaluates `owner[key]`. */
function evaluateElement (machine: Machine, node: ElementAccessExpression): Values {
  const owners = machine.evaluate(node.expression)
  const keys = machine.evaluate(node.argumentExpression)
  const firm = keys.filter(key =>
    key.kind === 'literal' && (typeof key.value === 'string' || typeof key.value === 'number')
  )
  const known = firm.map(key => machine.read(owners, String((key as { value: unknown }).value), node))
  return firm.length === keys.length && keys.length > 0
    ? union(...known)
    : union(...known, machine.read(owners, undefined, node))
}

/** Creates the value of a function expression. An arrow function keeps the `this` of its place. */
function createFunction (machine: Machine, node: ArrowFunction | FunctionExpression): FunctionValue {
  const { frame, home, self } = machine.current
  const isTopLevel = frame.parent === undefined && frame.vars.size === 0
  return {
    kind: 'function',
    id: nextId(),
    node,
    env: isTopLevel ? undefined : frame,
    self: machine.project.ts.isArrowFunction(node) ? self : undefined,
    home
  }
}

/** Evaluates `!a`, `-a` and the other operators before an operand. */
function evaluatePrefix (machine: Machine, { operand, operator }: PrefixUnaryExpression): Values {
  const { SyntaxKind } = machine.project.ts
  const values = machine.evaluate(operand)
  const negate = (truth: boolean | undefined): boolean | undefined => truth === undefined ? undefined : !truth
  if (operator === SyntaxKind.ExclamationToken) return toBooleans(values.map(value => negate(getTruth(value))))
  if (operator !== SyntaxKind.MinusToken) return values.map(() => unknown())
  return values.map(value =>
    value.kind === 'literal' && typeof value.value === 'number' ? literal(-value.value, value.isInSource) : unknown()
  )
}

function callTag (machine: Machine, node: TaggedTemplateExpression): Values {
  const { template } = node
  const parts = machine.project.ts.isNoSubstitutionTemplateLiteral(template)
    ? [literal(template.text)]
    : evaluateTemplate(machine, template.head.text, template.templateSpans, true)
  const { callees, self } = evaluateCallee(machine, node.tag)
  return machine.call(callees, self, [parts], node)
}

/** Records the yielded values. The value of the expression comes from the caller of the generator, so it is unknown. */
function evaluateYield (machine: Machine, node: YieldExpression): Values {
  const values = node.expression === undefined ? undefinedValues : machine.evaluate(node.expression)
  const given = node.asteriskToken === undefined
    ? (machine.current.isAsync ? machine.await(values) : values)
    : machine.listElements(values, node)
  machine.current.yields = union(machine.current.yields, given)
  return [unknown()]
}
