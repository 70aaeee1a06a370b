/** Formats values for messages. */

/** The maximum number of characters of a string in a message. */
const maxShown = 100

/** Returns a value as shown in a message: a string in double quotes, and only the type of an object or a function. */
export function describeValue (value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > maxShown ? `${value.slice(0, maxShown)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}
