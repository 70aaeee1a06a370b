/** The format with the code as `error`. */
import { code, details, message, requestId } from './fields.js'
import { defineFormat, type Format } from './format.js'

/** `{ error, message, requestId, details? }`, where `error` is the code. */
export const errorFormat: Format = defineFormat({
  name: 'error',
  fields: { error: code, message, requestId, details }
})
