/** Creates activations. An activation is one run of one function, with everything that it has thrown, sent and returned. Only the innermost activation changes. */
import type { Node } from 'typescript'
import { type Cls, type Fn, type Frame, type Values, nextId } from '../values.js'
import type { TypeScript } from '../typescript.js'
import type { Activation, Machine } from './machine.js'
import { isAsync } from './syntax.js'

/** Creates an activation of a function, or of code outside functions. */
export function createActivation (ts: TypeScript, fn: Fn | undefined, frame: Frame, self: Values, home: Cls | undefined): Activation {
  return {
    frame,
    self,
    home,
    node: fn?.node,
    throws: [],
    outer: [],
    sent: [],
    reads: new Set(),
    endings: [],
    readsRoute: false,
    returns: [],
    yields: [],
    breaks: [],
    isAsync: fn !== undefined && isAsync(ts, fn.node)
  }
}

/** Evaluates code inside a class. */
export function inClass<T> (machine: Machine, cls: Cls, self: Values, body: () => T): T {
  const before = machine.act
  machine.act = {
    ...createActivation(machine.project.ts, undefined, { id: nextId(), vars: new Map(), parent: cls.env ?? (cls.node === undefined ? undefined : moduleFrame(machine, cls.node)) },
      self, cls),
    throws: before.throws,
    sent: before.sent,
    reads: before.reads,
    endings: []
  }
  const result = body()
  if (machine.act.readsRoute) before.readsRoute = true
  machine.act = before
  return result
}

/** Returns the variables of a file that the interpreter itself has set. */
export function moduleFrame (machine: Machine, node: Node): Frame {
  const { fileName } = node.getSourceFile()
  let frame = machine.moduleFrames.get(fileName)
  if (frame === undefined) machine.moduleFrames.set(fileName, frame = { id: nextId(), vars: new Map(), parent: undefined })
  return frame
}
