/** Parses the JSON of a file. */

/**
 * Returns the value of a JSON file. Some editors write a byte order mark at the start of a file, which JSON does not
 * allow.
 */
export function parseJsonFile (text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''))
}
