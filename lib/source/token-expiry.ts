/**
 * Finds out whether the tokens that an application signs with @fastify/jwt expire. If they do not, no request has an
 * expired token.
 */
import type { Tokens } from './library-context.js'
import type { Value, Values } from './values.js'

/** Creates the record of the tokens of an application. */
export function createTokens (): Tokens {
  let isSigned = false
  let hasLifetime = false
  return {
    add (inspector, { args: [payload = [], options = []], live }) {
      isSigned = true
      const scopes = live === undefined ? [] : inspector.getScopes(live.value)
      hasLifetime ||= scopes.length === 0 || scopes.some(({ signOptions }) => hasOwnLifetime(signOptions)) ||
        hasField(payload, 'exp') || options.some(mayHaveLifetime)
    },
    canExpire: () => !isSigned || hasLifetime
  }
}

/** Returns whether the `sign` option of the plugin sets a lifetime. */
function hasOwnLifetime (signOptions: unknown): boolean {
  return (signOptions as { readonly expiresIn?: unknown } | undefined)?.expiresIn !== undefined
}

function hasField (values: Values, name: string): boolean {
  return values.some(value => value.kind === 'object' && value.fields.has(name))
}

/** Returns whether options can contain a lifetime. The options of `reply.jwtSign` can be in their property `sign`. */
function mayHaveLifetime (options: Value): boolean {
  if (options.kind !== 'object') return !['function', 'native', 'literal'].includes(options.kind)
  return options.fields.has('expiresIn') || (options.fields.get('sign') ?? []).some(mayHaveLifetime)
}
