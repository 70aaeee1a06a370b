/** The format with one message as `summary`. */
import { message } from './fields.js'
import { reasonsByField } from './reasons-by-field.js'
import { defineFormat, type Format } from './format.js'

/** `{ summary }`, and for invalid fields `{ summary, validation_errors: { field: [reason] } }`. */
export const summaryFormat: Format = defineFormat({
  name: 'summary',
  fields: { summary: message, validation_errors: reasonsByField(issue => issue.message) }
})
