import { AssertionError } from 'node:assert'
import { describeValue, refuseOption } from '../support/describe-value.js'
import type { LedgerEntry } from './ledger.js'

/** What {@link assertLedger} reads of an application. */
export interface LedgerSource {
  readonly apiErrors: {
    readonly ledger: () => readonly LedgerEntry[]
    readonly reference: () => { readonly codes: ReadonlyArray<{ readonly code: string, readonly routes: readonly string[] }> }
  }
}

/** The options of {@link assertLedger}. */
export interface AssertLedgerOptions {
  /** The answers of a whole suite, as `readLedger` returns them. @default those that the application itself gave */
  readonly answers?: readonly LedgerEntry[]
  /** Whether documented codes that no answer had are only listed, or make it fail. @default 'list' */
  readonly unexercised?: 'list' | 'fail'
  /** Codes that need not be exercised, for no test can provoke them. @default [] */
  readonly except?: readonly string[]
}

/** What was found. */
export interface LedgerReport {
  /** Answers that the documentation of their routes does not have. */
  readonly undocumented: readonly LedgerEntry[]
  /** Codes that a route is documented with and no answer had. */
  readonly unexercised: ReadonlyArray<{ readonly code: string, readonly routes: readonly string[] }>
}

/**
 * Proves at the end of the tests that the documentation is true: fails where an error went out that the documentation of
 * its route does not have, and finds the codes that are documented and that no test has seen.
 *
 * @returns what was found
 * @throws AssertionError naming each undocumented answer and, with `unexercised: 'fail'`, each code without an answer
 * @throws TypeError where the application does not register the plugin, an option is wrong, or `except` names a code that is not in the catalog
 * @example
 * assertLedger(app, { unexercised: 'fail', except: ['internal_error'] })
 */
export function assertLedger (app: LedgerSource, options: AssertLedgerOptions = {}): LedgerReport {
  if ((app as Partial<LedgerSource> | null | undefined)?.apiErrors === undefined) {
    throw new TypeError(`assertLedger: the application is ${describeValue(app)} without fastify-api-errors; it takes the instance, or the scope, that registers it.`)
  }
  const { answers = app.apiErrors.ledger(), unexercised: mode = 'list', except = [] } = options
  if (!Array.isArray(answers)) refuseOption('assertLedger', 'answers', answers, 'what readLedger() returns')
  if (mode !== 'list' && mode !== 'fail') refuseOption('assertLedger', 'unexercised', mode, "'list' or 'fail'")
  if (!Array.isArray(except)) refuseOption('assertLedger', 'except', except, 'an array of codes')
  const { codes } = app.apiErrors.reference()
  const unknown = except.find(name => !codes.some(({ code }) => code === name))
  if (unknown !== undefined) throw new TypeError(`assertLedger: 'except' has '${unknown}'; it takes codes of the catalog.`)

  const sent = new Set<string | null>(answers.map(({ code }) => code))
  const undocumented = answers.filter(({ documented }) => !documented)
  const unexercised = codes
    .filter(({ code, routes }) => routes.length > 0 && !sent.has(code) && !except.includes(code))
    .map(({ code, routes }) => ({ code, routes }))

  const faults: string[] = []
  const undeclared = undocumented.filter(({ code }) => code !== null)
  if (undeclared.length > 0) {
    faults.push('These answers are not documented. Name their codes in config.errors of the route, or in declareErrors() of its scope:')
    faults.push(...undeclared.map(({ route, status, code, count }) => `  ${route}: ${status} ${code}, sent ${times(count)}`))
  }
  const shapeless = undocumented.filter(({ code }) => code === null)
  if (shapeless.length > 0) {
    faults.push("These answers have a shape of their own. Throw an error of the catalog, declare the status in schema.response, or set sentErrors: 'convert':")
    faults.push(...shapeless.map(({ route, status, count }) => `  ${route}: ${status}, sent ${times(count)}`))
  }
  if (mode === 'fail' && unexercised.length > 0) {
    faults.push("These codes are documented, and no test has seen them. Test them, or name them in 'except':")
    faults.push(...unexercised.map(({ code, routes: [first, ...more] }) => `  ${code}: ${first}${more.length === 0 ? '' : `, and ${more.length} more`}`))
  }
  if (faults.length > 0) throw new AssertionError({ message: faults.join('\n'), stackStartFn: assertLedger })
  return { undocumented, unexercised }
}

function times (count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
