/** The names of components for statuses, codes, and combinations of codes. */
import { createHash } from 'node:crypto'
import type { ErrorStatus } from '../catalog/definition.js'

const names = {
  400: 'BadRequest',
  401: 'Unauthorized',
  402: 'PaymentRequired',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  406: 'NotAcceptable',
  407: 'ProxyAuthenticationRequired',
  408: 'RequestTimeout',
  409: 'Conflict',
  410: 'Gone',
  411: 'LengthRequired',
  412: 'PreconditionFailed',
  413: 'ContentTooLarge',
  414: 'URITooLong',
  415: 'UnsupportedMediaType',
  416: 'RangeNotSatisfiable',
  417: 'ExpectationFailed',
  418: 'ImATeapot',
  421: 'MisdirectedRequest',
  422: 'UnprocessableContent',
  423: 'Locked',
  424: 'FailedDependency',
  425: 'TooEarly',
  426: 'UpgradeRequired',
  428: 'PreconditionRequired',
  429: 'TooManyRequests',
  431: 'RequestHeaderFieldsTooLarge',
  451: 'UnavailableForLegalReasons',
  500: 'InternalServerError',
  501: 'NotImplemented',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
  505: 'HTTPVersionNotSupported',
  506: 'VariantAlsoNegotiates',
  507: 'InsufficientStorage',
  508: 'LoopDetected',
  510: 'NotExtended',
  511: 'NetworkAuthenticationRequired'
} as const

/** A name of {@link statusNames}. */
export type StatusName<Status extends ErrorStatus = ErrorStatus> = (typeof names)[Status]

/** The names of statuses. They come from the reason phrase (RFC 9110, section 15). */
export const statusNames: Readonly<Record<ErrorStatus, StatusName>> = names

/**
 * Converts words that are separated by underscores to a component name: `ResourceNotFound` for `resource_not_found`.
 */
export function toComponentName (code: string): string {
  return code.split('_').map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('').replace(
    /[^A-Za-z0-9.-]/g,
    ''
  )
}

/**
 * Converts a code in any spelling to a component name: `AuthInvalidToken` for `auth/invalid-token` and
 * `AUTH_INVALID_TOKEN`.
 */
export function toCodeName (code: string): string {
  return toComponentName((/[a-z]/.test(code) ? code : code.toLowerCase()).replace(/[^A-Za-z0-9]/g, '_'))
}

/** Returns the names of the schemas of some codes: `ResourceNotFoundError`. They depend only on the codes. */
export function createSchemaNames (codes: readonly string[]): ReadonlyMap<string, string> {
  const plain = codes.map(code => {
    const name = toCodeName(code)
    return name.endsWith('Error') ? name : `${name}Error`
  })
  // `conflict` and `conflict_error` have the same name. `internal_server_error` and the status 500 also have the same
  // name.
  const isAmbiguous = (name: string): boolean =>
    plain.filter(other => other === name).length > 1 || Object.values<string>(statusNames).includes(name)
  return new Map(codes.map((code, index) => {
    const name = plain[index] as string
    return [code, isAmbiguous(name) ? `${name}_${hashText(code).slice(0, 4)}` : name]
  }))
}

/** Returns the hash of a string as digits. */
export function hashText (text: string): string {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`).toString(36)
}

/** Yields names that end in more and more digits of the hash of a string. */
export function * hashedNames (name: string, text: string): Generator<string> {
  const digits = hashText(text)
  for (let length = 4; ; length++) yield `${name}_${digits.slice(0, length)}`
}
