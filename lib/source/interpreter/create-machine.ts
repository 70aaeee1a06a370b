/**
 * Creates the interpreter. It runs the source of an application with partly known values, and collects the errors of each function.
 * A branch that a literal rules out is skipped, and every other branch runs. Values that are not in the source come from the objects
 * of the running application: their properties, and the closure variables of their functions.
 */
import type { Inspector } from '../inspect.js'
import type { Effects } from '../library-context.js'
import type { Project } from '../project.js'
import { createTokens } from '../tokens.js'
import { nextId } from '../values.js'
import { createActivation } from './activations.js'
import { findInPattern, setStatus } from './assignments.js'
import { call, callExternal, callOne, callUnknown } from './calls.js'
import { baseOf, methodOf, staticMember } from './classes.js'
import { caught, caughtValues, deliver, detached, maybe, rethrow, rethrowDelivered, send, throwValues } from './errors.js'
import { evaluate } from './expressions.js'
import { applyOutcome, callFunction, runFunction } from './functions.js'
import { live, liveValue, nodeOf } from './heap.js'
import { construct } from './instances.js'
import { elementsOf } from './literals.js'
import { member, propertyName } from './members.js'
import { exportedClass, exportedValue, requiredBy } from './modules.js'
import { classOfNode, missed } from './nodes.js'
import { mergeProgress, setProperty } from './progress.js'
import { settle } from './promises.js'
import { runBlock } from './statements.js'
import { memberOfNode, memberOfType } from './typed-members.js'
import type { Machine } from './machine.js'

/**
 * Creates an interpreter.
 *
 * @param exportsOf namespaces and exports of the loaded files, by file
 */
export function createMachine (project: Project, inspector: Inspector, exportsOf: ReadonlyMap<string, object>, effects: Effects): Machine {
  const machine: Machine = {
    project,
    inspector,
    exportsOf,
    effects,
    tokens: createTokens(),
    stored: new WeakMap(),
    notFollowed: new Map(),
    liveValues: new WeakMap(),
    liveNodes: new WeakMap(),
    liveEnvs: new WeakMap(),
    moduleScopes: new Map(),
    moduleFrames: new Map(),
    statics: new Map(),
    initials: new Map(),
    memo: new Map(),
    reassigned: new Map(),
    origins: new Map(),
    roles: new Map(),
    implementations: new Map(),
    returnSites: new Map(),
    constructing: [],
    staticFields: new Map(),
    depth: 0,
    runs: new Map(),
    lastReadsRoute: false,
    route: { method: '', path: '', config: {}, unchecked: new Set(), freeText: new Set() },
    possible: 0,
    entry: { file: '', line: 0 },
    statuses: [],
    properties: new Map(),
    act: createActivation(project.ts, undefined, { id: nextId(), vars: new Map(), parent: undefined }, [], undefined),
    readRoute: () => {
      machine.act.readsRoute = true
      return machine.route
    },
    note: read => { machine.act.reads.add(read) },
    applyOutcome: (fn, outcome) => applyOutcome(machine, fn, outcome),
    baseOf: cls => baseOf(machine, cls),
    call: (callees, self, args, node) => call(machine, callees, self, args, node),
    callExternal: (callee, self, args, node, live) => callExternal(machine, callee, self, args, node, live),
    callFunction: (fn, self, args) => callFunction(machine, fn, self, args),
    callOne: (callee, self, args, node) => callOne(machine, callee, self, args, node),
    callUnknown: (args, node) => callUnknown(machine, args, node),
    caught: body => caught(machine, body),
    caughtValues: throws => caughtValues(machine, throws),
    classOfNode: (node, env) => classOfNode(machine, node, env),
    construct: (callees, args, node) => construct(machine, callees, args, node),
    deliver: (values, node) => { deliver(machine, values, node) },
    detached: body => detached(machine, body),
    elementsOf: (values, node) => elementsOf(machine, values, node),
    evaluate: node => evaluate(machine, node),
    exportedClass: declaration => exportedClass(machine, declaration),
    exportedValue: (declaration, name) => exportedValue(machine, declaration, name),
    findInPattern: (pattern, values, wanted) => findInPattern(machine, pattern, values, wanted),
    live: value => live(machine, value),
    liveValue: value => liveValue(machine, value),
    maybe: body => maybe(machine, body),
    member: (owners, name, node) => member(machine, owners, name, node),
    memberOfNode: (node, name) => memberOfNode(machine, node, name),
    memberOfType: (owner, name, node) => memberOfType(machine, owner, name, node),
    methodOf: (cls, name, owner) => methodOf(machine, cls, name, owner),
    missed: (node, reason) => missed(machine, node, reason),
    nodeOf: live => nodeOf(machine, live),
    propertyName: name => propertyName(machine, name),
    requiredBy: expression => requiredBy(machine, expression),
    rethrowDelivered: throws => rethrowDelivered(machine, throws),
    rethrow: throws => rethrow(machine, throws),
    runBlock: node => runBlock(machine, node),
    runFunction: (fn, self, args) => runFunction(machine, fn, self, args),
    send: (statuses, isUncertain) => send(machine, statuses, isUncertain),
    setProperty: (name, values) => { setProperty(machine, name, values) },
    mergeProgress: list => { mergeProgress(machine, list) },
    setStatus: (numbers, node) => setStatus(machine, numbers, node),
    settle: values => settle(machine, values),
    staticMember: (cls, name, node) => staticMember(machine, cls, name, node),
    throwValues: (values, node, isUncertain) => throwValues(machine, values, node, isUncertain)
  }
  return machine
}
