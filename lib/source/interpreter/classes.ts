/** Finds the base classes, methods and static members of classes. */
import type { Expression, Node, Type } from 'typescript'
import {
  type ClassValue,
  type ObjectValue,
  type Value,
  type Values,
  literal,
  nextId,
  object,
  unknown
} from '../values.js'
import { evaluateInClass } from './state/activations.js'
import { getOwnValue } from './compare-values.js'
import type { Machine } from './state/machine.js'
import { readMember, readLiveMember } from './members.js'
import { getType } from './nodes.js'
import { isReadonly, isStatic } from './syntax.js'

/** Returns the names of the base classes that are not in the source. Every error has `Error` among them. */
export function listExternalBases (machine: Machine, cls: ClassValue): readonly string[] {
  const live = cls.live?.value as { readonly prototype?: object } | undefined
  if (live?.prototype !== undefined) {
    return listConstructorNames(Object.getPrototypeOf(live.prototype))
  }
  const base = machine.getBaseClass(cls)
  if (base === undefined) return []
  if (base.kind === 'class') return listExternalBases(machine, base)
  if (base.kind === 'live' && typeof base.value === 'function') {
    return listExternalBases(machine, { kind: 'class', id: base.id, node: undefined, env: undefined, live: base })
      .concat((base.value as { name: string }).name)
  }
  if (base.kind === 'external') return listErrorNamesOfPath(base.path)
  return base.kind === 'unknown' ? listErrorNamesOfType(base.type?.()) : []
}

/** Returns the names of the constructors of a prototype and of the prototypes above it. */
export function listConstructorNames (prototype: object | null): string[] {
  const names: string[] = []
  for (let at = prototype; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    const name = Object.getOwnPropertyDescriptor(at, 'constructor')?.value?.name
    if (typeof name === 'string') names.push(name)
  }
  return names
}

/**
 * Returns the names of a package's class of which only the path is known. A class whose name ends in Error extends
 * Error.
 */
export function listErrorNamesOfPath (path: string): readonly string[] {
  const name = path.split('.').at(-1) as string
  return name.endsWith('Error') ? [name, 'Error'] : []
}

function listErrorNamesOfType (type: Type | undefined): readonly string[] {
  const names = (type?.getConstructSignatures() ?? []).flatMap(signature => {
    const made = signature.getReturnType()
    return made.getProperty('stack') !== undefined && made.getProperty('message') !== undefined ? ['Error'] : []
  })
  return names
}

/** Returns the base class of a class. */
export function getBaseClass (machine: Machine, cls: ClassValue): Value | undefined {
  const { ts } = machine.project
  const live = cls.live === undefined ? undefined : Object.getPrototypeOf(cls.live.value) as object | null
  if (typeof live === 'function' && live !== Function.prototype) {
    return machine.findSource(machine.live(live)) ?? machine.live(live)
  }
  const clause = cls.node?.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
  if (clause === undefined) return undefined
  const [found] = evaluateInClass(machine, cls, [], () => machine.evaluate(clause.expression))
  if (found?.kind === 'live') return machine.findSource(found) ?? found
  return found
}

