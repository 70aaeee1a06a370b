/** Evaluates call expressions: the called function, its arguments, and the type of an unknown function. */
import type {
  CallExpression,
  ClassLikeDeclaration,
  Expression,
  NewExpression,
  Node,
  Symbol as TypeScriptSymbol
} from 'typescript'
import { callGlobal } from '../builtins.js'
import { catalogError } from '../error-values.js'
import { callLibrary, callOrThrow } from '../libraries.js'
import type { LibraryCall } from '../library-context.js'
import { isFunctionNode, getPackageName } from '../project.js'
import type { TypeScript } from '../typescript.js'
import { type Value, type Values, undefinedValues, promise } from '../values.js'
import { readSuperMember } from './classes.js'
import { narrowToText } from './conditions.js'
import { isOfApplication } from './live-objects.js'
import type { Machine } from './state/machine.js'
import { readOptionally } from './members.js'
import { getAwaitedType, getFunctionValue, getType, createUnknown } from './nodes.js'
import { shorten, unwrap } from './syntax.js'
import { readVariable } from './variables.js'

export function evaluateCall (machine: Machine, node: CallExpression): Values {
  const { ts } = machine.project
  if (node.expression.kind === ts.SyntaxKind.SuperKeyword) {
    machine.constructing.at(-1)?.callBase(evaluateArguments(machine, node.arguments))
    return undefinedValues
  }
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [name] = node.arguments
    const symbol = name === undefined ? undefined : machine.project.checker.getSymbolAtLocation(name)
    const file = symbol?.declarations?.find(ts.isSourceFile)
    if (symbol === undefined || file === undefined || !machine.project.owns(file)) return [createUnknown(machine, node)]
    return [promise([{ kind: 'module', symbol }], [])]
  }
  const required = machine.evaluateRequire(node)
  if (required !== undefined) return required
  const { callees, self } = evaluateCallee(machine, node.expression)
  if (ts.isOptionalChain(node)) return readOptionally(callees, present => callCallees(machine, node, present, self))
  const result = callCallees(machine, node, callees, self)
  narrowToText(machine, node)
  return result
}

function callCallees (machine: Machine, node: CallExpression, callees: Values, self: Values): Values {
  const args = evaluateArguments(machine, node.arguments)
  const known = callees.filter(callee =>
    callee.kind !== 'unknown' && callee.kind !== 'object' && callee.kind !== 'literal' && callee.kind !== 'text'
  )
  if (known.length > 0) return machine.call(known, self, args, node).map(value => withTypeOfCall(machine, value, node))
  return callBySignature(machine, node, callees, self, args)
}

/**
 * Replaces an unknown value with a value of the call's type, because a type parameter of the function is not a concrete
 * type.
 */
function withTypeOfCall (machine: Machine, value: Value, node: Node): Value {
  if (
    value.kind === 'promise' && value.query === undefined && value.members === undefined &&
    value.value.some(({ kind }) => kind === 'unknown')
  ) {
    return promise(value.value.map(each => withTypeOfCall(machine, each, node)), value.throws)
  }
  if (value.kind !== 'unknown' || value.type === undefined) return value
  const { type } = value
  return {
    ...value,
    type: () => {
      const known = type()
      return known === undefined || (known.flags & machine.project.ts.TypeFlags.TypeParameter) === 0
        ? known
        : getAwaitedType(machine, getType(machine, node))
    }
  }
}

