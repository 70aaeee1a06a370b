/** Finds the values of a name: a variable of a running function, of a live function, or of a file. */
import type {
  Declaration,
  Expression,
  Identifier,
  Node,
  ObjectBindingPattern,
  Symbol as TypeScriptSymbol
} from 'typescript'
import type { LiveScope } from '../inspector.js'
import { isFunctionNode } from '../project.js'
import {
  type Environment,
  type Value,
  type Values,
  literal,
  nextId,
  undefinedValues,
  object,
  unknown
} from '../values.js'
import { createActivation, getModuleFrame } from './state/activations.js'
import type { Machine } from './state/machine.js'
import { getFunctionValue, getType, createUnknown } from './nodes.js'
import { findUp, unwrap } from './syntax.js'

/** Returns the values of a variable. */
export function readVariable (machine: Machine, node: Identifier): Values {
  const { ts, checker } = machine.project
  const symbol = ts.isShorthandPropertyAssignment(node.parent) &&
      node.parent.name === node
    ? checker.getShorthandAssignmentValueSymbol(node.parent)
    : checker.getSymbolAtLocation(node)
  const name = node.text
  if (name === 'undefined') return undefinedValues
  const live: Array<readonly LiveScope[]> = []
  for (
    let env: Environment | undefined = machine.current.frame;
    env !== undefined;
    env = 'vars' in env ? env.parent : undefined
  ) {
    if ('vars' in env) {
      const values = symbol === undefined ? undefined : env.vars.get(symbol)
      if (values !== undefined) return values
    } else {
      live.push(env.scopes)
    }
  }
  if (symbol === undefined) return readFromScopes(machine, live.flat(), name) ?? [globalValue(name, node)]
  const declaration = symbol.declarations?.find(found =>
    found.kind !== ts.SyntaxKind.InterfaceDeclaration &&
    found.kind !== ts.SyntaxKind.TypeAliasDeclaration
  ) ?? symbol.declarations?.[0]
  const fixed = declaration === undefined ? undefined : findLiteralConstant(machine, declaration)
  if (fixed !== undefined) return fixed
  const isOfModule = declaration !== undefined && isModuleLevel(machine, declaration)
  const scopes = [
    ...live.flat(),
    ...(isOfModule ? machine.moduleScopes.get(declaration.getSourceFile().fileName) ?? [] : [])
  ]
  const closed = declaration !== undefined && machine.project.owns(declaration.getSourceFile())
    ? readFromScopes(machine, scopes, name, isConstant(machine, declaration))
    : undefined
  if (closed !== undefined) return closed
  return readSymbol(machine, symbol, node)
}

/** Returns the value of a constant with a literal initializer. */
function findLiteralConstant (machine: Machine, declaration: Declaration): Values | undefined {
  const { ts } = machine.project
  if (
    !ts.isVariableDeclaration(declaration) || declaration.initializer === undefined || !isConstant(machine, declaration)
  ) return undefined
  const initializer = unwrap(ts, declaration.initializer)
  const isLiteral = ts.isStringLiteralLike(initializer) || ts.isNumericLiteral(initializer) ||
    initializer.kind === ts.SyntaxKind.TrueKeyword ||
    initializer.kind === ts.SyntaxKind.FalseKeyword
  return isLiteral ? machine.evaluate(initializer) : undefined
}

export function readFromScopes (
  machine: Machine,
  scopes: readonly LiveScope[],
  name: string,
  isConstant = false
): Values | undefined {
  for (const scope of scopes) {
    if (!Object.hasOwn(scope, name)) continue
    const value = scope[name]
    if (value === undefined || (value === null && !isConstant)) return undefined
    if (!isConstant && typeof value !== 'object' && typeof value !== 'function') return undefined
    return [machine.liveValue(value)]
  }
  return undefined
}

export function isModuleLevel (machine: Machine, node: Declaration): boolean {
  const { ts } = machine.project
  for (let at: Node = node.parent; at !== undefined; at = at.parent) {
    if (ts.isSourceFile(at)) return true
    if (isFunctionNode(ts, at) || ts.isClassLike(at)) return false
  }
  return false
}

export function isConstant (machine: Machine, node: Declaration): boolean {
  const { ts } = machine.project
  const list = ts.isVariableDeclaration(node)
    ? node.parent
    : ts.isBindingElement(node)
      ? findUp(node, ts.isVariableDeclarationList)
      : undefined
  if (list === undefined) return true
  return (list.flags & ts.NodeFlags.Const) !== 0
}

/** Returns the values of a symbol outside any running function. */
export function readSymbol (machine: Machine, symbol: TypeScriptSymbol, node: Node): Values {
  const { ts, checker } = machine.project
  if ((symbol.flags & ts.SymbolFlags.Alias) !== 0) {
    const target = checker.getAliasedSymbol(symbol)
    const imported = findImport(machine, symbol)
    const declaration = target.declarations?.[0]
    if (declaration !== undefined && machine.project.owns(declaration.getSourceFile())) {
      if (ts.isSourceFile(declaration)) return [{ kind: 'module', symbol: target }]
      return readSymbol(machine, target, node)
    }
    if (imported !== undefined) return [externalValue(imported.from, imported.path, node)]
  }
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
  if (declaration === undefined) return [unknown(() => getType(machine, node))]
  if (!machine.project.owns(declaration.getSourceFile())) return [globalValue(symbol.name, node)]
  return readDeclaration(machine, declaration, node)
}

