/** Calls values of any kind. An unknown function of a package is assumed to call the functions that it receives. */
import { types } from 'node:util'
import type { Node } from 'typescript'
import { getOriginalFunction } from '../../fastify/guard-hooks.js'
import { callGlobal, deferringFunctions } from '../builtins.js'
import { callLibrary } from '../libraries.js'
import { validated } from '../library-context.js'
import { returnsRandomValue } from '../random-values.js'
import {
  type ExternalValue,
  type FunctionValue,
  type LiveValue,
  type ObjectValue,
  type ThrownError,
  type Value,
  type Values,
  native,
  promise,
  random,
  union,
  unknown
} from '../values.js'
import { isErrorLike, isUnchecked } from './compare-values.js'
import { createFactoryError, toExternal, isOfApplication } from './live-objects.js'
import type { Machine } from './state/machine.js'
import { getAwaitedType, getType, createUnknown } from './nodes.js'
import { getPromiseKind } from './promises.js'
import { isNodeCallback, getParameters } from './syntax.js'

/** Calls each of the values. */
export function call (machine: Machine, callees: Values, self: Values, args: readonly Values[], node?: Node): Values {
  return union(...callees.map(callee => machine.callValue(callee, self, args, node)))
}

export function callValue (
  machine: Machine,
  callee: Value,
  self: Values,
  args: readonly Values[],
  node: Node | undefined
): Values {
  switch (callee.kind) {
    case 'native':
      return callee.call(args, self, node as Node)
    case 'function':
      return machine.callFunction(callee, callee.self ?? self, args)
    case 'live':
      return callLive(machine, callee, self, args, node)
    case 'external':
      return machine.callExternal(callee, self, args, node)
    case 'class':
      return machine.construct([callee], args, node)
    default:
      return machine.callUnknown(args, node)
  }
}

/** Returns an error of a catalog with the message that its factory received, if that is a constant. */
function withMessage (error: ObjectValue, [init = []]: readonly Values[]): ObjectValue {
  const [given] = init
  const [message] = given?.kind === 'object' ? given.fields.get('message') ?? [] : []
  if (message?.kind === 'literal') error.fields.set('message', [message])
  return error
}

function callLive (
  machine: Machine,
  callee: LiveValue,
  self: Values,
  args: readonly Values[],
  node: Node | undefined
): Values {
  if (typeof callee.value !== 'function' || types.isProxy(callee.value)) return machine.callUnknown(args, node)
  const factory = createFactoryError(callee.value)
  if (factory !== undefined) return [withMessage(factory, args)]
  const original = getOriginalFunction(callee.value)
  if (original !== callee.value) return machine.call([machine.live(original)], self, args, node)
  const bound = machine.inspector.getBound(callee.value)
  if (bound !== undefined) {
    return machine.call([machine.live(bound.target)], [machine.liveValue(bound.self)], [
      ...bound.args.map(arg => [machine.liveValue(arg)]),
      ...args
    ], node)
  }
  const found = machine.findSource(callee)
  if (found === undefined) return machine.callExternal(toExternal(machine, callee), self, args, node, callee)
  return found.kind === 'class'
    ? machine.construct([found], args, node)
    : machine.callFunction(found, found.self ?? self, args)
}

/** Built-in methods that store a function without calling it. */
const storingMethods: ReadonlySet<string> = new Set(['push', 'unshift', 'add', 'set', 'splice', 'fill', 'with'])

/**
 * Calls a function of a package or a built-in function. If the function is not modeled, its callbacks are assumed to
 * run.
 */
export function callExternal (
  machine: Machine,
  callee: ExternalValue,
  self: Values,
  args: readonly Values[],
  node: Node | undefined,
  live?: LiveValue
): Values {
  if (returnsRandomValue(callee)) return [random()]
  if (isValidation(callee) && args.some(isUnchecked)) machine.recordRead(validated)
  const known = callLibrary(machine, { callee, self, args, node, live }) ??
    (callee.from === '' ? callGlobal(machine, callee.path, args, node) : undefined)
  if (known !== undefined) return known
  if (callee.from === '' && storingMethods.has(callee.path.split('.').at(-1) as string)) return [unknown()]
  const wrapped = live === undefined ? [] : findWrappedFunctions(machine, live.value, 0)
  if (wrapped.length > 0) {
    return withoutLiterals(
      union(...wrapped.map(({ fn, args: first }) =>
        machine.call([machine.live(fn)], self, [...first.map(arg => [machine.liveValue(arg)]), ...args], node)
      ))
    )
  }
  const wrapper = node === undefined ? undefined : createWrapper(machine, callee, args, node)
  return wrapper === undefined ? machine.callUnknown(args, node) : [wrapper]
}

/**
 * Returns whether a function of a package can validate its argument: `schema.validate(body)`, `isEmail(body.email)`.
 */
function isValidation ({ from, path }: ExternalValue): boolean {
  const name = path.split('.').at(-1) as string
  return /^(validate\w*|assert\w*|check\w*|parse(Async)?|safeParse(Async)?|is[A-Z]\w*|cast)$/.test(name) &&
    !(from === '' && (path.includes('.') || /^is(NaN|Finite)$/.test(name)))
}

