/** Reads properties of values. Getters of the application are interpreted and never called. */
import { types } from 'node:util'
import type { Node, Type } from 'typescript'
import { readBuiltinMember } from '../builtins.js'
import { readCradleMember } from '../awilix.js'
import { readLibraryMember, callOrThrow } from '../libraries.js'
import { createQueryMethod } from '../databases/query-builders.js'
import {
  type PromiseValue,
  type LiveValue,
  type ObjectValue,
  type UnknownValue,
  type Value,
  type Values,
  createUnknownLike,
  isInUrl,
  literal,
  native,
  undefinedValues,
  promise,
  listTexts,
  union,
  unknown
} from '../values.js'
import { isModuleExports, isNullish } from './compare-values.js'
import type { Machine } from './state/machine.js'
import { getAwaitedType, getFunctionName, getType } from './nodes.js'
import { findUp } from './syntax.js'
import { externalValue, readSymbol } from './variables.js'

export function toPropertyName (machine: Machine, name: Node): string | undefined {
  const { ts } = machine.project
  if (
    ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) || ts.isPrivateIdentifier(name)
  ) return name.text
  if (ts.isComputedPropertyName(name)) return listTexts(machine.evaluate(name.expression))[0]
  return undefined
}

/**
 * Returns the values of an optional chain, such as `roles?.includes(role)`. It is undefined if its start is null or
 * undefined.
 */
export function readOptionally (owners: Values, read: (present: Values) => Values): Values {
  const present = owners.filter(owner => !isNullish(owner))
  if (present.length === owners.length) return read(owners)
  const missing = owners.flatMap(owner =>
    owner.kind === 'literal' && isNullish(owner) ? [literal(undefined, owner.isInSource)] : []
  )
  return union(present.length === 0 ? [] : read(present), missing)
}

/** Returns the property of each value. */
export function readMembers (machine: Machine, owners: Values, name: string | undefined, node: Node): Values {
  return union(...owners.map(owner => readMember(machine, owner, name, node)))
}

export function readMember (machine: Machine, owner: Value, name: string | undefined, node: Node): Values {
  if (name === undefined) return readAnyMember(machine, owner, node)
  const builtin = readBuiltinMember(machine, owner, name)
  if (builtin !== undefined) return builtin
  switch (owner.kind) {
    case 'live': {
      const cls = machine.findSource(owner)
      return cls?.kind === 'class'
        ? machine.readStaticMember(cls, name, node)
        : readLiveMember(machine, owner, name, node)
    }
    case 'object':
      return readObjectMember(machine, owner, name, node)
    case 'class':
      return machine.readStaticMember(owner, name, node)
    case 'function':
      return machine.staticFields.get(`${owner.id} ${name}`) ??
        (name === 'name' ? [literal(getFunctionName(machine, owner) ?? '')] : [unknown()])
    case 'module': {
      const symbol = machine.project.checker.getExportsOfModule(owner.symbol).find(each => each.name === name)
      return symbol === undefined ? [unknown()] : readSymbol(machine, symbol, node)
    }
    case 'external':
      return readLibraryMember(owner, name) ??
        [
          readConstant(machine, node) ??
            externalValue(owner.from, owner.path === '' ? name : `${owner.path}.${name}`, node)
        ]
    case 'promise':
      return owner.members?.(name) ??
        [
          owner.query !== undefined
            ? createQueryMethod(machine, owner, name)
            : owner.throws.length > 0 || owner.value.some(isModelRecord)
              ? createPromiseMethod(machine, owner, name)
              : unknown(() => getType(machine, node))
        ]
    case 'unknown':
      return machine.readMemberByType(owner, name, node)
    default:
      return [unknown()]
  }
}

/** Returns a constant of a package, such as `StatusCodes.NOT_FOUND`. Its type contains its value. */
function readConstant (machine: Machine, node: Node): Value | undefined {
  const type = getType(machine, node)
  return type?.isNumberLiteral() === true ? literal(type.value) : undefined
}

/**
 * Calls a method that a package adds to a promise, such as `got(url).json()` or `User.findOne().lean()`. It waits for
 * the promise.
 */
function createPromiseMethod (machine: Machine, owner: PromiseValue, name: string): Value {
  return native(name, (args, _, node) => {
    const failed = callOrThrow(machine, {
      callee: { kind: 'external', from: '', path: name, node },
      self: [owner],
      args,
      node,
      live: undefined
    }, name)
    if (failed !== undefined) return failed
    const type = (): Type | undefined => getAwaitedType(machine, getType(machine, node))
    return [promise([{ ...unknown(type), ...owner.value.find(isModelRecord), type }], owner.throws)]
  })
}

function isModelRecord (value: Value): value is UnknownValue {
  return value.kind === 'unknown' && value.model !== undefined
}

