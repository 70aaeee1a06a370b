/** Records the functions that @fastify/auth combines into one hook. The hook itself does not show them. */
import type { FastifyInstance } from 'fastify'
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
  const { decorate } = app as unknown as { readonly decorate: (this: FastifyInstance, name: string, value: unknown, ...rest: unknown[]) => FastifyInstance }
  app.decorate = function (this: FastifyInstance, name: string, value: unknown, ...rest: unknown[]) {
    return decorate.call(this, name, isAuth(name, value) ? rememberFunctions(value) : value, ...rest)
  } as FastifyInstance['decorate']
  const { auth } = app as { readonly auth?: unknown }
  if (isAuth('auth', auth)) Object.assign(app, { auth: rememberFunctions(auth) })
}

function isAuth (name: string, value: unknown): value is Auth {
  return name === 'auth' && typeof value === 'function' && Function.prototype.toString.call(value).includes('relation')
}

function rememberFunctions (auth: Auth): Auth {
  return function (this: unknown, functions, ...rest) {
    // The plugin replaces the functions in the list and in nested lists with bound functions.
    const given = Array.isArray(functions) ? functions.flat() as object[] : []
    const hook = auth.call(this, functions, ...rest)
    composed.set(hook, given)
    return hook
  }
}
