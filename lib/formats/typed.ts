/** A format that is similar to Stripe's errors. */
import { code, message, param, requestId, type } from './fields.js'
import { defineFormat, type Format } from './format.js'
import { Type } from '../support/type-builder.js'

/**
 * `{ message, type, code, param, request_id }`: similar to Stripe's errors. `param` is null if no single parameter
 * caused the error.
 */
export const typedFormat: Format = defineFormat({
  name: 'typed',
  fields: {
    message,
    type,
    code,
    param: {
      schema: () =>
        Type.Union([Type.String(), Type.Null()], { description: 'The parameter that caused the error, or null.' }),
      value: content => param.value(content) ?? null
    },
    request_id: requestId
  }
})
