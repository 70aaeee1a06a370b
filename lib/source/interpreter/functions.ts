/** Runs functions of the source. A call with the same arguments runs only once. */
import type { Expression } from 'typescript'
import { type Fn, type Frame, type Sent, type Thrown, type Values, dedupe, isStored, keyOf, nextId, nothing, object, promise, union, unknown } from '../values.js'
import { createActivation, moduleFrame } from './activations.js'
import { bindParameters } from './assignments.js'
import { areDefined, isFreeText, isInput, isOfUrl, isUnchecked } from './compare-values.js'
import type { Machine, Outcome } from './machine.js'
import { hasOwnType, nameOf } from './nodes.js'
import { endPath, keyOfProgress, mergeProgress, restoreProgress, saveProgress } from './progress.js'
import { returnValues } from './promises.js'
import { isAsync, isGenerator, parametersOf } from './syntax.js'

/** The maximum depth of calls. Deeper calls are an endless recursion whose arguments change. */
const maxDepth = 60

/** The maximum depth of one function that calls itself, as a middleware does that calls the next one. */
const maxActive = 16

/** The number of runs for one route after which a function no longer calls itself, because its branches would multiply. */
const maxRuns = 50

/** Calls a function of the source. */
export function callFunction (machine: Machine, fn: Fn, self: Values, args: readonly Values[]): Values {
  if (machine.depth >= maxDepth) return [unknown()]
  const key = memoKey(machine, fn, self, args)
  const known = key === undefined ? undefined : machine.memo.get(key)
  if (known === 'running') return [unknown()]
  if (known !== undefined && (known.route === undefined || known.route === machine.route)) {
    if (known.route !== undefined) machine.act.readsRoute = true
    return machine.applyOutcome(fn, known.outcome)
  }
  const runs = machine.runs.get(fn.node) ?? { total: 0, active: 0 }
  if (runs.active >= maxActive || (runs.active > 1 && runs.total >= maxRuns)) return [unknown()]
  machine.runs.set(fn.node, runs)
  runs.total++
  runs.active++
  if (key !== undefined) machine.memo.set(key, 'running')
  const outcome = machine.runFunction(fn, self, args)
  runs.active--
  if (key !== undefined) machine.memo.set(key, { outcome, route: machine.lastReadsRoute ? machine.route : undefined })
  return machine.applyOutcome(fn, outcome)
}

/** Adds the result of a call to the activation of its caller. */
export function applyOutcome (machine: Machine, fn: Fn, outcome: Outcome): Values {
  const name = nameOf(machine, fn)
  const isUncertain = machine.possible > 0
  const onTheWay = <T extends Thrown | Sent>(entry: T): T => ({
    ...entry,
    via: name === undefined ? entry.via : [name, ...entry.via].slice(0, 12),
    isUncertain: entry.isUncertain || isUncertain
  })
  restoreProgress(machine, outcome.progress)
  machine.act.sent.push(...outcome.sent.map(onTheWay))
  for (const read of outcome.reads) machine.act.reads.add(read)
  const throws = outcome.throws.map(onTheWay)
  if (isAsync(machine.project.ts, fn.node) || isGenerator(fn.node)) return [promise(outcome.returns, machine.rethrowDelivered(throws))]
  machine.act.throws.push(...throws)
  if (outcome.returns.some(value => value.kind === 'promise' && value.throws.length > 0)) {
    return outcome.returns.map(value => value.kind === 'promise' ? { ...promise(value.value, value.throws.map(onTheWay)), ...value.members !== undefined && { members: value.members } } : value)
  }
  return outcome.returns
}

function partOf ([value]: Values): string {
  return value?.kind === 'unknown' ? value.part ?? '' : ''
}

function memoKey (machine: Machine, fn: Fn, self: Values, args: readonly Values[]): string | undefined {
  if (fn.env !== undefined && 'vars' in fn.env && fn.env.parent !== undefined) return undefined // The function sees variables of a function that is still running.
  const list = [self, ...args].map((values, index) => index > 0 && values.every(value => value.kind === 'unknown' && value.held.length === 0) && hasOwnType(machine, parametersOf(fn.node)[index - 1])
    ? partOf(values) + (isUnchecked(values) ? '!!' : isFreeText(values) ? '!?' : isInput(values) ? '!' : isStored(values) ? '.' : '?') + (areDefined(values) ? 'd' : '') + (isOfUrl(values) ? 'u' : '')
    : values.map(keyOf).join('|'))
  return `${fn.node.pos} ${fn.node.getSourceFile().fileName} ${fn.env?.id ?? ''} ${list.join(',')} ${keyOfProgress(machine)}`
}

export function runFunction (machine: Machine, fn: Fn, self: Values, args: readonly Values[]): Outcome {
  const { ts } = machine.project
  const before = machine.act
  const { possible } = machine
  const frame: Frame = { id: nextId(), vars: new Map(), parent: fn.env ?? moduleFrame(machine, fn.node) }
  const act = machine.act = createActivation(machine.project.ts, fn, frame, self, fn.home)
  machine.depth++
  machine.possible = 0
  bindParameters(machine, fn.node, args)
  const { body } = fn.node
  if (body !== undefined && ts.isBlock(body)) {
    if (machine.runBlock(body)) {
      act.returns = union(act.returns, nothing)
      act.endings.push(saveProgress(machine))
    }
    if (act.endings.length > 0) mergeProgress(machine, act.endings)
    else endPath(machine)
  } else if (body !== undefined) {
    act.returns = returnValues(machine, machine.evaluate(body as Expression), act, body)
  }
  machine.depth--
  machine.possible = possible
  machine.act = before
  machine.lastReadsRoute = act.readsRoute
  if (act.readsRoute) before.readsRoute = true
  const returns = isGenerator(fn.node) ? [object({ isArray: true, elements: act.yields })] : act.returns
  return { returns, throws: dedupe([...act.throws, ...act.outer]), sent: dedupe(act.sent), reads: act.reads, progress: saveProgress(machine) }
}
