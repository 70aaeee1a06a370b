/** The format that is similar to Laravel's errors. */
import { message, reasonsByField } from './fields.js'
import { defineFormat, type Format } from './format.js'

/** `{ message }`, and for 422 `{ message, errors: { field: [reason] } }`: the shape of Laravel. */
export const messageFormat: Format = createMessageFormat(422)

/** Returns the format for an API whose responses to a body that is not valid have a status. */
export function createMessageFormat (validationStatus: 400 | 422): Format {
  return defineFormat({
    name: 'message',
    fields: {
      message,
      errors: reasonsByField(issue => `The ${issue.field === '' ? issue.in : `${issue.field} field`} ${issue.message}.`, validationStatus)
    }
  })
}
