/** Translates errors of Fastify by their codes. */
import { specificMessages } from '../catalog/specific-messages.js'
import type { StandardCode } from '../catalog/standard-errors.js'
import type { Translator } from './translator.js'
import { isObject } from '../support/is-object.js'

/** The code for a Fastify error, and a message if the message of the code is too general. */
export interface FastifyErrorResponse {
  readonly code: StandardCode
  readonly message?: string
}

/**
 * The errors of Fastify that a request can cause. Any other `FST_ERR_*` indicates a bug in the application and becomes
 * `internal_error`, regardless of its status in Fastify.
 */
export const fastifyErrors: Readonly<Record<string, FastifyErrorResponse>> = {
  FST_ERR_NOT_FOUND: { code: 'route_not_found' },
  FST_ERR_BAD_URL: { code: 'invalid_request', message: specificMessages.invalid_url },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'uri_too_long', message: specificMessages.parameter_too_long },
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'payload_too_large' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'invalid_request', message: specificMessages.wrong_body_length },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'invalid_request', message: specificMessages.empty_json },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'invalid_request', message: specificMessages.invalid_json },
  FST_ERR_ROUTE_MISSING_CONTENT_TYPE: { code: 'invalid_request', message: specificMessages.no_content_type },
  FST_ERR_ROUTE_MISSING_CONTENT: { code: 'invalid_request', message: specificMessages.no_body },
  FST_ERR_HANDLER_TIMEOUT: { code: 'service_unavailable' }
}

/** Translates Fastify's errors by their `FST_ERR_*` codes. */
export const fastifyTranslator: Translator = {
  name: 'fastify',
  translate (error, { errors }) {
    if (!isObject(error) || typeof error.code !== 'string' || !error.code.startsWith('FST_ERR_')) return undefined
    // Fastify adds this code to a validator's error without a code. A status other than 400 comes from the application.
    if (error.code === 'FST_ERR_VALIDATION' && error.statusCode !== 400) return undefined
    const known = Object.hasOwn(fastifyErrors, error.code) ? fastifyErrors[error.code] : undefined
    if (known === undefined) return errors.internal_error({ cause: error })
    return errors[known.code]({ cause: error, ...(known.message !== undefined && { message: known.message }) })
  }
}
