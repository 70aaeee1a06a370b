/** Finds the response schema of a route for a status in the same way as Fastify. */
import { getResponseCodes } from '../catalog/response-codes.js'

/**
 * Returns whether a route declares its own response schema for a status. The schemas of `responses()` do not count,
 * because they have the format of the API.
 */
export function declaresStatus (responses: unknown, status: number): boolean {
  const key = findDeclaredKey(responses, status)
  return key !== undefined && getResponseCodes((responses as Record<string, unknown>)[key]).length === 0
}

/** Returns whether the `response` schemas of a route include one that can apply to an error. */
export function declaresErrors (responses: unknown): boolean {
  return Object.keys(responses ?? {}).some(key => /^([45]|default$)/i.test(key))
}

/**
 * Returns the key of the `response` schema of a route for a status: its number, its class, or `default` (in this
 * order); `undefined` if there is none.
 */
export function findDeclaredKey (responses: unknown, status: number): string | undefined {
  const declared = Object.keys(responses ?? {})
  for (const key of [String(status), `${String(status).charAt(0)}xx`, 'default']) {
    const found = declared.find(name => name.toLowerCase() === key)
    if (found !== undefined) return found
  }
  return undefined
}
