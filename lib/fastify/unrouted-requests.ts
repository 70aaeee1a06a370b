/**
 * Hooks for requests that Fastify handles before it runs the application's hooks: malformed URLs and early rejections.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findByUrl } from './registrations.js'
import { scopesAround } from './scopes.js'

/** Returns an error that replaces the given one, or `undefined`. */
export type UnroutedHook = (request: FastifyRequest, reply: FastifyReply) => Promise<Error | undefined>

const hooks = new WeakMap<object, UnroutedHook>()

/** Sets the hook of a registration. */
export function setUnroutedHook (scope: object, hook: UnroutedHook): void {
  hooks.set(scope, hook)
}

/** Returns the hook of the registration that a URL belongs to, or of its nearest outer registration. */
export function findUnroutedHook (server: object, url: string | undefined): UnroutedHook | undefined {
  const scope = findByUrl(server, url)
  if (scope === undefined) return undefined
  for (const current of scopesAround(scope)) {
    const hook = hooks.get(current)
    if (hook !== undefined) return hook
  }
  return undefined
}
