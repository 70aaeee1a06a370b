/** The syntax of error codes: the default one, and everything that the option `codes` can allow. */

const snakeCase = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/

const anyCode = /^[A-Za-z][A-Za-z0-9]*([_.:/-][A-Za-z0-9]+)*$/

/** Returns whether a string is in lower snake case, as every code is by default. */
export function isSnakeCase (code: string): boolean {
  return snakeCase.test(code)
}

/**
 * Returns whether a value can be a code: letters and digits, with single separators between them. Such a code is safe
 * in documents, URLs, files and log lines, and it is not a sentence.
 */
export function isCode (value: unknown): value is string {
  return typeof value === 'string' && anyCode.test(value)
}
