/**
 * Recognizes programming mistakes by the class of the error, before the translators run. No built-in translator handles
 * these errors.
 */
import { errorsWithoutCode, formParserErrors } from './plugin-codes.js'
import { fetchMessages } from './upstreams/upstream-codes.js'

/** The names of JavaScript's built-in errors. They indicate bugs, regardless of the reply's status. */
export const mistakeNames: ReadonlySet<unknown> = new Set([
  'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'
])

/** The prototypes of the errors that JavaScript throws for mistakes in code. */
const mistakes: ReadonlySet<object> = new Set([TypeError, RangeError, ReferenceError].map(({ prototype }) => prototype))

/** The messages by which translators recognize errors that have no other property. */
const knownMessages: ReadonlySet<string> = new Set([
  ...Object.values(errorsWithoutCode).flatMap(responses => Object.keys(responses)),
  ...Object.keys(formParserErrors),
  ...fetchMessages
])

/**
 * Returns whether a thrown value is an error of JavaScript itself that has only a stack and a message: no code, no
 * status, no cause.
 */
export function isProgrammingMistake (thrown: unknown): boolean {
  return typeof thrown === 'object' && thrown !== null && mistakes.has(Object.getPrototypeOf(thrown) as object) &&
    Object.getOwnPropertyNames(thrown).every(name => name === 'stack' || name === 'message') &&
    !knownMessages.has((thrown as Error).message)
}
