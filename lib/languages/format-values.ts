/** Helpers for the phrases of languages. */

/**
 * Returns a function that writes a number with a noun, in the singular or the plural of a language.
 *
 * @example
 * createCount('de')(3, 'Eintrag', 'Einträge') // '3 Einträge'
 */
export function createCount (tag: string): (count: unknown, one: string, other: string) => string {
  const rules = new Intl.PluralRules(tag)
  return (count, one, other) => `${String(count)} ${rules.select(Number(count)) === 'one' ? one : other}`
}

/** Returns a function that lists the types of JSON in a language. A type without a name is written unchanged. */
export function createTypes (names: Readonly<Record<string, string>>, or: string): (types: unknown) => string {
  return types =>
    [types].flat().map(type => Object.hasOwn(names, String(type)) ? names[String(type)] : String(type)).join(or)
}
