/** Removes an API key from what is logged. */
import { inspect } from 'node:util'

/**
 * Returns what `lookup` threw, ready for the log: unchanged if it does not contain the key, otherwise as text with the key replaced. Query builders
 * put the parameters of a failed query into its message, and fetch errors have the URL.
 */
export function redactKey (thrown: unknown, key: string): unknown {
  const text = inspect(thrown, { depth: 8, customInspect: false, maxStringLength: null, maxArrayLength: null })
  const spellings = [key, encodeURIComponent(key)]
  if (!spellings.some(spelling => text.includes(spelling))) return thrown
  return new Error(spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '[API key]'), text))
}
