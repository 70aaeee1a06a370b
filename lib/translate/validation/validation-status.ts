/** The status of the response to an invalid body: 422, or 400 for an API whose clients rely on it. */
import { defaultMessage } from '../../catalog/definition.js'
import type { standardErrors, StandardCode } from '../../catalog/standard-errors.js'

/** The status of the response to an invalid body. */
export type ValidationStatus = 400 | 422

/** A code for an invalid body. */
export type ValidationCode = 'validation_error' | 'missing_required_field'

/**
 * Returns the code for an invalid body in an API with a validation status. The issues are the same for both statuses.
 */
export function toValidationCode (code: ValidationCode, status: ValidationStatus = 422): StandardCode {
  return status === 400 ? 'invalid_request' : code
}

/**
 * Returns the catalog's message for an invalid body if its code is also used for other failures, as with the status
 * 400.
 */
export function getValidationMessage (
  code: ValidationCode,
  errors: typeof standardErrors,
  status: ValidationStatus = 422
): { readonly message?: string } {
  return status === 400 ? { message: defaultMessage(errors[code], undefined) } : {}
}

/** Returns whether a code is one of {@link ValidationCode}. */
export function isValidationCode (code: string): code is ValidationCode {
  return code === 'validation_error' || code === 'missing_required_field'
}
