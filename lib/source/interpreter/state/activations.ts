/**
 * Creates activations. An activation is one run of one function, with everything that it has thrown, sent and returned.
 * Only the innermost activation changes.
 */
import type { Node } from 'typescript'
import { type ClassValue, type FunctionValue, type Frame, type Values, nextId } from '../../values.js'
import type { TypeScript } from '../../typescript.js'
import type { Activation, Machine } from './machine.js'
import { isAsync } from '../syntax.js'

/** Creates an activation of a function, or of code outside functions. */
export function createActivation (
  ts: TypeScript,
  fn: FunctionValue | undefined,
  frame: Frame,
  self: Values,
  home: ClassValue | undefined
): Activation {
  return {
    frame,
    self,
    home,
    node: fn?.node,
    throws: [],
    rejections: [],
    sent: [],
    reads: new Set(),
    returnStates: [],
    readsRoute: false,
    returns: [],
    yields: [],
    breakStates: [],
    isAsync: fn !== undefined && isAsync(ts, fn.node)
  }
}

/** Evaluates code inside a class. */
export function evaluateInClass<T> (machine: Machine, cls: ClassValue, self: Values, body: () => T): T {
  const before = machine.current
  const parent = cls.env ?? (cls.node === undefined ? undefined : getModuleFrame(machine, cls.node))
  machine.current = {
    ...createActivation(machine.project.ts, undefined, { id: nextId(), vars: new Map(), parent }, self, cls),
    throws: before.throws,
    sent: before.sent,
    reads: before.reads,
    returnStates: []
  }
  const result = body()
  if (machine.current.readsRoute) before.readsRoute = true
  machine.current = before
  return result
}

/** Returns the variables of a file that the interpreter itself has set. */
export function getModuleFrame (machine: Machine, node: Node): Frame {
  const { fileName } = node.getSourceFile()
  let frame = machine.moduleFrames.get(fileName)
  if (frame === undefined) {
    machine.moduleFrames.set(fileName, frame = { id: nextId(), vars: new Map(), parent: undefined })
  }
  return frame
}
