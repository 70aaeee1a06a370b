/** Models how built-in objects of JavaScript handle errors: promises, arrays, maps, functions and global functions. */
import { types } from 'node:util'
import type { Node } from 'typescript'
import { plainError } from './error-values.js'
import type { LibraryContext } from './library-context.js'
import { reflectMetadata } from './nest.js'
import {
  literal,
  native,
  undefinedValues,
  object,
  promise,
  listTexts,
  union,
  unknown,
  isRandom,
  random,
  type PromiseValue,
  type ObjectValue,
  type ThrownError,
  type Value,
  type Values
} from './values.js'

/** Methods that call their callback immediately, with the elements. */
const iteratingMethods: ReadonlySet<string> = new Set([
  'map', 'flatMap', 'forEach', 'filter', 'find', 'findLast', 'findIndex', 'findLastIndex', 'some', 'every', 'reduce',
  'reduceRight', 'sort', 'toSorted'
])

/** Methods and functions that call their callback later. The request does not wait for errors of the callback. */
export const deferringFunctions: ReadonlySet<string> = new Set([
  'setTimeout', 'setImmediate', 'setInterval', 'nextTick', 'queueMicrotask', 'on', 'once', 'addListener',
  'prependListener', 'prependOnceListener', 'addEventListener', 'subscribe', 'schedule', 'cron', 'addHook'
])

/** Returns a built-in member of a value. `undefined` if there is none with this name. */
export function readBuiltinMember (machine: LibraryContext, owner: Value, name: string): Values | undefined {
  if (owner.kind === 'promise') return readPromiseMember(machine, owner, name)
  if (isRandom(owner)) return [native(name, () => [random()])]
  if ((name === 'call' || name === 'apply' || name === 'bind') && isCallable(owner)) {
    return [readFunctionMember(machine, owner, name)]
  }
  if ((owner.kind === 'literal' && typeof owner.value === 'string') || owner.kind === 'text') {
    return readStringMember(owner, name)
  }
  if (owner.kind === 'live' && !types.isProxy(owner.value)) {
    if (owner.value instanceof Map && !Object.hasOwn(owner.value, name)) {
      return readMapMember(machine, owner.value, name)
    }
    if (Array.isArray(owner.value) && (iteratingMethods.has(name) || name === 'includes')) {
      return readArrayMember(machine, owner, name)
    }
    return undefined
  }
  if (owner.kind === 'object' && owner.isArray && !owner.fields.has(name)) return readArrayMember(machine, owner, name)
  if (
    owner.kind === 'object' && owner.cls === undefined && owner.role === undefined && owner.error === undefined &&
    owner.fields.size === 0 && ['get', 'values', 'set', 'add'].includes(name)
  ) return readArrayMember(machine, owner, name)
  if (owner.kind === 'unknown' && iteratingMethods.has(name)) {
    const type = owner.type?.()
    const isList = type === undefined || (type.flags & machine.project.ts.TypeFlags.Any) !== 0 ||
      machine.project.checker.isArrayLikeType(machine.project.checker.getNonNullableType(type))
    if (isList) return readArrayMember(machine, owner, name)
  }
  return undefined
}

/** Compares two strings. The first string may be known only up to its first `?`. */
function readStringMember (owner: Value, name: string): Values | undefined {
  const text = listTexts([owner])[0] ?? ''
  const firm = owner.kind === 'text' || (owner.kind === 'literal' && owner.isInSource)
  const start = owner.kind === 'text' ? text.split('?', 1).join() : text
  const isWhole = owner.kind !== 'text'
  const decide = (test: (part: string) => boolean | undefined): Values => [native(name, ([parts = []]) => {
    const results = parts.map(part =>
      part.kind === 'literal' && typeof part.value === 'string' && firm ? test(part.value) : undefined
    )
    return results.length > 0 && results.every(result => result !== undefined)
      ? union(results.map(result => literal(result)))
      : [unknown()]
  })]
  switch (name) {
    case 'startsWith':
      return decide(part => start.startsWith(part) ? true : isWhole || !part.startsWith(start) ? false : undefined)
    case 'includes':
      return decide(part => start.includes(part) ? true : isWhole ? false : undefined)
    case 'endsWith':
      return isWhole ? decide(part => text.endsWith(part)) : undefined
    case 'toUpperCase':
      return isWhole ? [native(name, () => [literal(text.toUpperCase(), firm)])] : undefined
    case 'toLowerCase':
      return isWhole ? [native(name, () => [literal(text.toLowerCase(), firm)])] : undefined
    default:
      return undefined
  }
}

