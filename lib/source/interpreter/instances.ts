/** Creates instances: runs the constructors and field initializers of a class on a new object. */
import { types } from 'node:util'
import type { ClassLikeDeclaration, Expression, Node } from 'typescript'
import {
  type ClassValue,
  type FunctionValue,
  type LiveValue,
  type ObjectValue,
  type Value,
  type Values,
  nextId,
  undefinedValues,
  object,
  union,
  unknown
} from '../values.js'
import { evaluateInClass } from './state/activations.js'
import { listErrorNamesOfPath, listExternalBases, listConstructorNames } from './classes.js'
import { toExternal } from './live-objects.js'
import type { Machine } from './state/machine.js'
import { createUnknown } from './nodes.js'
import { isStatic, getParameters } from './syntax.js'

/** Creates an instance of a class. */
export function construct (machine: Machine, callees: Values, args: readonly Values[], node: Node | undefined): Values {
  return union(...callees.map(callee => {
    if (callee.kind === 'live') {
      const bound = typeof callee.value === 'function' ? machine.inspector.getBound(callee.value) : undefined
      if (bound !== undefined) return machine.construct([machine.live(bound.target)], args, node)
      const found = machine.findSource(callee)
      if (found?.kind === 'class') return machine.construct([found], args, node)
      if (found?.kind === 'function') return constructFunction(machine, callee, found, args)
      return toErrorInstance(
        machine.callExternal(toExternal(machine, callee), [], args, node, callee),
        listErrorNamesOfLive(callee.value)
      )
    }
    if (callee.kind === 'external') {
      return toErrorInstance(machine.callExternal(callee, [], args, node), listErrorNamesOfPath(callee.path))
    }
    if (callee.kind === 'native') return callee.call(args, [], node as Node)
    if (callee.kind === 'function') return constructFunction(machine, undefined, callee, args)
    if (callee.kind !== 'class') return machine.callUnknown(args, node)
    const names = listExternalBases(machine, callee)
    const instance = object({
      cls: callee,
      ...(names.includes('Error') && { error: { origin: 'thrown' as const, names, isUncertain: false } })
    })
    initializeInstance(machine, callee, instance, args, node)
    if (instance.error !== undefined && !instance.fields.has('message')) instance.fields.set('message', [unknown()])
    return [instance]
  }))
}

/**
 * Treats an instance of a package's class as an error if the class extends Error and the instance is otherwise unknown.
 */
function toErrorInstance (made: Values, names: readonly string[]): Values {
  return names.length === 0 || made.some(({ kind }) => kind !== 'unknown')
    ? made
    : [object({ error: { origin: 'thrown', names, isUncertain: false }, fields: new Map([['message', [unknown()]]]) })]
}

/** Returns the names of a class and of its bases, if it extends Error. */
function listErrorNamesOfLive (value: object): readonly string[] {
  const { prototype = null } = types.isProxy(value) ? {} : value as { readonly prototype?: object }
  const names = listConstructorNames(prototype)
  return names.includes('Error') ? names : []
}

/** Runs a constructor function, which is the older form of a class: `function Failure () { this.statusCode = 404 }`. */
function constructFunction (
  machine: Machine,
  live: LiveValue | undefined,
  fn: FunctionValue,
  args: readonly Values[]
): Values {
  const isError = live !== undefined &&
    Object.prototype.isPrototypeOf.call(
      Error.prototype,
      (live.value as { readonly prototype?: object }).prototype ?? {}
    )
  const cls: ClassValue = { kind: 'class', id: fn.id, node: undefined, env: undefined, live }
  const instance = object({
    cls,
    ...(isError && { error: { origin: 'thrown' as const, names: ['Error'], isUncertain: false } })
  })
  const returned = machine.callFunction(fn, [instance], args).filter(value => value.kind !== 'literal')
  return returned.length > 0 ? returned : [instance]
}

/** Runs the constructors and field initializers of a class on an instance. */
function initializeInstance (
  machine: Machine,
  cls: ClassValue,
  instance: ObjectValue,
  args: readonly Values[],
  node: Node | undefined
): void {
  const { ts } = machine.project
  if (cls.node === undefined) return
  const own = cls.node.members.find(member => ts.isConstructorDeclaration(member) && member.body !== undefined)
  const base = machine.getBaseClass(cls)
  const fields = (): void => {
    for (const member of (cls.node as ClassLikeDeclaration).members) {
      if (!ts.isPropertyDeclaration(member) || isStatic(ts, member)) continue
      const name = machine.toPropertyName(member.name)
      if (name === undefined) continue
      if (member.initializer === undefined) {
        if (!instance.fields.has(name)) continue
      } else {
        instance.fields.set(
          name,
          evaluateInClass(machine, cls, [instance], () => machine.evaluate(member.initializer as Expression))
        )
      }
    }
  }
  const callBase = (given: readonly Values[]): void => {
    if (base?.kind === 'class') initializeInstance(machine, base, instance, given, node)
    else if (base !== undefined) initializeExternal(machine, base, instance, given, node)
    fields()
  }
  if (own === undefined || !ts.isConstructorDeclaration(own)) {
    callBase(args)
    return
  }
  const fn: FunctionValue = { kind: 'function', id: nextId(), node: own, env: cls.env, self: [instance], home: cls }
  if (base === undefined) fields()
  machine.constructing.push({ instance, callBase })
  for (const [index, parameter] of getParameters(own).entries()) {
    if (ts.isParameterPropertyDeclaration(parameter, own) && ts.isIdentifier(parameter.name)) {
      const given = args[index] ??
        (parameter.initializer === undefined
          ? undefinedValues
          : evaluateInClass(machine, cls, [instance], () => machine.evaluate(parameter.initializer as Expression)))
      instance.fields.set(
        parameter.name.text,
        given.every(value => value.kind === 'unknown') ? [createUnknown(machine, parameter)] : given
      )
    }
  }
  const outcome = machine.runFunction(fn, [instance], args)
  machine.constructing.pop()
  machine.addOutcome(fn, outcome)
}

/** Adds the fields of an error to an instance whose base class is built in or from a package. */
function initializeExternal (
  machine: Machine,
  base: Value,
  instance: ObjectValue,
  args: readonly Values[],
  node: Node | undefined
): void {
  if (base.kind === 'external' && base.from === '' && args[0] !== undefined) instance.fields.set('message', args[0])
  const made = machine.callValue(base, [], args, node)
  for (const value of made) {
    if (value.kind !== 'object') continue
    for (const [name, values] of value.fields) if (!instance.fields.has(name)) instance.fields.set(name, values)
    if (value.error !== undefined) {
      instance.error = { ...value.error, names: [...new Set([...instance.error?.names ?? [], ...value.error.names])] }
    }
  }
}
