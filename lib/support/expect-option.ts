/**
 * Checks options. Every message has the same form: the owner of the option, its path, the expected value, and the
 * received value.
 */
import { ignoreRejection } from './call-safely.js'
import { describeValue } from './describe-value.js'
import { isRecord } from './is-object.js'

/**
 * Throws unless an option has an expected value.
 *
 * @param owner the function or package that has the option: `fastify-api-errors`, `apiKey`
 * @param option the path of the option: `rateLimit.policies.burst.max`
 * @param isExpected whether the value is valid
 * @param expected the valid values, as a phrase that follows the word "expected"
 * @param received the value
 * @throws TypeError such as
 * `fastify-api-errors: rateLimit.policies.burst.max: expected a positive integer or a function, got "10".`
 */
export function expectOption (
  owner: string,
  option: string,
  isExpected: boolean,
  expected: string,
  received: unknown
): asserts isExpected {
  if (!isExpected) rejectOption(owner, option, expected, received)
}

/**
 * Throws because an option has an unexpected value. Handles the rejection of a promise. Use this function if the check
 * narrows a type, or if `expected` is expensive to create.
 *
 * @throws TypeError always, in the form of {@link expectOption}
 */
export function rejectOption (owner: string, option: string, expected: string, received: unknown): never {
  ignoreRejection(received)
  throw new TypeError(`${owner}: ${option}: expected ${expected}, got ${describeValue(received)}.`)
}

/**
 * Throws if a value cannot be written as JSON, because it contains itself or a BigInt.
 *
 * @throws TypeError such as
 * `defineErrors: queue_full.meta: expected a value that JSON can represent, got one that contains itself or a BigInt.`
 */
export function expectJson (owner: string, option: string, value: unknown): void {
  try {
    JSON.stringify(value)
  } catch {
    throw new TypeError(
      `${owner}: ${option}: expected a value that JSON can represent, got one that contains itself or a BigInt.`
    )
  }
}

/**
 * Throws if a value is not an object, or has a property that is not an option.
 *
 * @param path the path of the object; empty if its properties are the options themselves
 * @throws TypeError such as `fastify-api-errors: reference.root: unknown option, expected one of path, title.`
 */
export function expectKnownOptions (owner: string, path: string, options: object, known: readonly string[]): void {
  expectOption(
    owner,
    path === '' ? 'options' : path,
    isRecord(options),
    `an object with ${known.slice(0, 3).join(', ')}`,
    options
  )
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) {
      throw new TypeError(
        `${owner}: ${path === '' ? name : `${path}.${name}`}: unknown option, expected ${known.length === 1 ? known.join() : `one of ${known.join(', ')}`}.`
      )
    }
  }
}