export function isCallable (value: Value): boolean {
  return value.kind === 'function' || value.kind === 'native' ||
    (value.kind === 'live' && typeof value.value === 'function')
}

function readFunctionMember (machine: LibraryContext, owner: Value, name: 'call' | 'apply' | 'bind'): Value {
  if (name === 'call') {
    return native('call', ([self = undefinedValues, ...args], _, node) =>
      machine.call([owner], self, args, node))
  }
  if (name === 'apply') {
    return native('apply', ([self = undefinedValues, list = []], _, node) => {
      const [only] = list
      const args = only?.kind === 'object' && only.fields.size > 0
        ? [...only.fields.values()]
        : Array.from({ length: 4 }, () => machine.listElements(list, node))
      return machine.call([owner], self, args, node)
    })
  }
  return native(
    'bind',
    ([self = undefinedValues, ...bound]) => [native('bound', (args, _, node) =>
      machine.call([owner], self, [...bound, ...args], node))]
  )
}

function readPromiseMember (machine: LibraryContext, owner: PromiseValue, name: string): Values | undefined {
  const chain = (body: (collect: (values: Values) => void) => void): Values => {
    let value: Values = []
    const throws = machine.catch(() => {
      body(values => {
        value = union(value, machine.await(values))
      })
    })
    return [promise(value, machine.rethrowSent(throws))]
  }
  switch (name) {
    case 'then':
      return [native('then', ([onValue = [], onError = []], _, node) =>
        chain(collect => {
          if (isFunction(onValue)) collect(machine.call(onValue, [], [owner.value], node))
          else collect(owner.value)
          if (isFunction(onError)) collect(machine.call(onError, [], [machine.getCaughtValues(owner.throws)], node))
          else machine.rethrow(owner.throws)
        }))]
    case 'catch':
      return [native('catch', ([onError = []], _, node) =>
        chain(collect => {
          collect(owner.value)
          if (isFunction(onError)) collect(machine.call(onError, [], [machine.getCaughtValues(owner.throws)], node))
          else machine.rethrow(owner.throws)
        }))]
    case 'finally':
      return [native('finally', ([body = []], _, node) =>
        chain(collect => {
          machine.await(machine.call(body, [], [], node))
          collect(owner.value)
          machine.rethrow(owner.throws)
        }))]
    case 'next':
    case 'return':
    case 'throw':
    case 'toArray':
      return [native(name, (_, __, node) => [promise(machine.listElements(owner.value, node), owner.throws)])]
    default:
      return undefined
  }
}

function isFunction (values: Values): boolean {
  return values.some(value => value.kind !== 'literal')
}

/** Models a map of the running application. A known key has one value. An unknown key can have any value in the map. */
function readMapMember (machine: LibraryContext, map: Map<unknown, unknown>, name: string): Values | undefined {
  const all = (): Values => [...map.values()].slice(0, 40).map(value => machine.liveValue(value))
  switch (name) {
    case 'get':
      return [native('get', ([keys = []]) => {
        const known = keys.flatMap(key => {
          const wanted = key.kind === 'literal'
            ? key.value
            : key.kind === 'live'
              ? key.value
              : key.kind === 'class'
                ? key.live?.value
                : undefined
          return wanted !== undefined && map.has(wanted) ? [machine.liveValue(map.get(wanted))] : []
        })
        if (known.length > 0 && known.length === keys.length) return known
        const values = union(all(), machine.stored.get(map) ?? [])
        if (values.length <= 1) return values.length === 1 ? values : [unknown()]
        return values.map(value =>
          value.kind === 'live' && typeof value.value === 'function'
            ? native('any', (args, self, node) => machine.runUncertain(() => machine.call([value], self, args, node)))
            : value
        )
      })]
    case 'values':
      return [native('values', () => [object({ isArray: true, elements: all() })])]
    case 'forEach':
      return [native('forEach', ([callback = []], _, node) => {
        machine.call(callback, [], [all()], node)
        return undefinedValues
      })]
    case 'has':
      return [native('has', () => [unknown()])]
    case 'set':
      return [native('set', ([, values = []]) => {
        machine.stored.set(map, union(machine.stored.get(map) ?? [], values))
        return [machine.live(map)]
      })]
    default:
      return undefined
  }
}

