/** Hooks for requests that Fastify answers before it runs those of the application: a bad URL, or one that was rejected early. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { findByUrl } from './registrations.js'
import { scopesAround } from './scopes.js'

/** Returns the error to answer with in place of the other one, if there is one. */
export type UnroutedHook = (request: FastifyRequest, reply: FastifyReply) => Promise<Error | undefined>

const hooks = new WeakMap<object, UnroutedHook>()

/** Sets the hook of a registration. */
export function setUnroutedHook (scope: object, hook: UnroutedHook): void {
  hooks.set(scope, hook)
}

/** Returns the hook of the registration that a URL belongs to, or of the nearest one around it. */
export function findUnroutedHook (server: object, url: string | undefined): UnroutedHook | undefined {
  const scope = findByUrl(server, url)
  if (scope === undefined) return undefined
  for (const around of scopesAround(scope)) {
    const hook = hooks.get(around)
    if (hook !== undefined) return hook
  }
  return undefined
}