export function externalValue (from: string, path: string, node: Node | undefined): Value {
  return { kind: 'external', from, path, node }
}

function globalValue (name: string, node: Node): Value {
  return externalValue('', name, node)
}

/** Returns the package and the export of an import. */
function findImport (
  machine: Machine,
  symbol: TypeScriptSymbol
): { readonly from: string, readonly path: string } | undefined {
  const { ts } = machine.project
  const declaration = symbol.declarations?.[0]
  const statement = declaration === undefined ? undefined : findUp(declaration, ts.isImportDeclaration)
  if (declaration === undefined || statement === undefined || !ts.isStringLiteral(statement.moduleSpecifier)) {
    return undefined
  }
  const from = statement.moduleSpecifier.text
  if (ts.isImportSpecifier(declaration)) return { from, path: (declaration.propertyName ?? declaration.name).text }
  return { from, path: ts.isNamespaceImport(declaration) ? '' : 'default' }
}

function readDeclaration (machine: Machine, declaration: Declaration, node: Node): Values {
  const { ts } = machine.project
  if (ts.isFunctionDeclaration(declaration)) {
    // The declaration of an overload has no body.
    const overloads = machine.project.checker.getSymbolAtLocation(declaration.name as Node)?.declarations ?? []
    for (const found of [declaration, ...overloads]) {
      if (ts.isFunctionDeclaration(found) && found.body !== undefined) return [getFunctionValue(machine, found)]
    }
    return [unknown()]
  }
  if (ts.isClassLike(declaration)) {
    return [machine.findExportedClass(declaration) ?? machine.getClassValue(declaration, undefined)]
  }
  if (ts.isEnumDeclaration(declaration)) {
    return [object({
      fields: new Map(declaration.members.map(member => {
        const value = machine.project.checker.getConstantValue(member)
        return [machine.toPropertyName(member.name) ?? '', [value === undefined ? unknown() : literal(value)]]
      }))
    })]
  }
  if (ts.isExportAssignment(declaration)) return initialValues(machine, declaration, declaration.expression)
  if (ts.isVariableDeclaration(declaration) && ts.isIdentifier(declaration.name)) {
    const live = isModuleLevel(machine, declaration)
      ? machine.findExport(declaration, declaration.name.text)
      : undefined
    if (live !== undefined) return [live]
    const require = declaration.initializer !== undefined ? machine.evaluateRequire(declaration.initializer) : undefined
    if (require !== undefined) return require
    if (declaration.initializer === undefined) return [createUnknown(machine, declaration)]
    if (!isConstant(machine, declaration) && isModuleLevel(machine, declaration)) {
      const values = initialValues(machine, declaration, declaration.initializer)
      return values.every(value => value.kind === 'literal') ? [createUnknown(machine, declaration)] : values
    }
    return initialValues(machine, declaration, declaration.initializer)
  }
  if (ts.isBindingElement(declaration)) {
    const owner = ts.walkUpBindingElementsAndPatterns(declaration)
    // A parameter of a function that does not run here has no known value.
    if (ts.isParameter(owner) || owner.initializer === undefined) return [createUnknown(machine, declaration)]
    const whole = machine.evaluateRequire(owner.initializer) ?? initialValues(machine, owner, owner.initializer)
    const found = machine.findInPattern(owner.name as ObjectBindingPattern, whole, declaration)
    return found ?? [createUnknown(machine, declaration)]
  }
  if (ts.isPropertyAssignment(declaration)) return initialValues(machine, declaration, declaration.initializer)
  if (ts.isMethodDeclaration(declaration) && declaration.body !== undefined) {
    return [getFunctionValue(machine, declaration)]
  }
  // exports.x = ...
  if (ts.isBinaryExpression(declaration)) return initialValues(machine, declaration, declaration.right)
  if (ts.isPropertyAccessExpression(declaration) && ts.isBinaryExpression(declaration.parent)) {
    return initialValues(machine, declaration, declaration.parent.right)
  }
  if (ts.isSourceFile(declaration)) {
    return [{ kind: 'module', symbol: machine.project.checker.getSymbolAtLocation(declaration) as TypeScriptSymbol }]
  }
  return [unknown(() => getType(machine, node))]
}

/** Returns the initial value of a variable. If the initializer uses the variable itself, the value is unknown. */
export function initialValues (machine: Machine, declaration: Node, expression: Expression): Values {
  const known = machine.initials.get(declaration)
  if (known === 'running') return [unknown()]
  if (known !== undefined) return known
  machine.initials.set(declaration, 'running')
  const before = machine.current
  machine.current = createActivation(
    machine.project.ts,
    undefined,
    { id: nextId(), vars: new Map(), parent: getModuleFrame(machine, expression) },
    [],
    undefined
  )
  const values = machine.evaluate(expression)
  machine.current = before
  machine.initials.set(declaration, values)
  return values
}
