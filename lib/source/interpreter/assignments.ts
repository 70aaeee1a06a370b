/** Runs declarations, patterns and assignments, which set variables and properties. */
import type {
  ArrayBindingPattern,
  Expression,
  Identifier,
  Node,
  ObjectBindingPattern,
  Symbol as TypeScriptSymbol
} from 'typescript'
import { type FunctionNode, isFunctionNode } from '../project.js'
import {
  type Environment,
  type Value,
  type Values,
  isRandom,
  isStored,
  literal,
  undefinedValues,
  listNumbers,
  object,
  listTexts,
  union,
  createUnknownLike
} from '../values.js'
import { areDefined, isFreeText, isInput, isUrlParameter, isUnchecked } from './compare-values.js'
import type { Machine } from './state/machine.js'
import { setProperty } from './state/progress.js'
import { hasOwnType, getSite, getType, createUnknown } from './nodes.js'
import { findUp, getParameters } from './syntax.js'

/** Assigns values to a name, or to each name in a pattern. */
export function bindName (machine: Machine, name: Node, values: Values): void {
  const { ts, checker } = machine.project
  if (ts.isIdentifier(name)) {
    // A parameter property, such as `readonly status: number`, has two symbols: the parameter comes first.
    const [symbol] = ts.isParameterPropertyDeclaration(name.parent, name.parent.parent)
      ? checker.getSymbolsOfParameterPropertyDeclaration(name.parent, name.text)
      : [checker.getSymbolAtLocation(name)]
    if (symbol !== undefined) machine.current.frame.vars.set(symbol, values)
    return
  }
  if (!ts.isObjectBindingPattern(name) && !ts.isArrayBindingPattern(name)) return
  name.elements.forEach((element, index) => {
    if (!ts.isBindingElement(element)) return
    let part = readPatternPart(machine, name, element, index, values)
    if (element.initializer !== undefined) {
      const given = part.filter(value => !(value.kind === 'literal' && value.value === undefined))
      if (given.length < part.length || given.some(value => value.kind === 'unknown')) {
        part = union(given, machine.evaluate(element.initializer))
      }
    }
    bindName(machine, element.name, part)
  })
}

function readPatternPart (
  machine: Machine,
  pattern: ObjectBindingPattern | ArrayBindingPattern,
  element: ObjectBindingPattern['elements'][number],
  index: number,
  values: Values
): Values {
  const { ts } = machine.project
  if (element.dotDotDotToken !== undefined) {
    return ts.isArrayBindingPattern(pattern)
      ? values
      : values.map(value =>
        value.kind === 'unknown'
          ? {
              ...createUnknownLike(value, () => getType(machine, element)),
              ...(value.part !== undefined && { part: value.part })
            }
          : value
      )
  }
  const key = ts.isArrayBindingPattern(pattern)
    ? String(index)
    : machine.toPropertyName(element.propertyName ?? element.name as Identifier)
  return machine.read(values, key, element)
}

export function findInPattern (
  machine: Machine,
  pattern: ObjectBindingPattern | ArrayBindingPattern,
  values: Values,
  wanted: Node
): Values | undefined {
  const { ts } = machine.project
  for (const [index, element] of pattern.elements.entries()) {
    if (!ts.isBindingElement(element)) continue
    const part = readPatternPart(machine, pattern, element, index, values)
    if (element === wanted) return part
    if (ts.isObjectBindingPattern(element.name) || ts.isArrayBindingPattern(element.name)) {
      const found = machine.findInPattern(element.name, part, wanted)
      if (found !== undefined) return found
    }
  }
  return undefined
}

export function assignTo (machine: Machine, target: Node, values: Values): void {
  const { ts, checker } = machine.project
  if (ts.isIdentifier(target)) {
    const symbol = ts.isShorthandPropertyAssignment(target.parent)
      ? checker.getShorthandAssignmentValueSymbol(target.parent)
      : checker.getSymbolAtLocation(target)
    if (symbol === undefined) return
    for (
      let env: Environment | undefined = machine.current.frame;
      env !== undefined;
      env = 'vars' in env ? env.parent : undefined
    ) {
      if (!('vars' in env) || !env.vars.has(symbol)) continue
      // The value of an outer variable is unknown, because it is unknown when the function that sets it runs.
      env.vars.set(symbol, env === machine.current.frame ? values : union(env.vars.get(symbol) as Values, values))
      return
    }
    if (machine.current.frame.parent !== undefined) return
    machine.current.frame.vars.set(symbol, values)
    return
  }
  if (ts.isPropertyAccessExpression(target)) {
    for (const owner of machine.evaluate(target.expression)) setField(machine, owner, target.name.text, values, target)
    return
  }
  if (ts.isElementAccessExpression(target)) {
    const keys = machine.evaluate(target.argumentExpression)
    for (const owner of machine.evaluate(target.expression)) {
      const [key] = listTexts(keys)
      const isKnown = keys.length === 1 && keys[0]?.kind === 'literal'
      // A document of Mongoose.
      if (owner.kind === 'unknown') owner.fields?.set(isKnown ? String(key) : '', values)
      if (owner.kind !== 'object') continue
      if (owner.role !== undefined && key !== undefined) setField(machine, owner, key, values, target)
      else if (isKnown) owner.fields.set(String(key), values)
      else owner.elements = union(owner.elements, values)
    }
    return
  }
  if (ts.isObjectLiteralExpression(target)) {
    for (const property of target.properties) {
      if (ts.isShorthandPropertyAssignment(property)) {
        assignTo(machine, property.name, machine.read(values, property.name.text, property))
      } else if (ts.isPropertyAssignment(property)) {
        assignTo(machine, property.initializer, machine.read(values, machine.toPropertyName(property.name), property))
      }
    }
    return
  }
  if (ts.isArrayLiteralExpression(target)) {
    target.elements.forEach((element, index) => {
      assignTo(machine, element, machine.read(values, String(index), element))
    })
  }
}

