/** A type guard for values of unknown origin. The client does not import that of the server. */

/** An object whose properties are read by name. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Returns whether a value is an object or an array. */
export function isObject (value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}
