/** Converts objects of the running application to values, and finds the source of live functions. */
import { types } from 'node:util'
import type { Node } from 'typescript'
import { catalogError } from '../error-values.js'
import { getPackageName } from '../project.js'
import {
  type ClassValue,
  type Environment,
  type ExternalValue,
  type FunctionValue,
  type LiveValue,
  type ObjectValue,
  type Value,
  literal,
  nextId,
  object,
  unknown
} from '../values.js'
import { getOwnValue } from './compare-values.js'
import type { Machine } from './state/machine.js'

/** Returns the value of an object of the application. */
export function live (machine: Machine, value: object): LiveValue {
  let known = machine.liveValues.get(value)
  if (known === undefined) machine.liveValues.set(value, known = { kind: 'live', id: nextId(), value })
  return known
}

/** Returns the value for any value in the application. */
export function liveValue (machine: Machine, value: unknown): Value {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? machine.live(value)
    : typeof value === 'symbol'
      ? unknown()
      : literal(value as string, false)
}

/**
 * Returns the request or the reply of a scope. All requests share it, so that the handler sees the properties that
 * hooks set.
 */
export function getRoleObject (
  machine: Machine,
  role: 'request' | 'reply',
  scope: LiveValue,
  prototype: LiveValue | undefined
): ObjectValue {
  const key = `${role} ${scope.id}`
  let known = machine.roles.get(key)
  if (known === undefined) {
    machine.roles.set(
      key,
      known = object({
        role,
        ...(prototype !== undefined && { base: prototype }),
        fields: new Map([['server', [scope]]])
      })
    )
  }
  return known
}

/**
 * Returns the source function or class of a live function. `undefined` for functions of packages and built-in
 * functions.
 */
export function findSource (machine: Machine, live: LiveValue): FunctionValue | ClassValue | undefined {
  if (typeof live.value !== 'function' || types.isProxy(live.value)) return undefined
  let found = machine.liveNodes.get(live.value)
  if (found === undefined) machine.liveNodes.set(live.value, found = findNode(machine, live) ?? null)
  return found ?? undefined
}

function findNode (machine: Machine, live: LiveValue): FunctionValue | ClassValue | undefined {
  const place = machine.inspector.locate(live.value)
  if (place === undefined || getPackageName(place.file) !== undefined) return undefined
  const isClass = /^class\b/.test(Function.prototype.toString.call(live.value))
  const node = machine.project.nodeAt(place, isClass)
  if (node === undefined || !machine.project.owns(node.getSourceFile())) return undefined
  const env = createLiveEnvironment(machine, live.value, node)
  if (machine.project.ts.isClassLike(node)) return { kind: 'class', id: live.id, node, env, live }
  const home = machine.project.ts.isClassLike(node.parent) ? machine.getClassValue(node.parent, env) : undefined
  return { kind: 'function', id: live.id, node, env, self: undefined, home }
}

function createLiveEnvironment (machine: Machine, fn: object, node: Node): Environment {
  let env = machine.liveEnvs.get(fn)
  if (env === undefined) {
    const scopes = machine.inspector.getScopes(fn)
    machine.liveEnvs.set(fn, env = { id: nextId(), scopes })
    const { fileName } = node.getSourceFile()
    const known = machine.moduleScopes.get(fileName) ?? []
    const [last] = scopes.filter(scope => !('module' in scope && 'require' in scope && Object.keys(scope).length <= 5))
      .slice(-1)
    if (last !== undefined && !known.includes(last)) machine.moduleScopes.set(fileName, [...known, last])
  }
  return env
}

export function isOfApplication (machine: Machine, fn: object): boolean {
  return !types.isProxy(fn) && machine.findSource(machine.live(fn)) !== undefined
}

export function toExternal (machine: Machine, live: LiveValue): ExternalValue {
  const place = machine.inspector.locate(live.value)
  const name = Object.getOwnPropertyDescriptor(live.value, 'name')?.value
  return {
    kind: 'external',
    from: place === undefined ? '' : getPackageName(place.file) ?? 'unknown',
    path: typeof name === 'string' ? name : '',
    node: undefined
  }
}

/** Returns the error that a catalog factory creates. `undefined` if the function is not such a factory. */
export function createFactoryError (fn: object): ObjectValue | undefined {
  const code = getOwnValue(fn, 'code')
  const status = getOwnValue(fn, 'status')
  if (
    typeof code !== 'string' || typeof status !== 'number' || getOwnValue(fn, 'type') === undefined ||
    getOwnValue(fn, 'message') === undefined
  ) return undefined
  return catalogError(code, status)
}
