/** Reads the idempotency key of a request. */
import { parseItem } from 'structured-headers'
import { textHeader } from '../../catalog/error-headers.js'
import type { RequestHeader } from '../../infer/declared/declared-headers.js'

/** The maximum length of the header, in characters. */
const maxLength = 255

/** A key without quotes: visible ASCII without quotes, commas and semicolons. UUIDs and other random values match. */
const bareKey = /^[!#-+.-:<-~-]+$/

/**
 * Returns the key in a header. The draft requires a string (RFC 9651, section 3.3.3). Many clients send the value
 * without quotes, which is the same key. Returns `undefined` if the header is malformed.
 */
export function parseKeyHeader (header: string): string | undefined {
  if (header.length > maxLength) return undefined
  if (!header.startsWith('"')) return bareKey.test(header) ? header : undefined
  try {
    const [key] = parseItem(header)
    return typeof key === 'string' && key !== '' ? key : undefined
  } catch {
    return undefined
  }
}

/** Describes the header for a document (draft-ietf-httpapi-idempotency-key-header-07, section 2.1). */
export function describeKeyHeader (name: string, required: boolean): RequestHeader {
  return {
    name,
    description:
      'A random value, such as a UUID, in quotes or without. Send the same value each time you repeat the request.',
    required,
    // The quotes are escaped, and brackets are omitted, because engines of other languages read them differently.
    schema: { ...textHeader('^([!#-+.-:<-~-]+|\\x22[ !#-Z^-~]+\\x22)$'), maxLength },
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
  }
}