/** Reads a member of an array, a Map or a Set. */
function readArrayMember (machine: LibraryContext, owner: Value, name: string): Values | undefined {
  if (iteratingMethods.has(name)) return [createIteratingMethod(machine, owner, name)]
  return Object.hasOwn(membersOfArrays, name)
    ? [(membersOfArrays[name] as CreateMember)(machine, owner as ObjectValue, name)]
    : undefined
}

/** Creates a method that calls its argument for each element. */
function createIteratingMethod (machine: LibraryContext, owner: Value, name: string): Value {
  return native(name, ([callback = [], initial = []], _, node) => {
    const each = listKnownElements(machine, owner, node)
    const isEmpty = owner.kind === 'object' && owner.isArray && owner.elements.length === 0
    const returned = isEmpty ? [] : machine.call(callback, [], listCallbackArguments(owner, name, each, initial), node)
    switch (name) {
      case 'map':
        return [object({ isArray: true, elements: returned })]
      case 'flatMap':
        return [object({ isArray: true, elements: machine.listElements(returned, node) })]
      case 'filter':
      case 'sort':
      case 'toSorted':
        return [owner]
      case 'find':
      case 'findLast':
        return union(each, undefinedValues)
      case 'reduce':
      case 'reduceRight':
        return union(returned, initial)
      case 'forEach':
        return undefinedValues
      default:
        return [unknown()]
    }
  })
}

function listCallbackArguments (owner: Value, name: string, each: Values, initial: Values): Values[] {
  if (name.startsWith('reduce')) return [union(initial, [unknown()]), each]
  return name === 'sort' || name === 'toSorted' ? [each, each] : [each, [unknown()], [owner]]
}

function listKnownElements (machine: LibraryContext, owner: Value, node: Node): Values {
  const found = machine.listElements([owner], node)
  return found.length > 0 ? found : [unknown()]
}

type CreateMember = (machine: LibraryContext, list: ObjectValue, name: string) => Value

const addElements: CreateMember = (_, list, name) =>
  native(name, args => {
    list.elements = union(list.elements, ...args)
    return [list]
  })

const getElement: CreateMember = (machine, list, name) =>
  native(name, (_, __, node) => union(listKnownElements(machine, list, node), undefinedValues))

const getList: CreateMember = (_, list, name) => native(name, () => [list])

/** The members of arrays, Maps and Sets that call no function, by name. */
const membersOfArrays: Readonly<Record<string, CreateMember>> = {
  push: addElements,
  unshift: addElements,
  add: addElements,
  set: addElements,
  at: getElement,
  pop: getElement,
  shift: getElement,
  get: getElement,
  slice: getList,
  values: getList,
  reverse: getList,
  toReversed: getList,
  concat: (machine, list, name) =>
    native(
      name,
      (
        args,
        _,
        node
      ) => [object({ isArray: true, elements: union(list.elements, machine.listElements(union(...args), node)) })]
    ),
  includes: (machine, list, name) =>
    native(name, ([wanted = []], _, node) => {
      const known = machine.listElements([list], node)
      if (wanted.length === 0 || [...known, ...wanted].some(value => value.kind !== 'literal')) return [unknown()]
      return union(wanted.map(value =>
        literal(known.some(each => each.kind === 'literal' && value.kind === 'literal' && each.value === value.value))
      ))
    }),
  join: (_, list, name) => native(name, ([separators = []]) => [joinTexts(list, listTexts(separators)[0] ?? ',')]),
  length: () => unknown()
}

/**
 * Joins the strings of an array. A `?` precedes the strings that the code adds to the array, because it may not add all
 * of them.
 */
function joinTexts ({ fields, elements }: ObjectValue, separator: string): Value {
  const toText = (values: Values): string => listTexts(values)[0] ?? '?'
  const known = new Set([...fields.values()].flat())
  const added = elements.filter(value => !known.has(value)).map(value => toText([value]))
  return {
    kind: 'text',
    text: [...[...fields.values()].map(toText), ...added.length > 0 ? ['?', ...added] : []].join(separator)
  }
}

