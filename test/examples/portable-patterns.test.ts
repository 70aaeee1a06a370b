/** The regular expressions in the documents of the example. Engines of Java, .NET, Go, Python and brics read them. */
import t from 'tap'
import { createApp } from '../../examples/launch/app.js'

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
function findFaults (pattern: string): string[] {
  const outside = pattern.replace(/\[[^\]]*\]/g, '[]')
  return unportable.filter(([what, find]) => find.test(/outside|quantifier|groups/.test(what) ? outside : pattern)).map(([what]) => what)
}

/** Returns the patterns of a document: values of `pattern`, and names below `patternProperties`. */
function listPatterns (value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { pattern, patternProperties } = value as { readonly pattern?: unknown, readonly patternProperties?: object }
  return [...typeof pattern === 'string' ? [pattern] : [], ...Object.keys(patternProperties ?? {}), ...Object.values(value).flatMap(listPatterns)]
}

t.test('a pattern that is not portable is reported', async t => {
  for (const pattern of ['"a"', '^\\d+$', '\\u0022', '(?=a)', '(?:a)', 'a+?', 'ü', 'a&b', '[a-z&&[^b]]', '[a--b]']) t.ok(findFaults(pattern).length > 0, pattern)
  for (const pattern of ['^[a-z][a-z0-9_]*$', '^[!-~]+( [ -~]+)?$', '^(a|b)\\.c{1,3}$', '^[^<>]*$', '^[^\\x00-\\x1f]*$']) t.strictSame(findFaults(pattern), [], pattern)
})

for (const [format, openapi] of [['code', '3.0.3'], ['error', '3.1.0']] as const) {
  t.test(`the patterns of the document are portable: ${format}, OpenAPI ${openapi}`, { timeout: 120_000 }, async t => {
    // With `negotiate`, the document has the format `problem` as well.
    const app = await createApp({ format, openapi, negotiate: true })
    t.teardown(() => app.close())
    await app.ready()
    const patterns = [...new Set(listPatterns(JSON.parse(JSON.stringify(app.swagger()))))]
    t.ok(patterns.length > 5, 'it has patterns')
    for (const pattern of patterns) t.strictSame(findFaults(pattern), [], pattern)
  })
}
