/** The format of Laravel. */
import { message, reasonsByField } from './fields.js'
import { defineFormat, type Format } from './format.js'

/** `{ message }`, and for 422 `{ message, errors: { field: [reason] } }`: the shape of Laravel. */
export const messageFormat: Format = defineFormat({
  name: 'message',
  fields: {
    message,
    errors: reasonsByField(issue => `The ${issue.field === '' ? issue.in : `${issue.field} field`} ${issue.message}.`)
  }
})