const errorClasses: ReadonlySet<string> = new Set([
  'Error', 'TypeError', 'RangeError', 'SyntaxError', 'ReferenceError', 'EvalError', 'URIError', 'AggregateError',
  'DOMException'
])

/** A call of a built-in function. */
interface GlobalCall {
  readonly args: readonly Values[]
  /** The first two arguments. They are empty if the call has fewer. */
  readonly first: Values
  readonly second: Values
  readonly node: Node | undefined
}

type GlobalFunction = (machine: LibraryContext, call: GlobalCall) => Values | undefined

const returnFirst: GlobalFunction = (_machine, { first }) => first

/** Models the methods of `Promise` that combine promises. */
const combine = (name: string): GlobalFunction => (machine, { first, second, node }) =>
  combinePromises(machine, `Promise.${name}`, first, second, node as Node)

/** Models a map, whose elements are the values of its entries. */
const createMap: GlobalFunction = (machine, { first, node }) => {
  const entries = machine.listElements(first, node as Node)
  return [object({ elements: machine.read(entries, '1', node as Node).filter(value => value.kind !== 'unknown') })]
}

/** The built-in functions that are modeled, by name. A constructor has the name of its class. */
const globalFunctions: Readonly<Record<string, GlobalFunction>> = {
  'Promise.resolve': (machine, { first }) => [promise(machine.await(first), [])],
  'Promise.reject': (machine, { first, node }) => [
    promise([], machine.catch(() => { machine.throwValues(first, node as Node) }))
  ],
  'Promise.all': combine('all'),
  'Promise.race': combine('race'),
  'Promise.any': combine('any'),
  'Promise.try': combine('try'),
  'Promise.allSettled': combine('allSettled'),
  'Object.assign': (machine, { args }) => assignObject(machine, args),
  'Object.freeze': returnFirst,
  'Object.seal': returnFirst,
  'Object.setPrototypeOf': returnFirst,
  structuredClone: returnFirst,
  'Object.defineProperties': returnFirst,
  'Object.defineProperty': (machine, { args, first, second, node }) => {
    const [key] = listTexts(second)
    for (const target of first) {
      if (target.kind === 'object' && key !== undefined) {
        target.fields.set(key, machine.read(args[2] ?? [], 'value', node as Node))
      }
    }
    return first
  },
  'Object.values': (machine, { first }) => [
    object({ isArray: true, elements: union(...first.map(value => listPropertyValues(machine, value))) })
  ],
  'Object.entries': (machine, { first, node }) => {
    const fields = new Map([['0', [unknown()]], ['1', machine.read(first, undefined, node as Node)]])
    return [object({ isArray: true, elements: [object({ isArray: true, fields })] })]
  },
  'Array.from': (machine, { args, first, second, node }) => {
    const elements = machine.listElements(first, node as Node)
    return [
      object({ isArray: true, elements: args[1] === undefined ? elements : machine.call(second, [], [elements], node) })
    ]
  },
  Map: createMap,
  WeakMap: createMap,
  Set: (machine, { first, node }) => [object({ elements: machine.listElements(first, node as Node) })],
  String: (_machine, { first }) => first.map(value =>
    isRandom(value) ? value : value.kind === 'literal' ? literal(String(value.value), value.isInSource) : unknown()
  ),
  Number: (_machine, { first }) => first.map(value =>
    value.kind === 'literal' && value.value !== undefined ? literal(Number(value.value), value.isInSource) : unknown()
  ),
  Boolean: () => [unknown()],
  'Reflect.apply': (machine, { args, first, second, node }) =>
    machine.call(first, second, [machine.listElements(args[2] ?? [], node as Node)], node),
  'Reflect.construct': (machine, { first, second, node }) =>
    machine.construct(first, [machine.listElements(second, node as Node)], node),
  'Reflect.getMetadata': (machine, { args }) => reflectMetadata(machine, args),
  'Error.captureStackTrace': () => undefinedValues,
  fetch: (machine, { node }) => machine.externalErrors.callUpstream(machine, node as Node)
}

