/** Deprecated codes: how they are declared, and the headers and sentences that announce it. */
import { expectKnownOptions, expectOption } from '../support/expect-option.js'
import { isHttpUrl } from '../support/http-syntax.js'
import { isRecord } from '../support/is-object.js'
import { isCode } from './code-syntax.js'

/**
 * When a code is deprecated, and what replaces it. A date is `2030-01-31`, which begins at midnight in UTC, or a date
 * and time with an offset.
 */
export interface Deprecation {
  /** The date as of which the code is deprecated. Responses have it as `Deprecation` (RFC 9745). */
  readonly since: string
  /**
   * The date from which the API no longer sends the code. Responses have it as `Sunset` (RFC 8594). @default no date is
   * announced
   */
  readonly sunset?: string
  /** The code that clients should handle instead. @default none */
  readonly replacedBy?: string
  /** The absolute URL of a page about the deprecation. Responses have it as `Link`. @default none */
  readonly link?: string
}

const expectedDate = "a date like '2030-01-31', or a date and time like '2030-01-31T12:00:00Z'"

/**
 * Checks the deprecation of a code.
 *
 * @throws TypeError with one sentence that contains the path of the property
 */
export function checkDeprecation (
  owner: string,
  path: string,
  deprecation: unknown
): asserts deprecation is Deprecation | undefined {
  if (deprecation === undefined) return
  expectOption(
    owner,
    path,
    isRecord(deprecation),
    "an object like { since: '2030-01-31', replacedBy: 'another_code' }",
    deprecation
  )
  expectKnownOptions(owner, path, deprecation, ['since', 'sunset', 'replacedBy', 'link'])
  const { since, sunset, replacedBy, link } = deprecation
  expectOption(owner, `${path}.since`, isDate(since), expectedDate, since)
  expectOption(owner, `${path}.sunset`, sunset === undefined || isDate(sunset), expectedDate, sunset)
  // RFC 9745, section 4
  expectOption(
    owner,
    `${path}.sunset`,
    sunset === undefined || Date.parse(sunset) >= Date.parse(since),
    `a date that is not before ${since}`,
    sunset
  )
  expectOption(owner, `${path}.replacedBy`, replacedBy === undefined || isCode(replacedBy), 'a code', replacedBy)
  expectOption(owner, `${path}.link`, link === undefined || isHttpUrl(link), 'an absolute URL', link)
}

function isDate (value: unknown): value is string {
  if (
    typeof value !== 'string' || !/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/.test(value) ||
    Number.isNaN(Date.parse(value))
  ) return false
  const day = value.slice(0, 10)
  return new Date(day).toISOString().startsWith(day) // February 30 is otherwise March 2
}

/** Returns the headers of a deprecated code (RFC 9745, sections 2 and 3; RFC 8594, sections 3 and 6). */
export function createDeprecationHeaders (deprecation: Deprecation | undefined): Readonly<Record<string, string>> {
  if (deprecation === undefined) return {}
  const { since, sunset, link } = deprecation
  return {
    Deprecation: `@${Date.parse(since) / 1000}`,
    ...(sunset !== undefined && { Sunset: new Date(sunset).toUTCString() }),
    ...(link !== undefined && { Link: `<${link}>; rel="deprecation${sunset === undefined ? '' : ' sunset'}"` })
  }
}

/** What these headers mean, by their names in lower case. */
export const deprecationHeaders: Readonly<Record<string, string>> = {
  deprecation: 'The time as of which the code is deprecated, in seconds since 1970 (RFC 9745).',
  sunset: 'The time from which the code is no longer sent (RFC 8594).',
  link: 'A page about the deprecation of the code (RFC 9745, section 3).'
}

/**
 * Returns the sentences about a deprecation: `Deprecated as of 2030-01-31. Its replacement is ...`
 *
 * @param formatCode how the replacement is written
 */
export function describeDeprecation (
  { since, sunset, replacedBy }: Deprecation,
  formatCode: (code: string) => string = code => `\`${code}\``
): string {
  return [
    `Deprecated as of ${since}.`,
    ...(sunset === undefined ? [] : [`The API stops sending it on ${sunset}.`]),
    ...(replacedBy === undefined ? [] : [`Its replacement is ${formatCode(replacedBy)}.`])
  ].join(' ')
}
