/** Checks at the end of a test suite that every error was documented. */
import { AssertionError } from 'node:assert'
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { isLedgerEntry } from './collect-ledger.js'
import { listReferences } from './error-references.js'
import type { LedgerEntry } from './ledger.js'

/** The parts of an application that {@link assertLedger} uses. */
export interface LedgerSource {
  readonly apiErrors: {
    readonly ledger: () => readonly LedgerEntry[],
    readonly reference: () => {
      readonly codes: ReadonlyArray<{ readonly code: string, readonly routes: readonly string[] }>
    }
  }
}

/** The options of {@link assertLedger}. */
export interface AssertLedgerOptions {
  /** The responses of a whole suite, as `readLedger` returns them. @default the responses of the application itself */
  readonly responses?: readonly LedgerEntry[]
  /** Whether the check fails for documented codes without a response, or only lists them. @default 'list' */
  readonly unexercised?: 'list' | 'fail'
  /** Codes that need no test, because no test can cause them. @default [] */
  readonly except?: readonly string[]
}

/** The result of {@link assertLedger}. */
export interface LedgerReport {
  /** Responses that are not documented for their routes. */
  readonly undocumented: readonly LedgerEntry[]
  /** Documented codes that no response had. */
  readonly unexercised: ReadonlyArray<{ readonly code: string, readonly routes: readonly string[] }>
}

/**
 * Checks at the end of the tests that the documentation is complete. Fails if an undocumented error was sent. Finds the
 * documented codes that no test has triggered.
 *
 * @param app the instance, or the scope, that registers the plugin
 * @returns the undocumented responses and the codes without a response
 * @throws AssertionError that lists each undocumented response and, with `unexercised: 'fail'`, each code without a
 * response
 * @throws TypeError if the application does not register the plugin, an option is invalid, or `except` has a code that
 * is not in the catalog
 * @example
 * assertLedger(app, { unexercised: 'fail', except: ['internal_error'] })
 */
export function assertLedger (app: LedgerSource, options: AssertLedgerOptions = {}): LedgerReport {
  const isRegistered = (app as Partial<LedgerSource> | null | undefined)?.apiErrors !== undefined
  expectOption(
    'assertLedger',
    'app',
    isRegistered,
    'the instance, or the scope, that registers fastify-api-errors',
    app
  )
  expectKnownOptions('assertLedger', '', options, ['responses', 'unexercised', 'except'])
  const { responses = app.apiErrors.ledger(), unexercised: mode = 'list', except = [] } = options
  expectOption(
    'assertLedger',
    'responses',
    Array.isArray(responses) && responses.every(isLedgerEntry),
    'the result of readLedger()',
    responses
  )
  expectOption('assertLedger', 'unexercised', mode === 'list' || mode === 'fail', "'list' or 'fail'", mode)
  expectOption('assertLedger', 'except', Array.isArray(except), 'an array of codes', except)
  const codes = listReferences(app).flatMap(({ codes }) => codes)
  const unknown = except.find(name => !codes.some(({ code }) => code === name))
  expectOption('assertLedger', 'except', unknown === undefined, 'codes of the catalog', unknown)

  const sent = new Set<string | null>(responses.map(({ code }) => code))
  const undocumented = responses.filter(({ documented }) => !documented)
  const unexercised = [...new Set(codes.map(({ code }) => code))]
    .map(code => ({ code, routes: codes.filter(each => each.code === code).flatMap(({ routes }) => routes) }))
    .filter(({ code, routes }) => routes.length > 0 && !sent.has(code) && !except.includes(code))

  const faults: string[] = []
  const undeclared = undocumented.filter(({ code }) => code !== null)
  if (undeclared.length > 0) {
    faults.push(
      'These responses are not documented. Add their codes to config.errors of the route, or to declareErrors() of its scope:'
    )
    faults.push(
      ...undeclared.map(({ route, status, code, count }) => `  ${route}: ${status} ${code}, sent ${formatTimes(count)}`)
    )
  }
  const withoutCode = undocumented.filter(({ code }) => code === null)
  if (withoutCode.length > 0) {
    faults.push(
      "These responses do not have the format of the API. Throw an error from the catalog, declare the status in schema.response, or set sentErrors: 'convert':"
    )
    faults.push(...withoutCode.map(({ route, status, count }) => `  ${route}: ${status}, sent ${formatTimes(count)}`))
  }
  if (mode === 'fail' && unexercised.length > 0) {
    faults.push("These codes are documented, but no test has triggered them. Test them, or add them to 'except':")
    faults.push(
      ...unexercised.map(({ code, routes: [first, ...more] }) =>
        `  ${code}: ${first}${more.length === 0 ? '' : `, and ${more.length} more`}`
      )
    )
  }
  if (faults.length > 0) throw new AssertionError({ message: faults.join('\n'), stackStartFn: assertLedger })
  return { undocumented, unexercised }
}

function formatTimes (count: number): string {
  return count === 1 ? 'once' : `${count} times`
}
