/**
 * Creates the interpreter. It runs the source of an application with partly known values, and collects the errors of
 * each function. A branch that a literal rules out is skipped, and every other branch runs. Values that are not in the
 * source come from the objects of the running application: their properties, and the closure variables of their
 * functions.
 */
import type { Inspector } from '../../inspector.js'
import type { ExternalErrors } from '../../library-context.js'
import type { Project } from '../../project.js'
import { createTokens } from '../../token-expiry.js'
import { nextId } from '../../values.js'
import { createActivation } from './activations.js'
import { findInPattern, setStatus } from '../assignments.js'
import { call, callExternal, callValue, callUnknown } from '../calls.js'
import { getBaseClass, readMethod, readStaticMember } from '../classes.js'
import {
  catchErrors,
  getCaughtValues,
  sendErrors,
  runDetached,
  runUncertain,
  rethrow,
  rethrowSent,
  sendStatuses,
  throwValues
} from '../errors.js'
import { evaluate } from '../expressions.js'
import { addOutcome, callFunction, runFunction } from '../functions.js'
import { live, liveValue, findSource } from '../live-objects.js'
import { construct } from '../instances.js'
import { listElements } from '../literals.js'
import { readMembers, toPropertyName } from '../members.js'
import { findExportedClass, findExport, evaluateRequire } from '../modules.js'
import { getClassValue, reportNotFollowed } from '../nodes.js'
import { mergeProgress, setProperty } from './progress.js'
import { awaitValues } from '../promises.js'
import { runBlock } from '../statements.js'
import { readMemberByNode, readMemberByType } from '../typed-members.js'
import type { Machine } from './machine.js'

/**
 * Creates an interpreter.
 *
 * @param liveExports namespaces and exports of the loaded files, by file
 */
export function createMachine (
  project: Project,
  inspector: Inspector,
  liveExports: ReadonlyMap<string, object>,
  externalErrors: ExternalErrors
): Machine {
  const machine = createState(project, inspector, liveExports, externalErrors) as Machine
  return Object.assign(machine, bindOperations(machine))
}

type Operation = {
  [Name in keyof Machine]: Machine[Name] extends (...args: never) => unknown ? Name : never
}[keyof Machine]

function createState (
  project: Project,
  inspector: Inspector,
  liveExports: ReadonlyMap<string, object>,
  externalErrors: ExternalErrors
): Omit<Machine, Operation> {
  return {
    project,
    inspector,
    liveExports,
    externalErrors,
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
    knownCalls: new Map(),
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
    uncertainDepth: 0,
    entry: { file: '', line: 0 },
    statuses: [],
    properties: new Map(),
    current: createActivation(
      project.ts,
      undefined,
      { id: nextId(), vars: new Map(), parent: undefined },
      [],
      undefined
    )
  }
}

/**
 * Returns the functions of the interpreter's files, bound to the interpreter. They call each other through it, so that
 * the files do not import each other in a circle.
 */
function bindOperations (machine: Machine): Pick<Machine, Operation> {
  return {
    readRoute: () => {
      machine.current.readsRoute = true
      return machine.route
    },
    recordRead: read => {
      machine.current.reads.add(read)
    },
    addOutcome: (fn, outcome) => addOutcome(machine, fn, outcome),
    getBaseClass: cls => getBaseClass(machine, cls),
    call: (callees, self, args, node) => call(machine, callees, self, args, node),
    callExternal: (callee, self, args, node, live) => callExternal(machine, callee, self, args, node, live),
    callFunction: (fn, self, args) => callFunction(machine, fn, self, args),
    callValue: (callee, self, args, node) => callValue(machine, callee, self, args, node),
    callUnknown: (args, node) => callUnknown(machine, args, node),
    catch: body => catchErrors(machine, body),
    getCaughtValues: throws => getCaughtValues(machine, throws),
    getClassValue: (node, env) => getClassValue(machine, node, env),
    construct: (callees, args, node) => construct(machine, callees, args, node),
    sendErrors: (values, node) => {
      sendErrors(machine, values, node)
    },
    runDetached: body => runDetached(machine, body),
    listElements: (values, node) => listElements(machine, values, node),
    evaluate: node => evaluate(machine, node),
    findExportedClass: declaration => findExportedClass(machine, declaration),
    findExport: (declaration, name) => findExport(machine, declaration, name),
    findInPattern: (pattern, values, wanted) => findInPattern(machine, pattern, values, wanted),
    live: value => live(machine, value),
    liveValue: value => liveValue(machine, value),
    runUncertain: body => runUncertain(machine, body),
    read: (owners, name, node) => readMembers(machine, owners, name, node),
    readMemberByNode: (node, name) => readMemberByNode(machine, node, name),
    readMemberByType: (owner, name, node) => readMemberByType(machine, owner, name, node),
    readMethod: (cls, name, owner) => readMethod(machine, cls, name, owner),
    reportNotFollowed: (node, reason) => reportNotFollowed(machine, node, reason),
    findSource: live => findSource(machine, live),
    toPropertyName: name => toPropertyName(machine, name),
    evaluateRequire: expression => evaluateRequire(machine, expression),
    rethrowSent: throws => rethrowSent(machine, throws),
    rethrow: throws => rethrow(machine, throws),
    runBlock: node => runBlock(machine, node),
    runFunction: (fn, self, args) => runFunction(machine, fn, self, args),
    sendStatuses: (statuses, payload) => sendStatuses(machine, statuses, payload),
    setProperty: (name, values) => {
      setProperty(machine, name, values)
    },
    mergeProgress: list => {
      mergeProgress(machine, list)
    },
    setStatus: (numbers, node) => setStatus(machine, numbers, node),
    await: values => awaitValues(machine, values),
    readStaticMember: (cls, name, node) => readStaticMember(machine, cls, name, node),
    throwValues: (values, node, isUncertain) => throwValues(machine, values, node, isUncertain)
  }
}
