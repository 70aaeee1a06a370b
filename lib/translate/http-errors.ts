import { STATUS_CODES } from 'node:http'
import { parse } from '@lukeed/ms'
import { codeForStatus, type StandardCode } from '../catalog/standard-errors.js'
import type { TranslateContext, Translator } from './translator.js'
import type { ApiError } from '../catalog/api-error.js'
import { isObject } from '../support/is-object.js'

/**
 * Errors of http-errors and @fastify/sensible, and any error with a 4xx `statusCode` or `status`.
 *
 * A 4xx keeps its message, for the application wrote it for the caller. A 5xx is believed only where the error has the
 * `expose` of http-errors: a client of an upstream puts the upstream's status into its errors, which is not ours.
 */
export const httpErrorsTranslator: Translator = {
  name: 'http-errors',
  translate (error, context) {
    if (!isObject(error)) return undefined
    const status = error.statusCode ?? error.status
    const code = codeForStatus(status)
    if (code === undefined) return undefined
    if ((status as number) >= 500 && !(typeof error.expose === 'boolean' && error.status === error.statusCode)) return undefined
    if (code === 'rate_limit_exceeded') return rateLimited(error, context)
    return plain(error, code, context)
  }
}

function plain (error: Readonly<Record<string, unknown>>, code: StandardCode, { errors }: TranslateContext): ApiError {
  const message = spoken(error)
  const length = code === 'range_not_satisfiable' ? unsatisfiedRange(error.headers) : undefined
  return errors[code]({ cause: error, ...(message !== undefined && { message }), ...(length !== undefined && { headers: { 'content-range': length } }) })
}

/** RFC 9110, section 15.5.17: a 416 names the length of the resource. Of all foreign headers, @fastify/static's is taken over. */
function unsatisfiedRange (headers: unknown): string | undefined {
  const range = isObject(headers) ? headers['Content-Range'] : undefined
  return typeof range === 'string' && /^bytes \*\/\d+$/.test(range) ? range : undefined
}

/**
 * The message, where a person wrote it: http-errors fills in the reason phrase, a parser repeats what it was given, and
 * the system names paths and addresses.
 */
function spoken (error: Readonly<Record<string, unknown>>): string | undefined {
  const { message, name, syscall } = error
  if (typeof message !== 'string' || message === '' || name === 'SyntaxError' || syscall !== undefined) return undefined
  return message === STATUS_CODES[Number(error.statusCode ?? error.status)] ? undefined : message
}

/** @fastify/rate-limit throws a 429 without a code and says the rest in headers of the reply. */
function rateLimited (error: Readonly<Record<string, unknown>>, context: TranslateContext): ApiError {
  const { errors, reply, request } = context
  const limit = headerNumber(reply.getHeader('x-ratelimit-limit') ?? reply.getHeader('ratelimit-limit'))
  const retryAfter = headerNumber(reply.getHeader('retry-after'))
  // A limit alone is told on every answer: it is no sign that this error came of it.
  if (retryAfter === undefined) return plain(error, 'rate_limit_exceeded', context)
  const settings = (request.routeOptions.config as { readonly rateLimit?: unknown }).rateLimit
  const window = isObject(settings) ? toWholeSeconds(settings.timeWindow) : undefined
  const message = spoken(error)
  return errors.rate_limit_exceeded({
    cause: error,
    // Its own message tells the wait in words; one that the application built stays.
    ...(message !== undefined && !message.startsWith('Rate limit exceeded, retry in ') && { message }),
    retryAfter,
    meta: {
      ...(limit !== undefined && { limit }),
      ...(window !== undefined && { window }),
      retry_after: Math.max(1, retryAfter)
    }
  })
}

function toWholeSeconds (timeWindow: unknown): number | undefined {
  const milliseconds = typeof timeWindow === 'string' ? parse(timeWindow) : timeWindow
  return typeof milliseconds === 'number' ? Math.ceil(milliseconds / 1000) : undefined
}

function headerNumber (value: unknown): number | undefined {
  const number = Number(value)
  return value !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined
}
