/** `ResponseError`, its types, and the check for it. */

const brand = Symbol.for('fastify-api-errors.ResponseError')

/** One invalid field. A property that the API does not send is absent. */
export interface ResponseIssue {
  /** The field in a readable form: `email`, `items[0].price`. */
  readonly field: string
  /** A human-readable description of what is wrong. */
  readonly message: string
  /** What is wrong, as a constant: `required`, `min_length`. */
  readonly code?: string
  /** The field as a JSON Pointer (RFC 6901): `/email`, `/items/0/price`. */
  readonly pointer?: string
  /** The part of the request: `body`, `query`, `path` or `header`. */
  readonly in?: string
}

/** The properties of a {@link ResponseError}, except for its message. */
export interface ResponseErrorInit<Code extends string | undefined = string | undefined, Status extends number = number, Meta = unknown> {
  readonly code: Code
  readonly status: Status
  readonly issues: readonly ResponseIssue[]
  readonly meta: Meta | undefined
  readonly requestId: string | undefined
  readonly retryAfter: number | undefined
  readonly body: unknown
}

/** An error of an API. `parseError` creates it. */
export class ResponseError<Code extends string | undefined = string | undefined, Status extends number = number, Meta = unknown>
  extends Error implements ResponseErrorInit<Code, Status, Meta> {
  override readonly name: string = 'ResponseError'
  /** The code; `undefined` if the response has none, as in the formats `summary` and `message`, or from a proxy. */
  readonly code: Code
  /** The HTTP status. */
  readonly status: Status
  /** The invalid fields; empty if the error is not about fields. */
  readonly issues: readonly ResponseIssue[]
  /** The data of this occurrence; `undefined` if the code has none, or if the format does not send it. */
  readonly meta: Meta | undefined
  /** The id of the request, for support. */
  readonly requestId: string | undefined
  /** Seconds until the request may be sent again; `undefined` if the response has no such value. */
  readonly retryAfter: number | undefined
  /** The whole body: parsed if it was JSON, else as text; `undefined` if it could not be read. */
  readonly body: unknown

  constructor (message: string, init: ResponseErrorInit<Code, Status, Meta>) {
    super(message)
    this.code = init.code
    this.status = init.status
    this.issues = init.issues
    this.meta = init.meta
    this.requestId = init.requestId
    this.retryAfter = init.retryAfter
    this.body = init.body
  }
}

Object.defineProperty(ResponseError.prototype, brand, { value: true })

/** The type of any catalog that `defineErrors` returned. */
export type AnyCatalog = Readonly<Record<string, { readonly status: number } & ((...args: never[]) => { readonly meta: unknown })>>

/**
 * The errors of a catalog. After a comparison of `error.code`, `error.status` and `error.meta` have the types of that
 * code. A response without a code has `undefined` as its code. Keep a default branch, because a newer server may have more codes.
 *
 * @example
 * import type { errors } from './server/errors.js' // only the type: no code of the server gets into the client
 * type LaunchError = ErrorOf<typeof errors>
 */
export type ErrorOf<C extends AnyCatalog> = string extends keyof C
  ? ResponseError
  : { [Code in keyof C & string]: ResponseError<Code, C[Code]['status'], ReturnType<C[Code]>['meta']> }[keyof C & string] | ResponseError<undefined>

/**
 * Returns whether a value is a {@link ResponseError}, of this copy of the package or of another. Accepts any value and never throws.
 *
 * @example
 * catch (error) {
 *   if (isResponseError<typeof errors>(error) && error.code === 'already_in_queue') show(error.meta?.entry_id)
 * }
 */
export function isResponseError<C extends AnyCatalog = AnyCatalog> (value: unknown): value is ErrorOf<C> {
  try {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true
  } catch {
    return false
  }
}
