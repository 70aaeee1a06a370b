/**
 * Guards the hooks of an application, so that no error of a hook is lost, and records them. `addHook` is replaced once.
 * It records the application's hook and passes a guarded hook to Fastify. The hooks of a route are guarded after all
 * `onRoute` hooks have run.
 */
import { Readable } from 'node:stream'
import { types } from 'node:util'
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { describeValue } from '../support/describe-value.js'
import { guardBodyStream } from './guard-streams.js'
import { hookNames, isHookName, type HookName } from './hook-names.js'
import { checkReturned, guardDone, type Done } from './returned-errors.js'
import type { Routes } from './routes.js'
import { scopesAround } from './scopes.js'

/** A hook of the application. */
export type Hook = (this: unknown, ...args: unknown[]) => unknown

/** A hook that was added to a scope. */
export interface ScopeHook {
  readonly name: HookName
  readonly hook: Hook
  /** The position among all hooks, in the order in which Fastify added them. */
  order: number
}

/** The hooks by scope, without the hooks of outer scopes. */
const hooksByScope = new WeakMap<object, ScopeHook[]>()

/** The tracked hooks of a scope and of its nested scopes. */
interface Tracker {
  /** The guarded hook for each hook. Routes that share a hook share the guarded hook. */
  readonly guards: WeakMap<Hook, Hook>
  /** The same for `preParsing` hooks, which return a stream. */
  readonly parsingGuards: WeakMap<Hook, Hook>
  /** Whether the plugin is registered. Until then, a guarded hook behaves like the original. */
  isActive: boolean
}

/** The trackers by the scope whose `addHook` was replaced. Nested scopes inherit it. */
const trackers = new WeakMap<object, Tracker>()

/** The original of each guarded function, such as a hook, a function of @fastify/auth, or a content-type parser. */
const originals = new WeakMap<object, Hook>()

/** The hooks of this package. They are neither guarded nor listed. */
const internal = new WeakSet<object>()

/** The hooks that need the parsed body, each with the name of the function that created it. */
const bodyHooks = new WeakMap<object, string>()

let added = 0

/** Marks a hook of this package, so that it is not listed among the application's hooks. */
export function markInternal<T extends object> (hook: T): T {
  internal.add(hook)
  return hook
}

/** Returns whether a hook is of this package. */
export function isInternalHook (hook: object): boolean {
  return internal.has(hook)
}

/** Marks a hook that needs the parsed body. It is rejected where Fastify has not parsed the body yet. */
export function requireParsedBody (hook: object, owner: string): void {
  bodyHooks.set(hook, owner)
}

/** The functions of this package that create a hook, with their names. */
const hookFactories = new WeakMap<object, string>()

/** Marks a function that creates a hook. It is rejected if it is passed as the hook itself. */
export function requireCall (factory: object, name: string): void {
  hookFactories.set(factory, name)
}

/** The hooks that run before Fastify parses the body. */
const hooksBeforeBody = ['onRequest', 'preParsing'] as const

/** @throws TypeError if a hook was not created, or if it needs the parsed body, but runs before Fastify parses it */
function checkHook (hook: Hook, name: string, place: string): void {
  const factory = hookFactories.get(hook)
  if (factory !== undefined) {
    throw new TypeError(
      `${factory}: expected the result of ${factory}({ ... }) as the ${name} hook of ${place}, got the function itself.`
    )
  }
  const owner = bodyHooks.get(hook)
  if (owner === undefined || !hooksBeforeBody.some(early => early === name)) return
  throw new TypeError(
    `${owner}: expected a preHandler hook, because the body must be parsed, got the ${name} hook of ${place}.`
  )
}

/** Returns the hooks that were added to a scope itself. They also run on the routes of nested scopes. */
export function getScopeHooks (scope: object): readonly ScopeHook[] {
  return hooksByScope.get(scope) ?? []
}

/** Returns the original of a guarded function. Any other function is returned unchanged. */
export function getOriginalFunction (hook: object): object {
  return originals.get(hook) ?? hook
}

/** Returns the original hooks with a name in the options of a route. */
export function getRouteHooks (route: RouteOptions, name: HookName): readonly Hook[] {
  const hooks = route[name] as unknown as Hook | readonly Hook[] | undefined
  return hooks === undefined
    ? []
    : [hooks].flat().filter(hook => !internal.has(hook)).map(hook => originals.get(hook) ?? hook)
}

