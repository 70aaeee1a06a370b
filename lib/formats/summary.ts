/** The format with one message as `summary`. */
import { message } from './fields.js'
import { reasonsByField } from './reasons-by-field.js'
import { defineFormat, type Format } from './format.js'

/** `{ summary }`, and for 422 `{ summary, validation_errors: { field: [reason] } }`. */
export const summaryFormat: Format = createSummaryFormat(422)

/** Returns the format for an API that responds to an invalid body with a given status. */
export function createSummaryFormat (validationStatus: 400 | 422): Format {
  return defineFormat({
    name: 'summary',
    fields: { summary: message, validation_errors: reasonsByField(issue => issue.message, validationStatus) }
  })
}
