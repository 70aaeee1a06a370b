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

/** Refuses an option with one sentence: whose it is, what it got, and what it takes. */
export function refuseOption (owner: string, option: string, got: unknown, takes: string): never {
  throw new TypeError(`${owner}: the option '${option}' is ${describeValue(got)}; it takes ${takes}.`)
}
