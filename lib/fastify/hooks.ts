/**
 * Tracks the hooks of an application. `addHook` is replaced once: it remembers the hook as the application wrote it, and
 * hands Fastify a guarded one. The hooks of a route are guarded when all `onRoute` hooks have seen the route.
 */
import type { FastifyInstance, RouteOptions } from 'fastify'
import { hookNames, isHookName, type HookName } from './hook-names.js'
import { checkReturned } from './returned-errors.js'
import type { Routes } from './routes.js'
import { scopesAround } from './scopes.js'

/** A hook as the application wrote it. */
export type Hook = (this: unknown, ...args: unknown[]) => unknown

/** A hook that was added to a scope. */
export interface ScopeHook {
  readonly name: HookName
  readonly hook: Hook
  /** The place among all hooks, in the order in which Fastify added them. */
  order: number
}

/** The hooks by scope, without those of the scopes around it. */
const hooksByScope = new WeakMap<object, ScopeHook[]>()

/** What is known of the hooks of a scope and of those below it. */
interface Tracker {
  /** The guarded hook for each hook: one for all routes that share it. */
  readonly guards: WeakMap<Hook, Hook>
  /** Whether the plugin is registered. Until then, a guarded hook is like the hook. */
  isActive: boolean
}

/** The trackers by the scope whose `addHook` was replaced. Every scope below inherits it. */
const trackers = new WeakMap<object, Tracker>()

/** The hook behind each guarded one. */
const originals = new WeakMap<object, Hook>()

/** The hooks of this package. They are neither guarded nor listed. */
const internal = new WeakSet<object>()

let added = 0

/** Marks a hook of this package, so that it counts as none of the application's. */
export function markInternal<T extends object> (hook: T): T {
  internal.add(hook)
  return hook
}

/** Returns the hooks that were added to a scope itself. They run on the routes of the scopes below it, too. */
export function getScopeHooks (scope: object): readonly ScopeHook[] {
  return hooksByScope.get(scope) ?? []
}

/** Returns the hook that the application wrote behind a guarded one; any other hook as it is. */
export function getOriginalHook (hook: object): object {
  return originals.get(hook) ?? hook
}

/** Returns the hooks with a name in the options of a route, as the application wrote them. */
export function getRouteHooks (route: RouteOptions, name: HookName): readonly Hook[] {
  const hooks = route[name] as unknown as Hook | readonly Hook[] | undefined
  return hooks === undefined ? [] : [hooks].flat().filter(hook => !internal.has(hook)).map(hook => originals.get(hook) ?? hook)
}

/**
 * Returns the hooks that run on a route, by name and in the order in which they run: first those of its scopes, then
 * its own. They are the functions that the application wrote, not the guarded ones.
 *
 * Hooks that were added before the plugin are missing, unless the application was made with `serverOptions()`.
 */
export function getHooks ({ route, scope }: { readonly route: RouteOptions, readonly scope: FastifyInstance }): Readonly<Record<HookName, readonly Hook[]>> {
  const ofScopes = [...scopesAround(scope)].flatMap(getScopeHooks).sort((a, b) => a.order - b.order)
  return Object.fromEntries(hookNames.map(name => [
    name, [...ofScopes.filter(hook => hook.name === name).map(({ hook }) => hook), ...getRouteHooks(route, name)]
  ])) as unknown as Readonly<Record<HookName, readonly Hook[]>>
}

/** Tracks the hooks that are added to a scope and to those below it from now on. */
export function trackHooks (app: FastifyInstance): void {
  if (findTracker(app) !== undefined) return
  const tracker: Tracker = { guards: new WeakMap(), isActive: false }
  trackers.set(app, tracker)
  const addHook = app.addHook as (this: FastifyInstance, name: string, hook: unknown) => FastifyInstance
  app.addHook = function (this: FastifyInstance, name: string, hook: unknown) {
    if (!isHookName(name) || typeof hook !== 'function' || internal.has(hook)) return addHook.call(this, name, hook)
    addHook.call(this, name, guardHook(hook as Hook, tracker))
    rememberHook(this, name, hook as Hook)
    return this
  } as FastifyInstance['addHook']
}

