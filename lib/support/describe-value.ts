/** Formats values for messages. */
import { types } from 'node:util'

/** The maximum number of characters of a string in a message. */
const maxShown = 100

/**
 * Returns a value as shown in a message: a string in double quotes, and only the kind of an object or a function.
 * Accepts any value and never throws.
 */
export function describeValue (value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > maxShown ? `${value.slice(0, maxShown)}…` : value)
  if (typeof value === 'function') return types.isAsyncFunction(value) ? 'an async function' : 'a function'
  return typeof value === 'object' && value !== null ? describeObject(value) : String(value)
}

function describeObject (value: object): string {
  // The traps of a proxy can throw.
  if (types.isProxy(value)) return 'an object'
  if (types.isPromise(value)) return 'a promise'
  if (types.isDate(value)) return Number.isNaN(Date.prototype.getTime.call(value)) ? 'an invalid date' : 'a date'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array'
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === Object.prototype || prototype === null
  return isPlain && Object.keys(value).length === 0 ? 'an empty object' : 'an object'
}
