/** Resolves names of awilix containers to their stored value, or to the value that their registration would create. */
import { types } from 'node:util'
import type { LibraryCall, LibraryContext } from './library-context.js'
import { listTexts, union, type Values } from './values.js'

/** The part of an awilix registration that is read. */
interface Registration {
  readonly resolve?: object
}

/**
 * Returns the value to which an awilix container resolves a name, without calling the container. Returns `undefined` if
 * the container does not have the name.
 *
 * @param fn a function of the container: `resolve`, or the `get` of its cradle
 */
export function resolveRegistered (machine: LibraryContext, fn: object, name: string): Values | undefined {
  const scopes = machine.inspector.getScopes(fn)
  const registrations = scopes.map(scope => scope.registrations).find(isPlainObject) as
    | Readonly<Record<string, Registration>>
    | undefined
  const container = scopes.map(scope => scope.container).find(isPlainObject) as {
    readonly cradle: object,
    readonly cache: Map<string, { readonly value: unknown }>
  } | undefined
  if (registrations === undefined || container === undefined) return undefined
  const kept = container.cache.get(name)
  if (kept !== undefined) return [machine.liveValue(kept.value)]
  const resolve = Object.hasOwn(registrations, name) ? registrations[name]?.resolve : undefined
  if (resolve === undefined) return undefined
  const [closed = {}] = machine.inspector.getScopes(resolve)
  if ('value' in closed) return [machine.liveValue(closed.value)]
  const make = typeof closed.fn === 'function' ? closed.fn : undefined
  if (make === undefined) return undefined
  const [inner = {}] = make.name === 'newClass' ? machine.inspector.getScopes(make) : []
  const args = [[machine.live(container.cradle)]]
  return typeof inner.Type === 'function'
    ? machine.construct([machine.live(inner.Type)], args, undefined)
    : machine.call([machine.live(make)], [], args)
}

/** Calls `container.resolve(name)` of awilix. */
export function callContainer (
  machine: LibraryContext,
  { live, args: [names = []] }: LibraryCall,
  method: string
): Values | undefined {
  if (method !== 'resolve' || live === undefined) return undefined
  const found = listTexts(names).map(name => resolveRegistered(machine, live.value, name))
  return found.every(values => values !== undefined) && found.length > 0 ? union(...found) : undefined
}

/** Returns a property of a cradle. `undefined` for another proxy, and for a name that is not registered. */
export function readCradleMember (machine: LibraryContext, proxy: object, name: string): Values | undefined {
  const handler = machine.inspector.getProxyHandler(proxy)
  const get = handler === undefined || types.isProxy(handler)
    ? undefined
    : Object.getOwnPropertyDescriptor(handler, 'get')?.value as unknown
  return typeof get === 'function' ? resolveRegistered(machine, get, name) : undefined
}

/** Returns whether a value is an object whose properties can be read without running code. */
function isPlainObject (value: unknown): value is object {
  return typeof value === 'object' && value !== null && !types.isProxy(value)
}
