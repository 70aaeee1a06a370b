/** The mark of the response schemas that `responses()` creates: the codes of the errors that a status has. */

const codes: unique symbol = Symbol.for('fastify-api-errors.codes')

/** Sets the codes of a response schema. */
export function setResponseCodes<Schema extends object> (schema: Schema, of: readonly string[]): Schema {
  return Object.assign(schema, { [codes]: of })
}

/** Returns the codes of a response schema; empty if `responses()` did not create it. */
export function getResponseCodes (schema: unknown): readonly string[] {
  return (schema as { readonly [codes]?: readonly string[] } | null | undefined)?.[codes] ?? none
}

const none: readonly string[] = []
