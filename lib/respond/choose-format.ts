/** Chooses the body format of a response from the `Accept` header of the request. */
import Negotiator from 'negotiator'
import type { Format, TextFormat } from '../formats/format.js'

/** The formats of an application. */
export interface FormatChoice {
  /** The format of responses if `Accept` prefers none of the others. */
  readonly format: Format
  /** The other formats, in the server's order of preference. */
  readonly negotiated: ReadonlyArray<Format | TextFormat>
}

/**
 * Returns the format that `Accept` prefers (RFC 9110, section 12.5.1). Only an exact media type selects a format other
 * than the main format.
 */
export function chooseFormat (
  { format, negotiated }: FormatChoice,
  { accept }: { readonly accept?: string | undefined }
): Format | TextFormat {
  if (negotiated.length === 0 || accept === undefined) return format
  const lower = accept.toLowerCase()
  const named = negotiated.filter(({ contentType }) => lower.includes(contentType))
  if (named.length === 0) return format
  // JSON and problem+json have no charset parameter. With a charset, the type would be treated as a different type.
  const headers = { accept: accept.replace(/;\s*charset=[^;,]*/gi, '') }
  const preferred = new Negotiator({ headers }).mediaType([format, ...named].map(({ contentType }) => contentType))
  return named.find(({ contentType }) => contentType === preferred) ?? format
}

/** Returns the format that `Accept` prefers, among the formats whose bodies are JSON objects. */
export function chooseJsonFormat (
  { format, negotiated }: FormatChoice,
  headers: { readonly accept?: string | undefined }
): Format {
  return chooseFormat({ format, negotiated: negotiated.filter(isJson) }, headers) as Format
}

function isJson (format: Format | TextFormat): format is Format {
  return 'fields' in format
}