/** Calls an unknown function by its type. */
function callBySignature (
  machine: Machine,
  node: CallExpression,
  callees: Values,
  self: Values,
  args: readonly Values[]
): Values {
  const { ts, checker } = machine.project
  const factory = createTypedErrors(machine, node)
  if (factory.length > 0) return factory
  const declaration = checker.getResolvedSignature(node)?.declaration
  if (declaration !== undefined && machine.project.owns(declaration.getSourceFile())) {
    if (isFunctionNode(ts, declaration)) return machine.callFunction(getFunctionValue(machine, declaration), self, args)
  } else if (
    declaration === undefined && callees.every(callee => callee.kind === 'unknown') &&
    !node.arguments.some(argument => ts.isSpreadElement(argument))
  ) {
    const type = getType(machine, node.expression)
    const isAny = type === undefined || (type.flags & ts.TypeFlags.Any) !== 0
    // List only the first call of a chain.
    const isStart = !ts.isPropertyAccessExpression(node.expression) || !ts.isCallExpression(node.expression.expression)
    if (isAny && isStart && !hasHarmlessName(ts, node.expression) && !startsInPackage(machine, node.expression)) {
      machine.reportNotFollowed(node, `The function '${shorten(node.expression.getText())}' is unknown.`)
    }
  }
  if (declaration === undefined && ts.isPropertyAccessExpression(node.expression)) {
    const { name: { text: name } } = node.expression
    const call: LibraryCall = {
      callee: { kind: 'external', from: '', path: name, node },
      self,
      args,
      node,
      live: undefined
    }
    const queried = callOrThrow(machine, call, name) ?? machine.externalErrors.callQuery(machine, call, name)
    if (queried !== undefined) return queried
  }
  const from = declaration === undefined ? undefined : getPackageName(declaration.getSourceFile().fileName)
  if (declaration !== undefined && !machine.project.owns(declaration.getSourceFile())) {
    const owner =
      (declaration.parent as Node & { readonly name?: { readonly text?: string } } | undefined)?.name?.text ?? ''
    const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : ''
    const called = callLibrary(machine, {
      callee: { kind: 'external', from: from?.replace(/^@types\//, '') ?? '', path: `${owner}.${name}`, node },
      self,
      args,
      node,
      live: undefined
    })
    if (called !== undefined) return called
  }
  return machine.callUnknown(args, node)
}

/** Methods of strings, numbers and dates. A class of an application is unlikely to have them. */
const textMethods: ReadonlySet<string> = new Set(
  [String, Number, Date].flatMap(type => Object.getOwnPropertyNames(type.prototype))
    .filter(name =>
      /^(to[A-Z]|trim|split$|slice$|substr|pad|startsWith|endsWith|char|codePoint|locale|normalize|repeat|replaceAll|get(Time|Full|Month|Date|Hours|UTC))/
        .test(name)
    )
)

/** Methods of the connections of pg, mysql2 and others. They return a connection to its pool, and do not throw. */
const connectionMethods: ReadonlySet<string> = new Set(['release'])

function hasHarmlessName (ts: TypeScript, node: Expression): boolean {
  return ts.isPropertyAccessExpression(node) &&
    (textMethods.has(node.name.text) || connectionMethods.has(node.name.text))
}

/** Returns whether an expression starts with a value from a package. Functions of packages are not followed. */
function startsInPackage (machine: Machine, node: Expression): boolean {
  const { ts } = machine.project
  let at: Expression = node
  while (
    ts.isPropertyAccessExpression(at) || ts.isCallExpression(at) || ts.isElementAccessExpression(at) ||
    ts.isNonNullExpression(at) ||
    ts.isParenthesizedExpression(at) || ts.isAwaitExpression(at)
  ) {
    at = at.expression
    const values = ts.isIdentifier(at) ? readVariable(machine, at) : []
    if (
      values.some(value =>
        value.kind === 'external' || value.kind === 'native' ||
        (value.kind === 'live' && !isOfApplication(machine, value.value)) || value.kind === 'object' ||
        value.kind === 'promise'
      )
    ) return true
  }
  return ts.isArrayLiteralExpression(at) || ts.isStringLiteralLike(at) || ts.isNewExpression(at) ||
    ts.isTemplateExpression(at) || ts.isRegularExpressionLiteral(at)
}

/** Calls a catalog factory of which only the type is known. The type contains the code. */
function createTypedErrors (machine: Machine, node: CallExpression): Values {
  const { checker } = machine.project
  const type = getType(machine, node.expression)
  const parts = type === undefined ? [] : type.isUnion() ? type.types : [type]
  return parts.flatMap(part => {
    const code = part.getProperty('code')
    const status = part.getProperty('status')
    if (code === undefined || status === undefined || part.getCallSignatures().length === 0) return []
    const getLiterals = (symbol: TypeScriptSymbol): ReadonlyArray<string | number> => {
      const found = checker.getTypeOfSymbolAtLocation(symbol, node)
      return (found.isUnion() ? found.types : [found]).flatMap(each =>
        each.isStringLiteral() || each.isNumberLiteral() ? [each.value] : []
      )
    }
    const [only] = getLiterals(status)
    return getLiterals(code).map(each => catalogError(String(each), typeof only === 'number' ? only : undefined))
  })
}

function evaluateArguments (machine: Machine, nodes: readonly Expression[] | undefined): Values[] {
  const { ts } = machine.project
  const args: Values[] = []
  for (const node of nodes ?? []) {
    if (!ts.isSpreadElement(node)) {
      args.push(machine.evaluate(node))
      continue
    }
    const values = machine.evaluate(node.expression)
    const [only] = values
    if (values.length === 1 && only?.kind === 'object' && only.isArray && only.fields.size > 0) {
      args.push(...[...only.fields.values()])
    } else {
      const elements = machine.listElements(values, node)
      args.push(...Array.from({ length: 4 }, () => elements))
    }
  }
  return args
}

/** Returns the function of a call and its `this`. */
export function evaluateCallee (
  machine: Machine,
  node: Expression
): { readonly callees: Values, readonly self: Values } {
  const { ts } = machine.project
  const inner = unwrap(ts, node)
  if (ts.isPropertyAccessExpression(inner)) {
    if (inner.expression.kind === ts.SyntaxKind.SuperKeyword) {
      return { callees: readSuperMember(machine, inner.name.text, inner), self: machine.current.self }
    }
    const owners = machine.evaluate(inner.expression)
    const read = (present: Values): Values => machine.read(present, inner.name.text, inner)
    return { callees: ts.isOptionalChain(inner) ? readOptionally(owners, read) : read(owners), self: owners }
  }
  if (ts.isElementAccessExpression(inner)) {
    const owners = machine.evaluate(inner.expression)
    return { callees: machine.evaluate(inner), self: owners }
  }
  return { callees: machine.evaluate(inner), self: [] }
}

export function evaluateNew (machine: Machine, node: NewExpression): Values {
  const { callees } = evaluateCallee(machine, node.expression)
  const args = evaluateArguments(machine, node.arguments)
  const [only] = callees
  if (callees.length === 1 && only?.kind === 'unknown') {
    const symbol = only.type?.()?.symbol
    const declaration = symbol?.declarations?.find((found): found is ClassLikeDeclaration =>
      machine.project.ts.isClassLike(found)
    )
    if (declaration !== undefined && machine.project.owns(declaration.getSourceFile())) {
      return machine.construct([machine.getClassValue(declaration, undefined)], args, node)
    }
  }
  const special = only?.kind === 'external' && only.from === ''
    ? callGlobal(machine, `new ${only.path}`, args, node)
    : undefined
  if (special !== undefined) return special
  return machine.construct(callees, args, node)
}
