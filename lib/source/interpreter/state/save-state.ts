/** Saves the variables and the progress at a point of a function, and merges them after a branch. */
import type { Symbol as TypeScriptSymbol } from 'typescript'
import { type Values, union } from '../../values.js'
import type { Machine, State } from './machine.js'
import { mergeProgress, restoreProgress, saveProgress } from './progress.js'

export function saveState (machine: Machine): State {
  return { vars: new Map(machine.current.frame.vars), progress: saveProgress(machine) }
}

export function restoreState (machine: Machine, { vars, progress }: State): void {
  machine.current.frame.vars = new Map(vars)
  restoreProgress(machine, progress)
}

export function mergeStates (machine: Machine, states: readonly State[]): void {
  const vars = new Map<TypeScriptSymbol, Values>()
  for (const state of states) {
    for (const [symbol, values] of state.vars) {
      const known = vars.get(symbol)
      vars.set(symbol, known === undefined ? values : union(known, values))
    }
  }
  machine.current.frame.vars = vars
  mergeProgress(machine, states.map(({ progress }) => progress))
}

/** Evaluates a condition again, without its errors. */
export function withoutErrors<T> (machine: Machine, body: () => T): T {
  const { current } = machine
  const progress = saveProgress(machine)
  const { throws, sent } = current
  const counts = [sent.length, current.rejections.length] as const
  current.throws = []
  const result = body()
  current.throws = throws
  current.sent.length = counts[0]
  current.rejections.length = counts[1]
  restoreProgress(machine, progress)
  return result
}