function findTracker (scope: object): Tracker | undefined {
  for (const at of scopesAround(scope)) {
    const tracker = trackers.get(at)
    if (tracker !== undefined) return tracker
  }
  return undefined
}

function rememberHook (scope: FastifyInstance, name: HookName, hook: Hook): void {
  const remembered: ScopeHook = { name, hook, order: ++added }
  hooksByScope.set(scope, [...getScopeHooks(scope), remembered])
  // Fastify adds a hook when the plugins before it are loaded, which may add hooks of their own.
  scope.after(() => { remembered.order = ++added })
}

/**
 * Guards the hooks of the application from now on. The options of a route have the guarded hooks only while Fastify
 * reads them: before, the `onRoute` hooks of others see the hooks of the application, and afterwards so does whoever
 * kept the options.
 */
export function guardHooks (app: FastifyInstance, routes: Routes): void {
  trackHooks(app)
  const tracker = findTracker(app) as Tracker
  tracker.isActive = true
  const pending: RouteOptions[] = []
  const restore: Array<() => void> = []
  routes.forEach((route, scope) => {
    if (pending.push(route) === 1) scope.after(() => { for (const route of pending.splice(0)) replaceRouteHooks(route, tracker, restore) })
  })
  app.addHook('onReady', done => {
    for (const undo of restore.splice(0)) undo()
    done()
  })
}

function replaceRouteHooks (route: RouteOptions, tracker: Tracker, restore: Array<() => void>): void {
  for (const name of hookNames) {
    const hooks = route[name] as unknown as Hook | readonly Hook[] | undefined
    if (hooks === undefined) continue
    Object.assign(route, { [name]: [hooks].flat().map(hook => guardHook(hook, tracker)) })
    restore.push(() => { Object.assign(route, { [name]: hooks }) })
  }
}

/** Returns whether the plugin is registered, so that what Fastify would lose is answered. */
export function isGuarding (scope: object): boolean {
  return findTracker(scope)?.isActive === true
}

/** Returns the options of a not-found handler with its hooks guarded. A handler, which may stand in their place, is returned as it is. */
export function guardNotFoundHooks (scope: object, options: unknown): unknown {
  const tracker = findTracker(scope)
  if (tracker === undefined || typeof options !== 'object' || options === null) return options
  const guarded = { ...options } as Record<string, unknown>
  for (const name of ['preValidation', 'preHandler']) {
    if (guarded[name] !== undefined) guarded[name] = [guarded[name] as Hook | readonly Hook[]].flat().map(hook => guardHook(hook, tracker))
  }
  return guarded
}

/** Returns a hook that fails where Fastify would lose an error of the hook. One for all routes that share the hook. */
function guardHook (hook: Hook, tracker: Tracker): Hook {
  // Fastify rejects what is not a function.
  if (typeof hook !== 'function' || internal.has(hook) || originals.has(hook)) return hook
  let guarded = tracker.guards.get(hook)
  if (guarded === undefined) {
    tracker.guards.set(hook, guarded = createGuardedHook(hook, tracker))
    originals.set(guarded, hook)
  }
  return guarded
}

/**
 * Fastify loses two kinds of errors, and the request goes through: a hook that throws `null` or `undefined`, because a
 * name is misspelt in `throw errors.unauthorised`, and a hook that returns an error. The guarded hook throws instead.
 * Its prototype is the hook, because Fastify looks at the constructor and the parameters of a hook.
 */
function createGuardedHook (hook: Hook, tracker: Tracker): Hook {
  // Named parameters cost less than a list of them. No hook has more.
  function guarded (this: unknown, a: unknown, b: unknown, c: unknown, d: unknown): unknown {
    if (!tracker.isActive) return hook.call(this, a, b, c, d)
    let result: unknown
    try {
      result = hook.call(this, a, b, c, d)
    } catch (thrown) {
      throw thrown ?? new Error(`The hook '${hook.name}' threw ${String(thrown)}.`)
    }
    if (result === undefined) return undefined
    return checkReturned(result)
  }
  Object.setPrototypeOf(guarded, hook)
  return Object.defineProperties(guarded, { name: { value: hook.name }, length: { value: hook.length } })
}
