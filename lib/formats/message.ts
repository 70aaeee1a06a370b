/** A format that is similar to Laravel's errors. */
import { message } from './fields.js'
import { reasonsByField } from './reasons-by-field.js'
import { defineFormat, type Format } from './format.js'

/** `{ message }`, and for 422 `{ message, errors: { field: [reason] } }`: the shape of Laravel. */
export const messageFormat: Format = createMessageFormat(422)

/** Returns the format for an API that responds to an invalid body with a given status. */
export function createMessageFormat (validationStatus: 400 | 422): Format {
  return defineFormat({
    name: 'message',
    fields: {
      message,
      errors: reasonsByField((issue, { language }) => language?.formats?.message?.(issue) ?? `The ${issue.field === '' ? issue.in : `${issue.field} field`} ${issue.message}.`, validationStatus)
    }
  })
}