function setField (machine: Machine, owner: Value, name: string, values: Values, node: Node): void {
  if (owner.kind === 'object') {
    if (owner.role === 'reply' && name === 'statusCode') {
      machine.setStatus(listNumbers(values), node)
      return
    }
    if (owner.role === 'request') setProperty(machine, name, values)
    const isFresh = machine.constructing.some(({ instance }) => instance === owner) || owner.role === undefined
    const given = owner.role === 'request' ? values.map(toRequestProperty) : values
    owner.fields.set(name, isFresh ? values : union(owner.fields.get(name) ?? [], given))
  } else if (owner.kind === 'unknown') {
    owner.fields?.set(name, values)
  } else if (owner.kind === 'function' || owner.kind === 'class') {
    machine.staticFields.set(`${owner.id} ${name}`, values)
  }
}

/** Returns a value for a property of the request. Another route can read it before a hook of its own sets it. */
function toRequestProperty (value: Value): Value {
  return value.kind === 'unknown' ? { ...value, isStored: !value.isInput, isPresent: false } : value
}

/** Sets a status on the reply. */
export function setStatus (machine: Machine, numbers: readonly number[], node: Node): void {
  const site = getSite(machine, node)
  machine.statuses = numbers.map(status => ({ status, site }))
}

export function declareVariable (
  machine: Machine,
  declaration: Node & { readonly name: Node, readonly initializer?: Expression | undefined }
): void {
  const { ts } = machine.project
  const list = declaration.parent
  const isConst = ts.isVariableDeclarationList(list) && (list.flags & ts.NodeFlags.Const) !== 0
  if (declaration.initializer === undefined) {
    bindName(machine, declaration.name, [
      isConst || !isSetInside(machine, declaration.name) ? literal(undefined) : createUnknown(machine, declaration.name)
    ])
    return
  }
  const values = machine.evaluate(declaration.initializer)
  const isOpen = !isConst && ts.isIdentifier(declaration.name) && isSetInside(machine, declaration.name)
  bindName(machine, declaration.name, isOpen ? union(values, [createUnknown(machine, declaration.name)]) : values)
}

/** Returns whether an inner function sets a variable. If so, the value of the variable is unknown afterwards. */
function isSetInside (machine: Machine, name: Node): boolean {
  const { ts, checker } = machine.project
  const owner = findUp(name, node => isFunctionNode(ts, node) || ts.isSourceFile(node))
  if (owner === undefined) return false
  let set = machine.reassigned.get(owner)
  if (set === undefined) {
    const found = new Set<TypeScriptSymbol>()
    const visit = (node: Node, depth: number): void => {
      const inner = isFunctionNode(ts, node) ? depth + 1 : depth
      if (
        depth > 1 && ts.isBinaryExpression(node) && node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
        node.operatorToken.kind <= ts.SyntaxKind.LastAssignment && ts.isIdentifier(node.left)
      ) {
        const symbol = checker.getSymbolAtLocation(node.left)
        if (symbol !== undefined) found.add(symbol)
      }
      ts.forEachChild(node, child => {
        visit(child, inner)
      })
    }
    visit(owner, 0)
    machine.reassigned.set(owner, set = found)
  }
  const symbol = checker.getSymbolAtLocation(name)
  return symbol !== undefined && set.has(symbol)
}

/** Returns an unknown argument with the type of its parameter. */
function toTypedArgument (machine: Machine, values: Values, parameter: Node): Value {
  const [only] = values
  const part = values.length === 1 && only?.kind === 'unknown' ? only.part : undefined
  return {
    ...createUnknownLike({
      isInput: isInput(values),
      isUnchecked: isUnchecked(values),
      isFreeText: isFreeText(values),
      isUrlParameter: isUrlParameter(values),
      isStored: isStored(values)
    }, () => getType(machine, parameter)),
    ...(part !== undefined && { part }),
    ...(areDefined(values) && { isDefined: true }),
    ...(values.every(isRandom) && { isRandom: true })
  }
}

export function bindParameters (machine: Machine, node: FunctionNode, args: readonly Values[]): void {
  getParameters(node).forEach((parameter, index) => {
    let values: Values
    if (parameter.dotDotDotToken !== undefined) {
      const rest = args.slice(index)
      values = [
        object({
          isArray: true,
          elements: union(...rest),
          fields: new Map(rest.map((value, at) => [String(at), value]))
        })
      ]
    } else {
      values = args[index] ?? undefinedValues
      if (
        values.length > 0 && values.every(value => value.kind === 'unknown' && value.contents.length === 0) &&
        hasOwnType(machine, parameter)
      ) values = [toTypedArgument(machine, values, parameter)]
      if (parameter.initializer !== undefined) {
        const given = values.filter(value => !(value.kind === 'literal' && value.value === undefined))
        const isOpen = given.length < values.length || given.some(value => value.kind === 'unknown')
        values = isOpen ? union(given, machine.evaluate(parameter.initializer)) : given
      }
    }
    bindName(machine, parameter.name, values)
  })
}
