/**
 * Checks the `fetch` and the options of `withRetry` and `withPacing`. The client does not import the checks of the
 * server.
 */
import { isObject } from './is-object.js'

/** An option: its default, the expected value as a phrase, and whether a value is valid. */
type OptionRule<T> = readonly [defaultValue: T, expected: string, isValid: (value: unknown) => boolean]

/** The rule of each option. */
export type OptionRules<Settings> = { readonly [Name in keyof Settings]: OptionRule<Settings[Name]> }

/** Returns whether a value is a number of at least 0, such as milliseconds. */
export function isAmount (value: unknown): boolean {
  return typeof value === 'number' && value >= 0
}

/**
 * Returns the options with their defaults.
 *
 * @throws TypeError with one sentence in the form of the server: the function, the option, the expected value, and the
 * received value
 */
export function checkOptions<Settings> (
  owner: string,
  fetch: unknown,
  options: Partial<Settings>,
  rules: OptionRules<Settings>
): Settings {
  const expect = (name: string, isValid: boolean, expected: string, value: unknown): void => {
    if (!isValid) {
      throw new TypeError(
        `${owner}: ${name}: expected ${expected}, got ${/string|object/.test(typeof value) ? JSON.stringify(value) : String(value)}.`
      )
    }
  }
  expect('fetch', typeof fetch === 'function', 'a function', fetch)
  expect('options', isObject(options), 'an object', options)
  const names = Object.keys(rules)
  const stray = Object.keys(options).find(name => !names.includes(name))
  if (stray !== undefined) {
    throw new TypeError(`${owner}: ${stray}: unknown option, expected one of ${names.join(', ')}.`)
  }
  return Object.fromEntries(
    Object.entries<OptionRule<unknown>>(rules).map(([name, [defaultValue, expected, isValid]]) => {
      const { [name]: value = defaultValue } = options as Readonly<Record<string, unknown>>
      expect(name, isValid(value), expected, value)
      return [name, value]
    })
  ) as Settings
}
