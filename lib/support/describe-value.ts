/** A value as a sentence about a wrong one shows it. */
export function describe (value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  return String(value)
}

/** Refuses an option with one sentence: whose it is, what it got, and what it takes. */
export function refuseOption (owner: string, option: string, got: unknown, takes: string): never {
  throw new TypeError(`${owner}: the option '${option}' is ${describe(got)}; it takes ${takes}.`)
}
