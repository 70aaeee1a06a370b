/**
 * Determines which error bodies are only a message. These are converted to the format of the API, and others are sent
 * unchanged.
 */

/**
 * The properties that can be next to a message, with the values that only repeat the status or the failure. Clients may
 * need any other property.
 */
export const repeatedProperties: Readonly<Record<string, (value: unknown) => boolean>> = {
  statusCode: Number.isInteger,
  status: value => Number.isInteger(value) || ['error', 'fail', 'failed'].includes(value as string),
  code: Number.isInteger,
  success: value => value === false,
  isSuccess: value => value === false,
  data: value => value === null,
  ok: value => value === false
}

/**
 * Returns whether a value is a code that clients check for, such as `invalid_grant` (RFC 6749, section 5.2). A code is
 * not a message.
 */
export function isMachineCode (value: unknown): boolean {
  return typeof value === 'string' && /^([a-z0-9]+([_.-][a-z0-9]+)*|[A-Z0-9]+(_[A-Z0-9]+)+)$/.test(value)
}