/** Returns all possible values of a property whose name is unknown. */
function readAnyMember (machine: Machine, owner: Value, node: Node): Values {
  if (owner.kind === 'object') return union(...owner.fields.values(), owner.elements)
  if (owner.kind === 'live' && !types.isProxy(owner.value)) {
    const names = listKeys(machine, node)
    const found = Object.entries(Object.getOwnPropertyDescriptors(owner.value)).flatMap(([name, { value }]) =>
      (names === undefined || names.includes(name)) &&
        ((typeof value === 'object' && value !== null) || typeof value === 'function')
        ? [machine.live(value as object)]
        : []
    )
    if (found.length > 0 && found.length <= 100) return found
  }
  const type = (): Type | undefined => getType(machine, node)
  if (owner.kind !== 'unknown') return [unknown(type)]
  return [{ ...createUnknownLike({ ...owner, isUrlParameter: isInUrl(owner) }, type), contents: owner.contents }]
}

/** Returns the possible names of a computed key, from its type. */
function listKeys (machine: Machine, node: Node): readonly string[] | undefined {
  const { ts } = machine.project
  if (!ts.isElementAccessExpression(node)) return undefined
  const type = getType(machine, node.argumentExpression)
  const parts = type === undefined ? [] : type.isUnion() ? type.types : [type]
  const names = parts.flatMap(part => part.isStringLiteral() ? [part.value] : [])
  return names.length > 0 && names.length === parts.length ? names : undefined
}

export function readLiveMember (machine: Machine, owner: LiveValue, name: string, node: Node): Values {
  if (types.isProxy(owner.value)) {
    return readCradleMember(machine, owner.value, name) ?? machine.readMemberByNode(node, name)
  }
  if (name.startsWith('#')) {
    const held = machine.inspector.getPrivateField(owner.value, name)
    return held === undefined ? machine.readMemberByNode(node, name) : [machine.liveValue(held)]
  }
  for (let at: object | null = owner.value; at !== null; at = types.isProxy(at) ? null : Object.getPrototypeOf(at)) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name)
    if (descriptor === undefined) continue
    if (descriptor.get !== undefined) return readAccessor(machine, owner, name, descriptor.get, node)
    const { value } = descriptor
    if (value === undefined || value === null) return machine.readMemberByNode(node, name)
    const found = machine.liveValue(value)
    return [bindArrowFunction(machine, found, owner)]
  }
  return machine.readMemberByNode(node, name)
}

/** Reads a getter without calling it. Getters that a compiler creates for module exports are safe to call. */
function readAccessor (machine: Machine, owner: LiveValue, name: string, get: () => unknown, node: Node): Values {
  if (isModuleExports(owner.value)) return [machine.liveValue(get.call(owner.value))]
  const known = readLibraryMember(owner, name, machine)
  if (known !== undefined) return known
  const found = machine.findSource(machine.live(get))
  return found?.kind === 'function' ? machine.callFunction(found, [owner], []) : machine.readMemberByNode(node, name)
}

/** Binds an arrow function of an object to the object if the function is written in the object's class. */
function bindArrowFunction (machine: Machine, value: Value, owner: LiveValue): Value {
  if (value.kind !== 'live' || typeof value.value !== 'function') return value
  const found = machine.findSource(value)
  const { ts } = machine.project
  if (
    found?.kind !== 'function' || !ts.isArrowFunction(found.node) ||
    findUp(found.node.parent, ts.isClassLike) === undefined
  ) return value
  return { ...found, self: [owner] }
}

export function readObjectMember (machine: Machine, owner: ObjectValue, name: string, node: Node): Values {
  const own = (owner.role === 'request' ? machine.properties?.get(name) : undefined) ?? owner.fields.get(name)
  if (own !== undefined) return own
  if (owner.isArray && /^\d+$/.test(name)) return owner.elements.length > 0 ? owner.elements : undefinedValues
  if (owner.role !== undefined) {
    const known = readLibraryMember(owner, name, machine)
    if (known !== undefined) return known
    const decorated = owner.base === undefined ? undefined : readDecorator(machine, owner, owner.base, name)
    const found = decorated ?? machine.readMemberByNode(node, name)
    return owner.role === 'request'
      ? found.map(value => value.kind === 'unknown' ? { ...value, isStored: true } : value)
      : found
  }
  if (owner.cls !== undefined) {
    const found = machine.readMethod(owner.cls, name, owner)
    if (found !== undefined) return found
  }
  if (owner.elements.length > 0) return owner.elements
  if (owner.error !== undefined) {
    if (name === 'name') {
      return owner.cls?.node?.name === undefined
        ? owner.error.names.slice(0, 1).map(each => literal(each))
        : [literal('Error')]
    }
    return owner.error.origin === 'external' ||
        !['statusCode', 'status', 'code', 'expose', 'output', 'isBoom'].includes(name)
      ? [unknown()]
      : undefinedValues
  }
  return owner.cls === undefined && !owner.isArray ? undefinedValues : [unknown(() => getType(machine, node))]
}

function readDecorator (machine: Machine, owner: ObjectValue, prototype: LiveValue, name: string): Values | undefined {
  for (
    let at: object | null = prototype.value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)
  ) {
    const descriptor = Object.getOwnPropertyDescriptor(at, name)
    if (descriptor === undefined) continue
    if (descriptor.get !== undefined) {
      const getter = machine.findSource(machine.live(descriptor.get))
      return getter?.kind === 'function' ? machine.callFunction(getter, [owner], []) : undefined
    }
    const value = descriptor.value as unknown
    return (typeof value === 'object' && value !== null) || typeof value === 'function'
      ? [machine.live(value)]
      : undefined
  }
  return undefined
}
