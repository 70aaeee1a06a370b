/** Promises: what a function returns, and what waiting for it throws. */
import type { Node } from 'typescript'
import { type Values, union } from '../values.js'
import { isErrorLike } from './compare-values.js'
import type { Activation, Machine } from './machine.js'
import { awaitedType, siteOf, typeOf } from './nodes.js'

/** What a `return` gives: an async function waits for a promise, and no `catch` of its own gets what it rejects with. */
export function returnValues (machine: Machine, values: Values, act: Activation, node: Node): Values {
  for (const value of values) if (isErrorLike(value) && !machine.returnSites.has(value)) machine.returnSites.set(value, siteOf(machine, node))
  if (!act.isAsync) return values
  return union(...values.map(value => {
    if (value.kind !== 'promise') return [value]
    act.outer.push(...value.throws)
    return returnValues(machine, value.value, act, node)
  }))
}

/** Waits for promises: what they reject with is thrown here. */
export function settle (machine: Machine, values: Values): Values {
  return union(...values.map(value => {
    if (value.kind !== 'promise') {
      if (value.kind === 'unknown' && value.type !== undefined) return [{ ...value, type: () => awaitedType(machine, value.type?.()) }]
      return [value]
    }
    machine.rethrow(value.throws)
    return machine.settle(value.value)
  }))
}

export function promiseKind (machine: Machine, node: Node): 'promise' | 'value' {
  const type = typeOf(machine, node)
  if (type === undefined || (type.flags & machine.project.ts.TypeFlags.Any) !== 0) return 'promise'
  return [type, ...(type.isUnion() ? type.types : [])].some(each => each.getProperty('then') !== undefined || each.getProperty('next') !== undefined) ? 'promise' : 'value'
}
