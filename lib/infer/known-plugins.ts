/**
 * Finds official plugins by the hooks that they add. A name is not enough, because `fp()` can change it. A plugin can
 * also be registered too late for a route, and its options can exempt a route. A hook that runs on the route is
 * reliable.
 */
import type { AnyNode } from 'acorn'
import type { FastifyInstance, RouteOptions } from 'fastify'
import type { StandardCode } from '../catalog/standard-errors.js'
import { getEffectiveHooks } from '../fastify/internals.js'
import { getOriginalFunction } from '../fastify/guard-hooks.js'
import type { DeclaringTarget } from './declared/declare-errors.js'
import { listChildren, parseFunction } from './code/parse-function.js'

/** A plugin that responds to requests itself. */
type KnownPlugin =
  | '@fastify/rate-limit'
  | '@fastify/compress'
  | '@fastify/under-pressure'
  | '@fastify/bearer-auth'
  | '@fastify/basic-auth'
  | '@fastify/csrf-protection'
  | '@fastify/passport'

/** Names of properties in the source of each plugin's hook. A minifier keeps them. */
const marks: Readonly<Record<KnownPlugin, readonly string[]>> = {
  '@fastify/rate-limit': ['onExceeded', 'addHeadersOnExceeding'],
  '@fastify/compress': ['onUnsupportedRequestEncoding', 'decompressStream'],
  '@fastify/under-pressure': ['routeOptions.config.pressureHandler'],
  '@fastify/bearer-auth': ['verifyBear'],
  '@fastify/basic-auth': ['credentialsRE', 'userPassRE'],
  '@fastify/csrf-protection': ['Missing csrf secret', 'Invalid csrf token'],
  '@fastify/passport': ['attemptStrategy', 'onAllFailed']
}

/** The codes of the responses that the hooks of credential plugins send. */
const codes: Readonly<Partial<Record<KnownPlugin, readonly StandardCode[]>>> = {
  '@fastify/bearer-auth': ['unauthorized', 'invalid_token'],
  '@fastify/basic-auth': ['unauthorized'],
  '@fastify/csrf-protection': ['forbidden'],
  '@fastify/passport': ['unauthorized']
}

const owners = new WeakMap<object, KnownPlugin | undefined>()

/** The plugins whose hooks are among lists of targets. Most routes of a scope have the same list. */
const ownersOfTargets = new WeakMap<readonly DeclaringTarget[], ReadonlySet<KnownPlugin | undefined>>()

function hasHookOf (plugin: KnownPlugin, targets: readonly DeclaringTarget[]): boolean {
  let found = ownersOfTargets.get(targets)
  if (found === undefined) ownersOfTargets.set(targets, found = new Set(targets.map(({ target }) => findOwner(target))))
  return found.has(plugin)
}

/** Returns whether the targets include the hook of @fastify/rate-limit, or the hook that `app.rateLimit()` returns. */
export function isLimitedByPlugin (targets: readonly DeclaringTarget[]): boolean {
  return hasHookOf('@fastify/rate-limit', targets)
}

/**
 * Returns whether the targets include the hook of @fastify/compress, which checks the `Content-Encoding` of every
 * request.
 */
export function checksContentEncoding (targets: readonly DeclaringTarget[]): boolean {
  return hasHookOf('@fastify/compress', targets)
}

/**
 * Returns whether an `errorResponseBuilder` of @fastify/rate-limit returns an object without a status. Fastify then
 * responds with 500 instead of 429.
 */
export function buildsNoStatus (builder: unknown): boolean {
  const node = typeof builder === 'function' ? parseFunction(builder) : undefined
  const results = node === undefined ? [] : node.body.type === 'BlockStatement' ? listReturned(node.body) : [node.body]
  return results.length > 0 &&
    results.every(result =>
      result.type === 'ObjectExpression' &&
      result.properties.every(property =>
        property.type === 'Property' && property.key.type === 'Identifier' && !property.computed &&
        !['status', 'statusCode'].includes(property.key.name)
      )
    )
}

function listReturned (node: AnyNode): AnyNode[] {
  return node.type === 'ReturnStatement' && node.argument ? [node.argument] : listChildren(node).flatMap(listReturned)
}

/**
 * Returns the plugin of a hook and its codes. The errors in its source depend on its options, so they are not used.
 * `undefined` for a hook of the application.
 */
export function findPluginErrors (
  hook: object
): { readonly plugin: string, readonly codes: readonly StandardCode[] } | undefined {
  const plugin = findOwner(hook)
  return plugin === undefined ? undefined : { plugin, codes: codes[plugin] ?? [] }
}

/**
 * Returns whether the hook of @fastify/under-pressure runs on the routes of a scope. Without a limit,
 * @fastify/under-pressure adds no hook.
 */
export function isUnderPressureHookActive (scope: object): boolean {
  return getEffectiveHooks(scope, 'onRequest').some(hook =>
    findOwner(getOriginalFunction(hook)) === '@fastify/under-pressure'
  )
}

/**
 * Returns whether the handler of a route is called with a websocket. @fastify/websocket responds to all other requests
 * to such a route itself.
 */
export function isWebsocketRoute (route: RouteOptions, scope: FastifyInstance): boolean {
  return (route as { readonly websocket?: boolean }).websocket === true && 'websocketServer' in scope
}

function findOwner (hook: object): KnownPlugin | undefined {
  if (typeof hook !== 'function') return undefined
  if (!owners.has(hook)) {
    const source = Function.prototype.toString.call(hook)
    owners.set(
      hook,
      (Object.keys(marks) as KnownPlugin[]).find(plugin => marks[plugin].every(mark => source.includes(mark)))
    )
  }
  return owners.get(hook)
}
