/** Compares values: whether they are true, equal, or instances of a class. */
import { types } from 'node:util'
import type { Project } from '../project.js'
import { type Value, type Values, isRandom, getKey, literal, random, listTexts, union, unknown } from '../values.js'
import type { Machine } from './state/machine.js'

/** Returns whether a value is true in a condition. `undefined` if both are possible. */
export function getTruth (value: Value): boolean | undefined {
  if (value.kind === 'unknown') return value.isPresent === true ? true : undefined
  if (value.kind === 'external') return undefined
  if (value.kind === 'literal') return value.isInSource ? Boolean(value.value) : undefined
  return value.kind === 'text' ? undefined : true
}

export function isInput (values: Values): boolean {
  return values.some(value => value.kind === 'unknown' && value.isInput)
}

/** Returns whether one of the values is from the client, and no schema checks it. */
export function isUnchecked (values: Values): boolean {
  return values.some(value => value.kind === 'unknown' && value.isUnchecked === true)
}

/** Returns whether conditions have shown that no value is null or undefined. */
export function areDefined (values: Values): boolean {
  return values.length > 0 &&
    values.every(value => value.kind === 'unknown' && (value.isPresent === true || value.isDefined === true))
}

export function isNullish (value: Value): boolean {
  return value.kind === 'literal' && (value.value === undefined || value.value === null)
}

export function equals (a: Value, b: Value): boolean | undefined {
  if (a.kind === 'literal' && b.kind === 'literal') {
    return a.isInSource && b.isInSource
      ? Object.is(a.value, b.value) || (isNullish(a) && isNullish(b))
      : undefined
  }
  const [first, second] = a.kind === 'literal' ? [a, b] : [b, a]
  if (
    first.kind === 'literal' &&
    (second.kind === 'object' || second.kind === 'live' || second.kind === 'function' || second.kind === 'promise' ||
      second.kind === 'class')
  ) return false
  if (first.kind === 'literal' && first.isInSource && !first.value && getTruth(second) === true) return false
  if (
    first.kind === 'literal' && typeof first.value === 'string' && second.kind === 'text' &&
    !first.value.startsWith(second.text.split('?', 1).join())
  ) return false
  return getKey(a) === getKey(b) && a.kind !== 'unknown' && a.kind !== 'text' ? true : undefined
}

/** Returns whether one of the values is any text that the client sends. */
export function isFreeText (values: Values): boolean {
  return values.some(value => value.kind === 'unknown' && (value.isUnchecked === true || value.isFreeText === true))
}

/** Returns whether one of the values is a parameter of the path or of the query. */
export function isUrlParameter (values: Values): boolean {
  return values.some(value => value.kind === 'unknown' && value.isUrlParameter === true)
}

export function getTypeName (value: Value): Value {
  switch (value.kind) {
    case 'literal':
      return literal(value.value === null ? 'object' : typeof value.value, value.isInSource)
    case 'text':
      return literal('string')
    case 'function':
    case 'class':
    case 'native':
      return literal('function')
    case 'live':
      return literal(typeof value.value)
    case 'object':
    case 'promise':
      return literal('object')
    default:
      return unknown()
  }
}

export function computeBinary (ts: Project['ts'], operator: number, a: Value, b: Value): Value {
  const { SyntaxKind } = ts
  if (operator === SyntaxKind.PlusToken && listTexts([a, b]).length > 0) {
    const parts = [a, b].map(part =>
      part.kind === 'literal' ? String(part.value) : part.kind === 'text' ? part.text : '?'
    )
    const isKnown = a.kind === 'literal' && b.kind === 'literal'
    return isKnown
      ? literal(parts.join(''))
      : { kind: 'text', text: parts.join(''), isRandom: isRandom(a) || isRandom(b) }
  }
  if (isRandom(a) || isRandom(b)) return random()
  if (a.kind !== 'literal' || b.kind !== 'literal' || typeof a.value !== 'number' || typeof b.value !== 'number') {
    return unknown()
  }
  const firm = a.isInSource && b.isInSource
  switch (operator) {
    case SyntaxKind.PlusToken:
      return literal(a.value + b.value, firm)
    case SyntaxKind.MinusToken:
      return literal(a.value - b.value, firm)
    case SyntaxKind.LessThanToken:
      return literal(a.value < b.value, firm)
    case SyntaxKind.LessThanEqualsToken:
      return literal(a.value <= b.value, firm)
    case SyntaxKind.GreaterThanToken:
      return literal(a.value > b.value, firm)
    case SyntaxKind.GreaterThanEqualsToken:
      return literal(a.value >= b.value, firm)
    default:
      return unknown()
  }
}

export function pairValues (left: Values, right: Values): ReadonlyArray<readonly [Value, Value]> {
  return left.slice(0, 12).flatMap(a => right.slice(0, 12).map(b => [a, b] as const))
}

/** Returns whether the source shows that a value is an error. */
export function isErrorLike (value: Value): boolean {
  return value.kind === 'object' && value.error !== undefined
}

export function toBooleans (results: ReadonlyArray<boolean | undefined>): Values {
  if (results.length === 0 || results.some(result => result === undefined)) return [unknown()]
  return union(results.map(result => literal(result as boolean)))
}

/** Returns whether a value is an instance of a class. `undefined` if both are possible. */
export function isInstance (machine: Machine, value: Value, of: Value): boolean | undefined {
  if (value.kind === 'unknown' || value.kind === 'external' || value.kind === 'native') return undefined
  if (value.kind === 'live') {
    const target = of.kind === 'live' ? of.value : of.kind === 'class' ? of.live?.value : undefined
    const prototype = target === undefined ? undefined : getOwnValue(target, 'prototype')
    return typeof prototype === 'object' && prototype !== null && !types.isProxy(value.value)
      ? Object.prototype.isPrototypeOf.call(prototype, value.value)
      : undefined
  }
  if (value.kind !== 'object') return false
  const name = of.kind === 'external'
    ? of.path.split('.').at(-1)
    : of.kind === 'live'
      ? getOwnValue(of.value, 'name') as string
      : undefined
  const node = of.kind === 'class' ? of.node : of.kind === 'live' ? machine.findSource(of)?.node : undefined
  for (
    let at: Value | undefined = value.cls;
    at !== undefined;
    at = at.kind === 'class' ? machine.getBaseClass(at) : undefined
  ) {
    if (at.kind === 'class' && node !== undefined && at.node === node) return true
    if (at.kind === 'class' && of.kind === 'live' && at.live === of) return true
    if (
      at.kind === 'class' && at.node === undefined && at.live !== undefined && of.kind === 'live' &&
      Object.prototype.isPrototypeOf.call(of.value, at.live.value)
    ) return true
  }
  if (value.error === undefined) return of.kind === 'unknown' ? undefined : false
  if (node !== undefined) {
    return value.error.origin === 'external'
      ? false
      : value.cls === undefined
        ? false
        : value.error.names.includes((node as { name?: { text: string } }).name?.text ?? '')
  }
  if (of.kind === 'unknown') return undefined
  return name === undefined
    ? undefined
    : value.error.names.includes(name)
      ? true
      : value.error.origin === 'external' && !['ApiError', 'HttpError'].includes(name)
        ? undefined
        : false
}

export function getOwnValue (value: object, name: string): unknown {
  return types.isProxy(value) ? undefined : Object.getOwnPropertyDescriptor(value, name)?.value
}

/**
 * Returns whether a value is the exports of a module: a namespace, or an object that a compiler created for CommonJS.
 */
export function isModuleExports (value: object): boolean {
  return types.isModuleNamespaceObject(value) || getOwnValue(value, '__esModule') === true
}
