/** A format that is similar to Laravel's errors. */
import { message } from './fields.js'
import { reasonsByField } from './reasons-by-field.js'
import { defineFormat, type Format } from './format.js'

/** `{ message }`, and for invalid fields `{ message, errors: { field: [reason] } }`: the shape of Laravel. */
export const messageFormat: Format = defineFormat({
  name: 'message',
  fields: {
    message,
    errors: reasonsByField((issue, { language }) =>
      language?.formats?.message?.(issue) ??
        `The ${issue.field === '' ? issue.in : `${issue.field} field`} ${issue.message}.`
    )
  }
})
