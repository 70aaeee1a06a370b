/**
 * Determines which error bodies are only a message. These are converted to the format of the API, and others are sent
 * unchanged.
 */

/**
 * A value in a body. A body that is sent is known completely, but code shows only some values.
 *
 * - `literal`: a value other than an object or a list
 * - `structure`: an object or a list. `listProperties` returns `undefined` for a list, and for an object if the code
 *   does not show all of its properties
 * - `unknown`: code that shows neither
 */
export type BodyValue =
  | { readonly kind: 'literal', readonly value: unknown }
  | { readonly kind: 'structure', readonly listProperties: () => BodyProperties | undefined }
  | { readonly kind: 'unknown' }

export type BodyProperties = Readonly<Record<string, BodyValue>>

/** Returns whether a body is only a message. An unknown value counts as part of a message, except as `data`. */
export function isMessageBody (properties: BodyProperties): boolean {
  const { message, error, ...others } = properties
  if (!Object.entries(others).every(([name, value]) => repeatsStatus(name, value))) return false
  if (!isPresent(message)) {
    if (error?.kind === 'structure') {
      const inner = error.listProperties()
      return inner !== undefined && isMessageBody(inner)
    }
    return isPresent(error) && isMessageOfError(error)
  }
  if (message.kind === 'structure' || (message.kind === 'literal' && typeof message.value !== 'string')) return false
  return !isPresent(error) || (error.kind === 'literal' && error.value === true) || isMessageOfError(error)
}

function isPresent (value: BodyValue | undefined): value is BodyValue {
  return value !== undefined && !(value.kind === 'literal' && value.value === undefined)
}

function isMessageOfError (error: BodyValue): boolean {
  return error.kind === 'unknown' ||
    (error.kind === 'literal' && typeof error.value === 'string' && !isMachineCode(error.value))
}

function repeatsStatus (name: string, value: BodyValue): boolean {
  return Object.hasOwn(repeatedProperties, name) &&
    (value.kind === 'literal' ? repeatedProperties[name]?.(value.value) === true : value.kind === 'unknown' && name !== 'data')
}

/**
 * The properties that can be next to a message, with the values that only repeat the status or the failure. Clients may
 * need any other property.
 */
const repeatedProperties: Readonly<Record<string, (value: unknown) => boolean>> = {
  statusCode: Number.isInteger,
  status: value => Number.isInteger(value) || ['error', 'fail', 'failed'].includes(value as string),
  code: Number.isInteger,
  success: value => value === false,
  isSuccess: value => value === false,
  data: value => value === null,
  ok: value => value === false
}

/**
 * Returns whether a string is a code that clients check for, such as `invalid_grant` (RFC 6749, section 5.2). A code is
 * not a message.
 */
function isMachineCode (text: string): boolean {
  return /^([a-z0-9]+([_.-][a-z0-9]+)*|[A-Z0-9]+(_[A-Z0-9]+)+)$/.test(text)
}
