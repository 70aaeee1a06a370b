/** Runs functions of the source. A call with the same arguments runs only once. */
import type { Expression } from 'typescript'
import {
  type FunctionValue,
  type Frame,
  type SentStatus,
  type ThrownError,
  type Values,
  dedupe,
  isRandom,
  isStored,
  getKey,
  nextId,
  undefinedValues,
  object,
  promise,
  union,
  unknown
} from '../values.js'
import { createActivation, getModuleFrame } from './state/activations.js'
import { bindParameters } from './assignments.js'
import { areDefined, isFreeText, isInput, isUrlParameter, isUnchecked } from './compare-values.js'
import { markUnlikely } from './errors.js'
import type { Machine, Outcome } from './state/machine.js'
import { hasOwnType, getFunctionName } from './nodes.js'
import { endPath, getProgressKey, mergeProgress, restoreProgress, saveProgress } from './state/progress.js'
import { recordRejections } from './promises.js'
import { isAsync, isGenerator, getParameters } from './syntax.js'

/** The maximum depth of calls. Deeper calls are an endless recursion whose arguments change. */
const maxDepth = 60

/** The maximum depth of one function that calls itself, as a middleware does that calls the next one. */
const maxActive = 16

/**
 * The number of runs for one route after which a function no longer calls itself, because its branches would multiply.
 */
const maxRuns = 50

/** Calls a function of the source. */
export function callFunction (machine: Machine, fn: FunctionValue, self: Values, args: readonly Values[]): Values {
  if (machine.depth >= maxDepth) return [unknown()]
  const key = createCallKey(machine, fn, self, args)
  const known = key === undefined ? undefined : machine.knownCalls.get(key)
  if (known === 'running') return [unknown()]
  if (known !== undefined && (known.route === undefined || known.route === machine.route)) {
    if (known.route !== undefined) machine.current.readsRoute = true
    return machine.addOutcome(fn, known.outcome)
  }
  const runs = machine.runs.get(fn.node) ?? { total: 0, active: 0 }
  if (runs.active >= maxActive || (runs.active > 1 && runs.total >= maxRuns)) return [unknown()]
  machine.runs.set(fn.node, runs)
  runs.total++
  runs.active++
  if (key !== undefined) machine.knownCalls.set(key, 'running')
  const outcome = machine.runFunction(fn, self, args)
  runs.active--
  if (key !== undefined) {
    machine.knownCalls.set(key, { outcome, route: machine.lastReadsRoute ? machine.route : undefined })
  }
  return machine.addOutcome(fn, outcome)
}

/** Adds the result of a call to the activation of its caller. */
export function addOutcome (machine: Machine, fn: FunctionValue, outcome: Outcome): Values {
  const name = getFunctionName(machine, fn)
  const isUncertain = machine.uncertainDepth > 0
  const onTheWay = <T extends ThrownError | SentStatus>(entry: T): T => ({
    ...entry,
    via: name === undefined ? entry.via : [name, ...entry.via].slice(0, 12),
    isUncertain: entry.isUncertain || isUncertain
  })
  restoreProgress(machine, outcome.progress)
  machine.current.sent.push(...outcome.sent.map(onTheWay))
  const throws = outcome.throws.map(thrown => markUnlikely(onTheWay(thrown), machine.current.reads))
  for (const read of outcome.reads) machine.current.reads.add(read)
  if (isAsync(machine.project.ts, fn.node) || isGenerator(fn.node)) {
    return [promise(outcome.returns, machine.rethrowSent(throws))]
  }
  machine.current.throws.push(...throws)
  if (outcome.returns.some(value => value.kind === 'promise' && value.throws.length > 0)) {
    return outcome.returns.map(value =>
      value.kind === 'promise'
        ? {
            ...promise(value.value, value.throws.map(onTheWay)),
            ...value.members !== undefined && { members: value.members }
          }
        : value
    )
  }
  return outcome.returns
}

function getRequestPart ([value]: Values): string {
  return value?.kind === 'unknown' ? value.part ?? '' : ''
}

function createCallKey (
  machine: Machine,
  fn: FunctionValue,
  self: Values,
  args: readonly Values[]
): string | undefined {
  // The function sees variables of a function that is still running.
  if (fn.env !== undefined && 'vars' in fn.env && fn.env.parent !== undefined) return undefined
  const list = [self, ...args].map((values, index) =>
    index > 0 && values.every(value => value.kind === 'unknown' && value.contents.length === 0) &&
      hasOwnType(machine, getParameters(fn.node)[index - 1])
      ? getRequestPart(values) + (isUnchecked(values)
        ? '!!'
        : isFreeText(values)
          ? '!?'
          : isInput(values)
            ? '!'
            : isStored(values)
              ? '.'
              : '?') +
        (areDefined(values) ? 'd' : '') + (isUrlParameter(values) ? 'u' : '') + (values.every(isRandom) ? 'r' : '')
      : values.map(getKey).join('|')
  )
  return `${fn.node.pos} ${fn.node.getSourceFile().fileName} ${fn.env?.id ?? ''} ${list.join(',')} ${getProgressKey(machine)}`
}

export function runFunction (machine: Machine, fn: FunctionValue, self: Values, args: readonly Values[]): Outcome {
  const { ts } = machine.project
  const before = machine.current
  const { uncertainDepth: possible } = machine
  const frame: Frame = { id: nextId(), vars: new Map(), parent: fn.env ?? getModuleFrame(machine, fn.node) }
  const current = machine.current = createActivation(machine.project.ts, fn, frame, self, fn.home)
  machine.depth++
  machine.uncertainDepth = 0
  bindParameters(machine, fn.node, args)
  const { body } = fn.node
  if (body !== undefined && ts.isBlock(body)) {
    if (machine.runBlock(body)) {
      current.returns = union(current.returns, undefinedValues)
      current.returnStates.push(saveProgress(machine))
    }
    if (current.returnStates.length > 0) mergeProgress(machine, current.returnStates)
    else endPath(machine)
  } else if (body !== undefined) {
    current.returns = recordRejections(machine, machine.evaluate(body as Expression), current, body)
  }
  machine.depth--
  machine.uncertainDepth = possible
  machine.current = before
  machine.lastReadsRoute = current.readsRoute
  if (current.readsRoute) before.readsRoute = true
  const returns = isGenerator(fn.node) ? [object({ isArray: true, elements: current.yields })] : current.returns
  return {
    returns,
    throws: dedupe([...current.throws, ...current.rejections]),
    sent: dedupe(current.sent),
    reads: current.reads,
    progress: saveProgress(machine)
  }
}
