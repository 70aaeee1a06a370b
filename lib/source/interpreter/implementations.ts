/** Finds the methods that implement a method of an interface or an abstract class. */
import type { ClassLikeDeclaration, Declaration, Node, Symbol as TypeScriptSymbol } from 'typescript'
import { isFunctionNode } from '../project.js'
import type { FunctionValue } from '../values.js'
import type { Machine } from './state/machine.js'
import { getFunctionValue, getType } from './nodes.js'

/** Returns the methods of the application that implement a method without a body. */
export function getImplementations (
  machine: Machine,
  symbol: TypeScriptSymbol,
  declaration: Declaration
): readonly FunctionValue[] {
  let found = machine.implementations.get(symbol)
  if (found === undefined) {
    machine.implementations.set(symbol, found = findImplementations(machine, symbol.name, declaration.parent))
  }
  return found
}

function findImplementations (machine: Machine, name: string, of: Node): FunctionValue[] {
  const { ts, program, checker } = machine.project
  const wanted = ts.isInterfaceDeclaration(of) || ts.isClassLike(of)
    ? checker.getSymbolAtLocation(of.name as Node)
    : undefined
  const wantedType = getType(machine, of)
  const found: FunctionValue[] = []
  const visit = (node: Node): void => {
    if (ts.isClassLike(node) && node !== of && wanted !== undefined && extendsClass(machine, node, wanted, 0)) {
      for (const member of node.members) {
        if (member.name !== undefined && machine.toPropertyName(member.name) === name) {
          const home = machine.getClassValue(node, undefined)
          if (ts.isMethodDeclaration(member) && member.body !== undefined) {
            found.push({ ...getFunctionValue(machine, member, home) })
          }
          if (
            ts.isPropertyDeclaration(member) && member.initializer !== undefined &&
            isFunctionNode(ts, member.initializer)
          ) found.push(getFunctionValue(machine, member.initializer, home))
        }
      }
    } else if (ts.isObjectLiteralExpression(node) && wantedType !== undefined) {
      const property = node.properties.find(each =>
        each.name !== undefined && machine.toPropertyName(each.name) === name
      )
      const value = property === undefined
        ? undefined
        : ts.isMethodDeclaration(property)
          ? property
          : ts.isPropertyAssignment(property)
            ? property.initializer
            : undefined
      if (value !== undefined && isFunctionNode(ts, value)) {
        const context = checker.getContextualType(node)
        if (context !== undefined && (context === wantedType || context.symbol === wantedType.symbol)) {
          found.push(getFunctionValue(machine, value))
        }
      }
    }
    ts.forEachChild(node, visit)
  }
  for (const file of program.getSourceFiles()) if (machine.project.owns(file)) visit(file)
  return found
}

function extendsClass (machine: Machine, node: ClassLikeDeclaration, wanted: TypeScriptSymbol, depth: number): boolean {
  const { checker, ts } = machine.project
  if (depth > 8) return false
  return (node.heritageClauses ?? []).some(clause =>
    clause.types.some(({ expression }) => {
      let symbol = checker.getSymbolAtLocation(expression)
      if (symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0) symbol = checker.getAliasedSymbol(symbol)
      if (symbol === wanted) return true
      const above = symbol?.declarations?.find((found): found is ClassLikeDeclaration => ts.isClassLike(found))
      const extended = symbol?.declarations?.find(ts.isInterfaceDeclaration)
      if (above !== undefined) return extendsClass(machine, above, wanted, depth + 1)
      return extended !== undefined &&
        extendsClass(machine, extended as unknown as ClassLikeDeclaration, wanted, depth + 1)
    })
  )
}
