/** Finds regular expressions that engines of other languages read in different ways, or reject. */

/** What engines read in different ways, or reject. */
const unportable: ReadonlyArray<readonly [what: string, find: RegExp]> = [
  ['a quote, which brics reads as a string', /"/],
  ['an escape of a letter or digit, except \\x: \\d and \\w differ for Unicode, and Go has no \\u', /\\(?!x[\da-f]{2})[A-Za-z0-9]/],
  ['a lookaround, a named group, or another extension of groups', /\(\?/],
  ['a lazy or possessive quantifier', /[*+?}][+?]/],
  ['a character that is not printable ASCII', /[^ -~]/],
  ['an operator of brics outside a class', /[~&@#<>]/],
  ['an operation on classes', /\[[^\]]*(\[|&&|--|~~|\|\|)/]
]

/** Returns why a pattern is not portable. */
export function findFaults (pattern: string): string[] {
  const outside = pattern.replace(/\[[^\]]*\]/g, '[]')
  return unportable.filter(([what, find]) => find.test(/outside|quantifier|groups/.test(what) ? outside : pattern)).map(([what]) => what)
}

/** Returns the patterns of a document: values of `pattern`, and names below `patternProperties`. */
export function listPatterns (value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { pattern, patternProperties } = value as { readonly pattern?: unknown, readonly patternProperties?: object }
  return [...typeof pattern === 'string' ? [pattern] : [], ...Object.keys(patternProperties ?? {}), ...Object.values(value).flatMap(listPatterns)]
}
