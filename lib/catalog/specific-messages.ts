/**
 * Messages that are more specific than the message of their code, and phrases for issues without a JSON Schema keyword.
 */

/** The messages by name. The tables of a language have the same names. */
export const specificMessages = {
  invalid_url: 'The request URL is invalid.',
  parameter_too_long: 'A path parameter is too long.',
  wrong_body_length: 'The length of the body does not match Content-Length.',
  empty_json: 'The body is empty, but its Content-Type is application/json.',
  invalid_json: 'The body is not valid JSON.',
  no_content_type: 'The request has no Content-Type.',
  no_body: 'The request has no body.',
  no_host: 'The request has no Host header.',
  shutting_down: 'The server is shutting down.',
  invalid_header: 'A request header is invalid.',
  invalid_idempotency_key: 'The idempotency key is invalid. Expected a string of at most 255 characters.',
  banned: 'You are temporarily banned because you kept exceeding the rate limit.',
  record_overlap: 'The request conflicts with an existing record.',
  still_referenced: 'Other records still refer to this one.',
  unsupported_encoding: 'The Content-Encoding of the body is not supported.',
  invalid_compression: 'The body cannot be decompressed.',
  csrf_cookie_missing: 'The CSRF cookie is missing.',
  csrf_token_invalid: 'The CSRF token is missing or invalid.',
  malformed_authorization: 'The request does not contain the access token in the expected form.',
  form_incomplete: 'The form data is incomplete.',
  form_file_too_large: 'A file in the form is too large.',
  form_too_many_parts: 'The form has too many parts.',
  form_too_many_files: 'The form has too many files.',
  form_too_many_fields: 'The form has too many fields.',
  form_invalid_name: 'A field in the form has an invalid name.',
  form_invalid_json: 'A JSON field in the form is not valid JSON.',
  form_no_boundary: 'The Content-Type of the form has no boundary.',
  form_long_boundary: 'The Content-Type of the form has a boundary that is too long.'
} as const

/** A name of {@link specificMessages}. */
export type MessageName = keyof typeof specificMessages

/** The phrases by name. Those that begin with `body_` are about the whole body. */
export const specificPhrases = {
  body_in_use: 'has a value that is already in use',
  unknown_reference: 'refers to a record that does not exist',
  body_required: 'is missing a required field',
  body_invalid: 'has an invalid value',
  too_long: 'is too long',
  body_too_long: 'has a value that is too long',
  out_of_range: 'is out of range',
  body_out_of_range: 'has a value that is out of range'
} as const

/** A name of {@link specificPhrases}. */
export type PhraseName = keyof typeof specificPhrases
