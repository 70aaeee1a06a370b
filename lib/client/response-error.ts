/** `ResponseError`, its types, and its type guard. */
import { isObject } from './is-object.js'

const brand = Symbol.for('fastify-api-errors.ResponseError')

/** An invalid field. A property that the API does not send is absent. */
export interface ResponseIssue {
  /** The path of the field, such as `email` or `items[0].price`. */
  readonly field: string
  /** A human-readable description of what is wrong. */
  readonly message: string
  /** A constant that identifies what is wrong, such as `required` or `min_length`. */
  readonly code?: string
  /** The field as a JSON Pointer (RFC 6901), such as `/email` or `/items/0/price`. */
  readonly pointer?: string
  /** The part of the request: `body`, `query`, `path` or `header`. */
  readonly in?: string
}

/** The properties of a {@link ResponseError}, except for its message. */
export interface ResponseErrorInit<
  Code extends string | undefined = string | undefined,
  Status extends number = number,
  Meta = unknown
> {
  readonly code: Code
  readonly status: Status
  readonly issues: readonly ResponseIssue[]
  readonly meta: Meta | undefined
  readonly requestId: string | undefined
  readonly retryAfter: number | undefined
  readonly body: unknown
}

/** An error response of an API. `parseError` creates it. */
export class ResponseError<
  Code extends string | undefined = string | undefined,
  Status extends number = number,
  Meta = unknown
> extends Error implements ResponseErrorInit<Code, Status, Meta> {
  override readonly name: string = 'ResponseError'
  /**
   * The code; `undefined` if the response has no code, as in the formats `summary` and `message`, or in a proxy's
   * response.
   */
  declare readonly code: Code
  /** The HTTP status. */
  declare readonly status: Status
  /** The invalid fields; empty if the response lists none. */
  declare readonly issues: readonly ResponseIssue[]
  /** The data of this occurrence; `undefined` if the code has none, or if the format does not send it. */
  declare readonly meta: Meta | undefined
  /** The id of the request, for support. */
  declare readonly requestId: string | undefined
  /** Seconds until the request may be sent again; `undefined` if the response has no such value. */
  declare readonly retryAfter: number | undefined
  /** The whole body: parsed JSON, or otherwise text; `undefined` if it could not be read. */
  declare readonly body: unknown

  constructor (message: string, init: ResponseErrorInit<Code, Status, Meta>) {
    super(message)
    Object.assign(this, init)
  }
}

Object.defineProperty(ResponseError.prototype, brand, { value: true })

/** The type of any catalog that `defineErrors` returned. */
export type AnyCatalog = Readonly<
  Record<string, { readonly status: number } & ((...args: never[]) => { readonly meta: unknown })>
>

/**
 * The errors of a catalog. If you compare `error.code` with a code, `error.status` and `error.meta` have the types of
 * that code. If the response has no code, `error.code` is `undefined`. Keep a default branch, because a newer server
 * may have more codes.
 *
 * @example
 * import type { errors } from './server/errors.js' // only the type, so the client contains no server code
 * type LaunchError = ErrorOf<typeof errors>
 */
export type ErrorOf<C extends AnyCatalog> = string extends keyof C ? ResponseError
  :
    | {
      [Code in keyof C & string]: ResponseError<Code, C[Code]['status'], ReturnType<C[Code]>['meta']>
    }[keyof C & string]
    | ResponseError<undefined>

/**
 * Returns whether a value is a {@link ResponseError}, of this or another copy of the package. Accepts any value and
 * never throws.
 *
 * @example
 * catch (error) {
 *   if (isResponseError<typeof errors>(error) && error.code === 'already_in_queue') show(error.meta?.entry_id)
 * }
 */
export function isResponseError<C extends AnyCatalog = AnyCatalog> (value: unknown): value is ErrorOf<C> {
  try {
    return isObject(value) && (value as Readonly<Record<symbol, unknown>>)[brand] === true
  } catch {
    return false
  }
}
