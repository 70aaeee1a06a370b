/** Guards the function of @fastify/basic-auth that checks the credentials. */
import { isPromiseLike } from '../support/call-safely.js'
import { describeValue } from '../support/describe-value.js'
import { isRecord } from '../support/is-object.js'
import type { Call } from './guard-synchronous.js'
import { isGuarding } from './hooks.js'
import { findPluginFunction } from './rate-limit-plugin-options.js'
import { isError } from './returned-errors.js'

/**
 * Returns the options of a plugin, with a guarded `validate` if it is @fastify/basic-auth. If `validate` rejects with `undefined`, the plugin
 * accepts the credentials. If it rejects with a string, the process ends.
 */
export function guardBasicAuth (plugin: unknown, options: unknown): unknown {
  if (findPluginFunction(plugin, 'fastifyBasicAuth') === undefined || !isRecord(options) || typeof options.validate !== 'function') return options
  const validate = options.validate as Call
  return {
    ...options,
    validate (this: object, ...args: unknown[]) {
      const result = validate.apply(this, args)
      return isPromiseLike(result) && isGuarding(this) ? result.then(undefined, rejectWithError) : result
    }
  }
}

function rejectWithError (thrown: unknown): never {
  throw isError(thrown) ? thrown : Object.assign(new Error(`validate() of @fastify/basic-auth threw ${describeValue(thrown)}.`, { cause: thrown }), { statusCode: 500 })
}
