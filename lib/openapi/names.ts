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
  413: 'PayloadTooLarge',
  414: 'URITooLong',
  415: 'UnsupportedMediaType',
  416: 'RangeNotSatisfiable',
  417: 'ExpectationFailed',
  418: 'ImATeapot',
  421: 'MisdirectedRequest',
  422: 'UnprocessableEntity',
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

/** What is shared by a status is named by its reason phrase (RFC 9110, section 15), as the constructors of http-errors are. */
export const statusNames: Readonly<Record<ErrorStatus, StatusName>> = names

/** `resource_not_found` as a name of a component: `ResourceNotFound`. */
export function componentName (code: string): string {
  return code.split('_').map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** The name of the schema of a code: `ResourceNotFoundError`. */
export function schemaName (code: string): string {
  const name = componentName(code)
  return name.endsWith('Error') ? name : `${name}Error`
}

/** Digits that stand for a text; they depend on it alone. */
export function hashText (text: string): string {
  return BigInt(`0x${createHash('sha256').update(text).digest('hex')}`).toString(36)
}

/** Makes names with as much of a hash of a text as tells them from the names for other texts. */
export function createHashedNames (): (name: string, told: string) => string {
  const owners = new Map<string, string>()
  return (name, told) => {
    const digits = hashText(told)
    for (let length = 4; ; length++) {
      const candidate = `${name}_${digits.slice(0, length)}`
      const owner = owners.get(candidate)
      if (owner !== undefined && owner !== told) continue
      owners.set(candidate, told)
      return candidate
    }
  }
}
