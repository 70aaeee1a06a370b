import { inspect } from 'node:util'

/**
 * What `lookup` threw, fit for the log: as it is where the key is nowhere in it, else its text with the key blotted out. Query builders
 * put the parameters of a failed query into its message, and fetch errors the URL.
 */
export function redactKey (thrown: unknown, key: string): unknown {
  const text = inspect(thrown, { depth: 8, customInspect: false, maxStringLength: null, maxArrayLength: null })
  const spellings = [key, encodeURIComponent(key)]
  if (!spellings.some(spelling => text.includes(spelling))) return thrown
  return new Error(spellings.reduce((rest, spelling) => rest.replaceAll(spelling, '[API key]'), text))
}
