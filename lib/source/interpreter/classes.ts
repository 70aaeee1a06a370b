/** Finds the base classes, methods and static members of classes. */
import type { Expression, Node, Type } from 'typescript'
import { type Cls, type Obj, type Value, type Values, literal, nextId, object, unknown } from '../values.js'
import { inClass } from './activations.js'
import { ownValue } from './compare-values.js'
import type { Machine } from './machine.js'
import { memberOf, memberOfLive } from './members.js'
import { typeOf } from './nodes.js'
import { isReadonly, isStatic } from './syntax.js'

/** Returns the names of the base classes that are not in the source. Every error has `Error` among them. */
export function externalBases (machine: Machine, cls: Cls): readonly string[] {
  const live = cls.live?.value as { readonly prototype?: object } | undefined
  if (live?.prototype !== undefined) {
    return listConstructorNames(Object.getPrototypeOf(live.prototype))
  }
  const base = machine.baseOf(cls)
  if (base === undefined) return []
  if (base.kind === 'class') return externalBases(machine, base)
  if (base.kind === 'live' && typeof base.value === 'function') return externalBases(machine, { kind: 'class', id: base.id, node: undefined, env: undefined, live: base }).concat((base.value as { name: string }).name)
  if (base.kind === 'external') return errorNamesOfPath(base.path)
  return base.kind === 'unknown' ? errorNamesOfType(base.type?.()) : []
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

/** Returns the names of a package's class of which only the path is known. A class whose name ends in Error extends Error. */
export function errorNamesOfPath (path: string): readonly string[] {
  const name = path.split('.').at(-1) as string
  return name.endsWith('Error') ? [name, 'Error'] : []
}

function errorNamesOfType (type: Type | undefined): readonly string[] {
  const names = (type?.getConstructSignatures() ?? []).flatMap(signature => {
    const made = signature.getReturnType()
    return made.getProperty('stack') !== undefined && made.getProperty('message') !== undefined ? ['Error'] : []
  })
  return names
}

/** Returns the base class of a class. */
export function baseOf (machine: Machine, cls: Cls): Value | undefined {
  const { ts } = machine.project
  const live = cls.live === undefined ? undefined : Object.getPrototypeOf(cls.live.value) as object | null
  if (typeof live === 'function' && live !== Function.prototype) return machine.nodeOf(machine.live(live)) ?? machine.live(live)
  const clause = cls.node?.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0]
  if (clause === undefined) return undefined
  const [found] = inClass(machine, cls, [], () => machine.evaluate(clause.expression))
  if (found?.kind === 'live') return machine.nodeOf(found) ?? found
  return found
}

/** Returns a method, a getter or an inherited field of a class. */
export function methodOf (machine: Machine, cls: Cls, name: string, owner: Obj): Values | undefined {
  const { ts } = machine.project
  for (let at: Value | undefined = cls; at?.kind === 'class'; at = machine.baseOf(at)) {
    for (const member of at.node?.members ?? []) {
      if (member.name === undefined || isStatic(ts, member) || machine.propertyName(member.name) !== name) continue
      if (ts.isMethodDeclaration(member) && member.body !== undefined) return [{ kind: 'function', id: nextId(), node: member, env: at.env, self: [owner], home: at }]
      if (ts.isGetAccessor(member) && member.body !== undefined) return machine.callFunction({ kind: 'function', id: nextId(), node: member, env: at.env, self: [owner], home: at }, [owner], [])
    }
  }
  const prototype = (cls.live?.value as { readonly prototype?: object } | undefined)?.prototype
  if (prototype !== undefined && name !== 'constructor') {
    for (let at: object | null = prototype; at !== null && at !== Object.prototype && at !== Error.prototype; at = Object.getPrototypeOf(at)) {
      const descriptor = Object.getOwnPropertyDescriptor(at, name)
      if (descriptor?.value !== undefined) return [typeof descriptor.value === 'object' || typeof descriptor.value === 'function' ? machine.live(descriptor.value as object) : literal(descriptor.value as string)]
    }
  }
  if (name === 'constructor') return [cls.live ?? cls]
  return undefined
}

export function staticMember (machine: Machine, cls: Cls, name: string, node: Node): Values {
  const { ts } = machine.project
  const set = machine.staticFields.get(`${cls.id} ${name}`)
  if (set !== undefined) return set
  for (let at: Value | undefined = cls; at !== undefined; at = at.kind === 'class' ? machine.baseOf(at) : undefined) {
    if (at.kind !== 'class') return memberOf(machine, at, name, node)
    for (const member of at.node?.members ?? []) {
      if (member.name === undefined || !isStatic(ts, member) || machine.propertyName(member.name) !== name) continue
      const home = at
      if (ts.isMethodDeclaration(member) && member.body !== undefined) return [{ kind: 'function', id: nextId(), node: member, env: at.env, self: [cls], home }]
      if (ts.isGetAccessor(member)) return machine.callFunction({ kind: 'function', id: nextId(), node: member, env: at.env, self: [cls], home }, [cls], [])
      if (ts.isPropertyDeclaration(member) && member.initializer !== undefined) {
        const live = at.live === undefined ? undefined : ownValue(at.live.value, name)
        if ((typeof live === 'object' && live !== null) || typeof live === 'function') return [machine.live(live)]
        const values = inClass(machine, at, [at], () => machine.evaluate(member.initializer as Expression))
        return isReadonly(ts, member) ? values : values.map(value => value.kind === 'literal' ? literal(value.value, false) : value)
      }
    }
  }
  if (name === 'name') return [literal(cls.node?.name?.text ?? '')]
  return cls.live === undefined ? [unknown(() => typeOf(machine, node))] : memberOfLive(machine, cls.live, name, node)
}

export function superMember (machine: Machine, name: string, node: Node): Values {
  const { act } = machine
  const base = act.home === undefined ? undefined : machine.baseOf(act.home)
  const [self] = act.self
  if (base === undefined) return [unknown()]
  if (base.kind !== 'class') return [unknown(() => typeOf(machine, node))]
  if (self?.kind === 'class') return machine.staticMember(base, name, node)
  const found = machine.methodOf(base, name, object())
  return (found ?? [unknown()]).map(value => value.kind === 'function' ? { ...value, self: act.self } : value)
}
