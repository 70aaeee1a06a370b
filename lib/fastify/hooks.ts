/**
 * Tracks the hooks of an application. `addHook` is replaced once: it remembers the hook as the application wrote it, and
 * hands Fastify a guarded one. The hooks of a route are guarded when all `onRoute` hooks have seen the route.
 */
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { Routes } from './early-routes.js'
import { hookNames, isHookName, type HookName } from './hook-names.js'
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

/** The scopes whose `addHook` was replaced. Every scope below inherits it. */
const tracked = new WeakSet<object>()

/** The guarded hook for each hook: one for all routes that share it. */
const guards = new WeakMap<Hook, Hook>()

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

/** Tracks and guards the hooks that are added to a scope and to those below it from now on. */
export function trackHooks (app: FastifyInstance): void {
  if ([...scopesAround(app)].some(scope => tracked.has(scope))) return
  tracked.add(app)
  const addHook = app.addHook as (this: FastifyInstance, name: string, hook: unknown) => FastifyInstance
  app.addHook = function (this: FastifyInstance, name: string, hook: unknown) {
    if (!isHookName(name) || typeof hook !== 'function' || internal.has(hook)) return addHook.call(this, name, hook)
    addHook.call(this, name, guardHook(hook as Hook))
    rememberHook(this, name, hook as Hook)
    return this
  } as FastifyInstance['addHook']
}

function rememberHook (scope: FastifyInstance, name: HookName, hook: Hook): void {
  const remembered: ScopeHook = { name, hook, order: ++added }
  hooksByScope.set(scope, [...getScopeHooks(scope), remembered])
  // Fastify adds a hook when the plugins before it are loaded, which may add hooks of their own.
  scope.after(() => { remembered.order = ++added })
}

/** Guards the hooks in the options of routes. */
export function guardRouteHooks (routes: Routes): void {
  routes.forEach(route => {
    for (const name of hookNames) {
      const hooks: unknown = route[name]
      if (hooks !== undefined) Object.assign(route, { [name]: Array.isArray(hooks) ? hooks.map(guardHook) : guardHook(hooks as Hook) })
    }
  })
}

/**
 * Fastify takes a hook that throws `null` or `undefined` for one that succeeded. If a hook that authenticates says
 * `throw errors.unauthorised`, a typing error, the request would go through. The guarded hook fails instead.
 */
function guardHook (hook: Hook): Hook {
  // Of an async function Fastify sees every rejection. What is not a function is rejected by Fastify.
  if (typeof hook !== 'function' || hook.constructor.name === 'AsyncFunction' || internal.has(hook)) return hook
  const known = guards.get(hook)
  if (known !== undefined) return known
  const guarded = createGuardedHook(hook)
  guards.set(hook, guarded)
  originals.set(guarded, hook)
  return guarded
}

function createGuardedHook (hook: Hook): Hook {
  function guarded (this: unknown, ...args: unknown[]): unknown {
    try {
      return hook.apply(this, args)
    } catch (thrown) {
      throw thrown ?? new Error(`The hook '${hook.name}' threw ${String(thrown)}.`)
    }
  }
  return Object.defineProperty(guarded, 'name', { value: hook.name })
}
