/** Finds the exports of files, for import and for require(). */
import type { ClassLikeDeclaration, Declaration, Expression, Symbol as TypeScriptSymbol } from 'typescript'
import type { Value, Values } from '../values.js'
import type { Machine } from './state/machine.js'
import { externalValue, readFromScopes, isConstant, isModuleLevel } from './variables.js'

/** Returns the result of `require()` for a file or a package. */
export function evaluateRequire (machine: Machine, expression: Expression): Values | undefined {
  const { ts, checker } = machine.project
  if (
    !ts.isCallExpression(expression) || !ts.isIdentifier(expression.expression) ||
    expression.expression.text !== 'require'
  ) return undefined
  const [name] = expression.arguments
  if (name === undefined || !ts.isStringLiteral(name)) return undefined
  const symbol = checker.getSymbolAtLocation(name)
  const file = symbol?.declarations?.find(ts.isSourceFile)
  if (file !== undefined && machine.project.owns(file)) {
    const live = machine.liveExports.get(file.fileName)
    if (live !== undefined) return [machine.live(live)]
    return [{ kind: 'module', symbol: symbol as TypeScriptSymbol }]
  }
  return [externalValue(name.text, '', expression)]
}

export function findExport (machine: Machine, declaration: Declaration, name: string): Value | undefined {
  const { fileName } = declaration.getSourceFile()
  const own = readFromScopes(machine, machine.moduleScopes.get(fileName) ?? [], name, isConstant(machine, declaration))
    ?.[0]
  if (own !== undefined) return own
  const exports = machine.liveExports.get(fileName) as Record<string, unknown> | undefined
  const value = exports !== undefined && Object.hasOwn(exports, name) ? exports[name] : undefined
  return typeof value === 'object' || typeof value === 'function'
    ? value === null ? undefined : machine.live(value)
    : undefined
}

export function findExportedClass (machine: Machine, declaration: ClassLikeDeclaration): Value | undefined {
  const name = declaration.name?.text ?? 'default'
  const value = isModuleLevel(machine, declaration) ? machine.findExport(declaration, name) : undefined
  return value?.kind === 'live' ? machine.findSource(value) : undefined
}
