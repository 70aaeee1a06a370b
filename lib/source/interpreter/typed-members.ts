/** Reads properties of values of which only the type is known. */
import type { Declaration, Expression, Node, Symbol as TypeScriptSymbol } from 'typescript'
import { isMongooseModel } from '../databases/mongoose.js'
import { type FunctionNode, isFunctionNode, getPackageName } from '../project.js'
import { isSequelizeModel } from '../databases/sequelize.js'
import {
  type ClassValue,
  type UnknownValue,
  type Value,
  type Values,
  isInUrl,
  literal,
  native,
  nextId,
  union,
  unknown,
  createUnknownLike
} from '../values.js'
import { getImplementations } from './implementations.js'
import type { Machine } from './state/machine.js'
import { getFunctionValue, getType } from './nodes.js'
import { externalValue, initialValues, isModuleLevel } from './variables.js'

/** Returns a member that is only visible in the source. */
export function readMemberByNode (machine: Machine, node: Node, name: string): Values {
  const { ts } = machine.project
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    return machine.readMemberByType(unknown(() => getType(machine, node.expression)), name, node)
  }
  return [unknown(() => getType(machine, node))]
}

export function readMemberByType (machine: Machine, owner: UnknownValue, name: string, node: Node): Values {
  const found = readTypedMember(machine, owner, name, node)
  return owner.defined?.has(name) === true
    ? found.map(value => value.kind === 'unknown' ? { ...value, isDefined: true } : value)
    : found
}

function readTypedMember (machine: Machine, owner: UnknownValue, name: string, node: Node): Values {
  const { ts, checker } = machine.project
  if (owner.contents.length > 0 && !owner.isCaught) {
    return union(owner.contents, [unknown(() => getType(machine, node), owner.contents)])
  }
  const set = owner.model === undefined || isMongooseModel(owner.model) ? owner.fields?.get(name) : undefined
  if (set !== undefined) return set
  if (isMongooseModel(owner.model)) {
    const method = findModelMethod(owner.model, name)
    if (method !== undefined) return [machine.live(method)]
  }
  // Associations add methods to a model that its type does not have.
  if (isSequelizeModel(owner.model) && ts.isCallExpression(node.parent) && node.parent.expression === node) {
    return [externalValue('sequelize', `Model.${name}`, node)]
  }
  const type = owner.type?.()
  const symbol = type === undefined || (type.flags & ts.TypeFlags.Any) !== 0
    ? undefined
    : checker.getPropertyOfType(checker.getNonNullableType(type), name)
  // A cookie is always a string.
  const isCookie = owner.part === 'cookies'
  const isFreeText = isCookie || owner.isFreeText === true ||
    (owner.part !== undefined && machine.readRoute().freeText.has(`${owner.part}.${name}`))
  const from = { ...owner, isFreeText, ...isCookie && { isUnchecked: false }, isUrlParameter: isInUrl(owner) }
  if (symbol === undefined) return [createUnknownLike(from, owner.isCaught ? undefined : () => getType(machine, node))]
  const found = readMemberBySymbol(machine, symbol, owner, node)
  return owner.isInput || owner.isStored === true
    ? found.map(value => value.kind === 'unknown' ? createUnknownLike(from, value.type) : value)
    : found
}

/** Returns a method of the documents of a model. */
function findModelMethod (model: object, name: string): object | undefined {
  for (
    let at = Object.getOwnPropertyDescriptor(model, 'prototype')?.value as object | null;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    const value = Object.getOwnPropertyDescriptor(at, name)?.value as unknown
    if (typeof value === 'function') return value
  }
  return undefined
}

/**
 * Returns the possible values of a property of a type: a method with a body, implementations of a method without a
 * body, or a typed value.
 */