/** Marks the result of a wrapped function as uncertain, because the package can change it: `complement(isOpen)`. */
function withoutLiterals (values: Values): Values {
  return values.map(value => value.kind === 'literal' ? unknown() : value)
}

/** Returns a wrapper, such as the result of `partial`, which calls the inner function. */
function createWrapper (
  machine: Machine,
  { path }: ExternalValue,
  args: readonly Values[],
  node: Node
): Value | undefined {
  const { ts } = machine.project
  const [first = [], ...others] = args
  if (
    !ts.isCallExpression(node) ||
    !first.some(value => listFunctions(machine, value).length > 0 && value.kind !== 'object')
  ) return undefined
  if ((getType(machine, node)?.getCallSignatures().length ?? 0) === 0) return undefined
  const bound = !/partial$/.test(path)
    ? []
    : others.flatMap(values => {
      const [only] = values
      return only?.kind === 'object' && only.isArray ? [...only.fields.values()] : [values]
    })
  return native('wrapped', (given, self, at) => withoutLiterals(machine.call(first, self, [...bound, ...given], at)))
}

interface Wrapped {
  readonly fn: object
  /** Returns the arguments that the package adds before the arguments of the call. */
  readonly args: readonly unknown[]
}

/** A scope with more variables than this is the scope of a file, not of a function that wraps another function. */
const maxClosed = 12

/**
 * Returns functions of the application in the closure of a package's function, as in the results of `partial`,
 * `memoize` and `once`.
 */
function findWrappedFunctions (machine: Machine, fn: object, depth: number): Wrapped[] {
  // A function with rest parameters has two scopes: one for its parameters, and one for its variables.
  const held = machine.inspector.getScopes(fn).slice(0, 2).filter(scope => Object.keys(scope).length <= maxClosed)
    .flatMap(scope => Object.values(scope))
  const functions = held.filter((value): value is object => typeof value === 'function' && value !== fn)
  const args = held.find((value): value is unknown[] => Array.isArray(value) && value.length > 0) ?? []
  return functions.flatMap(each =>
    isOfApplication(machine, each)
      ? [{ fn: each, args }]
      : depth < 2
        ? findWrappedFunctions(machine, each, depth + 1)
          .map(found => ({ fn: found.fn, args: [...found.args, ...args] }))
        : []
  )
}

/** Models an unknown call: functions among the arguments are called, and their errors are thrown. */
export function callUnknown (machine: Machine, args: readonly Values[], node: Node | undefined): Values {
  const held: Value[] = []
  const promised: ThrownError[] = []
  let hasCallback = false
  const isLater = node !== undefined && runsLater(machine, node)
  for (const arg of args) {
    for (const value of arg) {
      if (isErrorLike(value)) held.push(value)
      if (value.kind === 'promise') promised.push(...value.throws)
      if (value.kind === 'object' && value.isArray) {
        promised.push(
          ...[...value.fields.values(), value.elements].flat().flatMap(each =>
            each.kind === 'promise' ? each.throws : []
          )
        )
      }
      for (const fn of listFunctions(machine, value)) {
        hasCallback = true
        if (isLater || isNodeCallback(machine.project.ts, fn)) {
          machine.runDetached(() => {
            machine.callFunction(fn, [], [])
          })
          continue
        }
        const throws = machine.catch(() => {
          const returned = machine.callFunction(
            fn,
            [],
            getParameters(fn.node).map(parameter => [createUnknown(machine, parameter)])
          )
          for (const value of returned) {
            if (value.kind === 'promise') promised.push(...value.throws)
            else if (isErrorLike(value)) held.push(value)
          }
        })
        promised.push(...throws)
      }
    }
  }
  const type = node === undefined ? undefined : () => getType(machine, node)
  const result = unknown(type, held)
  if (promised.length === 0) return [result]
  const kind = hasCallback && node !== undefined ? getPromiseKind(machine, node) : 'promise'
  if (kind === 'value') {
    machine.rethrow(promised)
    return [result]
  }
  return [promise([unknown(type === undefined ? undefined : () => getAwaitedType(machine, type()), held)], promised)]
}

/** Returns whether callbacks run when the request no longer waits for them, as with emitters, timers and workers. */
function runsLater (machine: Machine, node: Node): boolean {
  const { ts } = machine.project
  if (ts.isNewExpression(node)) return true
  if (!ts.isCallExpression(node)) return false
  const name = ts.isPropertyAccessExpression(node.expression)
    ? node.expression.name.text
    : ts.isIdentifier(node.expression)
      ? node.expression.text
      : ''
  return deferringFunctions.has(name)
}

/** Returns the functions of the application in a value: the value itself, or the methods of an options object. */
function listFunctions (machine: Machine, value: Value): FunctionValue[] {
  if (value.kind === 'function') return [value]
  if (value.kind === 'live' && typeof value.value === 'function') {
    const found = isOfApplication(machine, value.value) ? machine.findSource(value) : undefined
    return found?.kind === 'function' ? [found] : []
  }
  if (value.kind === 'object' && value.cls === undefined && value.role === undefined && value.error === undefined) {
    return [...value.fields.values(), value.elements].flat().flatMap(field => field.kind === 'function' ? [field] : [])
  }
  return []
}
