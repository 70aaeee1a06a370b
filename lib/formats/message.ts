/** The format that is similar to Laravel's errors. */
import { message, reasonsByField } from './fields.js'
import { defineFormat, type Format } from './format.js'

/** `{ message }`, and for 422 `{ message, errors: { field: [reason] } }`: similar to Laravel's errors. */
export const messageFormat: Format = defineFormat({
  name: 'message',
  fields: {
    message,
    errors: reasonsByField(issue => `The ${issue.field === '' ? issue.in : `${issue.field} field`} ${issue.message}.`)
  }
})