/**
 * Returns the hooks that run on a route, by name and in the order in which they run: first the hooks of its scopes,
 * then its own. They are the original functions, not the guarded functions.
 *
 * Hooks that were added before the plugin are missing, unless the application uses `serverOptions()`.
 */
export function getHooks (
  { route, scope }: { readonly route: RouteOptions, readonly scope: FastifyInstance }
): Readonly<Record<HookName, readonly Hook[]>> {
  const ofScopes = [...scopesAround(scope)].flatMap(getScopeHooks).sort((a, b) => a.order - b.order)
  return Object.fromEntries(hookNames.map(name => [
    name,
    [...ofScopes.filter(hook => hook.name === name).map(({ hook }) => hook), ...getRouteHooks(route, name)]
  ])) as unknown as Readonly<Record<HookName, readonly Hook[]>>
}

/** Tracks the hooks that are added to a scope and to its nested scopes from now on. */
export function trackHooks (app: FastifyInstance): void {
  if (findTracker(app) !== undefined) return
  const tracker: Tracker = { guards: new WeakMap(), parsingGuards: new WeakMap(), isActive: false }
  trackers.set(app, tracker)
  const addHook = app.addHook as (this: FastifyInstance, name: string, hook: unknown) => FastifyInstance
  app.addHook = function (this: FastifyInstance, name: string, hook: unknown) {
    if (!isGuardedName(name) || typeof hook !== 'function' || internal.has(hook)) return addHook.call(this, name, hook)
    checkHook(hook as Hook, name, 'a scope')
    addHook.call(this, name, guardHook(hook as Hook, tracker, name))
    if (isHookName(name)) rememberHook(this, name, hook as Hook)
    return this
  } as FastifyInstance['addHook']
}

function findTracker (scope: object): Tracker | undefined {
  for (const current of scopesAround(scope)) {
    const tracker = trackers.get(current)
    if (tracker !== undefined) return tracker
  }
  return undefined
}

function rememberHook (scope: FastifyInstance, name: HookName, hook: Hook): void {
  const remembered: ScopeHook = { name, hook, order: ++added }
  hooksByScope.set(scope, [...getScopeHooks(scope), remembered])
  // Fastify adds a hook after it has loaded the earlier plugins. These plugins may also add hooks.
  scope.after(() => {
    remembered.order = ++added
  })
}

/**
 * Guards the hooks of the application from now on. The options of a route have the guarded hooks only while Fastify
 * reads them. Before and after that, other code sees the original hooks in the options.
 */
export function guardHooks (app: FastifyInstance, routes: Routes): void {
  trackHooks(app)
  const tracker = findTracker(app) as Tracker
  tracker.isActive = true
  const pending: RouteOptions[] = []
  const restore: Array<() => void> = []
  routes.forEach((route, scope) => {
    for (const name of hookNames) {
      for (const hook of getRouteHooks(route, name)) checkHook(hook, name, `${String(route.method)} ${route.url}`)
    }
    if (pending.push(route) === 1) {
      scope.after(() => {
        for (const route of pending.splice(0)) replaceRouteHooks(route, tracker, restore)
      })
    }
  })
  app.addHook('onReady', done => {
    for (const undo of restore.splice(0)) undo()
    done()
  })
}

/** The hooks that are guarded. An error of an `onError` hook never becomes the response, but must not stop it. */
const guardedNames = [...hookNames, 'onError'] as const

type GuardedName = (typeof guardedNames)[number]

function isGuardedName (name: string): name is GuardedName {
  return (guardedNames as readonly string[]).includes(name)
}

function replaceRouteHooks (route: RouteOptions, tracker: Tracker, restore: Array<() => void>): void {
  for (const name of guardedNames) {
    const hooks = route[name] as unknown as Hook | readonly Hook[] | undefined
    if (hooks === undefined) continue
    Object.assign(route, { [name]: [hooks].flat().map(hook => guardHook(hook, tracker, name)) })
    restore.push(() => {
      Object.assign(route, { [name]: hooks })
    })
  }
}

/** Returns whether the plugin is registered, so that errors that Fastify would lose are handled. */
export function isGuarding (scope: object): boolean {
  return findTracker(scope)?.isActive === true
}

/**
 * Returns the options of a not-found handler with guarded hooks. If a handler was passed instead of options, it is
 * returned unchanged.
 */
