/** The entry points of the interpreter: calls a function, or reads a property. */
import { dedupe, nextId, type ThrownError, type Value, type Values } from '../values.js'
import { createActivation } from './state/activations.js'
import { call } from './calls.js'
import { getOwnValue } from './compare-values.js'
import { live, liveValue } from './live-objects.js'
import type { Machine, Outcome } from './state/machine.js'
import { readObjectMember } from './members.js'
import { getAnyNode } from './nodes.js'
import { saveProgress } from './state/progress.js'
import { awaitValues } from './promises.js'

/** Calls a function of the application, and returns its complete result, including rejected promises. */
export function runCall (machine: Machine, callees: Values, self: object, args: readonly Values[]): Outcome {
  const before = machine.current
  const current = machine.current = createActivation(
    machine.project.ts,
    undefined,
    { id: nextId(), vars: new Map(), parent: undefined },
    [],
    undefined
  )
  const returns = awaitValues(machine, call(machine, callees, [live(machine, self)], args, getAnyNode(machine)))
  machine.current = before
  return {
    returns,
    throws: dedupe(current.throws),
    sent: dedupe(current.sent),
    reads: current.reads,
    progress: saveProgress(machine)
  }
}

/** Reads a property of a value as far as it is known without evaluation. */
export function readKnownProperty (machine: Machine, value: Value, name: string): Values {
  if (value.kind === 'live') {
    const own = getOwnValue(value.value, name)
    return own === undefined ? [] : [liveValue(machine, own)]
  }
  return value.kind === 'object' ? readObjectMember(machine, value, name, getAnyNode(machine)) : []
}

/** Returns the errors that a handler returns as thrown errors, because Fastify treats them as thrown. */
export function toThrownErrors (machine: Machine, values: Values): ThrownError[] {
  return values.map(value => ({
    value,
    site: machine.returnSites.get(value) ?? { file: '', line: 0 },
    via: [],
    isUncertain: value.kind === 'object' && value.error?.isUncertain === true,
    statuses: machine.statuses.map(({ status }) => status)
  }))
}
