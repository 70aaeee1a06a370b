/** Reads the API key of a request, writes its challenge, and describes it for OpenAPI. */
import type { IncomingHttpHeaders } from 'node:http'
import type { SecurityScheme } from '../../infer/declared/security.js'
import { expectOption } from '../../support/expect-option.js'

/** The location of the key in a request. */
export interface KeyLocation {
  /** The name of the header, in lower case. */
  readonly header: string
  /** The scheme before the key; `undefined` if the header has only the key. */
  readonly scheme: string | undefined
}

/** The credential at the location. */
export interface Credential {
  /** The key; `undefined` if it is missing, or if the value is not a possible key. */
  readonly key: string | undefined
  /** Whether the request has any credential for this location. */
  readonly isSent: boolean
  /** Whether it has the scheme of the location. Otherwise, the challenge has no `error` (RFC 6750, section 3.1). */
  readonly hasScheme: boolean
}

/**
 * Visible ASCII without quotes and backslashes: every token68 (RFC 9110, section 11.2), and the other characters that
 * APIs use in keys.
 */
const keyPattern = /^[\x21\x23-\x26\x28-\x5b\x5d-\x5f\x61-\x7e]+$/

/** RFC 9110, section 5.6.2. */
const token = /^[\w!#$%&'*+.^`|~-]+$/

/**
 * Returns the location of the key from the options.
 *
 * @throws TypeError if a name is invalid
 */
export function createKeyLocation (header: string = 'authorization', scheme?: string): KeyLocation {
  expectOption('apiKey', 'header', isToken(header), "the name of a header, such as 'x-api-key'", header)
  expectOption(
    'apiKey',
    'scheme',
    scheme === undefined || isToken(scheme),
    "the word before the key, such as 'Bearer'",
    scheme
  )
  const name = header.toLowerCase()
  return { header: name, scheme: scheme ?? (name === 'authorization' ? 'Bearer' : undefined) }
}

function isToken (value: unknown): boolean {
  return typeof value === 'string' && token.test(value)
}

/**
 * Reads the credential of a request. A value with another scheme, such as `Basic`, is not an API key. A key without its
 * scheme is a malformed key.
 */
export function readCredential (headers: IncomingHttpHeaders, { header, scheme }: KeyLocation): Credential {
  const value = [headers[header] ?? ''].flat().join(', ')
  if (value === '') return { key: undefined, isSent: false, hasScheme: false }
  if (scheme === undefined) return { key: readKey(value), isSent: true, hasScheme: true }
  const [, word = '', key] = /^(\S+)(?: +(.*))?$/.exec(value) ?? []
  const hasScheme = word.toLowerCase() === scheme.toLowerCase()
  if (key === undefined) return { key: undefined, isSent: !hasScheme, hasScheme: false }
  return hasScheme ? { key: readKey(key), isSent: true, hasScheme } : { key: undefined, isSent: false, hasScheme }
}

function readKey (key: string): string | undefined {
  return keyPattern.test(key) ? key : undefined
}

/** The parameters of a challenge, except for the realm (RFC 6750, section 3). */
export interface ChallengeFailure {
  readonly error: 'invalid_token' | 'insufficient_scope'
  readonly scope?: readonly string[]
}

/**
 * Returns the value of `WWW-Authenticate`. There is no registered scheme for a key in another header. APIs usually call
 * it `ApiKey`.
 */
export function formatChallenge (
  { header, scheme }: KeyLocation,
  realm: string,
  failure: ChallengeFailure | undefined
): string {
  return [
    `${scheme ?? 'ApiKey'} realm="${realm}"`,
    ...header === 'authorization' ? [] : [`header="${header}"`],
    ...failure === undefined ? [] : [`error="${failure.error}"`],
    ...failure?.scope === undefined ? [] : [`scope="${failure.scope.join(' ')}"`]
  ].join(', ')
}

/**
 * Returns the security scheme of OpenAPI for the location, with its name: `apiKey` for a Bearer key, `xApiKey` for a
 * key in `X-API-Key`.
 */
export function createSecurityScheme (
  { header, scheme = '' }: KeyLocation
): { readonly name: string, readonly scheme: SecurityScheme } {
  const name = header === 'authorization' && scheme.toLowerCase() === 'bearer'
    ? 'apiKey'
    : toCamelCase(`${header} ${scheme}`)
  if (header === 'authorization') {
    return { name, scheme: { type: 'http', scheme: scheme.toLowerCase(), description: 'An API key.' } }
  }
  const description = scheme === '' ? 'An API key.' : `An API key, after the word ${scheme}.`
  return { name, scheme: { type: 'apiKey', in: 'header', name: header, description } }
}

function toCamelCase (words: string): string {
  return words.toLowerCase().split(/[^a-z0-9]+/).filter(word => word !== '')
    .map((word, index) => index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
