/** Guards the function of @fastify/basic-auth that checks the credentials. */
import { isPromiseLike } from '../support/call-safely.js'
import { isRecord } from '../support/is-object.js'
import { describeThrown } from './guard-functions.js'
import type { Call } from './guard-synchronous.js'
import { isGuarding } from './hooks.js'
import { findPluginFunction } from './rate-limit-plugin-options.js'
import { checkReturned, isError } from './returned-errors.js'

/**
 * Returns the options of a plugin, with a guarded `validate` if it is @fastify/basic-auth. If `validate` rejects with `undefined`, the plugin
 * accepts the credentials. If its promise has any other value that is not an object, the process ends.
 */
export function guardBasicAuth (plugin: unknown, options: unknown): unknown {
  if (findPluginFunction(plugin, 'fastifyBasicAuth') === undefined || !isRecord(options) || typeof options.validate !== 'function') return options
  const validate = options.validate as Call
  const fail = (thrown: unknown): never => {
    throw isError(thrown) && Object.isExtensible(thrown) ? thrown : Object.assign(describeThrown('function of @fastify/basic-auth', validate, thrown), { statusCode: 500 })
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
