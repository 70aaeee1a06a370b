/** Type guards for values of unknown origin, and the types of objects whose properties are read by name. */

/** An object whose properties are read and written by name. */
export type JsonObject = Record<string, unknown>

/** The same, but read-only. */
export type ReadonlyJsonObject = Readonly<JsonObject>

/** Returns whether a value is an object or an array, so that its properties can be read. */
export function isObject (value: unknown): value is ReadonlyJsonObject {
  return typeof value === 'object' && value !== null
}

/** Returns whether a value is an object and not an array. */
export function isRecord (value: unknown): value is ReadonlyJsonObject {
  return isObject(value) && !Array.isArray(value)
}
