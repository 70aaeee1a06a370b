/** Guards the functions of @fastify/basic-auth and @fastify/jwt that check credentials. */
import { isPromiseLike } from '../support/call-safely.js'
import { isRecord } from '../support/is-object.js'
import { describeThrown, guardCallback } from './guard-functions.js'
import type { Call } from './guard-synchronous.js'
import { isGuarding } from './guard-hooks.js'
import { findPluginFunction } from './find-plugin-function.js'
import { checkReturned, isError } from './returned-errors.js'

/**
 * Returns the options of a plugin that is registered in a scope, with guarded functions if it is @fastify/basic-auth or
 * @fastify/jwt.
 */
export function guardPluginOptions (scope: object, plugin: unknown, options: unknown): unknown {
  if (!isRecord(options)) return options
  if (findPluginFunction(plugin, 'fastifyBasicAuth') !== undefined) return guardBasicAuth(options)
  return findPluginFunction(plugin, 'fastifyJwt') !== undefined ? guardJwt(scope, options) : options
}

/**
 * Guards `trusted` and `verify.extractToken`. If one of them fails with `undefined`, or `trusted` returns an error,
 * @fastify/jwt accepts the request.
 */
function guardJwt (scope: object, options: Readonly<Record<string, unknown>>): object {
  const guard = (target: unknown, name: string): object =>
    isRecord(target) && typeof target[name] === 'function'
      ? { ...target, [name]: guardCallback('function of @fastify/jwt', target[name] as Call, () => isGuarding(scope)) }
      : target as object
  return guard(
    { ...options, ...options.verify !== undefined && { verify: guard(options.verify, 'extractToken') } },
    'trusted'
  )
}

/**
 * Guards `validate`. If it rejects with `undefined`, @fastify/basic-auth accepts the credentials. If its promise has
 * any other value that is not an object, the process ends.
 */
function guardBasicAuth (options: Readonly<Record<string, unknown>>): object {
  if (typeof options.validate !== 'function') return options
  const validate = options.validate as Call
  const fail = (thrown: unknown): never => {
    throw isError(thrown) && Object.isExtensible(thrown)
      ? thrown
      : Object.assign(describeThrown('function of @fastify/basic-auth', validate, thrown), { statusCode: 500 })
  }
  return {
    ...options,
    validate (this: object, ...args: unknown[]) {
      const result = validate.apply(this, args)
      if (!isGuarding(this)) return result
      const checked = checkReturned(result)
      return isPromiseLike(checked) ? checked.then(value => value === undefined ? value : fail(value), fail) : checked
    }
  }
}
