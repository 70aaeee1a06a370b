/**
 * Finds functions that return random values. A random value does not equal any stored value, so it does not violate a
 * unique constraint.
 */
import type { ExternalValue } from './values.js'

/** The names of such functions, in node:crypto and in packages for identifiers. */
const names: ReadonlySet<string> = new Set([
  'randomUUID', 'randomBytes', 'randomInt', 'nanoid', 'uuid', 'uuidv4', 'uuidv7', 'ulid', 'cuid', 'createId',
  'generateId', 'generateIdFromEntropySize', 'generateRandomString'
])

/** Returns whether a function of Node or of a package returns a random value. */
export function returnsRandomValue ({ from, path }: ExternalValue): boolean {
  const name = path.split('.').at(-1) as string
  return names.has(name) || path === 'Math.random' || (from === 'uuid' && /^v[1467]$/.test(name))
}
