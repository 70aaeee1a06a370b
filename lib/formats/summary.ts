/** The format with one message as `summary`. */
import { message, reasonsByField } from './fields.js'
import { defineFormat, type Format } from './format.js'

/** `{ summary }`, and for 422 `{ summary, validation_errors: { field: [reason] } }`. */
export const summaryFormat: Format = defineFormat({
  name: 'summary',
  fields: { summary: message, validation_errors: reasonsByField(issue => issue.message) }
})
