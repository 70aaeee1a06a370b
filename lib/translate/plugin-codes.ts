/** The errors of the official Fastify plugins, and the response to each. plugin-errors.ts uses this table. */
import { specificMessages } from '../catalog/specific-messages.js'
import type { StandardCode } from '../catalog/standard-errors.js'

/** The response to an error of a plugin. */
export interface PluginErrorResponse {
  readonly code: StandardCode
  /** A message that replaces the message of the code, if that is too general. */
  readonly message?: string
  /** Headers that HTTP requires for this error. */
  readonly headers?: Readonly<Record<string, string>>
}

const notMultipart: PluginErrorResponse = { code: 'unsupported_media_type', headers: { accept: 'multipart/form-data' } }
const incompleteForm: PluginErrorResponse = { code: 'invalid_request', message: specificMessages.form_incomplete }

/**
 * The errors of the official plugins that a request can cause, by plugin and code. Their other codes indicate bugs in
 * the application. They result in a 500, or are thrown before the first request.
 */
export const pluginErrors: Readonly<Record<string, Readonly<Record<string, PluginErrorResponse>>>> = {
  '@fastify/basic-auth': {
    FST_BASIC_AUTH_MISSING_OR_BAD_AUTHORIZATION_HEADER: { code: 'unauthorized' }
  },
  '@fastify/bearer-auth': {
    FST_BEARER_AUTH_MISSING_AUTHORIZATION_HEADER: { code: 'unauthorized' },
    FST_BEARER_AUTH_INVALID_AUTHORIZATION_HEADER: { code: 'invalid_token' }
  },
  '@fastify/circuit-breaker': {
    FST_ERR_CIRCUIT_BREAKER_OPEN: { code: 'service_unavailable' },
    FST_ERR_CIRCUIT_BREAKER_TIMEOUT: { code: 'service_unavailable' }
  },
  '@fastify/compress': {
    FST_CP_ERR_INVALID_CONTENT_ENCODING: {
      code: 'unsupported_media_type',
      message: specificMessages.unsupported_encoding,
      // RFC 9110, section 12.5.3; the other supported encodings are not known here
      headers: { 'accept-encoding': 'identity' }
    },
    FST_CP_ERR_INVALID_CONTENT: { code: 'invalid_request', message: specificMessages.invalid_compression }
  },
  '@fastify/csrf-protection': {
    FST_CSRF_MISSING_SECRET: { code: 'forbidden', message: specificMessages.csrf_cookie_missing },
    FST_CSRF_INVALID_TOKEN: { code: 'forbidden', message: specificMessages.csrf_token_invalid }
  },
  '@fastify/jwt': {
    FST_JWT_NO_AUTHORIZATION_IN_HEADER: { code: 'unauthorized' },
    FST_JWT_NO_AUTHORIZATION_IN_COOKIE: { code: 'unauthorized' },
    FST_JWT_BAD_REQUEST: { code: 'invalid_request', message: specificMessages.malformed_authorization },
    FST_JWT_BAD_COOKIE_REQUEST: { code: 'internal_error' }, // @fastify/cookie has not parsed the request yet
    FST_JWT_AUTHORIZATION_TOKEN_EXPIRED: { code: 'token_expired' },
    FST_JWT_AUTHORIZATION_TOKEN_INVALID: { code: 'invalid_token' },
    FST_JWT_AUTHORIZATION_TOKEN_UNTRUSTED: { code: 'invalid_token' },
    FAST_JWT_MISSING_SIGNATURE: { code: 'invalid_token' }
  },
  /** The library that @fastify/jwt uses. @fastify/jwt passes on some of its errors unchanged. */
  'fast-jwt': {
    FAST_JWT_EXPIRED: { code: 'token_expired' },
    FAST_JWT_INACTIVE: { code: 'invalid_token' },
    FAST_JWT_INVALID_ALGORITHM: { code: 'invalid_token' },
    FAST_JWT_INVALID_CLAIM_TYPE: { code: 'invalid_token' },
    FAST_JWT_INVALID_CLAIM_VALUE: { code: 'invalid_token' },
    FAST_JWT_INVALID_CRIT_HEADER: { code: 'invalid_token' },
    FAST_JWT_INVALID_PAYLOAD: { code: 'invalid_token' },
    FAST_JWT_INVALID_SIGNATURE: { code: 'invalid_token' },
    FAST_JWT_INVALID_TYPE: { code: 'invalid_token' },
    FAST_JWT_MALFORMED: { code: 'invalid_token' },
    FAST_JWT_MISSING_REQUIRED_CLAIM: { code: 'invalid_token' },
    FAST_JWT_VERIFY_ERROR: { code: 'invalid_token' }
  },
  '@fastify/multipart': {
    FST_REQ_FILE_TOO_LARGE: { code: 'payload_too_large', message: specificMessages.form_file_too_large },
    FST_PARTS_LIMIT: { code: 'payload_too_large', message: specificMessages.form_too_many_parts },
    FST_FILES_LIMIT: { code: 'payload_too_large', message: specificMessages.form_too_many_files },
    FST_FIELDS_LIMIT: { code: 'payload_too_large', message: specificMessages.form_too_many_fields },
    FST_PROTO_VIOLATION: { code: 'invalid_request', message: specificMessages.form_invalid_name },
    FST_INVALID_MULTIPART_CONTENT_TYPE: notMultipart,
    FST_INVALID_JSON_FIELD_ERROR: { code: 'invalid_request', message: specificMessages.form_invalid_json },
    FST_MP_PREMATURE_CLOSE: incompleteForm
  },
  '@fastify/static': {
    FST_STATIC_FORBIDDEN_PATH: { code: 'forbidden' },
    FST_STATIC_INVALID_REDIRECT_URL: { code: 'invalid_request' }
  },
  '@fastify/under-pressure': {
    FST_UNDER_PRESSURE: { code: 'service_unavailable' }
  }
}

/**
 * The errors of the parser that @fastify/multipart uses, by message. They have no code, and their messages are
 * constant.
 */
export const formParserErrors: Readonly<Record<string, PluginErrorResponse>> = {
  'Multipart: Boundary not found': { code: 'invalid_request', message: specificMessages.form_no_boundary },
  'The needle cannot have a length bigger than 256.': {
    code: 'invalid_request',
    message: specificMessages.form_long_boundary
  },
  'Unexpected end of multipart data': incompleteForm,
  'Part terminated early due to unexpected end of multipart data': incompleteForm,
  'Preamble terminated early due to unexpected end of multipart data': incompleteForm
}

/** The errors of plugins that have no code, or a general one, by plugin and message. Their messages are constant. */
export const errorsWithoutCode: Readonly<Record<string, Readonly<Record<string, PluginErrorResponse>>>> = {
  '@fastify/jwt': { 'missing token': { code: 'unauthorized' } },
  '@fastify/oauth2': { 'Invalid state': { code: 'invalid_request' } },
  // undici cannot send the header. curl repeats the request without it after a 417.
  '@fastify/reply-from': { 'expect header not supported': { code: 'expectation_failed' } }
}
