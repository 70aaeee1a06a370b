/** Shows a value in a message about it. */

/** Characters of a string that are shown. The rest is cut off, because a message is one line. */
const maxShown = 100

/** Returns a value as a message shows it: a string in double quotes, an object or a function by its kind. */
export function describeValue (value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > maxShown ? `${value.slice(0, maxShown)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}
