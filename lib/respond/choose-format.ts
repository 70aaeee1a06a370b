/** Chooses the body format of a response from the `Accept` header of the request. */
import Negotiator from 'negotiator'
import type { Format } from '../formats/format.js'

/** Returns the second format if `Accept` prefers it (RFC 9110, section 12.5.1), otherwise the first. */
export function chooseFormat (
  { format, negotiated }: { readonly format: Format, readonly negotiated: Format | undefined }, { accept }: { readonly accept?: string | undefined }
): Format {
  if (negotiated === undefined || accept?.toLowerCase().includes(negotiated.contentType) !== true) return format
  // JSON and problem+json have no charset parameter. With a charset, the type would be treated as a different type.
  const headers = { accept: accept.replace(/;\s*charset=[^;,]*/gi, '') }
  const preferred = new Negotiator({ headers }).mediaType([format.contentType, negotiated.contentType])
  return preferred === negotiated.contentType ? negotiated : format
}
