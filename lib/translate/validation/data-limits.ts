/** Finds limits that are values of the request (Ajv's `$data`). */
import { isObject } from '../../support/is-object.js'

/** Returns whether the limit of a keyword is a value of the request. */
export function isDataReference (limit: unknown): boolean {
  return isObject(limit) && typeof limit.$data === 'string'
}

const keywordsBySchema = new WeakMap<object, ReadonlySet<string>>()

/** Returns the keywords whose limit is a value of the request somewhere in a schema. */
export function listDataKeywords (schema: unknown): ReadonlySet<string> {
  if (!isObject(schema)) return none
  let keywords = keywordsBySchema.get(schema)
  if (keywords === undefined) keywordsBySchema.set(schema, keywords = collect(schema, new Set(), new Set()))
  return keywords
}

const none: ReadonlySet<string> = new Set()

function collect (schema: Readonly<Record<string, unknown>>, found: Set<string>, seen: Set<object>): Set<string> {
  seen.add(schema)
  for (const [keyword, value] of Object.entries(schema)) {
    if (isDataReference(value)) found.add(keyword)
    else if (isObject(value) && !seen.has(value)) collect(value, found, seen)
  }
  return found
}
