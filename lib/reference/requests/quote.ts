/** Writes strings as literals of programming languages. */

/** Returns a string as a literal that JavaScript and Python read in the same way. */
export function quote (text: string): string {
  const inner = JSON.stringify(text).slice(1, -1)
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
