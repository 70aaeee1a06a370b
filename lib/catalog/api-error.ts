/** `ApiError`, the error that every other error is converted to, and a type guard for it. */
import { defaultMessage, type ErrorDefinition, type ErrorStatus, type HeaderValues } from './definition.js'
import type { Issue } from './issues.js'

const brand = Symbol.for('fastify-api-errors.ApiError')

/** A message by language tag. Logs have the one in the default language, or else the first. */
export type LocalizedMessage = Readonly<Record<string, string>>

/** The values of one occurrence of an error, in addition to its definition. */
export interface ErrorInit<Meta = unknown> {
  /**
   * Replaces the message of the definition. It is sent to the client. For a 5xx, it is only logged. A string is in the
   * default language of the option `languages`. An object has the message in several languages.
   *
   * @example
   * { message: { en: 'No queue has this id.', de: 'Es gibt keine Warteschlange mit dieser ID.' } }
   */
  readonly message?: string | LocalizedMessage
  /** The data of this occurrence, as described by the `meta` schema of the definition. */
  readonly meta?: Meta
  /** The invalid fields. */
  readonly issues?: readonly Issue[]
  /** The name of the parameter that caused the error. */
  readonly param?: string
  /**
   * Response headers of this occurrence. They override the headers of the definition. A list sets several cookies:
   * `{ 'set-cookie': ['a=1', 'b=2'] }`.
   */
  readonly headers?: HeaderValues
  /**
   * Seconds until the request may be sent again. The value is rounded up to a whole number from 1 to 2,147,483,647.
   * A value that is not a finite number (a string, a Date, NaN) is treated as absent.
   */
  readonly retryAfter?: number
  /** The value that caused the error. It is logged and never sent. */
  readonly cause?: unknown
}

/**
 * An error from a catalog. The factories that `defineErrors` returns create it. A handler or a hook throws or returns
 * it, and the plugin sends it. It has a `statusCode`, so Fastify sends the correct status even without the plugin.
 *
 * A registered symbol marks the class, so `isApiError` also recognizes errors of another installed copy of this
 * package.
 *
 * @example
 * throw errors.resource_not_found({ message: 'No queue has this id.' })
 */
export class ApiError<Code extends string = string, Meta = unknown, Status extends ErrorStatus = ErrorStatus>
  extends Error {
  override readonly name: string = 'ApiError'
  readonly code: Code
  readonly status: Status
  /** The same as `status`, under the name that Fastify and its plugins read. */
  readonly statusCode: Status
  readonly type: string
  readonly meta: Meta
  readonly issues: readonly Issue[] | undefined
  readonly param: string | undefined
  readonly headers: HeaderValues | undefined
  /** Seconds, a positive integer; `undefined` if the occurrence has no `retryAfter`. */
  readonly retryAfter: number | undefined
  /** The message by language; absent if it was given in one language. */
  declare readonly messages?: LocalizedMessage

  constructor (definition: ErrorDefinition<Code, Status>, init: ErrorInit<Meta> = {}) {
    const { message } = init
    super(
      (typeof message === 'object' ? Object.values(message)[0] : message) ?? defaultMessage(definition, init.meta),
      init.cause === undefined ? undefined : { cause: init.cause }
    )
    if (typeof message === 'object') this.messages = message
    this.code = definition.code
    this.status = definition.status
    this.statusCode = definition.status
    this.type = definition.type
    this.meta = init.meta as Meta
    this.issues = init.issues
    this.param = init.param
    this.headers = init.headers === undefined ? definition.headers : { ...definition.headers, ...init.headers }
    this.retryAfter = toWholeSeconds(init.retryAfter)
  }
}

Object.defineProperty(ApiError.prototype, brand, { value: true })

/**
 * The largest signed 32-bit integer. Clients store seconds in such an integer, and a larger number could be written as
 * 1e+21.
 */
const maxSeconds = 2 ** 31 - 1

/**
 * Returns seconds as `Retry-After` needs them: a positive integer (RFC 9110, section 10.2.3). 0 or a fraction would
 * make clients retry too early. Returns `undefined` if the value is not a finite number.
 */
export function toWholeSeconds (seconds: number | undefined): number | undefined {
  return Number.isFinite(seconds) ? Math.min(maxSeconds, Math.max(1, Math.ceil(seconds as number))) : undefined
}

/**
 * Returns whether a value is an {@link ApiError}, of this or another copy of the package. Accepts any value and never
 * throws.
 *
 * @param value the thrown value
 * @param code a code, or a factory of a catalog. If it is set, the error must also have this code
 * @example
 * if (isApiError(error, errors.resource_conflict)) retryLater()
 */
export function isApiError<Code extends string = string> (
  value: unknown,
  code?: Code | { readonly code: Code }
): value is ApiError<Code> {
  try {
    if (typeof value !== 'object' || value === null) return false
    if ((value as Record<symbol, unknown>)[brand] !== true) return false
    if (code === undefined) return true
    return (value as ApiError).code === (typeof code === 'string' ? code : code.code)
  } catch {
    return false // a proxy, or a getter that throws
  }
}