/** Returns a method, a getter or an inherited field of a class. */
export function readMethod (machine: Machine, cls: ClassValue, name: string, owner: ObjectValue): Values | undefined {
  const { ts } = machine.project
  for (let at: Value | undefined = cls; at?.kind === 'class'; at = machine.getBaseClass(at)) {
    for (const member of at.node?.members ?? []) {
      if (member.name === undefined || isStatic(ts, member) || machine.toPropertyName(member.name) !== name) continue
      if (ts.isMethodDeclaration(member) && member.body !== undefined) {
        return [{ kind: 'function', id: nextId(), node: member, env: at.env, self: [owner], home: at }]
      }
      if (ts.isGetAccessor(member) && member.body !== undefined) {
        return machine.callFunction(
          { kind: 'function', id: nextId(), node: member, env: at.env, self: [owner], home: at },
          [owner],
          []
        )
      }
    }
  }
  const prototype = (cls.live?.value as { readonly prototype?: object } | undefined)?.prototype
  if (prototype !== undefined && name !== 'constructor') {
    for (
      let at: object | null = prototype;
      at !== null && at !== Object.prototype && at !== Error.prototype;
      at = Object.getPrototypeOf(at)
    ) {
      const descriptor = Object.getOwnPropertyDescriptor(at, name)
      if (descriptor?.value !== undefined) {
        return [
          typeof descriptor.value === 'object' || typeof descriptor.value === 'function'
            ? machine.live(descriptor.value as object)
            : literal(descriptor.value as string)
        ]
      }
    }
  }
  if (name === 'constructor') return [cls.live ?? cls]
  return undefined
}

export function readStaticMember (machine: Machine, cls: ClassValue, name: string, node: Node): Values {
  const { ts } = machine.project
  const set = machine.staticFields.get(`${cls.id} ${name}`)
  if (set !== undefined) return set
  for (
    let at: Value | undefined = cls; at !== undefined; at = at.kind === 'class' ? machine.getBaseClass(at) : undefined
  ) {
    if (at.kind !== 'class') return readMember(machine, at, name, node)
    for (const member of at.node?.members ?? []) {
      if (member.name === undefined || !isStatic(ts, member) || machine.toPropertyName(member.name) !== name) continue
      const home = at
      if (ts.isMethodDeclaration(member) && member.body !== undefined) {
        return [{ kind: 'function', id: nextId(), node: member, env: at.env, self: [cls], home }]
      }
      if (ts.isGetAccessor(member)) {
        return machine.callFunction({ kind: 'function', id: nextId(), node: member, env: at.env, self: [cls], home }, [
          cls
        ], [])
      }
      if (ts.isPropertyDeclaration(member) && member.initializer !== undefined) {
        const live = at.live === undefined ? undefined : getOwnValue(at.live.value, name)
        if ((typeof live === 'object' && live !== null) || typeof live === 'function') return [machine.live(live)]
        const values = evaluateInClass(machine, at, [at], () => machine.evaluate(member.initializer as Expression))
        return isReadonly(ts, member)
          ? values
          : values.map(value => value.kind === 'literal' ? literal(value.value, false) : value)
      }
    }
  }
  if (name === 'name') return [literal(cls.node?.name?.text ?? '')]
  return cls.live === undefined
    ? [unknown(() => getType(machine, node))]
    : readLiveMember(machine, cls.live, name, node)
}

/** Returns a method that a live object inherits from a class of a package. */
function findInheritedMethod (machine: Machine, name: string): Value | undefined {
  const { self: [self], home } = machine.current
  let isAbove = false
  for (
    let at = self?.kind === 'live' ? self.value : null; at !== null; at = Object.getPrototypeOf(at) as object | null
  ) {
    const method = isAbove ? Object.getOwnPropertyDescriptor(at, name)?.value as unknown : undefined
    if (typeof method === 'function') return machine.live(method)
    const owner = Object.getOwnPropertyDescriptor(at, 'constructor')?.value as unknown
    isAbove ||= typeof owner === 'function' && machine.findSource(machine.live(owner))?.node === home?.node
  }
  return undefined
}

export function readSuperMember (machine: Machine, name: string, node: Node): Values {
  const { current } = machine
  const base = current.home === undefined ? undefined : machine.getBaseClass(current.home)
  const [self] = current.self
  if (base === undefined) return [unknown()]
  if (base.kind !== 'class') return [findInheritedMethod(machine, name) ?? unknown(() => getType(machine, node))]
  if (self?.kind === 'class') return machine.readStaticMember(base, name, node)
  const found = machine.readMethod(base, name, object())
  return (found ?? [unknown()]).map(value => value.kind === 'function' ? { ...value, self: current.self } : value)
}
