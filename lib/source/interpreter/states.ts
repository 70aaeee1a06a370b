/** Saves the variables and statuses at a point of a function, and merges them after a branch. */
import type { Symbol as TypeScriptSymbol } from 'typescript'
import { type Values, union } from '../values.js'
import { unionStatuses } from './compare-values.js'
import type { Machine, State } from './machine.js'

export function saveState (machine: Machine): State {
  return { vars: new Map(machine.act.frame.vars), statuses: machine.statuses }
}

export function restoreState (machine: Machine, { vars, statuses }: State): void {
  machine.act.frame.vars = new Map(vars)
  machine.statuses = statuses
}

export function mergeStates (machine: Machine, states: readonly State[]): void {
  const vars = new Map<TypeScriptSymbol, Values>()
  for (const state of states) {
    for (const [symbol, values] of state.vars) {
      const known = vars.get(symbol)
      vars.set(symbol, known === undefined ? values : union(known, values))
    }
  }
  machine.act.frame.vars = vars
  machine.statuses = states.length === 0 ? machine.statuses : unionStatuses(...states.map(({ statuses }) => statuses))
}

/** Evaluates a condition again, without its errors. */
export function withoutErrors<T> (machine: Machine, body: () => T): T {
  const { act, statuses } = machine
  const { throws, sent } = act
  const counts = [sent.length, act.outer.length] as const
  act.throws = []
  const result = body()
  act.throws = throws
  act.sent.length = counts[0]
  act.outer.length = counts[1]
  machine.statuses = statuses
  return result
}
