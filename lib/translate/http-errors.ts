/** Translates errors that have an HTTP status. */
import { STATUS_CODES } from 'node:http'
import { parse } from '@lukeed/ms'
import { codeForStatus, type StandardCode } from '../catalog/standard-errors.js'
import { getIntendedStatus, getStatus } from './error-status.js'
import { mistakeNames } from './programming-mistakes.js'
import type { TranslateContext, Translator } from './translator.js'
import type { ApiError } from '../catalog/api-error.js'
import { isUnsatisfiedRange } from '../support/http-syntax.js'
import { isObject, type ReadonlyJsonObject } from '../support/is-object.js'

/**
 * Translates errors with a status from http-errors, @fastify/sensible, @fastify/error, Boom, Nest, and any class of the
 * application.
 *
 * A 4xx keeps its message, because the application wrote it for the client. A 5xx keeps its status. The translator of
 * upstream errors runs first, because the status of an HTTP client's error is the upstream's.
 */
export const httpErrorsTranslator: Translator = {
  name: 'http-errors',
  translate (error, context) {
    if (!isObject(error)) return undefined
    const code = codeForStatus(getStatus(error))
    if (
      code === undefined || (mistakeNames.has(error.name) && getIntendedStatus(error, context.request) === undefined)
    ) return undefined
    if (code === 'rate_limit_exceeded') return createRateLimitError(error, context)
    return createStatusError(error, code, context)
  }
}

function createStatusError (error: ReadonlyJsonObject, code: StandardCode, { errors }: TranslateContext): ApiError {
  const message = getCallerMessage(error)
  const length = code === 'range_not_satisfiable' ? getContentRange(error.headers) : undefined
  return errors[code]({
    cause: error,
    ...(message !== undefined && { message }),
    ...(length !== undefined && { headers: { 'content-range': length } })
  })
}

/**
 * Returns the `Content-Range` that an error of @fastify/static has. A 416 needs it to report the length of the resource
 * (RFC 9110, section 15.5.17).
 */
function getContentRange (headers: unknown): string | undefined {
  const range = isObject(headers) ? headers['Content-Range'] : undefined
  return isUnsatisfiedRange(range) ? range : undefined
}

/**
 * Returns the message if the application's author wrote it for the client. http-errors marks other messages with
 * `expose: false`. The default message of http-errors and Boom is the reason phrase, and the default message of Nest is
 * the name of the class. A parser repeats its input, and system errors contain paths and addresses.
 */
function getCallerMessage (error: ReadonlyJsonObject): string | undefined {
  const { message, name, syscall, expose } = error
  if (
    typeof message !== 'string' || message === '' || name === 'SyntaxError' || syscall !== undefined || expose === false
  ) return undefined
  return message === STATUS_CODES[Number(getStatus(error))] || message.replaceAll(' ', '') === name
    ? getListedMessages(error)
    : message
}

/**
 * Returns the messages of a Nest exception that was created with a list of them. Then its own message is the default.
 */
function getListedMessages ({ getResponse, response }: ReadonlyJsonObject): string | undefined {
  const messages = typeof getResponse === 'function' && isObject(response) ? response.message : undefined
  return Array.isArray(messages) && messages.length > 0 && messages.every(message => typeof message === 'string')
    ? messages.join(', ')
    : undefined
}

/** Translates the 429 of @fastify/rate-limit. The error has no code, and the plugin sets headers on the reply. */
function createRateLimitError (error: ReadonlyJsonObject, context: TranslateContext): ApiError {
  const { errors, reply, request } = context
  const limit = headerNumber(reply.getHeader('x-ratelimit-limit') ?? reply.getHeader('ratelimit-limit'))
  const retryAfter = headerNumber(reply.getHeader('retry-after'))
  // Every limited response has the limit header, so it does not show that the error came from the plugin.
  if (retryAfter === undefined) return createStatusError(error, 'rate_limit_exceeded', context)
  const settings = (request.routeOptions.config as { readonly rateLimit?: unknown }).rateLimit
  const window = isObject(settings) ? toWholeSeconds(settings.timeWindow) : undefined
  const message = getCallerMessage(error)
  return errors.rate_limit_exceeded({
    cause: error,
    // The plugin's default message contains the time in words and is not used. The application's own message is kept.
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
