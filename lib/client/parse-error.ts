/** `parseError`: reads the error of a response. */
import { readBody, type BodyFacts } from './read-body.js'
import { readText } from './read-text.js'
import { ResponseError, type AnyCatalog, type ErrorOf } from './response-error.js'
import { parseRetryAfter } from './retry-after.js'

/** The options of {@link parseError}. */
export interface ParseErrorOptions {
  /**
   * Reads the properties of an error from the body and the headers of an API with another format. A property that it
   * does not return has the value that `parseError` finds itself. @default only the formats of fastify-api-errors are
   * read
   */
  readonly read?: ((body: unknown, headers: Headers) => Partial<BodyFacts> | undefined) | undefined
  /** The maximum size in bytes. A larger body is not read. @default 1048576 */
  readonly maxSize?: number
  /** The maximum time in milliseconds. A body that takes longer is not read. @default 2000 */
  readonly timeout?: number
}

/**
 * Reads the error of a response in any format of fastify-api-errors, or in the RFC 9457 format of any API.
 *
 * If the body cannot be read, the error has only the status. This applies to a proxy's HTML page, invalid JSON, an
 * incomplete body, and a body that exceeds the limits. The promise rejects only if `response` is not a response.
 *
 * @param response a response with a status of 400 or more
 * @param body the parsed body, if the response has already been read: `parseError(response, error)` with openapi-fetch.
 * An object with a function `read` is the options instead, because a parsed body has no functions:
 * `parseError(response, { read })`
 * @param options the limits for the size of the body and for the time to read it, and a reader for another format
 * @example
 * const response = await fetch('/queues/1/entries', { method: 'POST' })
 * if (!response.ok) throw await parseError<typeof errors>(response)
 */
export async function parseError<C extends AnyCatalog = AnyCatalog> (
  response: Response,
  options: ParseErrorOptions & Required<Pick<ParseErrorOptions, 'read'>>
): Promise<ErrorOf<C>>
export async function parseError<C extends AnyCatalog = AnyCatalog> (
  response: Response,
  body?: unknown,
  options?: ParseErrorOptions
): Promise<ErrorOf<C>>
export async function parseError<C extends AnyCatalog = AnyCatalog> (
  response: Response,
  body?: unknown,
  options: ParseErrorOptions = {}
): Promise<ErrorOf<C>> {
  if (typeof (body as ParseErrorOptions | null | undefined)?.read === 'function') {
    return await parseError<C>(response, undefined, body as ParseErrorOptions)
  }
  if (typeof (response as Partial<Response> | undefined)?.headers?.get !== 'function') {
    throw new TypeError(
      `parseError: response: expected a Response, got ${response as unknown as string}. Is await missing?`
    )
  }
  const { status, headers } = response
  const { maxSize = 1_048_576, timeout = 2000, read } = options
  const given = body ?? parseJson(await readText(response, maxSize, timeout))
  const { message, code, issues, meta, requestId } = { ...readBody(given), ...readOwn(read, given, headers) }
  return new ResponseError(message ?? `HTTP ${status} ${response.statusText}`.trim(), {
    code,
    status,
    issues,
    meta,
    requestId: requestId ?? headers.get('x-request-id') ?? undefined,
    retryAfter: parseRetryAfter(headers, meta),
    body: given
  }) as ErrorOf<C>
}

/** Calls the option `read`. If the function throws, the body is treated as one that it does not recognize. */
function readOwn (read: ParseErrorOptions['read'], body: unknown, headers: Headers): Partial<BodyFacts> | undefined {
  try {
    return read?.(body, headers)
  } catch {
    return undefined
  }
}

/** Returns the value of a JSON string, or the string itself if it is not JSON. */
function parseJson (text: string | undefined): unknown {
  try {
    return JSON.parse(text as string)
  } catch {
    return text
  }
}