function readMemberBySymbol (machine: Machine, symbol: TypeScriptSymbol, owner: Value, node: Node): Values {
  const { ts, checker } = machine.project
  const typed = (): Values => {
    const type = checker.getTypeOfSymbolAtLocation(symbol, node)
    return type.isStringLiteral() || type.isNumberLiteral() ? [literal(type.value)] : [unknown(() => type)]
  }
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0]
  if (declaration === undefined) return typed()
  const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node
  if (!machine.project.owns(declaration.getSourceFile())) {
    return isCalled ? [readPackageMember(symbol, declaration, node)] : typed()
  }
  const getHome = (): ClassValue | undefined =>
    ts.isClassLike(declaration.parent) ? machine.getClassValue(declaration.parent, undefined) : undefined
  if (isFunctionNode(ts, declaration)) {
    const fn = { ...getFunctionValue(machine, declaration, getHome()), self: [owner] }
    return ts.isGetAccessor(declaration) ? machine.callFunction(fn, [owner], []) : [fn]
  }
  if (
    (ts.isPropertyDeclaration(declaration) || ts.isPropertyAssignment(declaration)) &&
    declaration.initializer !== undefined && ts.isFunctionLike(declaration.initializer)
  ) {
    const { initializer } = declaration
    return [
      { kind: 'function', id: nextId(), node: initializer as FunctionNode, env: undefined, self: [owner], home: getHome() }
    ]
  }
  if (ts.isPropertyAssignment(declaration) || ts.isShorthandPropertyAssignment(declaration)) {
    return ts.isPropertyAssignment(declaration) && isModuleLevel(machine, declaration) &&
        holdsInitializer(machine, symbol, declaration.initializer, node)
      ? initialValues(machine, declaration, declaration.initializer)
      : typed()
  }
  return (isCalled ? readImplementations(machine, symbol, declaration, node) : undefined) ?? typed()
}

/** Returns a function of a package. */
function readPackageMember (symbol: TypeScriptSymbol, declaration: Declaration, node: Node): Value {
  const from = getPackageName(declaration.getSourceFile().fileName) ?? ''
  const parent = declaration.parent as Node & { readonly name?: { readonly text?: string } }
  return externalValue(from.replace(/^@types\//, ''), `${parent.name?.text ?? ''}.${symbol.name}`, node)
}

/**
 * Returns the implementations of a method without a body. If there are none, returns `undefined` and reports the call.
 */
function readImplementations (
  machine: Machine,
  symbol: TypeScriptSymbol,
  declaration: Declaration,
  node: Node
): Values | undefined {
  const { ts, checker } = machine.project
  const found = getImplementations(machine, symbol, declaration)
  if (found.length > 1) {
    return found.map(fn =>
      native(symbol.name, (args, self) => machine.runUncertain(() => machine.callFunction(fn, self, args)))
    )
  }
  if (found.length === 1) {
    return found.map(fn => ({
      ...fn,
      self: [unknown(() => fn.home?.node === undefined ? undefined : getType(machine, fn.home.node))]
    }))
  }
  const { parent } = declaration
  // Prisma generates its client into the application.
  if (ts.isInterfaceDeclaration(parent) && /(Delegate|^PrismaClient)$/.test(parent.name.text)) {
    return [externalValue('@prisma/client', `${parent.name.text}.${symbol.name}`, node)]
  }
  // The type of a catalog factory shows which error it creates.
  const isFactory = ['code', 'status'].every(name =>
    checker.getTypeOfSymbolAtLocation(symbol, node).getProperty(name) !== undefined
  )
  if (
    !isFactory &&
    (ts.isMethodSignature(declaration) || ts.isMethodDeclaration(declaration) || ts.isPropertySignature(declaration))
  ) machine.reportNotFollowed(node, `No implementation of '${symbol.name}' was found.`)
  return undefined
}

/**
 * Returns whether a property can hold the value of its initializer. A mapped type, such as the rows of a table, changes
 * its type.
 */
function holdsInitializer (
  { project: { checker } }: Machine,
  symbol: TypeScriptSymbol,
  initializer: Expression,
  node: Node
): boolean {
  return checker.isTypeAssignableTo(
    checker.getTypeAtLocation(initializer),
    checker.getTypeOfSymbolAtLocation(symbol, node)
  )
}