/** Calls a built-in function by its name. Returns `undefined` if the function is not modeled. */
export function callGlobal (
  machine: LibraryContext,
  path: string,
  args: readonly Values[],
  node: Node | undefined
): Values | undefined {
  const [first = [], second = []] = args
  if (path === 'new Promise') return createPromise(machine, first, node)
  const name = path.replace(/^new |^globalThis\.|Constructor(?=\.)/g, '')
  if (errorClasses.has(name)) {
    const names = name === 'Error' ? ['Error'] : [name, 'Error']
    return [plainError(names, args[name === 'AggregateError' ? 1 : 0] ?? undefinedValues)]
  }
  if (deferringFunctions.has(name.replace(/^(process|timers|global)\./, ''))) {
    machine.runDetached(() => { machine.call(first, [], [], node) })
    return [unknown()]
  }
  if (Object.hasOwn(globalFunctions, name)) return globalFunctions[name]?.(machine, { args, first, second, node })
  return name.startsWith('Math.') && first.some(isRandom) ? [random()] : undefined
}

/** Returns the values that the properties of a value can have. */
function listPropertyValues (machine: LibraryContext, value: Value): Values {
  if (value.kind === 'object') return union(...value.fields.values(), value.elements)
  if (value.kind !== 'live' || types.isProxy(value.value)) return [unknown()]
  const properties = Object.values(Object.getOwnPropertyDescriptors(value.value))
  return properties.flatMap(({ value: each }) => each === undefined ? [] : [machine.liveValue(each)])
}

function createPromise (machine: LibraryContext, executor: Values, node: Node | undefined): Values {
  const made = promise([], [])
  const resolve = native('resolve', ([value = undefinedValues]) => {
    const throws = machine.catch(() => {
      made.value = union(made.value, machine.await(value))
    })
    made.throws.push(...throws)
    return undefinedValues
  })
  const reject = native('reject', ([reason = undefinedValues], _, at) => {
    made.throws.push(...machine.catch(() => {
      machine.throwValues(reason, at ?? node as Node)
    }))
    return undefinedValues
  })
  made.throws.push(...machine.rethrowSent(machine.catch(() => {
    machine.call(executor, [], [[resolve], [reject]], node)
  })))
  if (made.value.length === 0) made.value = [unknown()]
  return [made]
}

function combinePromises (machine: LibraryContext, name: string, list: Values, second: Values, node: Node): Values {
  if (name === 'Promise.try') {
    let value: Values = []
    const throws = machine.catch(() => {
      value = machine.await(machine.call(list, [], [second], node))
    })
    return [promise(value, throws)]
  }
  const fields = new Map<string, Values>()
  let elements: Values = []
  const throws: ThrownError[] = machine.catch(() => {
    for (const value of list) {
      if (value.kind === 'object') { for (const [key, each] of value.fields) fields.set(key, machine.await(each)) }
    }
    elements = machine.await(machine.listElements(list, node))
  })
  if (name === 'Promise.allSettled') {
    const settled = object({
      fields: new Map<string, Values>([['status', [unknown()]], ['value', elements], [
        'reason',
        throws.length > 0 ? machine.getCaughtValues(throws) : [unknown()]
      ]])
    })
    return [promise([object({ isArray: true, elements: [settled] })], [])]
  }
  const result = name === 'Promise.all' ? [object({ isArray: true, elements, fields })] : elements
  return [promise(result, name === 'Promise.any' ? [] : throws)]
}

function assignObject (machine: LibraryContext, args: readonly Values[]): Values {
  const [given = [], ...sources] = args
  // A record of the database is unknown, but what is assigned to it is known.
  const targets = given.map(value =>
    value.kind === 'unknown' && value.model === undefined && !value.isCaught &&
      value.type?.()?.getProperty('stack') === undefined
      ? object({ elements: [value] })
      : value
  )
  for (const target of targets) {
    if (target.kind !== 'object') continue
    for (const source of sources.flat()) {
      if (source.kind === 'object') {
        for (const [name, values] of source.fields) target.fields.set(name, values)
        target.elements = union(target.elements, source.elements)
      }
      if (source.kind === 'unknown') target.elements = union(target.elements, [source])
      if (source.kind === 'live' && !types.isProxy(source.value)) {
        for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(source.value))) {
          if (value !== undefined) target.fields.set(name, [machine.liveValue(value)])
        }
      }
    }
  }
  return targets
}
