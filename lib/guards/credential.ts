import type { IncomingHttpHeaders } from 'node:http'
import type { SecurityScheme } from '../infer/security.js'
import { refuseOption } from '../support/describe-value.js'

/** Where in a request the key is. */
export interface KeyPlace {
  /** The name of the header, in lower case. */
  readonly header: string
  /** The word before the key; `undefined` where the header holds the key alone. */
  readonly scheme: string | undefined
}

/** What a request holds at the place. */
export interface Credential {
  /** The key; `undefined` where there is none, or something that cannot be one. */
  readonly key: string | undefined
  /** Whether anything was sent that is meant as a key. */
  readonly sent: boolean
  /** Whether it was sent in the scheme of the place: only then an `error` belongs into the challenge (RFC 6750, section 3.1). */
  readonly hasScheme: boolean
}

/** Visible ASCII without quotes and backslashes: every token68 (RFC 9110, section 11.2), and what else APIs make keys of. */
const keyForm = /^[\x21\x23-\x26\x28-\x5b\x5d-\x5f\x61-\x7e]+$/

/** RFC 9110, section 5.6.2. */
const token = /^[\w!#$%&'*+.^`|~-]+$/

/**
 * The place that the options name.
 *
 * @throws TypeError where one is not a name
 */
export function keyPlace (header: string = 'authorization', scheme?: string): KeyPlace {
  if (typeof header !== 'string' || !token.test(header)) refuseOption('apiKey', 'header', header, "the name of a header, like 'x-api-key'")
  if (scheme !== undefined && (typeof scheme !== 'string' || !token.test(scheme))) refuseOption('apiKey', 'scheme', scheme, "the word before the key, like 'Bearer'")
  const name = header.toLowerCase()
  return { header: name, scheme: scheme ?? (name === 'authorization' ? 'Bearer' : undefined) }
}

/** Reads the credential of a request. Another scheme than that of the place (`Basic`, say) is no API key; a key without its scheme is a malformed one. */
export function readCredential (headers: IncomingHttpHeaders, { header, scheme }: KeyPlace): Credential {
  const value = [headers[header] ?? ''].flat().join(', ')
  if (value === '') return { key: undefined, sent: false, hasScheme: false }
  if (scheme === undefined) return { key: wellFormed(value), sent: true, hasScheme: true }
  const [, word = '', key] = /^(\S+)(?: +(.*))?$/.exec(value) ?? []
  const hasScheme = word.toLowerCase() === scheme.toLowerCase()
  if (key === undefined) return { key: undefined, sent: !hasScheme, hasScheme: false }
  return hasScheme ? { key: wellFormed(key), sent: true, hasScheme } : { key: undefined, sent: false, hasScheme }
}

function wellFormed (key: string): string | undefined {
  return keyForm.test(key) ? key : undefined
}

/** What goes into a challenge beside the realm (RFC 6750, section 3). */
export interface ChallengeFailure {
  readonly error: 'invalid_token' | 'insufficient_scope'
  readonly scope?: readonly string[]
}

/** The value of `WWW-Authenticate`. A header of its own has no registered scheme; `ApiKey` is what such APIs call theirs. */
export function formatChallenge ({ header, scheme }: KeyPlace, realm: string, failure: ChallengeFailure | undefined): string {
  return [
    `${scheme ?? 'ApiKey'} realm="${realm}"`,
    ...header === 'authorization' ? [] : [`header="${header}"`],
    ...failure === undefined ? [] : [`error="${failure.error}"`],
    ...failure?.scope === undefined ? [] : [`scope="${failure.scope.join(' ')}"`]
  ].join(', ')
}

/** How OpenAPI describes the place, under a name made of it: `apiKey` for a Bearer key, `xApiKey` for one in `X-API-Key`. */
export function createSecurityScheme ({ header, scheme = '' }: KeyPlace): { readonly name: string, readonly scheme: SecurityScheme } {
  const name = header === 'authorization' && scheme.toLowerCase() === 'bearer' ? 'apiKey' : camelCase(`${header} ${scheme}`)
  if (header === 'authorization') return { name, scheme: { type: 'http', scheme: scheme.toLowerCase(), description: 'An API key.' } }
  const description = scheme === '' ? 'An API key.' : `An API key, after the word ${scheme}.`
  return { name, scheme: { type: 'apiKey', in: 'header', name: header, description } }
}

function camelCase (text: string): string {
  return text.toLowerCase().split(/[^a-z0-9]+/).filter(word => word !== '')
    .map((word, index) => index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
