/** Records the scopes in which the plugin is registered, and finds the registration that a scope belongs to. */
import type { FastifyInstance } from 'fastify'
import { scopesAround } from './scopes.js'

/** The name of the plugin in Fastify. */
export const pluginName = 'fastify-api-errors'

const registered = new WeakSet<object>()

/** The scopes with a registration, by server. */
const scopesByServer = new WeakMap<object, FastifyInstance[]>()

/** The options of the registrations before they are checked. */
const optionsByScope = new WeakMap<object, unknown>()

/**
 * Records that the plugin is or will be registered in a scope, because Fastify loads a plugin after the call of
 * `app.register()`.
 */
export function addRegistration (scope: FastifyInstance, options: unknown): void {
  if (registered.has(scope)) return
  registered.add(scope)
  optionsByScope.set(scope, options)
  const scopes = scopesByServer.get(scope.server)
  if (scopes === undefined) scopesByServer.set(scope.server, [scope])
  else scopes.push(scope)
}

/** Returns the unchecked options of the registration in a scope itself. */
export function getGivenOptions (scope: object): unknown {
  return optionsByScope.get(scope)
}

/**
 * Returns the scope of the registration that a scope belongs to: the scope itself or its nearest outer scope. Returns
 * `undefined` if the plugin is not registered in any of them.
 */
export function findOwner (scope: object): object | undefined {
  for (const current of scopesAround(scope)) if (registered.has(current)) return current
  return undefined
}

/** Returns whether a scope belongs to the registration in `app`, and not to a nearer registration. */
export function isOwner (app: FastifyInstance, scope: object): boolean {
  return findOwner(scope) === app
}

/** Returns the scopes with a registration: the given scope and its nested scopes. */
export function listRegistrations (app: FastifyInstance): FastifyInstance[] {
  return listRegistrationsOnServer(app).filter(scope => isInside(scope, app))
}

/** Returns the scopes with a registration on the server of an application. */
export function listRegistrationsOnServer ({ server }: FastifyInstance): readonly FastifyInstance[] {
  return scopesByServer.get(server) ?? []
}

/** Returns whether a scope is the same as another one, or nested in it. */
export function isInside (scope: object, around: object): boolean {
  return scope === around || Object.prototype.isPrototypeOf.call(around, scope)
}

/**
 * Returns the scope of the registration that a URL belongs to, which is the scope with the longest matching prefix. If
 * several scopes have the same prefix, returns the outermost of them. Without a URL, returns the outermost scope of
 * all. Returns `undefined` if the plugin is not registered on the server.
 */
export function findByUrl (server: object, url: string | undefined): FastifyInstance | undefined {
  const scopes = [...scopesByServer.get(server) ?? []].sort((a, b) =>
    countSegments(a) - countSegments(b) || countScopes(a) - countScopes(b)
  )
  const path = splitPath(url ?? '')
  const [outermost] = scopes
  return scopes.reduce(
    (found, scope) =>
      matches(scope, path) && (!found || !matches(found, path) || countSegments(scope) > countSegments(found))
        ? scope
        : found,
    outermost
  )
}

function countScopes (scope: object): number {
  return [...scopesAround(scope)].length
}

function countSegments ({ prefix }: FastifyInstance): number {
  return splitPath(prefix).length
}

/** Splits the path of a relative or absolute URL (RFC 9112, section 3.2.2) into its segments. */
function splitPath (url: string): string[] {
  return url.replace(/^[a-z][\w+.-]*:\/\/[^/?#]*/i, '').replace(/[?#;].*$/s, '').split('/').filter(segment =>
    segment !== ''
  )
}

/** Returns whether a path begins with the prefix of a scope. A parameter in the prefix matches any segment. */
function matches ({ prefix }: FastifyInstance, path: readonly string[]): boolean {
  return splitPath(prefix).every((segment, index) =>
    path[index] !== undefined && (segment === path[index] || /[:*]/.test(segment))
  )
}
