import { defaultMessage, type ErrorDefinition, type ErrorStatus, type HeaderValues } from './definition.js'
import type { Issue } from './issues.js'

const brand = Symbol.for('fastify-api-errors.ApiError')

/** What one occurrence of an error may say beyond its definition. */
export interface ErrorInit<Meta = unknown> {
  /** Replaces the message of the definition. It is sent to the caller; for a 5xx it goes to the log only. */
  readonly message?: string
  /** The facts of this occurrence, as the `meta` schema of the definition has them. */
  readonly meta?: Meta
  /** The fields that were wrong. */
  readonly issues?: readonly Issue[]
  /** The one parameter that the error is about. */
  readonly param?: string
  /** Response headers of this occurrence; they win over those of the definition. A list sets several cookies: `{ 'set-cookie': ['a=1', 'b=2'] }`. */
  readonly headers?: HeaderValues
  /**
   * Seconds until the request may be sent again; rounded up to a whole second, at least 1 and at most 2,147,483,647. What
   * is no finite number (a text, a Date, NaN) counts as absent.
   */
  readonly retryAfter?: number
  /** What went wrong underneath. It is logged and never sent. */
  readonly cause?: unknown
}

/**
 * An error of a catalog. Made by the factories that `defineErrors` returns, thrown or returned by a handler or a
 * hook, and answered by the plugin. It carries `statusCode`, so that Fastify gives the right status without the
 * plugin, too.
 *
 * Its identity is a registered symbol, so that `isApiError` knows an error made by another installed copy of this
 * package.
 *
 * @example
 * throw errors.resource_not_found({ message: 'No queue has this id.' })
 */
export class ApiError<Code extends string = string, Meta = unknown> extends Error {
  override readonly name: string = 'ApiError'
  readonly code: Code
  readonly status: ErrorStatus
  /** The same as `status`, where Fastify and its plugins look for it. */
  readonly statusCode: ErrorStatus
  readonly type: string
  readonly meta: Meta
  readonly issues: readonly Issue[] | undefined
  readonly param: string | undefined
  readonly headers: HeaderValues | undefined
  /** Seconds, a whole number of 1 or more; `undefined` where the occurrence names no time. */
  readonly retryAfter: number | undefined

  constructor (definition: ErrorDefinition<Code>, init: ErrorInit<Meta> = {}) {
    super(
      init.message ?? defaultMessage(definition, init.meta),
      init.cause === undefined ? undefined : { cause: init.cause }
    )
    this.code = definition.code
    this.status = definition.status
    this.statusCode = definition.status
    this.type = definition.type
    this.meta = init.meta as Meta
    this.issues = init.issues
    this.param = init.param
    this.headers = init.headers === undefined ? definition.headers : { ...definition.headers, ...init.headers }
    this.retryAfter = wholeSeconds(init.retryAfter)
  }
}

Object.defineProperty(ApiError.prototype, brand, { value: true })

/** The largest number of 32 bits: callers keep seconds in one, and a larger one may be written as 1e+21. */
const maxSeconds = 2 ** 31 - 1

/**
 * `Retry-After` is a whole number of seconds (RFC 9110, section 10.2.3); 0 or a fraction would invite a retry too early.
 * `undefined` for what is no finite number.
 */
export function wholeSeconds (seconds: number | undefined): number | undefined {
  return Number.isFinite(seconds) ? Math.min(maxSeconds, Math.max(1, Math.ceil(seconds as number))) : undefined
}

/**
 * Whether a value is an {@link ApiError}, of this copy of the package or of another. Takes anything and never throws.
 *
 * @param value whatever was thrown
 * @param code a code, or a factory of a catalog: the error must have this code, too
 * @example
 * if (isApiError(error, errors.resource_conflict)) retryLater()
 */
export function isApiError<Code extends string = string> (
  value: unknown, code?: Code | { readonly code: Code }
): value is ApiError<Code> {
  try {
    if (typeof value !== 'object' || value === null) return false
    if ((value as Record<symbol, unknown>)[brand] !== true) return false
    if (code === undefined) return true
    return (value as ApiError).code === (typeof code === 'string' ? code : code.code)
  } catch {
    return false // a proxy or a getter that throws is nobody's ApiError
  }
}
