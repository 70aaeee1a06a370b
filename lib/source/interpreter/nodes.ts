/** Creates values for functions and classes of the source, and finds types and lines of nodes. */
import type { ClassLikeDeclaration, Node, ParameterDeclaration, Type } from 'typescript'
import type { FunctionNode } from '../project.js'
import { type ClassValue, type Environment, type FunctionValue, type Value, nextId, unknown } from '../values.js'
import type { Site } from '../project.js'
import type { Machine } from './state/machine.js'

export function getClassValue (machine: Machine, node: ClassLikeDeclaration, env: Environment | undefined): ClassValue {
  const known = env === undefined ? machine.statics.get(node) as ClassValue | undefined : undefined
  if (known !== undefined) return known
  const made: ClassValue = { kind: 'class', id: nextId(), node, env, live: undefined }
  if (env === undefined) machine.statics.set(node, made)
  return made
}

export function getFunctionValue (machine: Machine, node: FunctionNode, home?: ClassValue): FunctionValue {
  let known = machine.statics.get(node) as FunctionValue | undefined
  if (known === undefined) {
    machine.statics.set(node, known = { kind: 'function', id: nextId(), node, env: undefined, self: undefined, home })
  }
  return known
}

export function getType (machine: Machine, node: Node): Type | undefined {
  return machine.project.checker.getTypeAtLocation(node)
}

export function getAwaitedType (machine: Machine, type: Type | undefined): Type | undefined {
  return type === undefined ? undefined : machine.project.checker.getAwaitedType(type) ?? type
}

export function createUnknown (machine: Machine, node: Node, isInput = false): Value {
  return unknown(() => getType(machine, node), [], false, isInput)
}

export function getFunctionName (machine: Machine, fn: FunctionValue): string | undefined {
  const { ts } = machine.project
  const { node } = fn
  const of = fn.home?.node?.name?.text ?? (ts.isClassLike(node.parent) ? node.parent.name?.text : undefined)
  if (ts.isConstructorDeclaration(node)) return of === undefined ? undefined : `new ${of}`
  const named = node.name ?? (ts.isVariableDeclaration(node.parent) || ts.isPropertyDeclaration(node.parent) ||
      ts.isPropertyAssignment(node.parent)
    ? node.parent.name
    : undefined)
  if (named === undefined || !(ts.isIdentifier(named) || ts.isStringLiteral(named) || ts.isPrivateIdentifier(named))) {
    return undefined
  }
  const owner = of ??
    (ts.isPropertyDeclaration(node.parent) && ts.isClassLike(node.parent.parent)
      ? node.parent.parent.name?.text
      : undefined)
  return owner === undefined ? named.text : `${owner}.${named.text}`
}

/** Returns whether the type of a parameter is as specific as the type of its argument. */
export function hasOwnType (machine: Machine, parameter: ParameterDeclaration | undefined): boolean {
  return parameter === undefined ||
    (parameter.type !== undefined && parameter.type.kind !== machine.project.ts.SyntaxKind.AnyKeyword)
}

export function reportNotFollowed (machine: Machine, node: Node | undefined, reason: string): void {
  if (node === undefined || !machine.project.owns(node.getSourceFile())) return
  const site = getSite(machine, node)
  machine.notFollowed.set(`${site.file}:${site.line} ${reason}`, { ...site, reason })
}

/**
 * Returns the line of a node. If a package's function is a hook, its own line is used, because no line of the
 * application calls it.
 */
export function getSite (machine: Machine, node: Node): Site {
  return machine.project.ts.isSourceFile(node) ? machine.entry : machine.project.getSite(node)
}

/** Returns a node for calls that no line of the application makes. */
export function getAnyNode (machine: Machine): Node {
  return machine.project.program.getSourceFiles()[0] as Node
}
