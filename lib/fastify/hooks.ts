import type { FastifyInstance } from 'fastify'
import type { Routes } from './early-routes.js'

type Hook = (this: unknown, ...args: unknown[]) => unknown

/** The hooks whose failure is answered. */
const guardedHooks = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend'] as const

/**
 * Fastify takes a hook that throws `null` or `undefined` for one that is done: where a hook that authenticates says
 * `throw errors.unauthorised`, a typing error, the request would go through. The hooks that are added from now on, to
 * a scope or a route, fail instead.
 *
 * @param onGuard called with each hook, and with what stands in its place
 */
export function guardHooks (app: FastifyInstance, routes: Routes, onGuard: (hook: object, guarded: object) => void): void {
  // Fastify gives every HEAD route the same hook.
  const guards = new WeakMap<object, Hook>()

  function guard<T> (hook: T): T {
    // Of an async function Fastify sees every rejection; what is no function Fastify refuses.
    if (typeof hook !== 'function' || hook.constructor.name === 'AsyncFunction') return hook
    const known = guards.get(hook)
    if (known !== undefined) return known as T
    const guarded = guardedHook(hook as unknown as Hook)
    guards.set(hook, guarded)
    onGuard(hook, guarded)
    return guarded as T
  }

  const addHook = app.addHook as (this: FastifyInstance, name: string, hook: unknown) => FastifyInstance
  app.addHook = function (this: FastifyInstance, name: string, hook: unknown) {
    return addHook.call(this, name, (guardedHooks as readonly string[]).includes(name) ? guard(hook) : hook)
  } as FastifyInstance['addHook']
  routes.forEach(route => {
    for (const name of guardedHooks) {
      const hooks: unknown = route[name]
      if (hooks !== undefined) Object.assign(route, { [name]: Array.isArray(hooks) ? hooks.map(guard) : guard(hooks) })
    }
  })
}

function guardedHook (hook: Hook): Hook {
  function guarded (this: unknown, ...args: unknown[]): unknown {
    try {
      return hook.apply(this, args)
    } catch (thrown) {
      throw thrown ?? new Error(`The hook '${hook.name}' threw ${String(thrown)}.`)
    }
  }
  return Object.defineProperty(guarded, 'name', { value: hook.name })
}
