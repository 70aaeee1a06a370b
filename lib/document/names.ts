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
  408: 'RequestTimeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'PreconditionFailed',
  413: 'PayloadTooLarge',
  414: 'URITooLong',
  415: 'UnsupportedMediaType',
  416: 'RangeNotSatisfiable',
  417: 'ExpectationFailed',
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
  507: 'InsufficientStorage'
} as const

/** A name of {@link statusNames}. */
export type StatusName = (typeof names)[keyof typeof names]

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

/** A short text that stands for a set too long for a name. It depends on the set alone. */
export function shortHash (text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}
