/** The default format, with the code as `code`. */
import { code, details, docUrl, message, meta, requestId } from './fields.js'
import { defineFormat, type Format } from './format.js'

/** `{ code, message, request_id, doc_url?, details?, meta? }`: the default. */
export const codeFormat: Format = defineFormat({
  name: 'code',
  fields: { code, message, request_id: requestId, doc_url: docUrl, details, meta }
})
