/** Records and guards the functions that @fastify/auth combines into one hook. The hook itself does not show them. */
import type { FastifyInstance } from 'fastify'
import { guardCallback } from './guard-functions.js'
import type { Call } from './guard-synchronous.js'
import { isGuarding } from './guard-hooks.js'
import { scopesAround } from './scopes.js'

type Auth = (this: unknown, functions: unknown, ...rest: unknown[]) => object

const composed = new WeakMap<object, readonly object[]>()

const tracked = new WeakSet<object>()

/** Returns the functions behind a hook of @fastify/auth; `undefined` for any other hook. */
export function getComposedHook (hook: object): readonly object[] | undefined {
  return composed.get(hook)
}

/** Tracks the decorator `auth` of @fastify/auth on an application and on the scopes below it. */
export function trackComposedHooks (app: FastifyInstance): void {
  if ([...scopesAround(app)].some(scope => tracked.has(scope))) return
  tracked.add(app)
  const { decorate } = app as unknown as {
    readonly decorate: (this: FastifyInstance, name: string, value: unknown, ...rest: unknown[]) => FastifyInstance
  }
  app.decorate = function (this: FastifyInstance, name: string, value: unknown, ...rest: unknown[]) {
    return decorate.call(this, name, isAuth(name, value) ? rememberFunctions(app, value) : value, ...rest)
  } as FastifyInstance['decorate']
  const { auth } = app as { readonly auth?: unknown }
  if (isAuth('auth', auth)) Object.assign(app, { auth: rememberFunctions(app, auth) })
}

function isAuth (name: string, value: unknown): value is Auth {
  return name === 'auth' && typeof value === 'function' && Function.prototype.toString.call(value).includes('relation')
}

function rememberFunctions (app: FastifyInstance, auth: Auth): Auth {
  return function (this: unknown, functions, ...rest) {
    // The plugin replaces the functions in the list and in nested lists with bound functions.
    const given = Array.isArray(functions) ? functions.flat() as object[] : []
    const hook = auth.call(this, guardFunctions(app, functions), ...rest)
    composed.set(hook, given)
    return hook
  }
}

/**
 * Guards the functions of a list and of its nested lists. If a function returns an error, or fails with `undefined`,
 * @fastify/auth would accept the request.
 */
function guardFunctions (app: FastifyInstance, value: unknown): unknown {
  if (Array.isArray(value)) return value.map(member => guardFunctions(app, member))
  return typeof value === 'function'
    ? guardCallback('function of @fastify/auth', value as Call, () => isGuarding(app))
    : value
}
