/** Models promises: the promise that a function returns, and the errors when code awaits it. */
import type { Node } from 'typescript'
import { type Values, union } from '../values.js'
import { isErrorLike } from './compare-values.js'
import type { Activation, Machine } from './state/machine.js'
import { getAwaitedType, getSite, getType } from './nodes.js'

/**
 * Returns the values of a `return`. An async function waits for a promise, but its own `catch` does not receive the
 * rejection.
 */
export function recordRejections (machine: Machine, values: Values, current: Activation, node: Node): Values {
  for (const value of values) {
    if (isErrorLike(value) && !machine.returnSites.has(value)) machine.returnSites.set(value, getSite(machine, node))
  }
  if (!current.isAsync) return values
  return union(...values.map(value => {
    if (value.kind !== 'promise') return [value]
    current.rejections.push(...value.throws)
    return recordRejections(machine, value.value, current, node)
  }))
}

/** Awaits promises, and throws their rejections. */
export function awaitValues (machine: Machine, values: Values): Values {
  return union(...values.map(value => {
    if (value.kind !== 'promise') {
      if (value.kind === 'unknown' && value.type !== undefined) {
        return [{
          ...value,
          type: () => getAwaitedType(machine, value.type?.())
        }]
      }
      return [value]
    }
    machine.rethrow(value.throws)
    return machine.await(value.value)
  }))
}

export function getPromiseKind (machine: Machine, node: Node): 'promise' | 'value' {
  const type = getType(machine, node)
  if (type === undefined || (type.flags & machine.project.ts.TypeFlags.Any) !== 0) return 'promise'
  return [type, ...(type.isUnion() ? type.types : [])].some(each =>
    each.getProperty('then') !== undefined || each.getProperty('next') !== undefined
  )
    ? 'promise'
    : 'value'
}