export function guardNotFoundHooks (scope: object, options: unknown): unknown {
  const tracker = findTracker(scope)
  if (tracker === undefined || typeof options !== 'object' || options === null) return options
  const guarded = { ...options } as Record<string, unknown>
  for (const name of ['preValidation', 'preHandler'] as const) {
    if (guarded[name] !== undefined) {
      guarded[name] = [guarded[name] as Hook | readonly Hook[]].flat().map(hook => guardHook(hook, tracker, name))
    }
  }
  return guarded
}

/**
 * Returns a hook that throws if Fastify would lose the error of the original. Routes that share a hook share the
 * guarded one.
 */
function guardHook (hook: Hook, tracker: Tracker, name: GuardedName): Hook {
  // Fastify rejects a value that is not a function.
  if (typeof hook !== 'function' || internal.has(hook) || originals.has(hook)) return hook
  const guards = name === 'preParsing' ? tracker.parsingGuards : tracker.guards
  let guarded = guards.get(hook)
  if (guarded === undefined) {
    const create = name === 'preParsing' ? createGuardedParsingHook : createGuardedHook
    guards.set(hook, guarded = create(hook, tracker))
  }
  return guarded
}

/**
 * Returns the guarded hook. Fastify loses some errors and continues with the request. This happens if a hook throws
 * `null` or `undefined`, for example because of the typo in `throw errors.unauthorised`. It also happens if a hook
 * returns an error, or passes an error to `done` as its second argument. The guarded hook throws, or passes on the
 * error. Its prototype is the original hook, because Fastify checks the constructor and the parameters of a hook.
 */
function createGuardedHook (hook: Hook, tracker: Tracker): Hook {
  const hasCallback = hook.length >= 3
  // Named parameters are faster than rest parameters. No hook has more. Some hooks take the last of their arguments as
  // the callback.
  function guarded (this: unknown, a: unknown, b: unknown, c: unknown, d: unknown): unknown {
    if (!tracker.isActive) return d === undefined ? hook.call(this, a, b, c) : hook.call(this, a, b, c, d)
    let result: unknown
    try {
      // Only the callback of a hook that has a payload is the fourth argument.
      result = d === undefined
        ? hook.call(this, a, b, hasCallback && typeof c === 'function' ? guardDone(c as Done) : c)
        : hook.call(this, a, b, c, guardDone(d as Done))
    } catch (thrown) {
      throw thrown ?? new Error(`The hook '${hook.name}' threw ${String(thrown)}.`)
    }
    if (result === undefined) return undefined
    return checkReturned(result)
  }
  return copyFunctionProperties(hook, guarded)
}

/**
 * Copies the name, the number of parameters and the properties of the original to a guarded function, and returns the
 * guarded function.
 */
export function copyFunctionProperties<Fn extends (...args: never[]) => unknown> (original: Fn, guarded: Fn): Fn {
  originals.set(guarded, original as unknown as Hook)
  Object.setPrototypeOf(guarded, original)
  return Object.defineProperties(guarded, { name: { value: original.name }, length: { value: original.length } })
}

/**
 * Returns the guarded `preParsing` hook. If a hook returns a value that is not a stream, Fastify fails while it reads
 * the body. This happens outside of the request, so the client gets no response and the process ends.
 */
function createGuardedParsingHook (hook: Hook, tracker: Tracker): Hook {
  const call = createGuardedHook(hook, tracker)
  function guarded (this: unknown, request: unknown, reply: unknown, payload: unknown, done: unknown): unknown {
    if (!tracker.isActive) return hook.call(this, request, reply, payload, done)
    const checkStream = (stream: unknown): unknown => {
      if (
        hasBody(request as FastifyRequest) && stream && typeof (stream as { readonly on?: unknown }).on !== 'function'
      ) {
        throw new TypeError(`The preParsing hook '${hook.name}': expected a stream, got ${describeValue(stream)}.`)
      }
      if (stream !== payload && stream instanceof Readable) guardBodyStream(stream)
      return stream
    }
    const next = done as Done
    const checkDone: Done = (error, stream) => {
      if (error !== null && error !== undefined) return next(error)
      try {
        checkStream(stream)
      } catch (thrown) {
        return next(thrown)
      }
      return next(null, stream)
    }
    const result = call.call(this, request, reply, payload, checkDone)
    return types.isPromise(result) ? result.then(checkStream) : result
  }
  return copyFunctionProperties(hook, guarded)
}

/** Returns whether Fastify parses the body of a request. */
function hasBody ({ method, headers }: FastifyRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' &&
    (headers['content-type'] ?? headers['content-length'] ?? headers['transfer-encoding']) !== undefined
}
